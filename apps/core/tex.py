r"""Finding TeX in running text. ``spans_in_text`` is the one door; ``richtext`` knows what text is."""

import html as html_escapes
import re
from collections.abc import Callable
from typing import Final

MAX_LENGTH: Final = 5_000  # characters of one formula; more is a forgotten closing mark
MAX_INLINE_DOLLAR_LENGTH: Final = 200

_OPENING: Final = re.compile(r"\\\(|\\\[|\$\$|\$")
_CLOSING: Final = {"\\(": "\\)", "\\[": "\\]", "$$": "$$", "$": "$"}
_BLOCK: Final = {"\\[", "$$"}
_COMMAND_OR_SCRIPT: Final = re.compile(r"\\[a-zA-Z]+|\\[,;!{}]|[\^_]\s*[\w{\\]")
_SINGLE_LETTER: Final = re.compile(r"[A-Za-z]'?")
_CALCULATION: Final = re.compile(
    r"(?=.*[A-Za-z])(?=.*[-+*/=<>])(?!.*[A-Za-z]{3})[A-Za-z0-9(-][A-Za-z0-9+\-*/=<>()., |]*[A-Za-z0-9)]"
)


def spans_in_text(text: str, wrap: Callable[[str, str], str] | None = None) -> str:
    r"""Return HTML text (entities escaped, ``<br>`` allowed) with its formulas as ``<span data-tex>``.

    ``\( \)`` and ``\[ \]`` and ``$$ $$`` always count; ``$ $`` only where it is surely mathematics and not money.
    ``wrap`` gets each span and its source with the marks, and returns what to put in the place.
    """
    found: list[str] = []
    position = 0
    given_up: set[str] = set()  # opening marks with no closing mark further on: do not look again
    while match := _OPENING.search(text, position):
        mark = match[0]
        formula_end = -1 if mark in given_up else _end_of_formula(text, match, given_up)
        if formula_end < 0:
            found.append(text[position : match.end()])
            position = match.end()
            continue
        found.append(text[position : match.start()])
        span = _span(text[match.end() : formula_end], is_block=mark in _BLOCK)
        position = formula_end + len(_CLOSING[mark])
        found.append(wrap(span, text[match.start() : position]) if wrap else span)
    found.append(text[position:])
    return "".join(found)


def _end_of_formula(text: str, opening: re.Match[str], given_up: set[str]) -> int:
    """Return where the formula that starts at ``opening`` ends, or -1 if it is none."""
    mark = opening[0]
    if mark.startswith("$") and _is_escaped(text, opening.start()):
        return -1
    end = _find_unescaped(text, _CLOSING[mark], opening.end())
    if end < 0:
        given_up.add(mark)
        return -1
    body = text[opening.end() : end]
    if len(body) > MAX_LENGTH or not _tex(body) or (mark.startswith("\\") and mark in body):
        return -1
    if mark == "$" and not _is_surely_tex(text, opening.start(), end):
        return -1
    return end


def _find_unescaped(text: str, mark: str, start: int) -> int:
    end = text.find(mark, start)
    while end >= 0 and mark.startswith("$") and _is_escaped(text, end):
        end = text.find(mark, end + 1)
    return end


def _is_escaped(text: str, position: int) -> bool:
    start = position
    while start and text[start - 1] == "\\":
        start -= 1
    return (position - start) % 2 == 1


def _is_surely_tex(text: str, start: int, end: int) -> bool:
    """Judge ``$…$``: no space inside the marks, no digit or letter touching them outside, and TeX between them."""
    body = text[start + 1 : end]
    if len(body) > MAX_INLINE_DOLLAR_LENGTH or body != body.strip() or "<br" in body or "\n" in body:
        return False
    if (start and text[start - 1].isalnum()) or text[end + 1 : end + 2].isalnum():
        return False
    body = html_escapes.unescape(body)
    if _SINGLE_LETTER.fullmatch(body) or _CALCULATION.fullmatch(body):
        return True
    return bool(_COMMAND_OR_SCRIPT.search(body))


def _tex(text: str) -> str:
    text = re.sub(r"<br\s*/?>", " ", text, flags=re.IGNORECASE)
    return html_escapes.unescape(text).replace("\xa0", " ").strip()


def _span(text: str, *, is_block: bool) -> str:
    tex = _tex(text)
    display = ' data-display="block"' if is_block else ""
    shown = html_escapes.escape(tex, quote=False)
    quoted = shown.replace('"', "&quot;")
    return f'<span data-tex="{quoted}"{display}>{shown}</span>'
