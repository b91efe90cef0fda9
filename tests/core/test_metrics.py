"""Figures for Prometheus: who may read them, and that all processes are in them."""

import re
import subprocess
import sys

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from apps.core import metrics
from apps.core.models import Job
from tests.processes import PROJECT, environment


def figures():
    """Return all samples by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }


def read(*, address="127.0.0.1", **headers):
    return Client(REMOTE_ADDR=address).get("/metrics", headers=headers)


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_never_by_path():
    key = ("lectern_requests_total", (("method", "GET"), ("route", "core_root:health"), ("status", "2xx")))
    before = figures().get(key, 0)

    Client().get("/health?secret=1")
    Client().get("/nobody-knows-this-address")

    assert figures()[key] == before + 1
    assert "nobody-knows" not in metrics.exposition().decode()


@pytest.mark.django_db
def test_rows_are_counted_when_asked():
    Job.objects.create(kind="tests.any")

    assert figures()["lectern_jobs", (("state", "queued"),)] == 1


@pytest.mark.slow
@pytest.mark.django_db
def test_what_another_process_counted_is_there_and_its_gauges_go_with_it():
    code = (
        "import django; django.setup()\n"
        "from apps.core import metrics\n"
        "metrics.jobs_ended.labels('tests.elsewhere', 'done').inc(3)\n"
        "metrics.sockets.labels('tests').set(7)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment(), check=True)
    key = ("lectern_jobs_ended_total", (("kind", "tests.elsewhere"), ("state", "done")))
    gauge = ("lectern_live_sockets", (("server", "tests"),))
    with_gauge = figures()
    forgotten = metrics.forget_dead_processes()
    without = figures()

    assert (with_gauge[key] % 3, with_gauge[key] >= 3, with_gauge[gauge]) == (0, True, 7)
    assert forgotten >= 1
    assert (without[key], gauge in without) == (with_gauge[key], False)


@pytest.mark.django_db
def test_names_carry_units_and_help():
    text = metrics.exposition().decode()

    names = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    assert names == set(re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE))
    assert not [name for name in names if name.endswith(("_ms", "_milliseconds"))]


@pytest.mark.django_db
def test_without_a_token_only_this_machine_may_read(settings):
    settings.METRICS_TOKEN = ""
    settings.ROUTER_SECRET = ""

    assert read().status_code == 200
    assert read(address="::1").status_code == 200
    assert read(address="10.0.0.7").status_code == 401
    # a proxy of this machine hides who calls
    assert read(**{"X-Forwarded-For": "127.0.0.1"}).status_code == 401


@pytest.mark.django_db
def test_with_a_token_only_who_shows_it_may_read(settings):
    settings.METRICS_TOKEN = "figures-for-prometheus"

    assert read().status_code == 401
    assert read(Authorization="Bearer wrong").status_code == 401
    answer = read(address="10.0.0.7", Authorization="Bearer figures-for-prometheus")
    assert (answer.status_code, answer["Content-Type"]) == (200, metrics.CONTENT_TYPE)
