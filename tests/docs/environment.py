"""What the code reads from its environment, and what ``.env.example`` says of it."""

import ast
import re
from collections import defaultdict

from tests.docs.markdown import ROOT

EXAMPLE = ROOT / ".env.example"
NO_DEFAULT = object()  # of a variable that must be set, or whose absence is only asked for
COMPUTED = ""  # a default that is worked out: nothing stands in the example, its comment says what holds
PRODUCTION = {
    "LECTERN_SITE_URL": "https://campus.example.edu",
    "LECTERN_HOSTS": "campus.example.edu",
    "LECTERN_SECRET_KEY": "a-secret-of-this-test-alone-with-more-than-fifty-characters",
    "LECTERN_SIGNING_SECRET": "another-secret-of-this-test-alone",
    "LECTERN_FIELD_KEYS": "k1:bGVjdGVybi10ZXN0LW9ubHkta2V5LTMyLWJ5dGVzLi4=",
}
"""What production must be told, filled in."""
_READERS = {"text", "flag", "integer", "one_of", "items", "directory"}
_OWN_READERS = {"_address", "_number"}
_NUMBERS = (ast.Expression, ast.BinOp, ast.Mult, ast.Constant)


def example():
    """Return the variables of ``.env.example`` with their values."""
    return dict(line.split("=", 1) for line in EXAMPLE.read_text().splitlines() if re.match(r"[A-Z][A-Z0-9_]*=", line))


def read_by_code():
    """Return the variables that settings and processes read, each with its set of defaults.

    A default is as it would be written in the example, ``COMPUTED`` or ``NO_DEFAULT``. The settings of tests are left out.
    """
    found = defaultdict(set)
    for path in sorted([*(ROOT / "config").rglob("*.py"), *(ROOT / "apps").rglob("*.py")]):
        text = path.read_text()
        if path.name == "test.py" or "environ" not in text:
            continue
        for name, default in _reads(ast.parse(text)):
            found[name].add(default)
    return found


def _reads(tree):
    """Yield (variable, default) for every read in a file."""
    fallbacks = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            fallbacks[node.values[0]] = node.values[1]
        if isinstance(node, ast.Compare) and _is_environ(node.comparators[0]):
            yield ast.literal_eval(node.left), COMPUTED
        if isinstance(node, ast.Subscript) and _is_environ(node.value):
            yield ast.literal_eval(node.slice), COMPUTED
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            yield from _call(node, fallbacks)


def _call(node, fallbacks):
    function, name, rest = node.func, node.args[0].value, node.args[1:]
    if isinstance(function, ast.Attribute) and _is_environ(function.value):
        default = fallbacks.get(node, rest[0] if rest else None)
        yield name, NO_DEFAULT if default is None else _written(default)
    elif isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "environment":
        if function.attr in _READERS:
            missing = "" if function.attr == "items" else NO_DEFAULT
            yield name, _written(rest[0]) if rest else missing
    elif getattr(function, "id", "") in _OWN_READERS:
        yield name, _written(rest[0]) if function.id == "_number" else COMPUTED


def _is_environ(node):
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def _written(node):
    """Return a default as it would be written in the example."""
    if not all(isinstance(part, _NUMBERS) for part in ast.walk(node)):
        return COMPUTED
    value = eval(compile(ast.Expression(node), "<default>", "eval"), {"__builtins__": {}})
    return str(int(value)) if isinstance(value, bool) else str(value)
