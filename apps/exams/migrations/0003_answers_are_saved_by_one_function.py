"""The functions in PostgreSQL that save answers.

Saving is one round trip: the database checks the candidate, the device, the clock and the shape of the answer, and appends.
Finishing takes the session's advisory lock alone, saving shares it, so no acknowledged answer can miss the marking. The
lock lives in memory: unlike a shared row lock it writes nothing, and sessions never wait for each other.

Triggers keep answers, grades and published revisions as they are.
"""

from django.db import migrations

ANSWER_FITS = r"""
CREATE OR REPLACE FUNCTION exams_answer_fits(accepts jsonb, payload jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
-- Whether an answer has the shape its question takes and names only what the question offers. NULL clears and always fits.
DECLARE
    shape text := jsonb_typeof(payload);
BEGIN
    IF payload IS NULL THEN
        RETURN true;
    END IF;
    CASE accepts->>'type'
    WHEN 'single_choice' THEN
        RETURN shape = 'string' AND accepts->'options' @> payload;
    WHEN 'multiple_choice' THEN
        RETURN shape = 'array'
            AND accepts->'options' @> payload
            AND jsonb_array_length(payload) = (SELECT count(DISTINCT chosen) FROM jsonb_array_elements(payload) AS chosen);
    WHEN 'true_false' THEN
        RETURN shape = 'boolean';
    WHEN 'numerical' THEN
        RETURN shape = 'object'
            AND payload ? 'value'
            AND payload - 'value' - 'unit' = '{}'::jsonb
            AND jsonb_typeof(payload->'value') IN ('string', 'number')
            AND length(payload->>'value') <= (accepts->>'max_length')::integer
            AND (NOT payload ? 'unit' OR jsonb_typeof(payload->'unit') IN ('string', 'null'))
            AND length(coalesce(payload->>'unit', '')) <= (accepts->>'max_length')::integer;
    WHEN 'short_answer' THEN
        RETURN shape = 'string' AND length(payload #>> '{}') <= (accepts->>'max_length')::integer;
    WHEN 'matching' THEN
        RETURN shape = 'object' AND NOT EXISTS (
            SELECT FROM jsonb_each(payload) AS pair
            WHERE NOT accepts->'premises' ? pair.key
               OR jsonb_typeof(pair.value) <> 'string'
               OR NOT accepts->'choices' @> pair.value
        );
    ELSE
        RETURN false;
    END CASE;
END
$$;
"""

LOCK_KEY = r"""
CREATE OR REPLACE FUNCTION exams_lock_key(public_id uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
-- The low 64 bits of a public id, 62 of them random: two rows that meet here wait for each other once, no more.
    SELECT ('x' || right(replace(public_id::text, '-', ''), 16))::bit(64)::bigint
$$;
"""

