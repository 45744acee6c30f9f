-- name: migrate-0033-up
-- What a courier says afterwards of an act already reported: that it was not so, or not quite.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE rounds.correction (
    office_id uuid NOT NULL,
    -- The fact that corrects, and the fact that is corrected.
    op_id uuid NOT NULL,
    corrects_op_id uuid NOT NULL,
    act_id uuid NOT NULL,
    wrong text NOT NULL CHECK (wrong IN ('not_so', 'details')),
    reason text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    -- The state the act goes back to; null where its end stands.
    act_state text CHECK (act_state IN ('open', 'removed')),
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, op_id),
    FOREIGN KEY (office_id, act_id) REFERENCES rounds.act (office_id, id),
    CHECK ((wrong = 'not_so') = (act_state IS NOT NULL))
);
-- A fact is taken back once.
CREATE UNIQUE INDEX correction_not_so ON rounds.correction (office_id, corrects_op_id)
    WHERE wrong = 'not_so';
CREATE INDEX correction_act ON rounds.correction (office_id, act_id);
GRANT SELECT, INSERT ON rounds.correction TO tannoi_app;
SELECT kit.wall('rounds.correction');
SELECT kit.append_only('rounds.correction');

ALTER TABLE proofs.proof DROP CONSTRAINT proof_kind_check;
ALTER TABLE proofs.proof ADD CONSTRAINT proof_kind_check CHECK (kind IN (
    'photo', 'sign_citizen', 'sign_courier', 'identity', 'proxy', 'seal', 'checklist', 'reclaim',
    'failure', 'correction'));
