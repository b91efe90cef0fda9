"""Every page of candidates and of the console, with something on it, looked at by axe on a phone and on a desk."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from apps.exams import services, versions
from tests.factories.exams import make_exam, start_exam
from tests.factories.questionbank import SAMPLES, CourseFactory, EnrolmentFactory, QuestionEntryFactory, TopicFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LOOKS = [(390, "light"), (1280, "dark")]
CANDIDATE_PAGES = [
    "exams:today",
    "exams:history",
    "questionbank:courses",
    "questionbank:course",
    "exams:practice_start",
    "exams:result",
    "accounts:account",
]
CONSOLE_PAGES = [
    "admin:index",
    "admin:accounts_user_changelist",
    "admin:accounts_user_change",
    "admin:accounts_user_add",
    "admin:questionbank_questionentry_changelist",
    "admin:questionbank_questionentry_change",
    "admin:exams_exam_changelist",
    "admin:exams_exam_change",
    "admin:exams_examsession_changelist",
]


@pytest.fixture(autouse=True)
def _versions_are_fresh():
    """No question version is remembered from the test before."""
    versions.forget_all()


@pytest.fixture
def campus(university, teacher, student):
    """A course with a question of each type, an open exam, one being sat and one handed in."""
    course = CourseFactory(department__faculty__university=university, code="MAT 101", title="Mathematics")
    EnrolmentFactory(course=course, user=student)
    topic = TopicFactory(course=course, name="Numbers")
    entries = [QuestionEntryFactory(topic=topic, owner=teacher, type=code) for code in SAMPLES]
    _open, running, finished = (make_exam(teacher=teacher, entries=entries) for _ in range(3))
    start_exam(student=student, exam=running, now=timezone.now())
    session = start_exam(student=student, exam=finished, now=timezone.now())
    services.submit_session(actor=student, session=session, now=timezone.now())
    return {"course": course, "entry": entries[0], "exam": running, "session": session}


@pytest.fixture
def visit_as(visit, page):
    """Open a page as a person, in a browser of their own."""

    def opening(person, path, **look):
        client = page(person)
        name = settings.SESSION_COOKIE_NAME
        return visit(path, cookies=[(name, client.cookies[name].value)], **look)

    return opening


def address_of(name, campus):
    """Return a page's address for what is on the campus."""
    arguments = {
        "questionbank:course": [campus["course"].public_id],
        "exams:result": [campus["session"].public_id],
        "admin:accounts_user_change": [campus["session"].user_id],
        "admin:questionbank_questionentry_change": [campus["entry"].pk],
        "admin:exams_exam_change": [campus["exam"].pk],
    }
    query = f"?course={campus['course'].public_id}" if name == "exams:practice_start" else ""
    return reverse(name, args=arguments.get(name, [])) + query


@pytest.mark.parametrize("name", CANDIDATE_PAGES)
def test_a_candidates_page_has_no_barrier(visit_as, student, campus, name):
    for width, scheme in LOOKS:
        opened = visit_as(student, address_of(name, campus), width=width, scheme=scheme)
        opened.page.wait_for_load_state("networkidle")

        assert (opened.barriers(), opened.overflow()) == ([], 0)


@pytest.mark.parametrize("name", ["exams:today", "exams:history", "questionbank:courses"])
def test_an_empty_page_has_no_barrier(visit_as, student, name):
    for width, scheme in LOOKS:
        opened = visit_as(student, reverse(name), width=width, scheme=scheme)

        assert opened.page.locator("[data-state=empty]").count() > 0
        assert (opened.barriers(), opened.overflow()) == ([], 0)


@pytest.mark.parametrize("name", CONSOLE_PAGES)
def test_a_page_of_the_console_has_no_barrier_and_keeps_the_strict_policy(visit_as, admin, campus, name):
    for width, scheme in LOOKS:
        opened = visit_as(admin, address_of(name, campus), width=width, scheme=scheme)

        assert (opened.barriers(beyond_wcag=False), opened.overflow()) == ([], 0)


def test_the_console_wears_the_theme_that_was_chosen(visit_as, admin, campus):
    page = visit_as(admin, reverse("admin:index")).page

    page.get_by_role("button", name="Dark").click()

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
