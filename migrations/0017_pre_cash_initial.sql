-- name: migrate-0017-up
-- Who has which cash: shifts, hand-overs in two phases, blind counts, differences, days.
SET LOCAL ROLE tannoi_owner;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE SCHEMA cash;
GRANT USAGE ON SCHEMA cash TO tannoi_app;

-- A courier's time with the office's cash: from the first float to the verified return. One at a
-- time (L11). What the phone has and the office has not is noted by the exchange.
CREATE TABLE cash.shift (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    courier_id uuid NOT NULL,
    during tstzrange NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'counted', 'verified', 'closed')),
    head bigint NOT NULL DEFAULT 0,
    ack bigint NOT NULL DEFAULT 0,
    num_held integer NOT NULL DEFAULT 0,
    num_leases integer NOT NULL DEFAULT 0,
    heard_at timestamptz,
    closed_by uuid,
    PRIMARY KEY (office_id, id),
    EXCLUDE USING gist (courier_id WITH =, during WITH &&),
    CHECK ((state = 'closed') = (closed_by IS NOT NULL))
);

-- One change of hands of cash: made by the giver, answered by the taker (L5). `transfer_id` is the
-- pending transfer, or the one that the answer posts.
CREATE TABLE cash.handover (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('float.issue', 'float.return', 'float.pass')),
    state text NOT NULL CHECK (state IN ('to_approve', 'pending', 'accepted', 'void')),
    giver_kind text NOT NULL CHECK (giver_kind IN ('hand', 'drawer')),
    giver_id uuid,
    taker_kind text NOT NULL CHECK (taker_kind IN ('hand', 'drawer')),
    taker_id uuid,
    shift_id uuid,
    amount_vnd bigint NOT NULL CHECK (amount_vnd > 0),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    approved_by uuid,
    answered_by uuid,
    answered_at timestamptz,
    answered_vnd bigint,
    op_id uuid,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id),
    CHECK (approved_by <> made_by)
);
CREATE INDEX handover_open ON cash.handover (office_id, state)
    WHERE state IN ('to_approve', 'pending');
CREATE INDEX handover_shift ON cash.handover (office_id, shift_id);

-- A count of money by denomination; counted and expected are both kept (L10). `n` numbers the
-- counts of one subject by one side: a recount is another row.
CREATE TABLE cash.count (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('shift', 'handover', 'drawer')),
    subject_id uuid NOT NULL,
    side text NOT NULL CHECK (side IN ('courier', 'cashier', 'controller')),
    n integer NOT NULL CHECK (n >= 1),
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    op_id uuid,
    n_500000 integer NOT NULL DEFAULT 0 CHECK (n_500000 BETWEEN 0 AND 1000000),
    n_200000 integer NOT NULL DEFAULT 0 CHECK (n_200000 BETWEEN 0 AND 1000000),
    n_100000 integer NOT NULL DEFAULT 0 CHECK (n_100000 BETWEEN 0 AND 1000000),
    n_50000 integer NOT NULL DEFAULT 0 CHECK (n_50000 BETWEEN 0 AND 1000000),
    n_20000 integer NOT NULL DEFAULT 0 CHECK (n_20000 BETWEEN 0 AND 1000000),
    n_10000 integer NOT NULL DEFAULT 0 CHECK (n_10000 BETWEEN 0 AND 1000000),
    n_5000 integer NOT NULL DEFAULT 0 CHECK (n_5000 BETWEEN 0 AND 1000000),
    n_2000 integer NOT NULL DEFAULT 0 CHECK (n_2000 BETWEEN 0 AND 1000000),
    n_1000 integer NOT NULL DEFAULT 0 CHECK (n_1000 BETWEEN 0 AND 1000000),
    n_500 integer NOT NULL DEFAULT 0 CHECK (n_500 BETWEEN 0 AND 1000000),
    n_200 integer NOT NULL DEFAULT 0 CHECK (n_200 BETWEEN 0 AND 1000000),
    total_vnd bigint NOT NULL GENERATED ALWAYS AS (
        500000 * n_500000::bigint + 200000 * n_200000::bigint + 100000 * n_100000::bigint
        + 50000 * n_50000::bigint + 20000 * n_20000::bigint + 10000 * n_10000::bigint
        + 5000 * n_5000::bigint + 2000 * n_2000::bigint + 1000 * n_1000::bigint
        + 500 * n_500::bigint + 200 * n_200::bigint) STORED,
    expected_vnd bigint NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, subject, subject_id, side, n)
);

-- What was found more or less than expected: who owns it, why, who agreed (L10).
CREATE TABLE cash.difference (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('shift', 'drawer')),
    subject_id uuid NOT NULL,
    amount_vnd bigint NOT NULL CHECK (amount_vnd <> 0),
    owner_id uuid NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    made_by uuid NOT NULL,
    approved_by uuid NOT NULL,
    at timestamptz NOT NULL,
    transfer_id uuid NOT NULL,
    PRIMARY KEY (office_id, id),
    CHECK (made_by <> approved_by)
);

-- The counter's day: the drawer counted by two, then the books closed.
CREATE TABLE cash.drawer_day (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    day date NOT NULL,
    state text NOT NULL CHECK (state IN ('counted', 'verified', 'closed')),
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, day)
);

-- Which couriers' phones must hear of their cash anew.
CREATE TABLE cash.phone (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    rev bigint NOT NULL DEFAULT 1,
    is_changed boolean NOT NULL DEFAULT true,
    PRIMARY KEY (office_id, courier_id)
);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA cash TO tannoi_app;
SELECT kit.wall('cash.shift');
SELECT kit.wall('cash.handover');
SELECT kit.wall('cash.count');
SELECT kit.wall('cash.difference');
SELECT kit.wall('cash.drawer_day');
SELECT kit.wall('cash.phone');
SELECT kit.append_only('cash.count');
SELECT kit.append_only('cash.difference');
