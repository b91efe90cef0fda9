"""What leaves in a log line, and what does not."""

import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from apps.core import logs


def line(**fields):
    entry = logs.neutralise(None, "info", logs.mask(None, "info", {"event": "e", **fields}))
    return json.loads(logs._renderer("json")(None, "info", entry))


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "passwd", "access_token", "refresh", "Authorization", "cookie", "api_key", "client_secret",
     "sessionkey", "private_key", "otp"],
)  # fmt: skip
def test_secret_fields_are_masked_by_name(name):
    expected = "hunter2" if name == "refresh" else logs.MASKED

    assert line(**{name: "hunter2"})[name] == expected
    assert line(deep={"list": [{name: "hunter2"}]})["deep"]["list"][0][name] == expected


def test_numbers_and_empty_values_stay():
    assert line(password="", token=None, count=3, ok=True, wait=0.5) == {
        "event": "e", "password": "", "token": None, "count": 3, "ok": True, "wait": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc.def-ghi12", "Authorization: Bearer [masked]"),
        ("jwt eyJhbGciOiJI.eyJzdWIiOjF9.c2ln end", "jwt [masked] end"),
        ("postgresql://user:s3cret@db/x", "postgresql://[masked]@db/x"),
        ("/files/IjAxYTIxMzY0LWQ1M2Qt:1xWFEP:7vUF8_x0 200", "/files/[masked] 200"),
        ("login failed password=hunter2&next=/", "login failed password=[masked]&next=/"),
        ('{"password": "hunter2", "a": 1}', '{"password": [masked]", "a": 1}'),
        ("mail to ana.silva+x@school.example.org bounced", "mail to [address] bounced"),
        ("GET /api/v1/exams/12 200", "GET /api/v1/exams/12 200"),
    ],
)
def test_secrets_inside_text_are_masked(text, expected):
    assert line(detail=text)["detail"] == expected


@given(st.text(), st.text())
def test_no_text_brings_a_line_or_a_control_character_of_its_own(name, text):
    entry = logs.neutralise(None, "info", logs.mask(None, "info", {"event": text, f"x{name}": [{name: text}]}))
    for kind in ("json", "text"):
        written = logs._renderer(kind)(None, "info", entry)
        assert len(written.splitlines()) == 1
        assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in written)


def test_a_traceback_keeps_its_lines_and_loses_everything_else():
    entry = logs.neutralise(None, "error", {"event": "e", "exception": "Traceback\n  x\x1b[31m\r\nforged"})

    assert entry["exception"] == "Traceback\n  x\\u001b[31m\\u000d\nforged"


def test_library_lines_carry_the_request_id_in_the_same_shape(capsys):
    logs.configure({"level": "INFO"})
    structlog.contextvars.clear_contextvars()
    with structlog.contextvars.bound_contextvars(request_id="r-7"):
        logging.getLogger("some.library").warning("user %s failed", "ana@example.org")

    written = json.loads(capsys.readouterr().err)
    written.pop("timestamp")
    assert written == {
        "event": "user [address] failed",
        "logger": "some.library",
        "level": "warning",
        "request_id": "r-7",
    }


def test_very_long_text_is_cut_in_the_middle():
    cut = line(detail="a" * 100_000)["detail"]

    assert len(cut) < 12_000
    assert cut.startswith("aaa")
    assert cut.endswith("aaa")
