import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from apps.core import engines
from apps.core.supervisor import system_libraries
from apps.core.supervisor.announcement import announcement
from apps.core.supervisor.options import SupervisorOptions, options_from_environment
from apps.core.supervisor.orphans import MARK
from apps.core.supervisor.output import LogFile
from apps.core.supervisor.preparation import Work, find_work, record
from apps.core.supervisor.table import campus_processes, shared_environment

PROJECT = Path(__file__).resolve().parents[2]
PROCESSES = {"web-1", "web-2", "worker", "router", "postgres", "valkey"}


def options(var, **changes):
    given = {"host": "127.0.0.1", "port": 8000, "wants_demo": True, "web_processes": 2, **changes}
    return SupervisorOptions(var=var, **given)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds=20):
    """The first true value of ``condition``, asked again and again."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"{condition} did not come true"
        time.sleep(0.02)
    return found


def is_alive(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


class Campus:
    """A small campus under a supervisor of its own."""

    def __init__(self, directory):
        self.var = directory / "var"
        self.port = free_port()
        self.outputs = directory / "output.txt"
        self.supervisor = None

    def start(self):
        self.supervisor = self.launch()
        until(lambda: self.state().get("is_ready") and self.state()["supervisor"] == self.supervisor.pid)
        return self

    def launch(self):
        command = [sys.executable, str(PROJECT / "tests" / "core" / "small_campus.py"), str(self.var), str(self.port)]
        surroundings = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
        with open(self.outputs, "w") as output:
            return subprocess.Popen(
                command, cwd=PROJECT, env={**surroundings, "PYTHONPATH": str(PROJECT)}, stdout=output, stderr=output
            )

    def state(self):
        try:
            return json.loads((self.var / "run" / "state.json").read_text())
        except OSError:
            return {}

    def pids(self):
        """Of the processes that should run, by name; empty while one of them is missing."""
        found = {name: pid for name, pid in self.state().get("processes", {}).items() if name in PROCESSES and pid}
        return found if found.keys() == PROCESSES and all(map(is_alive, found.values())) else {}

    def everyone(self):
        """Every live process that belongs to this campus, the engines apart."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(MARK) == str(self.var) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process.pid)
        return found

    def ask(self):
        """The answer to a request, empty while nobody listens."""
        answer = b""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: campus.test\r\nConnection: close\r\n\r\n")
            while part := connection.recv(4096):
                answer += part
        return answer

    def output(self):
        return self.outputs.read_text()

    def end(self):
        if self.supervisor:
            self.supervisor.terminate()
            self.supervisor.wait(timeout=30)
        engines.stop(self.var)


@pytest.fixture(scope="module")
def directory():
    path = Path(tempfile.mkdtemp(prefix="lectern-")).resolve()
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def campus(directory):
    campus = Campus(directory)
    yield campus.start()
    campus.end()


@pytest.mark.slow
def test_everything_runs_and_says_so(campus):
    until(campus.pids)

    assert campus.ask().startswith(b"HTTP/1.1 200 OK\r\n")
    assert campus.state()["address"] == f"http://127.0.0.1:{campus.port}"
    assert f"Lectern is ready at http://127.0.0.1:{campus.port}" in campus.output()
    assert "web-1      │ serving\n" in campus.output()
    assert (campus.var / "log" / "web-1.log").read_text().startswith("serving\n")


