"""Lists: pages by number, sorting by an allow-list, plain filters, and a cursor for the long ones.

A view declares a ``listing`` and answers its GET with ``self.listing.answer(request, rows)``.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, reduce
from operator import attrgetter, or_
from typing import Any, cast

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import BadInput
from apps.core.http.envelope import Envelope, now_text, success_body
from apps.core.http.exceptions import field_errors
from apps.core.http.requests import TrackedAPIRequest, elapsed_milliseconds

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_PAGE = 1_000_000
CURSOR_SALT = "core.cursor"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A query parameter of a list: how its text is read and checked, and the ORM lookup it stands for."""

    field: serializers.Field
    lookup: str
    description: Any = ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a list offers.

    ``sort`` maps public names to ORM paths, ``default_sort`` is written as a caller would write it. With ``cursor``
    the list can also be walked: an empty ``cursor`` begins, ``pagination.nextCursor`` goes on. The ORM paths of a
    walked list must hold no nulls, and a walk neither counts nor skips rows, so that its last page costs what its
    first one costs.
    """

    out: type[serializers.BaseSerializer]
    sort: Mapping[str, str]
    default_sort: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    cursor: bool = False

    @cached_property
    def parameters(self) -> dict[str, serializers.Field]:
        """The query parameters with the fields that read them."""
        found: dict[str, serializers.Field] = {
            "page": serializers.IntegerField(min_value=1, max_value=MAX_PAGE, required=False, default=1),
            "limit": serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, required=False, default=DEFAULT_LIMIT),
            "sort": SortField(names=tuple(self.sort), required=False, default=self.default_sort),
        }
        if self.cursor:
            found["cursor"] = serializers.CharField(required=False, allow_blank=True, max_length=2000)
        return found | {name: filter_.field for name, filter_ in self.filters.items()}

    def answer(self, request: Request, rows: QuerySet[Any], *, context: Mapping[str, Any] | None = None) -> Response:
        """Answer one page of ``rows``, filtered and sorted as asked. Two statements; one when walked by cursor."""
        asked = read_parameters(request, self.parameters)
        for name, filter_ in self.filters.items():
            if name in asked:
                rows = rows.filter(**{filter_.lookup: asked[name]})
        order = _order(asked["sort"], self.sort)
        rows = rows.order_by(*order)
        if "cursor" in asked:
            page, pagination = _walk(rows, order, asked)
        else:
            page, pagination = _numbered(rows, asked)
        data = self.out(page, many=True, context={"request": request, **(context or {})}).data
        return Response(_list_body(request, data, pagination))


class SortField(serializers.Field):
    """``-created_at,title``: names of an allow-list, a minus for descending."""

    default_error_messages = {
        "unknown": gettext_lazy("“{name}” cannot be sorted by. Use: {names}."),
    }

    def __init__(self, *, names: Sequence[str], **options: Any) -> None:
        self.names = names
        super().__init__(**options)

    def to_internal_value(self, data: str) -> str:
        """Return the text when every name in it is known."""
        for name in str(data).split(","):
            if name.removeprefix("-") not in self.names:
                self.fail("unknown", name=name, names=", ".join(self.names))
        return str(data)

    def to_representation(self, value: str) -> str:
        """Return the text."""
        return value


class EnvelopePagination(BasePagination):
    """Pages of the REST framework's own generic views, in the shape of a ``Listing`` and with its parameters."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page asked for."""
        self.request = request
        plain: dict[str, serializers.Field] = {
            "page": serializers.IntegerField(min_value=1, max_value=MAX_PAGE, required=False, default=1),
            "limit": serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, required=False, default=DEFAULT_LIMIT),
        }
        page, self.pagination = _numbered(queryset, read_parameters(request, plain))
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page in the envelope."""
        return Response(_list_body(self.request, data, self.pagination))


def read_parameters(request: Request, fields: Mapping[str, serializers.Field]) -> dict[str, Any]:
    """Return the query parameters as ``fields`` read them. Unknown, repeated and malformed ones are refused by name."""
    wrong = _unknown_or_repeated(request, fields)
    found: dict[str, Any] = {}
    for name in fields.keys() - wrong.keys():
        try:
            found[name] = fields[name].run_validation(request.query_params.get(name, serializers.empty))
        except serializers.SkipField:
            continue
        except serializers.ValidationError as error:
            wrong |= field_errors(error.detail, name)
    if wrong:
        raise BadInput(_("Some query parameters cannot be used. See the fields."), code="invalid_query", fields=wrong)
    return found


def _unknown_or_repeated(request: Request, fields: Mapping[str, serializers.Field]) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in fields:
            wrong[name] = [_("This query parameter is not known here. Known: %(names)s.") % {"names": _listed(fields)}]
        elif len(values) > 1:
            wrong[name] = [_("Give this query parameter once.")]
    return wrong


def _listed(fields: Iterable[str]) -> str:
    return ", ".join(sorted(fields)) or "–"


def _order(sort: str, paths: Mapping[str, str]) -> list[str]:
    """Return ORM order terms; the key comes last, so that rows that are equal otherwise keep their places."""
    terms = [("-" if name.startswith("-") else "") + paths[name.removeprefix("-")] for name in sort.split(",")]
    return [*terms, "-pk" if terms[-1].startswith("-") else "pk"]


def _numbered(rows: QuerySet[Any], asked: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    page, limit = asked["page"], asked["limit"]
    total = rows.count()
    pages = math.ceil(total / limit)
    start = (page - 1) * limit
    found = list(rows[start : start + limit]) if start < total else []
    return found, {
        "page": page,
        "limit": limit,
        "total": total,
        "pages": pages,
        "hasNext": page < pages,
        "hasPrev": page > 1 and total > 0,
    }


def _walk(rows: QuerySet[Any], order: list[str], asked: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the rows after the cursor. One row more than asked for tells whether there is a next page."""
    limit = asked["limit"]
    if asked["cursor"]:
        rows = rows.filter(_after(order, _read_cursor(asked["cursor"], order)))
    found = list(rows[: limit + 1])
    more = len(found) > limit
    return found[:limit], {
        "limit": limit,
        "hasNext": more,
        "hasPrev": bool(asked["cursor"]),
        "nextCursor": _cursor(order, found[limit - 1]) if more else None,
    }


