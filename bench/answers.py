"""What saving an answer costs, as ratios within one run.

    python -m bench.answers [--quick] [--json FILE]

Starts a platform of its own (own ``var``, own port), fills it, and measures behind one port and the same settings:

full against bare   a full save (bearer token, limits, validation, envelope, durable commit) against a bare view that does one
                    durable INSERT; median of interleaved rounds
batches             answers a second in batches of ten against single saves
open loop           500 saves a second, whatever the server does: 99th percentile of the latency
many connections    256 kept connections at once: errors
growth              the same session saved into with few and with a million answers in the table: ratio, plan, buffers
starts              250 candidates start one published paper within the same second
"""

import argparse
import itertools
import json
import math
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import load
from bench.campus import BenchCampus, Candidate

SECONDS = 4.0
ROUNDS = 7
CONNECTIONS = 32


def turns(campus: BenchCampus, first: int) -> Iterator[tuple[int, Candidate]]:
    """Yield save after save a number and the candidate whose turn it is, so that no device is faster than its guard."""
    people = campus.candidates[first:] + campus.candidates[:first]
    return enumerate(itertools.cycle(people))


def single_saves(campus: BenchCampus, first: int) -> Iterator[bytes]:
    """Yield one full save after another, over candidates and the questions of their sessions."""
    for number, candidate in turns(campus, first):
        body = json.dumps(campus.answer(candidate, number)).encode()
        yield load.post(candidate.answer_path, body, token=candidate.token, host=campus.host)


def batched_saves(campus: BenchCampus, first: int, size: int = 10) -> Iterator[bytes]:
    """Yield batches of ``size`` answers."""
    for number, candidate in turns(campus, first):
        body = json.dumps({"answers": [campus.answer(candidate, number + part) for part in range(size)]}).encode()
        yield load.post(candidate.answer_path, body, token=candidate.token, host=campus.host)


def bare_inserts(campus: BenchCampus, first: int) -> Iterator[bytes]:
    """Yield the yardstick's request: the same body and head, to the bare view."""
    for number, candidate in turns(campus, first):
        body = json.dumps(campus.answer(candidate, number)).encode()
        yield load.post("/bench/bare", body, token=candidate.token, host=campus.host)


