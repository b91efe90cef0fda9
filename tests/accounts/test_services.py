"""Signing in, refreshing, ending sessions, changing one's profile, setting up an empty site."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection

from apps.accounts import identities, services, tokens
from apps.accounts.hashers import BCryptSHA256
from apps.accounts.identities import AccountSuspended, SessionEnded
from apps.accounts.models import DeviceSession, Membership, Organization, University, User
from apps.accounts.services import (
    AlreadySetUp,
    Device,
    FirstAdministrator,
    TokenReused,
    TooManyAttempts,
    WrongCredentials,
)
from apps.accounts.tokens import TokenExpired, TokenRefused
from apps.core import valkey
from apps.core.errors import BadInput, NotAllowed
from apps.core.models import AuditEntry
from tests.factories.accounts import PASSWORD, UserFactory
from tests.people import device_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LAPTOP = Device(kind=DeviceSession.Kind.API, address="192.0.2.7", agent="A laptop")


def sign_in(email="student@lectern.test", password=PASSWORD, now=NOON):
    return services.sign_in(email=email, password=password, device=LAPTOP, now=now)


def refresh(token, now=NOON):
    return services.refresh(token=token, address="192.0.2.7", now=now)


def refresh_token(session):
    return services.issue_tokens(session=session, now=NOON).refresh


def deeds():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor_id", "details"))


# --- Signing in -------------------------------------------------------------------------------------------------------
def test_sign_in_opens_a_device_session(student, organization):
    session = sign_in(email=" Student@LECTERN.test ")

    session.refresh_from_db()
    assert {
        "user": session.user,
        "organization": session.organization,
        "kind": session.kind,
        "address": session.address,
        "agent": session.agent,
        "number": session.refresh_number,
        "created": session.created_at,
        "seen": session.last_seen_at,
        "expires": session.expires_at,
        "ended": session.ended_at,
    } == {
        "user": student,
        "organization": organization,
        "kind": "api",
        "address": "192.0.2.7",
        "agent": "A laptop",
        "number": 0,
        "created": NOON,
        "seen": NOON,
        "expires": NOON + timedelta(days=14),
        "ended": None,
    }
    assert deeds() == [("account.signed_in", student.pk, {"kind": "api"})]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("student@lectern.test", PASSWORD + " "),
        ("student@lectern.test", ""),
        ("nobody@lectern.test", PASSWORD),
        ("", ""),
    ],
)
def test_sign_in_says_the_same_of_a_wrong_password_and_an_unknown_address(student, email, password):
    with pytest.raises(WrongCredentials) as refusal:
        sign_in(email, password)

    assert refusal.value.as_details() == {"code": "wrong_credentials"}
    assert not DeviceSession.objects.exists()


def test_suspended_account_is_told_so_only_with_its_password(student):
    User.objects.update(is_active=False)

    with pytest.raises(WrongCredentials):
        sign_in(password="wrong")
    with pytest.raises(AccountSuspended):
        sign_in()
    assert not DeviceSession.objects.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("student")
def test_unknown_address_costs_the_time_of_a_wrong_password(monkeypatch):
    monkeypatch.setattr(BCryptSHA256, "rounds", 8)  # enough to tell hashing from not hashing

    def worked(email):
        began = time.thread_time()  # what it works, not what it waits for on a crowded machine
        with pytest.raises(WrongCredentials):
            sign_in(email, "wrong")
        return time.thread_time() - began

    user = User.objects.get()
    user.set_password(PASSWORD)
    user.save()
    pairs = [(worked("student@lectern.test"), worked("nobody@lectern.test")) for _number in range(9)]
    known, unknown = (sorted(times)[4] for times in zip(*pairs, strict=True))
    assert known == pytest.approx(unknown, rel=0.4)


# --- Guessing ---------------------------------------------------------------------------------------------------------
@pytest.fixture(params=["valkey", "postgresql"])
def counter(request, settings, monkeypatch):
    """Where attempts are counted: in Valkey, and without it in PostgreSQL."""
    if request.param == "postgresql":
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        monkeypatch.setattr(valkey, "breaker", valkey.Breaker())


def guess(count, email="student@lectern.test", device=LAPTOP):
    """Sign in with a wrong password; return how often it was not even looked at."""
    refused = 0
    for _number in range(count):
        with pytest.raises((WrongCredentials, TooManyAttempts)) as refusal:
            services.sign_in(email=email, password="wrong", device=device, now=NOON)
        refused += refusal.type is TooManyAttempts
    return refused


@pytest.mark.usefixtures("student", "counter")
def test_ten_guesses_in_five_minutes_are_looked_at_for_an_account_whatever_the_address():
    refused = [guess(1, device=replace(LAPTOP, address=f"192.0.2.{number}")) for number in range(12)]

    assert refused == [0] * 10 + [1, 1]
    with pytest.raises(TooManyAttempts) as refusal:
        sign_in(email="STUDENT@lectern.test")
    assert 0 < int(refusal.value.headers["Retry-After"]) <= 360


@pytest.mark.usefixtures("student", "teacher", "counter")
def test_guesses_of_one_address_are_counted_over_all_accounts(settings):
    settings.RATE_AUTH_PER_ADDRESS = 3

    refused = guess(2), guess(1, "nobody@lectern.test"), guess(1, "teacher@lectern.test")

    assert refused == (0, 0, 1)
    elsewhere = replace(LAPTOP, address="192.0.2.99")
    assert guess(1, "teacher@lectern.test", elsewhere) == 0


@pytest.mark.usefixtures("student", "counter")
def test_a_class_that_signs_in_behind_one_address_never_meets_the_limit(settings):
    settings.RATE_AUTH_PER_ADDRESS = settings.RATE_AUTH_PER_ACCOUNT = 3

    for _person in range(8):
        token = refresh_token(sign_in())
        refresh(token)
    assert guess(3) == 0


@pytest.mark.usefixtures("counter")
def test_odd_refresh_tokens_count_against_their_address(student, settings):
    settings.RATE_AUTH_PER_ADDRESS = 2

    for expected in (TokenRefused, TokenRefused, TooManyAttempts):
        with pytest.raises(expected):
            refresh("odd")


@pytest.mark.usefixtures("counter", "db")
def test_failed_set_ups_count_against_their_address(settings):
    settings.RATE_AUTH_PER_ADDRESS = 2

    for expected in (BadInput, BadInput, TooManyAttempts):
        with pytest.raises(expected):
            set_up(replace(FOUNDER, password="short"))


# --- Tokens -----------------------------------------------------------------------------------------------------------
def test_tokens_name_person_device_and_role(student, organization):
    session = device_of(student)

    pair = services.issue_tokens(session=session, now=NOON)

    assert tokens.read_access(pair.access, at=NOON) == tokens.AccessClaims(
        subject=student.public_id,
        user_id=student.pk,
        session=session.public_id,
        organization_id=organization.pk,
        role="student",
        tier="free",
        issued_at=tokens.seconds(NOON),
        expires_at=tokens.seconds(NOON + timedelta(minutes=30)),
    )
    assert tokens.read_refresh(pair.refresh, at=NOON) == tokens.RefreshClaims(
        user_id=student.pk,
        session=session.public_id,
        number=0,
        expires_at=tokens.seconds(session.expires_at),
    )


def test_refresh_rotates_and_moves_the_end_on(student):
    session = device_of(student, expires_at=NOON + timedelta(days=2))

    renewed = refresh(token=refresh_token(session), now=NOON)

    renewed.refresh_from_db()
    assert (renewed.pk, renewed.refresh_number, renewed.refreshed_at, renewed.last_seen_at, renewed.expires_at) == (
        session.pk,
        1,
        NOON,
        NOON,
        NOON + timedelta(days=14),
    )


def test_second_tab_is_let_through_for_ten_seconds_and_changes_nothing(student):
    session = device_of(student)
    token = refresh_token(session)
    refresh(token=token, now=NOON)

    second = refresh(token=token, now=NOON + timedelta(seconds=10))

    second.refresh_from_db()
    assert (second.refresh_number, second.refreshed_at, second.ended_at) == (1, NOON, None)
    # what the second tab got is the newest token, so it may go on with it
    assert refresh(token=refresh_token(second), now=NOON + timedelta(minutes=20)).refresh_number == 2


@pytest.mark.parametrize(
    ("uses_between", "after"),
    [(1, timedelta(seconds=10, microseconds=1)), (2, timedelta(seconds=1))],
    ids=["too late for a second tab", "older than the one before"],
)
def test_token_used_again_ends_its_family(student, uses_between, after):
    session = device_of(student)
    stolen = refresh_token(session)
    for _use in range(uses_between):
        session = refresh(token=refresh_token(session), now=NOON)
    newest = refresh_token(session)

    with pytest.raises(TokenReused):
        refresh(token=stolen, now=NOON + after)

    session.refresh_from_db()
    assert (session.ended_at, session.end_reason) == (NOON + after, "token_reused")
    with pytest.raises(SessionEnded):
        refresh(token=newest, now=NOON + after)
    assert deeds() == [("account.session_ended", None, {"reason": "token_reused"})]


def test_refresh_is_refused_when_expired_forged_ended_or_suspended(student, classmate):
    session = device_of(student, expires_at=NOON + timedelta(days=1))
    token = refresh_token(session)
    foreign = tokens.issue_refresh(
        tokens.RefreshClaims(classmate.pk, session.public_id, 0, tokens.seconds(NOON + timedelta(days=1)))
    )
    ahead = tokens.issue_refresh(
        tokens.RefreshClaims(student.pk, session.public_id, 5, tokens.seconds(NOON + timedelta(days=1)))
    )

    with pytest.raises(TokenExpired):
        refresh(token=token, now=NOON + timedelta(days=1))
    for forged in ("word", foreign, ahead):
        with pytest.raises(TokenRefused):
            refresh(token=forged, now=NOON)
    User.objects.filter(pk=student.pk).update(is_active=False)
    with pytest.raises(AccountSuspended):
        refresh(token=token, now=NOON)
    session.refresh_from_db()
    assert (session.refresh_number, session.ended_at) == (0, None)


def refreshes_at_once(token, count):
    """Refresh with one token from many threads; return how often a thread rotated."""
    start, numbers = threading.Barrier(count), []

    def one():
        start.wait()
        try:
            numbers.append(refresh(token=token, now=NOON).refresh_number)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(numbers)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_tabs_that_refresh_at_once_end_up_with_the_same_number(student):
    session = device_of(student)

    assert refreshes_at_once(refresh_token(session), 6) == [1] * 6


# --- Device sessions --------------------------------------------------------------------------------------------------
def test_ended_device_is_forgotten_at_once(student, django_capture_on_commit_callbacks):
    session = device_of(student)
    identities.identify(session.public_id, now=NOON)

    with django_capture_on_commit_callbacks(execute=True):
        services.end_device_session(actor=student, session=session, now=NOON)

    with pytest.raises(SessionEnded):
        identities.identify(session.public_id, now=NOON)


def test_ending_a_device_twice_keeps_the_first_end(student):
    session = device_of(student)

    services.end_device_session(actor=student, session=session, now=NOON)
    services.end_device_session(actor=student, session=session, now=NOON + timedelta(hours=1))

    session.refresh_from_db()
    assert (session.ended_at, session.end_reason) == (NOON, "signed_out")
    assert deeds() == [("account.session_ended", student.pk, {"reason": "signed_out"})]


def test_nobody_ends_anothers_device_but_a_platform_administrator(people):
    answers = {}
    for name, person in people:
        session = device_of(people.student)
        try:
            services.end_device_session(actor=person, session=session, now=NOON)
        except NotAllowed:
            session.refresh_from_db()
            assert session.ended_at is None
        else:
            answers[name] = True

    assert answers == {"student": True, "admin": True}


def test_device_is_noted_as_seen_at_most_every_five_minutes(student):
    session = device_of(student, last_seen_at=NOON)

    moments = []
    for minutes in (4, 5, 9, 10):
        services.note_device_seen(session=session, now=NOON + timedelta(minutes=minutes))
        moments.append(DeviceSession.objects.get().last_seen_at - NOON)

    assert moments == [timedelta(minutes=minutes) for minutes in (0, 5, 5, 10)]


# --- Profile ----------------------------------------------------------------------------------------------------------
def test_profile_is_changed_and_devices_learn_of_it(student, django_capture_on_commit_callbacks):
    session = device_of(student)
    identities.identify(session.public_id, now=NOON)

    with django_capture_on_commit_callbacks(execute=True):
        services.change_profile(
            actor=student,
            user=student,
            changes={"language": "ar", "time_zone": "Africa/Cairo", "theme": "dark", "full_name": "Inês Duarte"},
            now=NOON,
        )

    user = identities.identify(session.public_id, now=NOON).user
    assert (user.language, user.time_zone, user.theme, user.full_name) == ("ar", "Africa/Cairo", "dark", "Inês Duarte")
    assert deeds() == [("account.changed", student.pk, {"fields": ["full_name", "language", "theme", "time_zone"]})]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"email": "other@lectern.test"}, ["email"]),
        ({"tier": "premium", "platform_role": "admin"}, ["platform_role", "tier"]),
        ({"language": "xx"}, ["language"]),
        ({"time_zone": "Mars/Olympus"}, ["time_zone"]),
        ({"full_name": ""}, ["full_name"]),
        ({"theme": "neon"}, ["theme"]),
    ],
)
def test_profile_takes_nothing_else(student, changes, fields):
    before = User.objects.values().get()

    with pytest.raises(BadInput) as refusal:
        services.change_profile(actor=student, user=student, changes=changes, now=NOON)

    assert sorted(refusal.value.fields) == fields
    assert User.objects.values().get() == before


def test_nobody_changes_anothers_profile(student, admin):
    with pytest.raises(NotAllowed):
        services.change_profile(actor=admin, user=student, changes={"full_name": "Other"}, now=NOON)


# --- The first administrator ------------------------------------------------------------------------------------------
FOUNDER = FirstAdministrator(
    email="founder@lectern.test", full_name="Fay Founder", password=PASSWORD, organization_name="Harbour College"
)


def set_up(person):
    return services.create_first_administrator(person=person, address="192.0.2.7", now=NOON)


@pytest.mark.django_db
def test_first_administrator_sets_the_site_up():
    user = set_up(FOUNDER)

    organization = Organization.objects.get()
    assert (user.email, user.full_name, user.platform_role, user.check_password(PASSWORD)) == (
        "founder@lectern.test",
        "Fay Founder",
        "admin",
        True,
    )
    assert (organization.name, organization.slug, organization.is_default) == (
        "Harbour College",
        "harbour-college",
        True,
    )
    assert University.objects.values_list("name", "organization").get() == ("Harbour College", organization.pk)
    assert Membership.objects.values_list("user", "organization", "role").get() == (
        user.pk,
        organization.pk,
        "org_admin",
    )
    assert deeds() == [("site.set_up", user.pk, {})]


@pytest.mark.django_db
def test_site_is_set_up_once():
    UserFactory()

    with pytest.raises(AlreadySetUp):
        set_up(FOUNDER)
    assert not Organization.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password1"}, "password"),
        ({"password": "founder@lectern.test"}, "password"),
        ({"email": "no address"}, "email"),
        ({"full_name": " "}, "full_name"),
        ({"organization_name": " "}, "organization_name"),
    ],
)
def test_first_administrator_needs_real_words(changes, field):
    with pytest.raises(BadInput) as refusal:
        set_up(replace(FOUNDER, **changes))

    assert list(refusal.value.fields) == [field]
    assert not User.objects.exists()


def founders_at_once(count):
    """Set the site up from many threads with different addresses; return how each call ended."""
    start, ends = threading.Barrier(count), []

    def one(number):
        person = replace(FOUNDER, email=f"founder{number}@lectern.test", organization_name=f"College {number}")
        start.wait()
        try:
            set_up(person)
        except (AlreadySetUp, IntegrityError) as error:
            ends.append(type(error).__name__)
        else:
            ends.append("set up")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_founders_at_once_one_succeeds_and_the_others_are_told():
    assert founders_at_once(4) == ["AlreadySetUp", "AlreadySetUp", "AlreadySetUp", "set up"]
    assert User.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_only_a_constraint_stops_the_others(monkeypatch):
    meeting, is_empty = threading.Barrier(4), services.is_empty_site

    def all_look_before_anybody_writes():
        found = is_empty()
        meeting.wait()
        return found

    monkeypatch.setattr(services, "_one_at_a_time", lambda: None)
    monkeypatch.setattr(services, "is_empty_site", all_look_before_anybody_writes)

    assert founders_at_once(4) == ["IntegrityError", "IntegrityError", "IntegrityError", "set up"]
