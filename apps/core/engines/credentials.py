"""Generated secrets under ``var/secrets``, readable by the owner of the installation only."""

import os
import secrets
from pathlib import Path


def read_secret(var: Path, name: str) -> str:
    """The secret, or an empty string when there is none yet."""
    try:
        return (var / "secrets" / name).read_text()
    except FileNotFoundError:
        return ""


def ensure_secret(var: Path, name: str) -> str:
    """Return the secret, made from 192 random bits (safe in URLs) at the first call.

    Processes that race agree on one value: the file appears complete, by a link that only one of them can make.
    """
    directory = var / "secrets"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / name
    if not path.exists():
        draft = directory / f".{name}.{os.getpid()}"
        _write(draft, secrets.token_urlsafe(24), mode=0o600)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def replace_file(path: Path, text: str, *, mode: int) -> None:
    """Write ``text`` so that a reader, or a crash at any moment, finds the old content or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write(draft, text, mode=mode)
    draft.replace(path)


def _write(path: Path, text: str, *, mode: int) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with open(descriptor, "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
