"""A real browser for the journeys: the system's Chromium, driven by Playwright.

A page that logs an error, breaks the content security policy or throws fails its test, whatever the test looks at.
"""

import os
import shutil
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as site
from playwright.sync_api import Page, sync_playwright

from apps.exams import versions
from tests.journeys.campus import build_campus

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]  # those whose answer differs between light and dark
WIDTHS = (1280, 390)
NARROWEST = 320
SCREENSHOTS = site.VAR_DIR / "screenshots"


@dataclass
class Visit:
    """A page that is open, and what went wrong on it so far."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note every error and warning from here on; Chromium reports refusals by the policy among them."""
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def expect_complaint(self, part: str) -> None:
        """Take out the complaints that a test brought about on purpose; there must be one."""
        kept = [complaint for complaint in self.complaints if part not in complaint]
        assert len(kept) < len(self.complaints), f"nobody complained of {part!r}"
        self.complaints = kept

    def look(self, *, width: int | None = None, scheme: str | None = None) -> None:
        """Look at the same page in a window of another width, or on a device that prefers the other scheme."""
        if width is not None:
            self.page.set_viewport_size({"width": width, "height": 900})
        if scheme is not None:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def barriers(self, *, colours_only: bool = False) -> list[str]:
        """Return what axe finds, one line for each rule. What axe itself breaks of the policy does not count."""
        before = list(self.complaints)
        rules = {"type": "rule", "values": COLOUR_RULES} if colours_only else {"type": "tag", "values": TAGS}
        options = {"resultTypes": ["violations"], "runOnly": rules}
        found = Axe().run(self.page, options=options).response["violations"]
        self.complaints = before
        return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]

    def overflow(self) -> int:
        """Return how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def shoot(self, name: str) -> None:
        """Keep a picture of the whole page, for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def inspect(self, name: str) -> None:
        """Fail with all that is wrong with the page in any window: barriers, scrolling sideways. Keep a picture of each."""
        faults = []
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                self.look(width=width, scheme=scheme)
                self.page.evaluate("scrollTo(0, 0)")
                self.shoot(f"{name}-{width}-{scheme}")
                faults += [f"{width} {scheme}: {barrier}" for barrier in self.barriers(colours_only=scheme == "dark")]
        for width in (390, NARROWEST):
            self.look(width=width)
            if self.overflow():
                faults.append(f"{width}: {self.overflow()} px too wide")
        assert not faults, "\n".join([name, *faults])


@pytest.fixture(scope="module")
def chromium():
    """Return the browser, started once for a module.

    Not once for all: Playwright keeps an event loop running in this thread, in which other modules' coroutines could not run
    and for which Django refuses the database.
    """
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browsing(chromium):
    """Open windows on any site; see ``visit``. At the end of the test no window may have a complaint left."""
    contexts, visits = [], []

    def window(origin, path, *, width=1280, scheme="light", cookies=(), scripts=True, beside=None):
        if beside is None:
            context = chromium.new_context(
                base_url=origin,
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                reduced_motion="reduce",
                java_script_enabled=scripts,
            )
            contexts.append(context)
        else:
            context = beside.page.context
        context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies])
        opened = Visit(context.new_page())
        opened.listen()
        opened.page.goto(path, wait_until="load")
        visits.append(opened)
        return opened

    yield window
    for context in contexts:
        context.close()
    assert [complaint for opened in visits for complaint in opened.complaints] == []


@pytest.fixture
def visit(browsing, live_server, page):
    """Open an address of the running site in a window of one's own, signed in as a person or not::

    opened = visit("/today", person=student, width=390, scheme="dark")

    ``beside=opened`` opens a second tab of the same browser; ``scripts=False`` switches JavaScript off.
    """

    def opening(path, *, person=None, cookies=(), **window):
        if person is not None:
            client = page(person)
            cookies = [*cookies, (site.SESSION_COOKIE_NAME, client.cookies[site.SESSION_COOKIE_NAME].value)]
        opened = browsing(live_server.url, path, cookies=cookies, **window)
        if person is not None:
            opened.device = client.device
        return opened

    return opening


@pytest.fixture(autouse=True)
def _versions_are_fresh():
    """No question version is remembered from the test before."""
    versions.forget_all()


@pytest.fixture
def campus(university, student, teacher):
    """Return a course in use, with everything that pages show; see ``campus.Campus``."""
    return build_campus(university=university, student=student, teacher=teacher)
