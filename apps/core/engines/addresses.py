"""Where the engines listen: recorded once per ``var`` directory and read by settings."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from apps.core.engines.credentials import read_secret, replace_file

DATABASE_NAME = "lectern"
DATABASE_USER = "lectern"
POSTGRES_SECRET = "postgres_password"  # noqa: S105 - the name of a file
VALKEY_SECRET = "valkey_password"  # noqa: S105 - the name of a file


@dataclass(frozen=True, kw_only=True)
class EngineAddresses:
    """URLs with their passwords, as ``DATABASE_URL`` and ``REDIS_URL`` would hold them."""

    database_url: str
    redis_url: str


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """What is kept between starts. ``socket_directory`` is empty where the path is too long for a unix socket."""

    postgres_port: int
    valkey_port: int
    socket_directory: str = ""


def read_endpoints(var: Path) -> Endpoints | None:
    try:
        recorded = json.loads(_record_of(var).read_text())
        return Endpoints(**recorded)
    except (OSError, ValueError, TypeError):
        return None


def write_endpoints(var: Path, endpoints: Endpoints) -> None:
    record = _record_of(var)
    record.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    replace_file(record, json.dumps(asdict(endpoints), indent=1), mode=0o644)


def recorded_addresses(var: Path) -> EngineAddresses | None:
    """Addresses of the engines of ``var`` as last started, or None before the first start.

    Reads three small files and asks no server. ``DATABASE_URL`` and ``REDIS_URL`` win over what is recorded.
    """
    database_url = os.environ.get("DATABASE_URL", "")
    redis_url = os.environ.get("REDIS_URL", "")
    endpoints = None if database_url and redis_url else read_endpoints(var)
    if endpoints:
        database_url = database_url or _database_url(var, endpoints)
        redis_url = redis_url or _redis_url(var, endpoints)
    if not (database_url and redis_url):
        return None
    return EngineAddresses(database_url=database_url, redis_url=redis_url)


def _record_of(var: Path) -> Path:
    return var / "run" / "engines.json"


def _database_url(var: Path, endpoints: Endpoints) -> str:
    password = read_secret(var, POSTGRES_SECRET)
    if not password:
        return ""
    if endpoints.socket_directory:
        directory = quote(endpoints.socket_directory, safe="/")
        return (
            f"postgresql://{DATABASE_USER}:{password}@/{DATABASE_NAME}?host={directory}&port={endpoints.postgres_port}"
        )
    return f"postgresql://{DATABASE_USER}:{password}@127.0.0.1:{endpoints.postgres_port}/{DATABASE_NAME}"


def _redis_url(var: Path, endpoints: Endpoints) -> str:
    password = read_secret(var, VALKEY_SECRET)
    return f"redis://:{password}@127.0.0.1:{endpoints.valkey_port}/0" if password else ""
