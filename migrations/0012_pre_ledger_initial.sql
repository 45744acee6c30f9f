-- name: migrate-0012-up
-- The book of money: accounts, transfers, balances, days, seals. Rows are added by one function
-- alone (L6); nobody edits or deletes them (L3).
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA ledger;
GRANT USAGE ON SCHEMA ledger TO tannoi_app, tannoi_ledger;

-- Whose money it is. `floor` is the side that may not run short: cash may not be spent twice
-- (debit), what a partner gave us to pay out may not be overdrawn (credit).
CREATE TABLE ledger.account (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'hand', 'drawer', 'vault', 'in_transit', 'bank', 'receivable',
        'agency_payable', 'biller_payable', 'tax_payable', 'fee_payable', 'order_payable',
        'clearing', 'suspense', 'postage_revenue', 'service_revenue', 'shortage', 'overage')),
    owner_id uuid,
    scheme text NOT NULL DEFAULT '' CHECK (length(scheme) <= 60),
    floor text NOT NULL CHECK (floor IN ('debit', 'credit', 'none')),
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (office_id, id),
    UNIQUE NULLS NOT DISTINCT (office_id, kind, owner_id, scheme)
);

-- Sums of an account's transfers: posted (dp, cp) and held by pending ones (dh, ch).
CREATE TABLE ledger.balance (
    office_id uuid NOT NULL,
    account_id uuid NOT NULL,
    floor text NOT NULL,
    dp bigint NOT NULL DEFAULT 0 CHECK (dp >= 0),
    cp bigint NOT NULL DEFAULT 0 CHECK (cp >= 0),
    dh bigint NOT NULL DEFAULT 0 CHECK (dh >= 0),
    ch bigint NOT NULL DEFAULT 0 CHECK (ch >= 0),
    PRIMARY KEY (office_id, account_id),
    FOREIGN KEY (office_id, account_id) REFERENCES ledger.account (office_id, id),
    CONSTRAINT balance_covers CHECK (
        (floor <> 'debit' OR dp - cp - ch >= 0) AND (floor <> 'credit' OR cp - dp - dh >= 0))
) WITH (fillfactor = 40);  -- room on its page for a balance's next versions

-- One row, one balanced transfer (L1): what cannot be written cannot be wrong.
CREATE TABLE ledger.transfer (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    code text NOT NULL CHECK (code ~ '^[a-z_]+(\.[a-z_]+)*$' AND length(code) <= 40),
    phase text NOT NULL CHECK (phase IN ('single', 'pending', 'post', 'void')),
    debit_id uuid NOT NULL,
    credit_id uuid NOT NULL,
    amount_vnd bigint NOT NULL CHECK (amount_vnd BETWEEN 1 AND 50000000000),
    pending_id uuid,
    reverses_id uuid,
    business_key text CHECK (length(business_key) BETWEEN 1 AND 200),
    posted_on date NOT NULL,
    occurred_at timestamptz NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    op_id uuid,
    created_by uuid NOT NULL,
    approved_by uuid,
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    PRIMARY KEY (office_id, id),
    CONSTRAINT transfer_two_accounts CHECK (debit_id <> credit_id),
    CONSTRAINT transfer_resolution CHECK ((phase IN ('post', 'void')) = (pending_id IS NOT NULL)),
    CONSTRAINT transfer_four_eyes CHECK (approved_by <> created_by),
    -- L8: these need a second person whatever the code says.
    CONSTRAINT transfer_approved CHECK (
        approved_by IS NOT NULL
        OR (reverses_id IS NULL AND code !~ '^(difference|write_off|float\.over_limit|override)')),
    CONSTRAINT transfer_reasoned CHECK (
        reason <> '' OR (reverses_id IS NULL AND code !~ '^(difference|write_off|override)'))
);
-- A pending transfer is resolved once, a transfer reversed once, a debt paid once in the country.
CREATE UNIQUE INDEX transfer_resolved_once ON ledger.transfer (office_id, pending_id)
    WHERE phase IN ('post', 'void');
CREATE UNIQUE INDEX transfer_reversed_once ON ledger.transfer (office_id, reverses_id)
    WHERE reverses_id IS NOT NULL;
CREATE UNIQUE INDEX transfer_business_key ON ledger.transfer (code, business_key)
    WHERE business_key IS NOT NULL;
