"""Who may do what with the bank, over the whole cast."""

import pytest

from apps.accounts.models import User
from apps.questionbank import permissions
from apps.questionbank.models import Course, Enrolment, ImportJob, Media, QuestionEntry, QuestionVersion, Topic
from tests.factories.accounts import MembershipFactory
from tests.factories.questionbank import (
    WRITTEN,
    EnrolmentFactory,
    ImportJobFactory,
    MediaFactory,
    QuestionEntryFactory,
    StoredFileFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(topic, org_admin):
    return QuestionEntryFactory(topic=topic, owner=org_admin)


def allowed(people, predicate):
    """Return the names of those for whom the predicate holds; nobody anonymous gets as far as being asked."""
    return {name for name, person in people if isinstance(person, User) and predicate(person)}


def test_deeds(people, course, entry):
    EnrolmentFactory(course=course, user=people.student, role=Enrolment.Role.TEACHER)  # an assistant who is no staff
    organization = course.organization_id

    assert allowed(people, lambda actor: permissions.can_manage_structure(actor, organization)) == {"org_admin"}
    assert allowed(people, lambda actor: permissions.can_create_course(actor, organization)) == {"teacher", "org_admin"}
    assert allowed(people, lambda actor: permissions.can_change_course(actor, course)) == {"teacher", "org_admin"}
    assert allowed(people, lambda actor: permissions.can_write_question(actor, course)) == {"teacher", "org_admin"}
    assert allowed(people, lambda actor: permissions.can_publish_question(actor, course)) == {"teacher", "org_admin"}
    assert allowed(people, lambda actor: permissions.can_change_question(actor, entry)) == {"teacher", "org_admin"}
    assert allowed(people, lambda actor: permissions.can_see_keys(actor, organization)) == {"teacher", "org_admin"}
    assert allowed(people, lambda actor: permissions.can_import_questions(actor, course)) == {"teacher", "org_admin"}


def test_a_teacher_of_other_courses_writes_but_does_not_publish(people, course, entry):
    Enrolment.objects.filter(user=people.teacher).delete()

    assert permissions.can_write_question(people.teacher, course)
    assert permissions.can_import_questions(people.teacher, course)
    assert not permissions.can_publish_question(people.teacher, course)
    assert not permissions.can_change_course(people.teacher, course)
    assert not permissions.can_change_question(people.teacher, entry)


def test_authors_change_their_own_questions(people, entry):
    Enrolment.objects.all().delete()
    QuestionEntry.objects.update(owner=people.teacher)

    assert permissions.can_change_question(people.teacher, QuestionEntry.objects.get())


def test_nobody_writes_for_an_archived_course(people, course, entry):
    course.archived_at, course.archived_by = WRITTEN, people.teacher
    course.save()
    entry.refresh_from_db()

    assert allowed(people, lambda actor: permissions.can_write_question(actor, course)) == set()
    assert allowed(people, lambda actor: permissions.can_publish_question(actor, course)) == set()
    assert allowed(people, lambda actor: permissions.can_change_question(actor, entry)) == set()


def test_a_platform_administrator_is_staff_of_the_organisation_they_act_in(admin, organization, course, entry):
    MembershipFactory(user=admin, organization=organization, role="student")

    assert permissions.can_manage_structure(admin, organization.pk)
    assert permissions.can_change_question(admin, entry)
    assert permissions.can_see_keys(admin, organization.pk)


def test_a_suspended_person_does_nothing(teacher, course):
    teacher.is_active = False

    assert not permissions.can_write_question(teacher, course)
    assert not permissions.can_see_keys(teacher, course.organization_id)


def test_rows_are_seen_by_the_members_of_their_organisation(people, topic, entry):
    MediaFactory(file=StoredFileFactory(organization=topic.organization))
    members = {"student", "classmate", "teacher", "parent", "org_admin"}

    for model in (Course, Topic, Enrolment, QuestionEntry, QuestionVersion, Media):
        assert allowed(people, lambda actor, model=model: model.objects.visible_to(actor).exists()) == members


def test_imports_are_seen_by_staff(people, topic):
    ImportJobFactory(topic=topic)

    assert allowed(people, lambda actor: ImportJob.objects.visible_to(actor).exists()) == {"teacher", "org_admin"}
