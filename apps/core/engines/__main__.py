"""``python -m apps.core.engines start|stop|status|addresses [--var DIR]``"""

import argparse
import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path

from apps.core.engines import EngineError, ensure_running, recorded_addresses, status, stop

PROJECT = Path(__file__).resolve().parents[3]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m apps.core.engines", description=__doc__)
    parser.add_argument("command", choices=("start", "stop", "status", "addresses"))
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("LECTERN_VAR") or PROJECT / "var"))
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        code, answer = _carry_out(arguments.command, arguments.var.resolve())
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if answer is not None:
        sys.stdout.write(json.dumps(answer) + "\n")
    return code


def _carry_out(command: str, var: Path) -> tuple[int, object]:
    """The exit code and what to print. ``status`` and ``addresses`` exit with 1 when there is nothing to show."""
    if command == "start":
        ensure_running(var)
        return 0, None
    if command == "stop":
        return 0, {"stopped": stop(var)}
    if command == "status":
        found = asdict(status(var))
        return (0 if any(found.values()) else 1), found
    addresses = recorded_addresses(var)
    return (0, asdict(addresses)) if addresses else (1, None)


if __name__ == "__main__":
    raise SystemExit(main())
