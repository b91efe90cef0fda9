"""An exam sat in a real browser: saving by itself, losing the line, two windows, the clock, handing in."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.exams.models import Answer, ExamSession
from tests.factories.exams import make_exam, save_answer, start_exam
from tests.factories.questionbank import SAMPLES, CourseFactory, EnrolmentFactory, QuestionEntryFactory, TopicFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SAVED, KEPT, FAILED = "saved", "kept", "failed"


@pytest.fixture
def entries(university, teacher, student):
    """One question of each type, of a course the student takes."""
    course = CourseFactory(department__faculty__university=university, code="MAT 101", title="Mathematics")
    EnrolmentFactory(course=course, user=student)
    topic = TopicFactory(course=course, name="Numbers")
    return [QuestionEntryFactory(topic=topic, owner=teacher, type=code) for code in SAMPLES]


@pytest.fixture
def sitting(visit, student, teacher, entries):
    """Begin an exam over the six questions and open its page::

    session, opened = sitting(duration_minutes=60, width=390)
    """

    def beginning(*, width=1280, scheme="light", scripts=True, **rules):
        exam = make_exam(teacher=teacher, entries=entries, shuffle_questions=False, shuffle_options=False, **rules)
        session = start_exam(student=student, exam=exam, now=timezone.now())
        opened = visit(f"/sit/{session.public_id}", person=student, width=width, scheme=scheme, scripts=scripts)
        return session, opened

    return beginning


def state(opened):
    return opened.page.locator('[data-js="keep"]')


def article(opened, position):
    return opened.page.locator(f"#question-{position}")


def wait_until_all_is_saved(opened):
    """Wait until nothing is kept back any more and the page says so."""
    expect(opened.page.locator('[data-js="sit"]')).to_have_attribute("data-waiting", "0", timeout=20_000)
    expect(state(opened)).to_have_attribute("data-state", SAVED)


def go_to(opened, position):
    opened.page.evaluate(f"location.hash = 'question-{position}'")
    expect(article(opened, position)).to_be_visible()


def choose(opened, position, option):
    """Choose an option by its place, from 1."""
    article(opened, position).locator(".choice-text").nth(option - 1).click()


def payloads(session):
    """Return the answers that were saved, oldest first, as (position, payload)."""
    saved = Answer.objects.filter(item__session=session, kind=Answer.Kind.SAVE).order_by("pk")
    return list(saved.values_list("item__position", "payload"))


def test_every_type_saves_by_itself_and_the_paper_is_handed_in(sitting):
    session, opened = sitting()
    page = opened.page
    expect(page.locator('[data-js="timer"]')).to_contain_text("left")

    choose(opened, 1, 2)
    expect(state(opened)).to_have_attribute("data-state", SAVED)
    page.locator('[data-js="next"]').click()
    choose(opened, 2, 1)
    choose(opened, 2, 3)
    go_to(opened, 3)
    choose(opened, 3, 1)
    go_to(opened, 4)
    article(opened, 4).locator("[name$=-value]").fill("299.8")
    article(opened, 4).locator("[name$=-unit]").fill("m")
    go_to(opened, 5)
    article(opened, 5).locator("input[dir=auto]").fill("carbon dioxide")
    go_to(opened, 6)
    article(opened, 6).locator("select").nth(0).select_option("c2")
    article(opened, 6).locator("select").nth(1).select_option("c1")
    expect(page.locator('[data-js="answered-count"]')).to_have_text("6 of 6 answered")
    page.locator('[data-js="to-finish"]').click()
    expect(page.locator('[data-js="finish-summary"]')).to_contain_text("Every question is answered.")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/results/**")

    session.refresh_from_db()
    assert (session.source, session.score) == (ExamSession.Source.CANDIDATE, 6)
    assert dict(payloads(session)) == {
        1: "a2",
        2: ["a1", "a3"],
        3: True,
        4: {"value": "299.8", "unit": "m"},
        5: "carbon dioxide",
        6: {"p1": "c2", "p2": "c1"},
    }
    expect(page.locator("h1")).to_have_text("Passed")


def test_an_answer_given_without_a_line_is_kept_and_sent_when_it_returns(sitting):
    session, opened = sitting()
    page = opened.page

    page.context.set_offline(True)
    choose(opened, 1, 2)
    expect(state(opened)).to_have_attribute("data-state", KEPT)
    expect(page.locator('[data-js="banner"]')).to_be_visible()
    expect(page.locator('.cell[data-position="1"]')).to_have_attribute("data-state", "kept")
    choose(opened, 1, 3)
    assert payloads(session) == []

    page.context.set_offline(False)
    expect(state(opened)).to_have_attribute("data-state", SAVED, timeout=20_000)
    expect(page.locator('[data-js="banner"]')).to_be_hidden()
    assert payloads(session)[-1] == (1, "a3")
    assert Answer.objects.exclude(kind=Answer.Kind.SAVE).count() == 0
    opened.expect_complaint("ERR_INTERNET_DISCONNECTED")


def test_a_response_that_is_lost_is_asked_for_again_and_stored_once(sitting):
    session, opened = sitting()
    lost = []

    def lose_the_first(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    opened.page.route("**/answer", lose_the_first)
    choose(opened, 1, 2)
    choose(opened, 1, 1)

    wait_until_all_is_saved(opened)
    assert payloads(session) == [(1, "a2"), (1, "a1")]
    assert Answer.objects.filter(item__session=session).count() == 2
    opened.expect_complaint("ERR_FAILED")


def test_what_was_not_sent_survives_loading_the_page_again(sitting):
    session, opened = sitting()
    page = opened.page
    page.on("dialog", lambda dialog: dialog.accept())

    page.route("**/answer", lambda route: route.abort())
    choose(opened, 1, 2)
    expect(state(opened)).to_have_attribute("data-state", KEPT)
    page.unroute("**/answer")
    page.reload()

    expect(article(opened, 1).locator(".choice-input").nth(1)).to_be_checked()
    expect(state(opened)).to_have_attribute("data-state", SAVED)
    assert payloads(session) == [(1, "a2")]
    opened.expect_complaint("ERR_FAILED")


@pytest.mark.parametrize(("decision", "expected"), [("keep-mine", "a1"), ("take-theirs", "a3")])
def test_two_windows_disagree_and_the_candidate_decides(sitting, decision, expected):
    session, opened = sitting()
    item = session.items.get(position=1)
    save_answer(session, item, "a3", device=opened.device, now=timezone.now())

    choose(opened, 1, 1)
    conflict = article(opened, 1).locator('[data-js="conflict"]')
    expect(conflict).to_be_visible()
    assert payloads(session) == [(1, "a3")]
    conflict.locator(f'[data-js="{decision}"]').click()

    expect(conflict).to_be_hidden()
    wait_until_all_is_saved(opened)
    assert payloads(session)[-1] == (1, expected)
    expect(article(opened, 1).locator(f'[value="{expected}"]')).to_be_checked()
    opened.expect_complaint("409")


def test_the_whole_paper_can_be_sat_by_keyboard(sitting):
    session, opened = sitting()
    page = opened.page

    page.keyboard.press("2")
    page.keyboard.press("f")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#heading-2")).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("3")
    wait_until_all_is_saved(opened)
    expect(page.locator('.cell[data-position="1"]')).to_have_attribute("data-state", "answered flagged")

    assert payloads(session)[0] == (1, "a2")
    assert payloads(session)[-1] == (2, ["a1", "a3"])


def test_shortcut_keys_can_be_switched_off(sitting):
    _session, opened = sitting()
    page = opened.page

    page.get_by_label("Shortcut keys").uncheck()
    page.locator("#heading-1").focus()
    page.keyboard.press("2")
    page.keyboard.press("f")

    expect(article(opened, 1).locator(".choice-input").nth(1)).not_to_be_checked()
    expect(page.locator('[data-js="flag"]')).to_have_attribute("aria-pressed", "false")


def test_writing_into_a_field_never_hands_in_nor_chooses(sitting):
    session, opened = sitting()
    go_to(opened, 5)
    field = article(opened, 5).locator("input[dir=auto]")

    field.press_sequentially("1f")
    field.press("Enter")

    wait_until_all_is_saved(opened)
    expect(article(opened, 5)).to_be_visible()
    session.refresh_from_db()
    assert (payloads(session), session.finished_at) == ([(5, "1f")], None)


def test_an_answer_can_be_cleared(sitting):
    session, opened = sitting()
    choose(opened, 1, 2)
    expect(state(opened)).to_have_attribute("data-state", SAVED)

    opened.page.locator('[data-js="clear"]').click()

    wait_until_all_is_saved(opened)
    expect(opened.page.locator('.cell[data-position="1"]')).to_have_attribute("data-state", "")
    assert payloads(session)[-1] == (1, None)


def test_the_clock_warns_can_be_hidden_and_stays_hidden(sitting):
    _, opened = sitting(duration_minutes=9)
    timer = opened.page.locator('[data-js="timer"]')
    expect(timer).to_have_attribute("data-state", "soon")

    timer.click()
    expect(timer).to_have_text("Show the clock")
    opened.page.reload()

    expect(timer).to_have_text("Show the clock")


def test_when_time_is_up_the_paper_is_handed_in_by_itself(sitting):
    session, opened = sitting()
    choose(opened, 1, 2)
    expect(state(opened)).to_have_attribute("data-state", SAVED)
    ExamSession.objects.filter(pk=session.pk).update(deadline_at=timezone.now() + timedelta(seconds=3))

    opened.page.reload()
    opened.page.wait_for_url("**/results/**", timeout=15_000)

    session.refresh_from_db()
    assert session.score == 1


def test_where_nobody_can_go_back_one_question_follows_the_other(sitting):
    session, opened = sitting(is_going_back_allowed=False)
    page = opened.page
    choose(opened, 1, 2)

    page.get_by_role("button", name="Go on").click()

    expect(article(opened, 2)).to_be_visible()
    expect(article(opened, 1)).to_have_count(0)
    assert payloads(session) == [(1, "a2")]


def test_without_scripts_the_page_is_one_form(sitting):
    session, opened = sitting(scripts=False)
    page = opened.page

    choose(opened, 1, 2)
    article(opened, 5).locator("input[dir=auto]").fill("carbon dioxide")
    page.get_by_role("button", name="Save all answers").last.click()
    expect(page.get_by_text("Your answers are saved.")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/results/**")

    assert dict(payloads(session)) == {1: "a2", 5: "carbon dioxide"}
