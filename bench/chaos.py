"""Kill everything, lose nothing.

    python -m bench.chaos [--seconds 600] [--kills 2] [--candidates 50] [--seed N] [--json FILE]

Starts a platform of its own and lets scripted candidates answer, hand in and begin again, each retrying what was not
acknowledged, exactly as a browser's queue does. A teacher keeps importing question files. Meanwhile web, worker, relay, live,
Valkey and PostgreSQL are each killed with signal 9 at random moments (by pid, seeded). Nobody repairs anything by hand.
Afterwards it compares what candidates were told with what the database holds.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.campus import BenchCampus

TARGETS = ("web", "worker", "relay", "live", "valkey", "postgres")
RETRY_SECONDS = 0.25
PATIENCE_SECONDS = 60
SETTLE_SECONDS = 60
MAX_SECONDS = 3600


@dataclass
class Told:
    """What the platform acknowledged, as the clients remember it."""

    answers: dict[str, tuple[str, int, object]] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    kills: list[tuple[float, str, int]] = field(default_factory=list)
    retries: int = 0
    refusals: list[str] = field(default_factory=list)


class Client:
    """Sends until it is answered. A refused connection, a timeout, a 429 and a 5xx are tried again; other answers stand."""

    def __init__(self, campus: BenchCampus, told: Told) -> None:
        self.told = told
        self.http = httpx.AsyncClient(
            base_url=f"http://{campus.host}/api/v1",
            timeout=10,
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=100),
        )

    async def send(self, method: str, path: str, token: str, **content: object) -> dict:
        """Return the data of a success. Raises AssertionError for a refusal, TimeoutError when nothing helps."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                answer = await self.http.request(method, path, headers={"Authorization": f"Bearer {token}"}, **content)
            except httpx.HTTPError:
                self.told.retries += 1
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if answer.status_code < 300:
                return answer.json()["data"]
            if answer.status_code != 429 and answer.status_code < 500:
                said = f"{answer.text[:300]!r} {dict(answer.headers)}"
                raise AssertionError(f"{method} {path}: {answer.status_code} {said}")
            self.told.retries += 1
            await asyncio.sleep(RETRY_SECONDS)
        raise TimeoutError(f"{method} {path} was not answered within {PATIENCE_SECONDS} s")


async def candidate(client: Client, token: str, topic: str, until: float, rng: random.Random) -> None:
    """Practise again and again: answer at a human pace times ten, hand in, begin anew."""
    while time.monotonic() < until:
        session = await client.send("POST", "/exams/start", token, json={"topic": topic, "count": 10})
        for question in session["questions"]:
            if time.monotonic() >= until:
                return
            operation, payload = str(uuid.uuid4()), rng.choice(["a1", "a2", "a3", None])
            saved = await client.send(
                "POST",
                f"/exams/{session['id']}/answer",
                token,
                json={
                    "question_id": question["id"],
                    "selected_answer": payload,
                    "time_spent": 3,
                    "client_operation_id": operation,
                },
            )
            client.told.answers[operation] = (question["id"], saved["sequence"], payload)
            await asyncio.sleep(rng.uniform(0.1, 0.5))
        submitted = await client.send("POST", f"/exams/{session['id']}/submit", token)
        client.told.receipts[session["id"]] = submitted["receipt"]["signature"]


async def importer(client: Client, token: str, topic: str, until: float) -> None:
    """Import small files: upload, wait for the preview, confirm, wait for the end."""
    number = 0
    while time.monotonic() < until:
        number += 1
        rows = [
            f"Chaos {number}.{row}: what is {row} + {number}?,{row + number},{row},{number},0,A" for row in range(20)
        ]
        text = "\n".join(["question,option_a,option_b,option_c,option_d,correct", *rows])
        job = await client.send(
            "POST",
            "/admin/import/questions",
            token,
            files={"file": (f"chaos-{number}.csv", text.encode(), "text/csv")},
            data={"topic": topic},
        )
        await wait_for(client, token, job["id"], "previewed")
        await client.send("POST", f"/admin/import/{job['id']}/confirm", token)
        await wait_for(client, token, job["id"], "completed")
        client.told.imports.append(job["id"])
        await asyncio.sleep(1)