CREATE INDEX transfer_debit ON ledger.transfer (office_id, debit_id, posted_on);
CREATE INDEX transfer_credit ON ledger.transfer (office_id, credit_id, posted_on);
CREATE INDEX transfer_group ON ledger.transfer (office_id, group_id);
-- Rows come in the order of their transactions, nearly: a coarse index finds a block to seal.
CREATE INDEX transfer_seal ON ledger.transfer USING brin ((xid::text::bigint))
    WITH (pages_per_range = 32);

-- The first day of an office that is still open; earlier ones take no more rows (L9).
CREATE TABLE ledger.open_day (
    office_id uuid PRIMARY KEY,
    open_on date NOT NULL
);
CREATE TABLE ledger.day_event (
    office_id uuid NOT NULL,
    n bigint NOT NULL CHECK (n >= 1),
    kind text NOT NULL CHECK (kind IN ('closed', 'reopened')),
    day date NOT NULL,
    by_id uuid NOT NULL,
    approved_by uuid NOT NULL,
    reason text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (office_id, n),
    CHECK (approved_by <> by_id),
    CHECK (kind = 'closed' OR reason <> '')
);

-- Which life of the database writes seals; a restore begins another (`tannoi bump-epoch`).
CREATE TABLE ledger.epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL
);
INSERT INTO ledger.epoch (epoch) VALUES (1);

-- Blocks of rows sealed by a signed hash (L13): an insider's edit shows.
CREATE TABLE ledger.seal (
    epoch bigint NOT NULL,
    n bigint NOT NULL CHECK (n >= 1),
    xid_from xid8 NOT NULL,
    xid_until xid8 NOT NULL,
    num_rows bigint NOT NULL CHECK (num_rows >= 0),
    root bytea NOT NULL CHECK (length(root) = 32),
    prev_root bytea NOT NULL CHECK (length(prev_root) = 32),
    signature bytea NOT NULL CHECK (length(signature) = 64),
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (epoch, n)
);

-- Insert is granted by column to the posting function's owner: neither it nor the app can say when
-- a row was posted, or by which transaction.
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO tannoi_app, tannoi_ledger;
GRANT INSERT (office_id, id, kind, owner_id, scheme, floor) ON ledger.account TO tannoi_ledger;
GRANT INSERT, UPDATE (dp, cp, dh, ch) ON ledger.balance TO tannoi_ledger;
GRANT INSERT (office_id, id, group_id, code, phase, debit_id, credit_id, amount_vnd, pending_id,
    reverses_id, business_key, posted_on, occurred_at, op_id, created_by, approved_by, reason)
    ON ledger.transfer TO tannoi_ledger;
GRANT INSERT, UPDATE ON ledger.open_day TO tannoi_ledger;
GRANT INSERT (office_id, n, kind, day, by_id, approved_by, reason) ON ledger.day_event
    TO tannoi_ledger;
GRANT INSERT ON ledger.seal TO tannoi_app;
SELECT kit.wall('ledger.account');
SELECT kit.wall('ledger.balance');
SELECT kit.wall('ledger.transfer');
SELECT kit.wall('ledger.open_day');
SELECT kit.wall('ledger.day_event');
SELECT kit.append_only('ledger.account');
SELECT kit.append_only('ledger.transfer');
SELECT kit.append_only('ledger.day_event');
SELECT kit.append_only('ledger.seal');

