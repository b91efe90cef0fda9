from django.db import migrations

LET_GO = """
CREATE OR REPLACE FUNCTION core_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
-- Only the removal of a demonstration takes entries away, of that demonstration alone, and only where it says so aloud.
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('lectern.removing_demo', true) = 'on' AND EXISTS (
        SELECT FROM accounts_organization WHERE id = OLD.organization_id AND is_demo
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Audit entries are only added to; % of entry % was refused.', TG_OP, OLD.id
        USING ERRCODE = 'insufficient_privilege', HINT = 'Record a correcting entry instead.';
END
$$;
"""
REFUSE = """
CREATE OR REPLACE FUNCTION core_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Audit entries are only added to; % of entry % was refused.', TG_OP, OLD.id
        USING ERRCODE = 'insufficient_privilege', HINT = 'Record a correcting entry instead.';
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_entries_refuse_changes")]

    operations = [migrations.RunSQL(LET_GO, REFUSE)]
