"""Requests sent again: once carried out, once answered."""

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.core import idempotency
from apps.core.errors import BadInput, KeyReused
from apps.core.idempotency import KeyedRequest, Reply, StillRunning
from apps.core.models import IdempotencyRecord, Job
from tests.processes import PROJECT, environment

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
REQUEST = KeyedRequest(caller="user:1", key="k-1", method="POST", path="/api/v1/orders", body=b'{"a": 1}')
DONE = Reply(status=201, body=b'{"id": 7}', headers={"Content-Type": "application/json"})
committing = pytest.mark.django_db(transaction=True)


class Shop:
    """Something that happens, each time counted in the database."""

    def __init__(self, reply=DONE):
        self.reply = reply

    def __call__(self):
        Job.objects.create(kind="tests.sold")
        return self.reply

    @property
    def sold(self):
        return Job.objects.filter(kind="tests.sold").count()


@pytest.fixture
def shop(db):
    return Shop()


def test_a_repeated_request_happens_once_and_gets_the_same_answer(shop):
    first = idempotency.run(REQUEST, shop, now=AT)
    second = idempotency.run(REQUEST, shop, now=AT + timedelta(hours=23, minutes=59))

    assert shop.sold == 1
    assert (first.is_repeated, second) == (False, replace(DONE, is_repeated=True))


def test_after_a_day_the_key_is_free_again(shop):
    idempotency.run(REQUEST, shop, now=AT)
    idempotency.run(replace(REQUEST, body=b"other"), shop, now=AT + timedelta(hours=24))

    assert shop.sold == 2


@pytest.mark.parametrize("change", [{"body": b"{}"}, {"path": "/api/v1/carts"}, {"method": "PUT"}])
def test_another_request_with_the_same_key_is_refused(change, shop):
    idempotency.run(REQUEST, shop, now=AT)

    with pytest.raises(KeyReused):
        idempotency.run(replace(REQUEST, **change), shop, now=AT)

    assert shop.sold == 1


def test_a_key_is_its_callers_alone(shop):
    secret = Shop(replace(DONE, body=b"secret of user 1"))
    idempotency.run(REQUEST, secret, now=AT)

    other = idempotency.run(replace(REQUEST, caller="user:2"), shop, now=AT)

    assert (other.body, other.is_repeated) == (DONE.body, False)


@pytest.mark.parametrize(
    ("status", "code", "kept"),
    [
        (200, "", True),
        (204, "", True),
        (400, "invalid", False),
        (400, "malformed_json", False),
        (400, "wrong_state", True),
        (401, "not_signed_in", False),
        (403, "not_allowed", True),
        (404, "not_found", True),
        (409, "conflict", False),
        (429, "rate_limited", False),
        (500, "internal_error", False),
        (503, "unavailable", False),
    ],
)
def test_only_lasting_answers_are_kept(status, code, kept, db):
    shop = Shop(replace(DONE, status=status, code=code))

    for _ in range(2):
        idempotency.run(REQUEST, shop, now=AT)

    assert shop.sold == (1 if kept else 2)


@committing
def test_what_raises_is_undone_and_may_be_tried_again_at_once():
    def fail():
        Job.objects.create(kind="tests.sold")
        raise RuntimeError

    shop = Shop()
    with pytest.raises(RuntimeError):
        idempotency.run(REQUEST, fail, now=AT)
    reply = idempotency.run(REQUEST, shop, now=AT)

    assert (shop.sold, reply) == (1, DONE)


def test_while_it_runs_a_repetition_is_told_to_wait(shop):
    idempotency.claim(REQUEST, now=AT)

    with pytest.raises(StillRunning) as refusal:
        idempotency.run(REQUEST, shop, now=AT + timedelta(seconds=59))

    assert (refusal.value.status, refusal.value.headers) == (409, {"Retry-After": "2"})
    assert shop.sold == 0


def test_a_lease_that_ran_out_is_taken_over_by_the_same_request_only(shop):
    idempotency.claim(REQUEST, now=AT)
    later = AT + idempotency.LEASE

    with pytest.raises(KeyReused):
        idempotency.run(replace(REQUEST, body=b"other"), shop, now=later)
    assert idempotency.run(REQUEST, shop, now=later) == DONE


