"""The base of every REST view."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework import views as rest_views
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from apps.core.http import repeating
from apps.core.http.pagination import Listing, read_parameters
from apps.core.http.throttling import limit_headers

READS = frozenset({"GET", "HEAD"})


class APIView(rest_views.APIView):
    """One path of the API.

    A subclass names its permission (the default answers nobody), decorates its methods with ``schema.operation`` and
    may set:

    - ``listing``: what its list offers; the listing then reads the query parameters of GET
    - ``query``: the query parameters of GET; read them with ``self.parameters()``. Unknown ones are refused with 400
    - ``is_metered``: False where calls never count against a limit, as on a running session
    - ``takes_key``: False where a repetition is harmless or must not be kept, so that an ``Idempotency-Key`` is ignored
    - ``calls_outside``: True where a write calls outside services, which no transaction may span
    - ``file_type``: the media type where GET answers with a file; refusals still leave in the envelope
    """

    listing: ClassVar[Listing | None] = None
    query: ClassVar[Mapping[str, serializers.Field]] = {}
    is_metered: ClassVar[bool] = True
    takes_key: ClassVar[bool] = True
    calls_outside: ClassVar[bool] = False
    file_type: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the request in, carry it out (once, where it carries a key), and shape the answer or the refusal."""
        self.args, self.kwargs = args, kwargs
        self.request = call = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(call, *args, **kwargs)
            if self.takes_key and repeating.has_key(call):
                once = repeating.answer_once(call, self._carry_out, in_one_transaction=not self.calls_outside)
                return self._with_limits(once)
            response = self._handler()(call, *args, **kwargs)
        except Exception as error:
            response = self.handle_exception(error)
        return self._with_limits(self.finalize_response(call, response, *args, **kwargs))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let a request in: negotiation, sign-in, permission and limit, then parameters."""
        super().initial(request, *args, **kwargs)
        if request.query_params and not (self.listing is not None and request.method in READS):
            self.parameters()

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """Choose how to answer; with a file whatever is accepted, as browsers ask for pages when they fetch files."""
        if self.file_type and request.method in READS:
            renderer = self.get_renderers()[0]
            return renderer, renderer.media_type
        return super().perform_content_negotiation(request, force)

    def parameters(self) -> dict[str, Any]:
        """Return the query parameters as ``query`` reads them; a method other than GET has none."""
        return read_parameters(self.request, self.query if self.request.method in READS else {})

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer which methods there are, in the ``Allow`` header."""
        return HttpResponse(status=204)

    def _handler(self) -> Callable[..., Any]:
        name = str(self.request.method).lower()
        found = getattr(self, name, None) if name in self.http_method_names else None
        return found or self.http_method_not_allowed

    def _carry_out(self) -> HttpResponseBase:
        """Return the rendered answer of the handler, or of its refusal with everything it wrote undone."""
        try:
            if self.calls_outside:
                response = self._handler()(self.request, *self.args, **self.kwargs)
            else:
                with transaction.atomic():
                    response = self._handler()(self.request, *self.args, **self.kwargs)
        except Exception as error:
            response = self.handle_exception(error)
        response = self.finalize_response(self.request, response, *self.args, **self.kwargs)
        return response.render() if hasattr(response, "render") else response

    def _with_limits(self, response: HttpResponseBase) -> HttpResponseBase:
        for name, value in limit_headers(self.request).items():
            response[name] = value
        return response
