-- name: migrate-0039-up
-- Cash on its way between drawer, vault and bank: who carries it, with whom, and what arrived, said
-- by another person than the one who sent it off (L5, L8).
SET LOCAL ROLE tannoi_owner;
CREATE TABLE cash.carriage (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    route text NOT NULL CHECK (route IN ('from_bank', 'to_bank', 'to_vault', 'from_vault')),
    state text NOT NULL CHECK (state IN ('on_way', 'ended')),
    amount_vnd bigint NOT NULL CHECK (amount_vnd BETWEEN 1 AND 50000000000),
    slip text NOT NULL DEFAULT '' CHECK (length(slip) <= 60),
    carrier_id uuid NOT NULL,
    companion_id uuid CHECK (companion_id <> carrier_id),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    ended_by uuid CHECK (ended_by <> made_by AND ended_by <> carrier_id),
    ended_at timestamptz,
    arrived_vnd bigint CHECK (arrived_vnd >= 0),
    back_vnd bigint CHECK (back_vnd >= 0),
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    PRIMARY KEY (office_id, id),
    CHECK ((state = 'ended') = (ended_by IS NOT NULL)),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL)),
    CHECK ((ended_by IS NULL) = (arrived_vnd IS NULL)),
    CHECK ((ended_by IS NULL) = (back_vnd IS NULL)),
    CHECK (arrived_vnd + back_vnd <= amount_vnd)
);
CREATE INDEX carriage_on_way ON cash.carriage (office_id) WHERE state = 'on_way';
CREATE INDEX carriage_made ON cash.carriage (office_id, made_at);
GRANT SELECT, INSERT,
    UPDATE (state, slip, ended_by, ended_at, arrived_vnd, back_vnd, reason) ON cash.carriage
    TO tannoi_app;
SELECT kit.wall('cash.carriage');
ALTER TABLE cash.difference DROP CONSTRAINT difference_subject_check;
ALTER TABLE cash.difference ADD CONSTRAINT difference_subject_check
    CHECK (subject IN ('shift', 'drawer', 'carriage'));
-- Who goes along where a courier takes more than one person may carry.
ALTER TABLE cash.handover ADD COLUMN companion_id uuid;
