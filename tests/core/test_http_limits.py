"""Limits over HTTP: who is counted, who is not, and what is said about it."""

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.core import ratelimits, valkey

ME = "/api/v1/auth/me"


@pytest.fixture
def two_a_day(settings):
    settings.RATE_TIERS = {"free": 2, "premium": None}


def statuses(client, count, path=ME, **headers):
    return [client.get(path, headers=headers).status_code for _call in range(count)]


@pytest.mark.usefixtures("two_a_day")
def test_calls_of_a_person_count_together_whatever_the_device(student, api):
    first, second = api(student), api(student)
    allowed = first.get(ME)

    assert statuses(second, 1) + statuses(first, 1) == [200, 429]
    assert allowed["RateLimit-Policy"] == '"burst";q=100;w=10, "daily";q=2;w=86400'
    assert allowed["RateLimit"] == '"daily";r=1;t=86400'


@pytest.mark.usefixtures("two_a_day")
def test_refused_call_says_when_to_come_back(student, api):
    caller = api(student)
    statuses(caller, 2)

    response = caller.get(ME)

    assert response.json()["details"] == {"code": "rate_limited"}
    assert response["RateLimit"] == f'"daily";r=0;t={response["Retry-After"]}'
    assert 86390 < int(response["Retry-After"]) <= 86400


@pytest.mark.usefixtures("two_a_day")
def test_premium_people_have_no_daily_limit(student, api):
    User.objects.update(tier="premium")

    assert statuses(api(student), 4) == [200] * 4


@pytest.mark.usefixtures("two_a_day")
def test_pages_never_count(student, page, api):
    assert statuses(page(student), 4) == [200] * 4
    assert statuses(api(student), 1) == [200]


@pytest.mark.usefixtures("two_a_day")
def test_views_that_are_not_metered_never_count(student, api, monkeypatch):
    from apps.accounts.api.views import AuthMe

    monkeypatch.setattr(AuthMe, "is_metered", False)

    response = api(student).get(ME)

    assert statuses(api(student), 4) == [200] * 4
    assert "RateLimit" not in response


@pytest.mark.urls("tests.core.http_urls")
@pytest.mark.django_db
def test_strangers_count_by_address_and_by_their_own_only(settings):
    settings.RATE_ANONYMOUS_CALLS = 2
    path = "/api/v1/trial/names"

    assert statuses(Client(REMOTE_ADDR="192.0.2.1"), 3, path) == [200, 200, 429]
    assert statuses(Client(REMOTE_ADDR="192.0.2.2"), 1, path) == [200]
    # a header of one's own does not make one another
    assert statuses(Client(REMOTE_ADDR="192.0.2.1"), 1, path, X_Forwarded_For="192.0.2.3") == [429]


@pytest.mark.usefixtures("two_a_day")
def test_calls_go_on_while_valkey_is_away(student, api, settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(valkey, "breaker", valkey.Breaker())
    monkeypatch.setattr(ratelimits, "_memory", ratelimits._Memory())

    assert statuses(api(student), 3) == [200, 200, 429]


def test_refused_strangers_cost_no_count():
    refused = Client().get(ME)

    assert (refused.status_code, "RateLimit" in refused) == (401, False)
