"""Request and response heads, read strictly.

What two programs could read differently is refused, not repaired: that is how requests are smuggled past a router.
Grammar: RFC 9110 §5 and RFC 9112 §2 to §6.
"""

import re

HEAD_LIMIT = 16 * 1024
HEAD_END = b"\r\n\r\n"

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb") (/[!-~]*|\*) HTTP/1\.([01])")
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [^\r\n]*)?")
_FIELD_LINE = re.compile(rb"(" + _TOKEN + rb"):[ \t]*([\t -~\x80-\xff]*)")
_FIELD_LINES = re.compile(rb"(?:" + _TOKEN + rb":[\t -~\x80-\xff]*\r\n)*")
_LENGTH = re.compile(rb"[0-9]{1,15}")

# Fields that hold between two neighbours only, and fields that say who the caller is: nobody may bring them along.
_NEVER_FORWARDED = frozenset(
    {
        b"connection",
        b"expect",
        b"forwarded",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"content-length",
        b"upgrade",
        b"x-real-ip",
        b"x-request-arrived",
        b"x-router-secret",
    }
)
_HOP_FIELDS_OF_ANSWERS = re.compile(
    rb"\r\n(?:connection|keep-alive|proxy-connection|upgrade|trailer):[^\r\n]*", re.IGNORECASE
)
_FRAMING_OF_ANSWERS = re.compile(rb"\r\n(content-length|transfer-encoding|connection):[ \t]*([^\r\n]*)", re.IGNORECASE)


