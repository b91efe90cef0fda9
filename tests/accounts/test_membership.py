"""What platform administrators do with people."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from apps.accounts import identities, membership
from apps.accounts.identities import AccountSuspended, SessionEnded
from apps.accounts.membership import NewPerson
from apps.accounts.models import DeviceSession, Membership, User
from apps.core.errors import BadInput, NotAllowed, WrongState
from apps.core.models import AuditEntry
from tests.factories.accounts import PASSWORD
from tests.people import device_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NEWCOMER = NewPerson(email="new@lectern.test", full_name="Nia Newman", password=PASSWORD)


def deeds():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor_id"))


def test_only_platform_administrators_do_any_of_it(people, organization):
    held = Membership.objects.get(user=people.student)

    def refused(person):
        for deed in (
            lambda: membership.add_person(actor=person, person=NEWCOMER, now=NOON),
            lambda: membership.change_standing(actor=person, user=people.student, platform_role="admin", tier="free"),
            lambda: membership.suspend_user(actor=person, user=people.student, now=NOON),
            lambda: membership.reinstate_user(actor=person, user=people.student),
            lambda: membership.add_member(
                actor=person, user=people.student, organization=organization, role="teacher", now=NOON
            ),
            lambda: membership.end_membership(actor=person, membership=held, now=NOON),
        ):
            with pytest.raises(NotAllowed):
                deed()
        return True

    assert all(refused(person) for name, person in people if name != "admin")
    assert not deeds()


def test_person_is_added_and_can_sign_in(admin):
    user = membership.add_person(actor=admin, person=replace(NEWCOMER, platform_role="operator"), now=NOON)

    user.refresh_from_db()
    assert (user.email, user.full_name, user.platform_role, user.tier, user.is_active, user.created_at) == (
        "new@lectern.test",
        "Nia Newman",
        "operator",
        "free",
        True,
        NOON,
    )
    assert user.check_password(PASSWORD)
    assert deeds() == [("account.created", admin.pk)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "STUDENT@lectern.test"}, "email"),
        ({"email": "odd"}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"password": "12345678"}, "password"),
        ({"platform_role": "emperor"}, "platform_role"),
    ],
)
@pytest.mark.usefixtures("student")
def test_person_with_odd_particulars_is_refused(admin, changes, field):
    before = User.objects.count()

    with pytest.raises(BadInput) as refusal:
        membership.add_person(actor=admin, person=replace(NEWCOMER, **changes), now=NOON)

    assert list(refusal.value.fields) == [field]
    assert User.objects.count() == before


def test_suspension_ends_every_device_and_is_lifted(admin, student, django_capture_on_commit_callbacks):
    devices = [device_of(student), device_of(student)]
    for device in devices:
        identities.identify(device.public_id, now=NOON)

    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            membership.suspend_user(actor=admin, user=student, now=NOON)

    for device in devices:
        with pytest.raises((SessionEnded, AccountSuspended)):
            identities.identify(device.public_id, now=NOON)
    assert set(DeviceSession.objects.values_list("ended_at", "end_reason")) == {(NOON, "suspended")}
    for _time in range(2):
        assert membership.reinstate_user(actor=admin, user=student).is_active
    assert deeds() == [
        ("account.suspended", admin.pk),
        ("account.session_ended", admin.pk),
        ("account.session_ended", admin.pk),
        ("account.reinstated", admin.pk),
    ]


def test_administrator_cannot_shut_themselves_out(admin):
    with pytest.raises(NotAllowed):
        membership.suspend_user(actor=admin, user=admin, now=NOON)
    with pytest.raises(NotAllowed):
        membership.change_standing(actor=admin, user=admin, platform_role="", tier="free")

    admin.refresh_from_db()
    assert (admin.is_active, admin.platform_role) == (True, "admin")


def test_standing_is_changed_and_told(admin, student):
    for _time in range(2):
        membership.change_standing(actor=admin, user=student, platform_role="viewer", tier="premium")

    student.refresh_from_db()
    assert (student.platform_role, student.tier) == ("viewer", "premium")
    assert AuditEntry.objects.get().details == {
        "before": {"platform_role": "", "tier": "free"},
        "after": {"platform_role": "viewer", "tier": "premium"},
    }


def test_role_is_given_once_ended_and_given_anew(admin, student, foreign_organization):
    def give(role):
        return membership.add_member(actor=admin, user=student, organization=foreign_organization, role=role, now=NOON)

    first = give("student")
    with pytest.raises(WrongState):
        give("teacher")
    for _time in range(2):
        membership.end_membership(actor=admin, membership=first, now=NOON)
    give("teacher")

    roles = Membership.objects.filter(organization=foreign_organization).order_by("pk")
    assert list(roles.values_list("role", "ended_at")) == [("student", NOON), ("teacher", None)]
    assert deeds() == [(f"membership.{word}", admin.pk) for word in ("added", "ended", "added")]
