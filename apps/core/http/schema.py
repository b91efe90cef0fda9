"""The OpenAPI document: what it says is what is served, the envelope and every refusal included."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.utils.text import camel_case_to_spaces
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from apps.core.http.pagination import SortField

VERSIONED = "/api/v1/"
Endpoint = tuple[str, str, str, Callable[..., Any]]

TEXT = {"type": "string"}
MOMENT = {"type": "string", "format": "date-time"}
ALWAYS = "x-always"  # stands for a one-valued enum until the enums of choices have been given their names
NOTHING = {"type": "object", "nullable": True, ALWAYS: None}
COUNT = {"type": "integer", "minimum": 0}
TRUTH = {"type": "boolean"}

REFUSALS: Mapping[int, str] = {
    400: "The input breaks a rule (see `details.fields`), or the state does not allow it (see `details.code`).",
    401: "Nobody is signed in, or the sign-in has ended.",
    403: "The caller may not do this.",
    404: "There is nothing under this address that the caller may see.",
    406: "Only application/json is offered.",
    409: "A concurrent or stale write, or the first request with this Idempotency-Key still runs.",
    410: "It existed and does so no longer.",
    412: "If-Match names another version than the present one.",
    413: "The body is too large.",
    415: "The media type of the body is not accepted.",
    422: "The Idempotency-Key was used for another request.",
    429: "A limit is used up; Retry-After says for how long.",
    500: "A mistake of the platform; the log holds it under the request id.",
    503: "A part of the platform is away, or not set up on this site.",
}
RESPONSE_HEADERS: Mapping[str, tuple[str, frozenset[int] | None]] = {
    "X-Request-ID": ("The request's id, as sent or newly made.", None),
    "WWW-Authenticate": ("How to sign in.", frozenset({401})),
    "Retry-After": ("Seconds to wait.", frozenset({429})),
}
LIMIT_HEADERS: Mapping[str, str] = {
    "RateLimit": "What is left of the caller's limit, and for how many seconds.",
    "RateLimit-Policy": "The caller's limit and its window in seconds.",
}


def operation(
    *,
    takes: Any = None,
    gives: Any = None,
    status: int = 200,
    refusals: Iterable[int] = (),
    headers: Iterable[str] = (),
) -> Callable[[Any], Any]:
    """Describe one method of a view: the serializer of its body, that of its data, and refusals beyond the usual ones.

    ``gives`` may be a serializer, a field type or None; a GET with a ``listing`` needs neither. ``headers`` are request
    headers such as ``If-Match``.
    """
    parameters = [OpenApiParameter(name, str, OpenApiParameter.HEADER) for name in headers]
    responses = {status: gives or OpenApiTypes.NONE, **dict.fromkeys(refusals)}
    return extend_schema(request=takes, responses=responses, parameters=parameters)


class EnvelopeSchema(AutoSchema):
    """Describes a view of ours: its name as the operation id, its app as the tag, its docstrings as the words."""

    def get_operation_id(self) -> str:
        """``ExamSubmit`` gives ``exam_submit``; further methods of the same view add their name."""
        name = camel_case_to_spaces(type(self.view).__name__).replace(" ", "_")
        return name if self._methods()[0] == self.method else f"{name}_{self.method.lower()}"

    def get_tags(self) -> list[str]:
        """The app."""
        return [type(self.view).__module__.split(".")[1]]

    def get_summary(self) -> str:
        """The first line of the method's docstring, else of the view's."""
        return self._words()[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]  # as the class above it
        """What follows the first line."""
        return "\n".join(self._words()[1:]).strip()

    def _words(self) -> list[str]:
        method = getattr(self.view, self.method.lower(), None)
        return (get_doc(method) or get_doc(type(self.view)) or self.get_operation_id()).splitlines()

    def _methods(self) -> list[str]:
        return [name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(self.view, name)]

    def _listing(self) -> Any:
        return getattr(self.view, "listing", None) if self.method == "GET" else None

    def _file_type(self) -> str:
        return getattr(self.view, "file_type", "") if self.method == "GET" else ""

    def _is_write(self) -> bool:
        return self.method in ("POST", "PUT", "PATCH", "DELETE")

    def _takes_idempotency_key(self) -> bool:
        is_public = any(getattr(kind, "access", "") == "public" for kind in self.view.get_permissions())
        return self._is_write() and getattr(self.view, "takes_key", False) and not is_public

    def _is_limited(self) -> bool:
        return bool(getattr(self.view, "is_metered", True))

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # lists are described from the listing, in _success

    def get_override_parameters(self) -> list[Any]:
        """The listing's or the view's query parameters, and the key of a repeatable write."""
        found: list[Any] = []
        listing = self._listing()
        fields = listing.parameters if listing else getattr(self.view, "query", {}) if self.method == "GET" else {}
        descriptions = {name: filter_.description for name, filter_ in listing.filters.items()} if listing else {}
        for name, field in fields.items():
            schema = (
                _sort_schema(field) if isinstance(field, SortField) else self._map_serializer_field(field, "request")
            )
            words = str(descriptions.get(name, "")) or PARAMETER_WORDS.get(name, "")
            found.append(OpenApiParameter(name, schema, required=field.required, description=words))
        if self._takes_idempotency_key():
            found.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "minLength": 1, "maxLength": 255},
                    OpenApiParameter.HEADER,
                    description="The same key with the same request within 24 hours returns the first answer again.",
                )
            )
        return found

    def get_auth(self) -> list[Any]:
        """How to sign in; for a public view that knows callers, signing in is a choice."""
        found = super().get_auth()
        is_public = any(getattr(kind, "access", "") == "public" for kind in self.view.get_permissions())
        return [*found, {}] if found and is_public else found

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        declared: Any = self.get_response_serializers()
        if not isinstance(declared, dict):
            declared = {200: declared}
        found = {str(code): self._get_response_for_code(given, str(code)) for code, given in declared.items()}
        for code in self._usual_refusals():
            found.setdefault(str(code), self._get_response_for_code(None, str(code)))
        return dict(sorted(found.items()))

    def _usual_refusals(self) -> list[int]:
        codes = [400, 500, 503] if self._file_type() else [400, 406, 500, 503]
        if self.view.authentication_classes:
            codes += [401]
            codes += [403]
        if "{" in self.path:
            codes += [404]
        if self._takes_idempotency_key():
            codes += [409, 422]
        if self.method in ("POST", "PUT", "PATCH"):
            codes += [413, 415]
        if self._is_limited():
            codes += [429]
        return codes

    def _get_response_for_code(
        self, serializer: Any, status_code: str, media_types: Any = None, direction: Any = "response"
    ) -> dict[str, Any]:
        code = int(status_code)
        answer: dict[str, Any] = {"headers": self._headers(code), "description": self._status_words(code)}
        if code >= 400:
            answer["content"] = {"application/json": {"schema": self._component("ErrorEnvelope", ERROR)}}
        elif self._file_type():
            answer["content"] = {self._file_type(): {"schema": {"type": "string", "format": "binary"}}}
        elif code != HTTPStatus.NO_CONTENT:
            answer["content"] = {"application/json": {"schema": self._success(serializer, direction)}}
        return answer

    def _headers(self, code: int) -> dict[str, Any]:
        words = {name: text for name, (text, codes) in RESPONSE_HEADERS.items() if codes is None or code in codes}
        if self._is_limited() and code < 400:
            words |= LIMIT_HEADERS
        return {name: {"schema": TEXT, "description": text} for name, text in words.items()}

    def _status_words(self, code: int) -> str:
        return REFUSALS.get(code) or HTTPStatus(code).phrase

    def _success(self, serializer: Any, direction: Any) -> dict[str, Any]:
        listing = self._listing()
        if listing:
            component = self.resolve_serializer(listing.out(), direction)
            body = envelope_schema({"type": "array", "items": component.ref})
            body["properties"] |= {"pagination": WALK if listing.cursor else PAGE, "meta": META}
            body["required"] = [*body["required"], "pagination", "meta"]
            return self._component(f"{component.name}Page", body)
        if serializer in (None, OpenApiTypes.NONE):
            return self._component("EmptyEnvelope", envelope_schema(NOTHING))
        described = super()._get_response_for_code(serializer, "200", ["application/json"], direction)
        data = described["content"]["application/json"]["schema"]
        name = data.get("$ref", "").rpartition("/")[2]
        return self._component(f"{name}Envelope", envelope_schema(data)) if name else envelope_schema(data)

    def _component(self, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=dict(schema), object=name)
        self.registry.register_on_missing(component)
        return dict(component.ref)


def _sort_schema(field: SortField) -> dict[str, Any]:
    names = "|".join(field.names)
    return {"type": "string", "pattern": f"^-?({names})(,-?({names}))*$", "default": field.default}


def closed_object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with exactly these properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def envelope_schema(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a success around ``data``."""
    return closed_object(
        {"success": {"type": "boolean", ALWAYS: True}, "data": dict(data), "message": TEXT, "timestamp": MOMENT}
    )


