"""The base of every REST view."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework import views as rest_views
from rest_framework.request import Request

from apps.core.http.pagination import Listing, read_parameters


class APIView(rest_views.APIView):
    """One path of the API.

    A subclass names its permission (the default answers nobody), decorates its methods with ``schema.operation`` and
    may set:

    - ``listing``: what its list offers; the listing then reads the query parameters of GET
    - ``query``: the query parameters of GET; read them with ``self.parameters()``. Unknown ones are refused with 400
    """

    listing: ClassVar[Listing | None] = None
    query: ClassVar[Mapping[str, serializers.Field]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let a request in: negotiation, sign-in, permission and limit, then parameters."""
        super().initial(request, *args, **kwargs)
        if request.query_params and not self._reads_its_own_parameters(request):
            self.parameters()

    def parameters(self) -> dict[str, Any]:
        """Return the query parameters as ``query`` reads them; a method other than GET has none."""
        return read_parameters(self.request, self.query if self.request.method in ("GET", "HEAD") else {})

    def _reads_its_own_parameters(self, request: Request) -> bool:
        return self.listing is not None and request.method in ("GET", "HEAD")

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer which methods there are, in the ``Allow`` header."""
        return HttpResponse(status=204)
