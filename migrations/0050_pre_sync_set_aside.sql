-- name: migrate-0050-up
-- What was set aside is read and looked at by a person; a stream whose phone goes on in another
-- one under a new enrolment misses nothing.
SET LOCAL ROLE tannoi_owner;
SELECT set_config('app.offices', '*', true);

-- The old stream of a phone that was enrolled anew and still has all it spoke of: the facts come
-- in its new stream.
ALTER TABLE sync.stream ADD COLUMN moved_at timestamptz;

ALTER TABLE sync.op_quarantine
    -- As the fact says of itself; NULL and empty where nobody can read it.
    ADD COLUMN op_id uuid,
    ADD COLUMN kind text NOT NULL DEFAULT '',
    -- By the phone's clock, uncorrected.
    ADD COLUMN told_at timestamptz;
ALTER TABLE sync.op_quarantine DISABLE TRIGGER append_only;
DO $$
DECLARE
    kept record;
    fact jsonb;
BEGIN
    FOR kept IN SELECT office_id, id, raw FROM sync.op_quarantine LOOP
        BEGIN
            fact := convert_from(kept.raw, 'UTF8')::jsonb;
            UPDATE sync.op_quarantine AS q
            SET op_id = (fact ->> 'id')::uuid, kind = coalesce(fact ->> 'kind', ''),
                told_at = (fact ->> 'at')::timestamptz
            WHERE q.office_id = kept.office_id AND q.id = kept.id;
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            CONTINUE; -- it stays as one that nobody can read
        END;
    END LOOP;
END
$$;
ALTER TABLE sync.op_quarantine ENABLE ALWAYS TRIGGER append_only;
DO $$
BEGIN
    ASSERT (
        SELECT count(*) = 2 FROM pg_trigger
        WHERE tgrelid = 'sync.op_quarantine'::regclass AND tgenabled = 'A'
    ), 'what was set aside is a book again';
END
$$;

-- Somebody has looked at a fact that was set aside: what was done about it.
CREATE TABLE sync.aside_look (
    office_id uuid NOT NULL,
    aside_id uuid NOT NULL,
    by_staff_id uuid NOT NULL,
    at timestamptz NOT NULL,
    note text NOT NULL CHECK (length(note) <= 500),
    PRIMARY KEY (office_id, aside_id),
    FOREIGN KEY (office_id, aside_id) REFERENCES sync.op_quarantine (office_id, id)
);
CREATE INDEX aside_look_at ON sync.aside_look (office_id, at);
GRANT SELECT, INSERT ON sync.aside_look TO tannoi_app;
SELECT kit.wall('sync.aside_look');
SELECT kit.append_only('sync.aside_look');

-- What was set aside and nobody has looked at. A fact that was recorded another way, in the same
-- bytes or where those are sealed under the same id, needs nobody.
CREATE VIEW sync.aside_waiting WITH (security_invoker = true) AS
SELECT q.office_id, q.id, q.device_id
FROM sync.op_quarantine AS q
WHERE NOT EXISTS (
        SELECT FROM sync.aside_look AS k
        WHERE k.office_id = q.office_id AND k.aside_id = q.id)
    AND NOT EXISTS (
        SELECT FROM sync.effect AS e
        JOIN sync.op_log AS o
            ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
        WHERE e.office_id = q.office_id AND e.op_id = q.op_id
            AND (o.raw = q.raw OR q.kind = ''));
GRANT SELECT ON sync.aside_waiting TO tannoi_app;
