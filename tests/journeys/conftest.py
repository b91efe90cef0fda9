"""A real browser for the journeys: the system's Chromium, driven by Playwright.

A page that logs an error, breaks the content security policy or throws fails its test, whatever the test looks at.
"""

import os
import shutil
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

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


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Visit:
    """A page that is open, and what went wrong on it so far."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def expect_complaint(self, part: str) -> None:
        """Take out the complaints that a test brought about on purpose; there must be one."""
        kept = [complaint for complaint in self.complaints if part not in complaint]
        assert len(kept) < len(self.complaints), f"nobody complained of {part!r}"
        self.complaints = kept

    def barriers(self, *, beyond_wcag: bool = True) -> list[str]:
        """Return what axe finds, one line for each rule; call it last, since axe itself breaks the policy for styles.

        Without ``beyond_wcag`` only the rules of WCAG 2.2 A and AA count: on pages whose markup is Django's.
        """
        before = list(self.complaints)
        options = {"rules": {"target-size": {"enabled": True}}}
        if not beyond_wcag:
            options |= {"runOnly": {"type": "tag", "values": WCAG}}
        found = Axe().run(self.page, options=options).response["violations"]
        self.complaints = before
        return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]

    def overflow(self) -> int:
        """Return how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture(scope="session")
def chromium():
    """Return the browser, started once for all journeys."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed here; install it with: apt-get install chromium")
    # Playwright keeps an event loop in this thread; Django would refuse the database for it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium, live_server):
    """Open addresses of the running site in windows of one's own::

        opened = visit("/design", width=390, scheme="dark")

    At the end of the test no window may have a complaint left.
    """
    contexts, visits = [], []

    def opening(path, *, width=1280, scheme="light", cookies=(), scripts=True):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
        contexts.append(context)
        opened = Visit(context.new_page())
        opened.page.on(
            "console",
            lambda message: opened.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.goto(path, wait_until="load")
        visits.append(opened)
        return opened

    yield opening
    for context in contexts:
        context.close()
    assert [complaint for opened in visits for complaint in opened.complaints] == []
