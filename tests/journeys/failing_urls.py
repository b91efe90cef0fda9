"""The site with two addresses more, whose views fail."""

from django.core.exceptions import PermissionDenied
from django.urls import path

from config import urls


class Broken(Exception):
    """What a view of ours should never raise."""


def refuses(request):
    """Refuse everybody."""
    raise PermissionDenied


def breaks(request):
    """Have a mistake in it."""
    raise Broken


urlpatterns = [*urls.urlpatterns, path("refuses", refuses), path("breaks", breaks)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
