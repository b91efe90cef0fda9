"""The functions in PostgreSQL that save answers.

Saving is one round trip: the database checks the candidate, the device, the clock and the shape of the answer, and appends.
Finishing takes the session's advisory lock alone, saving shares it, so no acknowledged answer can miss the marking. The
lock lives in memory: unlike a shared row lock it writes nothing, and sessions never wait for each other.
"""

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

SESSION_LOCK_KEY = r"""
CREATE OR REPLACE FUNCTION exams_session_lock_key(session uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
-- The low 64 bits of the public id, 62 of them random.
    SELECT ('x' || right(replace(session::text, '-', ''), 16))::bit(64)::bigint
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
    last record;
    stood record;
    furthest integer;
    wanted integer;
    stored_kind text;
    written_at timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(exams_session_lock_key(p_session));

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

    -- one order of items for every caller, so that two batches never wait for each other in a circle
    FOR given IN
        SELECT row_number() OVER ()::integer AS place, (e->>'q')::uuid AS question, nullif(e->'a', 'null'::jsonb) AS payload,
               (e->>'t')::integer AS seconds, (e->>'o')::uuid AS operation, (e->>'f')::integer AS seen,
               (e->>'c')::timestamptz AS client_at
        FROM jsonb_array_elements(p_answers) AS e
        ORDER BY 2, 1
    LOOP
        SELECT i.id, i.position, i.accepts INTO item
        FROM exams_sessionitem i WHERE i.public_id = given.question AND i.session_id = sitting.id;
        IF NOT FOUND THEN
            RETURN QUERY SELECT given.place, 'unknown_item', NULL::integer, NULL::timestamptz, NULL::jsonb;
            CONTINUE;
        END IF;

        LOOP
            SELECT a.sequence, a.saved_at, a.kind INTO last
            FROM exams_answer a WHERE a.item_id = item.id AND a.client_operation_id = given.operation;
            IF FOUND THEN
                IF last.kind = 'save' THEN
                    RETURN QUERY SELECT given.place, 'repeat', last.sequence, last.saved_at, NULL::jsonb;
                ELSE
                    SELECT a.sequence, a.payload INTO stood FROM exams_answer a
                    WHERE a.item_id = item.id AND a.kind = 'save' ORDER BY a.sequence DESC LIMIT 1;
                    RETURN QUERY SELECT given.place, 'conflict', last.sequence, last.saved_at,
                        jsonb_build_object('sequence', stood.sequence, 'selected_answer', stood.payload);
                END IF;
                EXIT;
            END IF;
            IF furthest IS NOT NULL AND item.position < furthest THEN
                RETURN QUERY SELECT given.place, 'passed', NULL::integer, NULL::timestamptz, NULL::jsonb;
                EXIT;
            ELSIF NOT exams_answer_fits(item.accepts, given.payload) THEN
                RETURN QUERY SELECT given.place, 'invalid', NULL::integer, NULL::timestamptz, NULL::jsonb;
                EXIT;
            END IF;

            SELECT a.sequence, a.kind INTO last
            FROM exams_answer a WHERE a.item_id = item.id ORDER BY a.sequence DESC LIMIT 1;
            wanted := coalesce(last.sequence, 0) + 1;
            stored_kind := 'save';
            stood := NULL;
            IF given.seen IS NOT NULL AND last.sequence IS NOT NULL THEN
                SELECT a.sequence, a.payload INTO stood FROM exams_answer a
                WHERE a.item_id = item.id AND a.kind = 'save' ORDER BY a.sequence DESC LIMIT 1;
                IF stood.sequence > given.seen THEN
                    stored_kind := 'conflict';
                END IF;
            END IF;

            written_at := clock_timestamp();
            INSERT INTO exams_answer (organization_id, item_id, sequence, client_operation_id, kind, payload, time_spent,
                                      received_at, saved_at, client_at, device_session_id)
            VALUES (sitting.organization_id, item.id, wanted, given.operation, stored_kind, given.payload, given.seconds,
                    p_received_at, written_at, given.client_at, p_device)
            ON CONFLICT DO NOTHING;
            IF FOUND THEN
                IF stored_kind = 'save' THEN
                    RETURN QUERY SELECT given.place, 'saved', wanted, written_at, NULL::jsonb;
                ELSE
                    RETURN QUERY SELECT given.place, 'conflict', wanted, written_at,
                        jsonb_build_object('sequence', stood.sequence, 'selected_answer', stood.payload);
                END IF;
                EXIT;
            END IF;
            -- another device took this sequence, or the same operation arrived twice at once: look again
        END LOOP;
    END LOOP;
END
$$;
"""

APPEND_ONLY = r"""
CREATE OR REPLACE FUNCTION exams_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
-- Answers and grades are never changed or removed; only the removal of the demonstration says otherwise, locally and aloud.
BEGIN
    IF current_setting('lectern.removing_demo', true) = 'on' THEN
        RETURN coalesce(NEW, OLD);
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
