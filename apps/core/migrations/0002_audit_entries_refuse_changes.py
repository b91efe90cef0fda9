from django.db import migrations

REFUSE = """
CREATE FUNCTION core_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Audit entries are only added to; % of entry % was refused.', TG_OP, OLD.id
        USING ERRCODE = 'insufficient_privilege', HINT = 'Record a correcting entry instead.';
END
$$;
CREATE TRIGGER core_audit_entries_stay BEFORE UPDATE OR DELETE ON core_auditentry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_audit_change();
"""
ALLOW = """
DROP TRIGGER core_audit_entries_stay ON core_auditentry;
DROP FUNCTION core_refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_facts_jobs_files_and_live_messages")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
