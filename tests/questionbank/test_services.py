"""What people do with the bank."""

from datetime import timedelta

import pytest

from apps.questionbank import services
from apps.questionbank.events import QuestionCreated
from apps.questionbank.models import QuestionEntry
from tests.factories.questionbank import (
    SAMPLES,
    WRITTEN,
    CourseFactory,
    TopicFactory,
    draft,
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
