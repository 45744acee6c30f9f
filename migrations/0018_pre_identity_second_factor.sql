-- name: migrate-0018-up
-- A second factor for office roles (A3): one-time codes by time (RFC 6238), each used once.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE identity.factor (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    secret_sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    ended_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0,
    num_wrong integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, staff_id) REFERENCES identity.staff (office_id, id)
);
CREATE UNIQUE INDEX factor_in_use ON identity.factor (office_id, staff_id) WHERE ended_at IS NULL;
-- When a session last gave its second factor; money is approved within five minutes of it.
ALTER TABLE identity.session ADD COLUMN factor_at timestamptz;
GRANT SELECT, INSERT, UPDATE ON identity.factor TO tannoi_app;
SELECT kit.wall('identity.factor');