-- Post a group of transfers: all or none; a repeat of the same rows changes nothing (L2). Accounts
-- open themselves. Returns how many were new. Refusals have their own SQLSTATE, class TN.
-- `p_touched` names every account of the rows. An account exists once its balance does, and no row
-- is written whose two balances were not there to be changed: that stands for foreign keys here.
CREATE FUNCTION ledger.post(p_office_id uuid, p_touched uuid[], p_rows jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
-- A plan made while the tables were small must not read them whole for ever.
SET enable_seqscan = off AS $$
DECLARE
    r record;
    known record;
    origin record;
    num_new integer := 0;
    num_there integer;
    held bigint;
BEGIN
    -- Closing a day takes the same key alone: no row slips into a day being closed.
    PERFORM pg_advisory_xact_lock_shared(727002, hashtext(p_office_id::text));
    SELECT count(*) INTO num_there FROM ledger.balance b
    WHERE b.office_id = p_office_id AND b.account_id = ANY (p_touched);
    IF num_there < cardinality(p_touched) THEN
        -- Before any row is locked: who waits here for another's new account holds nothing.
        WITH wanted AS (
            SELECT DISTINCT ON (a.id) a.id, a.kind, a.owner_id, a.scheme, a.floor
            FROM jsonb_array_elements(p_rows) x,
                LATERAL (VALUES
                    ((x->>'debit_id')::uuid, x->>'debit_kind', (x->>'debit_owner')::uuid,
                        x->>'debit_scheme', x->>'debit_floor'),
                    ((x->>'credit_id')::uuid, x->>'credit_kind', (x->>'credit_owner')::uuid,
                        x->>'credit_scheme', x->>'credit_floor'))
                    AS a (id, kind, owner_id, scheme, floor)
            ORDER BY a.id
        ), opened AS (
            INSERT INTO ledger.account (office_id, id, kind, owner_id, scheme, floor)
            SELECT p_office_id, w.id, w.kind, w.owner_id, w.scheme, w.floor FROM wanted w
            ON CONFLICT DO NOTHING
            RETURNING office_id, id, floor
        )
        INSERT INTO ledger.balance (office_id, account_id, floor)
        SELECT office_id, id, floor FROM opened;
    END IF;
    -- Both rows of every leg, in account order, so that no two groups wait for each other.
    PERFORM 1 FROM ledger.balance b
    WHERE b.office_id = p_office_id AND b.account_id = ANY (p_touched)
    ORDER BY b.account_id FOR UPDATE;
    FOR r IN SELECT * FROM jsonb_to_recordset(p_rows) AS x (
        id uuid, group_id uuid, code text, phase text, debit_id uuid, credit_id uuid,
        amount_vnd bigint, pending_id uuid, reverses_id uuid, business_key text, posted_on date,
        occurred_at timestamptz, op_id uuid, created_by uuid, approved_by uuid, reason text)
    LOOP
        held := 0;
        IF r.phase IN ('post', 'void') THEN
            SELECT * INTO origin FROM ledger.transfer t
            WHERE t.office_id = p_office_id AND t.id = r.pending_id;
            held := CASE WHEN origin.phase = 'pending' THEN origin.amount_vnd END;
        END IF;
        INSERT INTO ledger.transfer (office_id, id, group_id, code, phase, debit_id, credit_id,
            amount_vnd, pending_id, reverses_id, business_key, posted_on, occurred_at, op_id,
            created_by, approved_by, reason)
        VALUES (p_office_id, r.id, r.group_id, r.code, r.phase, r.debit_id, r.credit_id,
            r.amount_vnd, r.pending_id, r.reverses_id, r.business_key,
            greatest(r.posted_on,
                (SELECT o.open_on FROM ledger.open_day o WHERE o.office_id = p_office_id)),
            r.occurred_at, r.op_id, r.created_by, r.approved_by, r.reason)
        ON CONFLICT (office_id, id) DO NOTHING;
        IF NOT FOUND THEN
            SELECT * INTO known FROM ledger.transfer t
            WHERE t.office_id = p_office_id AND t.id = r.id;
            IF (known.group_id, known.code, known.phase, known.debit_id, known.credit_id,
                known.amount_vnd, known.pending_id, known.reverses_id, known.business_key,
                known.occurred_at, known.op_id, known.created_by, known.approved_by, known.reason)
                IS DISTINCT FROM
                (r.group_id, r.code, r.phase, r.debit_id, r.credit_id, r.amount_vnd, r.pending_id,
                r.reverses_id, r.business_key, r.occurred_at, r.op_id, r.created_by,
                r.approved_by, r.reason)
            THEN
                RAISE EXCEPTION 'transfer_differs' USING ERRCODE = 'TN001';
            END IF;
            CONTINUE;
        END IF;
        IF r.phase IN ('post', 'void') THEN
            IF held IS NULL THEN
                RAISE EXCEPTION 'no_pending' USING ERRCODE = 'TN002';
            END IF;
            IF (origin.debit_id, origin.credit_id) <> (r.debit_id, r.credit_id)
                OR r.amount_vnd > held OR (r.phase = 'void' AND r.amount_vnd <> held)
            THEN
                RAISE EXCEPTION 'pending_differs' USING ERRCODE = 'TN003';
            END IF;
        END IF;
        IF r.reverses_id IS NOT NULL THEN
            SELECT * INTO origin FROM ledger.transfer t
            WHERE t.office_id = p_office_id AND t.id = r.reverses_id;
            -- What was taken back is not brought back by taking the taking back back.
            IF NOT FOUND OR r.phase <> 'single' OR origin.phase NOT IN ('single', 'post')
                OR origin.reverses_id IS NOT NULL
                OR (origin.debit_id, origin.credit_id, origin.amount_vnd)
                    <> (r.credit_id, r.debit_id, r.amount_vnd)
            THEN
                RAISE EXCEPTION 'reversal_differs' USING ERRCODE = 'TN005';
            END IF;
        END IF;
        UPDATE ledger.balance b SET
            dp = b.dp + CASE WHEN r.phase IN ('single', 'post') AND b.account_id = r.debit_id
                THEN r.amount_vnd ELSE 0 END,
            cp = b.cp + CASE WHEN r.phase IN ('single', 'post') AND b.account_id = r.credit_id
                THEN r.amount_vnd ELSE 0 END,
            dh = b.dh + CASE WHEN b.account_id = r.debit_id
                THEN CASE WHEN r.phase = 'pending' THEN r.amount_vnd ELSE -held END ELSE 0 END,
            ch = b.ch + CASE WHEN b.account_id = r.credit_id
                THEN CASE WHEN r.phase = 'pending' THEN r.amount_vnd ELSE -held END ELSE 0 END
        WHERE b.office_id = p_office_id AND b.account_id IN (r.debit_id, r.credit_id);
        GET DIAGNOSTICS num_there = ROW_COUNT;
        IF num_there <> 2 THEN
            RAISE EXCEPTION 'no_account' USING ERRCODE = 'TN008';
        END IF;
        num_new := num_new + 1;
    END LOOP;
    RETURN num_new;
END
$$;

-- Close the first open day, or open the last closed one again; two people (L8, L11).
CREATE FUNCTION ledger.move_day(
    p_office_id uuid, p_kind text, p_day date, p_by uuid, p_approved_by uuid, p_reason text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    current date;
BEGIN
    PERFORM pg_advisory_xact_lock(727002, hashtext(p_office_id::text));
    SELECT open_on INTO current FROM ledger.open_day WHERE office_id = p_office_id FOR UPDATE;
    IF p_kind = 'closed' AND p_day < current THEN
        RAISE EXCEPTION 'day_closed' USING ERRCODE = 'TN006';
    END IF;
    IF p_kind = 'reopened' AND (current IS NULL OR p_day >= current) THEN
        RAISE EXCEPTION 'day_not_closed' USING ERRCODE = 'TN007';
    END IF;
    INSERT INTO ledger.day_event (office_id, n, kind, day, by_id, approved_by, reason)
    SELECT p_office_id, coalesce(max(n), 0) + 1, p_kind, p_day, p_by, p_approved_by, p_reason
    FROM ledger.day_event WHERE office_id = p_office_id;
    INSERT INTO ledger.open_day (office_id, open_on)
    VALUES (p_office_id, CASE p_kind WHEN 'closed' THEN p_day + 1 ELSE p_day END)
    ON CONFLICT (office_id) DO UPDATE SET open_on = excluded.open_on;
END
$$;

-- The functions run as a role that nobody signs in as and that may do just this.
GRANT CREATE ON SCHEMA ledger TO tannoi_ledger;
ALTER FUNCTION ledger.post(uuid, uuid[], jsonb) OWNER TO tannoi_ledger;
ALTER FUNCTION ledger.move_day(uuid, text, date, uuid, uuid, text) OWNER TO tannoi_ledger;
REVOKE CREATE ON SCHEMA ledger FROM tannoi_ledger;
GRANT USAGE ON SCHEMA kit TO tannoi_ledger;
REVOKE ALL ON FUNCTION ledger.post(uuid, uuid[], jsonb),
    ledger.move_day(uuid, text, date, uuid, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.post(uuid, uuid[], jsonb),
    ledger.move_day(uuid, text, date, uuid, uuid, text) TO tannoi_app;
