"""A row and its parent belong to one organisation: one composite foreign key each, in place of the single ones."""

from django.db import migrations

# (table, column of the parent, table of the parent)
CHAIN = (
    ("exams_exam", "course_id", "questionbank_course"),
    ("exams_examrevision", "exam_id", "exams_exam"),
    ("exams_slot", "revision_id", "exams_examrevision"),
    ("exams_examsession", "exam_id", "exams_exam"),
    ("exams_examsession", "revision_id", "exams_examrevision"),
    ("exams_sessionitem", "session_id", "exams_examsession"),
    ("exams_sessionitem", "version_id", "questionbank_questionversion"),
    ("exams_answer", "item_id", "exams_sessionitem"),
    ("exams_grade", "item_id", "exams_sessionitem"),
    ("exams_sessionevent", "session_id", "exams_examsession"),
)
PARENTS = ("exams_exam", "exams_examrevision", "exams_examsession", "exams_sessionitem")


def _name(table: str, column: str) -> str:
    return f"{table}_{column.removesuffix('_id')}_in_organization"


TIE = [
    *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_in_organization UNIQUE (organization_id, id)" for table in PARENTS),
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {_name(table, column)} FOREIGN KEY (organization_id, {column}) "
        f"REFERENCES {parent} (organization_id, id) DEFERRABLE INITIALLY DEFERRED"
        for table, column, parent in CHAIN
    ),
]
UNTIE = [
    *(f"ALTER TABLE {table} DROP CONSTRAINT {_name(table, column)}" for table, column, _parent in CHAIN),
    *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_in_organization" for table in PARENTS),
]


class Migration(migrations.Migration):
    dependencies = [
        ("exams", "0001_exams_sessions_answers_grades"),
        ("questionbank", "0002_rows_stay_in_their_organization"),
    ]

    operations = [migrations.RunSQL(TIE, UNTIE)]
