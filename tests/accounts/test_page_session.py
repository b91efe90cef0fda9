"""The browser's session at the API: an exact origin and a header of ours stand in for the form token."""

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.http.sessions import DEVICE_KEY
from apps.accounts.models import User

ME = "/api/v1/auth/me"
SAME_ORIGIN = {"Origin": "http://testserver", "X-Lectern-Client": "page"}


def change(client, **headers):
    response = client.patch(ME, {"theme": "dark"}, "application/json", headers=headers)
    return response.status_code, response.json().get("details", {}).get("code")


def test_page_reads_without_further_headers(student, page):
    response = page(student).get(ME)

    assert (response.status_code, response.json()["data"]["email"]) == (200, "student@lectern.test")


def test_page_writes_with_its_origin_and_our_header(student, page):
    assert change(page(student), **SAME_ORIGIN) == (200, None)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "cross_site_request"),
        ({"X-Lectern-Client": "page"}, "cross_site_request"),
        ({"Origin": "http://testserver"}, "client_header_missing"),
        ({**SAME_ORIGIN, "Origin": "https://testserver"}, "cross_site_request"),
        ({**SAME_ORIGIN, "Origin": "http://testserver:8000"}, "cross_site_request"),
        ({**SAME_ORIGIN, "Origin": "http://testserver.evil.example"}, "cross_site_request"),
        ({**SAME_ORIGIN, "Origin": "http://evil.testserver"}, "cross_site_request"),
        ({**SAME_ORIGIN, "Origin": "null"}, "cross_site_request"),
        ({**SAME_ORIGIN, "Origin": "http://evil.example", "Referer": "http://testserver/"}, "cross_site_request"),
    ],
)
def test_writes_that_another_site_could_cause_are_refused(student, page, headers, code):
    assert change(page(student), **headers) == (403, code)
    student.refresh_from_db()
    assert student.theme == ""


def test_token_needs_no_origin(student, api):
    assert change(api(student)) == (200, None)


def test_token_wins_over_the_session(student, teacher, page, api):
    caller = page(student)
    token = api(teacher).defaults["HTTP_AUTHORIZATION"]

    response = caller.get(ME, headers={"Authorization": token})

    assert response.json()["data"]["email"] == "teacher@lectern.test"


def ended(client, user):
    client.device.ended_at = timezone.now()
    client.device.save()


def suspended(client, user):
    User.objects.update(is_active=False)


def with_a_new_password(client, user):
    user.set_password("another-quiet-river-20")
    user.save()


def without_a_device(client, user):
    session = client.session
    del session[DEVICE_KEY]
    session.save()


def with_an_odd_device(client, user):
    session = client.session
    session[DEVICE_KEY] = str(user.public_id)
    session.save()


@pytest.mark.parametrize("spoil", [ended, suspended, with_a_new_password, without_a_device, with_an_odd_device])
def test_session_that_is_over_counts_for_nobody(student, page, spoil):
    caller = page(student)
    spoil(caller, student)

    response = caller.get(ME)
    account = caller.get("/account")

    assert (response.status_code, response.json()["details"]["code"]) == (401, "not_signed_in")
    assert (account.status_code, account["Location"]) == (302, "/sign-in?next=/account")


def test_device_of_another_person_counts_for_nobody(student, teacher, page):
    caller, other = page(student), page(teacher)
    session = caller.session
    session[DEVICE_KEY] = str(other.device.public_id)
    session.save()

    assert caller.get(ME).status_code == 401


@pytest.mark.django_db
def test_planted_session_cookie_is_worth_nothing():
    client = Client()
    client.cookies["sessionid"] = "planted"

    assert client.get(ME).status_code == 401
