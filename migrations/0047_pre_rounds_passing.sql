-- name: migrate-0047-up
-- Items handed from one courier to another on the road. Each of the two says so by a fact of its
-- own; only both together move custody. What one alone has said stays open for all to see.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE rounds.passing (
    office_id uuid NOT NULL,
    -- The fact that came first.
    id uuid NOT NULL,
    -- What the giver's phone shows and the taker's reads: it joins the two.
    code text NOT NULL CHECK (code ~ '^[0-9A-HJKMNP-TV-Y]{8}$'),
    rev integer NOT NULL DEFAULT 1,
    giver_id uuid,
    giver_round_id uuid,
    given_op_id uuid,
    given_at timestamptz,
    -- To whom, where the giver has named somebody.
    to_id uuid,
    errand_ids uuid[] NOT NULL DEFAULT '{}',
    taker_id uuid,
    taker_round_id uuid,
    taken_op_id uuid,
    taken_at timestamptz,
    -- From whom, as the taker's phone has read it.
    from_id uuid,
    num_counted integer CHECK (num_counted > 0),
    -- Errands without a visit to make: they are only carried to the office.
    loose_ids uuid[] NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'joined', 'kept', 'given_up')),
    settled_at timestamptz,
    -- Who gave it up at the desk.
    settled_by_id uuid,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, code),
    CHECK ((giver_id IS NULL) = (given_op_id IS NULL)),
    CHECK ((giver_id IS NULL) = (given_at IS NULL)),
    CHECK ((giver_id IS NULL) = (giver_round_id IS NULL)),
    CHECK ((giver_id IS NULL) = (cardinality(errand_ids) = 0)),
    CHECK ((taker_id IS NULL) = (taken_op_id IS NULL)),
    CHECK ((taker_id IS NULL) = (taken_at IS NULL)),
    CHECK ((taker_id IS NULL) = (taker_round_id IS NULL)),
    CHECK ((taker_id IS NULL) = (num_counted IS NULL)),
    CHECK (giver_id <> taker_id),
    CHECK (state <> 'joined' OR (giver_id IS NOT NULL AND taker_id IS NOT NULL)),
    CHECK (state <> 'kept' OR giver_id IS NOT NULL),
    CHECK ((state = 'open') = (settled_at IS NULL)),
    CHECK ((state = 'given_up') = (settled_by_id IS NOT NULL))
);
CREATE INDEX passing_open ON rounds.passing (office_id) WHERE state = 'open';
CREATE INDEX passing_giver ON rounds.passing (office_id, giver_id, given_at);
CREATE INDEX passing_taker ON rounds.passing (office_id, taker_id, taken_at);
GRANT SELECT, INSERT, UPDATE ON rounds.passing TO tannoi_app;
SELECT kit.wall('rounds.passing');

-- The fact by which its holder says to have handed an item on; the other has not said so yet.
ALTER TABLE custody.item ADD COLUMN passed_op_id uuid;
GRANT UPDATE (passed_op_id) ON custody.item TO tannoi_app;

ALTER TABLE rounds.phone_change
    DROP CONSTRAINT phone_change_kind_check,
    ADD CONSTRAINT phone_change_kind_check
        CHECK (kind IN ('round', 'stop', 'decision', 'blob', 'passing'));
