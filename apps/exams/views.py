"""Pages of candidates. Each calls the same services as the API."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.http.requests import SignedInPageRequest
from apps.core.errors import LecternError

from . import answering, presenting, printing, queries, services
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
    return render(request, "exams/student_home.html", queries.day_of(request.user, now=request.received_at))


@login_required
@require_GET
def exam_list(request: SignedInPageRequest) -> HttpResponse:
    """List the exams the person can sit or has sat."""
    exams = Exam.objects.visible_to(request.user).select_related("course", "current")
    page = Paginator(exams.order_by("-created_at"), PAGE_SIZE).get_page(request.GET.get("page"))
    for exam in page.object_list:
        exam.state = exam.status_at(request.received_at)
    return render(request, "exams/exam_list.html", {"page": page})


@login_required
@require_http_methods(["GET", "POST"])
def lobby(request: SignedInPageRequest, exam_id: UUID) -> HttpResponse:
    """State the rules and times of an exam, and begin it."""
    exam = get_object_or_404(
        Exam.objects.visible_to(request.user).select_related("course", "current"), public_id=exam_id, current__isnull=False
    )
    if request.method == "POST":
        try:
            session = services.start_session(
                actor=request.user, wanted=services.StartRequest(exam=exam), now=request.received_at
            )
        except LecternError as error:
            messages.error(request, str(error.message))
            return redirect("exams:lobby", exam_id=exam_id)
        return redirect("exams:sit", session_id=session.public_id)
    return render(request, "exams/lobby.html", queries.lobby_of(exam, user=request.user, now=request.received_at))


@login_required
@require_http_methods(["GET", "POST"])
def practice(request: SignedInPageRequest) -> HttpResponse:
    """Choose what to practise, and begin."""
    form = PracticeForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        wanted = services.StartRequest(
            exam_type=ExamType.PRACTICE,
            topic=form.cleaned_data["topic"],
            course=form.cleaned_data["course"],
            count=form.cleaned_data["count"],
            difficulty=form.cleaned_data["difficulty"],
        )
        try:
            session = services.start_session(actor=request.user, wanted=wanted, now=request.received_at)
        except LecternError as error:
            form.add_error("topic", str(error.message))
        else:
            return redirect("exams:sit", session_id=session.public_id)
    return render(
        request,
        "exams/practice_start.html",
        {"form": form, "courses": queries.courses_to_practise(request.user)},
        status=422 if form.is_bound else 200,
    )


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
    """List the person's sessions, newest first."""
    sessions = queries.history_of(request.user).order_by("-started_at")
    page = Paginator(sessions, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "exams/history.html",
        {"page": page, "sessions": [presenting.history_row(session, now=request.received_at) for session in page]},
    )


@never_cache
@login_required
@require_GET
def result(request: SignedInPageRequest, session_id: UUID) -> HttpResponse:
    """Show the marks of a finished session and, once released, every question with its reasons."""
    session = own_session(request, session_id)
    if session.finished_at is None:
        return redirect("exams:sit", session_id=session_id)
    return render(
        request,
        "exams/result.html",
        {
            "session": session,
            "result": presenting.result(session, now=request.received_at),
            "topics": queries.marks_by_topic(session),
            "receipt": session.receipt,
        },
    )


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
