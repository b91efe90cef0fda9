"""Signing in, staying signed in and signing out, by API."""

from django.test import Client

from tests.factories.accounts import PASSWORD


def test_login_returns_tokens_and_the_person(student, organization):
    response = Client().post(
        "/api/v1/auth/login", {"email": "STUDENT@lectern.test", "password": PASSWORD}, "application/json"
    )

    body = response.json()
    assert response.status_code == 200, body
    data = body.pop("data")
    assert (body.pop("timestamp")[-1], body) == ("Z", {"success": True, "message": "Signed in."})
    assert sorted(data) == ["access", "refresh", "user"]
    assert data["user"] == {
        "id": str(student.public_id),
        "email": "student@lectern.test",
        "full_name": "Ines Duarte",
        "platform_role": "",
        "tier": "free",
        "language": "en",
        "time_zone": "UTC",
        "theme": "",
        "membership": {
            "role": "student",
            "organization": {
                "id": str(organization.public_id),
                "name": "Harbour College",
                "slug": "harbour-college",
            },
        },
        "created_at": "2026-01-12T08:00:00Z",
    }


def test_me_is_told_to_whoever_holds_the_token(student, api):
    response = api(student).get("/api/v1/auth/me")

    assert response.status_code == 200, response.json()
    assert response.json()["data"]["email"] == "student@lectern.test"
