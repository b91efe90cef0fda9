"""Write the reference pages that are made from the code: the endpoints, the error codes, the facts."""

import ast
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from apps.core import fact_catalogue, router
from apps.core.errors import LecternError
from apps.core.http.permissions import PublicAccess

API_ROOT = "api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
REFERENCE = "docs/reference"
ERRORS_HEAD = """# Error codes

Every refusal of the API carries one of these in `details.code`. The codes are stable; the words are for people, and come in
their language. `details.fields` names what is wrong with which field. What a program does about it goes by the status:

| status | what to do |
|---|---|
| 400, 413, 415, 422 | change the request; repeating it as it is brings the same answer |
| 401 | refresh the access token, once; else sign in again |
| 403, 404, 405, 406, 410, 411, 417, 431, 505 | give up: this caller cannot have this, or not in this form |
| 408, 500, 502, 503 | send it again after `Retry-After`, or a few seconds: writes with the same `Idempotency-Key` |
| 409, 412 | read again, decide, then write |
| 429 | wait as long as `Retry-After` says |

Made from the code by `manage.py reference`.

| code | status | words |
|---|---|---|
"""


@dataclass(frozen=True, kw_only=True, order=True)
class Endpoint:
    """One operation of the API. ``path`` is below ``/api/v1``; ``access`` is the word of its permission class."""

    app: str
    path: str
    method: str
    access: str
    view: str


@dataclass(frozen=True, kw_only=True, order=True)
class ErrorCode:
    """One word in ``details.code``."""

    code: str
    status: int
    words: str


class Command(BaseCommand):
    """``manage.py reference [--check]``"""

    help = "Write docs/reference from the code; with --check only compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``--check``."""
        parser.add_argument("--check", action="store_true", help="change nothing; fail where a page is out of date")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Write every page, or name those that differ."""
        stale = []
        for name, text in pages().items():
            path = Path(settings.BASE_DIR) / REFERENCE / name
            if path.exists() and path.read_text() == text:
                continue
            stale.append(name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        if check and stale:
            raise CommandError(f"Out of date: {', '.join(stale)}. Run `python manage.py reference`.")
        self.stdout.write(f"Written: {', '.join(stale)}." if stale else "Up to date.")


def pages() -> dict[str, str]:
    """Return the text of every page by its name."""
    endpoint_rows = [(row.app, row.method, row.path, row.access, row.view) for row in endpoints()]
    return {
        "endpoints.tsv": _table(("app", "method", "path", "access", "view"), endpoint_rows),
        "errors.md": ERRORS_HEAD + "".join(_error_line(row) for row in error_codes()),
        "facts.md": fact_catalogue.page(),
    }


def endpoints() -> list[Endpoint]:
    """Return every operation that is routed under ``/api/v1``, plain views included."""
    found = []
    for path, view in routed(API_ROOT):
        view_class = getattr(view, "cls", None)
        if view_class is None:
            found.append(_plain_endpoint(path, view))
            continue
        for name in METHODS:
            if hasattr(view_class, name):
                found.append(_rest_endpoint(path, view_class, name))
    return sorted(found)


def routed(below: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path with ``{parameter}``, view) of every route that starts with ``below``."""
    for path, view in _walk(get_resolver().url_patterns, ""):
        if path.startswith(below):
            yield path, view


def access_of(view_class: Any, method: str) -> str:
    """Return the access word of one method of a REST view: that of its only permission class."""
    view = view_class()
    view.request = type("Call", (), {"method": method.upper()})()
    words = [getattr(permission, "access", "") for permission in view.get_permissions()]
    return words[0] if len(words) == 1 else ""


def error_codes() -> list[ErrorCode]:
    """Return every code a refusal can carry: those of the classes, and those given where one is raised."""
    kinds = {kind.__name__: kind for kind in _kinds(LecternError)}
    found = {(kind.code, kind.status): str(kind.default_message) for kind in kinds.values()}
    for path in sorted((Path(settings.BASE_DIR) / "apps").rglob("*.py")):
        for code, kind_name, words in _codes_given_in(path, kinds):
            found.setdefault((code, kinds[kind_name].status), words or str(kinds[kind_name].default_message))
    for code, status, words in _refusals_of_the_router():
        found.setdefault((code, status), words)
    return sorted(ErrorCode(code=code, status=status, words=words) for (code, status), words in found.items())


def _refusals_of_the_router() -> Iterator[tuple[str, int, str]]:
    """Yield (code, status, words) of every ``Refused(status, code, words)``: what never reaches a view."""
    for path in sorted(Path(router.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                status, code, words = node.args
                yield ast.literal_eval(code), ast.literal_eval(status), _first_text(words)


def _rest_endpoint(path: str, view_class: Any, name: str) -> Endpoint:
    return Endpoint(
        app=view_class.__module__.split(".")[1],
        path="/" + path.removeprefix(API_ROOT),
        method=name.upper(),
        access=access_of(view_class, name),
        view=f"{view_class.__module__}.{view_class.__qualname__}",
    )


def _plain_endpoint(path: str, view: Any) -> Endpoint:
    """A plain view describes the API and is open to all; the protocol list says which there are."""
    return Endpoint(
        app=view.__module__.split(".")[1],
        path="/" + path.removeprefix(API_ROOT),
        method="GET",
        access=PublicAccess.access,
        view=f"{view.__module__}.{view.__qualname__}",
    )


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = prefix + _readable(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path, pattern.callback


def _readable(pattern: Any) -> str:
    """Return a route with its parameters as ``{name}``."""
    route = str(pattern)
    if not isinstance(pattern, RoutePattern):
        return route
    parts = route.split("<")
    return parts[0] + "".join(
        "{" + part.split(">")[0].rpartition(":")[2] + "}" + part.split(">")[1] for part in parts[1:]
    )


def _kinds(kind: type[LecternError]) -> Iterator[type[LecternError]]:
    yield kind
    for narrower in kind.__subclasses__():
        if narrower.__module__.startswith("apps."):
            yield from _kinds(narrower)


def _codes_given_in(path: Path, kinds: dict[str, type[LecternError]]) -> Iterator[tuple[str, str, str]]:
    """Yield (code, class, words) of every ``SomeRefusal(…, code="…")`` in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in kinds:
            continue
        for keyword in node.keywords:
            if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                yield str(keyword.value.value), name, _first_words(node)


def _first_words(node: ast.Call) -> str:
    """Return the text of the first argument where it is written out."""
    return _first_text(node.args[0]) if node.args else ""


def _first_text(node: ast.expr) -> str:
    """Return the first text written out in an expression, also inside ``_()``, before ``%``, or of an f-string."""
    texts = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)]
    return next((text for text in texts if isinstance(text, str)), "")


def _error_line(row: ErrorCode) -> str:
    return f"| `{row.code}` | {row.status} | {row.words} |\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "".join("\t".join(cells) + "\n" for cells in (head, *rows))
