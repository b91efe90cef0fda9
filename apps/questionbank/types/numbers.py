"""Reading numbers as people type them, exactly."""

import re
import unicodedata
from fractions import Fraction
from typing import Final

MAX_EXPONENT: Final = 400  # beyond any measured quantity; keeps exact arithmetic cheap

_MINUS: Final = "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d\u207b"
_SPACES: Final = " \u00a0\u2009\u202f\u3000'\u2019"  # between groups of thousands
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_MAX_LENGTH: Final = 100  # characters; nobody types more
_POWER_OF_TEN: Final = re.compile(r"(?<=[\d.,])\s*(?:[x×·⋅*]\s*10\s*\^\s*\(?([+-]?\d+)\)?|[eE]\s*([+-]?\d+))")
_BARE_POWER: Final = re.compile(r"([+-]?)10\s*\^\s*\(?([+-]?\d+)\)?")
_GROUPS: Final = rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+"
_POINT: Final = re.compile(rf"([+-]?)((?:{_GROUPS}|\d{{1,3}}(?:,\d{{3}})+|\d+)?)(?:\.(\d*))?")
_COMMA: Final = re.compile(rf"([+-]?)((?:{_GROUPS}|\d{{1,3}}(?:\.\d{{3}})+|\d+)?)(?:,(\d*))?")


def read_number(text: str, *, decimal_comma: bool = False) -> Fraction | None:
    """Return the number, exactly, or None if it is none.

    Reads digits of any script, full-width forms, typographic minus signs, groups of thousands, ``1e-3``, ``1.5×10³``.
    The decimal sign is a point, or with ``decimal_comma`` a comma, where a single point is then understood as well.
    """
    written, exponent = _apart(_in_ascii(text[: _MAX_LENGTH + 1]))
    whole = (_COMMA if decimal_comma else _POINT).fullmatch(written)
    if decimal_comma and not (whole and "," in written) and re.fullmatch(r"[+-]?\d*\.\d*", written):
        whole = _POINT.fullmatch(written)
    if not whole or not (whole[2] or whole[3]) or len(text) > _MAX_LENGTH or abs(exponent) > MAX_EXPONENT:
        return None
    integer = re.sub(r"\D", "", whole[2])
    number = Fraction(int((integer + (whole[3] or "")) or "0"), 10 ** len(whole[3] or ""))
    return (-number if whole[1] == "-" else number) * Fraction(10) ** exponent


def _apart(written: str) -> tuple[str, int]:
    """Split off a power of ten: (``1.5``, -3) for ``1.5e-3`` and ``1.5×10^-3``, (``1``, -3) for ``10^-3``."""
    if bare := _BARE_POWER.fullmatch(written):
        return f"{bare[1]}1", int(bare[2])
    power = _POWER_OF_TEN.search(written)
    if power and power.end() == len(written):
        return written[: power.start()], int(power[1] or power[2])
    return written, 0


def _in_ascii(text: str) -> str:
    """Return the text with digits, signs and separators in their ASCII form; superscripts become an exponent."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda match: "^" + match[0].translate(_SUPERSCRIPTS), text.strip())
    letters = []
    for character in text:
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            letters.append(str(digit))
        elif character in _MINUS:
            letters.append("-")
        else:
            letters.append(_LOOK_ALIKES.get(character, character))
    return "".join(letters)


_LOOK_ALIKES: Final = {
    "\uff0e": ".", "\uff0c": ",", "\uff0b": "+", "\uff25": "E", "\uff45": "e",  # full-width
    "\u066b": ".", "\u066c": " ",  # Arabic decimal and thousands separators
}  # fmt: skip


def in_digits(number: Fraction) -> str | None:
    """Return the number as a finite decimal, or None if it has none within 40 digits."""
    for places in range(40):
        scaled = number * 10**places
        if scaled.denominator == 1:
            digits = f"{abs(scaled.numerator):0{places + 1}d}"
            sign = "-" if number < 0 else ""
            text = f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
            return text if len(text) <= 40 else None
    return None
