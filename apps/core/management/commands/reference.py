"""Write the reference pages that are made from the code: the endpoints, and the error codes."""

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

from apps.core.errors import LecternError
from apps.core.http.permissions import PublicAccess

API_ROOT = "api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
REFERENCE = "docs/reference"


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
    code_rows = [(row.code, str(row.status), row.words) for row in error_codes()]
    return {
        "endpoints.tsv": _table(("app", "method", "path", "access", "view"), endpoint_rows),
        "error-codes.tsv": _table(("code", "status", "meaning"), code_rows),
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
    return sorted(ErrorCode(code=code, status=status, words=words) for (code, status), words in found.items())


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
    """Return the text of the first argument where it is written out, also inside ``_()`` and before ``%``."""
    texts = [
        inner.value for argument in node.args[:1] for inner in ast.walk(argument) if isinstance(inner, ast.Constant)
    ]
    return next((text for text in texts if isinstance(text, str)), "")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "".join("\t".join(cells) + "\n" for cells in (head, *rows))
