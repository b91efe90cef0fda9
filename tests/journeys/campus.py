"""A course in use: what a student meets in a term, with the questions and names that are hardest to lay out."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from apps.accounts.models import User
from apps.exams import services
from apps.exams.demo.drawing import Card
from apps.exams.models import Exam, ExamSession
from apps.questionbank.drafts import QuestionDraft
from apps.questionbank.formats.records import Media
from apps.questionbank.media import keep_pictures
from apps.questionbank.models import Course, Enrolment, QuestionEntry, Topic
from apps.questionbank.services import create_question
from tests.factories.accounts import DeviceSessionFactory
from tests.factories.exams import make_exam, save_answer, start_exam
from tests.factories.questionbank import CourseFactory, EnrolmentFactory, TopicFactory


def _drawn_road():
    card = Card(560, 200)
    card.line([(40, 140), (520, 140)])
    card.arrow((90, 100), (210, 100))
    card.text((150, 78), "27 m/s")
    return card.png()


PICTURE = _drawn_road()
PICTURE_HASH = hashlib.sha256(PICTURE).hexdigest()
FRACTION = r'<span data-tex="\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}">(−b ± √(b² − 4ac)) / 2a</span>'
LONG_FORMULA = (
    r'<p><span data-tex="\int_0^{2\pi}\!\left(\sum_{k=0}^{n}\binom{n}{k}\cos^{k}(x)\sin^{n-k}(x)+\frac{1}{1+x^2}\right)'
    r'\mathrm{d}x=\lim_{m\to\infty}\prod_{j=1}^{m}\left(1+\frac{j}{m^2}\right)^{n}" data-display="block">∫ … dx</span></p>'
)

SINGLE = QuestionDraft(
    type="single_choice",
    content={
        "stem_html": f"<p>A quadratic equation is solved by {FRACTION}. What does the sign of the number under the root "
        f"say?</p>{LONG_FORMULA}",
        "options": [
            {"id": "a1", "html": "How many real solutions there are"},
            {"id": "a2", "html": "Whether the parabola opens upwards or downwards"},
            {
                "id": "a3",
                "html": r'Where the vertex is, that is <span data-tex="x = -\tfrac{b}{2a}">x = −b/2a</span>, however large '
                r"the coefficients of the equation may be and whichever letters they are given",
            },
            {"id": "a4", "html": "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle"},
        ],
    },
    key={
        "fractions": {"a1": "1"},
        "feedback": {"a2": r'That is the sign of <span data-tex="a">a</span>.'},
    },
    explanation_html="<p>Positive: two. Zero: one. Negative: none.</p>",
)
MULTIPLE = QuestionDraft(
    type="multiple_choice",
    content={
        "stem_html": '<p dir="rtl" lang="ar">أيّ هذه المدن عواصم دول عربية؟ اختر كلّ ما هو صحيح.</p>',
        "options": [
            {"id": "a1", "html": '<span lang="ar" dir="rtl">القاهرة، عاصمة جمهورية مصر العربية</span>'},
            {"id": "a2", "html": '<span lang="ar" dir="rtl">إسطنبول</span>'},
            {"id": "a3", "html": '<span lang="ar" dir="rtl">عمّان</span>'},
        ],
    },
    key={"fractions": {"a1": "1/2", "a3": "1/2", "a2": "-1/2"}},
    explanation_html='<p lang="ar" dir="rtl">عاصمة تركيا أنقرة، وليست إسطنبول.</p>',
)
TRUE_FALSE = QuestionDraft(
    type="true_false",
    content={"stem_html": '<p lang="zh">长江是中国最长的河流,全长约 6300 公里。这个说法对吗?</p>'},
    key={"correct": True, "feedback": {"false": '<span lang="zh">长江确实是最长的。</span>'}},
    explanation_html='<p lang="zh">黄河排第二,全长约 5464 公里。</p>',
)
NUMERICAL = QuestionDraft(
    type="numerical",
    content={
        "stem_html": "<p>A car accelerates evenly from rest to 27 m/s in 9.0 s. How far does it go?</p>"
        f'<p><img src="media:{PICTURE_HASH}" alt="A road with an arrow along it" width="560" height="200"></p>',
        "unit_entry": "choice",
        "units": ["m", "km"],
    },
    key={
        "answers": [{"value": "121.5", "tolerance": "0.5"}],
        "unit_factors": {"m": "1", "km": "1000"},
        "is_unit_required": True,
    },
    explanation_html=r'<p><span data-tex="s = \tfrac{1}{2} v t">s = ½vt</span></p>',
)
SHORT = QuestionDraft(
    type="short_answer",
    content={"stem_html": "<p>Which gas do plants take in from the air?</p>"},
    key={"patterns": [{"text": "carbon dioxide"}, {"text": "CO2"}, {"text": "*carbon*", "fraction": "1/2"}]},
)
MATCHING = QuestionDraft(
    type="matching",
    content={
        "stem_html": "<p>Match each word with what it means.</p>",
        "premises": [
            {"id": "p1", "html": '<span lang="zh">图书馆</span>'},
            {"id": "p2", "html": '<span lang="ar" dir="rtl">المكتبة الوطنية الكبرى</span>'},
            {
                "id": "p3",
                "html": "A word in a sentence long enough to need a second and even a third line on a telephone",
            },
        ],
        "choices": [
            {"id": "c1", "html": "The great national library"},
            {"id": "c2", "html": "Library"},
            {"id": "c3", "html": "A long text, which a list on a narrow screen has to cut off somewhere near its end"},
        ],
    },
    key={"pairs": {"p1": "c2", "p2": "c1", "p3": "c3"}},
)
DRAFTS = (SINGLE, MULTIPLE, TRUE_FALSE, NUMERICAL, SHORT, MATCHING)
"""One question of each type."""

RIGHT = (
    "a1",
    ["a1", "a3"],
    True,
    {"value": "121.5", "unit": "m"},
    "carbon dioxide",
    {"p1": "c2", "p2": "c1", "p3": "c3"},
)
"""The right answers to ``DRAFTS``."""
PARTLY_RIGHT = ("a2", ["a1"], False, {"value": "121.5", "unit": "km"}, None, {"p1": "c2", "p2": "c3"})


@dataclass(frozen=True, kw_only=True)
class Campus:
    """What stands in the course. ``open_exam`` has the six questions and can be begun; the sessions are the student's."""

    course: Course
    empty_course: Course
    topic: Topic
    entries: list[QuestionEntry]
    open_exam: Exam
    draft_exam: Exam
    running: ExamSession
    finished: ExamSession
    practised: ExamSession