def full_against_bare(campus: BenchCampus, *, rounds: int, seconds: float) -> dict[str, object]:
    """Return saves a second on both sides and the median of their ratios, rounds interleaved."""
    bare, full, batch = [], [], []
    people = [number * len(campus.candidates) // CONNECTIONS for number in range(CONNECTIONS)]
    for _ in range(rounds):
        bare.append(load.closed_loop(campus.port, [bare_inserts(campus, one) for one in people], seconds=seconds))
        full.append(load.closed_loop(campus.port, [single_saves(campus, one) for one in people], seconds=seconds))
        batch.append(load.closed_loop(campus.port, [batched_saves(campus, one) for one in people], seconds=seconds))
    ratios = [one.per_second / other.per_second for one, other in zip(full, bare, strict=True)]
    gains = [10 * one.per_second / other.per_second for one, other in zip(batch, full, strict=True)]
    return {
        "bare_per_second": round(statistics.median(t.per_second for t in bare)),
        "full_per_second": round(statistics.median(t.per_second for t in full)),
        "batched_answers_per_second": round(statistics.median(10 * t.per_second for t in batch)),
        "full_to_bare": round(statistics.median(ratios), 3),
        "batch_gain": round(statistics.median(gains), 2),
        "errors": sum(t.errors for t in (*bare, *full, *batch)),
    }


def steady_rate(campus: BenchCampus, *, seconds: float, per_second: float = 500.0) -> dict[str, object]:
    """Return the latency of single saves arriving at a fixed rate over many candidates."""
    tally = load.open_loop(campus.port, single_saves(campus, 0), per_second=per_second, seconds=seconds)
    return {
        "per_second": per_second,
        "p50_ms": round(tally.percentile(0.5), 1),
        "p99_ms": round(tally.percentile(0.99), 1),
        "errors": tally.errors,
    }


def many_connections(campus: BenchCampus, *, seconds: float, connections: int = 256) -> dict[str, object]:
    """Return errors and latency with 256 connections saving at once."""
    people = [number * len(campus.candidates) // connections for number in range(connections)]
    tally = load.closed_loop(campus.port, [single_saves(campus, one) for one in people], seconds=seconds)
    return {
        "connections": connections,
        "per_second": round(tally.per_second),
        "p99_ms": round(tally.percentile(0.99), 1),
        "errors": tally.errors,
    }


def growth(campus: BenchCampus, *, rows: int, rounds: int, saves: int) -> dict[str, object]:
    """Return how saving with ``rows`` existing answers compares with 10,000, measured in the database itself.

    Two tables of the two sizes stand side by side, so that rounds interleave. The interval is of the mean of the log ratio
    (normal, 95 %).
    """
    small, large = campus.grown_copies(small=10_000, large=rows)
    logs = []
    for _ in range(rounds):
        before, after = small.saves_per_second(saves), large.saves_per_second(saves)
        logs.append(math.log(after / before))
    middle, spread = statistics.mean(logs), statistics.stdev(logs) / math.sqrt(len(logs))
    plans = [copy.plan() for copy in (small, large)]
    return {
        "rows": [10_000, rows],
        "ratio": round(math.exp(middle), 3),
        "ratio_low": round(math.exp(middle - 1.96 * spread), 3),
        "same_plan": plans[0]["shape"] == plans[1]["shape"],
        "buffers": [plan["buffers"] for plan in plans],
    }


def starts(campus: BenchCampus, *, candidates: int = 250) -> dict[str, object]:
    """Return how 250 starts of a published 20-question paper in the same second went."""
    requests = campus.start_requests(candidates)
    tally = load.all_at_once(campus.port, requests, over_seconds=1.0)
    questions = {len(json.loads(body)["data"]["questions"]) for body in tally.bodies}
    return {
        "candidates": candidates,
        "errors": tally.errors,
        "questions": sorted(questions),
        "p50_ms": round(tally.percentile(0.5)),
        "p95_ms": round(tally.percentile(0.95)),
    }


def main() -> int:
    """Measure, print, and say whether the figures hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, for a first look")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    rounds, seconds = (3, 2.0) if options.quick else (ROUNDS, SECONDS)
    with BenchCampus.started(candidates=300) as campus:
        figures = {
            "saving": full_against_bare(campus, rounds=rounds, seconds=seconds),
            "steady": steady_rate(campus, seconds=5 if options.quick else 15),
            "connections": many_connections(campus, seconds=seconds),
            "starts": starts(campus),
            "growth": growth(
                campus, rows=100_000 if options.quick else 1_000_000, rounds=5 if options.quick else 15, saves=400
            ),
        }
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))
    return report(figures)


def report(figures: dict[str, dict]) -> int:
    """Print each promise with its figure; return 1 when one is not kept."""
    promises = [
        ("a full save reaches 0.5 of a bare insert", figures["saving"]["full_to_bare"] >= 0.5),
        ("batches of ten save 5 times the answers", figures["saving"]["batch_gain"] >= 5),
        ("500 saves a second: p99 under 100 ms", figures["steady"]["p99_ms"] < 100 and not figures["steady"]["errors"]),
        ("256 connections: no error", not figures["connections"]["errors"] and not figures["saving"]["errors"]),
        (
            "250 starts in a second: no error, p95 under 1.5 s",
            not figures["starts"]["errors"] and figures["starts"]["p95_ms"] < 1500,
        ),
        ("a hundred times the answers: at least 0.9 of the speed", figures["growth"]["ratio_low"] >= 0.9),
        (
            "… by the same plan, two buffers more at most",
            figures["growth"]["same_plan"] and figures["growth"]["buffers"][1] - figures["growth"]["buffers"][0] <= 2,
        ),
    ]
    for words, is_kept in promises:
        print(f"{'kept  ' if is_kept else 'BROKEN'}  {words}")
    return 0 if all(is_kept for _words, is_kept in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
