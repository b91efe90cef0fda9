"""The design page in a real browser: every component, in every theme, on a phone and on a desk."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_barrier_is_found(visit, language):
    opened = visit(f"/design?lang={language}")
    expect(opened.page.locator("[data-tex]:not([data-set])")).to_have_count(0)
    expect(opened.page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")

    opened.inspect(f"design-{language}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_is_found_in_high_contrast(visit, scheme):
    opened = visit("/design?theme=contrast", scheme=scheme)
    opened.shoot(f"design-contrast-1280-{scheme}")

    assert opened.barriers(colours_only=True) == []


def test_formulas_are_set_under_the_strict_policy(visit):
    page = visit("/design").page
    formula = page.locator('[data-tex*="frac"]').first

    expect(formula.locator(".katex-html")).to_be_visible()
    # KaTeX places a fraction by style attributes, which the policy refuses in markup
    assert formula.locator(".vlist span[style]").first.get_attribute("style").startswith("top:")
    assert formula.locator("math").count() == 1


def test_arrows_over_vectors_are_drawn(visit):
    """They are drawings inside a box of no width; a rule that keeps pictures within their box makes them vanish."""
    page = visit("/design").page
    expect(page.locator('[data-tex*="frac"]').first.locator(".katex-html")).to_be_visible()
    page.evaluate(
        """async () => {
            const place = document.createElement("span");
            place.id = "vector";
            place.dataset.tex = place.textContent = "\\\\vec F";
            document.querySelector("main").append(place);
            const { setMathematics } = await import("/static/core/js/math.js");
            await setMathematics(document.querySelector("main"));
        }"""
    )
    expect(page.locator("#vector .katex-html")).to_be_visible()

    assert page.locator("#vector .katex-html svg").bounding_box()["width"] > 3


def test_without_scripts_a_formula_is_still_to_be_read(visit):
    page = visit("/design", scripts=False).page

    expect(page.locator('[data-tex*="frac"]').first).to_have_text("μₛ = tan θc")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_theme_is_chosen_and_stays(visit, scripts):
    page = visit("/design", scripts=scripts).page

    page.locator("main").get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("main").get_by_role("button", name="Device").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_a_dialog_opens_by_keyboard_holds_the_focus_and_gives_it_back(visit):
    page = visit("/design").page
    opener = page.get_by_role("button", name="Open the dialog")

    opener.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_menu_closes_on_escape_and_on_a_press_elsewhere(visit):
    page = visit("/design").page
    menu = page.locator("main details.menu")
    summary = menu.locator("summary")

    summary.click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()

    summary.click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_an_option_is_chosen_by_keyboard_and_shows_where_the_focus_is(visit):
    page = visit("/design").page
    options = page.locator('input[name="answer-q1"]')

    options.nth(1).focus()
    page.keyboard.press("ArrowDown")

    expect(options.nth(2)).to_be_checked()
    outline = options.nth(2).evaluate("input => getComputedStyle(input.closest('.choice')).outlineWidth")
    assert outline == "3px"


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(visit):
    page = visit("/design").page

    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_dark_without_a_choice_follows_the_device(visit):
    light, dark = (
        visit("/", scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    )

    assert light != dark
