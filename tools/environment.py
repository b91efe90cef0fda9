"""Make ``.venv`` and install one of the locks into it: ``python3 tools/environment.py base|prod|dev``.

Does nothing when the lock that was installed last has the same content. Written for any Python 3, so that an old one
is told what is needed instead of meeting a syntax error.
"""

import hashlib
import os
import subprocess
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
NEEDED = (3, 11)


def main() -> int:
    """Return the exit code."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in ("base", "prod", "dev"):
        sys.stderr.write("usage: python3 tools/environment.py base|prod|dev\n")
        return 2
    if sys.version_info < NEEDED:
        sys.stderr.write(
            f"Lectern needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}. "
            "Name a later one: make up PYTHON=python3.12\n"
        )
        return 1
    locks = {"base": ("base", "prod", "dev"), "prod": ("prod", "dev"), "dev": ("dev",)}[name]
    if any(stamp(lock) == fingerprint(lock) for lock in locks):  # a longer lock holds the shorter ones
        return 0
    return install(name)


def install(name: str) -> int:
    """Make the environment if there is none, and install the lock."""
    if not os.path.exists(PYTHON) and subprocess.call([sys.executable, "-m", "venv", VENV]):
        sys.stderr.write("Python cannot make virtual environments here. On Debian: apt-get install python3-venv\n")
        return 1
    sys.stdout.write(f"Installing requirements/{name}.txt into .venv\n")
    sys.stdout.flush()
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes", "-r"]
    uv = [os.path.join(VENV, "bin", "uv"), "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r"]
    # uv installs in a tenth of pip's time; where there is no uv for the platform, pip does
    has_uv = subprocess.call([*pip, lock_path("uv")], stderr=subprocess.DEVNULL) == 0
    code = subprocess.call([*(uv if has_uv else pip), lock_path(name)])
    if code:
        sys.stderr.write(f"requirements/{name}.txt could not be installed; the lines above say why.\n")
        return code
    with open(stamp_path(name), "w") as file:
        file.write(fingerprint(name))
    return 0


def lock_path(name: str) -> str:
    """Return where a lock is."""
    return os.path.join(PROJECT, "requirements", f"{name}.txt")


def stamp_path(name: str) -> str:
    """Return where the fingerprint of an installed lock is kept."""
    return os.path.join(VENV, f"installed-{name}")


def fingerprint(name: str) -> str:
    """Return the hash of a lock's content."""
    with open(lock_path(name), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamp(name: str) -> str:
    """Return the fingerprint of the lock as installed, or nothing."""
    try:
        with open(stamp_path(name)) as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
