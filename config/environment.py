"""Typed readers of the process environment.

Every setting that comes from outside is read here once, at start. A missing or malformed value stops the program with the
name of the variable and what it should look like, never a later surprise.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


class BadSetting(SystemExit):
    """A variable of the environment that cannot be used. Names the variable and the remedy."""


def text(name: str, default: str | None = None) -> str:
    """Return a variable, or ``default``. Without a default it must be set and not empty."""
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise BadSetting(f"{name} is not set. Set it in the environment; .env.example says what it is for.")
    return default


def flag(name: str, default: bool) -> bool:
    """Return a variable that is 1/0, true/false, yes/no or on/off."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} is {value!r}; use 1 or 0.")


def integer(name: str, default: int, *, low: int = 0, high: int = 2**53) -> int:
    """Return a whole number within ``low`` and ``high``."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise BadSetting(f"{name} is {value!r}; use a whole number.") from None
    if not low <= number <= high:
        raise BadSetting(f"{name} is {number}; use a number from {low} to {high}.")
    return number


def one_of(name: str, default: str, choices: Sequence[str]) -> str:
    """Return a variable that must be one of ``choices``."""
    value = text(name, default)
    if value not in choices:
        raise BadSetting(f"{name} is {value!r}; use one of {', '.join(choices)}.")
    return value


def items(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without empty entries."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def directory(name: str, default: Path) -> Path:
    """Return an absolute path."""
    return Path(text(name, str(default))).expanduser().resolve()


def database(name: str, url: str) -> dict[str, object]:
    """Return Django's connection settings of a ``postgresql://user:password@host:port/name?host=/socket/dir`` address."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadSetting(f"{name} must start with postgresql://; Lectern runs on PostgreSQL only.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": dict(query),
    }
