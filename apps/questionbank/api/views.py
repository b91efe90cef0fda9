"""The tree of the bank by API: faculties, departments, courses and topics."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts.http.permissions import TeacherAccess
from apps.accounts.http.requests import SignedInRequest
from apps.core.http.envelope import created, ok
from apps.core.http.pagination import Filter, Listing
from apps.core.http.schema import operation
from apps.core.http.serializers import read_body
from apps.core.http.views import APIView
from apps.questionbank import queries, services
from apps.questionbank.api.access import WrittenByOrgAdmins, WrittenByTeachers
from apps.questionbank.api.serializers import (
    MAX_LEVEL,
    CourseDetailOut,
    CourseIn,
    CourseOut,
    CourseTopicOut,
    DepartmentIn,
    DepartmentOut,
    FacultyIn,
    FacultyOut,
    TopicChangeIn,
    TopicIn,
    TopicOut,
)
from apps.questionbank.models import Course, Department, Faculty, Topic

BY_NAME = {"name": "name"}
LEVEL = serializers.IntegerField(min_value=1, max_value=MAX_LEVEL, required=False)


def by_id(lookup: str) -> Filter:
    """Return the filter by the public id of a related row."""
    return Filter(field=serializers.UUIDField(required=False), lookup=f"{lookup}__public_id")


def words() -> Filter:
    """Return the filter of rows whose ``words`` hold a text, whatever its case."""
    return Filter(field=serializers.CharField(max_length=100, required=False), lookup="words__icontains")


class FacultyList(WrittenByOrgAdmins):
    """Faculties."""

    listing = Listing(out=FacultyOut, sort=BY_NAME, default_sort="name", filters={"university": by_id("university")})

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """Faculties; filter university."""
        return self.listing.answer(request, Faculty.objects.visible_to(request.user).select_related("university"))

    @operation(takes=FacultyIn, gives=FacultyOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Create a faculty."""
        faculty = services.create_faculty(actor=request.user, **read_body(FacultyIn, request))
        return created(FacultyOut(faculty).data)


class DepartmentList(WrittenByOrgAdmins):
    """Departments."""

    listing = Listing(out=DepartmentOut, sort=BY_NAME, default_sort="name", filters={"faculty": by_id("faculty")})

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """Departments; filter faculty."""
        return self.listing.answer(request, Department.objects.visible_to(request.user).select_related("faculty"))

    @operation(takes=DepartmentIn, gives=DepartmentOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Create a department."""
        department = services.create_department(actor=request.user, **read_body(DepartmentIn, request))
        return created(DepartmentOut(department).data)


class CourseList(WrittenByTeachers):
    """Courses."""

    listing = Listing(
        out=CourseOut,
        sort={"code": "code", "title": "title", "level": "level", "created_at": "created_at"},
        default_sort="code",
        filters={
            "department": by_id("department"),
            "level": Filter(field=LEVEL, lookup="level"),
            "search": words(),
            "mine": Filter(
                field=serializers.BooleanField(required=False),
                lookup="is_mine",
                description="true: courses the caller is in; false: the others",
            ),
        },
    )

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """Courses; filters department, level, search, mine."""
        return self.listing.answer(request, queries.courses_for(request.user))

    @operation(takes=CourseIn, gives=CourseDetailOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Create a course; its creator teaches it."""
        given = read_body(CourseIn, request)
        course = services.create_course(actor=request.user, now=request.received_at, **given)
        return created(_course_data(request, course.public_id))


class CourseDetail(WrittenByTeachers):
    """One course."""

    @operation(gives=CourseDetailOut)
    def get(self, request: SignedInRequest, course_id: UUID) -> Response:
        """One course with its topics."""
        return ok(_course_data(request, course_id))

    @operation(takes=CourseIn, gives=CourseDetailOut)
    def patch(self, request: SignedInRequest, course_id: UUID) -> Response:
        """Change a course: send what is to change."""
        course = get_object_or_404(Course.objects.visible_to(request.user), public_id=course_id)
        changes = read_body(CourseIn, request, partial=True)
        services.change_course(actor=request.user, course=course, changes=changes)
        return ok(_course_data(request, course_id), message=_("Saved."))

    @operation()
    def delete(self, request: SignedInRequest, course_id: UUID) -> Response:
        """Archive a course: it leaves the lists; what was done in it stays."""
        course = get_object_or_404(Course.objects.visible_to(request.user), public_id=course_id)
        services.archive_course(actor=request.user, course=course, now=request.received_at)
        return ok(message=_("Archived."))


class TopicList(WrittenByTeachers):
    """Topics."""

    listing = Listing(
        out=TopicOut,
        sort={"position": "position", "name": "name"},
        default_sort="position",
        filters={"course": by_id("course")},
    )

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """Topics; filter course."""
        return self.listing.answer(request, queries.topics_for(request.user))

    @operation(takes=TopicIn, gives=TopicOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Create a topic, at the end of its course unless told where."""
        topic = services.create_topic(actor=request.user, **read_body(TopicIn, request))
        return created(TopicOut(_with_count(request, topic.public_id)).data)


class TopicDetail(APIView):
    """One topic."""

    permission_classes = [TeacherAccess]

    @operation(takes=TopicChangeIn, gives=TopicOut)
    def patch(self, request: SignedInRequest, topic_id: UUID) -> Response:
        """Change a topic: send what is to change."""
        topic = get_object_or_404(Topic.objects.visible_to(request.user), public_id=topic_id)
        services.change_topic(actor=request.user, topic=topic, changes=read_body(TopicChangeIn, request, partial=True))
        return ok(TopicOut(_with_count(request, topic_id)).data, message=_("Saved."))


def _course_data(request: SignedInRequest, course_id: UUID) -> dict[str, object]:
    course = get_object_or_404(queries.courses_for(request.user, with_archived=True), public_id=course_id)
    shown = CourseOut(course).data
    return {**shown, "topics": CourseTopicOut(queries.topics_of(course), many=True).data}


def _with_count(request: SignedInRequest, topic_id: UUID) -> Topic:
    return get_object_or_404(queries.topics_for(request.user), public_id=topic_id)
