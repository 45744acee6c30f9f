-- name: migrate-0016-up
-- Money orders: taken in one office, paid in any against PIN and paper, given back to the sender.
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA money_orders;
GRANT USAGE ON SCHEMA money_orders TO tannoi_app;

-- An order belongs to the office that took it. Who sends and who is paid is sealed.
CREATE TABLE money_orders.money_order (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL UNIQUE CHECK (reference ~ '^CT[0-9A-HJKMNP-TV-Z]{8}$'),
    state text NOT NULL CHECK (state IN ('booked', 'taken', 'paid', 'refunded', 'cancelled')),
    amount_vnd bigint NOT NULL CHECK (amount_vnd BETWEEN 1 AND 50000000000),
    fee_vnd bigint NOT NULL CHECK (fee_vnd BETWEEN 0 AND 1000000000),
    purpose text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 200),
    parties_sealed bytea NOT NULL,
    sender_key text NOT NULL CHECK (sender_key ~ '^[0-9a-f]{64}$'),
    payee_key text NOT NULL CHECK (payee_key ~ '^[0-9a-f]{64}$'),
    pin_salt bytea,
    pin_hash bytea,
    num_wrong integer NOT NULL DEFAULT 0,
    locked_at timestamptz,
    to_door boolean NOT NULL DEFAULT false,
    pay_office_id uuid,
    not_brought text NOT NULL DEFAULT '' CHECK (length(not_brought) <= 40),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    taken_at timestamptz,
    taken_on date,
    taken_by uuid,
    cash_owner_id uuid,
    op_id uuid,
    settled_at timestamptz,
    settled_office_id uuid,
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    CHECK ((pin_salt IS NULL) = (pin_hash IS NULL)),
    CHECK ((state IN ('taken', 'paid', 'refunded')) = (taken_at IS NOT NULL)),
    CHECK ((state IN ('paid', 'refunded')) = (settled_at IS NOT NULL))
);
CREATE INDEX money_order_state ON money_orders.money_order (office_id, state, made_at);
CREATE INDEX money_order_sender ON money_orders.money_order (sender_key, taken_on);

-- Each time somebody gave a PIN.
CREATE TABLE money_orders.pin_try (
    office_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuidv7(),
    order_id uuid NOT NULL,
    at timestamptz NOT NULL,
    by_office_id uuid NOT NULL,
    by_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('right', 'wrong', 'locked')),
    PRIMARY KEY (office_id, id)
);

-- An order that was paid out, or given back, in the book of the office that did it.
CREATE TABLE money_orders.settlement (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    order_office_id uuid NOT NULL,
    order_id uuid NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('paid', 'refunded')),
    amount_vnd bigint NOT NULL CHECK (amount_vnd >= 1),
    person_key text NOT NULL CHECK (person_key ~ '^[0-9a-f]{64}$'),
    identity_method text NOT NULL,
    transfer_id uuid NOT NULL,
    cash_owner_id uuid,
    op_id uuid,
    at timestamptz NOT NULL,
    on_day date NOT NULL,
    by_id uuid NOT NULL,
    PRIMARY KEY (office_id, id)
);
CREATE INDEX settlement_person ON money_orders.settlement (person_key, on_day);

-- Notes that a phone tells of and that fit no order: booked against suspense until two decide.
CREATE TABLE money_orders.doubt (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('take', 'pay')),
    amount_vnd bigint NOT NULL CHECK (amount_vnd >= 1),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 40),
    transfer_id uuid NOT NULL,
    cash_owner_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    answered_at timestamptz,
    answered_by uuid,
    approved_by uuid,
    PRIMARY KEY (office_id, id),
    CHECK (approved_by <> answered_by),
    CHECK ((answered_at IS NULL) = (approved_by IS NULL))
);
CREATE INDEX doubt_open ON money_orders.doubt (office_id, occurred_at) WHERE answered_at IS NULL;

-- What one person asks for and another approves.
CREATE TABLE money_orders.proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('unlock', 'bring_home')),
    subject_id uuid NOT NULL,
    note text NOT NULL CHECK (length(note) BETWEEN 1 AND 300),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    ended_by uuid,
    ended_at timestamptz,
    PRIMARY KEY (office_id, id),
    CHECK (ended_by <> made_by),
    CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE UNIQUE INDEX proposal_open ON money_orders.proposal (office_id, subject_id)
    WHERE ended_at IS NULL;

-- What the law wants reported: much cash of one person on one day, large transfers.
CREATE TABLE money_orders.flag (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('cash_day', 'transfer')),
    person_key text NOT NULL CHECK (person_key ~ '^[0-9a-f]{64}$'),
    on_day date NOT NULL,
    order_id uuid NOT NULL,
    total_vnd bigint NOT NULL CHECK (total_vnd >= 1),
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, kind, order_id)
);
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA money_orders TO tannoi_app;
GRANT UPDATE (state, pin_salt, pin_hash, num_wrong, locked_at, pay_office_id, not_brought,
    taken_at, taken_on, taken_by, cash_owner_id, op_id, settled_at, settled_office_id)
    ON money_orders.money_order TO tannoi_app;
GRANT UPDATE (answered_at, answered_by, approved_by) ON money_orders.doubt TO tannoi_app;
GRANT UPDATE (ended_by, ended_at) ON money_orders.proposal TO tannoi_app;
SELECT kit.wall('money_orders.money_order');
SELECT kit.wall('money_orders.pin_try');
SELECT kit.wall('money_orders.settlement');
SELECT kit.wall('money_orders.doubt');
SELECT kit.wall('money_orders.proposal');
SELECT kit.wall('money_orders.flag');
SELECT kit.append_only('money_orders.pin_try');
SELECT kit.append_only('money_orders.settlement');
SELECT kit.append_only('money_orders.flag');

