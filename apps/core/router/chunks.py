"""The chunked transfer coding (RFC 9112 §7.1), read strictly and in pieces."""

import re

LINE_LIMIT = 1024
TRAILER_LIMIT = 8 * 1024

_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t -~\x80-\xff]*)?")


class BadChunk(ValueError):
    """The coding is broken; where the message ends is unknown."""


class ChunkReader:
    """Takes bytes as they come, returns what they carry.

    Extensions and trailers are dropped. After the last chunk ``is_done`` is true and ``rest`` holds what follows.
    """

    __slots__ = ("_buffer", "_left", "_needs_line_end", "_trailer", "is_done", "rest")

    def __init__(self) -> None:
        self._buffer = b""
        self._left = 0
        self._needs_line_end = False
        self._trailer = -1  # bytes of trailers read, or -1 before the last chunk
        self.is_done = False
        self.rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The payload found in ``data``, in order. Raises BadChunk."""
        payload: list[bytes] = []
        self._buffer += data
        while not self.is_done and self._step(payload):
            pass
        if self.is_done:
            self.rest, self._buffer = self._buffer, b""
        return payload

    def _step(self, payload: list[bytes]) -> bool:
        """Consume one element from the buffer; False when more bytes are needed."""
        if self._left:
            return self._take_payload(payload)
        if self._needs_line_end:
            return self._take_line_end()
        line = self._take_line()
        if line is None:
            return False
        if self._trailer >= 0:
            self._take_trailer(line)
        else:
            self._take_size(line)
        return True

    def _take_payload(self, payload: list[bytes]) -> bool:
        if not self._buffer:
            return False
        piece = self._buffer[: self._left]
        payload.append(piece)
        self._buffer = self._buffer[len(piece) :]
        self._left -= len(piece)
        self._needs_line_end = self._left == 0
        return True

    def _take_line_end(self) -> bool:
        if len(self._buffer) < 2:
            return False
        if not self._buffer.startswith(b"\r\n"):
            raise BadChunk("a chunk is longer than its size")
        self._buffer = self._buffer[2:]
        self._needs_line_end = False
        return True

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if max(end, 0 if end >= 0 else len(self._buffer)) > LINE_LIMIT:
            raise BadChunk("a line between chunks is too long")
        if end < 0:
            return None
        line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
        return line

    def _take_size(self, line: bytes) -> None:
        match = _SIZE_LINE.fullmatch(line)
        if match is None:
            raise BadChunk("a chunk size is malformed")
        self._left = int(match[1], 16)
        if self._left == 0:
            self._trailer = 0

    def _take_trailer(self, line: bytes) -> None:
        self._trailer += len(line)
        self.is_done = not line
        if self._trailer > TRAILER_LIMIT:
            raise BadChunk("the trailers are too long")


def framed(pieces: list[bytes], *, is_last: bool) -> bytes:
    """The pieces as chunks in their plainest form."""
    parts = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece]
    if is_last:
        parts.append(b"0\r\n\r\n")
    return b"".join(parts)
