-- name: migrate-0005-up
-- The stops to make, the rounds that make them, attempts, and what changed for which phone.
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA rounds;
GRANT USAGE ON SCHEMA rounds TO tannoi_app;

CREATE TABLE rounds.round (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    service_on date NOT NULL,
    courier_id uuid NOT NULL,
    shift_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('published', 'open', 'closed')),
    rev integer NOT NULL DEFAULT 1,
    starts_s integer NOT NULL,
    ends_s integer NOT NULL,
    lunch_at_s integer,
    lunch_duration_s integer NOT NULL DEFAULT 0,
    duration_s integer NOT NULL CHECK (duration_s >= 0),
    distance_m integer NOT NULL CHECK (distance_m >= 0),
    published_at timestamptz NOT NULL,
    opened_at timestamptz,
    closed_at timestamptz,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, courier_id, service_on)
);
CREATE INDEX round_day ON rounds.round (office_id, service_on);

CREATE TABLE rounds.stop (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    round_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 1),
    delivery_point_id uuid NOT NULL,
    citizen_id uuid NOT NULL,
    planned_at timestamptz NOT NULL,
    tw_early_at timestamptz,
    tw_late_at timestamptz,
    service_duration_s integer NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'arrived', 'done', 'partly', 'failed', 'removed')),
    arrived_at timestamptz,
    ended_at timestamptz,
    rev integer NOT NULL DEFAULT 1,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, round_id) REFERENCES rounds.round (office_id, id)
);
CREATE INDEX stop_round ON rounds.stop (office_id, round_id, position);

-- One thing to do at a stop for one errand.
CREATE TABLE rounds.act (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    stop_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('dossier.accept', 'result.deliver')),
    errand_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'done', 'failed', 'removed')),
    reason text,
    op_id uuid,
    ended_at timestamptz,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, stop_id) REFERENCES rounds.stop (office_id, id)
);
CREATE INDEX act_stop ON rounds.act (office_id, stop_id);
-- An errand is on one round at a time.
CREATE UNIQUE INDEX act_open_errand ON rounds.act (office_id, errand_id) WHERE state = 'open';

CREATE TABLE rounds.attempt (
    office_id uuid NOT NULL,
    errand_id uuid NOT NULL,
    n integer NOT NULL CHECK (n >= 1),
    stop_id uuid NOT NULL,
    op_id uuid NOT NULL,
    reason text NOT NULL,
    invitation_n integer,
    next_on date,
    note text NOT NULL DEFAULT '',
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, errand_id, n)
);

-- What changed for which courier's phone; taken and numbered by the next exchange.
CREATE TABLE rounds.phone_change (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('round', 'stop', 'decision')),
    ref uuid NOT NULL,
    is_gone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, courier_id, id)
);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA rounds TO tannoi_app;
GRANT DELETE ON rounds.phone_change TO tannoi_app;
SELECT kit.wall('rounds.round');
SELECT kit.wall('rounds.stop');
SELECT kit.wall('rounds.act');
SELECT kit.wall('rounds.attempt');
SELECT kit.wall('rounds.phone_change');
SELECT kit.append_only('rounds.attempt');
