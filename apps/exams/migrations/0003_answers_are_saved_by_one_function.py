"""The saving function, and triggers that keep answers, grades and published revisions as they are."""

from django.db import migrations

from apps.exams import sql


class Migration(migrations.Migration):
    dependencies = [("exams", "0002_one_organization_along_the_chain")]

    operations = [
        migrations.RunSQL(sql.LOCK_KEY, "DROP FUNCTION exams_lock_key(uuid)"),
        migrations.RunSQL(sql.ANSWER_FITS, "DROP FUNCTION exams_answer_fits(jsonb, jsonb)"),
        migrations.RunSQL(
            sql.RECORD_ANSWERS, "DROP FUNCTION exams_record_answers(uuid, bigint, uuid, timestamptz, jsonb)"
        ),
        migrations.RunSQL(sql.APPEND_ONLY, sql.APPEND_ONLY_REVERSE),
    ]