def _after(order: list[str], values: list[Any]) -> Q:
    """Return the condition "sorts after these values": (a > x) or (a = x and b > y) or …"""
    steps = []
    for number, term in enumerate(order):
        same = {_path(earlier): value for earlier, value in zip(order[:number], values, strict=False)}
        comparison = "lt" if term.startswith("-") else "gt"
        steps.append(Q(**same, **{f"{_path(term)}__{comparison}": values[number]}))
    return reduce(or_, steps)


def _path(term: str) -> str:
    return term.removeprefix("-")


def _cursor(order: list[str], row: Model) -> str:
    values = [attrgetter(_path(term).replace("__", "."))(row) for term in order]
    texts = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return signing.dumps(
        [order, [str(text) if not isinstance(text, int) else text for text in texts]], salt=CURSOR_SALT
    )


def _read_cursor(text: str, order: list[str]) -> list[Any]:
    try:
        made_for, values = signing.loads(text, salt=CURSOR_SALT)
    except signing.BadSignature:
        made_for, values = None, []
    if made_for != order:
        reason = _("This cursor is not from this list in this order. Begin again with an empty cursor.")
        raise BadInput(code="invalid_query", fields={"cursor": [reason]})
    return cast(list[Any], values)


def _list_body(request: Request, data: Any, pagination: Mapping[str, Any]) -> Envelope:
    tracked = cast(TrackedAPIRequest, request)
    body = success_body(data)
    body["pagination"] = dict(pagination)
    body["meta"] = {
        "timestamp": now_text(),
        "requestId": tracked.request_id,
        "responseTime": elapsed_milliseconds(tracked),
    }
    return body
