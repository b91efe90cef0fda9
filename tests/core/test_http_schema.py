"""The OpenAPI document says what is served."""

import json

import pytest
import yaml
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate

from apps.core.http import documents
from tests.factories.accounts import PASSWORD


@pytest.fixture(scope="module")
def document():
    return json.loads(documents._document(is_yaml=False))


def test_document_is_valid_and_made_without_a_warning(document):
    documents._document.cache_clear()
    GENERATOR_STATS.reset()

    documents._document(is_yaml=False)

    assert (list(GENERATOR_STATS._warn_cache), list(GENERATOR_STATS._error_cache)) == ([], [])
    validate(document)


@pytest.mark.parametrize(
    ("accept", "query", "media_type", "read"),
    [
        ("*/*", "", "application/json", json.loads),
        ("application/json", "", "application/json", json.loads),
        ("application/yaml", "", "application/yaml", yaml.safe_load),
        ("application/vnd.oai.openapi", "", "application/yaml", yaml.safe_load),
        ("*/*", "?format=yaml", "application/yaml", yaml.safe_load),
        ("application/yaml", "?format=json", "application/json", json.loads),
    ],
)
def test_document_comes_as_json_or_yaml(client, document, accept, query, media_type, read):
    response = client.get(f"/api/v1/schema{query}", headers={"Accept": accept})

    assert (response.status_code, response["Content-Type"]) == (200, media_type)
    assert read(response.content) == document


def test_document_that_is_known_is_not_sent_again(client):
    etag = client.get("/api/v1/schema")["ETag"]

    response = client.get("/api/v1/schema", headers={"If-None-Match": etag})

    assert (response.status_code, response.content) == (304, b"")


def test_document_is_the_same_in_every_language(client):
    documents._document.cache_clear()

    arabic = client.get("/api/v1/schema", headers={"Accept-Language": "ar"}).content
    documents._document.cache_clear()

    assert client.get("/api/v1/schema").content == arabic


def test_every_operation_has_a_name_words_a_tag_and_its_refusals(document):
    operations = [
        (path, method, operation)
        for path, item in document["paths"].items()
        if path.startswith("/api/v1/")
        for method, operation in item.items()
    ]

    names = [operation["operationId"] for _path, _method, operation in operations]
    assert len(set(names)) == len(names)
    for path, method, operation in operations:
        place = f"{method} {path}"
        assert operation["summary"], place
        assert operation["tags"], place
        if "ErrorEnvelope" in json.dumps(operation):
            assert {"400", "500", "503"} <= operation["responses"].keys(), place


def body_schema(document, path, method, status):
    answer = document["paths"][path][method]["responses"][str(status)]
    schema = answer["content"]["application/json"]["schema"]
    return OAS30Validator({**schema, "components": document["components"]})


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("post", "/api/v1/auth/login", {"email": "student@lectern.test", "password": PASSWORD}, 200),
        ("post", "/api/v1/auth/login", {"email": "student@lectern.test", "password": "wrong"}, 401),
        ("post", "/api/v1/auth/login", {}, 400),
        ("post", "/api/v1/auth/refresh", {"refresh": "odd"}, 401),
        ("get", "/api/v1/auth/me", None, 200),
        ("patch", "/api/v1/auth/me", {"theme": "dark"}, 200),
        ("patch", "/api/v1/auth/me", {"theme": "neon"}, 400),
        ("get", "/api/v1/sessions/list", None, 200),
        ("get", "/api/v1/universities", None, 200),
        ("post", "/api/v1/auth/logout", {}, 200),
    ],
)
@pytest.mark.usefixtures("university")
def test_answers_are_as_described(document, student, api, method, path, data, status):
    caller = api(student)

    response = getattr(caller, method)(path, data, content_type="application/json")

    assert response.status_code == status
    described = document["paths"][path][method]["responses"][str(status)]
    body_schema(document, path, method, status).validate(response.json())
    assert {name for name in described["headers"] if name not in response} <= {"RateLimit", "RateLimit-Policy"}


def test_schema_of_an_envelope_refuses_what_is_not_one(document):
    validator = body_schema(document, "/api/v1/auth/me", "get", 401)

    assert validator.is_valid(
        {"success": False, "error": "No.", "details": {"code": "x"}, "timestamp": "2026-03-02T09:00:00.000Z"}
    )
    assert not validator.is_valid({"success": True, "error": "No.", "details": {"code": "x"}, "timestamp": "x"})
    assert not validator.is_valid({"success": False, "error": "No.", "details": {}, "timestamp": "x"})
    assert not validator.is_valid({"detail": "No."})


def test_public_operations_say_so_and_others_name_both_ways_to_sign_in(document):
    login, me = document["paths"]["/api/v1/auth/login"]["post"], document["paths"]["/api/v1/auth/me"]["get"]

    assert ("security" in login, me["security"]) == (False, [{"bearer": []}, {"page": []}])
    assert sorted(document["components"]["securitySchemes"]) == ["bearer", "metrics", "page"]


def test_console_is_a_page_of_this_site_under_the_strict_policy(client):
    response = client.get("/api/v1/schema/console")

    policy = response["Content-Security-Policy"]
    assert response.status_code == 200
    assert 'data-schema="/api/v1/schema"' in response.content.decode()
    assert "unsafe" not in policy
    assert "<script>" not in response.content.decode()


@pytest.mark.parametrize("path", ["/api/v1/schema", "/api/v1/schema/console", "/api/schema"])
def test_documents_are_read_only(client, path):
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/health", "/health?ready=1"])
@pytest.mark.django_db
def test_probe_answers_as_described(document, client, path):
    response = client.get(path)

    schema = document["paths"]["/health"]["get"]["responses"][str(response.status_code)]["content"]["application/json"]
    OAS30Validator(schema["schema"]).validate(response.json())


@pytest.mark.django_db
def test_figures_and_files_answer_as_described(document, client):
    figures, no_file = client.get("/metrics"), client.get("/files/forged")

    for path, response in (("/metrics", figures), ("/files/{token}", no_file)):
        described = document["paths"][path]["get"]["responses"][str(response.status_code)]
        assert response["Content-Type"].split(";")[0] in described["content"]
