"""Comparing what was typed with what was expected: spaces, case, accents, the many ways Unicode writes one thing."""

import re
import unicodedata
from typing import Final, Literal

Normalisation = Literal["NFC", "NFKC"]

WILDCARD: Final = "\ue000"  # of no script, so nothing folds it

_QUOTES: Final = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "\u201c": '"', "\u201d": '"'}
)
# Marks that readers see as decoration of a letter. Not Japanese voicing marks or Indic vowel signs: those are letters.
_ACCENTS: Final = re.compile("[\u0300-\u036f\u064b-\u0652\u0670\u0591-\u05bd\u05bf\u05c1\u05c2]")


def comparable(text: str, *, is_case_sensitive: bool, is_accent_sensitive: bool, normalisation: Normalisation) -> str:
    """Return the form in which two texts that count as the same are equal.

    Outer spaces go, inner runs of spaces become one, typographic quotes become plain. NFC makes composed and decomposed
    letters equal; NFKC also full-width and half-width forms, ligatures and superscripts.
    """
    text = unicodedata.normalize(normalisation, text).translate(_QUOTES)
    if not is_case_sensitive:
        text = unicodedata.normalize(normalisation, text.casefold())
    if not is_accent_sensitive:
        text = unicodedata.normalize(normalisation, _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return re.sub(r"\s+", " ", text).strip()


def mark_wildcards(pattern: str) -> str:
    r"""Write each wildcard ``*`` of a pattern as ``WILDCARD``; ``\*`` becomes a literal star."""

    def plain(match: re.Match[str]) -> str:
        backslashes = len(match[1])
        return "\\" * (backslashes // 2) + ("*" if backslashes % 2 else WILDCARD)

    return re.sub(r"(\\*)\*", plain, pattern.replace(WILDCARD, ""))


def matches(pattern: str, text: str) -> bool:
    """Whether ``text`` is the pattern with anything for each ``WILDCARD``; takes time in proportion to the lengths."""
    pieces = pattern.split(WILDCARD)
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        position = text.find(piece, position, end)
        if position < 0:
            return False
        position += len(piece)
    return True
