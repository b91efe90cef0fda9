"""The bank in the support console."""

import pytest
from django.urls import reverse

from apps.core.models import AuditEntry
from apps.questionbank.models import Enrolment, QuestionEntry
from tests.factories.accounts import MembershipFactory
from tests.factories.questionbank import EnrolmentFactory, ImportJobFactory, QuestionEntryFactory, TopicFactory

pytestmark = pytest.mark.django_db
MODELS = ("faculty", "department", "course", "questionentry", "importjob")


@pytest.fixture
def console(page, admin, organization):
    """The browser of a platform administrator who acts in the organisation."""
    MembershipFactory(user=admin, organization=organization, role="org_admin")
    return page(admin)


@pytest.fixture
def entry(topic, teacher):
    return QuestionEntryFactory(topic=topic, owner=teacher, words="(on primes)")


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_rows_can_be_looked_at_and_not_typed_over(console, entry, model):
    ImportJobFactory(topic=entry.topic)
    EnrolmentFactory(course=entry.topic.course)
    listed = console.get(reverse(f"admin:questionbank_{model}_changelist"))
    row = listed.context["cl"].result_list[0]

    shown = console.get(reverse(f"admin:questionbank_{model}_change", args=[row.pk]))
    changed = console.post(reverse(f"admin:questionbank_{model}_change", args=[row.pk]), {})

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert changed.status_code == 403
    assert console.get(reverse(f"admin:questionbank_{model}_add")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_with_more_rows(console, entry, flat, model):
    def more():
        topic = TopicFactory(course__department__faculty__university=entry.topic.course.department.faculty.university)
        QuestionEntryFactory(topic=topic)
        ImportJobFactory(topic=topic)

    more()
    flat(lambda: console.get(reverse(f"admin:questionbank_{model}_changelist")), more)


def test_questions_are_found_by_their_words(console, entry):
    QuestionEntryFactory(topic=entry.topic, words="(on squares)")

    found = console.get(reverse("admin:questionbank_questionentry_changelist"), {"q": "primes"})

    assert list(found.context["cl"].result_list) == [entry]


def test_hiding_chosen_questions_tells_what_was_done_and_what_was_not(console, entry):
    foreign = QuestionEntryFactory(words="(elsewhere)")

    answer = console.post(
        reverse("admin:questionbank_questionentry_changelist"),
        {"action": "hide", "_selected_action": [entry.pk, foreign.pk]},
        follow=True,
    )

    told = sorted(str(message) for message in answer.context["messages"])
    assert told == [
        "1 question hidden.",
        "Which of these is a prime number? (elsewhere): Only its author and the teachers of its course can hide this "
        "question.",
    ]
    assert dict(QuestionEntry.objects.values_list("pk", "status")) == {entry.pk: "hidden", foreign.pk: "approved"}


def test_a_member_is_put_into_a_course(console, entry, student):
    course = entry.topic.course
    response = console.post(
        reverse("admin:questionbank_enrolment_add"), {"course": course.pk, "user": student.pk, "role": "student"}
    )

    assert response.status_code == 302
    enrolment = Enrolment.objects.get(course=course, user=student)
    assert (enrolment.role, enrolment.organization_id) == ("student", course.organization_id)
    assert AuditEntry.objects.filter(action="course.enrolled").count() == 1


def test_a_stranger_to_the_organisation_is_not_put_into_its_course(console, entry, foreign_teacher):
    response = console.post(
        reverse("admin:questionbank_enrolment_add"),
        {"course": entry.topic.course.pk, "user": foreign_teacher.pk, "role": "student"},
        follow=True,
    )

    assert "This person is not a member of the organisation." in response.content.decode()
    assert not Enrolment.objects.filter(user=foreign_teacher).exists()


def test_an_enrolment_is_not_typed_over_or_deleted(console, entry):
    enrolment = EnrolmentFactory(course=entry.topic.course)

    changed = console.post(reverse("admin:questionbank_enrolment_change", args=[enrolment.pk]), {"role": "teacher"})
    deleted = console.post(reverse("admin:questionbank_enrolment_delete", args=[enrolment.pk]), {"post": "yes"})

    assert (changed.status_code, deleted.status_code) == (403, 403)
    enrolment.refresh_from_db()
    assert enrolment.role == "student"
