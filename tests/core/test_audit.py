"""Entries tell of a deed, with it, and stay as they were written."""

import pytest
import structlog
from django.db import DatabaseError, connection, transaction

from apps.core import audit
from apps.core.models import AuditEntry, Job


@pytest.fixture
def job(db):
    return Job.objects.create(kind="tests.anything")


def values(entry):
    return {
        name: getattr(entry, name)
        for name in ("organization_id", "actor_id", "action", "subject_type", "subject_id", "request_id", "details")
    }


def test_record_names_the_subject_by_its_public_id_and_the_request(job):
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        entry = audit.record(actor=None, action="job.cancelled", subject=job, details={"attempts": 2})

    entry.refresh_from_db()
    assert values(entry) == {
        "organization_id": None,
        "actor_id": None,
        "action": "job.cancelled",
        "subject_type": "core.job",
        "subject_id": str(job.public_id),
        "request_id": "r-1",
        "details": {"attempts": 2},
    }


@pytest.mark.parametrize("change", ["UPDATE core_auditentry SET action = 'x'", "DELETE FROM core_auditentry"])
def test_the_database_refuses_to_change_or_remove_an_entry(change, job):
    entry = audit.record(actor=None, action="job.cancelled", subject=job)

    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert AuditEntry.objects.get() == entry


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused():
    job = Job.objects.create(kind="tests.anything")

    with pytest.raises(audit.AuditedOutsideTransaction, match=r"job\.cancelled"):
        audit.record(actor=None, action="job.cancelled", subject=job)

    assert not AuditEntry.objects.exists()


def test_record_all_writes_what_record_would_have(job, django_assert_num_queries):
    jobs = [job, Job.objects.create(kind="tests.another")]
    single = [values(audit.record(actor=None, action="job.cancelled", subject=one)) for one in jobs]
    before = set(AuditEntry.objects.values_list("pk", flat=True))

    with django_assert_num_queries(1):
        audit.record_all(actor=None, action="job.cancelled", subjects=jobs)

    assert [values(entry) for entry in AuditEntry.objects.exclude(pk__in=before).order_by("pk")] == single


def test_record_all_of_nothing_writes_nothing(db):
    audit.record_all(actor=None, action="job.cancelled", subjects=[])

    assert not AuditEntry.objects.exists()
