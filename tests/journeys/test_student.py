"""A student's way from the sign-in to a result: with the mouse, by keyboard alone, without JavaScript, on a bad line."""

import pytest
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from apps.exams.models import Answer, ExamSession
from tests.factories.accounts import PASSWORD
from tests.factories.exams import make_exam, start_exam
from tests.journeys.campus import DRAFTS, RIGHT, build_course

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

RIGHT_BY_TYPE = {draft.type: payload for draft, payload in zip(DRAFTS, RIGHT, strict=True)}
"""There is one question of each type, so its type says which it is, wherever it stands in the paper."""


@pytest.fixture
def entries(university, student, teacher):
    """The questions of a course in which nothing was sat yet."""
    _course, _topics, entries = build_course(university=university, student=student, teacher=teacher)
    return entries


@pytest.fixture
def sitting(visit, student, teacher, entries):
    """The page of an exam over the six questions that has just been begun."""
    exam = make_exam(teacher=teacher, entries=entries, shuffle_questions=False)
    session = start_exam(student=student, exam=exam, now=timezone.now())
    return visit(reverse("exams:sit", args=[session.public_id]), person=student)


def fill_in_the_sign_in(page):
    page.get_by_label("Email address").fill("student@lectern.test")
    page.get_by_label("Password").fill(PASSWORD)


def answer_rightly(question):
    """Answer a question with the mouse; what is chosen is right."""
    right = RIGHT_BY_TYPE[question.get_attribute("data-type")]
    if isinstance(right, dict) and "value" in right:
        question.get_by_label("Your number").fill(right["value"])
        question.get_by_label("Unit").select_option(right["unit"])
    elif isinstance(right, dict):
        for premise, choice in right.items():
            question.locator(f'[data-premise="{premise}"]').select_option(choice)
    elif question.get_attribute("data-type") == "short_answer":
        question.get_by_label("Your answer").fill(right)
    else:
        for one in right if isinstance(right, list) else [right]:
            question.locator(f'.choice:has([value="{str(one).lower()}"]) .choice-text').click()


def state(page):
    return page.locator('[data-js="keep"]')


def expect_all_to_be_saved(page):
    expect(page.locator('[data-js="sit"]')).to_have_attribute("data-waiting", "0", timeout=20_000)
    expect(state(page)).to_have_attribute("data-state", "saved")


def expect_full_marks(page, api, student):
    """Compare the result's page with the API: six of six, and the receipt is the same."""
    page.wait_for_url("**/results/**")
    session = ExamSession.objects.get()
    client = api(student)
    summary = client.get(reverse("exams_api:session_summary", args=[session.public_id])).json()["data"]
    receipt = client.get(reverse("exams_api:session_receipt", args=[session.public_id])).json()["data"]
    assert (float(summary["score"]), float(summary["max_score"])) == (6, 6)
    expect(page.locator(".mark")).to_have_text("6")
    assert page.locator(".receipt").inner_text().replace(" ", "") == receipt["digest"]
    # nothing was stored twice and nothing disagrees
    assert not Answer.objects.exclude(kind=Answer.Kind.SAVE).exists()


