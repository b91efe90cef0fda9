#!/usr/bin/env python3
"""Keep the front-end files of others that Lectern ships: named files of named npm packages, held by hash.

    tools/vendor.py            fetch what tools/vendor.lock.json names and write it under static/vendor
    tools/vendor.py --check    compare static/vendor with the lock; needs no network and no Node
    tools/vendor.py --relock   after a version was changed in the lock: fetch, and record the new hashes

The lock holds for each package its version, its licence, the registry's integrity value (sha512 of the archive, as npm prints
it) and for each kept file the SHA-384 of what is written. A fetched archive with another sum is refused.

Two edits are made while copying, both because a static-file manifest refuses a reference to a file that is not there: the
line that points a script or style sheet to its source map is dropped, and of each font only the WOFF2 source is kept.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "tools" / "vendor.lock.json"
TARGET = ROOT / "static" / "vendor"

SOURCE_MAP = re.compile(rb"\n?(?://|/\*)[#@] ?sourceMappingURL=[^\n]*?(?:\*/)?\s*\Z")
OLDER_FONT_SOURCE = re.compile(rb""",\s*url\(["']?[^)"']+\.(?:woff|ttf)["']?\)\s*format\(["'](?:woff|truetype)["']\)""")


class VendorError(Exception):
    """Something does not agree with the lock; the message names the file and the remedy."""


def read_lock() -> dict[str, Any]:
    """Return the lock: ``{"packages": [{name, version, license, integrity, folder, files: {from: {to, sha384}}}]}``."""
    lock: dict[str, Any] = json.loads(LOCK.read_text(encoding="utf-8"))
    return lock


def write_lock(lock: dict[str, Any]) -> None:
    """Write the lock, one stable form for one content."""
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def sha384(content: bytes) -> str:
    """Return a hash in the form of subresource integrity."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


def sha512(content: bytes) -> str:
    """Return a hash in npm's integrity form."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode("ascii")


def cleaned(name: str, content: bytes) -> bytes:
    """Return a file as it is written: without a source-map line, and with WOFF2 as the only source of a font."""
    if name.endswith((".js", ".mjs", ".css")):
        content = SOURCE_MAP.sub(b"\n", content)
    if name.endswith(".css"):
        content = OLDER_FONT_SOURCE.sub(b"", content)
    return content


def fetch_archive(package: dict[str, Any], folder: Path) -> Path:
    """Let npm download one package archive into a folder, and return its path."""
    wanted = f"{package['name']}@{package['version']}"
    done = subprocess.run(
        ["npm", "pack", wanted, "--silent", "--ignore-scripts", "--pack-destination", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    if done.returncode:
        raise VendorError(f"npm could not fetch {wanted}: {done.stderr.strip() or 'no reason given'}")
    return folder / done.stdout.strip().splitlines()[-1]


def read_archive(archive: Path, names: list[str]) -> dict[str, bytes]:
    """Return the named files of a package archive, by their path inside the package."""
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as opened:
        for name in names:
            try:
                member = opened.extractfile(f"package/{name}")
            except KeyError:
                member = None
            if member is None:
                raise VendorError(f"{archive.name} holds no file {name}; correct tools/vendor.lock.json.")
            found[name] = member.read()
    return found


def vendor_package(package: dict[str, Any], *, relock: bool) -> None:
    """Write one package's files; compare every sum with the lock, or record it when relocking."""
    with tempfile.TemporaryDirectory() as folder:
        archive = fetch_archive(package, Path(folder))
        integrity = sha512(archive.read_bytes())
        if relock:
            package["integrity"] = integrity
        elif integrity != package["integrity"]:
            raise VendorError(
                f"{package['name']} {package['version']} has {integrity}, the lock {package['integrity']}."
            )
        contents = read_archive(archive, list(package["files"]))
    for name, kept in package["files"].items():
        content = cleaned(name, contents[name])
        if relock:
            kept["sha384"] = sha384(content)
        elif sha384(content) != kept["sha384"]:
            raise VendorError(
                f"{package['name']}: {name} differs from the lock; run tools/vendor.py --relock if meant."
            )
        target = TARGET / package["folder"] / kept["to"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def disagreements(lock: dict[str, Any], target: Path) -> list[str]:
    """Return one sentence for each file that is missing, changed or unknown; an empty list when all agree."""
    expected = {
        f"{package['folder']}/{kept['to']}": kept["sha384"]
        for package in lock["packages"]
        for kept in package["files"].values()
    }
    present = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_file()}
    found = [f"{name} is missing" for name in expected.keys() - present.keys()]
    found += [f"{name} is not in the lock" for name in present.keys() - expected.keys()]
    for name in expected.keys() & present.keys():
        content = present[name].read_bytes()
        if sha384(content) != expected[name]:
            found.append(f"{name} was changed")
        elif cleaned(name, content) != content:
            found.append(f"{name} refers to files that are not shipped")
    for package in lock["packages"]:
        if not any("LICENSE" in name for name in package["files"]):
            found.append(f"{package['name']} is kept without its licence")
    return sorted(found)


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--check", action="store_true", help="compare only; no network")
    asked.add_argument("--relock", action="store_true", help="fetch and record new hashes")
    options = parser.parse_args(arguments)
    lock = read_lock()
    try:
        if not options.check:
            for package in lock["packages"]:
                vendor_package(package, relock=options.relock)
            write_lock(lock)
        wrong = disagreements(lock, TARGET)
    except VendorError as problem:
        wrong = [str(problem)]
    for line in wrong:
        sys.stderr.write(f"vendor: {line}\n")
    if wrong:
        sys.stderr.write("vendor: run tools/vendor.py to put static/vendor right\n")
        return 1
    count = sum(len(package["files"]) for package in lock["packages"])
    sys.stdout.write(f"vendor: {count} files of {len(lock['packages'])} packages agree with the lock\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