def build_campus(*, university, student: User, teacher: User) -> Campus:
    """Return the course, its exams and what the student has sat of them, all around the present moment."""
    now = timezone.now()
    course, topics, entries = build_course(university=university, student=student, teacher=teacher)
    arabic = CourseFactory(department=course.department, code="ARAB140", title="اللغة العربية وعالمها")
    EnrolmentFactory(course=arabic, user=student)
    empty = CourseFactory(department=course.department, code="HIST200", title="History of the sciences since 1600")
    exams = {
        title: make_exam(
            teacher=teacher,
            entries=entries,
            shuffle_questions=False,
            shuffle_options=False,
            title=title,
            published_at=now - timedelta(days=30),
            **rules,
        )
        for title, rules in _plans(now).items()
    }
    device = DeviceSessionFactory(user=student)
    finished = _sat(exams["Midterm"], student, device, PARTLY_RIGHT, now=now - timedelta(days=3))
    _sat(exams["Entrance test"], student, device, RIGHT, now=now - timedelta(days=20))
    running = start_exam(student=student, exam=exams["Weekly paper 7"], now=now - timedelta(minutes=4))
    save_answer(running, running.items.get(position=1), "a2", device=device, now=now)
    return Campus(
        course=course,
        empty_course=empty,
        topic=topics[0],
        entries=entries,
        open_exam=exams["Term paper: equations, capitals and motion"],
        draft_exam=exams["Resit"],
        running=running,
        finished=finished,
        practised=_practised(student, device, topics[0], now=now - timedelta(days=1)),
    )


def build_course(*, university, student, teacher):
    """Return a course with three topics and, in them, the six questions; the student takes it, nobody has sat anything."""
    course = CourseFactory(
        department__faculty__university=university,
        department__faculty__name="Faculty of Science",
        department__name="Mathematics",
        code="MATH101",
        title="Algebra, capitals and motion",
        summary_html="<p>Equations, the world and how things move, with much practice.</p>",
    )
    EnrolmentFactory(course=course, user=student)
    EnrolmentFactory(course=course, user=teacher, role=Enrolment.Role.TEACHER)
    names = ("Quadratic equations", "عواصم العالم العربي", "河流与运动")
    topics = [TopicFactory(course=course, name=name, position=place) for place, name in enumerate(names)]
    picture = Media(name="road.png", content=PICTURE)
    keep_pictures(organization_id=course.organization_id, owner=teacher, pictures=[picture])
    entries = [
        create_question(actor=teacher, topic=topics[place % len(topics)], draft=draft, now=timezone.now())
        for place, draft in enumerate(DRAFTS)
    ]
    return course, topics, entries


def _plans(now):
    hour, day = timedelta(hours=1), timedelta(days=1)
    return {
        "Entrance test": {"closes_at": now - 10 * day, "pass_percentage": Decimal(90)},
        "Midterm": {"closes_at": now - 2 * day},
        "Weekly paper 7": {"opens_at": now - day, "duration_minutes": 50},
        "Term paper: equations, capitals and motion": {
            "opens_at": now - hour,
            "closes_at": now + 5 * day,
            "attempts_allowed": 2,
            "instructions_html": "<p>Bring a pen. A calculator is allowed, a telephone is not.</p>",
        },
        "Final examination": {"opens_at": now + 9 * day, "duration_minutes": 90},
        "Resit": {"publish": False},
    }


def _sat(exam, student, device, payloads, *, now):
    """Return a finished sitting with these answers; None leaves a question open."""
    session = start_exam(student=student, exam=exam, now=now)
    return _answered(session, student, device, payloads, now=now)


def _practised(student, device, topic, *, now):
    wanted = services.StartRequest(topic=topic, course=topic.course, count=2)
    session = services.start_session(actor=student, wanted=wanted, now=now)
    return _answered(session, student, device, [None] * 2, now=now)


def _answered(session, student, device, payloads, *, now):
    for item, payload in zip(session.items.order_by("position"), payloads, strict=True):
        if payload is not None:
            save_answer(session, item, payload, device=device, now=now + timedelta(minutes=2), seconds=47)
    return services.submit_session(actor=student, session=session, now=now + timedelta(minutes=31))
