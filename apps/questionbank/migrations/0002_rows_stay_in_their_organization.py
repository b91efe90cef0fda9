"""What constraints of one table cannot say: a row and its parent belong to one organisation, and versions never change."""

from django.db import migrations

# (table, column of the parent, table of the parent): each pair also agrees on its organisation
CHAIN = (
    ("questionbank_department", "faculty_id", "questionbank_faculty"),
    ("questionbank_course", "department_id", "questionbank_department"),
    ("questionbank_enrolment", "course_id", "questionbank_course"),
    ("questionbank_topic", "course_id", "questionbank_course"),
    ("questionbank_questionentry", "topic_id", "questionbank_topic"),
    ("questionbank_questionversion", "entry_id", "questionbank_questionentry"),
    ("questionbank_importjob", "topic_id", "questionbank_topic"),
    ("questionbank_importrow", "job_id", "questionbank_importjob"),
)
# exams refer to versions together with their organisation
PARENTS = (*dict.fromkeys(parent for _table, _column, parent in CHAIN), "questionbank_questionversion")

TIE = [
    *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_in_organization UNIQUE (organization_id, id)" for table in PARENTS),
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_same_organization FOREIGN KEY (organization_id, {column}) "
        f"REFERENCES {parent} (organization_id, id) DEFERRABLE INITIALLY DEFERRED"
        for table, column, parent in CHAIN
    ),
    "ALTER TABLE questionbank_questionversion ADD CONSTRAINT questionbank_version_of_entry UNIQUE (entry_id, id)",
    "ALTER TABLE questionbank_questionentry ADD CONSTRAINT questionbank_entry_latest_is_its_own "
    "FOREIGN KEY (id, latest_id) REFERENCES questionbank_questionversion (entry_id, id) DEFERRABLE INITIALLY DEFERRED",
]
UNTIE = [
    "ALTER TABLE questionbank_questionentry DROP CONSTRAINT questionbank_entry_latest_is_its_own",
    "ALTER TABLE questionbank_questionversion DROP CONSTRAINT questionbank_version_of_entry",
    *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_same_organization" for table, _column, _parent in CHAIN),
    *(f"ALTER TABLE {table} DROP CONSTRAINT {table}_in_organization" for table in PARENTS),
]

REFUSE = """
CREATE FUNCTION questionbank_refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Question versions never change; the change of version % was refused.', OLD.id
        USING ERRCODE = 'insufficient_privilege', HINT = 'Write a new version instead.';
END
$$;
CREATE TRIGGER questionbank_versions_stay
    BEFORE UPDATE OF public_id, organization_id, entry_id, number, type, title, stem_text, content, key, explanation_html,
        content_hash, created_at
    ON questionbank_questionversion FOR EACH ROW
    WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION questionbank_refuse_version_change();
"""
ALLOW = """
DROP TRIGGER questionbank_versions_stay ON questionbank_questionversion;
DROP FUNCTION questionbank_refuse_version_change();
"""


class Migration(migrations.Migration):
    dependencies = [("questionbank", "0001_the_bank")]

    operations = [migrations.RunSQL(TIE, UNTIE), migrations.RunSQL(REFUSE, ALLOW)]
