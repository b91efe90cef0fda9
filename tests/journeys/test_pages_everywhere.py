"""Every page, as everybody meets it: light and dark, on a telephone and on a desk, from left and from right.

Each page is loaded once for a way of writing; then the window changes around it. Pictures of all stand in
``var/screenshots`` afterwards.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.accounts.models import User
from tests.journeys.conftest import WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ANYBODY = {
    "home": "/",
    "sign-in": "/sign-in",
}
STUDENTS = {
    "today": lambda campus: reverse("exams:today"),
    "courses": lambda campus: reverse("questionbank:courses"),
    "courses-none-found": lambda campus: f"{reverse('questionbank:courses')}?q=botany",
    "course": lambda campus: reverse("questionbank:course", args=[campus.course.public_id]),
    "course-empty": lambda campus: reverse("questionbank:course", args=[campus.empty_course.public_id]),
    "practice-start": lambda campus: f"{reverse('exams:practice_start')}?course={campus.course.public_id}",
    "result": lambda campus: reverse("exams:result", args=[campus.finished.public_id]),
    "result-of-practice": lambda campus: reverse("exams:result", args=[campus.practised.public_id]),
    "history": lambda campus: reverse("exams:history"),
    "account": lambda campus: reverse("accounts:account"),
}
NEWCOMERS = {
    "today-empty": "exams:today",
    "courses-empty": "questionbank:courses",
    "history-empty": "exams:history",
}
ADMINISTRATORS = {
    "admin": lambda campus: reverse("admin:index"),
    "admin-add-user": lambda campus: reverse("admin:accounts_user_add"),
    "admin-users": lambda campus: reverse("admin:accounts_user_changelist"),
    "admin-user": lambda campus: reverse("admin:accounts_user_change", args=[campus.running.user_id]),
    "admin-questions": lambda campus: reverse("admin:questionbank_questionentry_changelist"),
    "admin-question": lambda campus: reverse("admin:questionbank_questionentry_change", args=[campus.entries[0].pk]),
    "admin-exams": lambda campus: reverse("admin:exams_exam_changelist"),
    "admin-exam": lambda campus: reverse("admin:exams_exam_change", args=[campus.open_exam.pk]),
    "admin-sessions": lambda campus: reverse("admin:exams_examsession_changelist"),
    "admin-session": lambda campus: reverse("admin:exams_examsession_change", args=[campus.finished.pk]),
}


def formulas_are_set(opened):
    """Wait until no formula stands as plain text any more."""
    expect(opened.page.locator("[data-tex]:not([data-set])")).to_have_count(0)


def test_a_page_that_breaks_the_policy_or_throws_is_heard(visit, admin):
    opened = visit("/sign-in")
    opened.page.evaluate("""() => {
      document.body.setAttribute("style", "color: red");
      setTimeout(() => { throw new Error("thrown on purpose"); });
    }""")
    opened.page.wait_for_function("new Promise((resolve) => setTimeout(() => resolve(true)))")

    opened.expect_complaint("Content Security Policy")
    opened.expect_complaint("thrown on purpose")


@pytest.mark.parametrize("name", ANYBODY)
def test_a_page_for_anybody(visit, admin, name):
    opened = visit(ANYBODY[name])
    formulas_are_set(opened)

    opened.inspect(name)


def test_the_page_of_an_empty_site(visit):
    visit("/welcome").inspect("welcome")


def test_a_sign_in_that_failed(visit, student):
    opened = visit("/sign-in")
    opened.page.get_by_label("Email").fill("nobody@lectern.test")
    opened.page.get_by_label("Password").fill("wrong")
    opened.page.get_by_role("button", name="Sign in").click()
    expect(opened.page.locator("[role=alert]").first).to_be_visible()

    opened.inspect("sign-in-refused")
    opened.expect_complaint("40")


@pytest.mark.parametrize("name", STUDENTS)
def test_a_page_of_a_student(visit, campus, student, name):
    opened = visit(STUDENTS[name](campus), person=student)
    formulas_are_set(opened)
    opened.page.wait_for_load_state("networkidle")

    opened.inspect(name)


@pytest.mark.parametrize("position", range(1, 8))
def test_every_question_of_a_sitting(visit, campus, student, position):
    part = f"question-{position}" if position <= 6 else "finish"
    opened = visit(f"{reverse('exams:sit', args=[campus.running.public_id])}#{part}", person=student)
    formulas_are_set(opened)
    expect(opened.page.locator(f"#{part}")).to_be_visible()

    opened.inspect(f"sit-{part}")


def test_a_sitting_without_scripts(visit, campus, student):
    opened = visit(reverse("exams:sit", args=[campus.running.public_id]), person=student, scripts=False)
    for width in WIDTHS:
        opened.look(width=width)
        opened.shoot(f"sit-without-scripts-{width}-light")
        assert opened.overflow() == 0


@pytest.mark.parametrize("name", NEWCOMERS)
def test_a_page_with_nothing_on_it(visit, classmate, name):
    visit(reverse(NEWCOMERS[name]), person=classmate).inspect(name)


@pytest.mark.parametrize("name", ["today", "course", "practice-start", "result", "history", "account"])
def test_a_page_from_right_to_left(visit, campus, student, name):
    User.objects.filter(pk=student.pk).update(language="ar")
    opened = visit(STUDENTS[name](campus), person=student)
    assert opened.page.locator("html").get_attribute("dir") == "rtl"
    formulas_are_set(opened)

    opened.inspect(f"{name}-ar")


@pytest.mark.parametrize("position", [1, 2, 4, 6])
def test_a_sitting_from_right_to_left(visit, campus, student, position):
    User.objects.filter(pk=student.pk).update(language="ar")
    opened = visit(f"{reverse('exams:sit', args=[campus.running.public_id])}#question-{position}", person=student)
    assert opened.page.locator("html").get_attribute("dir") == "rtl"
    formulas_are_set(opened)

    opened.inspect(f"sit-question-{position}-ar")


@pytest.mark.parametrize("name", ADMINISTRATORS)
def test_a_page_of_the_administration(visit, campus, admin, name):
    visit(ADMINISTRATORS[name](campus), person=admin).inspect(name)


def test_the_administration_wears_the_theme_that_was_chosen(visit, admin):
    page = visit(reverse("admin:index"), person=admin).page

    page.get_by_role("button", name="Dark").click()

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


@pytest.mark.parametrize(("path", "status"), [("/refuses", 403), ("/nothing-here", 404), ("/breaks", 500)])
def test_a_page_that_cannot_be_shown(visit, student, settings, path, status):
    settings.ROOT_URLCONF = "tests.journeys.failing_urls"
    opened = visit(path, person=student)
    opened.expect_complaint(str(status))

    opened.inspect(f"error-{status}")


def test_the_api_console(visit, admin):
    opened = visit("/api/v1/schema/console")
    expect(opened.page.locator(".opblock").first).to_be_visible(timeout=20_000)

    opened.inspect("console")
