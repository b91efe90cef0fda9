"""The demonstration comes whole or not at all, once, and goes without a trace; nobody else's rows are touched."""

import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from apps.accounts import demo_accounts
from apps.accounts import services as accounts
from apps.accounts.models import DeviceSession, Membership, Organization, User
from apps.core import audit
from apps.core.models import AuditEntry, FileShare, Job, OutboxFact, StoredFile
from apps.exams import queries, services
from apps.exams.demo import history, loading, people, removing
from apps.exams.models import Answer, Exam, ExamSession, ExamType, Grade, SessionItem
from apps.questionbank import permissions as bank_permissions
from apps.questionbank import types
from apps.questionbank.models import Course, Enrolment, Faculty, Media, QuestionEntry, QuestionVersion, Topic
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.exams import make_exam
from tests.factories.questionbank import CourseFactory, QuestionEntryFactory, TopicFactory

NOW = datetime(2026, 5, 20, 13, 37, 11, tzinfo=UTC)
LITTLE = loading.Extent(students=4, topics=1)

pytestmark = pytest.mark.slow  # even a small school has 120 questions


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """Keep what is stored in a directory of the test."""
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": str(tmp_path / "files"), "base_url": None}}
    settings.STORAGES = storages
    return tmp_path / "files"


def quiet(_line):
    pass


def load(extent=LITTLE, now=NOW):
    return loading.load(now=now, say=quiet, extent=extent)


def remove(callbacks):
    with callbacks(execute=True):
        return removing.remove()


def person(name):
    return User.objects.get(email=f"{name}@{demo_accounts.DEMO_DOMAIN}")


def contents():
    """Return for every table of the database how many rows it has and a digest of all of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row::text FROM "{table}" AS row ORDER BY row::text')
            rows = [row for (row,) in cursor.fetchall()]
            found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
        return found


def stored(files):
    return sorted(path.name for path in files.rglob("*") if path.is_file())


@pytest.fixture
def other_school(teacher, student):
    """Another organisation's bank, exam and finished sitting."""
    course = CourseFactory(department__faculty__university__organization=teacher.acting_membership().organization)
    entries = [QuestionEntryFactory(topic=TopicFactory(course=course), owner=teacher) for _ in range(2)]
    exam = make_exam(teacher=teacher, entries=entries, duration_minutes=60)
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    session = services.start_session(actor=student, wanted=services.StartRequest(exam=exam), now=now)
    return services.submit_session(actor=student, session=session, now=now + timedelta(minutes=5))


# --- All of it --------------------------------------------------------------------------------------------------------
def test_the_whole_school_is_what_was_promised_and_leaves_nothing_behind(
    db, files, other_school, django_capture_on_commit_callbacks
):
    before, kept_files = contents(), stored(files)

    organization, is_new = loading.load(now=NOW, say=quiet)

    connection.check_constraints()
    assert is_new
    _check_people(organization)
    _check_bank(organization)
    _check_exams(organization)
    _check_history(organization)
    assert len(stored(files)) == len(kept_files) + 45

    removed = remove(django_capture_on_commit_callbacks)

    connection.check_constraints()
    assert removed.kept == ()
    assert contents() == before
    assert stored(files) == kept_files


def _check_people(organization):
    roles = Counter(Membership.objects.filter(organization=organization).values_list("role", flat=True))
    assert roles == {"student": 40, "teacher": 3, "parent": 1, "org_admin": 1}
    assert User.objects.filter(email__endswith=demo_accounts.DEMO_DOMAIN).count() == 46
    assert person("operator").platform_role == "operator"
    assert person("admin").platform_role == "admin"
    assert organization.name == "Orchard Demonstration University"
    assert organization.universities.count() == 1


def _check_bank(organization):
    mine = {"organization": organization}
    assert [model.objects.filter(**mine).count() for model in (Faculty, Course, Topic, QuestionEntry, QuestionVersion)] == [
        2, 6, 30, 600, 600,
    ]  # fmt: skip
    assert Media.objects.filter(**mine).count() == StoredFile.objects.filter(**mine).count() == 45
    assert set(QuestionEntry.objects.filter(**mine).values_list("type", flat=True)) == set(types.TYPES)
    assert QuestionEntry.objects.filter(**mine).drawable().count() == 600
    assert Topic.objects.filter(**mine).exclude(questions__isnull=False).count() == 0


def _check_exams(organization):
    statuses = Counter(
        exam.status_at(NOW) for exam in Exam.objects.filter(organization=organization).select_related("current")
    )
    assert statuses == {"closed": 3, "open": 1, "upcoming": 1}
    for exam in Exam.objects.filter(organization=organization).select_related("current"):
        shares = [
            float(session.score / session.max_score)
            for session in exam.sessions.filter(finished_at__isnull=False).order_by("pk")
        ]
        if exam.status_at(NOW) == "closed":
            assert len(shares) == exam.sessions.count() >= 20
            assert 0.45 < sum(shares) / len(shares) < 0.75
            assert max(shares) - min(shares) > 0.5
    running = ExamSession.objects.filter(organization=organization, finished_at=None)
    assert running.count() >= 6
    assert all(session.status_at(NOW) == "running" for session in running)
    assert all(Answer.objects.filter(item__session=session).exists() for session in running)


