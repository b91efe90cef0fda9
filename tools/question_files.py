"""Write the tables of ``docs/reference/question-files.md`` from the code: ``python -m tools.question_files [--check]``.

The page itself is written by hand. Each table stands between two comments, ``<!-- columns -->`` and ``<!-- /columns -->``.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from apps.questionbank.formats import wording

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "reference" / "question-files.md"
SOURCES = [
    *sorted((PROJECT / "apps" / "questionbank" / "formats").glob("*.py")),
    PROJECT / "apps" / "questionbank" / "staging.py",
]
NOTICE = "notice"
NOTES = {NOTICE, "finding"}


def main() -> int:
    """Return the exit code: 1 when the page was to be checked and is out of date."""
    text = PAGE.read_text()
    fresh = filled(text)
    if "--check" in sys.argv[1:]:
        if fresh != text:
            sys.stderr.write(f"{PAGE.name} is out of date. Run `python -m tools.question_files`.\n")
        return int(fresh != text)
    PAGE.write_text(fresh)
    return 0


def filled(text: str) -> str:
    """Return the page with its tables made anew."""
    tables = {
        "columns": names_table(wording.COLUMNS, "column"),
        "types": names_table(wording.TYPES, "type"),
        "truth": names_table(wording.TRUTH, "answer"),
        "file-refusals": codes_table({"FileRefused"}),
        "question-refusals": codes_table({"Unfit"}),
        "notes": codes_table(NOTES),
    }
    for name, table in tables.items():
        text = _with_table(text, name, table)
    return text


def _with_table(text: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    _old, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{PAGE.name} needs {begin.strip()} and, below, {end}.")
    return f"{before}{begin}{table}{end}{after}"


def names_table(meanings: dict[str, str], head: str) -> str:
    """Return a table of what each meaning is called in files."""
    by_meaning: dict[str, list[str]] = {}
    for name, meaning in meanings.items():
        by_meaning.setdefault(meaning, []).append(name)
    rows = [f"| `{meaning}` | {', '.join(names)} |\n" for meaning, names in by_meaning.items()]
    return f"| {head} | called |\n|---|---|\n{''.join(rows)}"


def codes_table(callables: set[str]) -> str:
    """Return a table of the codes given to these functions or classes, with what they say and what to do."""
    found: dict[str, tuple[str, str]] = {}
    for path in SOURCES:
        for code, message, remedy in _codes_in(ast.parse(path.read_text()), callables):
            if message or remedy:
                found.setdefault(code, (message, remedy))
    rows = [f"| `{code}` | {message} | {remedy} |\n" for code, (message, remedy) in sorted(found.items())]
    return f"| code | says | what to do |\n|---|---|---|\n{''.join(rows)}"


def _codes_in(tree: ast.AST, callables: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (code, message, remedy) of every call that begins with a code written out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        arguments = node.args
        if name == "append" and arguments and isinstance(arguments[0], ast.Tuple):
            name, arguments = NOTICE, arguments[0].elts  # notices of a row, kept until there is a question
        if name in callables and arguments and isinstance(arguments[0], ast.Constant):
            message, remedy = (*map(_text, arguments[1:3]), "", "")[:2]
            yield str(arguments[0].value), message, remedy


def _text(node: ast.expr) -> str:
    """Return the words of ``_("…") % {…}`` with dots for what is filled in; "" for words made elsewhere."""
    if isinstance(node, ast.JoinedStr):
        return ""
    texts = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)]
    words = next((text for text in texts if isinstance(text, str)), "")
    return re.sub(r"%\(\w+\)[sd]", "…", words).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
