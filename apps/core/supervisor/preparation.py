"""What must be done before processes start: migrations, static files, the demo school. Nothing is done twice.

Django takes a second to import, so whether there is anything to do is found out without it: by the contents of the files
that decide it, and by one query that recognises the database.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from apps.core.engines.credentials import replace_file
from apps.core.supervisor.options import PROJECT, SupervisorOptions

APPLIED = "select coalesce(md5(string_agg(app || '.' || name, ',' order by id)), '') from django_migrations"


@dataclass(frozen=True, kw_only=True)
class Done:
    """Fingerprints of what was prepared last: the migration files, the migrations found in the database afterwards, and
    the sources of the static files."""

    migrations: str = ""
    applied: str = ""
    static: str = ""
    has_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class Work:
    """Names of management commands: ``in_order`` one after the other in one process, ``aside`` at the same time."""

    in_order: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    is_database_empty: bool = False


def find_work(options: SupervisorOptions, database_url: str) -> Work:
    """What is left to do for this database and these files."""
    done = _recorded(options)
    applied = _applied_migrations(database_url)
    in_order = []
    if not applied or (done.migrations, done.applied) != (_migration_files(), applied):
        in_order.append("migrate")
    if options.wants_demo and not (applied and done.has_demo):
        in_order.append("load_demo")
    is_collected = done.static == _static_sources() and (_static_root(options) / "staticfiles.json").exists()
    aside = () if is_collected else ("collectstatic",)
    return Work(in_order=tuple(in_order), aside=aside, is_database_empty=not applied)


def record(options: SupervisorOptions, work: Work, database_url: str) -> None:
    """Remember that the work was done."""
    done = _recorded(options)
    if work.in_order:
        had_demo = done.has_demo and not work.is_database_empty
        done = replace(
            done,
            migrations=_migration_files(),
            applied=_applied_migrations(database_url),
            has_demo=had_demo or "load_demo" in work.in_order,
        )
    if work.aside:
        done = replace(done, static=_static_sources())
    replace_file(options.var / "prepared.json", json.dumps(vars(done), indent=1) + "\n", mode=0o644)


def _recorded(options: SupervisorOptions) -> Done:
    try:
        return Done(**json.loads((options.var / "prepared.json").read_text()))
    except (OSError, ValueError, TypeError):
        return Done()


def _applied_migrations(database_url: str) -> str:
    """A fingerprint of the migrations a database has had, empty for one without any."""
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            row = connection.execute(APPLIED).fetchone()
    except psycopg.errors.UndefinedTable:
        return ""
    return str(row[0]) if row else ""


def _migration_files() -> str:
    return _fingerprint([*PROJECT.glob("apps/*/migrations/*.py"), PROJECT / "requirements" / "base.txt"])


def _static_sources() -> str:
    sources = [PROJECT / "static", *PROJECT.glob("apps/*/static")]
    files = [path for source in sources for path in source.rglob("*") if path.is_file()]
    return _fingerprint([*files, PROJECT / "requirements" / "base.txt"])


def _static_root(options: SupervisorOptions) -> Path:
    return Path(os.environ.get("LECTERN_STATIC") or options.var / "static")


def _fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(os.fsencode(path.relative_to(PROJECT)) + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
