-- name: migrate-0034-up
-- A round with money leaves on a phone that keeps its storage, or by a dispatcher's word.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE rounds.storage_waiver (
    office_id uuid NOT NULL,
    round_id uuid NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    waived_by_id uuid NOT NULL,
    waived_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, round_id),
    FOREIGN KEY (office_id, round_id) REFERENCES rounds.round (office_id, id)
);
GRANT SELECT, INSERT ON rounds.storage_waiver TO tannoi_app;
SELECT kit.wall('rounds.storage_waiver');
SELECT kit.append_only('rounds.storage_waiver');
