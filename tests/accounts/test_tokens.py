"""What tokens say, and whom we believe."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts import tokens
from apps.accounts.tokens import AccessClaims, RefreshClaims, TokenExpired, TokenRefused

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PERSON = UUID("01950000-0000-7000-8000-000000000001")
DEVICE = UUID("01950000-0000-7000-8000-000000000002")


def access_claims(**changes):
    return AccessClaims(
        **{
            "subject": PERSON,
            "user_id": 7,
            "session": DEVICE,
            "organization_id": 3,
            "role": "student",
            "tier": "free",
            "issued_at": tokens.seconds(NOON),
            "expires_at": tokens.seconds(NOON + timedelta(minutes=30)),
            **changes,
        }
    )


def refresh_claims(**changes):
    return RefreshClaims(
        **{
            "user_id": 7,
            "session": DEVICE,
            "number": 4,
            "expires_at": tokens.seconds(NOON + timedelta(days=14)),
            **changes,
        }
    )


@pytest.mark.slow
@given(
    organization_id=st.none() | st.integers(1, 2**40),
    role=st.sampled_from(["", "student", "teacher", "parent", "org_admin"]),
    user_id=st.integers(1, 2**40),
    session=st.uuids(),
    subject=st.uuids(),
)
def test_access_token_says_what_was_signed(organization_id, role, user_id, session, subject):
    claims = access_claims(
        organization_id=organization_id, role=role, user_id=user_id, session=session, subject=subject
    )

    assert tokens.read_access(tokens.issue_access(claims), at=NOON) == claims


@pytest.mark.slow
@given(number=st.integers(0, 2**31), session=st.uuids())
def test_refresh_token_says_what_was_signed(number, session):
    claims = refresh_claims(number=number, session=session)

    assert tokens.read_refresh(tokens.issue_refresh(claims), at=NOON) == claims


def test_access_token_is_a_json_web_token_with_the_agreed_claims():
    payload = jwt.decode(tokens.issue_access(access_claims()), options={"verify_signature": False})

    assert len(payload.pop("jti")) == 32
    assert payload == {
        "typ": "access",
        "sub": str(PERSON),
        "uid": 7,
        "sid": str(DEVICE),
        "org": 3,
        "role": "student",
        "tier": "free",
        "iat": 1772452800,
        "exp": 1772454600,
    }


def test_token_ends_at_its_second_also_when_it_was_read_before():
    token = tokens.issue_access(access_claims())
    last_moment = NOON + timedelta(minutes=30) - timedelta(microseconds=1)

    assert tokens.read_access(token, at=last_moment).user_id == 7
    with pytest.raises(TokenExpired):
        tokens.read_access(token, at=NOON + timedelta(minutes=30))


def test_refresh_token_ends_too():
    token = tokens.issue_refresh(refresh_claims())

    with pytest.raises(TokenExpired):
        tokens.read_refresh(token, at=NOON + timedelta(days=14))


def signed_with(key, **changes):
    payload = jwt.decode(tokens.issue_access(access_claims()), options={"verify_signature": False})
    return jwt.encode({**payload, **changes}, key, algorithm="HS256")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "word",
        "a.b.c",
        tokens.issue_refresh(refresh_claims()),
        signed_with(b"somebody else's key of the right length"),
        signed_with(tokens._key("test-only-key-that-signs-nothing-outside-the-test-run"), sub="no uuid"),
        signed_with(tokens._key("test-only-key-that-signs-nothing-outside-the-test-run"), uid=None),
        signed_with(tokens._key("test-only-key-that-signs-nothing-outside-the-test-run"), typ="refresh"),
        jwt.encode({"typ": "access", "sub": str(PERSON)}, None, algorithm="none"),
    ],
    ids=["empty", "word", "three words", "refresh", "other key", "no uuid", "no number", "other kind", "unsigned"],
)
def test_anything_else_is_refused(token):
    with pytest.raises(TokenRefused):
        tokens.read_access(token, at=NOON)


def test_access_token_does_not_refresh():
    with pytest.raises(TokenRefused):
        tokens.read_refresh(tokens.issue_access(access_claims()), at=NOON)


def test_one_changed_letter_anywhere_is_refused():
    token = tokens.issue_access(access_claims())
    # the very last letter carries bits that base64 ignores
    for place in range(0, len(token) - 1, 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(TokenRefused):
            tokens.read_access(changed, at=NOON)


def test_token_of_yesterdays_key_is_read_while_that_key_is_kept(settings):
    token = tokens.issue_access(access_claims())
    before, settings.SECRET_KEY = settings.SECRET_KEY, "a new key, also only for the test run"

    with pytest.raises(TokenRefused):
        tokens.read_access(token, at=NOON)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert tokens.read_access(token, at=NOON) == access_claims()
