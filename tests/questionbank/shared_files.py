"""Question files that lie beside the project on some machines, never in it; tests that need them say so and skip."""

import csv
import json
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "questions"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not on this machine")

FORMATS = {"gift": "gift", "csv": "csv", "xlsx": "xlsx", "moodle-xml": "moodle_xml"}
# How expected.tsv names the types. "multichoice" says nothing of one or several right answers: both count.
TYPES = {
    "multichoice": "choice",
    "multichoice-single": "single_choice",
    "multichoice-multiple": "multiple_choice",
    "truefalse": "true_false",
    "shortanswer": "short_answer",
    "numerical": "numerical",
    "matching": "matching",
}


def expected():
    """Return the rows of expected.tsv for the formats that can be imported; none where the files are not."""
    if not SHARED.is_dir():
        return []
    with (SHARED / "expected.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["format"] in FORMATS]
    return [{**row, "types": json.loads(row["types"])} for row in rows]


def truths():
    """Return (file, its truth file) for every file whose exact texts are known."""
    found = []
    for truth in sorted(SHARED.glob("made/*/*.truth.json")):
        stem = truth.name.removesuffix(".truth.json")
        found += [
            (file, truth)
            for file in sorted(truth.parent.glob(f"{stem}.*"))
            if file.suffix in (".csv", ".gift", ".xlsx") or file.name.endswith(".moodle.xml")
        ]
    semicolon = SHARED / "made/encodings/fr-semicolon.csv"
    return [*found, (semicolon, SHARED / "made/encodings/fr-utf8-bom.truth.json")] if found else []


def name_of(path):
    """Return a path as it is named in expected.tsv."""
    return str(path.relative_to(SHARED))
