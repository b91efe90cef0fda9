"""``live.js`` in a browser, against a live server that is killed."""

import os
import shutil
import socket
import threading
from importlib import import_module

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from apps.accounts.http.sessions import open_page_session
from apps.core.live import publish
from tests.factories.accounts import DeviceSessionFactory
from tests.processes import running, wait_for

CHROMIUM = os.environ.get("LECTERN_CHROMIUM") or shutil.which("chromium")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.chaos,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)."),
]


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def cookie(transactional_db):
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    open_page_session(request, DeviceSessionFactory())
    request.session.save()
    return request.session.session_key


@pytest.fixture
def page(port, cookie):
    sync_api = pytest.importorskip("playwright.sync_api")
    origin = f"http://127.0.0.1:{port}"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context()
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": origin}])
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        yield page
        browser.close()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tell(*texts):
    """Publish from another thread: Playwright's event loop runs in this one, where Django refuses to query."""

    def run():
        try:
            with transaction.atomic():
                for text in texts:
                    publish("bell:1", "rang", {"text": text})
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def told(page, expected):
    wait_for(lambda: page.evaluate("window.told") == expected, every=0.1, what=f"the page hearing {expected}")


def test_the_page_hears_everything_once_across_a_killed_server(page, port, tmp_path):
    server = ("-m", "tests.core.live_process", str(port))
    with running(*server, log=tmp_path / "live.log", grace=0):
        wait_for(lambda: listens(port), within=60, what="the live server")
        page.goto(f"http://127.0.0.1:{port}/page")
        page.wait_for_function("window.ready")
        tell("one")
        told(page, ["one"])
    tell("two", "three")
    with running(*server, log=tmp_path / "live.log", grace=0):
        wait_for(lambda: listens(port), within=60, what="the live server again")
        page.evaluate("dispatchEvent(new Event('online'))")
        told(page, ["one", "two", "three"])
        tell("four")
        told(page, ["one", "two", "three", "four"])
        page.evaluate("window.stop()")

    assert page.errors == []