RECORD_ANSWERS = r"""
CREATE OR REPLACE FUNCTION exams_record_answers(
    p_session uuid, p_user bigint, p_device uuid, p_received_at timestamptz, p_answers jsonb
) RETURNS TABLE (ordinal integer, outcome text, sequence integer, saved_at timestamptz, current jsonb)
LANGUAGE plpgsql VOLATILE AS $$
-- Appends answers to a session and says what became of each.
--   p_answers  [{"q": item, "a": payload, "t": seconds, "o": operation, "f": last sequence seen, "c": client's time}];
--              "f" and "c" may be null
--   ordinal    1-based place in p_answers; 0 is said of the whole call and nothing was saved
--   outcome    saved, repeat, conflict, invalid, unknown_item, passed;
--              of the whole call: not_found, signed_out, finished, closed
--   current    for a conflict: {"sequence", "selected_answer"} of the answer that stands
#variable_conflict use_column
DECLARE
    sitting record;
    given record;
    item record;
    seen record;
    stood jsonb;
    furthest integer;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(exams_lock_key(p_session));  -- finishing takes it alone

    SELECT s.id, s.organization_id, s.user_id, s.finished_at, s.accepts_until, s.is_going_back_allowed, s.reached_position,
           u.is_active AND EXISTS (
               SELECT FROM accounts_devicesession d
               WHERE d.public_id = p_device AND d.user_id = p_user AND d.ended_at IS NULL AND d.expires_at > p_received_at
           ) AS is_signed_in
    INTO sitting
    FROM exams_examsession s JOIN accounts_user u ON u.id = s.user_id
    WHERE s.public_id = p_session;

    IF NOT FOUND OR sitting.user_id <> p_user THEN
        RETURN QUERY SELECT 0, 'not_found', NULL::integer, NULL::timestamptz, NULL::jsonb;
        RETURN;
    ELSIF NOT sitting.is_signed_in THEN
        RETURN QUERY SELECT 0, 'signed_out', NULL::integer, NULL::timestamptz, NULL::jsonb;
        RETURN;
    ELSIF sitting.finished_at IS NOT NULL THEN
        RETURN QUERY SELECT 0, 'finished', NULL::integer, NULL::timestamptz, NULL::jsonb;
        RETURN;
    ELSIF p_received_at > sitting.accepts_until THEN
        RETURN QUERY SELECT 0, 'closed', NULL::integer, NULL::timestamptz, NULL::jsonb;
        RETURN;
    END IF;

    IF NOT sitting.is_going_back_allowed THEN
        SELECT greatest(sitting.reached_position, max(i.position)) INTO furthest
        FROM exams_sessionitem i
        WHERE i.session_id = sitting.id
          AND EXISTS (SELECT FROM exams_answer a WHERE a.item_id = i.id AND a.kind = 'save');
    END IF;

    -- one order of questions for every caller, so that two batches never wait for each other in a circle
    FOR given IN
        SELECT e.place::integer AS place, (e.part->>'q')::uuid AS question, nullif(e.part->'a', 'null'::jsonb) AS payload,
               (e.part->>'t')::integer AS seconds, (e.part->>'o')::uuid AS operation, (e.part->>'f')::integer AS after,
               (e.part->>'c')::timestamptz AS client_at
        FROM jsonb_array_elements(p_answers) WITH ORDINALITY AS e (part, place)
        ORDER BY 2, 1
    LOOP
        ordinal := given.place;
        outcome := 'saved';
        current := NULL;
        sequence := NULL;
        saved_at := NULL;

        SELECT i.id, i.position, i.accepts INTO item
        FROM exams_sessionitem i WHERE i.public_id = given.question AND i.session_id = sitting.id;
        IF NOT FOUND THEN
            outcome := 'unknown_item';
            RETURN NEXT;
            CONTINUE;
        END IF;

        PERFORM pg_advisory_xact_lock(exams_lock_key(given.question));  -- the same question on another device
        SELECT a.sequence, a.saved_at, a.kind INTO seen
        FROM exams_answer a WHERE a.client_operation_id = given.operation AND a.item_id = item.id;
        IF FOUND THEN
            sequence := seen.sequence;
            saved_at := seen.saved_at;
            outcome := CASE seen.kind WHEN 'save' THEN 'repeat' ELSE seen.kind END;
        ELSIF item.position < furthest THEN
            outcome := 'passed';
        ELSIF exams_answer_fits(item.accepts, given.payload) IS NOT TRUE THEN
            outcome := 'invalid';
        ELSE
            SELECT a.sequence, a.kind INTO seen
            FROM exams_answer a WHERE a.item_id = item.id ORDER BY a.sequence DESC LIMIT 1;
            IF given.after IS NOT NULL AND seen.sequence > given.after AND (
                seen.kind = 'save'
                OR EXISTS (
                    SELECT FROM exams_answer a WHERE a.item_id = item.id AND a.kind = 'save' AND a.sequence > given.after
                )
            ) THEN
                outcome := 'conflict';
            END IF;
            sequence := coalesce(seen.sequence, 0) + 1;
            saved_at := clock_timestamp();
            INSERT INTO exams_answer (organization_id, item_id, sequence, client_operation_id, kind, payload, time_spent,
                                      received_at, saved_at, client_at, device_session_id)
            VALUES (sitting.organization_id, item.id, sequence, given.operation,
                    CASE outcome WHEN 'saved' THEN 'save' ELSE outcome END, given.payload, given.seconds,
                    p_received_at, saved_at, given.client_at, p_device);
        END IF;
        IF outcome = 'conflict' THEN
            SELECT jsonb_build_object('sequence', a.sequence, 'selected_answer', a.payload) INTO current
            FROM exams_answer a WHERE a.item_id = item.id AND a.kind = 'save' ORDER BY a.sequence DESC LIMIT 1;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
"""

APPEND_ONLY = r"""
CREATE OR REPLACE FUNCTION exams_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
-- Answers and grades are never changed or removed; only a demonstration's go, with it, and only where that is said aloud.
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('lectern.removing_demo', true) = 'on'
       AND EXISTS (SELECT FROM accounts_organization o WHERE o.id = OLD.organization_id AND o.is_demo) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of % refused: its rows are append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER exams_answer_append_only BEFORE UPDATE OR DELETE ON exams_answer
    FOR EACH ROW EXECUTE FUNCTION exams_refuse_change();
CREATE TRIGGER exams_grade_append_only BEFORE DELETE ON exams_grade
    FOR EACH ROW EXECUTE FUNCTION exams_refuse_change();
CREATE TRIGGER exams_grade_marks_stay BEFORE UPDATE ON exams_grade
    FOR EACH ROW WHEN (
        (OLD.item_id, OLD.answer_id, OLD.key_version_id, OLD.fraction, OLD.mark, OLD.grader, OLD.created_at)
        IS DISTINCT FROM
        (NEW.item_id, NEW.answer_id, NEW.key_version_id, NEW.fraction, NEW.mark, NEW.grader, NEW.created_at)
    ) EXECUTE FUNCTION exams_refuse_change();
CREATE TRIGGER exams_revision_published_stays BEFORE UPDATE OR DELETE ON exams_examrevision
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION exams_refuse_change();
"""

APPEND_ONLY_REVERSE = r"""
DROP TRIGGER exams_revision_published_stays ON exams_examrevision;
DROP TRIGGER exams_grade_marks_stay ON exams_grade;
DROP TRIGGER exams_grade_append_only ON exams_grade;
DROP TRIGGER exams_answer_append_only ON exams_answer;
DROP FUNCTION exams_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("exams", "0002_one_organization_along_the_chain")]

    operations = [
        migrations.RunSQL(LOCK_KEY, "DROP FUNCTION exams_lock_key(uuid)"),
        migrations.RunSQL(ANSWER_FITS, "DROP FUNCTION exams_answer_fits(jsonb, jsonb)"),
        migrations.RunSQL(RECORD_ANSWERS, "DROP FUNCTION exams_record_answers(uuid, bigint, uuid, timestamptz, jsonb)"),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_REVERSE),
    ]
