"""Pages of candidates. Each calls the same services as the API."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.http.requests import SignedInPageRequest
from apps.core.errors import LecternError
from apps.questionbank.models import Course, Topic

from . import answering, overview, presenting, printing, queries, services
from .forms import PracticeForm, answers_in
from .models import Exam, ExamSession, ExamType

PAGE_SIZE = 20


def own_session(request: SignedInPageRequest, session_id: UUID) -> ExamSession:
    """Return the person's own session, finished now if its time is over. 404 for anybody else's."""
    session = get_object_or_404(
        ExamSession.objects.visible_to(request.user)
        .filter(user=request.user)
        .select_related("exam", "revision", "user", "course"),
        public_id=session_id,
    )
    return services.finish_overdue_session(session=session, now=request.received_at)


@login_required
@require_GET
def today(request: SignedInPageRequest) -> HttpResponse:
    """Show what to carry on, what is due, and how it went lately."""
    day = overview.day_of(request.user, now=request.received_at)
    day["is_school_empty"] = not day["courses"] and overview.is_to_be_set_up_by(request.user)
    return render(request, "exams/student_home.html", day)


@login_required
@require_http_methods(["GET", "POST"])
def practice_start(request: SignedInPageRequest) -> HttpResponse:
    """Choose what to practise of a course, and begin. ``?course=`` or ``?topic=`` says of which."""
    course, topic = _asked_for(request)
    form = PracticeForm(request.POST or None, course=course, initial={"topic": topic.public_id if topic else None})
    if request.method == "POST" and form.is_valid():
        wanted = services.StartRequest(course=course, **form.cleaned_data)
        try:
            session = services.start_session(actor=request.user, wanted=wanted, now=request.received_at)
        except LecternError as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("exams:sit", session_id=session.public_id)
    context = {"form": form, "course": course}
    return render(request, "exams/practice_start.html", context, status=422 if form.is_bound else 200)


def _asked_for(request: SignedInPageRequest) -> tuple[Course, Topic | None]:
    """Return the course and the topic the address names; 404 for what the person cannot see."""
    if "topic" in request.GET:
        topics = Topic.objects.visible_to(request.user).select_related("course__department__faculty")
        topic = get_object_or_404(topics, public_id=_identifier(request.GET["topic"]))
        return topic.course, topic
    courses = Course.objects.visible_to(request.user).select_related("department__faculty")
    return get_object_or_404(courses, public_id=_identifier(request.GET.get("course", ""))), None


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@login_required
@require_POST
def start(request: SignedInPageRequest) -> HttpResponse:
    """Begin the published exam the form names."""
    exam = get_object_or_404(
        Exam.objects.visible_to(request.user).select_related("current"),
        public_id=_identifier(request.POST.get("exam_id", "")),
    )
    try:
        session = services.start_session(
            actor=request.user, wanted=services.StartRequest(exam=exam), now=request.received_at
        )
    except LecternError as error:
        messages.error(request, str(error.message))
        return redirect("exams:today")
    return redirect("exams:sit", session_id=session.public_id)


@login_required
@require_GET
def course_exams(request: SignedInPageRequest, course_id: UUID) -> HttpResponse:
    """The exams of one course: a panel of its page, or a page of its own where scripts are off."""
    course = get_object_or_404(Course.objects.visible_to(request.user), public_id=course_id)
    exams = overview.exams_ahead(request.user, now=request.received_at, course=course)
    template = "exams/_course_exams.html" if request.headers.get("HX-Request") else "exams/course_exams.html"
    return render(request, template, {"course": course, "exams": exams})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def sit(request: SignedInPageRequest, session_id: UUID) -> HttpResponse:
    """The sitting. A post comes from a browser without scripts: it saves, moves on or hands in."""
    session = own_session(request, session_id)
    if session.finished_at is not None:
        return redirect("exams:result", session_id=session_id)
    if request.method == "POST":
        return _take(request, session)
    return render(
        request,
        "exams/sit.html",
        {
            "session": presenting.session_head(session, now=request.received_at),
            "questions": presenting.open_questions(session),
            "question_count": queries.item_count(session),
            "instructions_html": session.revision.instructions_html if session.revision else "",
        },
    )


def _take(request: SignedInPageRequest, session: ExamSession) -> HttpResponse:
    """Save what the form holds, then do what its button says."""
    try:
        _save_form(request, session)
        match request.POST.get("action"):
            case "next":
                services.move_on(actor=request.user, session=session, now=request.received_at)
            case "finish":
                services.submit_session(actor=request.user, session=session, now=request.received_at)
                return redirect("exams:result", session_id=session.public_id)
            case _:
                messages.success(request, _("Your answers are saved."))
    except LecternError as error:
        messages.error(request, str(error.message))
    return redirect("exams:sit", session_id=session.public_id)


def _save_form(request: SignedInPageRequest, session: ExamSession) -> None:
    changed = answers_in(request.POST, presenting.open_questions(session))
    for start in range(0, len(changed), answering.BATCH_LIMIT):
        outcomes = answering.record_answers(
            session_id=session.public_id,
            user_id=request.user.pk,
            device_id=request.device_session.public_id,
            answers=changed[start : start + answering.BATCH_LIMIT],
            received_at=request.received_at,
        )
        for outcome in outcomes:
            if outcome.error is not None:
                messages.error(request, str(outcome.error.message))


@login_required
@require_GET
def history(request: SignedInPageRequest) -> HttpResponse:
    """List the person's sessions, newest first; ``?kind=`` keeps one kind."""
    sessions = queries.history_of(request.user).order_by("-started_at", "-pk")
    kind = request.GET.get("kind", "")
    if kind in ExamType.values:
        sessions = sessions.filter(exam_type=kind)
    page = Paginator(sessions, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [presenting.history_row(session, now=request.received_at) for session in page.object_list]
    page.object_list = rows  # type: ignore[assignment]  # a page of rows with the same numbers
    return render(request, "exams/history.html", {"page": page, "kind": kind if kind in ExamType.values else ""})


@never_cache
@login_required
@require_GET
def result(request: SignedInPageRequest, session_id: UUID) -> HttpResponse:
    """Show the marks of a finished session and, once released, every question with its reasons."""
    session = own_session(request, session_id)
    if session.finished_at is None:
        return redirect("exams:sit", session_id=session_id)
    context = presenting.result_page(session, now=request.received_at, only_open=request.GET.get("show") == "open")
    if context["weakest_topic"] is not None:
        context["practise_url"] = f"{reverse('exams:practice_start')}?topic={context['weakest_topic']}"
    return render(request, "exams/result.html", context)


@login_required
@require_GET
def receipt_pdf(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Return the receipt as a document to keep."""
    session = own_session(request, session_id)  # type: ignore[arg-type]
    if session.receipt is None:
        return redirect("exams:sit", session_id=session_id)
    response = HttpResponse(printing.receipt_pdf(session), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{session_id}.pdf"'
    return response
