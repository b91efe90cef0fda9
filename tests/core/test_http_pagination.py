"""Lists: pages, sorting, filters and the cursor."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Organization
from tests.factories.accounts import TERM_BEGAN, OrganizationFactory

pytestmark = [pytest.mark.urls("tests.core.http_urls"), pytest.mark.django_db]

PATH = "/api/v1/trial/organizations"


@pytest.fixture
def many():
    """Make 23 organisations; every second is of the tier business, three share each moment."""
    for number in range(23):
        OrganizationFactory(
            name=f"College {number:02}",
            tier="business" if number % 2 else "startup",
            created_at=TERM_BEGAN + timedelta(hours=number // 3),
        )


def names(response):
    return [row["name"] for row in response.json()["data"]]


@pytest.mark.usefixtures("many")
def test_first_page_holds_ten_and_says_what_there_is(client):
    response = client.get(PATH, headers={"X-Request-ID": "kept-request-id"})

    body = response.json()
    meta = body.pop("meta")
    assert sorted(meta) == ["requestId", "responseTime", "timestamp"]
    assert (meta["requestId"], meta["timestamp"][-1], meta["responseTime"] > 0) == ("kept-request-id", "Z", True)
    assert sorted(body) == ["data", "message", "pagination", "success", "timestamp"]
    assert names(response) == [f"College {number:02}" for number in range(10)]
    assert body["pagination"] == {
        "page": 1,
        "limit": 10,
        "total": 23,
        "pages": 3,
        "hasNext": True,
        "hasPrev": False,
    }


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("query", "rows", "pagination"),
    [
        ("page=3", 3, {"page": 3, "limit": 10, "total": 23, "pages": 3, "hasNext": False, "hasPrev": True}),
        ("page=4", 0, {"page": 4, "limit": 10, "total": 23, "pages": 3, "hasNext": False, "hasPrev": True}),
        ("limit=100", 23, {"page": 1, "limit": 100, "total": 23, "pages": 1, "hasNext": False, "hasPrev": False}),
        (
            "limit=4&page=2&tier=business",
            4,
            {"page": 2, "limit": 4, "total": 11, "pages": 3, "hasNext": True, "hasPrev": True},
        ),
    ],
)
def test_pages_are_counted_from_one(client, query, rows, pagination):
    response = client.get(f"{PATH}?{query}")

    assert (len(names(response)), response.json()["pagination"]) == (rows, pagination)


def test_empty_list_has_no_pages(client):
    assert client.get(PATH).json()["pagination"] == {
        "page": 1,
        "limit": 10,
        "total": 0,
        "pages": 0,
        "hasNext": False,
        "hasPrev": False,
    }


@pytest.mark.usefixtures("many")
def test_sorting_goes_by_several_names_and_keeps_equals_in_place(client):
    by_tier_then_newest = names(client.get(f"{PATH}?sort=-tier,-created_at&limit=100"))

    expected = sorted(Organization.objects.all(), key=lambda row: row.pk, reverse=True)
    expected.sort(key=lambda row: row.created_at, reverse=True)
    expected.sort(key=lambda row: row.tier, reverse=True)
    assert by_tier_then_newest == [row.name for row in expected]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("page=0", {"page": ["Ensure this value is greater than or equal to 1."]}),
        ("limit=101", {"limit": ["Ensure this value is less than or equal to 100."]}),
        ("page=x&limit=", {"page": ["A valid integer is required."], "limit": ["A valid integer is required."]}),
        ("sort=slug", {"sort": ["“slug” cannot be sorted by. Use: name, created_at, tier."]}),
        ("sort=name,", {"sort": ["“” cannot be sorted by. Use: name, created_at, tier."]}),
        ("tier=gold", {"tier": ['"gold" is not a valid choice.']}),
        ("tier=startup&tier=business", {"tier": ["Give this query parameter once."]}),
        (
            "teir=startup",
            {"teir": ["This query parameter is not known here. Known: cursor, limit, page, sort, tier."]},
        ),
        (
            "cursor=forged",
            {"cursor": ["This cursor is not from this list in this order. Begin again with an empty cursor."]},
        ),
    ],
)
def test_odd_parameters_are_refused_by_name(client, query, fields):
    response = client.get(f"{PATH}?{query}")

    assert (response.status_code, response.json()["details"]) == (400, {"code": "invalid_query", "fields": fields})


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("sort", ["name", "-created_at", "tier,-created_at"])
def test_walk_meets_every_row_once_while_others_come_and_go(client, sort):
    whole = names(client.get(f"{PATH}?sort={sort}&limit=100"))
    gone = whole[12]

    met, cursor = [], ""
    while cursor is not None:
        response = client.get(PATH, {"sort": sort, "limit": 5, "cursor": cursor})
        met += names(response)
        pagination = response.json()["pagination"]
        cursor = pagination["nextCursor"]
        if len(met) == 10:
            Organization.objects.filter(name=gone).delete()
            Organization.objects.filter(name=whole[0]).delete()  # behind the walk: must not shift it

    assert met == [name for name in whole if name != gone]
    assert pagination == {"limit": 5, "hasNext": False, "hasPrev": True, "nextCursor": None}


@pytest.mark.usefixtures("many")
def test_cursor_of_another_order_is_refused(client):
    cursor = client.get(PATH, {"cursor": "", "limit": 5}).json()["pagination"]["nextCursor"]

    response = client.get(PATH, {"cursor": cursor, "sort": "-name"})

    assert response.json()["details"]["fields"].keys() == {"cursor"}


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("query", "statements"), [("", 2), ("?limit=100", 2), ("?page=9", 1), ("?cursor=", 1)])
def test_list_costs_the_same_few_statements(client, query, statements):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(PATH + query)

    assert len(captured) == statements
