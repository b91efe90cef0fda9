"""Documents on paper."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.core.errors import NotConfigured

from .models import ExamSession


def receipt_pdf(session: ExamSession) -> bytes:
    """Return the receipt of a finished session as PDF.

    Raises NotConfigured, naming the packages, on a system without Pango.
    """
    try:
        import weasyprint  # late: it loads system libraries that a small machine may lack, and takes 0.7 s
    except OSError as error:
        raise NotConfigured(
            _(
                "Documents cannot be printed on this server: a system library is missing (%(library)s). An administrator "
                "can install it: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
            )
            % {"library": str(error).partition(":")[0]}
        ) from None
    html = render_to_string("exams/receipt.html", {"session": session, "receipt": session.receipt})
    return bytes(weasyprint.HTML(string=html, url_fetcher=_refuse_fetching).write_pdf())


def _refuse_fetching(url: str, *args: object, **options: object) -> dict[str, object]:
    """A receipt holds everything itself; nothing is fetched."""
    raise ValueError(f"A receipt refers to {url}, but nothing is fetched while printing.")