DETAILS = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "description": "A stable word for programs."},
        "fields": {
            "type": "object",
            "description": "Messages by the dotted name of the field.",
            "additionalProperties": {"type": "array", "items": TEXT},
        },
    },
    "required": ["code"],
    "additionalProperties": {},
}
ERROR = closed_object(
    {"success": {"type": "boolean", ALWAYS: False}, "error": TEXT, "details": DETAILS, "timestamp": MOMENT}
)
PAGE = closed_object(
    {"page": COUNT, "limit": COUNT, "total": COUNT, "pages": COUNT, "hasNext": TRUTH, "hasPrev": TRUTH}
)
WALKED = closed_object(
    {"limit": COUNT, "hasNext": TRUTH, "hasPrev": TRUTH, "nextCursor": {"type": "string", "nullable": True}}
)
WALK = {"oneOf": [PAGE, WALKED]}
META = closed_object({"timestamp": MOMENT, "requestId": TEXT, "responseTime": {"type": "number"}})
PARAMETER_WORDS = {
    "page": "From 1.",
    "limit": "Rows on a page.",
    "sort": "Names to sort by, separated by commas; a leading minus for descending.",
    "cursor": "Empty to begin a walk through the whole list, then `pagination.nextCursor`.",
}


def versioned_paths_only(endpoints: list[Endpoint], **options: Any) -> list[Endpoint]:
    """Keep ``/api/v1``: the same views under ``/api`` are its unversioned latest."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(VERSIONED)]


def add_root_endpoints(result: dict[str, Any], generator: SchemaGenerator, **options: Any) -> dict[str, Any]:
    """Add the endpoints that are plain views and speak their own standard."""
    result = _made_exact(result)
    result["paths"] |= ROOT_ENDPOINTS
    result["components"]["securitySchemes"] |= ROOT_SECURITY
    result["paths"] = dict(sorted(result["paths"].items()))
    return result


def _made_exact(node: Any) -> Any:
    """Put in the one-valued enums, and let a reference that may be null be null: ``nullable`` says nothing beside ``allOf``."""
    if isinstance(node, list):
        return [_made_exact(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {name: _made_exact(item) for name, item in node.items() if name != ALWAYS}
    if ALWAYS in node:
        found["enum"] = [node[ALWAYS]]
    if found.get("nullable") is True and "allOf" in found:
        del found["nullable"]
        found["oneOf"] = [*found.pop("allOf"), {"type": "object", "nullable": True, "enum": [None]}]
    return found


def _plain(words: str, **content: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one answer of a plain view; ``content`` maps names of ``MEDIA_TYPES`` to schemas."""
    headers = {"X-Request-ID": {"schema": TEXT, "description": RESPONSE_HEADERS["X-Request-ID"][0]}}
    described = {"description": words, "headers": headers}
    bodies = {MEDIA_TYPES[name]: {"schema": dict(schema)} for name, schema in content.items()}
    return described | ({"content": bodies} if bodies else {})


