"""Pictures and sounds of questions: kept once for each organisation, known by their SHA-256."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import files
from apps.core.errors import BadInput, LecternError

from .formats.records import Media as ImportedMedia
from .models import Media


class Keeper:
    """Keeps the media of one import for its organisation, each content once."""

    def __init__(self, *, organization_id: int, owner: User) -> None:
        self._organization_id = organization_id
        self._owner = owner
        self._known: set[str] = set()

    def keep(self, found: Iterable[ImportedMedia]) -> Iterator[str]:
        """Store what is not stored yet; yield, in words, why a file could not be."""
        for one in found:
            if one.sha256 in self._known:
                continue
            try:
                self._store(one)
            except LecternError as error:
                yield _("The file %(name)s cannot be kept: %(reason)s") % {"name": one.name, "reason": error.message}
            else:
                self._known.add(one.sha256)

    def _store(self, one: ImportedMedia) -> None:
        if Media.objects.filter(organization=self._organization_id, sha256=one.sha256).exists():
            return
        file = files.store(
            owner=self._owner, organization_id=self._organization_id, filename=one.name, content=one.content
        )
        Media.objects.bulk_create(
            [Media(organization_id=self._organization_id, sha256=one.sha256, file=file)], ignore_conflicts=True
        )


def keep_pictures(*, organization_id: int, owner: User, pictures: Iterable[ImportedMedia]) -> None:
    """Keep pictures that questions of an organisation show. Raises BadInput when one cannot be kept."""
    refusals = list(Keeper(organization_id=organization_id, owner=owner).keep(pictures))
    if refusals:
        raise BadInput(fields={"pictures": refusals})