-- Beyond the wall there are four narrow gates, and each says no more than its answer. A gate opens
-- the wall for its own statements and closes it before it answers; an error closes it as well.

-- With what a PIN is hashed; nothing for an unknown reference, nor before a PIN was made.
CREATE FUNCTION money_orders.find_salt(p_reference text) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = money_orders, pg_temp AS $$
DECLARE
    seen text := current_setting('app.offices', true);
    salt bytea;
BEGIN
    PERFORM set_config('app.offices', '*', true);
    SELECT m.pin_salt INTO salt FROM money_order m WHERE m.reference = p_reference;
    PERFORM set_config('app.offices', coalesce(seen, ''), true);
    RETURN salt;
END
$$;

-- Try a PIN: three wrong ones lock the order. Only a right one shows the order; a wrong one and an
-- unknown reference answer alike.
CREATE FUNCTION money_orders.try_pin(
    p_reference text, p_pin_hash bytea, p_office_id uuid, p_by uuid, p_at timestamptz,
    OUT outcome text, OUT office_id uuid, OUT id uuid, OUT state text, OUT amount_vnd bigint,
    OUT purpose text, OUT parties_sealed bytea, OUT payee_key text, OUT to_door boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = money_orders, pg_temp AS $$
DECLARE
    seen text := current_setting('app.offices', true);
    o record;
BEGIN
    outcome := 'wrong';
    PERFORM set_config('app.offices', '*', true);
    SELECT * INTO o FROM money_order m WHERE m.reference = p_reference FOR UPDATE;
    IF NOT FOUND OR o.pin_hash IS NULL THEN
        PERFORM set_config('app.offices', coalesce(seen, ''), true);
        RETURN;
    END IF;
    IF o.locked_at IS NOT NULL THEN
        outcome := 'locked';
    ELSIF o.pin_hash = p_pin_hash THEN
        outcome := 'right';
    END IF;
    INSERT INTO pin_try (office_id, order_id, at, by_office_id, by_id, outcome)
    VALUES (o.office_id, o.id, p_at, p_office_id, p_by, try_pin.outcome);
    IF outcome = 'wrong' THEN
        UPDATE money_order m SET num_wrong = m.num_wrong + 1,
            locked_at = CASE WHEN m.num_wrong + 1 >= 3 THEN p_at END
        WHERE m.office_id = o.office_id AND m.id = o.id;
        IF o.num_wrong + 1 >= 3 THEN
            outcome := 'locked';
        END IF;
    ELSIF outcome = 'right' THEN
        UPDATE money_order m SET num_wrong = 0
        WHERE m.office_id = o.office_id AND m.id = o.id AND m.num_wrong > 0;
        office_id := o.office_id;
        id := o.id;
        state := o.state;
        amount_vnd := o.amount_vnd;
        purpose := o.purpose;
        parties_sealed := o.parties_sealed;
        payee_key := o.payee_key;
        to_door := o.to_door;
    END IF;
    PERFORM set_config('app.offices', coalesce(seen, ''), true);
END
$$;

-- Let an order be paid, by its reference and PIN again; whether it was waiting to be.
CREATE FUNCTION money_orders.set_paid(
    p_reference text, p_pin_hash bytea, p_office_id uuid, p_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = money_orders, pg_temp AS $$
DECLARE
    seen text := current_setting('app.offices', true);
    num integer;
BEGIN
    PERFORM set_config('app.offices', '*', true);
    UPDATE money_order SET state = 'paid', settled_at = p_at, settled_office_id = p_office_id
    WHERE reference = p_reference AND pin_hash = p_pin_hash AND state = 'taken'
        AND locked_at IS NULL;
    GET DIAGNOSTICS num = ROW_COUNT;
    PERFORM set_config('app.offices', coalesce(seen, ''), true);
    RETURN num = 1;
END
$$;

-- How much cash one person handed in and was handed out on a day, in all offices: a sum alone.
CREATE FUNCTION money_orders.sum_cash(p_person_key text, p_day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = money_orders, pg_temp AS $$
DECLARE
    seen text := current_setting('app.offices', true);
    total bigint;
BEGIN
    PERFORM set_config('app.offices', '*', true);
    SELECT coalesce((SELECT sum(m.amount_vnd) FROM money_order m
            WHERE m.sender_key = p_person_key AND m.taken_on = p_day), 0)
        + coalesce((SELECT sum(s.amount_vnd) FROM settlement s
            WHERE s.person_key = p_person_key AND s.on_day = p_day AND s.kind = 'paid'), 0)
    INTO total;
    PERFORM set_config('app.offices', coalesce(seen, ''), true);
    RETURN total;
END
$$;
REVOKE ALL ON FUNCTION money_orders.find_salt(text),
    money_orders.try_pin(text, bytea, uuid, uuid, timestamptz),
    money_orders.set_paid(text, bytea, uuid, timestamptz), money_orders.sum_cash(text, date)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION money_orders.find_salt(text),
    money_orders.try_pin(text, bytea, uuid, uuid, timestamptz),
    money_orders.set_paid(text, bytea, uuid, timestamptz), money_orders.sum_cash(text, date)
    TO tannoi_app;
