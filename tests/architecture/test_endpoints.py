"""Every endpoint names who may call it, is described, and is what the reference says."""

import csv
import json
import re
import uuid

import pytest
from django.conf import settings
from django.http import HttpRequest

from apps.core.http import documents, protocol
from apps.core.http.permissions import Nobody
from apps.core.http.views import APIView
from apps.core.management.commands import reference

TABLE = settings.BASE_DIR.parent / "shared" / "contract" / "endpoints.tsv"
WORDS = {"public", "user", "self", "teacher", "org-admin", "admin", "operator", "service"}
BEYOND_THE_TABLE = {("GET", "/schema/console")}  # a page
ALLOWED = {
    "user": {"student", "classmate", "teacher", "foreign_teacher", "parent", "org_admin", "operator", "admin"},
    "teacher": {"teacher", "foreign_teacher", "org_admin", "admin"},
    "org-admin": {"org_admin", "admin"},
    "admin": {"admin"},
    "operator": {"operator", "admin"},
    "service": {"admin"},
}
ALLOWED["self"] = ALLOWED["user"]
# an import fills the bank of the organisation that its administrator acts in
ALSO_ALLOWED = {"/admin/import/": {"org_admin"}}


def nameless(path):
    return re.sub(r"\{[^}]*\}", "{}", path)


def rest_views():
    return [(path, view.cls) for path, view in reference.routed("api/") if hasattr(view, "cls")]


def test_reference_pages_are_up_to_date():
    for name, text in reference.pages().items():
        page = settings.BASE_DIR / reference.REFERENCE / name
        assert page.read_text() == text, f"{name} is out of date. Run `python manage.py reference`."


def test_every_rest_view_stands_on_our_base():
    assert [view.__name__ for _path, view in rest_views() if not issubclass(view, APIView)] == []


def test_every_operation_names_one_access_word():
    odd = [endpoint for endpoint in reference.endpoints() if endpoint.access not in WORDS]

    assert odd == []


def test_the_default_permission_answers_nobody():
    assert not Nobody().has_permission(HttpRequest(), None)
    assert APIView.permission_classes == [Nobody]


@pytest.mark.skipif(not TABLE.exists(), reason="the endpoint table is not on this machine")
def test_access_words_are_those_of_the_endpoint_table():
    with TABLE.open() as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        wanted = {(row["method"], nameless(row["path"])): row["access"] for row in rows}

    found = {(endpoint.method, nameless(endpoint.path)): endpoint.access for endpoint in reference.endpoints()}

    assert found.keys() - wanted.keys() == BEYOND_THE_TABLE
    assert {key: access for key, access in found.items() if key in wanted and wanted[key] != access} == {}


def test_every_operation_is_described_and_every_description_is_served():
    described = json.loads(documents._document(is_yaml=False))["paths"]
    operations = {
        (method.upper(), nameless(path.removeprefix("/api/v1")))
        for path, item in described.items()
        if path.startswith("/api/v1")
        for method in item
    }

    served = {(endpoint.method, nameless(endpoint.path)) for endpoint in reference.endpoints()}

    assert operations == served - BEYOND_THE_TABLE


def test_both_prefixes_serve_the_same_views():
    versioned = {path.removeprefix("api/v1/"): view for path, view in reference.routed("api/v1/")}
    latest = {
        path.removeprefix("api/"): view for path, view in reference.routed("api/") if not path.startswith("api/v1/")
    }

    assert {path: getattr(view, "cls", view) for path, view in versioned.items()} == {
        path: getattr(view, "cls", view) for path, view in latest.items()
    }


def test_no_path_of_ours_ends_in_a_slash():
    ours = [path for path, view in reference.routed() if view.__module__.startswith("apps.")]

    assert [path for path in ours if path.endswith("/") and not path.startswith("admin/")] == []


def test_protocol_list_is_complete():
    plain = {"/" + path for path, view in reference.routed("api/") if not hasattr(view, "cls")}
    listed = {path for path in protocol.PROTOCOL_PATHS if path.startswith("/api/")}

    assert listed == plain


def test_protocol_endpoints_answer_in_their_own_way(client, db):
    for path in protocol.PROTOCOL_PATHS:
        assert not protocol.is_api_path(path)
        body = client.get(path).content
        assert not body.startswith(b'{"success"'), path


def test_envelope_covers_all_else_under_api():
    assert [
        path for path in ("/api", "/api/", "/api/v1/schemas", "/api/v1/exams") if not protocol.is_api_path(path)
    ] == []
    assert [path for path in ("/", "/apiary", "/health", "/sign-in") if protocol.is_api_path(path)] == []


def _also_allowed(path):
    return set().union(*(names for prefix, names in ALSO_ALLOWED.items() if path.startswith(prefix)))


@pytest.mark.slow
def test_nobody_gets_further_than_their_word(people, api, settings):
    """Call every operation as everybody: who is not meant by its access word gets no further than 401 or 403."""
    settings.RATE_BURST_CALLS = settings.RATE_ANONYMOUS_CALLS = 10_000
    settings.RATE_TIERS = {"free": None, "premium": None}
    clients = {name: api(person) for name, person in people}
    let_through = []
    for endpoint in reference.endpoints():
        if endpoint.access == "public":
            continue
        path = "/api/v1" + re.sub(r"\{[^}]*\}", lambda _match: str(uuid.uuid4()), endpoint.path)
        for name, client in clients.items():
            if name in ALLOWED[endpoint.access] | _also_allowed(endpoint.path):
                continue
            status = client.generic(endpoint.method, path, b"{}", content_type="application/json").status_code
            if status != (401 if name == "anonymous" else 403):
                let_through.append((endpoint.method, endpoint.path, name, status))

    assert let_through == []
