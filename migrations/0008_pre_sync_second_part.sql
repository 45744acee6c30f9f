-- name: migrate-0008-up
-- Phones' keys, pictures that arrive in parts, leases (reliability rules S19 to S22).
SET LOCAL ROLE tannoi_owner;
SELECT set_config('app.offices', '*', true);

ALTER TABLE identity.device
    ADD COLUMN key_at timestamptz,
    -- The one phone of its courier that may hold leases and cash.
    ADD COLUMN is_field boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT device_key CHECK (
        public_key IS NULL OR (length(public_key) = 65 AND get_byte(public_key, 0) = 4)),
    ADD CONSTRAINT device_field CHECK (NOT is_field OR status = 'active');
UPDATE identity.device AS d
SET is_field = true
FROM (
    SELECT DISTINCT ON (office_id, staff_id) office_id, id
    FROM identity.device
    WHERE status = 'active'
    ORDER BY office_id, staff_id, enrolled_at DESC, id DESC
) AS newest
WHERE d.office_id = newest.office_id AND d.id = newest.id;
CREATE UNIQUE INDEX device_field_one ON identity.device (office_id, staff_id) WHERE is_field;

-- A picture on its way: how much of it lies in the folder. Its bytes may be sealed by a shift key.
CREATE TABLE proofs.upload (
    office_id uuid NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    length integer NOT NULL CHECK (length > 0),
    received integer NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND length),
    seal_eph bytea CHECK (length(seal_eph) = 65),
    seal_iv bytea CHECK (length(seal_iv) = 12),
    device_id uuid NOT NULL,
    begun_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, sha256),
    CHECK ((seal_eph IS NULL) = (seal_iv IS NULL))
);
CREATE INDEX upload_device ON proofs.upload (office_id, device_id, begun_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON proofs.upload TO tannoi_app;
SELECT kit.wall('proofs.upload');

ALTER TABLE rounds.phone_change
    DROP CONSTRAINT phone_change_kind_check,
    ADD CONSTRAINT phone_change_kind_check CHECK (kind IN ('round', 'stop', 'decision', 'blob'));

-- The personal part of what was set aside.
ALTER TABLE sync.op_quarantine ADD COLUMN side bytea;
CREATE INDEX quarantine_device ON sync.op_quarantine (office_id, device_id);

CREATE INDEX stream_device ON sync.stream (office_id, device_id, made_at);

-- The right to pay from a list, given online to one phone until a time of the server.
CREATE TABLE sync.lease (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    subject text NOT NULL,
    subject_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    device_id uuid NOT NULL,
    issued_by uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    released_at timestamptz,
    -- By the phone's own fact, or by a dispatcher and a second person.
    release_op_id uuid,
    released_by uuid,
    approved_by uuid,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id),
    CHECK (expires_at > issued_at),
    CHECK ((released_by IS NULL) = (approved_by IS NULL)),
    CHECK (released_by <> approved_by),
    CHECK (num_nonnulls(release_op_id, released_by) = num_nonnulls(released_at))
);
-- One holder at a time, also after the time is over: what the phone paid may still be on its way.
CREATE UNIQUE INDEX lease_held ON sync.lease (office_id, subject, subject_id)
    WHERE released_at IS NULL;
CREATE INDEX lease_device ON sync.lease (office_id, device_id);
GRANT SELECT, INSERT ON sync.lease TO tannoi_app;
GRANT UPDATE (released_at, release_op_id, released_by, approved_by, note) ON sync.lease
    TO tannoi_app;
SELECT kit.wall('sync.lease');

DO $$
BEGIN
    ASSERT NOT EXISTS (
        SELECT FROM identity.device
        WHERE status = 'active'
        GROUP BY office_id, staff_id
        HAVING count(*) FILTER (WHERE is_field) <> 1
    ), 'every courier with an active phone has one field device';
END
$$;