class Refused(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class RequestHead:
    """What the router needs to know of a request, and the field lines that may be handed on.

    ``length`` is the announced size of the body in bytes; a chunked body is measured while it arrives.
    """

    __slots__ = (
        "connection",
        "expects_continue",
        "forwarded_for",
        "forwarded_proto",
        "host",
        "is_chunked",
        "is_old",
        "length",
        "lines",
        "method",
        "target",
        "upgrade",
    )

    def __init__(self, method: bytes, target: bytes, is_old: bool) -> None:
        self.method = method
        self.target = target
        self.is_old = is_old  # HTTP/1.0
        self.lines: list[bytes] = []
        self.host: bytes | None = None
        self.length: int | None = None
        self.is_chunked = False
        self.connection = b""
        self.upgrade = b""
        self.expects_continue = False
        self.forwarded_for = b""
        self.forwarded_proto = b""

    @property
    def wants_close(self) -> bool:
        return self.is_old or b"close" in self.connection

    @property
    def wants_websocket(self) -> bool:
        return self.upgrade == b"websocket" and b"upgrade" in self.connection and self.method == b"GET"

    @property
    def is_live(self) -> bool:
        """Whether it belongs to the live gateway: the path ``/ws`` and what is below it."""
        path = self.target.partition(b"?")[0]
        return path == b"/ws" or path.startswith(b"/ws/")


def parse_request(head: bytes) -> RequestHead:
    """Parse a head, without its final empty line. Raises Refused for what is malformed or ambiguous."""
    line, _, fields = head.partition(b"\r\n")
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise _malformed_line(line)
    method, target, minor = match.groups()
    request = RequestHead(method, target, minor == b"0")
    if target == b"*" and method != b"OPTIONS":
        raise Refused(400, "bad_request", "The request line names no path.")
    if fields:
        fields += b"\r\n"
        if _FIELD_LINES.fullmatch(fields) is None:
            raise Refused(400, "bad_request", "A header line is malformed.")
        _read_fields(request, fields)
    if request.host is None and not request.is_old:
        raise Refused(400, "bad_request", "The Host header is missing.")
    if request.connection:
        _drop_nominated(request)
    return request


def _malformed_line(line: bytes) -> Refused:
    if re.fullmatch(rb"\S+ \S+ HTTP/[0-9.]+", line) and not line.endswith((b"HTTP/1.0", b"HTTP/1.1")):
        return Refused(505, "version_not_supported", "Use HTTP/1.1.")
    return Refused(400, "bad_request", "The request line is malformed.")


def _read_fields(request: RequestHead, fields: bytes) -> None:
    kept = request.lines
    for line in fields.split(b"\r\n"):
        colon = line.find(b":")
        name = line[:colon].lower()
        reader = _READERS.get(name)
        if reader is not None:
            reader(request, line[colon + 1 :].strip(b" \t"))
        if name in _NEVER_FORWARDED or b"_" in name or name.startswith(b"x-forwarded-"):
            continue
        kept.append(line)
    kept.pop()  # what follows the last line end


def _read_host(request: RequestHead, value: bytes) -> None:
    if request.host is not None:
        raise Refused(400, "bad_request", "The Host header is given twice.")
    request.host = value


def _read_length(request: RequestHead, value: bytes) -> None:
    if request.length is not None or request.is_chunked:
        raise Refused(400, "bad_request", "The length of the body is given twice.")
    if _LENGTH.fullmatch(value) is None:
        raise Refused(400, "bad_request", "The Content-Length header is not a number.")
    request.length = int(value)


def _read_transfer_encoding(request: RequestHead, value: bytes) -> None:
    if request.length is not None or request.is_chunked:
        raise Refused(400, "bad_request", "The length of the body is given twice.")
    if value.lower() != b"chunked" or request.is_old:
        raise Refused(400, "bad_request", "The only transfer encoding understood here is chunked, in HTTP/1.1.")
    request.is_chunked = True


def _read_connection(request: RequestHead, value: bytes) -> None:
    request.connection = request.connection + b"," + value.lower() if request.connection else value.lower()


def _read_upgrade(request: RequestHead, value: bytes) -> None:
    request.upgrade = value.lower()


def _read_expect(request: RequestHead, value: bytes) -> None:
    if value.lower() != b"100-continue":
        raise Refused(417, "bad_request", "The only expectation understood here is 100-continue.")
    request.expects_continue = not request.is_old


def _read_forwarded_for(request: RequestHead, value: bytes) -> None:
    request.forwarded_for = request.forwarded_for + b"," + value if request.forwarded_for else value


def _read_forwarded_proto(request: RequestHead, value: bytes) -> None:
    request.forwarded_proto = value.lower()


_READERS = {
    b"host": _read_host,
    b"content-length": _read_length,
    b"transfer-encoding": _read_transfer_encoding,
    b"connection": _read_connection,
    b"upgrade": _read_upgrade,
    b"expect": _read_expect,
    b"x-forwarded-for": _read_forwarded_for,
    b"x-forwarded-proto": _read_forwarded_proto,
}


def _drop_nominated(request: RequestHead) -> None:
    """Leave out the fields that ``Connection`` declares to be meant for us alone."""
    nominated = {word.strip() for word in request.connection.split(b",")} - {b"close", b"keep-alive", b"upgrade", b""}
    if nominated:
        request.lines = [line for line in request.lines if line.partition(b":")[0].lower() not in nominated]


class ResponseHead:
    """``length`` is None where the body is chunked or ends with the connection."""

    __slots__ = ("closes", "is_chunked", "length", "status", "text")

    def __init__(self, status: int, text: bytes) -> None:
        self.status = status
        self.text = text
        self.length: int | None = None
        self.is_chunked = False
        self.closes = False


def parse_response(head: bytes) -> ResponseHead:
    """Parse a head, without its final empty line. Raises ValueError for what no server of ours sends."""
    match = _STATUS_LINE.fullmatch(head.partition(b"\r\n")[0])
    if match is None:
        raise ValueError("the status line is malformed")
    response = ResponseHead(int(match[2]), head)
    response.closes = match[1] == b"0"
    for name, value in _FRAMING_OF_ANSWERS.findall(head):
        _READERS_OF_ANSWERS[name.lower()](response, value.strip(b" \t").lower())
    if response.is_chunked and response.length is not None:
        raise ValueError("the length is given twice")
    if response.status != 101:
        response.text = _HOP_FIELDS_OF_ANSWERS.sub(b"", head)
    return response


def _read_answer_length(response: ResponseHead, value: bytes) -> None:
    if response.length is not None or _LENGTH.fullmatch(value) is None:
        raise ValueError("the length is given twice or is no number")
    response.length = int(value)


def _read_answer_encoding(response: ResponseHead, value: bytes) -> None:
    if value != b"chunked":
        raise ValueError("the transfer encoding is unknown")
    response.is_chunked = True


def _read_answer_connection(response: ResponseHead, value: bytes) -> None:
    response.closes = response.closes or b"close" in value


_READERS_OF_ANSWERS = {
    b"content-length": _read_answer_length,
    b"transfer-encoding": _read_answer_encoding,
    b"connection": _read_answer_connection,
}
