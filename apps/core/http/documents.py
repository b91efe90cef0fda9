"""The OpenAPI document and the console to try the API in. Both are public: they say what there is, not who is here."""

import hashlib
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from apps.core.http.envelope import json_bytes

YAML_TYPES = ("application/yaml", "application/vnd.oai.openapi", "text/yaml")


@require_safe
def schema_document(request: HttpRequest) -> HttpResponseBase:
    """Return the OpenAPI document: JSON, or YAML where ``Accept`` or ``?format=yaml`` asks for it."""
    wanted = request.GET.get("format", "")
    is_yaml = wanted == "yaml" or (not wanted and _prefers_yaml(request))
    document = _document(is_yaml=is_yaml)
    etag = f'"{hashlib.sha256(document).hexdigest()[:32]}"'
    response = HttpResponse(document, content_type="application/yaml" if is_yaml else "application/json")
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Accept"
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Show the API with a form for every operation."""
    return render(request, "core/console.html")


def _prefers_yaml(request: HttpRequest) -> bool:
    preferred = request.get_preferred_type(["application/json", *YAML_TYPES])
    return preferred in YAML_TYPES


@lru_cache(maxsize=2)
def _document(*, is_yaml: bool) -> bytes:
    """Return the document, made once per process: it holds nothing of any one request. Descriptions are in English."""
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        if is_yaml:
            return bytes(OpenApiYamlRenderer().render(schema))
        return json_bytes(schema)
