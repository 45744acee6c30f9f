-- name: migrate-0035-up
-- Lists that phones hold, at the desk: taken from one that cannot give them back, by two people;
-- and a list whose time is over goes on at the same phone under a new lease.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE sync.lease_proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    lease_id uuid NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    -- released: the list may be given to another phone; kept: it stays where it is; over: the
    -- phone gave it back before anybody decided.
    outcome text CHECK (outcome IN ('released', 'kept', 'over')),
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, lease_id) REFERENCES sync.lease (office_id, id),
    CHECK ((outcome IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (outcome IS NULL OR outcome = 'over')),
    -- Nobody allows what they asked for.
    CHECK (decided_by <> asked_by)
);
CREATE UNIQUE INDEX lease_proposal_open ON sync.lease_proposal (office_id, lease_id)
    WHERE decided_at IS NULL;
GRANT SELECT, INSERT, UPDATE (decided_by, decided_at, outcome) ON sync.lease_proposal TO tannoi_app;
SELECT kit.wall('sync.lease_proposal');

ALTER TABLE sync.lease ADD COLUMN renewed_by_id uuid;
ALTER TABLE sync.lease DROP CONSTRAINT lease_check3;
ALTER TABLE sync.lease ADD CONSTRAINT lease_ended_once CHECK (
    num_nonnulls(release_op_id, released_by, renewed_by_id) = num_nonnulls(released_at));
ALTER TABLE sync.lease ADD CONSTRAINT lease_renewed_over CHECK (
    renewed_by_id IS NULL OR released_at >= expires_at);
GRANT UPDATE (renewed_by_id) ON sync.lease TO tannoi_app;
