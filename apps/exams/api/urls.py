"""Paths of the exam endpoints, below ``/api/v1``."""

from django.urls import path

from . import authoring_views, saving, views

app_name = "exams_api"
urlpatterns = [
    path("exams", authoring_views.ExamList.as_view(), name="exam_list"),
    path("exams/start", views.SessionStart.as_view(), name="session_start"),
    path("exams/history", views.SessionHistory.as_view(), name="session_history"),
    path("exams/<uuid:exam_id>", authoring_views.ExamDetail.as_view(), name="exam_detail"),
    path("exams/<uuid:exam_id>/publish", authoring_views.ExamPublish.as_view(), name="exam_publish"),
    path("exams/<uuid:exam_id>/questions", views.SessionQuestions.as_view(), name="session_questions"),
    path("exams/<uuid:exam_id>/next", views.SessionNext.as_view(), name="session_next"),
    path("exams/<uuid:exam_id>/answer", saving.SessionAnswer.as_view(), name="session_answer"),
    path("exams/<uuid:exam_id>/submit", views.SessionSubmit.as_view(), name="session_submit"),
    path("exams/<uuid:exam_id>/summary", views.SessionSummary.as_view(), name="session_summary"),
    path("exams/<uuid:exam_id>/results", views.SessionResults.as_view(), name="session_results"),
    path("exams/<uuid:exam_id>/receipt", views.SessionReceipt.as_view(), name="session_receipt"),
]
