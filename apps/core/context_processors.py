"""What every page needs to be drawn."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_bidi

from apps.core import navigation
from apps.core.appearance import chosen_theme


def interface(request: HttpRequest) -> dict[str, Any]:
    """Return the theme, the direction of writing, the navigation and the nonce for scripts.

    Navigation and nonce are made when a template asks for them: a page without a spine pays for neither.
    """
    return {
        "theme": chosen_theme(request),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "navigation": SimpleLazyObject(lambda: navigation.build(request)),
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