def test_from_the_sign_in_to_a_result_with_the_mouse(visit, api, student, entries):
    page = visit("/sign-in").page
    fill_in_the_sign_in(page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ines. Nothing is due.")

    # two presses from here to the first question
    page.get_by_role("link", name="Practise").click()
    page.get_by_role("button", name="Start practising").click()
    for number in range(1, 7):
        question = page.locator(f"#question-{number}")
        expect(question).to_be_visible()
        answer_rightly(question)
        expect_all_to_be_saved(page)
        expect(state(page)).to_contain_text("Saved")
        page.get_by_role("button", name="Next").click()
    expect(page.locator('[data-js="finish-summary"]')).to_contain_text("Every question is answered.")
    page.get_by_role("button", name="Hand in").click()

    expect_full_marks(page, api, student)
    page.get_by_role("link", name="Results").first.click()
    expect(page.get_by_role("row", name="Algebra, capitals and motion")).to_contain_text("6 / 6")


class Keyboard:
    """Somebody who has only keys."""

    def __init__(self, page):
        self.page = page

    def go_to(self, target, *, at_most=80):
        """Press Tab until the target, or one of several, has the focus."""
        for _ in range(at_most):
            self.page.keyboard.press("Tab")
            if target.evaluate_all("targets => targets.includes(document.activeElement)"):
                return
        raise AssertionError(f"Tab does not lead to {target}")

    def press(self, target):
        """Go to a link or button and press it."""
        self.go_to(target)
        self.page.keyboard.press("Enter")

    def write(self, target, text):
        """Go to a field and write into it."""
        self.go_to(target)
        self.page.keyboard.type(text)

    def choose_one(self, group, value):
        """Go to radio buttons, where one stop stands for all, and move to the one of this value."""
        self.go_to(group)
        wanted = group.and_(self.page.locator(f'[value="{value}"]'))
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrow keys do not lead to {value}")

    def choose_from(self, listed, value):
        """Go to a list box and move down to the entry of this value."""
        self.go_to(listed)
        for _ in range(listed.locator("option").count()):
            if listed.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrow keys do not lead to {value}")

    def answer_rightly(self, question):
        """Answer a question; what is chosen is right."""
        right = RIGHT_BY_TYPE[question.get_attribute("data-type")]
        if isinstance(right, dict) and "value" in right:
            self.write(question.get_by_label("Your number"), right["value"])
            self.choose_from(question.get_by_label("Unit"), right["unit"])
        elif isinstance(right, dict):
            for listed in question.locator("[data-premise]").all():
                self.choose_from(listed, right[listed.get_attribute("data-premise")])
        elif isinstance(right, list):
            for box in question.get_by_role("checkbox").all():
                if box.get_attribute("value") in right:
                    self.go_to(box)
                    self.page.keyboard.press("Space")
        elif question.get_attribute("data-type") == "short_answer":
            self.write(question.get_by_label("Your answer"), right)
        else:
            self.choose_one(question.get_by_role("radio"), str(right).lower())


def test_from_the_sign_in_to_a_result_by_keyboard_alone(visit, api, student, entries):
    page = visit("/sign-in").page
    keys = Keyboard(page)
    keys.write(page.get_by_label("Email address"), "student@lectern.test")
    keys.write(page.get_by_label("Password"), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ines. Nothing is due.")
    keys.press(page.get_by_role("link", name="Practise"))
    page.wait_for_url("**/practice?*")
    keys.press(page.get_by_role("button", name="Start practising"))
    page.wait_for_url("**/sit/*")

    for number in range(1, 7):
        question = page.locator(f"#question-{number}")
        expect(question).to_be_visible()
        keys.answer_rightly(question)
        keys.press(page.get_by_role("button", name="Next"))
        # the focus follows, so that the next press of Tab leads into what is new
        expect(page.locator(":focus")).to_contain_text(f"Question {number + 1} of 6" if number < 6 else "Hand in?")
    expect_all_to_be_saved(page)
    keys.press(page.get_by_role("button", name="Hand in"))

    expect_full_marks(page, api, student)


def test_from_the_sign_in_to_a_result_without_javascript(visit, api, student, entries):
    page = visit("/sign-in", scripts=False).page
    fill_in_the_sign_in(page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Practise").click()
    page.get_by_role("button", name="Start practising").click()

    for question in page.locator("article.question").all():
        answer_rightly(question)
    page.get_by_role("button", name="Save all answers").last.click()
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()

    expect_full_marks(page, api, student)


def test_what_is_answered_without_a_line_is_sent_once_when_it_returns(sitting, api, student):
    page = sitting.page
    answer_rightly(page.locator("#question-1"))
    expect_all_to_be_saved(page)

    page.context.set_offline(True)
    for number in range(2, 7):
        page.get_by_role("button", name="Next").click()
        answer_rightly(page.locator(f"#question-{number}"))
    expect(page.locator('[data-js="banner"]')).to_be_visible()
    expect(state(page)).to_have_attribute("data-state", "kept")
    page.get_by_role("link", name="Finish").click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Waiting until every answer is saved.")).to_be_visible()
    assert Answer.objects.values("item").distinct().count() == 1
    page.context.set_offline(False)

    expect_full_marks(page, api, student)
    operations = Answer.objects.values("client_operation_id").annotate(times=Count("pk")).filter(times__gt=1)
    assert (operations.count(), Answer.objects.values("item").distinct().count()) == (0, 6)
    sitting.expect_complaint("ERR_INTERNET_DISCONNECTED")


def test_loading_the_page_again_keeps_every_answer(sitting):
    page = sitting.page
    for number in range(1, 4):
        answer_rightly(page.locator(f"#question-{number}"))
        page.get_by_role("button", name="Next").click()
    expect_all_to_be_saved(page)

    page.reload()

    expect(page.locator('[data-js="answered-count"]')).to_have_text("3 of 6 answered")
    expect(page.locator("#question-4")).to_be_visible()
    page.get_by_role("link", name="Question 2, saved").click()
    checked = page.locator("#question-2 :checked").evaluate_all("inputs => inputs.map(input => input.value)")
    assert sorted(checked) == ["a1", "a3"]


def test_two_tabs_that_disagree_let_the_candidate_decide(sitting, visit):
    session = ExamSession.objects.get()
    other = visit(reverse("exams:sit", args=[session.public_id]), beside=sitting)
    answer_rightly(sitting.page.locator("#question-1"))
    expect_all_to_be_saved(sitting.page)

    question = other.page.locator("#question-1")
    question.locator('.choice:has([value="a2"]) .choice-text').click()
    expect(question.get_by_text("This question was answered in another window.")).to_be_visible()
    question.get_by_role("button", name="Take the other answer").click()

    expect(question.locator('[value="a1"]')).to_be_checked()
    other.expect_complaint("409")
