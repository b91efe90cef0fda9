"""Pages of candidates: today, practice, the sitting, results."""

from django.urls import path

from . import views

app_name = "exams"
urlpatterns = [
    path("today", views.today, name="today"),
    path("practice", views.practice_start, name="practice_start"),
    path("start", views.start, name="start"),
    path("sit/<uuid:session_id>", views.sit, name="sit"),
    path("results", views.history, name="history"),
    path("results/<uuid:session_id>", views.result, name="result"),
    path("results/<uuid:session_id>/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("courses/<uuid:course_id>/exams", views.course_exams, name="course_exams"),
]
