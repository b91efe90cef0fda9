"""The support console: every change is a service's, every refusal is reported."""

import pytest
from django.contrib.messages import get_messages

from apps.accounts.models import DeviceSession, Membership, User
from tests.factories.accounts import PASSWORD
from tests.people import device_of


@pytest.fixture
def console(admin, page):
    return page(admin)


def words(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(console, model, action, rows):
    return console.post(f"/admin/accounts/{model}/", {"action": action, "_selected_action": [row.pk for row in rows]})


@pytest.mark.parametrize("model", ["user", "organization", "university", "membership", "devicesession"])
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_1_and_3_rows(console, people, university, model, rows, django_assert_max_num_queries):
    for _row in range(rows):
        device_of(people.student)
    console.get(f"/admin/accounts/{model}/")

    with django_assert_max_num_queries(8):
        assert console.get(f"/admin/accounts/{model}/?q=lectern").status_code == 200


def test_rows_open(console, student, organization, university):
    device = device_of(student)
    held = Membership.objects.get(user=student)
    for model, row in (
        ("user", student),
        ("organization", organization),
        ("university", university),
        ("membership", held),
        ("devicesession", device),
    ):
        assert console.get(f"/admin/accounts/{model}/{row.pk}/change/").status_code == 200, model


def test_person_is_added_by_the_service(console):
    form = {
        "email": "new@lectern.test",
        "full_name": "Nia Newman",
        "password": PASSWORD,
        "platform_role": "",
        "tier": "free",
    }

    done = console.post("/admin/accounts/user/add/", form)
    weak = console.post("/admin/accounts/user/add/", {**form, "email": "other@lectern.test", "password": "12345678"})

    user = User.objects.get(email="new@lectern.test")
    assert (done.status_code, user.check_password(PASSWORD)) == (302, True)
    assert weak.status_code == 302
    assert "This password is too common." in words(weak)[-1]
    assert not User.objects.filter(email="other@lectern.test").exists()


def test_only_the_standing_of_a_person_is_changed(console, student):
    console.post(
        f"/admin/accounts/user/{student.pk}/change/",
        {
            "platform_role": "viewer",
            "tier": "premium",
            "email": "stolen@lectern.test",
            "is_active": "",
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
            "device_sessions-TOTAL_FORMS": 0,
            "device_sessions-INITIAL_FORMS": 0,
        },
    )

    student.refresh_from_db()
    assert (student.platform_role, student.tier, student.email, student.is_active) == (
        "viewer",
        "premium",
        "student@lectern.test",
        True,
    )


def test_suspending_reports_each_person(console, admin, student):
    response = act(console, "user", "suspend", [student, admin])

    student.refresh_from_db()
    admin.refresh_from_db()
    assert (student.is_active, admin.is_active) == (False, True)
    assert sorted(words(response)) == ["Ada Quist: You may not do this.", "Ines Duarte: suspended."]
    act(console, "user", "reinstate", [student])
    student.refresh_from_db()
    assert student.is_active


def test_role_is_given_and_ended(console, student, foreign_organization):
    form = {"user": student.pk, "organization": foreign_organization.pk, "role": "teacher"}

    given = console.post("/admin/accounts/membership/add/", form)
    held = Membership.objects.get(organization=foreign_organization)
    act(console, "membership", "end", [held])

    held.refresh_from_db()
    assert (given.status_code, held.role, held.ended_at is None) == (302, "teacher", False)


def test_device_is_signed_out(console, student):
    device = device_of(student)

    act(console, "devicesession", "end", [device])

    assert DeviceSession.objects.get(pk=device.pk).end_reason == "signed_out"


@pytest.mark.parametrize("path", ["user", "membership", "organization", "university", "devicesession"])
def test_nothing_is_deleted(console, student, organization, university, path):
    rows = {
        "user": student,
        "membership": Membership.objects.get(user=student),
        "organization": organization,
        "university": university,
        "devicesession": device_of(student),
    }

    assert console.post(f"/admin/accounts/{path}/{rows[path].pk}/delete/", {"post": "yes"}).status_code == 403


def test_password_is_not_changed_here(console):
    assert console.get("/admin/password_change/")["Location"] == "/account"
