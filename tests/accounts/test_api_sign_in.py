"""Signing in, staying signed in and signing out, by API."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import identities, services, tokens
from apps.accounts.models import DeviceSession, User
from tests.factories.accounts import PASSWORD, MembershipFactory, UniversityFactory
from tests.people import device_of

LOGIN = "/api/v1/auth/login"
ME = "/api/v1/auth/me"


def user_body(organization, user, **changes):
    return {
        "id": str(user.public_id),
        "email": "student@lectern.test",
        "full_name": "Ines Duarte",
        "platform_role": "",
        "tier": "free",
        "language": "en",
        "time_zone": "UTC",
        "theme": "",
        "membership": {
            "role": "student",
            "organization": {
                "id": str(organization.public_id),
                "name": "Harbour College",
                "slug": "harbour-college",
            },
        },
        "created_at": "2026-01-12T08:00:00Z",
        **changes,
    }


def post(client, path, data, **headers):
    return client.post(path, data, "application/json", headers=headers)


def refusal(response):
    return response.status_code, response.json()["details"]["code"]


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_login_returns_tokens_and_the_person(client, student, organization):
    response = post(client, LOGIN, {"email": "STUDENT@lectern.test", "password": PASSWORD}, User_Agent="A laptop")

    body = response.json()
    data = body["data"]
    session = DeviceSession.objects.get()
    assert (response.status_code, body["message"], response["Cache-Control"]) == (200, "Signed in.", "no-store")
    assert data.pop("user") == user_body(organization, student)
    assert sorted(data) == ["access", "refresh"]
    assert (session.kind, session.address, session.agent) == ("api", "127.0.0.1", "A laptop")
    assert tokens.read_access(data["access"]).session == session.public_id
    assert tokens.read_refresh(data["refresh"]).session == session.public_id


@pytest.mark.parametrize("prefix", ["/api/v1", "/api"])
def test_login_opens_what_it_says(client, student, organization, prefix):
    access = post(client, f"{prefix}/auth/login", {"email": student.email, "password": PASSWORD}).json()["data"][
        "access"
    ]

    response = Client().get(f"{prefix}/auth/me", headers=bearer(access))

    assert (response.status_code, response.json()["data"]) == (200, user_body(organization, student))


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        ({"email": "student@lectern.test", "password": "wrong"}, 401, "wrong_credentials"),
        ({"email": "nobody@lectern.test", "password": PASSWORD}, 401, "wrong_credentials"),
        ({"email": "student@lectern.test"}, 400, "invalid"),
        ({"email": "student@lectern.test", "password": PASSWORD, "otp": "1"}, 400, "invalid"),
        ({"email": ["student@lectern.test"], "password": {}}, 400, "invalid"),
    ],
)
@pytest.mark.usefixtures("student")
def test_login_refuses(client, data, status, code):
    assert refusal(post(client, LOGIN, data)) == (status, code)


def test_login_does_not_mind_an_expired_token(client, student):
    response = post(client, LOGIN, {"email": student.email, "password": PASSWORD}, **bearer("expired.or.odd"))

    assert response.status_code == 200


def test_refresh_exchanges_both_tokens(client, student):
    session = device_of(student)
    first = services.issue_tokens(session=session, now=timezone.now())

    response = post(client, "/api/v1/auth/refresh", {"refresh": first.refresh})

    data = response.json()["data"]
    assert (response.status_code, sorted(data), response["Cache-Control"]) == (200, ["access", "refresh"], "no-store")
    assert (tokens.read_access(data["access"]).session, tokens.read_refresh(data["refresh"]).number) == (
        session.public_id,
        1,
    )
    assert refusal(post(client, "/api/v1/auth/refresh", {"refresh": data["access"]})) == (401, "token_invalid")


def test_logout_ends_access_and_refresh(student, api, django_capture_on_commit_callbacks):
    caller = api(student)
    refresh = services.issue_tokens(session=caller.device, now=timezone.now()).refresh

    with django_capture_on_commit_callbacks(execute=True):
        response = caller.post("/api/v1/auth/logout")

    assert (response.status_code, response.json()["message"]) == (200, "Signed out.")
    assert refusal(caller.get(ME)) == (401, "session_ended")
    assert refusal(post(Client(), "/api/v1/auth/refresh", {"refresh": refresh})) == (401, "session_ended")


def test_suspended_person_is_refused_within_two_seconds(student, api, monkeypatch):
    caller = api(student)
    clock = [100.0]
    monkeypatch.setattr(identities, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    assert caller.get(ME).status_code == 200

    User.objects.update(is_active=False)

    clock[0] += identities.KEPT_SECONDS
    assert caller.get(ME).status_code == 200
    clock[0] += 0.001
    assert refusal(caller.get(ME)) == (401, "account_suspended")


def test_identity_costs_one_statement_then_none(student, api):
    caller = api(student)

    counts = []
    for _call in range(2):
        with CaptureQueriesContext(connection) as captured:
            caller.get(ME)
        counts.append(len(captured))

    assert counts == [1, 0]


def test_what_a_view_does_to_its_caller_is_not_remembered(student):
    session = device_of(student)
    now = timezone.now()

    identities.identify(session.public_id, now=now).user.full_name = "Changed in memory"

    assert identities.identify(session.public_id, now=now).user.full_name == "Ines Duarte"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Bearer", "token_invalid"),
        ("Bearer ", "token_invalid"),
        ("bearer odd", "token_invalid"),
        ("Basic c3R1ZGVudA==", "not_signed_in"),
        ("", "not_signed_in"),
    ],
)
@pytest.mark.django_db
def test_odd_authorization_is_refused_and_says_how_to_sign_in(client, header, code):
    response = client.get(ME, headers={"Authorization": header})

    assert refusal(response) == (401, code)
    assert response["WWW-Authenticate"] == 'Bearer realm="Lectern"'


def test_token_of_a_deleted_device_is_refused(student, api):
    caller = api(student)
    DeviceSession.objects.all().delete()

    assert refusal(caller.get(ME)) == (401, "session_ended")


def test_token_acts_in_the_organization_of_its_device(student, api, foreign_organization):
    MembershipFactory(user=student, organization=foreign_organization, role="teacher")
    caller = api(student)
    elsewhere = device_of(student, organization=foreign_organization)
    token = services.issue_tokens(session=elsewhere, now=timezone.now()).access

    here = caller.get(ME).json()["data"]["membership"]
    there = Client().get(ME, headers=bearer(token)).json()["data"]["membership"]

    assert (here["role"], here["organization"]["name"]) == ("student", "Harbour College")
    assert (there["role"], there["organization"]["name"]) == ("teacher", "Hill Academy")


def test_ended_membership_no_longer_counts(student, api):
    caller = api(student)
    student.memberships.update(ended_at=timezone.now())

    assert caller.get(ME).json()["data"]["membership"] is None


# --- The profile ------------------------------------------------------------------------------------------------------
def test_profile_is_changed_in_part(student, organization, api):
    response = api(student).patch(ME, {"language": "fr", "theme": "dark"}, "application/json")

    assert response.status_code == 200, response.json()
    assert response.json()["data"] == user_body(organization, student, language="fr", theme="dark")
    student.refresh_from_db()
    assert (student.language, student.theme, student.time_zone) == ("fr", "dark", "UTC")


@pytest.mark.parametrize("data", [{"tier": "premium"}, {"language": "xx"}, {"time_zone": "Mars/Olympus"}, {"theme": 1}])
def test_profile_refuses_what_is_not_offered(student, api, data):
    response = api(student).patch(ME, data, "application/json")

    assert (response.status_code, list(response.json()["details"]["fields"])) == (400, list(data))


def test_messages_come_in_the_persons_language_unless_asked_otherwise(student, api):
    User.objects.update(language="ar")
    caller = api(student)

    languages = [caller.get(ME, headers=headers)["Content-Language"] for headers in ({}, {"Accept-Language": "fr"})]

    assert languages == ["ar", "fr"]


def test_times_are_utc_wherever_the_person_lives(student, api):
    User.objects.update(time_zone="Asia/Tokyo")

    assert api(student).get(ME).json()["data"]["created_at"] == "2026-01-12T08:00:00Z"


# --- Devices ----------------------------------------------------------------------------------------------------------
def test_devices_are_listed_with_the_present_one_marked(student, classmate, api):
    device_of(classmate)
    device_of(student, ended_at=timezone.now())
    browser = device_of(student, kind="page", agent="Firefox", address="192.0.2.7")
    caller = api(student)

    body = caller.get("/api/v1/sessions/list?sort=created_at&kind=page").json()
    everything = caller.get("/api/v1/sessions/list").json()["data"]

    assert body["data"] == [
        {
            "id": str(browser.public_id),
            "kind": "page",
            "address": "192.0.2.7",
            "agent": "Firefox",
            "created_at": "2026-01-12T08:00:00Z",
            "last_seen_at": "2026-01-12T08:00:00Z",
            "expires_at": "2126-01-01T00:00:00Z",
            "is_current": False,
        }
    ]
    assert {row["id"]: row["is_current"] for row in everything} == {
        str(browser.public_id): False,
        str(caller.device.public_id): True,
    }


def test_ones_own_device_is_ended_and_anothers_is_not_found(student, classmate, api):
    own, foreign = device_of(student), device_of(classmate)
    caller = api(student)

    ended = caller.delete(f"/api/v1/sessions/{own.public_id}")
    missing = caller.delete(f"/api/v1/sessions/{foreign.public_id}")

    assert (ended.status_code, refusal(missing)) == (200, (404, "not_found"))
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.end_reason, foreign.ended_at) == ("signed_out", None)


@pytest.mark.parametrize("path", ["/api/v1/sessions/list", "/api/v1/universities"])
@pytest.mark.parametrize("rows", [1, 3, 30])
def test_lists_cost_the_same_statements_for_1_and_30_rows(teacher, organization, api, path, rows):
    for _row in range(rows):
        device_of(teacher)
        UniversityFactory(organization=organization)
    caller = api(teacher)

    with CaptureQueriesContext(connection) as captured:
        response = caller.get(f"{path}?limit=100")

    assert response.json()["pagination"]["total"] in (rows, rows + 1)
    assert len(captured) == 3


# --- Universities -----------------------------------------------------------------------------------------------------
def test_universities_are_those_of_ones_organization(people, university, foreign_organization, api):
    UniversityFactory(organization=foreign_organization, name="Hill University")

    def seen(person):
        body = api(person).get("/api/v1/universities").json()
        return [row["name"] for row in body["data"]] if body["success"] else body["details"]["code"]

    ours = ["Harbour University"]
    assert people.table(seen) == {
        "student": ours,
        "classmate": ours,
        "teacher": ours,
        "foreign_teacher": ["Hill University"],
        "parent": ours,
        "org_admin": ours,
        "operator": [],
        "admin": ["Harbour University", "Hill University"],
        "anonymous": "not_signed_in",
    }