async def wait_for(client: Client, token: str, job: str, status: str) -> None:
    """Wait until an import has come that far."""
    for _ in range(int(PATIENCE_SECONDS / RETRY_SECONDS)):
        found = await client.send("GET", f"/admin/import/{job}", token)
        if found["status"] in {status, "completed"}:
            return
        if found["status"] == "failed":
            raise AssertionError(f"import {job} failed: {found}")
        await asyncio.sleep(RETRY_SECONDS)
    raise TimeoutError(f"import {job} did not come to {status}")


async def killer(campus: BenchCampus, told: Told, *, seconds: float, kills: int, rng: random.Random) -> None:
    """Kill each part ``kills`` times, at moments spread over the run with a rest at its end."""
    begun = time.monotonic()
    moments = sorted((rng.uniform(2, max(3.0, seconds - 12)), name) for name in TARGETS for _ in range(kills))
    for moment, name in moments:
        await asyncio.sleep(max(0.0, begun + moment - time.monotonic()))
        pids = campus.pids_of(name)
        if not pids:
            continue  # it is down already and being brought back
        pid = rng.choice(pids)
        os.kill(pid, signal.SIGKILL)
        told.kills.append((round(moment, 2), name, pid))


async def run(campus: BenchCampus, *, seconds: float, kills: int, seed: int) -> Told:
    """Let everybody work while things die; return what they were told."""
    rng, told = random.Random(seed), Told()
    client = Client(campus, told)
    until = time.monotonic() + seconds
    people = [
        candidate(client, one.token, campus.topic_id, until, random.Random(f"{seed}:{number}"))
        for number, one in enumerate(campus.candidates)
    ]
    work = [*people, importer(client, campus.admin_token, campus.topic_id, until)]
    deaths = asyncio.create_task(killer(campus, told, seconds=seconds, kills=kills, rng=rng))
    for result in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(result, BaseException):
            told.refusals.append(f"{type(result).__name__}: {result}")
    await deaths
    await client.http.aclose()
    return told


def settled(campus: BenchCampus) -> dict[str, object]:
    """Wait until every fact has reached its consumers; return the state of the outbox."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        state = campus.outbox_state()
        if state["is_settled"] or time.monotonic() > until:
            return state
        time.sleep(0.5)


def main() -> int:
    """Run, compare, print; 1 when anything acknowledged is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--kills", type=int, default=None, help="of each part; by default two, or one a minute")
    parser.add_argument("--candidates", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    seconds = min(options.seconds, MAX_SECONDS)
    kills = options.kills if options.kills is not None else max(2, int(seconds // 60))
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    with BenchCampus.started(candidates=options.candidates, starters=0) as campus:
        told = asyncio.run(run(campus, seconds=seconds, kills=kills, seed=seed))
        outbox = settled(campus)
        found = campus.compare(answers=told.answers, receipts=told.receipts, imports=told.imports)
        all_up = campus.missing_processes()
    figures = {
        "seed": seed,
        "seconds": seconds,
        "kills": told.kills,
        "retries": told.retries,
        "acknowledged_answers": len(told.answers),
        "acknowledged_submissions": len(told.receipts),
        "imports": len(told.imports),
        "stopped_clients": told.refusals,
        **found,
        "outbox": outbox,
        "not_running": all_up,
    }
    print(json.dumps(figures, indent=2, default=str))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2, default=str))
    return verdict(figures)


def verdict(figures: dict) -> int:
    """Print each promise with whether it was kept; return 1 when one was not."""
    promises = [
        ("no client was refused or left waiting", not figures["stopped_clients"]),
        ("every part was killed", {name for _at, name, _pid in figures["kills"]} == set(TARGETS)),
        ("every acknowledged answer is in the log", not figures["lost_answers"]),
        ("… exactly once", not figures["repeated_answers"]),
        (
            "every acknowledged submission is marked once, with the receipt it was told",
            not figures["wrong_submissions"],
        ),
        ("every confirmed import is whole", not figures["broken_imports"]),
        ("every fact reached its consumers", figures["outbox"]["is_settled"] and not figures["outbox"]["dead_letters"]),
        ("every process runs again", not figures["not_running"]),
    ]
    for words, is_kept in promises:
        print(f"{'kept  ' if is_kept else 'BROKEN'}  {words}")
    return 0 if all(is_kept for _words, is_kept in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
