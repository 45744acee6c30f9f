-- name: migrate-0013-up
-- Acts of money that are due at a door: what rounds are planned from and phones show, whichever
-- room the money belongs to. The row's id is the id of the payout, charge or order itself.
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA doorstep;
GRANT USAGE ON SCHEMA doorstep TO tannoi_app;

CREATE TABLE doorstep.errand (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'payout.pay', 'charge.collect', 'order.take', 'order.pay')),
    citizen_id uuid NOT NULL,
    delivery_point_id uuid NOT NULL,
    wanted_on date NOT NULL,
    tw_early_s integer CHECK (tw_early_s BETWEEN 0 AND 86400),
    tw_late_s integer CHECK (tw_late_s BETWEEN 0 AND 86400),
    service_duration_s integer NOT NULL CHECK (service_duration_s BETWEEN 30 AND 7200),
    cash_in_vnd bigint NOT NULL DEFAULT 0 CHECK (cash_in_vnd >= 0),
    cash_out_vnd bigint NOT NULL DEFAULT 0 CHECK (cash_out_vnd >= 0),
    subject_id uuid,
    shown jsonb NOT NULL DEFAULT '{}',
    instruction text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'done', 'gone')),
    num_attempts integer NOT NULL DEFAULT 0,
    ended_at timestamptz,
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    CHECK (tw_early_s <= tw_late_s),
    CHECK (cash_in_vnd = 0 OR cash_out_vnd = 0)
);
CREATE INDEX errand_due ON doorstep.errand (office_id, wanted_on) WHERE state = 'due';
CREATE INDEX errand_subject ON doorstep.errand (office_id, subject_id) WHERE state = 'due';
GRANT SELECT, INSERT, UPDATE ON doorstep.errand TO tannoi_app;
SELECT kit.wall('doorstep.errand');
