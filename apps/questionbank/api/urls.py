"""Addresses of the bank's API, below ``/api/v1`` and ``/api``."""

from django.urls import path

from apps.questionbank.api import import_views, question_views, views

app_name = "questionbank_api"
urlpatterns = [
    path("faculties", views.FacultyList.as_view(), name="faculty_list"),
    path("departments", views.DepartmentList.as_view(), name="department_list"),
    path("courses", views.CourseList.as_view(), name="course_list"),
    path("courses/<uuid:course_id>", views.CourseDetail.as_view(), name="course_detail"),
    path("topics", views.TopicList.as_view(), name="topic_list"),
    path("topics/<uuid:topic_id>", views.TopicDetail.as_view(), name="topic_detail"),
    path("questions", question_views.QuestionList.as_view(), name="question_list"),
    path("questions/random", question_views.QuestionRandom.as_view(), name="question_random"),
    path("questions/<uuid:question_id>", question_views.QuestionDetail.as_view(), name="question_detail"),
    path("questions/<uuid:question_id>/versions", question_views.QuestionVersions.as_view(), name="question_versions"),
    path("admin/import/questions", import_views.ImportStart.as_view(), name="import_start"),
    path("admin/import/history", import_views.ImportHistory.as_view(), name="import_history"),
    path("admin/import/<uuid:job_id>", import_views.ImportDetail.as_view(), name="import_detail"),
    path("admin/import/<uuid:job_id>/preview", import_views.ImportPreview.as_view(), name="import_preview"),
    path("admin/import/<uuid:job_id>/confirm", import_views.ImportConfirm.as_view(), name="import_confirm"),
    path("admin/import/<uuid:job_id>/errors", import_views.ImportErrors.as_view(), name="import_errors"),
]
