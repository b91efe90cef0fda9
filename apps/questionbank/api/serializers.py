"""What the API of the bank's tree takes and gives: faculties, departments, courses, topics."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import University
from apps.core.http.serializers import Input
from apps.questionbank.api.fields import VisibleRow
from apps.questionbank.models import Course, Department, Faculty

MAX_LEVEL = 9999
MAX_SUMMARY_LENGTH = 20_000


class FacultyIn(Input):
    """A faculty to be."""

    university = VisibleRow(model=University)
    name = serializers.CharField(max_length=200)


class FacultyOut(serializers.Serializer[Faculty]):
    """A faculty."""

    id = serializers.UUIDField(source="public_id")
    university = serializers.UUIDField(source="university.public_id")
    name = serializers.CharField()


class DepartmentIn(Input):
    """A department to be."""

    faculty = VisibleRow(model=Faculty)
    name = serializers.CharField(max_length=200)


class DepartmentOut(serializers.Serializer[Department]):
    """A department."""

    id = serializers.UUIDField(source="public_id")
    faculty = serializers.UUIDField(source="faculty.public_id")
    name = serializers.CharField()


class CourseIn(Input):
    """A course to be, or what is to change of one."""

    department = VisibleRow(model=Department)
    code = serializers.CharField(max_length=30)
    title = serializers.CharField(max_length=200)
    level = serializers.IntegerField(min_value=1, max_value=MAX_LEVEL, required=False)
    language = serializers.RegexField(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$", max_length=10, required=False)
    summary_html = serializers.CharField(max_length=MAX_SUMMARY_LENGTH, required=False, allow_blank=True)


class CourseOut(serializers.Serializer[Course]):
    """A course in a list."""

    id = serializers.UUIDField(source="public_id")
    department = serializers.UUIDField(source="department.public_id")
    code = serializers.CharField()
    title = serializers.CharField()
    level = serializers.IntegerField()
    language = serializers.CharField()
    summary_html = serializers.CharField()
    is_mine = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)


class CourseTopicOut(serializers.Serializer[Any]):
    """A topic of the course it is shown with."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    position = serializers.IntegerField()
    question_count = serializers.IntegerField()


class CourseDetailOut(CourseOut):
    """A course with its topics."""

    topics = CourseTopicOut(many=True)


class TopicIn(Input):
    """A topic to be."""

    course = VisibleRow(model=Course)
    name = serializers.CharField(max_length=200)
    position = serializers.IntegerField(min_value=0, max_value=32_767, required=False)


class TopicChangeIn(Input):
    """What is to change of a topic."""

    name = serializers.CharField(max_length=200)
    position = serializers.IntegerField(min_value=0, max_value=32_767)


class TopicOut(CourseTopicOut):
    """A topic."""

    course = serializers.UUIDField(source="course.public_id")


class CourseNameOut(serializers.Serializer[Course]):
    """A course in few words."""

    id = serializers.UUIDField(source="public_id")
    code = serializers.CharField()
    title = serializers.CharField()


class TopicNameOut(serializers.Serializer[Any]):
    """A topic in few words."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
