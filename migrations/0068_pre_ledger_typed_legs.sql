-- name: migrate-0068-up
-- Legs come as rows with types, which costs the book less than reading JSON; and what kind an
-- account is says by itself on which side it may not end, whoever opens it.
SET LOCAL ROLE tannoi_owner;
CREATE TYPE ledger.leg AS (
    id uuid, group_id uuid, code text, phase text,
    debit_id uuid, debit_kind text, debit_owner uuid, debit_scheme text,
    credit_id uuid, credit_kind text, credit_owner uuid, credit_scheme text,
    amount_vnd bigint, pending_id uuid, reverses_id uuid, business_key text, posted_on date,
    occurred_at timestamptz, op_id uuid, created_by uuid, approved_by uuid, reason text);

CREATE FUNCTION ledger.floor_of(p_kind text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN p_kind IN ('hand', 'drawer', 'vault', 'in_transit', 'shortage') THEN 'debit'
    WHEN p_kind IN (
        'agency_payable', 'biller_payable', 'tax_payable', 'fee_payable', 'order_payable',
        'overage') THEN 'credit'
    ELSE 'none'
END;
ALTER TABLE ledger.account ADD CONSTRAINT account_floor_of_kind
    CHECK (floor = ledger.floor_of(kind));
RESET ROLE;

-- As in 0022, from legs.
DROP FUNCTION ledger.post(uuid, uuid[], jsonb);
CREATE FUNCTION ledger.post(p_office_id uuid, p_touched uuid[], p_legs ledger.leg[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ledger, pg_temp
-- A plan made while the tables were small must not read them whole for ever.
SET enable_seqscan = off AS $$
DECLARE
    r ledger.leg;
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
            SELECT DISTINCT ON (a.id) a.id, a.kind, a.owner_id, a.scheme
            FROM unnest(p_legs) x,
                LATERAL (VALUES
                    (x.debit_id, x.debit_kind, x.debit_owner, x.debit_scheme),
                    (x.credit_id, x.credit_kind, x.credit_owner, x.credit_scheme))
                    AS a (id, kind, owner_id, scheme)
            ORDER BY a.id
        ), opened AS (
            INSERT INTO ledger.account (office_id, id, kind, owner_id, scheme, floor)
            SELECT p_office_id, w.id, w.kind, w.owner_id, w.scheme, ledger.floor_of(w.kind)
            FROM wanted w
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
    FOREACH r IN ARRAY p_legs
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
GRANT CREATE ON SCHEMA ledger TO tannoi_ledger;
ALTER FUNCTION ledger.post(uuid, uuid[], ledger.leg[]) OWNER TO tannoi_ledger;
REVOKE CREATE ON SCHEMA ledger FROM tannoi_ledger;
REVOKE ALL ON FUNCTION ledger.post(uuid, uuid[], ledger.leg[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.post(uuid, uuid[], ledger.leg[]) TO tannoi_app;
