"""``live.js`` in a browser, against a live server that is killed."""

import socket
import threading

import pytest
from django.conf import settings
from django.db import connection, transaction

from apps.core.live import publish
from tests.processes import running, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.chaos,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tell(*texts):
    """Publish from another thread, in a transaction of its own."""

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
    wait_for(
        lambda: page.evaluate("window.told") == expected, within=30, every=0.1, what=f"the page hearing {expected}"
    )


def test_the_page_hears_everything_once_across_a_killed_server(browsing, page, student, port, tmp_path):
    cookie = (settings.SESSION_COOKIE_NAME, page(student).cookies[settings.SESSION_COOKIE_NAME].value)
    server = ("-m", "tests.core.live_process", str(port))
    with running(*server, log=tmp_path / "live.log", grace=0):
        wait_for(lambda: listens(port), within=60, what="the live server")
        opened = browsing(f"http://127.0.0.1:{port}", "/page", cookies=[cookie])
        heard = opened.page
        heard.wait_for_function("window.ready")
        tell("one")
        told(heard, ["one"])
    tell("two", "three")
    with running(*server, log=tmp_path / "live.log", grace=0):
        wait_for(lambda: listens(port), within=60, what="the live server again")
        heard.evaluate("dispatchEvent(new Event('online'))")
        told(heard, ["one", "two", "three"])
        tell("four")
        told(heard, ["one", "two", "three", "four"])
        heard.evaluate("window.stop()")

    # Chromium reports every attempt to reach the server while it was gone
    opened.complaints = [complaint for complaint in opened.complaints if "WebSocket connection" not in complaint]
