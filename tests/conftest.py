"""What every test may ask for. The database and Valkey are real ones; see ``config/settings/test.py``."""

import contextlib
import re
import threading

import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase
from hypothesis import settings

from apps.core import events
from apps.core.models import OutboxFact

pytest_plugins = ["tests.people"]

# Examples have no time limit of their own: a busy machine is no failure. Tests that must be quick measure it.
settings.register_profile("lectern", deadline=None)
settings.load_profile("lectern")

_ENDS_A_TRANSACTION = re.compile(r"\s*(commit|end|rollback(?!\s+to)|abort|begin|start\s+transaction)\b", re.IGNORECASE)


_FILLED_BY_MIGRATIONS = {"django_content_type", "auth_permission"}


class CommittedInTest(AssertionError):
    """A test that leaves nothing behind tried to leave something behind."""


@pytest.fixture(autouse=True)
def _nothing_is_committed_by_accident(request, monkeypatch):
    """Guard: only ``@pytest.mark.django_db(transaction=True)`` may commit; its tables are emptied afterwards.

    In every other test the transaction opened around it is rolled back; neither SQL that ends it nor a second
    connection, whose writes would stay, gets through.
    """
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker is not None and marker.kwargs.get("transaction")):
        yield
        return
    home = threading.get_ident()
    connect = BaseDatabaseWrapper.connect

    def connect_at_home(wrapper):
        if threading.get_ident() != home:
            raise CommittedInTest(
                "This test uses the database from a second thread, whose writes would stay. "
                "Mark it @pytest.mark.django_db(transaction=True)."
            )
        return connect(wrapper)

    def refuse_commit(execute, sql, params, many, context):
        if isinstance(sql, str) and _ENDS_A_TRANSACTION.match(sql):
            raise CommittedInTest(f"{sql!r} would end the transaction around this test. Use transaction.atomic.")
        return execute(sql, params, many, context)

    monkeypatch.setattr(BaseDatabaseWrapper, "connect", connect_at_home)
    with connection.execute_wrapper(refuse_commit):
        yield


def _empty_tables(test_case):
    """Empty the tables that a committing test wrote to. Much quicker than Django's flush of all of them."""
    names = sorted(
        {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - _FILLED_BY_MIGRATIONS
    )
    connection.close()
    with connection.cursor() as cursor:
        # a test's thread that is still about would otherwise block this forever
        cursor.execute("SET lock_timeout = '10s'")
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names))
        written = [f'"{name}"' for (name,) in cursor]
        if written:
            cursor.execute(f"TRUNCATE {', '.join(written)} CASCADE")
        cursor.execute("RESET lock_timeout")


TransactionTestCase._fixture_teardown = _empty_tables


@pytest.fixture
def published():
    """Collect the facts published inside a block, in order::

    with published() as facts:
        services.submit_session(...)
    assert facts == [ExamSessionSubmitted(...)]
    """

    @contextlib.contextmanager
    def collecting():
        facts = []
        last = OutboxFact.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        yield facts
        facts.extend(
            events.from_payload(row.kind, row.payload, organization_id=row.organization_id)
            for row in OutboxFact.objects.filter(pk__gt=last).order_by("pk")
        )

    return collecting
