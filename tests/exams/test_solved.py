"""Which questions of the bank somebody has solved."""

from datetime import timedelta

import pytest

from apps.exams import services
from tests.exams.conftest import RIGHT
from tests.factories.exams import MORNING, save_answer, start_exam

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=5)


def solved(client, answer):
    return {row["id"] for row in client.get("/api/v1/questions", {"solved": answer, "limit": 100}).json()["data"]}


def test_questions_are_solved_by_who_answered_them_fully_right_once_handed_in(
    api, student, classmate, exam, entries, device
):
    session = start_exam(student=student, exam=exam)
    items = list(session.items.select_related("version").order_by("position"))
    by_entry = {entry.pk: payload for entry, payload in zip(entries, RIGHT, strict=True)}
    right, _wrong = items[:2]
    save_answer(session, right, by_entry[right.version.entry_id], device=device)

    before = solved(api(student), "true")
    services.submit_session(actor=student, session=session, now=LATER)

    everything = {str(entry.public_id) for entry in entries}
    answered = {str(entry.public_id) for entry in entries if entry.pk == right.version.entry_id}
    assert before == set()
    assert solved(api(student), "true") == answered
    assert solved(api(student), "false") == everything - answered
    assert solved(api(classmate), "true") == set()
