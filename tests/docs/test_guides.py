"""What the guides tell people to type works, and what they say of the answers is what comes."""

import json
import re
import threading
import tomllib

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command, get_commands
from django.db import connection
from django.urls import Resolver404, resolve

from apps.accounts.demo_accounts import DEMO_PASSWORD, sign_ins
from apps.accounts.models import Membership
from apps.core import idempotency
from apps.core import worker as jobs_worker
from apps.core.http import pagination
from apps.core.management.commands import reference
from apps.exams import answering, authoring
from config.settings import base
from tests.docs import markdown
from tests.docs.walking import walk
from tests.factories.accounts import MembershipFactory, OrganizationFactory, UniversityFactory, UserFactory
from tests.factories.questionbank import (
    SAMPLES,
    CourseFactory,
    DepartmentFactory,
    EnrolmentFactory,
    FacultyFactory,
    QuestionEntryFactory,
    TopicFactory,
)

GUIDES = markdown.ROOT / "docs" / "guide"
UUID = "00000000-0000-7000-8000-000000000000"
BEYOND_DJANGO = {"/ws"}  # answered by the live process


@pytest.fixture
def campus(transactional_db):
    """A school with the people of the demonstration that the guides sign in as, and a course with approved questions."""
    organization = OrganizationFactory(name="Orchard", slug="orchard")
    roles = Membership.Role
    people = {}
    for name, role in (("student", roles.STUDENT), ("teacher", roles.TEACHER), ("admin", roles.ORG_ADMIN)):
        user = UserFactory(email=f"{name}@demo.lectern.test", password=make_password(DEMO_PASSWORD))
        people[name] = MembershipFactory(user=user, organization=organization, role=role).user
    faculty = FacultyFactory(university=UniversityFactory(organization=organization))
    course = CourseFactory(department=DepartmentFactory(faculty=faculty))
    for name in ("student", "teacher"):
        EnrolmentFactory(course=course, user=people[name], role=name)
    topic = TopicFactory(course=course)
    for type_code in SAMPLES:
        QuestionEntryFactory(topic=topic, owner=people["teacher"], type=type_code)
    return people


@pytest.fixture
def worker(transactional_db):
    """A worker in a thread: what is asked for as a job is done soon after."""
    is_over = threading.Event()

    def work():
        try:
            while not is_over.wait(0.1):
                jobs_worker.work(within_seconds=5)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    is_over.set()
    thread.join()


@pytest.mark.slow
def test_api_guide_works_as_written(campus, live_server, tmp_path):
    answers = walk(GUIDES / "api.md", server=live_server.url, directory=tmp_path)

    one, _refused, listed = documented_answers()
    assert [answer.status for answer in answers] == [200, 200, 200, 200, 201, 200, 200, 200, 200, 200]
    assert {tuple(answer.body) for answer in answers} <= {tuple(one), tuple(listed)}
    summary = answers[7].body["data"]
    assert [question["selected_answer"] for question in summary["questions"] if question["selected_answer"]] != []
    assert answers[6].body["data"]["receipt"] == answers[8].body["data"]
    assert [session["id"] for session in answers[9].body["data"]] == [summary["id"]]


@pytest.mark.slow
def test_teaching_guide_works_as_written(campus, worker, live_server, tmp_path):
    answers = walk(GUIDES / "teaching.md", server=live_server.url, directory=tmp_path)

    confirmed, published = (answer.body["data"] for answer in (answers[-4], answers[-1]))
    assert {answer.status for answer in answers} == {200, 201}
    assert (confirmed["status"], confirmed["total_rows"], confirmed["success_count"]) == ("completed", 6, 6)
    assert (published["status"], published["rules"]["attempts_allowed"], published["draft"]) == ("open", 2, None)


def test_teaching_guide_names_every_rule_of_an_exam():
    rows = markdown.table(GUIDES / "teaching.md", under="## An exam")

    assert [name for row in rows for name in re.findall(r"`(\w+)`", row[0])] == list(authoring.RULES)


def test_refusals_and_lists_look_as_the_api_guide_shows_them(api, student):
    _one, refused, listed = documented_answers()

    refusal = api(student).post("/api/v1/exams/start", {"count": 0}, content_type="application/json").json()
    found = api(student).get("/api/v1/courses").json()

    assert (refusal.keys(), refusal["details"].keys()) == (refused.keys(), refused["details"].keys())
    assert (refusal["details"]["code"], [*refusal["details"]["fields"]]) == ("invalid", ["count"])
    assert {name: found[name].keys() for name in ("pagination", "meta")} == {
        name: listed[name].keys() for name in ("pagination", "meta")
    }
    assert found.keys() == listed.keys()


