"""What the benchmark's platform holds. Imported once Django is set up."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from apps.accounts import tokens
from apps.accounts.models import DeviceSession, Membership, Organization, University, User
from apps.exams import authoring, services
from apps.exams.models import ExamSession
from apps.questionbank import types
from apps.questionbank.models import Course, Department, Enrolment, Faculty, QuestionEntry, QuestionVersion, Topic

QUESTIONS = 60


@dataclass(frozen=True)
class Filled:
    """Tokens with sessions to save into, tokens of people who have not started, and the exam they will start."""

    candidates: list[tuple[str, str, list[str]]]
    starters: list[str]
    exam_id: str
    topic_id: str
    admin_token: str


def fill(*, candidates: int, starters: int) -> Filled:
    """Fill the platform; every candidate has a running practice session of twenty questions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_bare (id bigserial PRIMARY KEY, payload jsonb, at timestamptz DEFAULT now())"
        )
    now = timezone.now()
    organization = Organization.objects.create(name="Bench", slug="bench", is_default=True)
    topic, teacher = _tree(organization)
    course = topic.course
    entries = [_question(topic, teacher, number) for number in range(QUESTIONS)]
    exam = authoring.create_exam(
        actor=teacher,
        course=course,
        title="Final paper",
        changes=authoring.ExamChanges(
            rules={"duration_minutes": 60, "pass_percentage": Decimal(50)},
            slots=(authoring.SlotInput(topic=topic, draw_count=20),),
        ),
    )
    authoring.publish_exam(actor=teacher, exam=exam, now=now)
    assert len(entries) == QUESTIONS
    people = User.objects.bulk_create(
        [
            User(email=f"person{number}@bench.test", full_name=f"Person {number}", tier=User.Tier.PREMIUM)
            for number in range(candidates + starters)
        ]
    )
    Membership.objects.bulk_create(
        [Membership(user=person, organization=organization, role=Membership.Role.STUDENT) for person in people]
    )
    Enrolment.objects.bulk_create(
        [Enrolment(organization=organization, course=course, user=person) for person in people]
    )
    devices = DeviceSession.objects.bulk_create(
        [
            DeviceSession(
                user=person, organization=organization, kind=DeviceSession.Kind.API, expires_at=now + timedelta(days=1)
            )
            for person in people
        ]
    )
    found = []
    for person, device in zip(people[:candidates], devices, strict=False):
        wanted = services.StartRequest(topic=topic, count=20)
        session = services.start_session(actor=person, wanted=wanted, now=now)
        questions = [str(item.public_id) for item in session.items.order_by("position")]
        found.append((_token(person, device, organization), str(session.public_id), questions))
    waiting = [
        _token(person, device, organization)
        for person, device in zip(people[candidates:], devices[candidates:], strict=True)
    ]
    assert ExamSession.objects.count() == candidates
    admin = User.objects.create_user(
        email="admin@bench.test",
        full_name="Admin",
        platform_role=User.PlatformRole.ADMIN,
        tier=User.Tier.PREMIUM,
    )
    Membership.objects.create(user=admin, organization=organization, role=Membership.Role.ORG_ADMIN)
    device = DeviceSession.objects.create(
        user=admin, organization=organization, kind=DeviceSession.Kind.API, expires_at=now + timedelta(days=1)
    )
    return Filled(
        candidates=found,
        starters=waiting,
        exam_id=str(exam.public_id),
        topic_id=str(topic.public_id),
        admin_token=_token(admin, device, organization),
    )


def _tree(organization: Organization) -> tuple[Topic, User]:
    teacher = User.objects.create_user(email="teacher@bench.test", full_name="Teacher")
    Membership.objects.create(user=teacher, organization=organization, role=Membership.Role.TEACHER)
    university = University.objects.create(organization=organization, name="Bench")
    faculty = Faculty.objects.create(organization=organization, university=university, name="Bench")
    department = Department.objects.create(organization=organization, faculty=faculty, name="Bench")
    course = Course.objects.create(organization=organization, department=department, code="B 1", title="Bench")
    return Topic.objects.create(organization=organization, course=course, name="Bench"), teacher


def _question(topic: Topic, owner: User, number: int) -> QuestionEntry:
    content = {
        "stem_html": f"<p>What is {number} + {number}?</p>",
        "options": [{"id": f"a{part}", "html": str(2 * number + part - 2)} for part in range(1, 5)],
    }
    key = {"fractions": {"a2": "1"}}
    assert types.get("single_choice").validate_content(content, key) == {}
    entry = QuestionEntry.objects.create(
        organization=topic.organization,
        topic=topic,
        owner=owner,
        type="single_choice",
        status=QuestionEntry.Status.APPROVED,
    )
    entry.latest = QuestionVersion.objects.create(
        organization=topic.organization,
        entry=entry,
        type="single_choice",
        content=content,
        key=key,
        content_hash=f"{number:064d}",
        created_by=owner,
    )
    entry.save(update_fields=["latest"])
    return entry


def _token(person: User, device: DeviceSession, organization: Organization) -> str:
    issued = tokens.seconds(timezone.now())
    return tokens.issue_access(
        tokens.AccessClaims(
            subject=person.public_id,
            user_id=person.pk,
            session=device.public_id,
            organization_id=organization.pk,
            role="student",
            tier="premium",
            issued_at=issued,
            expires_at=issued + 7200,
        )
    )
