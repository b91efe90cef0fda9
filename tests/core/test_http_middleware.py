"""What is known about each request, and from whom it is believed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from apps.core.http.middleware import EPOCH, RequestTracking

SECRET = "between router and web"
ARRIVED = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
MICROSECONDS = str((ARRIVED - EPOCH) // timedelta(microseconds=1))


@pytest.fixture
def track(settings):
    """Return a function that sends a request through the layer and returns (request, response)."""
    settings.ROUTER_SECRET = SECRET

    def sending(**headers):
        request = RequestFactory(REMOTE_ADDR="198.51.100.9").get("/somewhere", headers=headers)
        return request, RequestTracking(lambda request: HttpResponse("here"))(request)

    return sending


@pytest.mark.parametrize("given", ["kept-request-id", "0123456789abcdef", "a" * 64, "A.b_c-d:"[:7] + "1"])
def test_request_id_comes_back_as_it_was_sent(track, given):
    request, response = track(x_request_id=given)

    assert (request.request_id, response["X-Request-ID"]) == (given, given)


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "with space in it", "line\nbreak-line", "-begins-with-a-dash"]
)
def test_request_id_is_made_where_none_of_use_was_sent(track, given):
    request, response = track(x_request_id=given)

    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", request.request_id)
    assert response["X-Request-ID"] == request.request_id


def test_router_tells_arrival_and_address(track):
    request, _response = track(
        x_router_secret=SECRET, x_request_arrived=MICROSECONDS, x_forwarded_for="203.0.113.77, 192.0.2.7"
    )

    assert (request.received_at, request.caller_address) == (ARRIVED, "192.0.2.7")


@pytest.mark.parametrize("secret", ["", "guessed", SECRET + "x"])
def test_nobody_else_tells_arrival_and_address(track, secret):
    before = datetime.now(UTC)

    request, _response = track(x_router_secret=secret, x_request_arrived=MICROSECONDS, x_forwarded_for="192.0.2.7")

    assert before <= request.received_at <= datetime.now(UTC)
    assert request.caller_address == "198.51.100.9"


def test_without_a_secret_no_router_is_believed(track, settings):
    settings.ROUTER_SECRET = ""

    request, _response = track(x_router_secret="", x_forwarded_for="192.0.2.7")

    assert request.caller_address == "198.51.100.9"


@pytest.mark.parametrize("stamp", ["", "soon", "-", "9" * 400, str(int(MICROSECONDS) + 10**15)])
def test_odd_or_future_stamp_counts_as_now(track, stamp):
    before = datetime.now(UTC)

    request, _response = track(x_router_secret=SECRET, x_request_arrived=stamp)

    assert before <= request.received_at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [("2001:DB8::1", "2001:db8::1"), ("::ffff:192.0.2.7", "192.0.2.7"), ("evil", ""), ("", ""), ("192.0.2.7:80", "")],
)
def test_addresses_have_one_spelling(track, forwarded, address):
    request, _response = track(x_router_secret=SECRET, x_forwarded_for=forwarded)

    assert request.caller_address == address


def test_answer_says_how_long_it_took(track):
    _request, response = track()

    assert re.fullmatch(r"app;dur=\d+\.\d", response["Server-Timing"])


def test_each_request_leaves_one_line_without_its_query(client, caplog):
    client.get("/api/v1/nothing?token=secret", headers={"X-Request-ID": "kept-request-id"})

    lines = [record.msg for record in caplog.records if record.name == "lectern.requests"]
    assert [
        {name: line[name] for name in ("event", "method", "path", "status", "request_id", "address")} for line in lines
    ] == [
        {
            "event": "request",
            "method": "GET",
            "path": "/api/v1/nothing",
            "status": 404,
            "request_id": "kept-request-id",
            "address": "127.0.0.1",
        }
    ]
