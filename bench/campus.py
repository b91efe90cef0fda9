"""A platform of the benchmark's own, filled: started in a fresh ``var`` on free ports, and removed afterwards."""

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from apps.core import engines
from apps.core.supervisor.state import read_state
from bench import load

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 120
ANSWERS_PER_ITEM = 10
ITEMS_PER_SESSION = 20


@dataclass(frozen=True)
class Candidate:
    """One person with a token and a running session of twenty questions."""

    token: str
    answer_path: str
    question_ids: tuple[str, ...]


@dataclass
class BenchCampus:
    """A running platform and the people in it."""

    port: int
    var: Path
    candidates: list[Candidate] = field(default_factory=list)
    starters: list[str] = field(default_factory=list)
    exam_id: str = ""
    topic_id: str = ""
    admin_token: str = ""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @classmethod
    @contextmanager
    def started(cls, *, candidates: int, starters: int = 250) -> Iterator["BenchCampus"]:
        """Start a platform, fill it, yield it, stop it and remove what it left."""
        var = Path(tempfile.mkdtemp(prefix="lectern-bench-"))
        var.chmod(0o755)
        port = free_port()
        environment = {
            **os.environ,
            "LECTERN_VAR": str(var),
            "LECTERN_PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "LECTERN_LOG_LEVEL": "WARNING",
            "DEMO": "0",
        }
        log = (var / "supervisor.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "apps.core.supervisor"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            wait_until_ready(port, process, var / "supervisor.log")
            os.environ |= {
                name: environment[name] for name in ("LECTERN_VAR", "LECTERN_PORT", "DJANGO_SETTINGS_MODULE")
            }
            campus = cls(port=port, var=var)
            campus.fill(candidates=candidates, starters=starters)
            yield campus
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
            subprocess.run(
                [sys.executable, "-m", "apps.core.engines", "stop", "--var", str(var)],
                cwd=ROOT,
                check=False,
                capture_output=True,
            )
            shutil.rmtree(var, ignore_errors=True)

    def fill(self, *, candidates: int, starters: int) -> None:
        """Make the people, the questions, the sessions and the exam, through the same models the product uses."""
        import django  # settings are named only now

        django.setup()
        from bench import filling

        filled = filling.fill(candidates=candidates, starters=starters)
        self.candidates = [
            Candidate(token=token, answer_path=f"/api/v1/exams/{session}/answer", question_ids=tuple(questions))
            for token, session, questions in filled.candidates
        ]
        self.starters = filled.starters
        self.exam_id = filled.exam_id
        self.topic_id = filled.topic_id
        self.admin_token = filled.admin_token

    def answer(self, candidate: Candidate, number: int) -> dict[str, Any]:
        """Return the body of one save, never sent before."""
        return {
            "question_id": candidate.question_ids[number % len(candidate.question_ids)],
            "selected_answer": "a2",
            "time_spent": number % 600,
            "client_operation_id": str(uuid.uuid4()),
        }

    def start_requests(self, count: int) -> list[bytes]:
        """Return one start of the exam for each of ``count`` people."""
        body = json.dumps({"exam_id": self.exam_id}).encode()
        return [load.post("/api/v1/exams/start", body, token=token, host=self.host) for token in self.starters[:count]]

    def state(self) -> dict[str, Any]:
        """Return what the supervisor recorded of its processes."""
        return read_state(self.var)

    def pids_of(self, part: str) -> list[int]:
        """Return the pids of a part of the platform with their children: a supervised process by prefix, or an engine."""
        if part in ("valkey", "postgres"):
            known = engines.status(self.var)
            roots = [getattr(known, f"{part}_pid")]
        else:
            processes = self.state().get("processes", {})
            roots = [pid for name, pid in processes.items() if name.partition("-")[0] == part]
        found: list[int] = []
        for pid in roots:
            if pid and psutil.pid_exists(pid):
                found += [pid, *(child.pid for child in _children(pid))]
        return found

    def missing_processes(self) -> list[str]:
        """Return the names of supervised processes that do not run, given a moment to come back."""
        until = time.monotonic() + 30
        while True:
            processes = self.state().get("processes", {})
            missing = [name for name, pid in processes.items() if not pid or not psutil.pid_exists(pid)]
            if not missing or time.monotonic() > until:
                return missing
            time.sleep(0.5)

    def outbox_state(self) -> dict[str, Any]:
        """Return how far facts have come: all stamped without a gap, all handed to their consumers."""
        from bench import checking

        return checking.outbox_state()

    def compare(self, **told: Any) -> dict[str, Any]:
        """Return what of the acknowledged is lost, repeated or wrong in the database."""
        from bench import checking

        return checking.compare(**told)

    def grown_copies(self, *, small: int, large: int) -> tuple["GrownCopy", "GrownCopy"]:
        """Return two copies of the exam tables with the same sessions and questions, but few and many answers."""
        items = large // ANSWERS_PER_ITEM
        return GrownCopy.built("bench_small", items=items, answers=small), GrownCopy.built(
            "bench_large", items=items, answers=large
        )


class GrownCopy:
    """The exam tables in a schema of their own, with a given number of answers; saves go into questions that have ten."""

    def __init__(self, schema: str, targets: list[tuple[uuid.UUID, uuid.UUID]], user: int, device: uuid.UUID) -> None:
        from apps.exams import answering

        self.schema = schema
        self.targets = targets
        self.user = user
        self.device = device
        self._answering = answering

    @classmethod
    def built(cls, schema: str, *, items: int, answers: int) -> "GrownCopy":
        """Build the copy."""
        from django.db import connection

        from apps.exams.models import ExamSession, SessionItem

        model = ExamSession.objects.filter(exam=None).order_by("pk").first()
        item = SessionItem.objects.filter(session=model).first()
        assert model is not None
        assert item is not None
        names = ("exams_examsession", "exams_sessionitem", "exams_answer")
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
            for name in names:
                cursor.execute(f"CREATE TABLE {schema}.{name} (LIKE public.{name} INCLUDING ALL)")
            cursor.execute(
                f"ALTER TABLE {schema}.exams_answer ADD FOREIGN KEY (organization_id, item_id)"
                f" REFERENCES {schema}.exams_sessionitem (organization_id, id) DEFERRABLE INITIALLY DEFERRED"
            )
            cursor.execute(_copies_of(schema, "exams_examsession", items // ITEMS_PER_SESSION), [model.pk])
            cursor.execute(
                f"INSERT INTO {schema}.exams_sessionitem (public_id, organization_id, session_id, position, version_id,"
                f" option_order, accepts, max_mark) SELECT gen_random_uuid(), i.organization_id, s.id, p, i.version_id,"
                f" i.option_order, i.accepts, 1 FROM {schema}.exams_examsession s, public.exams_sessionitem i,"
                f" generate_series(1, {ITEMS_PER_SESSION}) p WHERE i.id = %s",
                [item.pk],
            )
            cursor.execute(
                f"INSERT INTO {schema}.exams_answer (organization_id, item_id, sequence, client_operation_id, kind, payload,"
                f" time_spent, received_at, saved_at) SELECT organization_id, id, q, gen_random_uuid(), 'save', '\"a1\"', 1,"
                f" now(), now() FROM (SELECT * FROM {schema}.exams_sessionitem ORDER BY id LIMIT {answers // ANSWERS_PER_ITEM})"
                f" i, generate_series(1, {ANSWERS_PER_ITEM}) q"
            )
            for name in names:
                cursor.execute(f"VACUUM ANALYZE {schema}.{name}")
            cursor.execute(
                f"SELECT s.public_id, i.public_id FROM {schema}.exams_sessionitem i JOIN {schema}.exams_examsession s"
                f" ON s.id = i.session_id WHERE i.id IN (SELECT item_id FROM {schema}.exams_answer ORDER BY id LIMIT 10000)"
                f" ORDER BY md5(i.id::text)"
            )
            targets = cursor.fetchall()
        device = model.user.device_sessions.order_by("pk").first()
        assert device is not None
        return cls(schema, targets, model.user_id, device.public_id)

    def _arguments(self, number: int) -> list[Any]:
        session, question = self.targets[number % len(self.targets)]
        part = {"q": str(question), "a": "a2", "t": 1, "o": str(uuid.uuid4()), "f": None, "c": None}
        return [session, self.user, self.device, datetime.now(UTC), json.dumps([part])]

    def saves_per_second(self, saves: int) -> float:
        """Return how many single saves a second one connection makes."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {self.schema}, public")
            for number in range(20):
                cursor.execute(_SAVE, self._arguments(number))
            begun = time.perf_counter()
            for number in range(saves):
                cursor.execute(_SAVE, self._arguments(number))
            seconds = time.perf_counter() - begun
            cursor.execute("RESET search_path")
        return saves / seconds

    def plan(self) -> dict[str, Any]:
        """Return the plans of the statements a save runs, and the buffers a whole save touches (median of 30)."""
        from django.db import connection

        buffers = []
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {self.schema}, public")
            for number in range(30):
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {_SAVE}", self._arguments(number))
                found = cursor.fetchone()[0]
                top = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
                buffers.append(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
            shapes = []
            for statement in _STATEMENTS:
                cursor.execute(f"EXPLAIN {statement}")
                lines = "\n".join(row[0] for row in cursor.fetchall())
                shapes.append(re.sub(r"\(cost[^)]*\)|\d+", "", lines))
            cursor.execute("RESET search_path")
        return {"buffers": statistics.median(buffers), "shape": shapes}


_SAVE = "SELECT * FROM exams_record_answers(%s::uuid, %s::bigint, %s::uuid, %s::timestamptz, %s::jsonb)"
_ANY = "'01890a5d-ac96-774b-bcce-b302099a8057'"
_STATEMENTS = (
    f"SELECT * FROM exams_examsession WHERE public_id = {_ANY}",
    f"SELECT * FROM exams_sessionitem WHERE public_id = {_ANY}",
    f"SELECT * FROM exams_answer WHERE client_operation_id = {_ANY} AND item_id = 7",
    "SELECT * FROM exams_answer WHERE item_id = 7 ORDER BY sequence DESC LIMIT 1",
)


def _copies_of(schema: str, table: str, times: int) -> str:
    """Return the statement that copies one row of a table many times, with keys of their own."""
    return (
        f"INSERT INTO {schema}.{table} (public_id, organization_id, user_id, exam_type, title, number, seed, time_factor,"
        f" pass_percentage, is_going_back_allowed, reached_position, started_at, source)"
        f" SELECT gen_random_uuid(), organization_id, user_id, exam_type, title, number, seed, time_factor,"
        f" pass_percentage, is_going_back_allowed, reached_position, started_at, source"
        f" FROM public.{table}, generate_series(1, {times}) WHERE id = %s"
    )


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(port: int, process: subprocess.Popen, log: Path) -> None:
    """Wait for the first page; stop with the log when the platform ends or takes too long."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"The platform did not come up:\n{log.read_text()[-3000:]}")
