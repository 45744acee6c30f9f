-- name: migrate-0009-up
-- What was taken from a courier who may not know it yet: recalled, not lost.
SET LOCAL ROLE tannoi_owner;

CREATE TABLE rounds.recall (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    act_id uuid NOT NULL,
    stop_id uuid NOT NULL,
    errand_id uuid NOT NULL,
    from_courier_id uuid NOT NULL,
    -- NULL: taken off the round without a new holder.
    to_courier_id uuid,
    asked_at timestamptz NOT NULL,
    -- NULL: by the house itself.
    asked_by_id uuid,
    -- asked: the phone does not know yet; taken: it has let go; overtaken: it was done before.
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'taken', 'overtaken')),
    settled_at timestamptz,
    -- The dispatcher has seen that reality won.
    looked_at timestamptz,
    looked_by_id uuid,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, act_id) REFERENCES rounds.act (office_id, id),
    CHECK ((state = 'asked') = (settled_at IS NULL)),
    CHECK ((looked_at IS NULL) = (looked_by_id IS NULL)),
    CHECK (looked_at IS NULL OR state = 'overtaken')
);
-- An act is taken away once.
CREATE UNIQUE INDEX recall_act ON rounds.recall (office_id, act_id);
CREATE INDEX recall_asked ON rounds.recall (office_id, from_courier_id) WHERE state = 'asked';
CREATE INDEX recall_errand ON rounds.recall (office_id, errand_id, to_courier_id);
CREATE INDEX recall_open ON rounds.recall (office_id)
WHERE state = 'overtaken' AND looked_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON rounds.recall TO tannoi_app;
SELECT kit.wall('rounds.recall');
