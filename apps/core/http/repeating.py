"""``Idempotency-Key`` over HTTP: from a request to ``core.idempotency`` and back."""

from collections.abc import Callable
from typing import cast

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.core import idempotency
from apps.core.http.requests import TrackedAPIRequest
from apps.core.http.throttling import caller_of

HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")


def has_key(request: Request) -> bool:
    """Tell whether this is a write of somebody signed in that carries a key. Strangers share addresses, so theirs is void."""
    return HEADER in request.headers and request.method in WRITES and request.user.is_authenticated


def answer_once(
    request: Request, execute: Callable[[], HttpResponseBase], *, in_one_transaction: bool
) -> HttpResponseBase:
    """Answer a request with a key: carry it out, or give the answer it had. ``execute`` returns a rendered response."""
    keyed = idempotency.KeyedRequest(
        caller=caller_of(request),
        key=idempotency.read_key(request.headers[HEADER]),
        method=str(request.method),
        path=request.path,
        body=request._request.body,
    )
    fresh: list[HttpResponse] = []

    def reply() -> idempotency.Reply:
        response = cast(HttpResponse, execute())
        fresh.append(response)
        return _reply_of(response)

    now = cast(TrackedAPIRequest, request).received_at
    found = idempotency.run(keyed, reply, now=now, in_one_transaction=in_one_transaction)
    return _response_of(found) if found.is_repeated else fresh[0]


def _reply_of(response: HttpResponse) -> idempotency.Reply:
    code = ""
    if response.status_code >= 400:
        code = str(orjson.loads(response.content)["details"]["code"])
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    return idempotency.Reply(status=response.status_code, body=response.content, headers=headers, code=code)


def _response_of(reply: idempotency.Reply) -> HttpResponse:
    response = HttpResponse(reply.body, status=reply.status)
    for name, value in {**reply.headers, REPEATED: "true"}.items():
        response[name] = value
    return response
