-- name: migrate-0036-up
-- What one person makes of a held fact about money counts once a second one allows it.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE sync.held_proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    op_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('applied', 'noop')),
    note text NOT NULL CHECK (length(note) BETWEEN 3 AND 500),
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    is_allowed boolean,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, op_id) REFERENCES sync.effect (office_id, op_id),
    CHECK ((is_allowed IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (decided_by <> asked_by)
);
CREATE UNIQUE INDEX held_proposal_open ON sync.held_proposal (office_id, op_id)
    WHERE decided_at IS NULL;
GRANT SELECT, INSERT, UPDATE (decided_by, decided_at, is_allowed) ON sync.held_proposal
    TO tannoi_app;
SELECT kit.wall('sync.held_proposal');
