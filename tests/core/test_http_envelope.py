"""Whatever goes wrong under /api, it leaves in the envelope, and says nothing it should not."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.urls("tests.core.http_urls")

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def refusal(response):
    """Return (status, error, details) of a failure after checking that its shape is exactly ours."""
    body = response.json()
    assert sorted(body) == ["details", "error", "success", "timestamp"]
    assert body["success"] is False
    assert MOMENT.fullmatch(body["timestamp"])
    assert response["Content-Type"] == "application/json"
    assert "secret" not in response.content.decode()
    return response.status_code, body["error"], body["details"]


def test_success_has_exactly_four_keys(client):
    response = client.post("/api/v1/trial/names", {"name": "Ann"}, "application/json")

    body = response.json()
    assert MOMENT.fullmatch(body.pop("timestamp"))
    assert (response.status_code, body) == (200, {"success": True, "data": {"name": "Ann"}, "message": "Done."})


def test_bare_data_is_put_into_the_envelope(client):
    body = client.get("/api/v1/trial/bare").json()

    assert (body["success"], body["data"]) == (True, {"plain": True})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("lectern", (400, "The exam is over.", {"code": "exam_over", "closed_at": "noon"})),
        (
            "rest-validation",
            (
                400,
                "Some of what was sent cannot be used. See the fields.",
                {"code": "invalid", "fields": {"answers.1.id": ["Wrong."], "name": ["Empty."]}},
            ),
        ),
        (
            "rest-list",
            (
                400,
                "Some of what was sent cannot be used. See the fields.",
                {"code": "invalid", "fields": {"non_field_errors": ["All of it is wrong."]}},
            ),
        ),
        ("rest-denied", (403, "You may not do this.", {"code": "not_allowed"})),
        ("rest-throttled", (429, "Too many requests. Wait, then try again.", {"code": "rate_limited"})),
        ("django-404", (404, "There is nothing here under this address.", {"code": "not_found"})),
        ("django-denied", (403, "You may not do this.", {"code": "not_allowed"})),
        (
            "django-validation",
            (
                400,
                "Some of what was sent cannot be used. See the fields.",
                {"code": "invalid", "fields": {"email": ["Taken."], "non_field_errors": ["Odd."]}},
            ),
        ),
        ("suspicious", (400, "The request is malformed.", {"code": "malformed_request"})),
        ("data", (400, "A value is outside of what can be stored.", {"code": "out_of_range"})),
        (
            "database-away",
            (
                503,
                "This is not available at the moment. Nothing was changed; try again shortly.",
                {"code": "unavailable"},
            ),
        ),
    ],
)
@pytest.mark.parametrize("prefix", ["fail", "plain"], ids=["REST view", "plain view"])
def test_every_exception_has_its_refusal(client, prefix, kind, expected):
    assert refusal(client.get(f"/api/v1/trial/{prefix}/{kind}")) == expected


@pytest.mark.parametrize("prefix", ["fail", "plain"], ids=["REST view", "plain view"])
def test_mistakes_of_ours_are_500_with_the_request_id_and_recorded(prefix, caplog):
    client = Client(raise_request_exception=False)

    response = client.get(f"/api/v1/trial/{prefix}/ours", headers={"X-Request-ID": "kept-request-id"})

    assert refusal(response) == (
        500,
        "Something went wrong on our side. It was recorded; give the request id to an administrator.",
        {"code": "internal_error", "request_id": "kept-request-id"},
    )


def test_retry_after_comes_with_limits_and_outages(client):
    limited, away = (client.get(f"/api/v1/trial/fail/{kind}") for kind in ("rest-throttled", "database-away"))

    assert (limited["Retry-After"], away["Retry-After"]) == ("12", "2")


@pytest.mark.django_db
def test_broken_constraint_is_a_conflict_without_sql(client):
    status, _error, details = refusal(client.post("/api/v1/trial/twice"))

    assert (status, details) == (409, {"code": "conflict"})


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v9/exams", "/api/v1/auth/login/"])
def test_unknown_path_is_404_in_the_envelope(client, path):
    assert refusal(client.get(path)) == (
        404,
        "There is nothing here under this address.",
        {"code": "not_found"},
    )


@pytest.mark.parametrize("path", ["/api/v1/trial/names", "/api/v1/trial/form"], ids=["REST view", "plain view"])
def test_unknown_method_is_405_and_names_the_others(client, path):
    response = client.delete(path)

    status, _error, details = refusal(response)
    assert (status, details) == (405, {"code": "method_not_allowed"})
    assert response["Allow"] in ("GET, POST, PATCH, HEAD, OPTIONS", "POST")


def test_options_lists_the_methods_and_says_nothing_else(client):
    response = client.options("/api/v1/trial/names")

    assert (response.status_code, response.content) == (204, b"")
    assert response["Allow"] == "GET, POST, PATCH, HEAD, OPTIONS"


def test_other_media_types_are_not_offered(client):
    status, error, details = refusal(client.get("/api/v1/trial/names", headers={"Accept": "text/html"}))

    assert (status, error, details) == (
        406,
        "This answer exists as application/json only.",
        {"code": "not_acceptable"},
    )


@pytest.mark.parametrize(
    "media_type", ["text/xml", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_other_media_types_are_not_taken(client, media_type):
    status, _error, details = refusal(client.post("/api/v1/trial/names", b"<x/>", media_type))

    assert (status, details) == (415, {"code": "unsupported_type"})


def test_body_over_the_limit_is_refused(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20

    fits = client.post("/api/v1/trial/names", b'{"name": "Anna"}    ', "application/json")
    status, _error, details = refusal(client.post("/api/v1/trial/names", b'{"name": "Annas"}    ', "application/json"))

    assert fits.status_code == 200
    assert (status, details) == (413, {"code": "too_large", "limit_bytes": 20})


def test_malformed_json_says_where(client):
    assert refusal(client.post("/api/v1/trial/names", b'{"name":\n "Ann" "x"}', "application/json")) == (
        400,
        "The body is not valid JSON: line 2, column 8: Expecting ',' delimiter.",
        {"code": "malformed_json", "line": 2, "column": 8},
    )


def test_unknown_and_wrong_fields_are_named(client):
    unknown = refusal(client.post("/api/v1/trial/names", {"name": "Ann", "nmae": "x"}, "application/json"))
    wrong = refusal(client.post("/api/v1/trial/names", {"name": "Annabel", "count": "x"}, "application/json"))
    not_an_object = refusal(client.post("/api/v1/trial/names", b"[1]", "application/json"))

    assert unknown[2] == {"code": "invalid", "fields": {"nmae": ["This field is not known here."]}}
    assert wrong[2] == {
        "code": "invalid",
        "fields": {
            "name": ["Ensure this field has no more than 5 characters."],
            "count": ["A valid integer is required."],
        },
    }
    assert list(not_an_object[2]["fields"]) == ["non_field_errors"]


def test_unknown_query_parameters_are_named(client):
    known = client.get("/api/v1/trial/names?wide=true").json()["data"]
    unknown = refusal(client.get("/api/v1/trial/names?wide=maybe&wyde=1"))
    on_a_write = refusal(client.post("/api/v1/trial/names?wide=true", {"name": "Ann"}, "application/json"))

    assert known == {"wide": True}
    assert unknown[2] == {
        "code": "invalid_query",
        "fields": {
            "wide": ["Must be a valid boolean."],
            "wyde": ["This query parameter is not known here. Known: wide."],
        },
    }
    assert on_a_write[2]["fields"] == {"wide": ["This query parameter is not known here. Known: –."]}


def test_bad_host_is_refused_in_the_envelope(client):
    assert refusal(client.get("/api/v1/trial/names", headers={"Host": "evil.example"})) == (
        400,
        "This site does not answer under this host name.",
        {"code": "bad_host"},
    )


def test_form_without_its_token_is_refused_in_the_envelope():
    response = Client(enforce_csrf_checks=True).post("/api/v1/trial/form")

    status, _error, details = refusal(response)
    assert (status, details) == (403, {"code": "csrf_failed"})


def test_answers_of_the_api_can_neither_run_nor_be_framed(client):
    for path in ("/api/v1/trial/names", "/api/v1/nothing", "/api/v1/trial/fail/lectern"):
        response = client.get(path)

        assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "origin", "allowed"),
    [
        ("/api/v1/trial/names", "https://app.example", "https://app.example"),
        ("/api/v1/trial/names", "https://evil.example", None),
        ("/sign-in", "https://app.example", None),
    ],
)
@pytest.mark.django_db
def test_other_origins_read_the_api_only_where_the_settings_name_them(client, settings, path, origin, allowed):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    response = client.get(path, headers={"Origin": origin})

    assert response.headers.get("Access-Control-Allow-Origin") == allowed
    assert "Access-Control-Allow-Credentials" not in response


def test_view_that_names_no_permission_answers_nobody(client):
    response = client.get("/api/v1/trial/unnamed")

    assert refusal(response)[0] == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="Lectern"'


@pytest.mark.django_db
def test_view_that_names_no_permission_answers_not_even_an_administrator(api, admin):
    assert refusal(api(admin).get("/api/v1/trial/unnamed"))[0] == 403


@pytest.mark.parametrize(
    ("kind", "status", "heading"),
    [
        ("lectern", 400, "This could not be done"),
        ("django-404", 404, "There is nothing here"),
        ("database-away", 503, "This could not be done"),
    ],
)
def test_pages_have_a_page_for_it(client, kind, status, heading):
    response = client.get(f"/trial/fail/{kind}")

    assert response.status_code == status
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert heading in response.content.decode()
    assert "secret" not in response.content.decode()


def test_mistakes_of_ours_have_a_page():
    response = Client(raise_request_exception=False).get("/trial/fail/ours")

    assert response.status_code == 500
    assert "Something failed here" in response.content.decode()


def test_bad_host_and_expired_form_have_a_page(client):
    bad_host = client.get("/nothing", headers={"Host": "evil.example"})
    expired = Client(enforce_csrf_checks=True).post("/trial/form")

    assert (bad_host.status_code, expired.status_code) == (400, 403)
    assert "This page was open too long" in expired.content.decode()
    assert "This site does not answer under this host name." in bad_host.content.decode()


def test_errors_speak_the_callers_language_with_the_same_code(client):
    french = refusal(client.get("/api/v1/trial/fail/rest-denied", headers={"Accept-Language": "fr"}))
    english = refusal(client.get("/api/v1/trial/fail/rest-denied", headers={"Accept-Language": "en"}))

    assert french[2] == english[2] == {"code": "not_allowed"}


def test_etag_and_if_match_guard_an_edit(client):
    tag = client.get("/api/v1/trial/names")["ETag"]

    without = client.patch("/api/v1/trial/names")
    same = client.patch("/api/v1/trial/names", headers={"If-Match": f'"other", {tag}'})
    any_version = client.patch("/api/v1/trial/names", headers={"If-Match": "*"})
    stale = client.patch("/api/v1/trial/names", headers={"If-Match": '"other"'})

    assert [response.status_code for response in (without, same, any_version)] == [200, 200, 200]
    assert refusal(stale)[::2] == (412, {"code": "precondition_failed"})
    assert stale["ETag"] == tag