def documented_answers():
    """Return the three JSON blocks at the end of the API guide: a success, a refusal, a list."""
    return [json.loads(block.text) for block in markdown.blocks(GUIDES / "api.md", "json")]


def test_api_guide_names_every_type_of_question():
    rows = markdown.table(GUIDES / "api.md", under="## Answer")

    assert [row[0].strip("`") for row in rows] == [*SAMPLES, "any"]


@pytest.mark.parametrize(
    ("sentence", "figure"),
    [
        (r"An access token lives (\d+) minutes", base.ACCESS_TOKEN_MINUTES),
        (r"Up to (\d+) answers go as", answering.BATCH_LIMIT),
        (r"`limit` \(at most (\d+)\)", pagination.MAX_LIMIT),
        (r"kept for (\d+) hours", idempotency.KEPT.total_seconds() / 3600),
        (r"A free account has (\d+) calls a day", base.RATE_TIERS["free"]),
    ],
)
def test_figures_in_the_api_guide_are_those_of_the_code(sentence, figure):
    said = re.search(sentence, (GUIDES / "api.md").read_text())

    assert said, f"the guide no longer says {sentence!r}"
    assert int(said[1]) == figure


def test_readme_names_the_sign_ins_of_the_demonstration():
    rows = markdown.table(markdown.ROOT / "README.md", under="# Lectern")

    assert [(row[1].strip("`"), row[2].strip("`")) for row in rows] == [
        (account["email"], account["password"]) for account in sign_ins()
    ]


def is_served(path):
    """Whether a path is routed, or begins the path of something that is."""
    try:
        resolve(re.sub(r"\{\w+\}", UUID, path))
    except Resolver404:
        return any(f"/{route}".startswith(f"{path}/") for route, _view in reference.routed())
    return True


# --- What pages name exists -------------------------------------------------------------------------------------------
def commands(pattern):
    """Return (page, word) for what a pattern finds in the code of all pages."""
    found = set()
    for page in markdown.PAGES:
        blocks = [block.text for block in markdown.blocks(page) if block.language == "sh"]
        code = "\n".join([*blocks, *markdown.spans(page)])
        found |= {(markdown.name(page), word) for word in re.findall(pattern, code)}
    return sorted(found)


def test_make_targets_exist():
    makefile = (markdown.ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))

    named = commands(r"\bmake ([a-z][a-z-]*)")

    assert len(named) > 5
    assert [(page, word) for page, word in named if word not in targets] == []


def test_management_commands_exist():
    named = commands(r"\bmanage\.py ([a-z_]+)")

    assert len(named) > 3
    assert [(page, word) for page, word in named if word not in get_commands()] == []


def test_commands_of_operators_run(db, capsys):
    lines = [line for block in markdown.blocks(GUIDES / "operating.md", "sh") for line in block.text.splitlines()]
    for line in lines:
        prefix, _manage, command = line.partition("manage.py ")
        assert prefix == ".venv/bin/python "
        call_command(*command.split())

    written = capsys.readouterr().out
    assert len(lines) == 4
    assert "core.sweep_jobs" in written
    assert "0 handed on, 0 refused again." in written
    assert "seals everything with the key test" in written


def test_commands_that_run_tests_name_what_there_is():
    code = "\n".join(block.text for block in markdown.blocks(GUIDES / "developing.md", "sh"))
    folders = re.findall(r"-m pytest (tests/[\w/]+)", code)
    marks = {word for marks in re.findall(r'-m "([^"]+)"', code) for word in marks.split()} - {"not", "and", "or"}
    configured = tomllib.loads((markdown.ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"][
        "markers"
    ]

    assert [folder for folder in folders if not (markdown.ROOT / folder).is_dir()] == []
    assert marks <= {marker.partition(":")[0] for marker in configured}
    assert folders
    assert marks


def test_paths_of_the_site_are_served():
    lost = []
    for page in markdown.PAGES:
        for span in markdown.spans(page):
            match = re.fullmatch(r"(?:(?:GET|POST|PUT|PATCH|DELETE) )?(/[\w/{}.-]*)", span, re.ASCII)
            if match and match[1] not in BEYOND_DJANGO and not is_served(match[1]):
                lost.append((markdown.name(page), span))

    assert lost == []
