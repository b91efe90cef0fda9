"""Candidates' pages without scripts: what the forms do, and who sees what."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.exams.models import Answer, ExamSession
from tests.exams.conftest import RIGHT
from tests.factories.exams import make_exam

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(page, student):
    return page(student)


def begin(browser, exam):
    """Start an exam by its form and return the session and the address of its sitting."""
    response = browser.post(reverse("exams:start"), {"exam_id": str(exam.public_id)})
    session = ExamSession.objects.get(exam=exam)
    assert response.url == reverse("exams:sit", args=[session.public_id])
    return session, response.url


def form_of(session, payloads):
    """Return what a browser posts for these payloads, in the questions' order."""
    posted = {}
    for item, payload in zip(session.items.order_by("position"), payloads, strict=False):
        name = f"answer-{item.public_id}"
        if isinstance(payload, dict) and "value" in payload:
            posted |= {f"{name}-value": payload["value"], f"{name}-unit": payload.get("unit", "")}
        elif isinstance(payload, dict):
            posted |= {f"{name}-{premise}": choice for premise, choice in payload.items()}
        elif isinstance(payload, bool):
            posted[name] = str(payload).lower()
        elif payload is not None:
            posted[name] = payload
    return posted


def test_an_exam_is_sat_by_forms_alone(browser, exam):
    session, address = begin(browser, exam)
    shown = browser.get(address)
    assert shown.status_code == 200
    assert "Which of these is a prime number?" in shown.content.decode()

    saved = browser.post(address, {**form_of(session, RIGHT), "action": "save"})
    assert saved.url == address
    assert list(Answer.objects.order_by("item__position").values_list("payload", flat=True)) == RIGHT
    finished = browser.post(address, {**form_of(session, RIGHT), "action": "finish"})
    assert finished.url == reverse("exams:result", args=[session.public_id])
    assert Answer.objects.count() == 6  # what had not changed was not saved again

    session.refresh_from_db()
    assert (session.score, session.max_score) == (6, 6)
    result = browser.get(finished.url)
    assert result.status_code == 200
    assert session.receipt["digest"] in "".join(result.content.decode().split())
    assert browser.get(address).url == finished.url


def test_a_form_left_open_elsewhere_never_overwrites_a_newer_answer(browser, exam):
    session, address = begin(browser, exam)
    item = session.items.get(position=1)
    name = f"answer-{item.public_id}"
    browser.post(address, {name: "a1", f"after-{item.public_id}": "0"})
    browser.post(address, {name: "a2", f"after-{item.public_id}": "0"}, follow=True)

    assert list(item.answers.order_by("sequence").values_list("kind", "payload")) == [
        ("save", "a1"),
        ("conflict", "a2"),
    ]


def test_next_moves_on_where_nobody_can_go_back(browser, teacher, entries):
    exam = make_exam(teacher=teacher, entries=entries[:2], is_going_back_allowed=False, shuffle_questions=False)
    session, address = begin(browser, exam)
    first = session.items.get(position=1)
    browser.post(address, {f"answer-{first.public_id}": "a2", "action": "next"})

    session.refresh_from_db()
    assert session.reached_position == 2
    assert "Which of these are even?" in browser.get(address).content.decode()


def test_practice_starts_from_its_form(browser, topic, entries):
    address = f"{reverse('exams:practice_start')}?topic={topic.public_id}"
    assert browser.get(address).status_code == 200
    response = browser.post(address, {"topic": str(topic.public_id), "count": "3", "difficulty": ""})

    session = ExamSession.objects.get()
    assert response.url == reverse("exams:sit", args=[session.public_id])
    assert session.items.count() == 3


@pytest.mark.parametrize("count", ["0", "201", "many", ""])
def test_a_practice_form_that_cannot_be_used_says_so(browser, topic, entries, count):
    address = f"{reverse('exams:practice_start')}?topic={topic.public_id}"
    response = browser.post(address, {"count": count})

    assert response.status_code == 422
    assert not ExamSession.objects.exists()


def test_an_exam_that_cannot_be_started_leads_back_with_the_reason(browser, teacher, entries):
    exam = make_exam(teacher=teacher, entries=entries, opens_at=timezone.now() + timedelta(days=1))
    response = browser.post(reverse("exams:start"), {"exam_id": str(exam.public_id)}, follow=True)

    assert response.redirect_chain == [(reverse("exams:today"), 302)]
    assert "This exam has not opened yet." in response.content.decode()


@pytest.mark.parametrize("name", ["exams:today", "exams:history"])
def test_pages_are_for_people_who_signed_in(client, name):
    response = client.get(reverse(name))

    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("name", ["exams:sit", "exams:result", "exams:receipt_pdf"])
def test_somebody_elses_pages_do_not_exist(browser, page, classmate, exam, name):
    session, _address = begin(browser, exam)

    assert page(classmate).get(reverse(name, args=[session.public_id])).status_code == 404


def test_pages_of_a_person_without_anything_say_what_to_do(page, classmate):
    browser = page(classmate)
    for name in ("exams:today", "exams:history"):
        response = browser.get(reverse(name))
        assert response.status_code == 200
        assert 'data-state="empty"' in response.content.decode()


def test_the_panel_of_a_courses_exams(browser, course, exam):
    address = reverse("exams:course_exams", args=[course.public_id])
    panel = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    page = browser.get(address).content.decode()

    for text in (panel, page):
        assert "Final paper" in text
        assert str(exam.public_id) in text
    assert "<html" not in panel
    assert "<html" in page


@pytest.mark.slow
def test_the_receipt_prints_as_pdf(browser, exam):
    session, address = begin(browser, exam)
    browser.post(address, {**form_of(session, RIGHT), "action": "finish"})
    response = browser.get(reverse("exams:receipt_pdf", args=[session.public_id]))

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Disposition"] == f'attachment; filename="receipt-{session.public_id}.pdf"'
