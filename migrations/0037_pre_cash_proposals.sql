-- name: migrate-0037-up
-- What one person asks of cash and a second one allows: a day opened again, a debt written off, a
-- surplus given back or taken, a courier's limit. What was decided stays: it is the history.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE cash.proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'reopen_day', 'write_off', 'return_surplus', 'take_surplus', 'set_limit')),
    day date,
    -- Whose debt or limit it is.
    subject_id uuid,
    amount_vnd bigint CHECK (amount_vnd BETWEEN 1 AND 50000000000),
    reason text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    is_allowed boolean,
    PRIMARY KEY (office_id, id),
    CHECK ((kind = 'reopen_day') = (day IS NOT NULL)),
    CHECK ((kind = 'reopen_day') = (amount_vnd IS NULL)),
    CHECK ((kind IN ('write_off', 'set_limit')) = (subject_id IS NOT NULL)),
    CHECK ((is_allowed IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (decided_by <> made_by)
);
-- One thing is asked once at a time.
CREATE UNIQUE INDEX proposal_open ON cash.proposal (
    office_id, kind, coalesce(subject_id, office_id), coalesce(day, '2000-01-01'::date))
    WHERE decided_at IS NULL;
GRANT SELECT, INSERT, UPDATE (decided_by, decided_at, is_allowed) ON cash.proposal TO tannoi_app;
SELECT kit.wall('cash.proposal');
