"""Parts of a file, as players of sound and video ask for them (RFC 9110 §14)."""

import re

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Unsatisfiable(ValueError):
    """The part asked for lies outside of the file."""


def byte_range(header: str, size: int) -> range | None:
    """Return the positions that a ``Range`` header asks for in a file of ``size`` bytes.

    None where the whole file is the answer: without the header, with one that is malformed, in another unit or of several
    parts. Raises ``Unsatisfiable``.
    """
    match = _ONE_RANGE.fullmatch(header.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:  # the last so many bytes
        length = int(match[2])
        if not length or not size:
            raise Unsatisfiable
        return range(max(size - length, 0), size)
    first, last = int(match[1]), int(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return range(first, min(last, size - 1) + 1)
