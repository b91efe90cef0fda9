"""What people do with the bank."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from apps.accounts.models import Membership
from apps.core.errors import BadInput, Conflict, NotAllowed, WrongState
from apps.core.models import AuditEntry
from apps.questionbank import services
from apps.questionbank.events import QuestionCreated, QuestionHidden, QuestionRevised
from apps.questionbank.models import QuestionEntry, QuestionVersion
from tests.factories.questionbank import (
    SAMPLES,
    SHA256,
    WRITTEN,
    CourseFactory,
    MediaFactory,
    QuestionEntryFactory,
    StoredFileFactory,
    TopicFactory,
    draft,
    member,
    teacher_of,
)

pytestmark = pytest.mark.django_db
LATER = WRITTEN + timedelta(days=1)


@pytest.mark.parametrize("type_code", SAMPLES)
def test_create_question_of_every_type_by_a_course_teacher_is_approved(type_code, published):
    topic = TopicFactory()
    teacher = teacher_of(topic.course)

    with published() as facts:
        entry = services.create_question(
            actor=teacher, topic=topic, draft=draft(type_code), now=WRITTEN, difficulty="hard", idnumber=" Q-1 "
        )

    entry.refresh_from_db()
    assert (entry.type, entry.status, entry.difficulty, entry.idnumber) == (type_code, "approved", "hard", "Q-1")
    assert (entry.latest.number, entry.latest.type, entry.latest.created_by) == (1, type_code, teacher)
    assert facts == [
        QuestionCreated(
            organization_id=topic.organization_id,
            question_id=entry.pk,
            version_id=entry.latest_id,
            topic_id=topic.pk,
            status="approved",
            occurred_at=WRITTEN,
        )
    ]


def test_create_question_by_a_teacher_of_other_courses_waits_for_moderation():
    topic = TopicFactory()
    teacher = teacher_of(CourseFactory(department=topic.course.department))

    entry = services.create_question(actor=teacher, topic=topic, draft=draft(), now=WRITTEN)

    assert entry.status == "pending"
    assert list(QuestionEntry.objects.drawable()) == []


@pytest.mark.parametrize("role", [Membership.Role.STUDENT, Membership.Role.PARENT])
def test_create_question_refuses_those_who_are_not_staff(role, published):
    topic = TopicFactory()

    with published() as facts, pytest.raises(NotAllowed):
        services.create_question(actor=member(topic.organization, role), topic=topic, draft=draft(), now=WRITTEN)

    assert (facts, list(QuestionEntry.objects.all())) == ([], [])


def test_create_question_refuses_staff_of_another_organisation():
    topic = TopicFactory()

    with pytest.raises(NotAllowed):
        services.create_question(actor=teacher_of(CourseFactory()), topic=topic, draft=draft(), now=WRITTEN)


def test_create_question_refuses_an_archived_course():
    topic = TopicFactory()
    teacher = teacher_of(topic.course)
    services.archive_course(actor=teacher, course=topic.course, now=WRITTEN)
    topic.course.refresh_from_db()

    with pytest.raises(NotAllowed):
        services.create_question(actor=teacher, topic=topic, draft=draft(), now=LATER)


def test_create_question_names_the_field_that_breaks_a_rule():
    topic = TopicFactory()
    broken = draft(key={"fractions": {"a9": "1"}})

    with pytest.raises(BadInput) as refusal:
        services.create_question(actor=teacher_of(topic.course), topic=topic, draft=broken, now=WRITTEN)

    assert list(refusal.value.fields) == ["key.fractions.a9"]
    assert not QuestionEntry.objects.exists()


def test_create_question_refuses_an_own_number_that_is_taken():
    topic = TopicFactory()
    QuestionEntryFactory(topic=topic, idnumber="Q-7")

    with pytest.raises(BadInput) as refusal:
        services.create_question(
            actor=teacher_of(topic.course), topic=topic, draft=draft(), now=WRITTEN, idnumber="Q-7"
        )

    assert list(refusal.value.fields) == ["idnumber"]


def test_create_question_sanitises_every_rich_text():
    topic = TopicFactory()
    written = draft(
        content={
            "stem_html": "<b onclick='x()'>Which</b><script>x()</script>",
            "options": [{"id": "a1", "html": "<img src=x onerror=y()>2"}, {"id": "a2", "html": "3"}],
        },
        key={"fractions": {"a1": "1"}, "feedback": {"a1": "<a href='javascript:x()'>well</a>"}},
        explanation_html="<iframe src='//x'></iframe>because",
    )

    entry = services.create_question(actor=teacher_of(topic.course), topic=topic, draft=written, now=WRITTEN)

    assert entry.latest.content == {
        "stem_html": "<b>Which</b>",
        "options": [{"id": "a1", "html": "2"}, {"id": "a2", "html": "3"}],
    }
    assert entry.latest.key["feedback"] == {"a1": '<a rel="noopener noreferrer">well</a>'}
    assert (entry.latest.stem_text, entry.latest.explanation_html) == ("Which", "because")


def test_create_question_refuses_pictures_the_organisation_does_not_have():
    topic = TopicFactory()
    MediaFactory(file=StoredFileFactory(organization=CourseFactory().organization, sha256=SHA256))
    shown = draft(explanation_html=f'<img src="media:{SHA256}" alt="a cell">')

    with pytest.raises(BadInput) as refusal:
        services.create_question(actor=teacher_of(topic.course), topic=topic, draft=shown, now=WRITTEN)

    assert list(refusal.value.fields) == ["content"]
    assert SHA256 in str(refusal.value.fields)


def test_create_question_takes_pictures_the_organisation_has():
    topic = TopicFactory()
    MediaFactory(file=StoredFileFactory(organization=topic.organization, sha256=SHA256))
    shown = draft(explanation_html=f'<img src="media:{SHA256}" alt="a cell">')

    entry = services.create_question(actor=teacher_of(topic.course), topic=topic, draft=shown, now=WRITTEN)

    assert f"media:{SHA256}" in entry.latest.explanation_html


def test_revise_question_keeps_a_picture_that_was_lost_and_takes_no_new_one():
    entry = QuestionEntryFactory(words__explanation_html=f'<img src="media:{SHA256}" alt="a cell">')
    teacher = teacher_of(entry.topic.course)
    other = {"explanation_html": f'<img src="media:{"cd" * 32}" alt="a cell">'}

    services.revise_question(actor=teacher, entry=entry, changes={"title": "Primes"}, now=LATER)
    with pytest.raises(BadInput):
        services.revise_question(actor=teacher, entry=entry, changes=other, now=LATER)

    assert entry.versions.count() == 2


def test_revise_question_adds_a_version_and_leaves_the_old_one(published):
    entry = QuestionEntryFactory()
    teacher = teacher_of(entry.topic.course)
    first = entry.latest
    content = {**first.content, "stem_html": "Which of these is prime?"}

    with published() as facts:
        revised = services.revise_question(actor=teacher, entry=entry, changes={"content": content}, now=LATER)

    assert list(entry.versions.order_by("number").values_list("number", "stem_text", "created_by")) == [
        (1, first.stem_text, first.created_by_id),
        (2, "Which of these is prime?", teacher.pk),
    ]
    assert (revised.latest.number, revised.latest.key) == (2, first.key)
    assert facts == [
        QuestionRevised(
            organization_id=entry.organization_id,
            question_id=entry.pk,
            version_id=revised.latest_id,
            number=2,
            occurred_at=LATER,
        )
    ]


def test_revise_question_without_a_difference_writes_nothing(published):
    entry = QuestionEntryFactory()
    same = {"content": entry.latest.content, "key": entry.latest.key, "difficulty": entry.difficulty}

    with published() as facts:
        services.revise_question(actor=teacher_of(entry.topic.course), entry=entry, changes=same, now=LATER)

    assert (facts, entry.versions.count()) == ([], 1)


def test_revise_question_moves_it_without_a_version():
    entry = QuestionEntryFactory()
    target = TopicFactory(course=entry.topic.course)

    services.revise_question(
        actor=teacher_of(entry.topic.course), entry=entry, changes={"topic": target, "difficulty": "hard"}, now=LATER
    )

    entry.refresh_from_db()
    assert (entry.topic, entry.difficulty, entry.versions.count()) == (target, "hard", 1)


def test_revise_question_does_not_move_it_to_another_organisation():
    entry = QuestionEntryFactory()

    with pytest.raises(BadInput) as refusal:
        services.revise_question(
            actor=teacher_of(entry.topic.course), entry=entry, changes={"topic": TopicFactory()}, now=LATER
        )

    assert list(refusal.value.fields) == ["topic"]


def test_revise_question_of_a_version_no_longer_the_newest_is_a_conflict(published):
    entry = QuestionEntryFactory()
    teacher = teacher_of(entry.topic.course)
    services.revise_question(actor=teacher, entry=entry, changes={"title": "Primes"}, now=LATER, expected_number=1)

    with published() as facts, pytest.raises(Conflict) as refusal:
        services.revise_question(actor=teacher, entry=entry, changes={"title": "Numbers"}, now=LATER, expected_number=1)

    assert refusal.value.details == {"version": 2}
    assert (facts, entry.versions.count()) == ([], 2)


def test_revise_question_by_its_author_who_cannot_publish_waits_again():
    entry = QuestionEntryFactory()
    author = member(entry.organization, Membership.Role.TEACHER)
    QuestionEntry.objects.update(owner=author)

    services.revise_question(actor=author, entry=entry, changes={"title": "Primes"}, now=LATER)

    entry.refresh_from_db()
    assert (entry.status, entry.latest.title) == ("pending", "Primes")


def test_revise_question_refuses_other_teachers():
    entry = QuestionEntryFactory()

    with pytest.raises(NotAllowed):
        services.revise_question(
            actor=member(entry.organization, Membership.Role.TEACHER),
            entry=entry,
            changes={"title": "Primes"},
            now=LATER,
        )

    assert entry.versions.count() == 1


def test_hide_question_is_done_once_and_keeps_the_versions(published):
    entry = QuestionEntryFactory()
    teacher = teacher_of(entry.topic.course)

    with published() as facts:
        services.hide_question(actor=teacher, entry=entry, now=WRITTEN)
        services.hide_question(actor=teacher, entry=entry, now=LATER)

    entry.refresh_from_db()
    assert (entry.status, entry.versions.count()) == ("hidden", 1)
    assert facts == [QuestionHidden(organization_id=entry.organization_id, question_id=entry.pk, occurred_at=WRITTEN)]


def test_hide_question_refuses_other_teachers():
    entry = QuestionEntryFactory()

    with pytest.raises(NotAllowed):
        services.hide_question(actor=member(entry.organization, Membership.Role.TEACHER), entry=entry, now=WRITTEN)


def test_revise_question_refuses_a_hidden_one():
    entry = QuestionEntryFactory(status="hidden")

    with pytest.raises(WrongState) as refusal:
        services.revise_question(
            actor=teacher_of(entry.topic.course), entry=entry, changes={"title": "Primes"}, now=LATER
        )

    assert refusal.value.error_code == "question_hidden"


def test_a_version_never_changes():
    version = QuestionEntryFactory().latest

    with pytest.raises(ProgrammingError, match="never change"), transaction.atomic():
        QuestionVersion.objects.filter(pk=version.pk).update(key={"fractions": {"a1": "1"}})

    version.refresh_from_db()
    assert version.key["fractions"] == {"a2": "1"}


@pytest.mark.parametrize(
    "misplace",
    [
        lambda entry: QuestionEntry.objects.filter(pk=entry.pk).update(topic=TopicFactory()),
        lambda entry: QuestionEntry.objects.filter(pk=entry.pk).update(latest=QuestionEntryFactory().latest),
    ],
)
def test_the_database_refuses_a_row_in_two_organisations_and_another_questions_version(misplace):
    entry = QuestionEntryFactory()

    with transaction.atomic(), connection.cursor() as cursor:
        misplace(entry)
        with pytest.raises(IntegrityError):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_enrol_puts_a_member_into_a_course_and_changes_the_role():
    course = CourseFactory()
    teacher, newcomer = teacher_of(course), member(course.organization)

    services.enrol(actor=teacher, course=course, user=newcomer, role="student", now=WRITTEN)
    services.enrol(actor=teacher, course=course, user=newcomer, role="teacher", now=LATER)

    assert list(course.enrolments.filter(user=newcomer).values_list("role", "created_at")) == [("teacher", WRITTEN)]


def test_enrol_refuses_strangers_and_those_who_do_not_teach_the_course():
    course = CourseFactory()
    stranger = member(CourseFactory().organization)

    with pytest.raises(BadInput):
        services.enrol(actor=teacher_of(course), course=course, user=stranger, role="student", now=WRITTEN)
    with pytest.raises(NotAllowed):
        services.enrol(
            actor=member(course.organization, Membership.Role.TEACHER),
            course=course,
            user=member(course.organization),
            role="student",
            now=WRITTEN,
        )

    assert course.enrolments.count() == 1


def test_archived_courses_refuse_changes_and_topics():
    topic = TopicFactory()
    teacher = teacher_of(topic.course)
    services.archive_course(actor=teacher, course=topic.course, now=WRITTEN)

    for refused in (
        lambda: services.change_course(actor=teacher, course=topic.course, changes={"title": "x"}),
        lambda: services.create_topic(actor=teacher, course=topic.course, name="x"),
        lambda: services.change_topic(actor=teacher, topic=topic, changes={"name": "x"}),
    ):
        with pytest.raises(WrongState) as refusal:
            refused()
        assert refusal.value.error_code == "course_archived"


def test_deeds_leave_audit_rows():
    topic = TopicFactory()
    teacher = teacher_of(topic.course)

    entry = services.create_question(actor=teacher, topic=topic, draft=draft(), now=WRITTEN)
    services.revise_question(actor=teacher, entry=entry, changes={"title": "Primes"}, now=LATER)
    services.hide_question(actor=teacher, entry=entry, now=LATER)

    assert list(AuditEntry.objects.order_by("pk").values_list("action", "actor_id", "organization_id", "details")) == [
        ("question.created", teacher.pk, topic.organization_id, {}),
        ("question.changed", teacher.pk, topic.organization_id, {"fields": ["latest", "status"], "version": 2}),
        ("question.hidden", teacher.pk, topic.organization_id, {}),
    ]


def stands(entry):
    """What a question is, but for its identity."""
    entry.refresh_from_db()
    version = entry.latest
    fields = (
        "organization_id number type title stem_text content key explanation_html content_hash created_by created_at"
    )
    return {
        **{name: getattr(entry, name) for name in ("topic", "owner", "type", "difficulty", "status", "created_at")},
        "version": {name: getattr(version, name) for name in fields.split()},
    }


def test_add_questions_makes_of_each_what_create_question_makes(published):
    topic = TopicFactory()
    teacher = teacher_of(topic.course)
    drafts = [draft(type_code) for type_code in SAMPLES]
    with published() as single_facts:
        single = [
            services.create_question(actor=teacher, topic=topic, draft=one, now=WRITTEN, difficulty="easy")
            for one in drafts
        ]

    with published() as facts:
        added = services.add_questions(
            actor=teacher,
            topic=topic,
            questions=[services.NewQuestion(draft=one, difficulty="easy", idnumber="") for one in drafts],
            now=WRITTEN,
        )

    assert [stands(entry) for entry in added] == [stands(entry) for entry in single]
    assert [(type(fact), fact.question_id, fact.version_id) for fact in facts] == [
        (QuestionCreated, entry.pk, entry.latest_id) for entry in added
    ]
    assert [(fact.topic_id, fact.status, fact.occurred_at) for fact in facts] == [
        (fact.topic_id, fact.status, fact.occurred_at) for fact in single_facts
    ]
    assert sorted(AuditEntry.objects.filter(action="question.created").values_list("subject_id", flat=True)) == sorted(
        str(entry.public_id) for entry in (*single, *added)
    )


@pytest.mark.parametrize("count", [1, 30])
def test_add_questions_costs_the_same_for_any_number(count, django_assert_num_queries):
    topic = TopicFactory()
    teacher = teacher_of(topic.course)
    teacher.acting_membership()
    questions = [services.NewQuestion(draft=draft(words=str(number))) for number in range(count)]

    with django_assert_num_queries(10):
        services.add_questions(actor=teacher, topic=topic, questions=questions, now=WRITTEN)


@pytest.mark.parametrize(
    ("questions", "refusal"),
    [
        (
            [services.NewQuestion(draft=draft()), services.NewQuestion(draft=draft("numerical", key={"answers": []}))],
            "key",
        ),
        (
            [
                services.NewQuestion(draft=draft(), idnumber="A"),
                services.NewQuestion(draft=draft(words="again"), idnumber="A"),
            ],
            "idnumber",
        ),
    ],
    ids=["one that is not valid", "two of one number"],
)
def test_add_questions_adds_all_or_none(questions, refusal):
    topic = TopicFactory()

    with pytest.raises(BadInput) as error:
        services.add_questions(actor=teacher_of(topic.course), topic=topic, questions=questions, now=WRITTEN)

    assert any(field.startswith(refusal) for field in error.value.fields)
    assert not QuestionEntry.objects.exists()
    assert not AuditEntry.objects.exists()


def test_add_questions_is_for_teachers():
    topic = TopicFactory()
    student = member(topic.course.organization, Membership.Role.STUDENT)

    with pytest.raises(NotAllowed):
        services.add_questions(actor=student, topic=topic, questions=[services.NewQuestion(draft=draft())], now=WRITTEN)

    assert not QuestionEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestTogether:
    """Two authors who save the same version at the same moment."""

    def save_both(self, entry, teacher):
        """Revise version 1 in two threads at once; return what was refused."""
        barrier, refusals = threading.Barrier(2), []

        def save(title):
            try:
                barrier.wait(10)
                services.revise_question(
                    actor=teacher, entry=entry, changes={"title": title}, now=LATER, expected_number=1
                )
            except Exception as error:
                refusals.append(type(error))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=save, args=[title]) for title in ("One", "Two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return refusals

    def test_one_comes_in_and_the_other_is_told(self):
        entry = QuestionEntryFactory()

        refusals = self.save_both(entry, teacher_of(entry.topic.course))

        assert (refusals, entry.versions.count()) == ([Conflict], 2)

    def test_twin_without_the_lock_both_take_version_one_for_the_newest(self, monkeypatch):
        entry = QuestionEntryFactory()
        both_have_read = threading.Barrier(2)

        def read_without_lock(given):
            found = QuestionEntry.objects.select_related("latest", "topic__course").get(pk=given.pk)
            both_have_read.wait(10)
            return found

        monkeypatch.setattr(services, "lock_question", read_without_lock)

        refusals = self.save_both(entry, teacher_of(entry.topic.course))

        assert (refusals, entry.versions.count()) == ([IntegrityError], 2)  # the constraint has the last word
