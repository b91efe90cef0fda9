"""Signing in and out, setting up an empty site and one's own account, on pages."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from apps.accounts.models import DeviceSession, Organization, User
from tests.factories.accounts import PASSWORD, TERM_BEGAN
from tests.people import device_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(client, email="student@lectern.test", password=PASSWORD, **data):
    return client.post("/sign-in", {"email": email, "password": password, **data}, headers={"User-Agent": FIREFOX})


def text(response):
    return response.content.decode()


# --- Signing in -------------------------------------------------------------------------------------------------------
def test_sign_in_opens_a_device_session_of_this_browser(client, student):
    response = sign_in(client)

    device = DeviceSession.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/")
    assert (device.user, device.kind, device.agent, device.address) == (student, "page", FIREFOX, "127.0.0.1")
    assert client.get("/account").context["user"] == student


def test_sign_in_changes_the_session_key(client, student, page):
    caller = page(student)
    before = caller.session.session_key

    sign_in(caller)

    assert caller.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(
    ("onward", "location"),
    [
        ("/account", "/account"),
        ("/exams/1?page=2", "/exams/1?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
@pytest.mark.usefixtures("student")
def test_sign_in_goes_on_to_paths_of_this_site_only(client, onward, location):
    assert sign_in(client, next=onward)["Location"] == location


@pytest.mark.usefixtures("student")
def test_refused_sign_in_says_so_kindly_and_keeps_the_address(client):
    response = sign_in(client, password="wrong", next="/account")

    assert response.status_code == 401
    assert "The email address or the password is not right." in text(response)
    assert 'value="student@lectern.test"' in text(response)
    assert "wrong" not in text(response).replace("wrong-", "")
    assert (response.context["next"], response["Cache-Control"].count("no-store")) == ("/account", 1)
    assert not DeviceSession.objects.exists()


@pytest.mark.usefixtures("student")
def test_guessing_is_stopped_and_says_for_how_long(client, settings):
    settings.RATE_AUTH_PER_ACCOUNT = 2

    answers = [sign_in(client, password="wrong") for _guess in range(3)]
    by_api = client.post(
        "/api/v1/auth/login", {"email": "student@lectern.test", "password": PASSWORD}, "application/json"
    )

    assert [response.status_code for response in answers] == [401, 401, 429]
    assert "Too many attempts have failed." in text(answers[2])
    assert 0 < int(answers[2]["Retry-After"]) <= 300
    assert (by_api.status_code, by_api.json()["details"]["code"]) == (429, "too_many_attempts")


@pytest.mark.usefixtures("student")
def test_sign_in_needs_its_form_token():
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_sign_in_greets_by_the_only_school(client, student, request):
    alone = client.get("/sign-in").context["organization"]
    request.getfixturevalue("foreign_organization")

    assert (alone, client.get("/sign-in").context["organization"]) == ("Harbour College", "")


@pytest.mark.parametrize(("environment", "offered"), [("test", 5), ("production", 0)])
def test_demonstration_offers_its_people_but_never_in_production(client, student, settings, environment, offered):
    settings.ENVIRONMENT = environment
    none_yet = client.get("/sign-in").context["demo_accounts"]
    Organization.objects.update(is_demo=True)

    assert (none_yet, len(client.get("/sign-in").context["demo_accounts"])) == ([], offered)


def test_signed_in_person_is_sent_on(student, page):
    response = page(student).get("/sign-in?next=/account")

    assert (response.status_code, response["Location"]) == (302, "/account")


def test_console_signs_in_by_the_same_form(client, admin):
    to_login = client.get("/admin/")
    to_form = client.get(to_login["Location"])

    assert (to_login.status_code, to_form.status_code) == (302, 302)
    assert to_form["Location"] == "/sign-in?next=%2Fadmin%2F"
    assert sign_in(client, admin.email, next="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_console_is_closed_to_everybody_else(people, page):
    def answer(person):
        return page(person).get("/admin/").status_code

    assert people.table(answer) == {name: 200 if name == "admin" else 302 for name, _person in people}


# --- Signing out ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/sign-out", "/admin/logout/"])
def test_sign_out_ends_the_device_and_the_session(student, page, path):
    caller = page(student)

    response = caller.post(path)

    caller.device.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, "/sign-in")
    assert caller.device.end_reason == "signed_out"
    assert caller.get("/account").status_code == 302


def test_sign_out_takes_a_form_only_and_may_be_repeated(student, page):
    caller = page(student)

    assert caller.get("/sign-out").status_code == 405
    assert [caller.post("/sign-out").status_code for _time in range(2)] == [302, 302]


# --- An empty site ----------------------------------------------------------------------------------------------------
FOUNDER = {
    "organization_name": "Harbour College",
    "full_name": "Fay Founder",
    "email": "founder@lectern.test",
    "password": PASSWORD,
}


@pytest.mark.django_db
def test_empty_site_leads_to_its_first_page_and_from_there_into_the_campus(client):
    to_welcome = client.get("/sign-in")
    shown = client.get("/welcome")
    done = client.post("/welcome", FOUNDER)

    assert (to_welcome["Location"], shown.status_code) == ("/welcome", 200)
    assert (done.status_code, done["Location"]) == (302, "/")
    assert (User.objects.get().email, Organization.objects.get().name) == ("founder@lectern.test", "Harbour College")
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_first_page_shows_what_is_wrong_beside_the_field(client):
    weak = client.post("/welcome", {**FOUNDER, "password": "password"})
    empty = client.post("/welcome", {})

    assert (weak.status_code, list(weak.context["form"].errors)) == (400, ["password"])
    assert (empty.status_code, sorted(empty.context["form"].errors)) == (400, sorted(FOUNDER))
    assert not User.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("student")
def test_first_page_is_gone_afterwards(client, method):
    response = getattr(client, method)("/welcome", FOUNDER)

    assert (response.status_code, response["Location"]) == (302, "/sign-in")
    assert User.objects.count() == 1


# --- One's account ----------------------------------------------------------------------------------------------------
def test_account_changes_profile_and_the_look_of_this_device(student, page):
    caller = page(student)
    shown = caller.get("/account")

    response = caller.post(
        "/account",
        {"full_name": "Inês Duarte", "language": "fr", "time_zone": "Europe/Lisbon", "theme": "contrast"},
    )

    student.refresh_from_db()
    assert shown.status_code == 200
    assert (response.status_code, response["Location"]) == (302, "/account")
    assert (student.full_name, student.language, student.time_zone, student.theme) == (
        "Inês Duarte",
        "fr",
        "Europe/Lisbon",
        "contrast",
    )
    assert caller.cookies["lectern_theme"].value == "contrast"


def test_account_goes_back_to_the_look_of_the_device(student, page):
    User.objects.update(theme="dark")
    caller = page(student)
    shown = caller.get("/account").context["form"]["theme"].value()

    caller.post("/account", {"full_name": "Ines", "language": "en", "time_zone": "UTC", "theme": "system"})

    student.refresh_from_db()
    assert (shown, student.theme, caller.cookies["lectern_theme"].value) == ("dark", "", "system")


def test_account_shows_what_is_wrong(student, page):
    response = page(student).post("/account", {"full_name": "", "language": "xx", "time_zone": "UTC", "theme": "dark"})

    assert (response.status_code, sorted(response.context["form"].errors)) == (400, ["full_name", "language"])


def test_pages_speak_the_persons_language(student, page):
    User.objects.update(language="ar")

    response = page(student).get("/account")

    assert response["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl"' in text(response)


def test_pages_tell_times_where_the_person_lives(student, page):
    User.objects.update(language="fr", time_zone="Asia/Tokyo")
    device_of(student, last_seen_at="2026-03-02T20:00:00Z")

    assert "03/03/2026 05:00" in text(page(student).get("/account"))


def test_devices_stand_on_the_account_with_the_present_one_first(student, classmate, page):
    device_of(classmate, agent="Somebody else")
    device_of(student, agent=FIREFOX, address="192.0.2.7")
    device_of(student, agent="curl/8.5.0", kind="api")
    caller = page(student)

    rows = caller.get("/account").context["devices"]

    assert [(row.name, row.is_current) for row in rows] == [
        ("", True),
        ("curl/8.5.0", False),
        ("Firefox, Linux", False),
    ]


def test_one_device_is_signed_out_from_another(student, page):
    caller, other = page(student), page(student)

    response = caller.post(f"/account/devices/{other.device.public_id}/end")

    other.device.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, "/account")
    assert other.device.end_reason == "signed_out"
    assert caller.get("/account").status_code == 200


def test_present_device_is_signed_out_like_any_sign_out(student, page):
    caller = page(student)

    assert caller.post(f"/account/devices/{caller.device.public_id}/end")["Location"] == "/sign-in"
    assert caller.get("/account").status_code == 302


def test_anothers_device_is_not_found(student, classmate, page):
    foreign = device_of(classmate)

    assert page(student).post(f"/account/devices/{foreign.public_id}/end").status_code == 404
    foreign.refresh_from_db()
    assert foreign.ended_at is None


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_account_costs_the_same_statements_for_1_and_30_devices(student, page, rows, django_assert_num_queries):
    for _row in range(rows):
        device_of(student)
    caller = page(student)
    caller.get("/account")

    with django_assert_num_queries(1):
        caller.get("/account")


# --- Language ---------------------------------------------------------------------------------------------------------
def test_language_is_kept_with_browser_and_person(client, student, page):
    stranger = client.post("/language", {"language": "fr", "next": "/sign-in"})
    page(student).post("/language", {"language": "ar", "next": "//evil.example"})

    student.refresh_from_db()
    assert (stranger.status_code, stranger["Location"]) == (302, "/sign-in")
    assert client.get("/sign-in")["Content-Language"] == "fr"
    assert student.language == "ar"


def test_unknown_language_changes_nothing(client, student, page):
    response = page(student).post("/language", {"language": "xx"})

    student.refresh_from_db()
    assert (response["Location"], student.language) == ("/", "en")


# --- When a device was seen -------------------------------------------------------------------------------------------
def test_use_moves_on_when_a_device_was_seen(student, page, api):
    for caller in (page(student), api(student)):
        DeviceSession.objects.update(last_seen_at=TERM_BEGAN)

        caller.get("/api/v1/auth/me")

        caller.device.refresh_from_db()
        assert timezone.now() - caller.device.last_seen_at < timedelta(minutes=1)
