"""The guard of the tests themselves: nothing stays behind by accident."""

import threading

import pytest
from django.db import connection

from apps.core.models import OutboxHead
from tests.conftest import CommittedInTest


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["COMMIT", "  end transaction", "ROLLBACK", "begin"])
def test_sql_that_ends_the_transaction_is_refused(statement):
    with connection.cursor() as cursor, pytest.raises(CommittedInTest, match=r"transaction\.atomic"):
        cursor.execute(statement)


@pytest.mark.django_db
def test_a_second_connection_is_refused():
    refused = []

    def write():
        try:
            OutboxHead.objects.create()
        except CommittedInTest as error:
            refused.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()

    assert "transaction=True" in refused[0]


@pytest.mark.django_db(transaction=True)
def test_a_marked_test_may_commit():
    OutboxHead.objects.create()

    assert OutboxHead.objects.count() == 1


@pytest.mark.django_db
def test_and_leaves_nothing_to_the_next_one():
    assert OutboxHead.objects.count() == 0
