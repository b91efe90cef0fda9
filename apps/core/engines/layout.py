"""Where the engines keep their files, and as whom they run.

PostgreSQL refuses to run as root, so root hands both engines to an unprivileged account. That account must be able
to walk to its files: below a closed directory (a home of mode 0700) it gets a place of its own instead. Directories
that are not ours are never opened up.
"""

import hashlib
import logging
import os
import pwd
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.core.engines.credentials import replace_file
from apps.core.engines.errors import EngineError

logger = logging.getLogger("lectern.engines")

DEFAULT_HOME_BASE = Path("/var/lib/lectern")


@dataclass(frozen=True, kw_only=True)
class Account:
    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class EngineLayout:
    """``home`` is ``var`` itself wherever possible. ``account`` is None when the engines run as the caller."""

    var: Path
    home: Path
    account: Account | None

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgresql"

    @property
    def valkey_data(self) -> Path:
        return self.home / "valkey"

    @property
    def sockets(self) -> Path:
        return self.home / "run" / "pg"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    def run_as(self) -> dict[str, Any]:
        """Keyword arguments for ``subprocess`` that start a program as the engines' account."""
        surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LECTERN_"))}
        arguments: dict[str, Any] = {"cwd": "/", "env": {**surroundings, "LC_ALL": "C"}}
        if self.account:
            arguments |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return arguments

    def give(self, path: Path) -> None:
        """Make the engines' account the owner of one file or directory."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def own_directory(self, path: Path, *, mode: int = 0o700) -> Path:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        path.chmod(mode)
        self.give(path)
        return path

    def program(self, path: Path, *, trees: Sequence[Path]) -> Path:
        """``path`` itself, or its twin in a copy of ``trees`` where the account cannot reach the original."""
        if self.account is None or _can_use(self.account, path):
            return path
        size_and_age = path.stat()
        mark = hashlib.sha256(f"{path}:{size_and_age.st_size}:{size_and_age.st_mtime_ns}".encode()).hexdigest()[:12]
        copy = self.home / "programs" / mark
        root = Path(os.path.commonpath([tree.parent for tree in trees]))
        if not copy.exists():
            logger.info("Copying %s to %s, where the account %s can run it.", path.name, copy, self.account.name)
            _copy_for_everyone(trees, root, copy)
        return copy / path.relative_to(root)


def layout_for(var: Path) -> EngineLayout:
    """Decide, and for a home elsewhere record, where the engines of the existing directory ``var`` live."""
    if os.geteuid() != 0:
        return EngineLayout(var=var, home=var, account=None)
    data = var / "postgresql"
    owner = data.stat().st_uid if data.exists() else None
    account = _account_of(owner) if owner else _unprivileged_account()
    return EngineLayout(var=var, home=_home_for(var, account), account=account)


def _account_of(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(name=f"of uid {uid}", uid=uid, gid=uid)
    return Account(name=entry.pw_name, uid=uid, gid=entry.pw_gid)


def _unprivileged_account() -> Account:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise EngineError(
        "PostgreSQL does not run as root, and this system has neither a 'postgres' nor a 'nobody' account. "
        "Create one (useradd --system postgres), start Lectern as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def _home_for(var: Path, account: Account) -> Path:
    """``var`` where the account can walk to it; else the recorded or a new directory under ``LECTERN_ENGINE_HOME``."""
    record = var / "engine_home"
    if record.exists():
        home = Path(record.read_text().strip())
    elif _can_walk_to(account, var):
        return var
    elif (var / "postgresql").exists():
        raise EngineError(
            f"The account {account.name} owns {var / 'postgresql'} but can no longer enter the directories above it. "
            f"Let it (chmod o+x on each), or move {var} to where it can."
        )
    else:
        base = Path(os.environ.get("LECTERN_ENGINE_HOME") or DEFAULT_HOME_BASE)
        home = base / hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
        logger.warning(
            "%s is below a directory that the account %s cannot enter; the engines' data is kept in %s.",
            var, account.name, home,
        )  # fmt: skip
        replace_file(record, f"{home}\n", mode=0o644)
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not _can_walk_to(account, home):
        raise EngineError(
            f"The account {account.name} cannot reach {home}, where the engines' data of {var} belongs. "
            f"Allow it to enter the directories above (chmod o+x), or set LECTERN_ENGINE_HOME to a directory it can "
            f"reach and remove {record} if there is no data to keep."
        )
    return home


def _can_walk_to(account: Account, directory: Path) -> bool:
    return all(_allows(account, parent, stat.S_IXOTH) for parent in (directory, *directory.parents))


def _can_use(account: Account, program: Path) -> bool:
    program = program.resolve()
    return _can_walk_to(account, program.parent) and _allows(account, program, stat.S_IROTH | stat.S_IXOTH)


def _allows(account: Account, path: Path, bits: int) -> bool:
    """``bits`` are permissions as for others; they are moved to the class that applies to the account."""
    facts = path.stat()
    if facts.st_uid == account.uid:
        bits <<= 6
    elif facts.st_gid == account.gid:
        bits <<= 3
    return facts.st_mode & bits == bits


def _copy_for_everyone(trees: Sequence[Path], root: Path, target: Path) -> None:
    """Copy files and directories, keeping their places below ``root``, readable by every account."""
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    for tree in trees:
        place = draft / tree.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        if tree.is_dir():
            shutil.copytree(tree, place)
        else:
            shutil.copy2(tree, place)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            is_open = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if is_open else 0o644)
    draft.parent.chmod(0o755)
    draft.rename(target)