def _check_history(organization):
    sessions = ExamSession.objects.filter(organization=organization)
    practice = sessions.filter(exam_type=ExamType.PRACTICE)
    assert practice.count() == 236
    assert practice.values("user").distinct().count() == 40
    weeks = {(NOW - started_at).days // 7 for started_at in practice.values_list("started_at", flat=True)}
    assert weeks == {0, 1, 2, 3}
    finished = sessions.finished()
    assert (
        Grade.objects.filter(item__session__in=finished).count()
        == SessionItem.objects.filter(session__in=finished).count()
    )
    student = person("student")
    assert {session.exam_id for session in finished.filter(user=student)} >= set(
        Exam.objects.filter(organization=organization, current__closes_at__lt=NOW).values_list("pk", flat=True)
    )
    assert not sessions.unfinished().filter(user=student).exists()
    assert not sessions.filter(started_at__gt=NOW).exists()


# --- Parts of it ------------------------------------------------------------------------------------------------------
def test_loading_again_finds_it(db):
    organization, _is_new = load()
    before = contents()

    again = load(now=NOW + timedelta(days=3))

    assert again == (organization, False)
    assert contents() == before


def test_a_crash_half_way_leaves_nothing(db, other_school):
    before = contents()

    def say(line):
        if "questions" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.load(now=NOW, say=say, extent=LITTLE)

    assert contents() == before
    assert load()[1]


def test_production_refuses_it(db, settings):
    settings.ENVIRONMENT = "production"

    with pytest.raises(loading.DemoRefused, match="ENVIRONMENT is production"):
        load()
    with pytest.raises(CommandError, match="everybody knows its passwords"):
        call_command("load_demo")

    assert not Organization.objects.exists()


def test_everybody_signs_in_with_the_one_password(db):
    load()
    device = accounts.Device(kind=DeviceSession.Kind.PAGE)

    signed_in = {
        account["email"]: accounts.sign_in(
            email=account["email"], password=account["password"], device=device, now=NOW
        ).user.full_name
        for account in demo_accounts.sign_ins()
    }

    assert signed_in == {
        "student@demo.lectern.test": "Clara Mendes",
        "teacher@demo.lectern.test": "Helena Brandt",
        "parent@demo.lectern.test": "Rosa Mendes",
        "operator@demo.lectern.test": "Oskar Lindqvist",
        "admin@demo.lectern.test": "Adaeze Okafor",
    }


def test_who_may_do_what(db):
    organization, _is_new = load()
    student, teacher, admin = person("student"), person("teacher"), person("admin")
    course = Course.objects.get(organization=organization, code="MATH101")

    assert Course.objects.visible_to(student).taken_by(student).count() == 6
    assert bank_permissions.can_change_course(teacher, course)
    assert bank_permissions.can_manage_structure(admin, organization.pk)
    assert not bank_permissions.can_change_course(student, course)
    assert not Course.objects.visible_to(person("operator")).exists()


def test_the_student_can_begin_the_running_exam(db):
    load()
    student = person("student")
    exam = Exam.objects.get(title=history.RUNNING.title)

    session = services.start_session(actor=student, wanted=services.StartRequest(exam=exam), now=NOW)

    assert session.status_at(NOW) == "running"
    assert queries.item_count(session) == 4  # of each topic one easy, two medium, one hard; one topic is loaded


def test_ages_follow_from_now_alone(db):
    organization, _is_new = load()

    exams = Exam.objects.filter(organization=organization).select_related("current").order_by("pk")
    assert [(exam.current.opens_at - NOW).days for exam in exams] == [-21, -14, -6, -1, 2]
    assert all(exam.created_at < exam.current.published_at < exam.current.opens_at for exam in exams)
    assert all(exam.current.created_at == exam.created_at for exam in exams)
    assert not ExamSession.objects.filter(organization=organization, started_at__lt=NOW - timedelta(days=29)).exists()
    assert Enrolment.objects.filter(organization=organization, created_at__gt=F("course__created_at")).count() == 0


def test_the_same_school_comes_every_time(db, django_capture_on_commit_callbacks):
    def told():
        return list(
            ExamSession.objects.order_by("started_at", "user__email").values_list(
                "user__email", "title", "seed", "score", "started_at", "finished_at", "source"
            )
        )

    load()
    first = told()
    remove(django_capture_on_commit_callbacks)
    load()

    assert told() == first


def test_facts_come_in_the_order_of_their_times(db):
    load()

    times = list(
        OutboxFact.objects.filter(kind__startswith="exams.exam_session")
        .order_by("pk")
        .values_list("occurred_at", flat=True)
    )

    assert len(times) > 20
    assert times == sorted(times)


# --- Removing ---------------------------------------------------------------------------------------------------------
def test_what_people_did_in_it_goes_too(db, files, other_school, django_capture_on_commit_callbacks):
    before = contents()
    organization, _is_new = load()
    student, teacher = person("student"), person("teacher")
    accounts.sign_in(
        email=student.email,
        password=demo_accounts.DEMO_PASSWORD,
        device=accounts.Device(kind=DeviceSession.Kind.API),
        now=NOW,
    )
    session = services.start_session(
        actor=student,
        wanted=services.StartRequest(topic=Topic.objects.filter(organization=organization).first()),
        now=NOW,
    )
    services.submit_session(actor=student, session=session, now=NOW)
    FileShare.objects.create(file=StoredFile.objects.filter(organization=organization).first(), user=student)
    audit.record(
        actor=teacher, action="course.changed", subject=Course.objects.filter(organization=organization).first()
    )
    Job.objects.create(kind="tests.anything", requested_by=teacher, organization=organization)

    removed = remove(django_capture_on_commit_callbacks)

    connection.check_constraints()
    assert removed.kept == ()
    assert contents() == before
    assert stored(files) == []


def test_there_is_nothing_to_remove_twice(db, django_capture_on_commit_callbacks):
    load()
    remove(django_capture_on_commit_callbacks)

    assert remove(django_capture_on_commit_callbacks) is None


def test_members_with_addresses_of_their_own_keep_their_accounts(db, django_capture_on_commit_callbacks):
    organization, _is_new = load()
    guest = UserFactory(email="guest@lectern.test")
    MembershipFactory(user=guest, organization=organization, role=Membership.Role.TEACHER)

    remove(django_capture_on_commit_callbacks)

    guest.refresh_from_db()
    assert guest.is_active
    assert not guest.memberships.exists()
    assert not User.objects.filter(email__endswith=demo_accounts.DEMO_DOMAIN).exists()


def test_an_account_that_others_rows_name_stays_closed(db, other_school, django_capture_on_commit_callbacks):
    load()
    admin = person("admin")
    course = CourseFactory(archived_at=NOW, archived_by=admin)

    removed = remove(django_capture_on_commit_callbacks)

    admin.refresh_from_db()
    course.refresh_from_db()
    assert removed.kept == (admin.email,)
    assert (admin.is_active, admin.platform_role, admin.has_usable_password()) == (False, "", False)
    assert course.archived_by == admin
    assert list(User.objects.filter(email__endswith=demo_accounts.DEMO_DOMAIN)) == [admin]


def test_a_file_that_somebody_else_holds_too_stays_in_the_storage(
    db, files, other_school, django_capture_on_commit_callbacks
):
    organization, _is_new = load()
    shared = StoredFile.objects.filter(organization=organization).first()
    owner = other_school.user
    StoredFile.objects.create(
        organization_id=other_school.organization_id,
        owner=owner,
        **{
            name: getattr(shared, name)
            for name in ("sha256", "storage_name", "filename", "media_type", "kind", "size_bytes")
        },
    )

    remove(django_capture_on_commit_callbacks)

    assert stored(files) == [shared.storage_name.rpartition("/")[2]]


def test_removal_lets_go_of_no_other_organisations_records(db, other_school, django_capture_on_commit_callbacks):
    load()
    audit.record(actor=None, action="exam.seen", subject=other_school)
    kept = AuditEntry.objects.filter(organization_id=other_school.organization_id).count()

    remove(django_capture_on_commit_callbacks)

    assert AuditEntry.objects.filter(organization_id=other_school.organization_id).count() == kept > 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW lectern.removing_demo")
        assert cursor.fetchone() == ("off",)


# --- Commands ---------------------------------------------------------------------------------------------------------
def test_the_commands_say_what_they_did(db, capsys, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr(people, "STUDENTS", people.STUDENTS[:2])

    call_command("load_demo")
    loaded = capsys.readouterr().out
    call_command("load_demo")
    again = capsys.readouterr().out
    with django_capture_on_commit_callbacks(execute=True):
        call_command("remove_demo")
    call_command("remove_demo")
    removed = capsys.readouterr().out

    assert "600 questions in 6 courses" in loaded
    assert "student@demo.lectern.test" in loaded
    assert "orchard-lantern-42" in loaded
    assert "Orchard Demonstration University is here already." in again
    assert "Removed the demonstration school:" in removed
    assert removed.endswith("There is no demonstration school here.\n")


# --- Two at once ------------------------------------------------------------------------------------------------------
def _load_twice():
    """Load from two threads at the same moment; return what each got, an exception included."""
    together, got = Barrier(2), []

    def one():
        together.wait(timeout=10)
        try:
            got.append(load(loading.Extent(students=1, topics=1))[1])
        except Exception as error:
            got.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(got, key=str)


@pytest.mark.django_db(transaction=True)
def test_of_two_loadings_at_once_the_second_finds_what_the_first_made():
    assert _load_twice() == [False, True]


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_the_second_loading_breaks(monkeypatch):
    monkeypatch.setattr(loading, "take_turn", lambda: None)

    assert _load_twice() == ["IntegrityError", True]
