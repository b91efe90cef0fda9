"""Figures for Prometheus, from all processes of this machine.

Counters live in files that the processes share (``PROMETHEUS_MULTIPROC_DIR``); what is a row in the database is counted when
asked for.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
from django.conf import settings

# read by the library when it is first imported, once for the whole process
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(settings.VAR_DIR / "metrics"))
Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)

from django.db import connection  # noqa: E402
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily, Metric  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

requests = Counter("lectern_requests", "Requests answered.", ["method", "route", "status"])
request_seconds = Histogram(
    "lectern_request_seconds",
    "Time from arrival to answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
jobs_ended = Counter("lectern_jobs_ended", "Attempts at jobs, by how the job stood afterwards.", ["kind", "state"])
facts_handed_on = Counter("lectern_facts_handed_on", "Facts handed to consumers.", ["consumer"])
facts_refused = Counter("lectern_facts_refused", "Refusals of facts by consumers.", ["consumer"])
# every one has a label: without any, each process that merely imports this would begin a file
sockets = Gauge("lectern_live_sockets", "Open live sockets.", ["server"], multiprocess_mode="livesum")
calls_refused = Counter("lectern_calls_refused", "Calls over a limit.", ["limit"])
valkey_failures = Counter("lectern_valkey_failures", "Times Valkey did not answer.", ["error"])


def note_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. ``route`` is the name of the address, never the path itself."""
    requests.labels(method, route, f"{status // 100}xx").inc()
    request_seconds.labels(route).observe(seconds)


def exposition() -> bytes:
    """Return all figures in Prometheus's text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(_Rows())
    return generate_latest(registry)


def forget_dead_processes() -> int:
    """Drop the live gauges of processes that have ended; return of how many. Their counters stay."""
    dead = {pid for pid in _pids_with_gauges() if not psutil.pid_exists(pid)}
    for pid in dead:
        mark_process_dead(pid)
    return len(dead)


def _pids_with_gauges() -> Iterator[int]:
    for path in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit():
            yield int(pid)


class _Rows(Collector):
    """Figures that are rows: one statement when asked."""

    def collect(self) -> Iterator[Metric]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT 'jobs', state, count(*)::float FROM core_job WHERE state IN ('queued', 'running') GROUP BY state
                UNION ALL SELECT 'facts_unstamped', '', count(*) FROM core_outboxfact WHERE position IS NULL
                UNION ALL SELECT 'dead_letters', consumer, count(*) FROM core_deadletter GROUP BY consumer
                UNION ALL SELECT 'consumer_lag', consumer, greatest(head.position - cursor.position, 0)
                    FROM core_consumercursor AS cursor, core_outboxhead AS head
                """
            )
            rows = cursor.fetchall()
        described = {
            "jobs": ("Jobs that have not ended.", "state"),
            "facts_unstamped": ("Facts the relay has not seen yet.", ""),
            "dead_letters": ("Facts refused too often.", "consumer"),
            "consumer_lag": ("Positions between the newest fact and a consumer.", "consumer"),
        }
        for name, (words, label) in described.items():
            family = GaugeMetricFamily(f"lectern_{name}", words, labels=[label] if label else [])
            for _name, value, count in (row for row in rows if row[0] == name):
                family.add_metric([value] if label else [], count)
            yield family
