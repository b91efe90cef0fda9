"""Facts in their transaction, and their way into JSON and back."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.core import events
from apps.core.events import Event
from apps.core.models import OutboxFact

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class PaperGraded(Event):
    paper_id: int
    grader: uuid.UUID | None = None
    fraction: Decimal = Decimal(0)
    due_on: date | None = None
    item_ids: tuple[int, ...] = ()
    is_final: bool = False
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperRenamed(Event):
    kind = "papers.renamed_once"
    paper_id: int


def test_kind_is_app_and_class_unless_the_class_names_it():
    assert PaperGraded.kind == "tests.paper_graded"
    assert PaperRenamed.kind == "papers.renamed_once"


def test_two_classes_cannot_share_a_kind():
    with pytest.raises(TypeError, match=r"papers\.renamed_once"):

        class PaperMoved(Event):
            kind = "papers.renamed_once"


@given(
    st.builds(
        PaperGraded,
        occurred_at=st.datetimes(timezones=st.just(UTC)),
        organization_id=st.none() | st.integers(1, 2**40),
        paper_id=st.integers(),
        grader=st.none() | st.uuids(),
        fraction=st.decimals(allow_nan=False, allow_infinity=False),
        due_on=st.none() | st.dates(),
        item_ids=st.lists(st.integers()).map(tuple),
        is_final=st.booleans(),
        code=st.text(),
    )
)
def test_payload_round_trip_returns_the_same_event(event):
    payload = events.to_payload(event)

    assert events.from_payload(event.kind, payload, organization_id=event.organization_id) == event


def test_from_payload_ignores_lost_fields_and_defaults_new_ones():
    payload = {"occurred_at": AT.isoformat(), "paper_id": 4, "dropped": "x"}

    assert events.from_payload(PaperGraded.kind, payload, organization_id=None) == PaperGraded(
        occurred_at=AT, paper_id=4
    )


def test_from_payload_names_the_kind_it_does_not_know():
    with pytest.raises(events.UnknownFact, match=r"papers\.gone"):
        events.from_payload("papers.gone", {}, organization_id=None)


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (PaperGraded(occurred_at=datetime(2026, 3, 2), paper_id=1), ValueError),  # noqa: DTZ001
        (PaperGraded(occurred_at=AT, paper_id={"a": 1}), TypeError),
        (PaperGraded(occurred_at=AT, paper_id=1.5), TypeError),
    ],
)
@pytest.mark.django_db
def test_publish_refuses_what_is_not_an_id_code_or_time(event, error):
    with pytest.raises(error, match=r"PaperGraded\.(occurred_at|paper_id)"):
        events.publish(event)

    assert not OutboxFact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_publish_outside_a_transaction_is_refused():
    with pytest.raises(events.PublishedOutsideTransaction, match="PaperGraded"):
        events.publish(PaperGraded(occurred_at=AT, paper_id=1))

    assert not OutboxFact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_publishes_nothing(published):
    with published() as facts:
        with transaction.atomic():
            events.publish(PaperGraded(occurred_at=AT, paper_id=1))
            transaction.set_rollback(True)
        with transaction.atomic():
            events.publish(PaperGraded(occurred_at=AT, paper_id=2, organization_id=7))

    assert facts == [PaperGraded(occurred_at=AT, paper_id=2, organization_id=7)]


@pytest.mark.django_db(transaction=True)
def test_one_transaction_costs_an_insert_a_fact_and_one_notification(django_assert_num_queries):
    with django_assert_num_queries(6) as statements, transaction.atomic():
        for paper_id in (1, 2, 3):
            events.publish(PaperGraded(occurred_at=AT, paper_id=paper_id))

    assert [statement["sql"].split()[0] for statement in statements.captured_queries] == [
        "BEGIN", "INSERT", "INSERT", "INSERT", "COMMIT", "NOTIFY",
    ]  # fmt: skip


def test_publish_all_records_what_publish_would_have_in_one_statement(db, published, django_assert_num_queries):
    told = [
        PaperGraded(paper_id=1, occurred_at=AT, organization_id=7),
        PaperRenamed(paper_id=2, occurred_at=AT),
        PaperGraded(paper_id=3, occurred_at=AT),
    ]

    with published() as facts, transaction.atomic(), django_assert_num_queries(1):
        events.publish_all(told)

    assert facts == told


def test_publish_all_of_nothing_needs_no_transaction_and_writes_nothing(db):
    events.publish_all([])

    assert not OutboxFact.objects.exists()
