-- name: migrate-0006-up
-- The phones' facts in, their feed out (reliability rules S1 to S22, section 1.2).
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA sync;
GRANT USAGE ON SCHEMA sync TO tannoi_app;

-- Raised by one after every restore or lossy failover.
CREATE TABLE sync.epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL CHECK (epoch >= 1),
    since timestamptz NOT NULL
);
INSERT INTO sync.epoch (epoch, since) VALUES (1, now());

CREATE TABLE sync.stream (
    office_id uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    device_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    last_seq bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    last_hash bytea NOT NULL CHECK (length(last_hash) = 32),
    last_occurred_at timestamptz,
    head_seq bigint NOT NULL DEFAULT 0,
    fork_seq bigint,
    made_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    app_version text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id)
);
CREATE INDEX stream_staff ON sync.stream (office_id, staff_id);

-- Facts in the exact bytes the phone hashed.
CREATE TABLE sync.op_log (
    office_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 1),
    op_id uuid NOT NULL,
    kind text NOT NULL,
    v smallint NOT NULL,
    raw bytea NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    occurred_at timestamptz NOT NULL,
    time_quality text NOT NULL CHECK (time_quality IN ('good', 'corrected', 'suspect')),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, stream_id, seq),
    FOREIGN KEY (office_id, stream_id) REFERENCES sync.stream (office_id, id)
);
CREATE INDEX op_log_op ON sync.op_log (office_id, op_id);
CREATE INDEX op_log_age ON sync.op_log (office_id, stream_id, received_at);

-- The personal part of a fact, which may be deleted while the chain still verifies (A16).
CREATE TABLE sync.op_side (
    office_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL,
    raw bytea NOT NULL,
    PRIMARY KEY (office_id, stream_id, seq)
);

-- One effect per op id, for ever.
CREATE TABLE sync.effect (
    office_id uuid NOT NULL,
    op_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (office_id, op_id)
);

CREATE TABLE sync.op_decision (
    office_id uuid NOT NULL,
    op_id uuid NOT NULL,
    n smallint NOT NULL CHECK (n >= 1),
    outcome text NOT NULL CHECK (outcome IN ('applied', 'noop', 'held')),
    reason text,
    by_staff_id uuid,
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    PRIMARY KEY (office_id, op_id, n),
    CHECK ((n = 1) = (by_staff_id IS NULL))
);

-- Facts of forked streams and of revoked devices: kept, not counted.
CREATE TABLE sync.op_quarantine (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL,
    raw bytea NOT NULL,
    reason text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id)
);

CREATE TABLE sync.feed_head (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    last bigint NOT NULL DEFAULT 0,
    floor bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (office_id, courier_id),
    CHECK (0 <= floor AND floor <= last)
);

CREATE TABLE sync.feed (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    fseq bigint NOT NULL CHECK (fseq >= 1),
    kind text NOT NULL,
    ref uuid NOT NULL,
    rev bigint NOT NULL,
    body bytea,
    at timestamptz NOT NULL,
    PRIMARY KEY (office_id, courier_id, fseq)
);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA sync TO tannoi_app;
REVOKE INSERT, UPDATE ON sync.epoch FROM tannoi_app;
GRANT DELETE ON sync.op_side, sync.feed TO tannoi_app;
SELECT kit.wall('sync.stream');
SELECT kit.wall('sync.op_log');
SELECT kit.wall('sync.op_side');
SELECT kit.wall('sync.effect');
SELECT kit.wall('sync.op_decision');
SELECT kit.wall('sync.op_quarantine');
SELECT kit.wall('sync.feed_head');
SELECT kit.wall('sync.feed');
SELECT kit.append_only('sync.op_log');
SELECT kit.append_only('sync.effect');
SELECT kit.append_only('sync.op_decision');
SELECT kit.append_only('sync.op_quarantine');
