"""The OpenAPI document is exact: whatever is sent to an operation, it answers with a status and a body it describes."""

import itertools
import json
import re

import pytest
from openapi_schema_validator import OAS30Validator

from apps.core.http import documents

ID = "01950000-0000-7000-8000-000000000001"
BODIES = [
    None,
    b"{}",
    b"[]",
    b'"text"',
    b"{",
    b'{"unknown": 1}',
    b'{"title": "\xf0\x9f\x93\x9a", "name": "x", "email": "a@b.test", "password": "p", "refresh": "r", "course": null}',
]
QUERIES = ["", "?unknown=1", "?limit=0", "?page=2&limit=1"]


@pytest.fixture(scope="module")
def document():
    return json.loads(documents._document(is_yaml=False))


def operations(document):
    for path, item in document["paths"].items():
        if path.startswith("/api/v1/"):
            for method, operation in item.items():
                yield method, path, operation


def attempts(method):
    bodies = BODIES if method in ("post", "put", "patch", "delete") else [None]
    return itertools.product(bodies, QUERIES if method == "get" else ["", "?unknown=1"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["student", "teacher", "org_admin", "admin", "anonymous"])
def test_every_answer_is_described(document, people, university, api, settings, name):
    settings.RATE_BURST_CALLS = settings.RATE_ANONYMOUS_CALLS = settings.RATE_AUTH_PER_ADDRESS = 100_000
    settings.RATE_AUTH_PER_ACCOUNT = 100_000
    settings.RATE_TIERS = {"free": None, "premium": None}
    client = api(getattr(people, name))
    undescribed = []

    for method, path, operation in operations(document):
        if path == "/api/v1/auth/logout" and name != "anonymous":
            continue  # it would end the session of the calls after it
        for body, query in attempts(method):
            address = re.sub(r"\{[^}]*\}", ID, path) + query
            response = client.generic(method.upper(), address, body or b"", content_type="application/json")
            place = f"{method.upper()} {address} {body!r} -> {response.status_code}"
            described = operation["responses"].get(str(response.status_code))
            if described is None:
                undescribed.append(place)
                continue
            schema = described["content"]["application/json"]["schema"]
            validator = OAS30Validator({**schema, "components": document["components"]})
            undescribed += [f"{place}: {error.message}" for error in validator.iter_errors(response.json())]

    assert undescribed == []
