"""Logs for machines: one JSON object a line, with the request's id, without secrets, and without forged lines.

Code logs events with fields, ``structlog.get_logger(__name__).info("job_failed", job=job.public_id)``; what libraries
log through the standard module leaves in the same shape.
"""

import logging
import logging.config
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

MASKED = "[masked]"
MAX_TEXT = 8_000

_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)|secret|token|authorization|cookie|credential|(api|private|session)_?key|\botp\b|signature",
    re.IGNORECASE,
)
_SECRET_TEXT = (
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASKED}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), MASKED),
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), MASKED),
    (re.compile(r"(?<=/files/)[^/\s?\"']{20,}"), MASKED),
    (
        re.compile(r"(?i)\b((?:pass(?:word|wd|phrase)|secret|token|api_?key|otp)[\"']?\s*[=:]\s*)[\"']?[^\s\"',;&]+"),
        rf"\1{MASKED}",
    ),
    (re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "[address]"),
)
# control characters of both blocks, line and paragraph separators, and marks that reorder what follows
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_OUR_OWN = frozenset({"event", "level", "logger", "timestamp", "request_id", "exception"})

Entry = MutableMapping[str, Any]


def configure(options: Mapping[str, Any]) -> None:
    """Set up logging for this process; what ``LOGGING_CONFIG`` names.

    ``level`` is the lowest that is written, ``format`` is ``json`` (the default) or ``text`` for a terminal.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    level = options.get("level", "INFO")
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lectern": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        mask,
                        neutralise,
                        _renderer(options.get("format", "json")),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lectern"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                "django.server": {"handlers": [], "propagate": True},
                # every refusal is already in the request's own line
                "django.request": {"level": "ERROR"},
                "django.channels.server": {"level": "WARNING"},
                "daphne": {"level": "WARNING"},
                "httpx": {"level": "WARNING"},
            },
        }
    )


def mask(logger: Any, method: str, entry: Entry) -> Entry:
    """Replace secrets and addresses of people, by the name of the field or by the look of the text."""
    return {name: _masked(name, value) for name, value in entry.items()}


def neutralise(logger: Any, method: str, entry: Entry) -> Entry:
    """Write out control characters, so that no text from outside starts a line of its own or steers a terminal."""
    return {
        _printable(name, _UNPRINTABLE): _neutral(value, _UNPRINTABLE_BUT_LINES if name == "exception" else _UNPRINTABLE)
        for name, value in entry.items()
    }


def _renderer(name: str) -> Any:
    if name == "text":
        return _as_text
    return structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False, default=str)


def _as_text(logger: Any, method: str, entry: Entry) -> str:
    rest = " ".join(f"{name}={value}" for name, value in entry.items() if name not in _OUR_OWN)
    line = f"{entry.get('level', '').upper():<8}{entry.get('event', '')} {rest}".rstrip()
    trace = str(entry.get("exception") or "").replace("\n", "\n    ")
    return f"{line}\n    {trace}" if trace else line


def _masked(name: str, value: Any) -> Any:
    if name not in _OUR_OWN and _SECRET_NAME.search(name) and value not in (None, ""):
        return MASKED
    if isinstance(value, str):
        text = value if len(value) <= MAX_TEXT else f"{value[: MAX_TEXT // 4]} … {value[-MAX_TEXT:]}"
        for pattern, replacement in _SECRET_TEXT:
            text = pattern.sub(replacement, text)
        return text
    if isinstance(value, Mapping):
        return {str(key): _masked(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked("", item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _masked("", str(value))


def _neutral(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return _printable(value, pattern)
    if isinstance(value, dict):
        return {_printable(key, pattern): _neutral(item, pattern) for key, item in value.items()}
    if isinstance(value, list):
        return [_neutral(item, pattern) for item in value]
    return value


def _printable(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
