"""A write with an ``Idempotency-Key``, over HTTP."""

import pytest

from apps.accounts.models import Organization, User
from apps.core.models import AuditEntry, IdempotencyRecord

ME = "/api/v1/auth/me"


def change(client, data, key, path=ME):
    headers = {"Idempotency-Key": key} if key else {}
    return client.patch(path, data, "application/json", headers=headers)


def code(response):
    return response.status_code, response.json()["details"]["code"]


def test_repetition_is_answered_byte_for_byte_and_changes_nothing(student, api):
    caller = api(student)

    first = change(caller, {"full_name": "Once"}, '"key-1"')
    User.objects.update(full_name="Changed since")
    again = change(caller, {"full_name": "Once"}, "key-1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert again["Content-Type"] == first["Content-Type"] == "application/json"
    assert User.objects.get().full_name == "Changed since"
    assert AuditEntry.objects.filter(action="account.changed").count() == 1


def test_without_a_key_every_write_happens(student, api):
    caller = api(student)

    for _time in range(2):
        assert change(caller, {"full_name": "Twice"}, None).status_code == 200
    assert AuditEntry.objects.filter(action="account.changed").count() == 2


@pytest.mark.parametrize(("data", "path"), [({"full_name": "Other"}, ME), ({"full_name": "Once"}, "/api/auth/me")])
def test_key_of_another_request_is_refused(student, api, data, path):
    caller = api(student)
    change(caller, {"full_name": "Once"}, "key-1")

    assert code(change(caller, data, "key-1", path)) == (422, "idempotency_key_reused")
    assert User.objects.get().full_name == "Once"


def test_key_belongs_to_its_caller(student, classmate, api):
    change(api(student), {"full_name": "Once"}, "key-1")

    response = change(api(classmate), {"full_name": "Mine"}, "key-1")

    assert (response.json()["data"]["full_name"], "Idempotency-Replayed" in response) == ("Mine", False)


@pytest.mark.parametrize("key", ["", " ", '"', "with space", "ü", "x" * 256])
def test_odd_key_is_refused(student, api, key):
    response = api(student).patch(ME, {"full_name": "X"}, "application/json", headers={"Idempotency-Key": key})

    assert code(response) == (400, "bad_idempotency_key")


def test_input_that_can_be_corrected_is_not_kept(student, api):
    caller = api(student)

    wrong = change(caller, {"language": "xx"}, "key-1")
    right = change(caller, {"language": "fr"}, "key-1")

    assert (wrong.status_code, right.status_code) == (400, 200)
    assert IdempotencyRecord.objects.count() == 1


def test_refusal_of_the_business_is_kept(student, api, django_assert_num_queries):
    caller = api(student)
    missing = "/api/v1/sessions/01950000-0000-7000-8000-000000000001"

    first, again = (caller.delete(missing, headers={"Idempotency-Key": "key-1"}) for _time in range(2))

    assert (code(first), again.content) == ((404, "not_found"), first.content)
    assert again["Idempotency-Replayed"] == "true"


def test_reads_and_refused_callers_take_no_key(student, api, client):
    api(student).get(ME, headers={"Idempotency-Key": "key-1"})
    client.patch(ME, {}, "application/json", headers={"Idempotency-Key": "key-1"})

    assert not IdempotencyRecord.objects.exists()


@pytest.mark.urls("tests.core.http_urls")
def test_failed_deed_leaves_nothing_and_may_be_repeated(student, api):
    caller = api(student)

    answers = [code(caller.post("/api/v1/trial/twice", headers={"Idempotency-Key": "key-1"})) for _time in range(2)]

    assert answers == [(409, "conflict")] * 2
    assert not IdempotencyRecord.objects.exists()
    assert not Organization.objects.filter(slug="twice").exists()