@pytest.mark.slow
def test_a_second_supervisor_names_the_first(campus):
    until(campus.pids)
    before = campus.pids()

    second = subprocess.run(
        [*psutil.Process(campus.supervisor.pid).cmdline()],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (second.returncode, second.stdout) == (
        1,
        f"Lectern is already running at http://127.0.0.1:{campus.port}.\n",
    )
    assert campus.pids() == before


@pytest.mark.slow
def test_a_process_that_always_fails_is_tried_again_and_disturbs_nobody(campus):
    before = until(campus.pids)
    log = campus.var / "log" / "fragile.log"

    until(lambda: log.read_text().count("ended with code 3; starts again in") >= 3)

    assert "starts again in 0.2 s" in log.read_text()
    assert campus.pids() == before


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_what_is_killed_is_back_within_seconds(campus, name):
    before = until(campus.pids)
    own = [child.pid for child in psutil.Process(before[name]).children()] if name == "worker" else []

    os.kill(before[name], signal.SIGKILL)
    started = time.monotonic()
    after = until(lambda: (found := campus.pids()) and found[name] != before[name] and found)

    assert time.monotonic() - started < 10
    assert {other: after[other] for other in PROCESSES - {name}} == {
        other: before[other] for other in PROCESSES - {name}
    }
    assert not any(map(is_alive, own))
    assert until(campus.ask).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize("victims", ["supervisor", "everything"])
def test_the_next_start_recovers_from_kills_by_itself(campus, victims):
    before = until(campus.pids)
    stubborn = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"],
        env={**os.environ, MARK: str(campus.var)},
    )

    os.kill(campus.supervisor.pid, signal.SIGKILL)
    if victims == "everything":
        for pid in [*before.values(), *campus.everyone()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    campus.supervisor.wait()
    campus.start()
    after = until(campus.pids)

    stubborn.wait()
    kept = {"postgres", "valkey"} if victims == "supervisor" else set()
    assert {name for name in PROCESSES if after[name] == before[name]} == kept
    assert campus.ask().startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.slow
def test_told_to_stop_everything_ends_in_order(campus):
    until(campus.pids)

    campus.supervisor.terminate()
    code = campus.supervisor.wait(timeout=20)
    alive = campus.everyone()
    status = engines.status(campus.var)
    said = campus.output()
    campus.start()

    assert (code, alive, status) == (0, [], engines.EngineStatus(postgres_pid=None, valkey_pid=None))
    assert said.endswith("lectern    │ stopped\n")
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_port_that_is_taken_is_named_with_the_remedy(directory):
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        other = Campus(directory / "other")
        other.var.mkdir(parents=True)
        other.port = stranger.getsockname()[1]
        code = other.launch().wait(timeout=20)

    assert code == 1
    assert f"127.0.0.1:{other.port} cannot be used" in other.output()
    assert f"make up LECTERN_PORT={other.port + 1}" in other.output()


@pytest.mark.slow
def test_work_is_found_once_and_again_when_the_database_or_the_wish_changes(directory):
    var = directory / "prepared" / "var"
    url = engines.ensure_running(var).database_url
    wanted, unwanted = options(var), options(var, wants_demo=False)
    found = [find_work(unwanted, url), find_work(wanted, url)]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table django_migrations (id int, app text, name text)")
        connection.execute("insert into django_migrations values (1, 'core', '0001_initial')")
        (var / "static").mkdir()
        (var / "static" / "staticfiles.json").write_text("{}")
        record(unwanted, found[0], url)
        found += [find_work(unwanted, url), find_work(wanted, url)]
        record(wanted, found[-1], url)
        found.append(find_work(wanted, url))
        connection.execute("insert into django_migrations values (2, 'core', '0002_more')")
        found.append(find_work(wanted, url))
        connection.execute("drop table django_migrations")
        found.append(find_work(wanted, url))
    engines.stop(var)

    assert found == [
        Work(in_order=("migrate",), aside=("collectstatic",), is_database_empty=True),
        Work(in_order=("migrate", "load_demo"), aside=("collectstatic",), is_database_empty=True),
        Work(),
        Work(in_order=("load_demo",)),
        Work(),
        Work(in_order=("migrate",)),
        Work(in_order=("migrate", "load_demo"), is_database_empty=True),
    ]


def test_the_table_names_every_process_once_and_stops_the_router_first(tmp_path):
    table = campus_processes(options(tmp_path))

    assert [process.name for process in table] == ["web-1", "web-2", "live", "worker", "relay", "beat", "router"]
    assert [process.name for process in table if process.is_first] == ["web-1", "router"]
    assert ["0600" in process.command for process in table] == [True, True, *[False] * 5]
    sockets = table[-1].environment["LECTERN_WEB_SOCKETS"].split(os.pathsep)
    assert sockets == [str(process.listens_on) for process in table[:2]]


def test_below_a_long_path_sockets_move_to_a_private_directory(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    deep = tmp_path / ("d" * 110)

    socket_path = options(deep).socket("web-1")

    assert socket_path.parent.parent == tmp_path
    assert socket_path.parent.stat().st_mode & 0o077 == 0
    socket_path.parent.chmod(0o777)
    with pytest.raises(SystemExit, match="open to others"):
        options(deep).socket("web-1")


@pytest.mark.parametrize(
    ("name", "value"),
    [("LECTERN_PORT", "http"), ("LECTERN_PORT", "70000"), ("DEMO", "yes"), ("LECTERN_WEB_PROCESSES", "0")],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit, match=name):
        options_from_environment()


def test_the_demo_school_is_left_out_of_production_and_refused_there(monkeypatch):
    monkeypatch.delenv("DEMO", raising=False)
    wishes = []
    for environment in ("development", "production"):
        monkeypatch.setenv("ENVIRONMENT", environment)
        wishes.append(options_from_environment().wants_demo)

    assert wishes == [True, False]
    monkeypatch.setenv("DEMO", "1")
    with pytest.raises(SystemExit, match="DEMO is 1 and ENVIRONMENT is production"):
        options_from_environment()


def test_logs_are_for_people_in_development_and_for_machines_in_production(monkeypatch, tmp_path):
    monkeypatch.delenv("LECTERN_LOG_FORMAT", raising=False)
    formats = []
    for environment in ("development", "production"):
        monkeypatch.setenv("ENVIRONMENT", environment)
        formats.append(shared_environment(options(tmp_path))["LECTERN_LOG_FORMAT"])
    monkeypatch.setenv("LECTERN_LOG_FORMAT", "text")
    formats.append(shared_environment(options(tmp_path))["LECTERN_LOG_FORMAT"])

    assert formats == ["text", "json", "text"]


def test_the_announcement_says_how_to_begin(tmp_path):
    demo = announcement(options(tmp_path))
    empty = announcement(options(tmp_path, wants_demo=False))

    assert "student, teacher, parent, operator, admin @demo.lectern.test" in demo
    assert "orchard-lantern-42" in demo
    assert "http://127.0.0.1:8000/welcome" in empty
    assert "orchard" not in empty


def test_a_missing_library_is_named_with_its_package(monkeypatch):
    monkeypatch.setitem(system_libraries.PANGO, sys.platform, ("libc.so.6", "libnowhere.so.9"))

    notice = system_libraries.missing_library_notice()

    assert "lacks libnowhere.so.9." in notice
    assert "libpango" in notice or "brew" in notice


def test_a_log_makes_way_when_it_has_grown(tmp_path, monkeypatch):
    monkeypatch.setattr("apps.core.supervisor.output.FILE_LIMIT", 10)
    log = LogFile(tmp_path / "web.log")
    for number in range(6):
        log.line(f"line number {number}")
    log.close()

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "web.log": "line number 5\n",
        "web.log.1": "line number 4\n",
        "web.log.2": "line number 3\n",
        "web.log.3": "line number 2\n",
    }
