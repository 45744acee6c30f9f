-- name: migrate-0022-up
-- The same rules of the book of money at less cost. A CHECK of a table is read from its text by
-- every statement; a domain's is kept ready by the connection. A wall is asked once a posting, not
-- by each of its statements: nobody signs in as the role that posts.
SET LOCAL ROLE tannoi_owner;
CREATE DOMAIN ledger.transfer_code AS text
    CONSTRAINT transfer_code_check CHECK (VALUE ~ '^[a-z_]+(\.[a-z_]+)*$' AND length(VALUE) <= 40);
CREATE DOMAIN ledger.phase AS text
    CONSTRAINT transfer_phase_check CHECK (VALUE IN ('single', 'pending', 'post', 'void'));
CREATE DOMAIN ledger.amount_vnd AS bigint
    CONSTRAINT transfer_amount_vnd_check CHECK (VALUE BETWEEN 1 AND 50000000000);
CREATE DOMAIN ledger.business_key AS text
    CONSTRAINT transfer_business_key_check CHECK (length(VALUE) BETWEEN 1 AND 200);
CREATE DOMAIN ledger.reason AS text
    CONSTRAINT transfer_reason_check CHECK (length(VALUE) <= 500);
CREATE DOMAIN ledger.sum_vnd AS bigint
    CONSTRAINT balance_sum_check CHECK (VALUE >= 0);
ALTER TABLE ledger.transfer
    DROP CONSTRAINT transfer_code_check,
    DROP CONSTRAINT transfer_phase_check,
    DROP CONSTRAINT transfer_amount_vnd_check,
    DROP CONSTRAINT transfer_business_key_check,
    DROP CONSTRAINT transfer_reason_check,
    ALTER COLUMN code TYPE ledger.transfer_code,
    ALTER COLUMN phase TYPE ledger.phase,
    ALTER COLUMN amount_vnd TYPE ledger.amount_vnd,
    ALTER COLUMN business_key TYPE ledger.business_key,
    ALTER COLUMN reason TYPE ledger.reason;
ALTER TABLE ledger.balance
    DROP CONSTRAINT balance_dp_check,
    DROP CONSTRAINT balance_cp_check,
    DROP CONSTRAINT balance_dh_check,
    DROP CONSTRAINT balance_ch_check,
    ALTER COLUMN dp TYPE ledger.sum_vnd,
    ALTER COLUMN cp TYPE ledger.sum_vnd,
    ALTER COLUMN dh TYPE ledger.sum_vnd,
    ALTER COLUMN ch TYPE ledger.sum_vnd;

-- Whether the running transaction may work in an office.
CREATE FUNCTION kit.may_enter(p_office_id uuid) RETURNS boolean LANGUAGE sql STABLE
RETURN kit.sees_all() OR coalesce(p_office_id = ANY (kit.offices()), false);
CREATE POLICY poster ON ledger.account TO tannoi_ledger USING (true);
CREATE POLICY poster ON ledger.balance TO tannoi_ledger USING (true);
CREATE POLICY poster ON ledger.transfer TO tannoi_ledger USING (true);
CREATE POLICY poster ON ledger.open_day TO tannoi_ledger USING (true);
CREATE POLICY poster ON ledger.day_event TO tannoi_ledger USING (true);

-- As in 0012, inside the wall of its office.
RESET ROLE;
CREATE OR REPLACE FUNCTION ledger.post(p_office_id uuid, p_touched uuid[], p_rows jsonb)
RETURNS integer
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
    IF NOT kit.may_enter(p_office_id) THEN
        RAISE EXCEPTION 'office_wall' USING ERRCODE = 'insufficient_privilege';
    END IF;
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

CREATE OR REPLACE FUNCTION ledger.move_day(
    p_office_id uuid, p_kind text, p_day date, p_by uuid, p_approved_by uuid, p_reason text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp AS $$
DECLARE
    current date;
BEGIN
    IF NOT kit.may_enter(p_office_id) THEN
        RAISE EXCEPTION 'office_wall' USING ERRCODE = 'insufficient_privilege';
    END IF;
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
