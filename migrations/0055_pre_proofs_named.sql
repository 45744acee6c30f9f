-- name: migrate-0055-up
-- The pictures that facts name, whether they have come or not: what is missing can be told, and
-- with it which phone may still have it. A fact set aside names pictures too.
SET LOCAL ROLE tannoi_owner;
SELECT set_config('app.offices', '*', true);
CREATE TABLE proofs.named (
    office_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    op_id uuid NOT NULL,
    device_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    -- When the fact came.
    named_at timestamptz NOT NULL,
    -- The fact is kept for a person and not counted.
    is_aside boolean NOT NULL DEFAULT false,
    stored_at timestamptz,
    -- The phone had no room left and forgot its copy before the time.
    let_go_at timestamptz,
    -- Somebody has seen that it will not come.
    looked_at timestamptz,
    looked_by_id uuid,
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    PRIMARY KEY (office_id, stream_id, seq, sha256),
    CHECK ((looked_at IS NULL) = (looked_by_id IS NULL))
);
CREATE INDEX named_picture ON proofs.named (office_id, sha256);
CREATE INDEX named_stored ON proofs.named (office_id, stream_id, stored_at);
CREATE INDEX named_missing ON proofs.named (office_id, named_at)
    WHERE stored_at IS NULL AND looked_at IS NULL AND NOT is_aside;
GRANT SELECT, INSERT, UPDATE (stored_at, let_go_at, looked_at, looked_by_id, note)
    ON proofs.named TO tannoi_app;
SELECT kit.wall('proofs.named');

-- What was named before, as far as a fact of it was counted.
INSERT INTO proofs.named (
    office_id, stream_id, seq, sha256, op_id, device_id, staff_id, named_at, stored_at)
SELECT o.office_id, o.stream_id, o.seq, p.sha256, o.op_id, s.device_id, s.staff_id,
    o.received_at, b.stored_at
FROM proofs.proof AS p
JOIN sync.op_log AS o ON o.office_id = p.office_id AND o.op_id = p.op_id
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
LEFT JOIN proofs.blob AS b ON b.office_id = p.office_id AND b.sha256 = p.sha256
WHERE p.sha256 IS NOT NULL
ON CONFLICT DO NOTHING;
