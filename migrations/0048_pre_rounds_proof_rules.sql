-- name: migrate-0048-up
-- What an office asks as proof otherwise than the house does; from a day on, so that phones at
-- work and the office judge a round by the same.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE rounds.proof_rules (
    office_id uuid NOT NULL,
    valid_from date NOT NULL,
    rules jsonb NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    set_by_id uuid NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, valid_from)
);
GRANT SELECT, INSERT, UPDATE ON rounds.proof_rules TO tannoi_app;
SELECT kit.wall('rounds.proof_rules');
