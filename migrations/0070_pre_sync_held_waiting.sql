-- name: migrate-0070-up
-- Held facts that wait for a person, each with whose it is: what is asked of one courier or phone
-- reads its own rows, not all that was ever told.
SET LOCAL ROLE tannoi_owner;
SELECT set_config('app.offices', '*', true);
CREATE TABLE sync.held_waiting (
    office_id uuid NOT NULL,
    op_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    device_id uuid NOT NULL,
    kind text NOT NULL,
    PRIMARY KEY (office_id, op_id)
);
CREATE INDEX held_waiting_staff ON sync.held_waiting (office_id, staff_id) INCLUDE (kind);
CREATE INDEX held_waiting_device ON sync.held_waiting (office_id, device_id);
GRANT SELECT, INSERT, DELETE ON sync.held_waiting TO tannoi_app;
SELECT kit.wall('sync.held_waiting');

-- Written where the decision is, so that no writer can forget it.
CREATE FUNCTION sync.note_waiting() RETURNS trigger
LANGUAGE plpgsql SET search_path = sync, pg_temp AS $$
BEGIN
    IF NEW.n > 1 THEN
        DELETE FROM sync.held_waiting AS w
        WHERE w.office_id = NEW.office_id AND w.op_id = NEW.op_id;
    ELSE
        INSERT INTO sync.held_waiting (office_id, op_id, staff_id, device_id, kind)
        SELECT o.office_id, o.op_id, s.staff_id, s.device_id, o.kind
        FROM sync.effect AS e
        JOIN sync.op_log AS o
            ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
        JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
        WHERE e.office_id = NEW.office_id AND e.op_id = NEW.op_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_waiting AFTER INSERT ON sync.op_decision
    FOR EACH ROW WHEN (NEW.n > 1 OR NEW.outcome = 'held') EXECUTE FUNCTION sync.note_waiting();

INSERT INTO sync.held_waiting (office_id, op_id, staff_id, device_id, kind)
SELECT o.office_id, o.op_id, s.staff_id, s.device_id, o.kind
FROM sync.op_decision AS d
JOIN sync.effect AS e ON e.office_id = d.office_id AND e.op_id = d.op_id
JOIN sync.op_log AS o
    ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
WHERE d.n = 1 AND d.outcome = 'held'
    AND NOT EXISTS (
        SELECT FROM sync.op_decision AS later
        WHERE later.office_id = d.office_id AND later.op_id = d.op_id AND later.n > 1);
DO $$
BEGIN
    ASSERT (SELECT count(*) FROM sync.held_waiting) = (
        SELECT count(*)
        FROM sync.op_decision AS d
        JOIN sync.effect AS e ON e.office_id = d.office_id AND e.op_id = d.op_id
        WHERE d.n = 1 AND d.outcome = 'held' AND NOT EXISTS (
            SELECT FROM sync.op_decision AS later
            WHERE later.office_id = d.office_id AND later.op_id = d.op_id AND later.n > 1)
    ), 'every held fact that nobody has decided waits';
END
$$;
