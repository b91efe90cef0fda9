"""What the bank's columns hold. Who wrote a question is personal; what it asks is not."""

from apps.core.personal import sort

sort(
    "questionbank.Faculty",
    plain="id public_id organization university name",
)
sort(
    "questionbank.Department",
    plain="id public_id organization faculty name",
)
sort(
    "questionbank.Course",
    plain="id public_id organization department code title level language summary_html created_at archived_at",
    personal="archived_by",
)
sort(
    "questionbank.Enrolment",
    plain="id organization course",
    personal="user role created_at",
)
sort(
    "questionbank.Topic",
    plain="id public_id organization course name position",
)
sort(
    "questionbank.QuestionEntry",
    plain="id public_id organization topic idnumber type difficulty status latest import_job created_at",
    personal="owner",
)
sort(
    "questionbank.QuestionVersion",
    plain="id public_id organization entry number type title stem_text content key explanation_html "
    "content_hash created_at",
    personal="created_by",
)
sort(
    "questionbank.Media",
    plain="id organization sha256 file",
)
sort(
    "questionbank.ImportJob",
    plain="id public_id organization topic file format encoding status reading_job reading_token failure "
    "total_rows processed_rows ready_count duplicate_count problem_count unsupported_count success_count "
    "created_at confirmed_at",
    personal="created_by confirmed_by filename",
)
sort(
    "questionbank.ImportRow",
    plain="id organization job number line state question content_hash findings source entry_public_id "
    "version_public_id",
)