def _get(operation_id: str, summary: str, responses: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"get": {"operationId": operation_id, "summary": summary, "tags": ["core"], "responses": responses, **more}}


MEDIA_TYPES = {
    "json": "application/json",
    "yaml": "application/yaml",
    "text": "text/plain",
    "html": "text/html",
    "anything": "application/octet-stream",
}
STATE = closed_object({"status": {"type": "string", "enum": ["ok", "unavailable"]}})
READY = {
    "name": "ready",
    "in": "query",
    "schema": TEXT,
    "description": "`1` asks whether this process can serve, not only whether it lives.",
}
LINK = {"name": "token", "in": "path", "required": True, "schema": TEXT}
ROOT_ENDPOINTS: dict[str, Any] = {
    "/health": _get(
        "health",
        "Tell load balancers whether this process lives, or can serve",
        {"200": _plain("It does.", json=STATE), "503": _plain("It cannot serve.", json=STATE)},
        parameters=[READY],
    ),
    "/metrics": _get(
        "metrics",
        "Figures for Prometheus, with the site's metrics token or from the same machine",
        {"200": _plain("The figures.", text=TEXT), "401": _plain("The token is missing or wrong.")},
        security=[{"metrics": []}, {}],
    ),
    "/files/{token}": _get(
        "file_content",
        "The content of a stored file, by a link that holds for some minutes",
        {
            "200": _plain("The file, to be saved.", anything={"type": "string", "format": "binary"}),
            "404": _plain("The link has run out, or was never made.", html=TEXT),
        },
        parameters=[LINK],
    ),
    "/api/v1/schema": _get(
        "schema",
        "This document",
        {"200": _plain("OpenAPI 3.", json={"type": "object"}, yaml=TEXT), "304": _plain("It is the one you have.")},
    ),
}
ROOT_SECURITY = {"metrics": {"type": "http", "scheme": "bearer", "description": "The site's metrics token."}}
