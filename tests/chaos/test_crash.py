"""Every part killed twice while fifty candidates answer: the short form of ``make chaos``."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.chaos import TARGETS, verdict

ROOT = Path(__file__).resolve().parents[2]
NOTHING_LOST = {
    "stopped_clients": [],
    "lost_answers": [],
    "repeated_answers": [],
    "wrong_submissions": [],
    "broken_imports": [],
    "not_running": [],
}


@pytest.mark.slow
@pytest.mark.chaos
def test_nothing_acknowledged_is_lost_when_everything_is_killed(tmp_path):
    figures_file = tmp_path / "figures.json"

    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.chaos",
            "--seconds",
            "40",
            "--kills",
            "2",
            "--seed",
            "4817",
            "--json",
            figures_file,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert figures_file.exists(), run.stdout[-2000:] + run.stderr[-2000:]
    figures = json.loads(figures_file.read_text())
    assert {name: figures[name] for name in NOTHING_LOST} == NOTHING_LOST
    assert {name for _moment, name, _pid in figures["kills"]} == set(TARGETS)
    assert figures["acknowledged_answers"] > 200
    assert figures["stored_answers"] >= figures["acknowledged_answers"]
    assert figures["outbox"]["is_settled"]
    assert figures["outbox"]["submitted"] == figures["outbox"]["delivered"] >= figures["acknowledged_submissions"]


def test_the_verdict_notices_each_kind_of_loss():
    """Twin: figures with one thing wrong are not called kept."""
    fine = {
        **NOTHING_LOST,
        "kills": [[1.0, name, 1] for name in TARGETS],
        "outbox": {"is_settled": True, "dead_letters": 0},
    }
    assert verdict(fine) == 0
    for name in NOTHING_LOST:
        assert verdict({**fine, name: ["something"]}) == 1
    assert verdict({**fine, "kills": []}) == 1
    assert verdict({**fine, "outbox": {"is_settled": False, "dead_letters": 0}}) == 1
    assert verdict({**fine, "outbox": {"is_settled": True, "dead_letters": 1}}) == 1
