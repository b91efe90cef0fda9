"""Pages of courses, and the pictures and sounds of questions."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.accounts.http.requests import SignedInPageRequest

from . import queries

COURSES_ON_A_PAGE = 25
MAX_QUERY_LENGTH = 100


@login_required
@require_safe
def courses(request: SignedInPageRequest) -> HttpResponse:
    """The courses a person may see, their own first; ``?q=`` searches titles and codes."""
    query = request.GET.get("q", "").strip()[:MAX_QUERY_LENGTH]
    page = Paginator(queries.courses_to_choose(request.user, search=query), COURSES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "questionbank/courses.html", {"page": page, "query": query})


@login_required
@require_safe
def course(request: SignedInPageRequest, course_id: UUID) -> HttpResponse:
    """One course with its topics; its exams come from their own address."""
    found = get_object_or_404(
        queries.courses_for(request.user, with_archived=True).select_related("department__faculty"),
        public_id=course_id,
    )
    return render(request, "questionbank/course.html", {"course": found, "topics": queries.topics_of(found)})
