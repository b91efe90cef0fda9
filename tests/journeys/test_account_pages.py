"""From an empty site to one's own account, and the API console, in a real browser."""

import pytest
from playwright.sync_api import expect

from apps.accounts.models import User
from tests.factories.accounts import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def sign_in(page, email="student@lectern.test", password=PASSWORD):
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_empty_site_is_set_up_by_its_first_page(visit, scripts):
    opened = visit("/sign-in", scripts=scripts)
    page = opened.page
    page.get_by_label("Name of your school").fill("Harbour College")
    page.get_by_label("Your name").fill("Fay Founder")
    page.get_by_label("Your email address").fill("founder@lectern.test")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Make the campus").click()
    expect(page.get_by_text("This password is too common.")).to_be_visible()
    opened.expect_complaint("400")

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the campus").click()
    page.goto("/account")

    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    assert User.objects.get().platform_role == "admin"


def test_wrong_password_is_told_kindly_and_the_right_one_leads_on(visit, student):
    opened = visit("/account")
    sign_in(opened.page, password="wrong")
    expect(opened.page.get_by_role("alert")).to_contain_text("is not right")
    opened.expect_complaint("401")

    sign_in(opened.page)

    expect(opened.page).to_have_url("/account")


def test_language_is_chosen_before_signing_in(visit, student):
    page = visit("/sign-in").page

    page.get_by_role("button", name="العربيّة").click()

    assert page.locator("html").get_attribute("dir") == "rtl"
    expect(page.get_by_role("button", name="العربيّة")).to_have_attribute("aria-pressed", "true")


def test_device_is_signed_out_from_another(visit, student):
    here, there = visit("/account"), visit("/account")
    sign_in(there.page)
    sign_in(here.page)

    here.page.get_by_role("button", name="Sign out: Chrome, Linux").click()
    expect(here.page.get_by_text("That device is signed out.")).to_be_visible()

    there.page.reload()
    expect(there.page).to_have_url("/sign-in?next=/account")


def test_console_reads_the_document_and_calls_as_the_person_of_the_page(visit, student):
    opened = visit("/account")
    sign_in(opened.page)
    page = opened.page
    expect(page.get_by_text("This device")).to_be_visible()

    page.goto("/api/v1/schema/console")
    page.locator("#operations-accounts-auth_me_patch .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.locator("#operations-accounts-auth_me_patch textarea").fill('{"theme": "dark"}')
    page.get_by_role("button", name="Execute").click()

    expect(page.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")
    student.refresh_from_db()
    assert student.theme == "dark"
