"""Reads and confirms one import in a process of its own. ``python -m tests.questionbank.import_process ID``

Writes ``{seconds, processor_seconds, peak_megabytes, status, success_count}`` as JSON; the set-up of Django is not timed.
"""

import json
import re
import sys
import time

import django

django.setup()

from django.utils import timezone  # noqa: E402 - after the set-up

from apps.questionbank import imports  # noqa: E402


def peak_kibibytes() -> int:
    """The most memory this program held. Not from getrusage: its figure outlives exec, and so counts the parent too."""
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1])


if __name__ == "__main__":
    began, worked = time.perf_counter(), time.process_time()
    job = imports.read_import(import_id=int(sys.argv[1]), report=lambda rows: None)
    job = imports.confirm_import(actor=job.created_by, job=job, now=timezone.now())
    spent = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - worked,
        "peak_megabytes": peak_kibibytes() / 1024,
        "status": job.status,
        "success_count": job.success_count,
    }
    json.dump(spent, sys.stdout)
