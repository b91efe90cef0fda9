"""What the exam engine's columns hold: what a candidate did, when and how well is personal, what was asked is not."""

from apps.core.personal import sort

sort(
    "exams.Exam",
    plain="id public_id organization course title exam_type created_at archived_at current",
    personal="created_by",
)
sort(
    "exams.ExamRevision",
    plain="id public_id organization exam number instructions_html duration_minutes opens_at closes_at "
    "window_policy grace_seconds attempts_allowed pass_percentage shuffle_questions shuffle_options "
    "is_going_back_allowed review_policy paper created_at published_at",
    personal="published_by",
)
sort(
    "exams.Slot",
    plain="id organization revision position kind entry version topic difficulty draw_count max_mark candidates",
)
sort(
    "exams.SlotCandidate",
    plain="id slot version",
)
sort(
    "exams.ExamSession",
    plain="id public_id organization exam_type exam revision course title number seed pass_percentage "
    "is_going_back_allowed reached_position deadline_at accepts_until hard_close_at finished_at source "
    "max_score",
    personal="user started_at submitted_at time_factor score is_passed receipt",
)
sort(
    "exams.SessionItem",
    plain="id public_id organization session position version option_order accepts max_mark",
)
sort(
    "exams.Answer",
    plain="id organization_id item sequence client_operation_id kind",
    personal="payload time_spent received_at saved_at client_at device_session_id",
)
sort(
    "exams.Grade",
    plain="id organization item answer key_version grader created_at superseded_by",
    personal="fraction mark",
)
sort(
    "exams.SessionEvent",
    plain="id organization session at type",
    personal="data",
)
