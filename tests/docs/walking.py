"""Walking a guide: its commands run in order in one shell, against a server of the test, and every answer is kept."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass

import pytest

from tests.docs import markdown

ADDRESS = "http://127.0.0.1:8000"
# each answer is handed on as the guide expects it, and kept with its status in a file: body, then status, a line each
_KEEPING = """
curl() {
    local answer
    answer=$(command curl --max-time 30 --write-out '\\n%{http_code}\\n' "$@") || return
    printf '%s\\n' "$answer" >> "$ANSWERS"
    printf '%s\\n' "${answer%$'\\n'*}"
}
"""


@dataclass(frozen=True)
class Answer:
    """What a ``curl`` of a guide was told."""

    status: int
    body: dict


def walk(page, *, server, directory):
    """Run all shell commands of a guide as one script, stopping at the first that fails; return the answers in order.

    They run in ``directory``, from where ``docs`` can be reached as from the project's.
    """
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed here; install it with: apt-get install curl")
    script = "\n".join(block.text for block in markdown.blocks(page, "sh"))
    assert ADDRESS in script, f"{markdown.name(page)} does not say where the platform is"
    kept = directory / "answers"
    kept.touch()
    (directory / "docs").symlink_to(markdown.ROOT / "docs")
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", _KEEPING + script.replace(ADDRESS, server)],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "ANSWERS": str(kept)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = kept.read_text().splitlines()
    answers = [Answer(int(status), json.loads(body)) for body, status in zip(lines[::2], lines[1::2], strict=True)]
    assert run.returncode == 0, f"{run.stderr}\n{answers[-1:]}"
    return answers
