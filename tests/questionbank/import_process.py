"""Reads and confirms one import in a process of its own. ``python -m tests.questionbank.import_process ID``

Writes ``{seconds, processor_seconds, peak_megabytes, status, success_count}`` as JSON; the set-up of Django is not timed.
"""

import json
import resource
import sys
import time

import django

django.setup()

from django.utils import timezone  # noqa: E402 - after the set-up

from apps.questionbank import imports  # noqa: E402

if __name__ == "__main__":
    began, worked = time.perf_counter(), time.process_time()
    job = imports.read_import(import_id=int(sys.argv[1]), report=lambda rows: None)
    job = imports.confirm_import(actor=job.created_by, job=job, now=timezone.now())
    spent = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - worked,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,  # Linux counts in KiB
        "status": job.status,
        "success_count": job.success_count,
    }
    json.dump(spent, sys.stdout)