@committing
@pytest.mark.parametrize("fenced", [True, False], ids=["fenced", "twin"])
def test_who_was_overtaken_cannot_finish_and_its_deed_is_undone(fenced, monkeypatch):
    shop = Shop()
    if not fenced:
        monkeypatch.setattr(
            idempotency,
            "finish",
            lambda claimed, reply: IdempotencyRecord.objects.filter(pk=claimed.record_id).update(status=reply.status),
        )

    def slow():
        # meanwhile, on another connection, the lease runs out and somebody else carries the request out
        in_threads(1, lambda: idempotency.run(REQUEST, shop, now=AT + idempotency.LEASE))
        return shop()

    try:
        idempotency.run(REQUEST, slow, now=AT)
        was_refused = False
    except StillRunning:
        was_refused = True

    assert (was_refused, shop.sold) == ((True, 1) if fenced else (False, 2))


def in_threads(count, function):
    """Call a function in so many threads at the same moment; return what they returned or raised."""
    ready = threading.Barrier(count, timeout=20)
    found = []

    def run():
        try:
            ready.wait()
            found.append(function())
        except Exception as error:  # handed to the test
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.slow
@committing
@pytest.mark.parametrize("claimed", [True, False], ids=["claimed", "twin"])
def test_fifty_at_once_happen_once(claimed):
    shop = Shop()

    def send():
        return idempotency.run(REQUEST, shop, now=AT) if claimed else shop()

    answers = in_threads(50, send)

    replies = [answer for answer in answers if isinstance(answer, Reply)]
    waits = [answer for answer in answers if isinstance(answer, StillRunning)]
    assert len(replies) + len(waits) == 50
    assert {reply.body for reply in replies} == {DONE.body}
    assert (shop.sold == 1) is claimed


@pytest.mark.slow
@pytest.mark.chaos
@committing
def test_a_process_killed_anywhere_leaves_no_half_and_no_stuck_key(tmp_path):
    """Killed after the key was taken, after the deed, and after the answer was stored but not sent."""
    program = (
        "import os, signal, sys, django; django.setup()\n"
        "from apps.core import idempotency\n"
        "from tests.core.test_idempotency import AT, REQUEST, Shop\n"
        "from dataclasses import replace\n"
        "die = lambda: os.kill(os.getpid(), signal.SIGKILL)\n"
        "moment, shop = sys.argv[1], Shop()\n"
        "def sell():\n"
        "    if moment == 'before': die()\n"
        "    reply = shop()\n"
        "    if moment == 'after': die()\n"
        "    return reply\n"
        "idempotency.run(replace(REQUEST, key=moment), sell, now=AT)\n"
        "die()\n"
    )
    moments = ["before", "after", "stored"]
    processes = [
        subprocess.Popen([sys.executable, "-c", program, moment], cwd=PROJECT, env=environment()) for moment in moments
    ]
    assert [process.wait(60) for process in processes] == [-signal.SIGKILL] * 3

    shop = Shop()
    sold = []
    for moment in moments:
        before = shop.sold
        reply = idempotency.run(replace(REQUEST, key=moment), shop, now=AT + idempotency.LEASE)
        sold.append((reply.body == DONE.body, shop.sold - before))

    assert sold == [(True, 1), (True, 1), (True, 0)]
    assert shop.sold == 3


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"'), min_size=1, max_size=255))
def test_read_key_takes_bare_keys(key):
    assert idempotency.read_key(key) == key


def test_read_key_takes_quoted_keys():
    assert idempotency.read_key(' "8e03978e-40d5-43e8-bc93-6894a57f9324" ') == "8e03978e-40d5-43e8-bc93-6894a57f9324"


@pytest.mark.parametrize("header", ["", '""', "a b", "é", "x" * 256, '"' + "x" * 256 + '"', "a\nb", 'a"b'])
def test_read_key_refuses_what_is_none(header):
    with pytest.raises(BadInput) as refusal:
        idempotency.read_key(header)

    assert refusal.value.error_code == "bad_idempotency_key"


def test_prune_removes_what_is_older_than_a_day(shop):
    idempotency.run(REQUEST, shop, now=AT - timedelta(days=1))
    idempotency.run(replace(REQUEST, key="k-2"), shop, now=AT)

    assert idempotency.prune(now=AT) == 1
    assert IdempotencyRecord.objects.get().key == "k-2"
