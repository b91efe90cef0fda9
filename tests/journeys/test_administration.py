"""An administrator's way: into the administration, through its lists, and an exam published; the first one of an empty site."""

import pytest
from playwright.sync_api import expect

from apps.accounts.models import Membership
from apps.exams.models import Exam
from tests.factories.accounts import PASSWORD, MembershipFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def sign_in(page):
    page.get_by_label("Email address").fill("admin@lectern.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def search(page, words):
    page.get_by_label("Find").fill(words)
    page.get_by_role("button", name="Search").click()


def test_lists_are_reached_and_searched_and_an_exam_is_published(visit, admin, organization, campus):
    MembershipFactory(user=admin, organization=organization, role=Membership.Role.ORG_ADMIN)
    page = visit("/admin/").page
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Site administration")

    page.get_by_role("link", name="Users", exact=True).click()
    search(page, "ines")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list")).to_contain_text("student@lectern.test")

    page.get_by_role("link", name="Questions", exact=True).click()
    search(page, "长江")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list tbody").get_by_role("link").first.click()
    expect(page.get_by_text("长江确实是最长的。").first).to_be_visible()

    page.get_by_role("link", name="Exams", exact=True).last.click()
    page.get_by_role("row", name="Resit").get_by_role("checkbox").check()
    page.get_by_role("combobox", name="Action:").select_option(label="Publish the draft")
    page.get_by_role("button", name="Go", exact=True).click()

    expect(page.get_by_text("Resit is published.")).to_be_visible()
    assert Exam.objects.get(title="Resit").current is not None


def test_the_first_administrator_is_signed_in_and_told_what_comes_next(visit):
    opened = visit("/")
    page = opened.page
    page.get_by_role("link", name="Sign in").first.click()
    expect(page).to_have_url("/welcome")
    for label, text in {
        "Name of your school": "Harbour College",
        "Your name": "Ada Quist",
        "Your email address": "admin@lectern.test",
        "Password": PASSWORD,
    }.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Make the campus").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour College stands. Now fill it.")
    opened.inspect("today-of-the-first-administrator")
    page.get_by_role("link", name="Open the console").click()
    expect(page.get_by_role("button", name="POST /api/v1/courses").first).to_be_visible(timeout=20_000)
    page.go_back()
    page.get_by_role("link", name="Add a person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add user")
