-- The whole database as the migrations leave it, for readers. Written by `make schema`.

CREATE SCHEMA cash;

ALTER SCHEMA cash OWNER TO tannoi_owner;

CREATE SCHEMA charges;

ALTER SCHEMA charges OWNER TO tannoi_owner;

CREATE SCHEMA custody;

ALTER SCHEMA custody OWNER TO tannoi_owner;

CREATE SCHEMA dispatch;

ALTER SCHEMA dispatch OWNER TO tannoi_owner;

CREATE SCHEMA doorstep;

ALTER SCHEMA doorstep OWNER TO tannoi_owner;

CREATE SCHEMA dossiers;

ALTER SCHEMA dossiers OWNER TO tannoi_owner;

CREATE SCHEMA identity;

ALTER SCHEMA identity OWNER TO tannoi_owner;

CREATE SCHEMA kit;

ALTER SCHEMA kit OWNER TO tannoi_owner;

CREATE SCHEMA ledger;

ALTER SCHEMA ledger OWNER TO tannoi_owner;

CREATE SCHEMA money_orders;

ALTER SCHEMA money_orders OWNER TO tannoi_owner;

CREATE SCHEMA network;

ALTER SCHEMA network OWNER TO tannoi_owner;

CREATE SCHEMA notifications;

ALTER SCHEMA notifications OWNER TO tannoi_owner;

CREATE SCHEMA payouts;

ALTER SCHEMA payouts OWNER TO tannoi_owner;

CREATE SCHEMA proofs;

ALTER SCHEMA proofs OWNER TO tannoi_owner;

CREATE SCHEMA receipts;

ALTER SCHEMA receipts OWNER TO tannoi_owner;

CREATE SCHEMA rounds;

ALTER SCHEMA rounds OWNER TO tannoi_owner;

CREATE SCHEMA sync;

ALTER SCHEMA sync OWNER TO tannoi_owner;

CREATE SCHEMA tracking;

ALTER SCHEMA tracking OWNER TO tannoi_owner;

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE DOMAIN ledger.amount_vnd AS bigint
	CONSTRAINT transfer_amount_vnd_check CHECK (((VALUE >= 1) AND (VALUE <= '50000000000'::bigint)));

ALTER DOMAIN ledger.amount_vnd OWNER TO tannoi_owner;

CREATE DOMAIN ledger.business_key AS text
	CONSTRAINT transfer_business_key_check CHECK (((length(VALUE) >= 1) AND (length(VALUE) <= 200)));

ALTER DOMAIN ledger.business_key OWNER TO tannoi_owner;

CREATE TYPE ledger.leg AS (
	id uuid,
	group_id uuid,
	code text,
	phase text,
	debit_id uuid,
	debit_kind text,
	debit_owner uuid,
	debit_scheme text,
	credit_id uuid,
	credit_kind text,
	credit_owner uuid,
	credit_scheme text,
	amount_vnd bigint,
	pending_id uuid,
	reverses_id uuid,
	business_key text,
	posted_on date,
	occurred_at timestamp with time zone,
	op_id uuid,
	created_by uuid,
	approved_by uuid,
	reason text
);

ALTER TYPE ledger.leg OWNER TO tannoi_owner;

CREATE DOMAIN ledger.phase AS text
	CONSTRAINT transfer_phase_check CHECK ((VALUE = ANY (ARRAY['single'::text, 'pending'::text, 'post'::text, 'void'::text])));

ALTER DOMAIN ledger.phase OWNER TO tannoi_owner;

CREATE DOMAIN ledger.reason AS text
	CONSTRAINT transfer_reason_check CHECK ((length(VALUE) <= 500));

ALTER DOMAIN ledger.reason OWNER TO tannoi_owner;

CREATE DOMAIN ledger.sum_vnd AS bigint
	CONSTRAINT balance_sum_check CHECK ((VALUE >= 0));

ALTER DOMAIN ledger.sum_vnd OWNER TO tannoi_owner;

CREATE DOMAIN ledger.transfer_code AS text
	CONSTRAINT transfer_code_check CHECK (((VALUE ~ '^[a-z_]+(\.[a-z_]+)*$'::text) AND (length(VALUE) <= 40)));

ALTER DOMAIN ledger.transfer_code OWNER TO tannoi_owner;

CREATE FUNCTION kit.append_only(book regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM tannoi_app', book);
    EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION kit.refuse_change()', book);
    EXECUTE format(
        'CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change()', book);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', book);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only_whole', book);
END
$$;

ALTER FUNCTION kit.append_only(book regclass) OWNER TO tannoi_owner;

CREATE FUNCTION kit.offices() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT string_to_array(
        nullif(nullif(current_setting('app.offices', true), ''), '*'), ',')::uuid[]
$$;

ALTER FUNCTION kit.offices() OWNER TO tannoi_owner;

CREATE FUNCTION kit.sees_all() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(current_setting('app.offices', true) = '*', false)
$$;

ALTER FUNCTION kit.sees_all() OWNER TO tannoi_owner;

CREATE FUNCTION kit.may_enter(p_office_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    RETURN (kit.sees_all() OR COALESCE((p_office_id = ANY (kit.offices())), false));

ALTER FUNCTION kit.may_enter(p_office_id uuid) OWNER TO tannoi_owner;

CREATE FUNCTION kit.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'append_only: % of % is refused', tg_op, tg_relid::regclass
        USING ERRCODE = 'restrict_violation';
END
$$;

ALTER FUNCTION kit.refuse_change() OWNER TO tannoi_owner;

CREATE FUNCTION kit.wall(walled regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format(
        'CREATE POLICY office_wall ON %s USING ((SELECT kit.sees_all()) '
        'OR office_id = ANY ((SELECT kit.offices())::uuid[]))', walled);
END
$$;

ALTER FUNCTION kit.wall(walled regclass) OWNER TO tannoi_owner;

CREATE FUNCTION ledger.floor_of(p_kind text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN (p_kind = ANY (ARRAY['hand'::text, 'drawer'::text, 'vault'::text, 'in_transit'::text, 'shortage'::text])) THEN 'debit'::text WHEN (p_kind = ANY (ARRAY['agency_payable'::text, 'biller_payable'::text, 'tax_payable'::text, 'fee_payable'::text, 'order_payable'::text, 'overage'::text])) THEN 'credit'::text ELSE 'none'::text END;

ALTER FUNCTION ledger.floor_of(p_kind text) OWNER TO tannoi_owner;

CREATE FUNCTION ledger.move_day(p_office_id uuid, p_kind text, p_day date, p_by uuid, p_approved_by uuid, p_reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'ledger', 'pg_temp'
    AS $$
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

ALTER FUNCTION ledger.move_day(p_office_id uuid, p_kind text, p_day date, p_by uuid, p_approved_by uuid, p_reason text) OWNER TO tannoi_ledger;

CREATE FUNCTION ledger.post(p_office_id uuid, p_touched uuid[], p_legs ledger.leg[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'ledger', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
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

ALTER FUNCTION ledger.post(p_office_id uuid, p_touched uuid[], p_legs ledger.leg[]) OWNER TO tannoi_ledger;

CREATE FUNCTION money_orders.find_salt(p_reference text) RETURNS bytea
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'money_orders', 'pg_temp'
    AS $$
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

ALTER FUNCTION money_orders.find_salt(p_reference text) OWNER TO tannoi_owner;

CREATE FUNCTION money_orders.set_paid(p_reference text, p_pin_hash bytea, p_office_id uuid, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'money_orders', 'pg_temp'
    AS $$
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

ALTER FUNCTION money_orders.set_paid(p_reference text, p_pin_hash bytea, p_office_id uuid, p_at timestamp with time zone) OWNER TO tannoi_owner;

CREATE FUNCTION money_orders.set_paid_in_doubt(p_office_id uuid, p_doubt_id uuid, p_at timestamp with time zone, OUT office_id uuid, OUT payee_key text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'money_orders', 'pg_temp'
    AS $$
DECLARE
    seen text := current_setting('app.offices', true);
    d record;
BEGIN
    -- Within the wall: only an office that sees the doubt may decide on it.
    SELECT * INTO d FROM doubt x
    WHERE x.office_id = p_office_id AND x.id = p_doubt_id AND x.kind = 'pay'
        AND x.answered_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM set_config('app.offices', '*', true);
    UPDATE money_order m SET state = 'paid', settled_at = p_at, settled_office_id = p_office_id
    WHERE m.id = d.order_id AND m.state = 'taken' AND m.amount_vnd = d.amount_vnd
    RETURNING m.office_id, m.payee_key INTO office_id, payee_key;
    PERFORM set_config('app.offices', coalesce(seen, ''), true);
END
$$;

ALTER FUNCTION money_orders.set_paid_in_doubt(p_office_id uuid, p_doubt_id uuid, p_at timestamp with time zone, OUT office_id uuid, OUT payee_key text) OWNER TO tannoi_owner;

CREATE FUNCTION money_orders.sum_booked(p_person_key text, p_day date, p_except uuid) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'money_orders', 'pg_temp'
    AS $$
DECLARE
    seen text := current_setting('app.offices', true);
    total bigint;
BEGIN
    PERFORM set_config('app.offices', '*', true);
    SELECT coalesce(sum(m.amount_vnd), 0) INTO total
    FROM money_order m
    WHERE m.sender_key = p_person_key AND m.state = 'booked' AND m.id <> p_except
        AND (m.made_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date = p_day;
    PERFORM set_config('app.offices', coalesce(seen, ''), true);
    RETURN total;
END
$$;

ALTER FUNCTION money_orders.sum_booked(p_person_key text, p_day date, p_except uuid) OWNER TO tannoi_owner;

CREATE FUNCTION money_orders.sum_cash(p_person_key text, p_day date) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'money_orders', 'pg_temp'
    AS $$
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

ALTER FUNCTION money_orders.sum_cash(p_person_key text, p_day date) OWNER TO tannoi_owner;

CREATE FUNCTION money_orders.sum_sent(p_person_key text, p_day date) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'money_orders', 'pg_temp'
    AS $$
DECLARE
    seen text := current_setting('app.offices', true);
    total bigint;
BEGIN
    PERFORM set_config('app.offices', '*', true);
    SELECT coalesce(sum(m.amount_vnd), 0) INTO total FROM money_order m
    WHERE m.sender_key = p_person_key AND m.taken_on = p_day;
    PERFORM set_config('app.offices', coalesce(seen, ''), true);
    RETURN total;
END
$$;

ALTER FUNCTION money_orders.sum_sent(p_person_key text, p_day date) OWNER TO tannoi_owner;

CREATE FUNCTION money_orders.try_pin(p_reference text, p_pin_hash bytea, p_office_id uuid, p_by uuid, p_at timestamp with time zone, OUT outcome text, OUT office_id uuid, OUT id uuid, OUT state text, OUT amount_vnd bigint, OUT purpose text, OUT parties_sealed bytea, OUT payee_key text, OUT to_door boolean) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'money_orders', 'pg_temp'
    AS $$
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

ALTER FUNCTION money_orders.try_pin(p_reference text, p_pin_hash bytea, p_office_id uuid, p_by uuid, p_at timestamp with time zone, OUT outcome text, OUT office_id uuid, OUT id uuid, OUT state text, OUT amount_vnd bigint, OUT purpose text, OUT parties_sealed bytea, OUT payee_key text, OUT to_door boolean) OWNER TO tannoi_owner;

CREATE FUNCTION payouts.refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF new IS DISTINCT FROM old THEN
        RAISE EXCEPTION 'list_frozen' USING ERRCODE = 'TN010';
    END IF;
    RETURN new;
END
$$;

ALTER FUNCTION payouts.refuse_edit() OWNER TO tannoi_owner;

CREATE FUNCTION payouts.refuse_frozen() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (
        SELECT FROM moved m JOIN payouts.list l ON l.office_id = m.office_id AND l.id = m.list_id
        WHERE l.state <> 'draft')
    THEN
        RAISE EXCEPTION 'list_frozen' USING ERRCODE = 'TN010';
    END IF;
    RETURN NULL;
END
$$;

ALTER FUNCTION payouts.refuse_frozen() OWNER TO tannoi_owner;

CREATE FUNCTION payouts.refuse_list_edit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    kept CONSTANT text[] := ARRAY['state', 'closed_by', 'closed_at'];
BEGIN
    IF old.state = 'draft' OR (old.state = 'approved' AND new.state IN ('approved', 'closed')
        AND to_jsonb(old) - kept IS NOT DISTINCT FROM to_jsonb(new) - kept)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'list_frozen' USING ERRCODE = 'TN010';
END
$$;

ALTER FUNCTION payouts.refuse_list_edit() OWNER TO tannoi_owner;

CREATE FUNCTION sync.note_waiting() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'sync', 'pg_temp'
    AS $$
BEGIN
    IF NEW.n > 1 THEN
        DELETE FROM sync.held_waiting AS w
        WHERE w.office_id = NEW.office_id AND w.op_id = NEW.op_id;
    ELSE
        INSERT INTO sync.held_waiting (office_id, op_id, staff_id, device_id, kind)
        SELECT o.office_id, o.op_id, s.staff_id, s.device_id, o.kind
        FROM sync.effect AS e
        JOIN sync.op_log AS o
            ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
        JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
        WHERE e.office_id = NEW.office_id AND e.op_id = NEW.op_id;
    END IF;
    RETURN NULL;
END
$$;

ALTER FUNCTION sync.note_waiting() OWNER TO tannoi_owner;

CREATE TABLE cash.carriage (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    route text NOT NULL,
    state text NOT NULL,
    amount_vnd bigint NOT NULL,
    slip text DEFAULT ''::text NOT NULL,
    carrier_id uuid NOT NULL,
    companion_id uuid,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone,
    arrived_vnd bigint,
    back_vnd bigint,
    reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT carriage_amount_vnd_check CHECK (((amount_vnd >= 1) AND (amount_vnd <= '50000000000'::bigint))),
    CONSTRAINT carriage_arrived_vnd_check CHECK ((arrived_vnd >= 0)),
    CONSTRAINT carriage_back_vnd_check CHECK ((back_vnd >= 0)),
    CONSTRAINT carriage_check CHECK ((companion_id <> carrier_id)),
    CONSTRAINT carriage_check1 CHECK (((ended_by <> made_by) AND (ended_by <> carrier_id))),
    CONSTRAINT carriage_check2 CHECK (((state = 'ended'::text) = (ended_by IS NOT NULL))),
    CONSTRAINT carriage_check3 CHECK (((ended_by IS NULL) = (ended_at IS NULL))),
    CONSTRAINT carriage_check4 CHECK (((ended_by IS NULL) = (arrived_vnd IS NULL))),
    CONSTRAINT carriage_check5 CHECK (((ended_by IS NULL) = (back_vnd IS NULL))),
    CONSTRAINT carriage_check6 CHECK (((arrived_vnd + back_vnd) <= amount_vnd)),
    CONSTRAINT carriage_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT carriage_route_check CHECK ((route = ANY (ARRAY['from_bank'::text, 'to_bank'::text, 'to_vault'::text, 'from_vault'::text]))),
    CONSTRAINT carriage_slip_check CHECK ((length(slip) <= 60)),
    CONSTRAINT carriage_state_check CHECK ((state = ANY (ARRAY['on_way'::text, 'ended'::text])))
);

ALTER TABLE ONLY cash.carriage FORCE ROW LEVEL SECURITY;

ALTER TABLE cash.carriage OWNER TO tannoi_owner;

CREATE TABLE cash.count (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    subject text NOT NULL,
    subject_id uuid NOT NULL,
    side text NOT NULL,
    n integer NOT NULL,
    by_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    op_id uuid,
    n_500000 integer DEFAULT 0 NOT NULL,
    n_200000 integer DEFAULT 0 NOT NULL,
    n_100000 integer DEFAULT 0 NOT NULL,
    n_50000 integer DEFAULT 0 NOT NULL,
    n_20000 integer DEFAULT 0 NOT NULL,
    n_10000 integer DEFAULT 0 NOT NULL,
    n_5000 integer DEFAULT 0 NOT NULL,
    n_2000 integer DEFAULT 0 NOT NULL,
    n_1000 integer DEFAULT 0 NOT NULL,
    n_500 integer DEFAULT 0 NOT NULL,
    n_200 integer DEFAULT 0 NOT NULL,
    total_vnd bigint GENERATED ALWAYS AS ((((((((((((500000 * (n_500000)::bigint) + (200000 * (n_200000)::bigint)) + (100000 * (n_100000)::bigint)) + (50000 * (n_50000)::bigint)) + (20000 * (n_20000)::bigint)) + (10000 * (n_10000)::bigint)) + (5000 * (n_5000)::bigint)) + (2000 * (n_2000)::bigint)) + (1000 * (n_1000)::bigint)) + (500 * (n_500)::bigint)) + (200 * (n_200)::bigint))) STORED NOT NULL,
    expected_vnd bigint NOT NULL,
    CONSTRAINT count_n_100000_check CHECK (((n_100000 >= 0) AND (n_100000 <= 1000000))),
    CONSTRAINT count_n_10000_check CHECK (((n_10000 >= 0) AND (n_10000 <= 1000000))),
    CONSTRAINT count_n_1000_check CHECK (((n_1000 >= 0) AND (n_1000 <= 1000000))),
    CONSTRAINT count_n_200000_check CHECK (((n_200000 >= 0) AND (n_200000 <= 1000000))),
    CONSTRAINT count_n_20000_check CHECK (((n_20000 >= 0) AND (n_20000 <= 1000000))),
    CONSTRAINT count_n_2000_check CHECK (((n_2000 >= 0) AND (n_2000 <= 1000000))),
    CONSTRAINT count_n_200_check CHECK (((n_200 >= 0) AND (n_200 <= 1000000))),
    CONSTRAINT count_n_500000_check CHECK (((n_500000 >= 0) AND (n_500000 <= 1000000))),
    CONSTRAINT count_n_50000_check CHECK (((n_50000 >= 0) AND (n_50000 <= 1000000))),
    CONSTRAINT count_n_5000_check CHECK (((n_5000 >= 0) AND (n_5000 <= 1000000))),
    CONSTRAINT count_n_500_check CHECK (((n_500 >= 0) AND (n_500 <= 1000000))),
    CONSTRAINT count_n_check CHECK ((n >= 1)),
    CONSTRAINT count_side_check CHECK ((side = ANY (ARRAY['courier'::text, 'cashier'::text, 'controller'::text]))),
    CONSTRAINT count_subject_check CHECK ((subject = ANY (ARRAY['shift'::text, 'handover'::text, 'drawer'::text, 'debt'::text, 'carriage'::text])))
);

ALTER TABLE ONLY cash.count FORCE ROW LEVEL SECURITY;

ALTER TABLE cash.count OWNER TO tannoi_owner;

CREATE TABLE cash.difference (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    subject text NOT NULL,
    subject_id uuid NOT NULL,
    amount_vnd bigint NOT NULL,
    owner_id uuid NOT NULL,
    reason text NOT NULL,
    made_by uuid NOT NULL,
    approved_by uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    transfer_id uuid NOT NULL,
    CONSTRAINT difference_amount_vnd_check CHECK ((amount_vnd <> 0)),
    CONSTRAINT difference_check CHECK ((made_by <> approved_by)),
    CONSTRAINT difference_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 500))),
    CONSTRAINT difference_subject_check CHECK ((subject = ANY (ARRAY['shift'::text, 'drawer'::text, 'carriage'::text])))
);

ALTER TABLE ONLY cash.difference FORCE ROW LEVEL SECURITY;

ALTER TABLE cash.difference OWNER TO tannoi_owner;

CREATE TABLE cash.drawer_day (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    day date NOT NULL,
    state text NOT NULL,
    past_n integer DEFAULT 0 NOT NULL,
    sign_cashier text DEFAULT ''::text NOT NULL,
    sign_controller text DEFAULT ''::text NOT NULL,
    cashier_id uuid,
    controller_id uuid,
    signed_at timestamp with time zone,
    CONSTRAINT drawer_day_past_n_check CHECK ((past_n >= 0)),
    CONSTRAINT drawer_day_sign_cashier_check CHECK ((length(sign_cashier) <= 8192)),
    CONSTRAINT drawer_day_sign_controller_check CHECK ((length(sign_controller) <= 8192)),
    CONSTRAINT drawer_day_signed_by_two CHECK ((cashier_id <> controller_id)),
    CONSTRAINT drawer_day_signed_whole CHECK ((((signed_at IS NULL) = (cashier_id IS NULL)) AND ((signed_at IS NULL) = (controller_id IS NULL)) AND ((signed_at IS NULL) = (sign_cashier = ''::text)) AND ((signed_at IS NULL) = (sign_controller = ''::text)))),
    CONSTRAINT drawer_day_state_check CHECK ((state = ANY (ARRAY['counted'::text, 'verified'::text, 'closed'::text])))
);

ALTER TABLE ONLY cash.drawer_day FORCE ROW LEVEL SECURITY;

ALTER TABLE cash.drawer_day OWNER TO tannoi_owner;

CREATE TABLE cash.handover (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    giver_kind text NOT NULL,
    giver_id uuid,
    taker_kind text NOT NULL,
    taker_id uuid,
    shift_id uuid,
    amount_vnd bigint NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    approved_by uuid,
    answered_by uuid,
    answered_at timestamp with time zone,
    answered_vnd bigint,
    op_id uuid,
    note text DEFAULT ''::text NOT NULL,
    companion_id uuid,
    CONSTRAINT handover_amount_vnd_check CHECK ((amount_vnd > 0)),
    CONSTRAINT handover_check CHECK ((approved_by <> made_by)),
    CONSTRAINT handover_giver_kind_check CHECK ((giver_kind = ANY (ARRAY['hand'::text, 'drawer'::text]))),
    CONSTRAINT handover_kind_check CHECK ((kind = ANY (ARRAY['float.issue'::text, 'float.return'::text, 'float.pass'::text]))),
    CONSTRAINT handover_state_check CHECK ((state = ANY (ARRAY['to_approve'::text, 'pending'::text, 'accepted'::text, 'void'::text]))),
    CONSTRAINT handover_taker_kind_check CHECK ((taker_kind = ANY (ARRAY['hand'::text, 'drawer'::text])))
);

ALTER TABLE ONLY cash.handover FORCE ROW LEVEL SECURITY;

ALTER TABLE cash.handover OWNER TO tannoi_owner;

CREATE TABLE cash.phone (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    rev bigint DEFAULT 1 NOT NULL,
    is_changed boolean DEFAULT true NOT NULL
);

ALTER TABLE ONLY cash.phone FORCE ROW LEVEL SECURITY;

ALTER TABLE cash.phone OWNER TO tannoi_owner;

CREATE TABLE cash.proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    day date,
    subject_id uuid,
    amount_vnd bigint,
    reason text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    is_allowed boolean,
    CONSTRAINT proposal_amount_vnd_check CHECK (((amount_vnd >= 1) AND (amount_vnd <= '50000000000'::bigint))),
    CONSTRAINT proposal_check CHECK (((kind = 'reopen_day'::text) = (day IS NOT NULL))),
    CONSTRAINT proposal_check1 CHECK (((kind = 'reopen_day'::text) = (amount_vnd IS NULL))),
    CONSTRAINT proposal_check2 CHECK (((kind = ANY (ARRAY['write_off'::text, 'set_limit'::text])) = (subject_id IS NOT NULL))),
    CONSTRAINT proposal_check3 CHECK (((is_allowed IS NULL) = (decided_at IS NULL))),
    CONSTRAINT proposal_check4 CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT proposal_check5 CHECK ((decided_by <> made_by)),
    CONSTRAINT proposal_kind_check CHECK ((kind = ANY (ARRAY['reopen_day'::text, 'write_off'::text, 'return_surplus'::text, 'take_surplus'::text, 'set_limit'::text]))),
    CONSTRAINT proposal_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 500)))
);

ALTER TABLE ONLY cash.proposal FORCE ROW LEVEL SECURITY;

ALTER TABLE cash.proposal OWNER TO tannoi_owner;

CREATE TABLE cash.shift (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    courier_id uuid NOT NULL,
    during tstzrange NOT NULL,
    state text NOT NULL,
    head bigint DEFAULT 0 NOT NULL,
    ack bigint DEFAULT 0 NOT NULL,
    num_held integer DEFAULT 0 NOT NULL,
    num_leases integer DEFAULT 0 NOT NULL,
    heard_at timestamp with time zone,
    closed_by uuid,
    past_n integer DEFAULT 0 NOT NULL,
    CONSTRAINT shift_check CHECK (((state = 'closed'::text) = (closed_by IS NOT NULL))),
    CONSTRAINT shift_past_n_check CHECK ((past_n >= 0)),
    CONSTRAINT shift_state_check CHECK ((state = ANY (ARRAY['open'::text, 'counted'::text, 'verified'::text, 'closed'::text])))
);

ALTER TABLE ONLY cash.shift FORCE ROW LEVEL SECURITY;

ALTER TABLE cash.shift OWNER TO tannoi_owner;

CREATE TABLE charges.alarm (
    office_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    kind text NOT NULL,
    remit_by date NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    CONSTRAINT alarm_kind_check CHECK ((kind = ANY (ARRAY['due_today'::text, 'overdue'::text])))
);

ALTER TABLE ONLY charges.alarm FORCE ROW LEVEL SECURITY;

ALTER TABLE charges.alarm OWNER TO tannoi_owner;

CREATE TABLE charges.bank_account (
    office_id uuid NOT NULL,
    bin text NOT NULL,
    account text NOT NULL,
    name text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    CONSTRAINT bank_account_account_check CHECK ((account ~ '^[0-9A-Za-z]{1,19}$'::text)),
    CONSTRAINT bank_account_bin_check CHECK ((bin ~ '^[0-9]{6}$'::text)),
    CONSTRAINT bank_account_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);

ALTER TABLE ONLY charges.bank_account FORCE ROW LEVEL SECURITY;

ALTER TABLE charges.bank_account OWNER TO tannoi_owner;

CREATE TABLE charges.batch (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    payee_id uuid NOT NULL,
    through_on date NOT NULL,
    num_charges integer NOT NULL,
    amount_vnd bigint NOT NULL,
    state text DEFAULT 'made'::text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    approved_by uuid,
    ended_at timestamp with time zone,
    transfer_id uuid,
    bank_reference text DEFAULT ''::text NOT NULL,
    CONSTRAINT batch_amount_vnd_check CHECK ((amount_vnd >= 1)),
    CONSTRAINT batch_bank_reference_check CHECK ((length(bank_reference) <= 64)),
    CONSTRAINT batch_check CHECK ((approved_by <> made_by)),
    CONSTRAINT batch_check1 CHECK (((state = 'remitted'::text) = (transfer_id IS NOT NULL))),
    CONSTRAINT batch_check2 CHECK (((state <> 'remitted'::text) OR (approved_by IS NOT NULL))),
    CONSTRAINT batch_kind_check CHECK ((kind = ANY (ARRAY['fee'::text, 'bill'::text, 'tax'::text, 'order'::text]))),
    CONSTRAINT batch_num_charges_check CHECK ((num_charges >= 1)),
    CONSTRAINT batch_state_check CHECK ((state = ANY (ARRAY['made'::text, 'remitted'::text, 'dropped'::text])))
);

ALTER TABLE ONLY charges.batch FORCE ROW LEVEL SECURITY;

ALTER TABLE charges.batch OWNER TO tannoi_owner;

CREATE TABLE charges.charge (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    payee_id uuid,
    reference text NOT NULL,
    external_key text DEFAULT ''::text NOT NULL,
    dossier_id uuid,
    citizen_id uuid,
    payer_name text NOT NULL,
    payer_tax_code text DEFAULT ''::text NOT NULL,
    period text DEFAULT ''::text NOT NULL,
    items jsonb NOT NULL,
    amount_vnd bigint NOT NULL,
    due_on date NOT NULL,
    state text DEFAULT 'due'::text NOT NULL,
    qr_shown_at timestamp with time zone,
    collected_on date,
    remit_by date,
    batch_id uuid,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_reason text DEFAULT ''::text NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    CONSTRAINT charge_amount_vnd_check CHECK (((amount_vnd >= 1) AND (amount_vnd <= '50000000000'::bigint))),
    CONSTRAINT charge_check CHECK (((kind = 'postage'::text) = (payee_id IS NULL))),
    CONSTRAINT charge_check1 CHECK (((state = ANY (ARRAY['collected'::text, 'remitted'::text])) = (collected_on IS NOT NULL))),
    CONSTRAINT charge_check2 CHECK (((state = 'remitted'::text) <= ((batch_id IS NOT NULL) OR (payee_id IS NULL)))),
    CONSTRAINT charge_ended_reason_check CHECK ((length(ended_reason) <= 300)),
    CONSTRAINT charge_external_key_check CHECK ((length(external_key) <= 60)),
    CONSTRAINT charge_kind_check CHECK ((kind = ANY (ARRAY['fee'::text, 'postage'::text, 'bill'::text, 'tax'::text, 'order'::text]))),
    CONSTRAINT charge_payer_name_check CHECK (((length(payer_name) >= 1) AND (length(payer_name) <= 200))),
    CONSTRAINT charge_payer_tax_code_check CHECK ((length(payer_tax_code) <= 14)),
    CONSTRAINT charge_period_check CHECK ((length(period) <= 40)),
    CONSTRAINT charge_reference_check CHECK ((reference ~ '^TN[0-9A-HJKMNP-TV-Z]{10}$'::text)),
    CONSTRAINT charge_state_check CHECK ((state = ANY (ARRAY['due'::text, 'collected'::text, 'remitted'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY charges.charge FORCE ROW LEVEL SECURITY;

ALTER TABLE charges.charge OWNER TO tannoi_owner;

CREATE TABLE charges.collection (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    charge_id uuid,
    method text NOT NULL,
    amount_vnd bigint NOT NULL,
    outcome text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    cash_owner_id uuid,
    transfer_id uuid NOT NULL,
    receipt_id uuid,
    notice_id uuid,
    op_id uuid,
    occurred_at timestamp with time zone NOT NULL,
    collected_on date NOT NULL,
    collected_by uuid NOT NULL,
    approved_by uuid,
    reversed_at timestamp with time zone,
    answer text,
    answered_at timestamp with time zone,
    answered_by uuid,
    answer_approved_by uuid,
    note text DEFAULT ''::text NOT NULL,
    receipt_block_id uuid,
    receipt_number integer,
    CONSTRAINT collection_amount_vnd_check CHECK (((amount_vnd >= 1) AND (amount_vnd <= '50000000000'::bigint))),
    CONSTRAINT collection_answer_check CHECK ((answer = ANY (ARRAY['applied'::text, 'given_back'::text]))),
    CONSTRAINT collection_check CHECK (((answer IS NULL) = (answered_at IS NULL))),
    CONSTRAINT collection_check1 CHECK (((answer IS NULL) OR (outcome = 'in_doubt'::text))),
    CONSTRAINT collection_check2 CHECK ((answered_by <> answer_approved_by)),
    CONSTRAINT collection_check3 CHECK (((outcome = 'in_doubt'::text) OR (charge_id IS NOT NULL))),
    CONSTRAINT collection_method_check CHECK ((method = ANY (ARRAY['cash'::text, 'qr'::text]))),
    CONSTRAINT collection_note_check CHECK ((length(note) <= 500)),
    CONSTRAINT collection_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'in_doubt'::text]))),
    CONSTRAINT collection_reason_check CHECK ((length(reason) <= 40)),
    CONSTRAINT collection_receipt_told CHECK (((receipt_block_id IS NULL) = (receipt_number IS NULL)))
);

ALTER TABLE ONLY charges.collection FORCE ROW LEVEL SECURITY;

ALTER TABLE charges.collection OWNER TO tannoi_owner;

CREATE TABLE charges.notice (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id text NOT NULL,
    body_hash bytea NOT NULL,
    bank_reference text NOT NULL,
    bin text NOT NULL,
    account text NOT NULL,
    amount_vnd bigint NOT NULL,
    content text NOT NULL,
    paid_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    num_deliveries integer DEFAULT 1 NOT NULL,
    outcome text NOT NULL,
    charge_id uuid,
    CONSTRAINT notice_bank_reference_check CHECK (((length(bank_reference) >= 1) AND (length(bank_reference) <= 64))),
    CONSTRAINT notice_body_hash_check CHECK ((length(body_hash) = 32)),
    CONSTRAINT notice_content_check CHECK ((length(content) <= 500)),
    CONSTRAINT notice_message_id_check CHECK (((length(message_id) >= 1) AND (length(message_id) <= 256))),
    CONSTRAINT notice_outcome_check CHECK ((outcome = ANY (ARRAY['paid'::text, 'unknown_reference'::text, 'amount_differs'::text, 'paid_already'::text, 'cancelled'::text, 'repeated'::text])))
);

ALTER TABLE ONLY charges.notice FORCE ROW LEVEL SECURITY;

ALTER TABLE charges.notice OWNER TO tannoi_owner;

CREATE TABLE charges.payee (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    tax_code text DEFAULT ''::text NOT NULL,
    bank_account text DEFAULT ''::text NOT NULL,
    remit_days integer DEFAULT 1 NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    CONSTRAINT payee_bank_account_check CHECK ((length(bank_account) <= 60)),
    CONSTRAINT payee_code_check CHECK ((code ~ '^[A-Z0-9_-]{1,30}$'::text)),
    CONSTRAINT payee_kind_check CHECK ((kind = ANY (ARRAY['agency'::text, 'biller'::text, 'tax'::text]))),
    CONSTRAINT payee_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT payee_remit_days_check CHECK (((remit_days >= 0) AND (remit_days <= 60))),
    CONSTRAINT payee_tax_code_check CHECK ((length(tax_code) <= 14))
);

ALTER TABLE ONLY charges.payee FORCE ROW LEVEL SECURITY;

ALTER TABLE charges.payee OWNER TO tannoi_owner;

CREATE TABLE charges.proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    charge_id uuid,
    bank_reference text DEFAULT ''::text NOT NULL,
    note text NOT NULL,
    amount_vnd bigint NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone,
    CONSTRAINT proposal_amount_vnd_check CHECK ((amount_vnd >= 1)),
    CONSTRAINT proposal_bank_reference_check CHECK ((length(bank_reference) <= 64)),
    CONSTRAINT proposal_check CHECK (((state <> 'approved'::text) OR (ended_by <> made_by))),
    CONSTRAINT proposal_check1 CHECK (((state = 'open'::text) = (ended_by IS NULL))),
    CONSTRAINT proposal_check2 CHECK (((state = 'open'::text) = (ended_at IS NULL))),
    CONSTRAINT proposal_kind_check CHECK ((kind = ANY (ARRAY['apply'::text, 'give_back'::text, 'take_back'::text, 'confirm_qr'::text]))),
    CONSTRAINT proposal_note_check CHECK (((length(note) >= 1) AND (length(note) <= 300))),
    CONSTRAINT proposal_state_check CHECK ((state = ANY (ARRAY['open'::text, 'approved'::text, 'refused'::text])))
);

ALTER TABLE ONLY charges.proposal FORCE ROW LEVEL SECURITY;

ALTER TABLE charges.proposal OWNER TO tannoi_owner;

CREATE TABLE custody.handover (
    office_id uuid NOT NULL,
    item_id uuid NOT NULL,
    n integer NOT NULL,
    from_kind text,
    from_id uuid,
    to_kind text NOT NULL,
    to_id uuid NOT NULL,
    seal_number text,
    is_seal_whole boolean,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    op_id uuid,
    by_staff_id uuid,
    record_id uuid,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT handover_check CHECK (((n = 1) = (from_kind IS NULL))),
    CONSTRAINT handover_check1 CHECK (((from_kind IS NULL) = (from_id IS NULL))),
    CONSTRAINT handover_from_kind_check CHECK ((from_kind = ANY (ARRAY['citizen'::text, 'courier'::text, 'office'::text, 'agency'::text]))),
    CONSTRAINT handover_n_check CHECK ((n >= 1)),
    CONSTRAINT handover_to_kind_check CHECK ((to_kind = ANY (ARRAY['citizen'::text, 'courier'::text, 'office'::text, 'agency'::text])))
);

ALTER TABLE ONLY custody.handover FORCE ROW LEVEL SECURITY;

ALTER TABLE custody.handover OWNER TO tannoi_owner;

CREATE TABLE custody.item (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    seal_number text,
    holder_kind text NOT NULL,
    holder_id uuid NOT NULL,
    num_handovers integer NOT NULL,
    is_frozen boolean DEFAULT false NOT NULL,
    made_at timestamp with time zone NOT NULL,
    passed_op_id uuid,
    CONSTRAINT item_holder_kind_check CHECK ((holder_kind = ANY (ARRAY['citizen'::text, 'courier'::text, 'office'::text, 'agency'::text]))),
    CONSTRAINT item_kind_check CHECK ((kind = ANY (ARRAY['dossier'::text, 'result'::text, 'bag'::text]))),
    CONSTRAINT item_num_handovers_check CHECK ((num_handovers >= 1))
);

ALTER TABLE ONLY custody.item FORCE ROW LEVEL SECURITY;

ALTER TABLE custody.item OWNER TO tannoi_owner;

CREATE TABLE custody.item_code (
    code text NOT NULL,
    office_id uuid NOT NULL,
    item_id uuid NOT NULL,
    CONSTRAINT item_code_code_check CHECK ((code ~ '^[A-Z]{2}[0-9]{9}VN$'::text))
);

ALTER TABLE ONLY custody.item_code FORCE ROW LEVEL SECURITY;

ALTER TABLE custody.item_code OWNER TO tannoi_owner;

CREATE SEQUENCE custody.item_serial
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    MAXVALUE 99999999
    CACHE 1;

ALTER SEQUENCE custody.item_serial OWNER TO tannoi_owner;

CREATE TABLE custody.record (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    direction text NOT NULL,
    num_items integer NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    signed_by_agency uuid NOT NULL,
    signed_by_post uuid NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT record_direction_check CHECK ((direction = ANY (ARRAY['to_agency'::text, 'from_agency'::text]))),
    CONSTRAINT record_num_items_check CHECK ((num_items > 0))
);

ALTER TABLE ONLY custody.record FORCE ROW LEVEL SECURITY;

ALTER TABLE custody.record OWNER TO tannoi_owner;

CREATE TABLE dispatch.plan (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    service_on date NOT NULL,
    state text NOT NULL,
    seed integer NOT NULL,
    budget_s integer NOT NULL,
    from_s integer,
    num_tries smallint DEFAULT 0 NOT NULL,
    beat_at timestamp with time zone,
    progress jsonb DEFAULT '{}'::jsonb NOT NULL,
    draft jsonb,
    failure text,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    solved_at timestamp with time zone,
    published_by uuid,
    published_at timestamp with time zone,
    CONSTRAINT plan_budget_s_check CHECK (((budget_s >= 1) AND (budget_s <= 600))),
    CONSTRAINT plan_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'solving'::text, 'draft'::text, 'published'::text, 'discarded'::text, 'failed'::text])))
);

ALTER TABLE ONLY dispatch.plan FORCE ROW LEVEL SECURITY;

ALTER TABLE dispatch.plan OWNER TO tannoi_owner;

CREATE TABLE doorstep.errand (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    citizen_id uuid NOT NULL,
    delivery_point_id uuid NOT NULL,
    wanted_on date NOT NULL,
    tw_early_s integer,
    tw_late_s integer,
    service_duration_s integer NOT NULL,
    cash_in_vnd bigint DEFAULT 0 NOT NULL,
    cash_out_vnd bigint DEFAULT 0 NOT NULL,
    subject_id uuid,
    shown jsonb DEFAULT '{}'::jsonb NOT NULL,
    instruction text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'due'::text NOT NULL,
    num_attempts integer DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    is_demo boolean DEFAULT false NOT NULL,
    CONSTRAINT errand_cash_in_vnd_check CHECK ((cash_in_vnd >= 0)),
    CONSTRAINT errand_cash_out_vnd_check CHECK ((cash_out_vnd >= 0)),
    CONSTRAINT errand_check CHECK ((tw_early_s <= tw_late_s)),
    CONSTRAINT errand_check1 CHECK (((cash_in_vnd = 0) OR (cash_out_vnd = 0))),
    CONSTRAINT errand_kind_check CHECK ((kind = ANY (ARRAY['payout.pay'::text, 'charge.collect'::text, 'order.take'::text, 'order.pay'::text]))),
    CONSTRAINT errand_service_duration_s_check CHECK (((service_duration_s >= 30) AND (service_duration_s <= 7200))),
    CONSTRAINT errand_state_check CHECK ((state = ANY (ARRAY['due'::text, 'done'::text, 'gone'::text]))),
    CONSTRAINT errand_tw_early_s_check CHECK (((tw_early_s >= 0) AND (tw_early_s <= 86400))),
    CONSTRAINT errand_tw_late_s_check CHECK (((tw_late_s >= 0) AND (tw_late_s <= 86400)))
);

ALTER TABLE ONLY doorstep.errand FORCE ROW LEVEL SECURITY;

ALTER TABLE doorstep.errand OWNER TO tannoi_owner;

CREATE TABLE dossiers.dossier (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    service text NOT NULL,
    dossier_code text,
    procedure_code text NOT NULL,
    procedure_name text NOT NULL,
    partner_id uuid NOT NULL,
    citizen_id uuid NOT NULL,
    delivery_point_id uuid NOT NULL,
    item_id uuid,
    item_code text,
    state text NOT NULL,
    agency_state smallint NOT NULL,
    wanted_on date NOT NULL,
    tw_early_s integer,
    tw_late_s integer,
    service_duration_s integer NOT NULL,
    load_g integer NOT NULL,
    load_ml integer NOT NULL,
    skills text[] DEFAULT '{}'::text[] NOT NULL,
    checklist jsonb DEFAULT '[]'::jsonb NOT NULL,
    reclaims jsonb DEFAULT '[]'::jsonb NOT NULL,
    fee_due_vnd bigint DEFAULT 0 NOT NULL,
    postage_due_vnd bigint DEFAULT 0 NOT NULL,
    instruction text DEFAULT ''::text NOT NULL,
    num_attempts integer DEFAULT 0 NOT NULL,
    num_invitations integer DEFAULT 0 NOT NULL,
    last_invited_on date,
    import_key text,
    made_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    CONSTRAINT dossier_agency_state_check CHECK (((agency_state >= 1) AND (agency_state <= 10))),
    CONSTRAINT dossier_check CHECK (((tw_early_s IS NULL) = (tw_late_s IS NULL))),
    CONSTRAINT dossier_check1 CHECK (((tw_early_s IS NULL) OR ((0 <= tw_early_s) AND (tw_early_s < tw_late_s)))),
    CONSTRAINT dossier_check2 CHECK (((item_id IS NULL) = (item_code IS NULL))),
    CONSTRAINT dossier_check3 CHECK (((service = 'S1'::text) OR (item_id IS NOT NULL))),
    CONSTRAINT dossier_fee_due_vnd_check CHECK ((fee_due_vnd >= 0)),
    CONSTRAINT dossier_load_g_check CHECK ((load_g >= 0)),
    CONSTRAINT dossier_load_ml_check CHECK ((load_ml >= 0)),
    CONSTRAINT dossier_postage_due_vnd_check CHECK ((postage_due_vnd >= 0)),
    CONSTRAINT dossier_service_check CHECK ((service = ANY (ARRAY['S1'::text, 'S2'::text]))),
    CONSTRAINT dossier_service_duration_s_check CHECK (((service_duration_s >= 30) AND (service_duration_s <= 7200))),
    CONSTRAINT dossier_state_check CHECK ((state = ANY (ARRAY['booked'::text, 'accepted'::text, 'at_office'::text, 'out'::text, 'handed_to_agency'::text, 'delivered'::text, 'returning'::text, 'returned_to_agency'::text, 'refused'::text, 'cancelled'::text, 'frozen'::text])))
);

ALTER TABLE ONLY dossiers.dossier FORCE ROW LEVEL SECURITY;

ALTER TABLE dossiers.dossier OWNER TO tannoi_owner;

CREATE TABLE dossiers.procedure (
    code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    name text NOT NULL,
    partner_kind text NOT NULL,
    papers jsonb NOT NULL,
    reclaims jsonb DEFAULT '[]'::jsonb NOT NULL,
    fee_vnd bigint NOT NULL,
    days integer NOT NULL,
    is_by_post boolean NOT NULL,
    must_appear boolean NOT NULL,
    source text NOT NULL,
    CONSTRAINT procedure_days_check CHECK ((days >= 0)),
    CONSTRAINT procedure_fee_vnd_check CHECK ((fee_vnd >= 0))
);

ALTER TABLE dossiers.procedure OWNER TO tannoi_owner;

CREATE TABLE identity.audit (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    object_kind text,
    object_id uuid,
    outcome text NOT NULL,
    request_id text
);

ALTER TABLE ONLY identity.audit FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.audit OWNER TO tannoi_owner;

CREATE TABLE identity.citizen (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    search_key text NOT NULL,
    phone_sealed bytea,
    phone_index bytea,
    locale text DEFAULT 'vi'::text NOT NULL,
    wishes text DEFAULT ''::text NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT citizen_locale_check CHECK ((locale = ANY (ARRAY['vi'::text, 'en'::text])))
);

ALTER TABLE ONLY identity.citizen FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.citizen OWNER TO tannoi_owner;

CREATE TABLE identity.device (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    label text NOT NULL,
    token_hash bytea NOT NULL,
    public_key bytea,
    status text DEFAULT 'active'::text NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    key_at timestamp with time zone,
    is_field boolean DEFAULT false NOT NULL,
    CONSTRAINT device_field CHECK (((NOT is_field) OR (status = 'active'::text))),
    CONSTRAINT device_key CHECK (((public_key IS NULL) OR ((length(public_key) = 65) AND (get_byte(public_key, 0) = 4)))),
    CONSTRAINT device_status_check CHECK ((status = ANY (ARRAY['active'::text, 'lost'::text, 'retired'::text])))
);

ALTER TABLE ONLY identity.device FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.device OWNER TO tannoi_owner;

CREATE TABLE identity.enrolment_code (
    office_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT enrolment_code_check CHECK ((made_by <> staff_id))
);

ALTER TABLE ONLY identity.enrolment_code FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.enrolment_code OWNER TO tannoi_owner;

CREATE TABLE identity.factor (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    secret_sealed bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    ended_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    num_wrong integer DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone
);

ALTER TABLE ONLY identity.factor FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.factor OWNER TO tannoi_owner;

CREATE TABLE identity.link (
    office_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    errand_id uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);

ALTER TABLE ONLY identity.link FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.link OWNER TO tannoi_owner;

CREATE TABLE identity.partner (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    office_id uuid NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    address text NOT NULL,
    is_demo boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY identity.partner FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.partner OWNER TO tannoi_owner;

CREATE TABLE identity.session (
    office_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    device_id uuid,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    idle_s integer NOT NULL,
    ended_at timestamp with time zone,
    factor_at timestamp with time zone,
    CONSTRAINT session_idle_s_check CHECK ((idle_s > 0))
);

ALTER TABLE ONLY identity.session FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.session OWNER TO tannoi_owner;

CREATE TABLE identity.staff (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    username text NOT NULL,
    display_name text NOT NULL,
    badge text,
    role text NOT NULL,
    partner_id uuid,
    all_offices boolean DEFAULT false NOT NULL,
    password_hash text,
    locale text DEFAULT 'vi'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT staff_check CHECK (((role = 'agency_officer'::text) = (partner_id IS NOT NULL))),
    CONSTRAINT staff_check1 CHECK (((NOT all_offices) OR (role = ANY (ARRAY['planner'::text, 'administrator'::text])))),
    CONSTRAINT staff_locale_check CHECK ((locale = ANY (ARRAY['vi'::text, 'en'::text]))),
    CONSTRAINT staff_role_check CHECK ((role = ANY (ARRAY['courier'::text, 'dispatcher'::text, 'cashier'::text, 'controller'::text, 'agency_officer'::text, 'planner'::text, 'administrator'::text]))),
    CONSTRAINT staff_status_check CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text]))),
    CONSTRAINT staff_username_check CHECK ((username = lower(username)))
);

ALTER TABLE ONLY identity.staff FORCE ROW LEVEL SECURITY;

ALTER TABLE identity.staff OWNER TO tannoi_owner;

CREATE TABLE kit.fact (
    name text NOT NULL,
    value jsonb NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE kit.fact OWNER TO tannoi_owner;

CREATE UNLOGGED TABLE kit.rate (
    bucket text NOT NULL,
    window_at timestamp with time zone NOT NULL,
    num_hits integer NOT NULL
);

ALTER TABLE kit.rate OWNER TO tannoi_owner;

CREATE TABLE ledger.account (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    owner_id uuid,
    scheme text DEFAULT ''::text NOT NULL,
    floor text NOT NULL,
    opened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT account_floor_check CHECK ((floor = ANY (ARRAY['debit'::text, 'credit'::text, 'none'::text]))),
    CONSTRAINT account_floor_of_kind CHECK ((floor = ledger.floor_of(kind))),
    CONSTRAINT account_kind_check CHECK ((kind = ANY (ARRAY['hand'::text, 'drawer'::text, 'vault'::text, 'in_transit'::text, 'bank'::text, 'receivable'::text, 'agency_payable'::text, 'biller_payable'::text, 'tax_payable'::text, 'fee_payable'::text, 'order_payable'::text, 'clearing'::text, 'suspense'::text, 'postage_revenue'::text, 'service_revenue'::text, 'shortage'::text, 'overage'::text, 'loss'::text]))),
    CONSTRAINT account_scheme_check CHECK ((length(scheme) <= 60))
);

ALTER TABLE ONLY ledger.account FORCE ROW LEVEL SECURITY;

ALTER TABLE ledger.account OWNER TO tannoi_owner;

CREATE TABLE ledger.balance (
    office_id uuid NOT NULL,
    account_id uuid NOT NULL,
    floor text NOT NULL,
    dp ledger.sum_vnd DEFAULT 0 NOT NULL,
    cp ledger.sum_vnd DEFAULT 0 NOT NULL,
    dh ledger.sum_vnd DEFAULT 0 NOT NULL,
    ch ledger.sum_vnd DEFAULT 0 NOT NULL,
    CONSTRAINT balance_covers CHECK ((((floor <> 'debit'::text) OR ((((dp)::bigint - (cp)::bigint) - (ch)::bigint) >= 0)) AND ((floor <> 'credit'::text) OR ((((cp)::bigint - (dp)::bigint) - (dh)::bigint) >= 0))))
)
WITH (fillfactor='40');

ALTER TABLE ONLY ledger.balance FORCE ROW LEVEL SECURITY;

ALTER TABLE ledger.balance OWNER TO tannoi_owner;

CREATE TABLE ledger.day_event (
    office_id uuid NOT NULL,
    n bigint NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    by_id uuid NOT NULL,
    approved_by uuid NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT day_event_check CHECK ((approved_by <> by_id)),
    CONSTRAINT day_event_check1 CHECK (((kind = 'closed'::text) OR (reason <> ''::text))),
    CONSTRAINT day_event_kind_check CHECK ((kind = ANY (ARRAY['closed'::text, 'reopened'::text]))),
    CONSTRAINT day_event_n_check CHECK ((n >= 1))
);

ALTER TABLE ONLY ledger.day_event FORCE ROW LEVEL SECURITY;

ALTER TABLE ledger.day_event OWNER TO tannoi_owner;

CREATE TABLE ledger.epoch (
    one boolean DEFAULT true NOT NULL,
    epoch bigint NOT NULL,
    CONSTRAINT epoch_one_check CHECK (one)
);

ALTER TABLE ledger.epoch OWNER TO tannoi_owner;

CREATE TABLE ledger.night (
    day date NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    num_rules integer DEFAULT 0 NOT NULL,
    broken text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT night_num_rules_check CHECK ((num_rules >= 0))
);

ALTER TABLE ledger.night OWNER TO tannoi_owner;

CREATE TABLE ledger.open_day (
    office_id uuid NOT NULL,
    open_on date NOT NULL
);

ALTER TABLE ONLY ledger.open_day FORCE ROW LEVEL SECURITY;

ALTER TABLE ledger.open_day OWNER TO tannoi_owner;

CREATE TABLE ledger.seal (
    epoch bigint NOT NULL,
    n bigint NOT NULL,
    xid_from xid8 NOT NULL,
    xid_until xid8 NOT NULL,
    num_rows bigint NOT NULL,
    root bytea NOT NULL,
    prev_root bytea NOT NULL,
    signature bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT seal_n_check CHECK ((n >= 1)),
    CONSTRAINT seal_num_rows_check CHECK ((num_rows >= 0)),
    CONSTRAINT seal_prev_root_check CHECK ((length(prev_root) = 32)),
    CONSTRAINT seal_root_check CHECK ((length(root) = 32)),
    CONSTRAINT seal_signature_check CHECK ((length(signature) = 64))
);

ALTER TABLE ledger.seal OWNER TO tannoi_owner;

CREATE TABLE ledger.transfer (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    code ledger.transfer_code NOT NULL,
    phase ledger.phase NOT NULL,
    debit_id uuid NOT NULL,
    credit_id uuid NOT NULL,
    amount_vnd ledger.amount_vnd NOT NULL,
    pending_id uuid,
    reverses_id uuid,
    business_key ledger.business_key,
    posted_on date NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    posted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    op_id uuid,
    created_by uuid NOT NULL,
    approved_by uuid,
    reason ledger.reason DEFAULT ''::text NOT NULL,
    CONSTRAINT transfer_approved CHECK (((approved_by IS NOT NULL) OR ((reverses_id IS NULL) AND ((code)::text !~ '^(difference|write_off|float\.over_limit|override)'::text)))),
    CONSTRAINT transfer_four_eyes CHECK ((approved_by <> created_by)),
    CONSTRAINT transfer_reasoned CHECK ((((reason)::text <> ''::text) OR ((reverses_id IS NULL) AND ((code)::text !~ '^(difference|write_off|override)'::text)))),
    CONSTRAINT transfer_resolution CHECK ((((phase)::text = ANY (ARRAY['post'::text, 'void'::text])) = (pending_id IS NOT NULL))),
    CONSTRAINT transfer_two_accounts CHECK ((debit_id <> credit_id))
);

ALTER TABLE ONLY ledger.transfer FORCE ROW LEVEL SECURITY;

ALTER TABLE ledger.transfer OWNER TO tannoi_owner;

CREATE TABLE money_orders.doubt (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    amount_vnd bigint NOT NULL,
    reason text NOT NULL,
    transfer_id uuid,
    cash_owner_id uuid NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    answered_by uuid,
    approved_by uuid,
    identity_method text DEFAULT 'cccd'::text NOT NULL,
    settled_as text,
    CONSTRAINT doubt_amount_vnd_check CHECK ((amount_vnd >= 1)),
    CONSTRAINT doubt_check CHECK ((approved_by <> answered_by)),
    CONSTRAINT doubt_check1 CHECK (((answered_at IS NULL) = (approved_by IS NULL))),
    CONSTRAINT doubt_identity_method_check CHECK ((identity_method = ANY (ARRAY['cccd'::text, 'passport'::text, 'vneid'::text, 'residence'::text]))),
    CONSTRAINT doubt_kind_check CHECK ((kind = ANY (ARRAY['take'::text, 'pay'::text]))),
    CONSTRAINT doubt_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 40))),
    CONSTRAINT doubt_settled_as_check CHECK ((settled_as = ANY (ARRAY['bring_home'::text, 'courier_owes'::text, 'valid'::text])))
);

ALTER TABLE ONLY money_orders.doubt FORCE ROW LEVEL SECURITY;

ALTER TABLE money_orders.doubt OWNER TO tannoi_owner;

CREATE TABLE money_orders.flag (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    person_key text NOT NULL,
    on_day date NOT NULL,
    order_id uuid NOT NULL,
    total_vnd bigint NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    CONSTRAINT flag_kind_check CHECK ((kind = ANY (ARRAY['cash_day'::text, 'transfer'::text]))),
    CONSTRAINT flag_person_key_check CHECK ((person_key ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT flag_total_vnd_check CHECK ((total_vnd >= 1))
);

ALTER TABLE ONLY money_orders.flag FORCE ROW LEVEL SECURITY;

ALTER TABLE money_orders.flag OWNER TO tannoi_owner;

CREATE TABLE money_orders.money_order (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL,
    state text NOT NULL,
    amount_vnd bigint NOT NULL,
    fee_vnd bigint NOT NULL,
    purpose text NOT NULL,
    parties_sealed bytea NOT NULL,
    sender_key text NOT NULL,
    payee_key text NOT NULL,
    pin_salt bytea,
    pin_hash bytea,
    num_wrong integer DEFAULT 0 NOT NULL,
    locked_at timestamp with time zone,
    to_door boolean DEFAULT false NOT NULL,
    pay_office_id uuid,
    not_brought text DEFAULT ''::text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    taken_on date,
    taken_by uuid,
    cash_owner_id uuid,
    op_id uuid,
    settled_at timestamp with time zone,
    settled_office_id uuid,
    is_demo boolean DEFAULT false NOT NULL,
    CONSTRAINT money_order_amount_vnd_check CHECK (((amount_vnd >= 1) AND (amount_vnd <= '50000000000'::bigint))),
    CONSTRAINT money_order_check CHECK (((pin_salt IS NULL) = (pin_hash IS NULL))),
    CONSTRAINT money_order_check1 CHECK (((state = ANY (ARRAY['taken'::text, 'paid'::text, 'refunded'::text])) = (taken_at IS NOT NULL))),
    CONSTRAINT money_order_check2 CHECK (((state = ANY (ARRAY['paid'::text, 'refunded'::text])) = (settled_at IS NOT NULL))),
    CONSTRAINT money_order_fee_vnd_check CHECK (((fee_vnd >= 0) AND (fee_vnd <= 1000000000))),
    CONSTRAINT money_order_not_brought_check CHECK ((length(not_brought) <= 40)),
    CONSTRAINT money_order_payee_key_check CHECK ((payee_key ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT money_order_purpose_check CHECK (((length(purpose) >= 1) AND (length(purpose) <= 200))),
    CONSTRAINT money_order_reference_check CHECK ((reference ~ '^CT[0-9A-HJKMNP-TV-Z]{8}$'::text)),
    CONSTRAINT money_order_sender_key_check CHECK ((sender_key ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT money_order_state_check CHECK ((state = ANY (ARRAY['booked'::text, 'taken'::text, 'paid'::text, 'refunded'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY money_orders.money_order FORCE ROW LEVEL SECURITY;

ALTER TABLE money_orders.money_order OWNER TO tannoi_owner;

CREATE TABLE money_orders.payee_said (
    office_id uuid NOT NULL,
    order_id uuid NOT NULL,
    sealed bytea NOT NULL,
    by_id uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY money_orders.payee_said FORCE ROW LEVEL SECURITY;

ALTER TABLE money_orders.payee_said OWNER TO tannoi_owner;

CREATE TABLE money_orders.pin_try (
    office_id uuid NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    order_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    by_office_id uuid NOT NULL,
    by_id uuid NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT pin_try_outcome_check CHECK ((outcome = ANY (ARRAY['right'::text, 'wrong'::text, 'locked'::text])))
);

ALTER TABLE ONLY money_orders.pin_try FORCE ROW LEVEL SECURITY;

ALTER TABLE money_orders.pin_try OWNER TO tannoi_owner;

CREATE TABLE money_orders.proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    note text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_by uuid,
    ended_at timestamp with time zone,
    is_refused boolean DEFAULT false NOT NULL,
    CONSTRAINT proposal_by_another CHECK ((is_refused OR (ended_by <> made_by))),
    CONSTRAINT proposal_check1 CHECK (((ended_by IS NULL) = (ended_at IS NULL))),
    CONSTRAINT proposal_kind_check CHECK ((kind = ANY (ARRAY['unlock'::text, 'bring_home'::text, 'courier_owes'::text, 'valid'::text]))),
    CONSTRAINT proposal_note_check CHECK (((length(note) >= 1) AND (length(note) <= 300))),
    CONSTRAINT proposal_refused CHECK (((NOT is_refused) OR (ended_at IS NOT NULL)))
);

ALTER TABLE ONLY money_orders.proposal FORCE ROW LEVEL SECURITY;

ALTER TABLE money_orders.proposal OWNER TO tannoi_owner;

CREATE TABLE money_orders.settlement (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    order_office_id uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    amount_vnd bigint NOT NULL,
    person_key text NOT NULL,
    identity_method text NOT NULL,
    transfer_id uuid NOT NULL,
    cash_owner_id uuid,
    op_id uuid,
    at timestamp with time zone NOT NULL,
    on_day date NOT NULL,
    by_id uuid NOT NULL,
    payee_sealed bytea,
    CONSTRAINT settlement_amount_vnd_check CHECK ((amount_vnd >= 1)),
    CONSTRAINT settlement_kind_check CHECK ((kind = ANY (ARRAY['paid'::text, 'refunded'::text]))),
    CONSTRAINT settlement_person_key_check CHECK ((person_key ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY money_orders.settlement FORCE ROW LEVEL SECURITY;

ALTER TABLE money_orders.settlement OWNER TO tannoi_owner;

CREATE TABLE network.calendar_day (
    on_day date NOT NULL,
    kind text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    source text NOT NULL,
    CONSTRAINT calendar_day_kind_check CHECK ((kind = ANY (ARRAY['holiday'::text, 'swap_work'::text])))
);

ALTER TABLE network.calendar_day OWNER TO tannoi_owner;

CREATE TABLE network.commune (
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    province_code text NOT NULL,
    province_name text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    area_km2 double precision,
    search_key text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT commune_code_check CHECK ((code ~ '^[0-9]{5}$'::text)),
    CONSTRAINT commune_kind_check CHECK ((kind = ANY (ARRAY['xa'::text, 'phuong'::text, 'dac_khu'::text])))
);

ALTER TABLE network.commune OWNER TO tannoi_owner;

CREATE TABLE network.courier (
    office_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    vehicle_id uuid NOT NULL,
    phone text,
    skills text[] DEFAULT '{}'::text[] NOT NULL,
    cash_limit_vnd bigint,
    CONSTRAINT courier_cash_limit_vnd_check CHECK ((cash_limit_vnd > 0))
);

ALTER TABLE ONLY network.courier FORCE ROW LEVEL SECURITY;

ALTER TABLE network.courier OWNER TO tannoi_owner;

CREATE TABLE network.delivery_point (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    address_text text NOT NULL,
    search_key text NOT NULL,
    commune_code text,
    resolved_by text NOT NULL,
    lat double precision,
    lon double precision,
    pin text NOT NULL,
    pin_by uuid,
    pin_at timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    CONSTRAINT delivery_point_check CHECK (((lat IS NULL) = (pin = 'none'::text))),
    CONSTRAINT delivery_point_check1 CHECK (((lat IS NULL) = (lon IS NULL))),
    CONSTRAINT delivery_point_pin_check CHECK ((pin = ANY (ARRAY['none'::text, 'commune'::text, 'street'::text, 'door'::text]))),
    CONSTRAINT delivery_point_resolved_by_check CHECK ((resolved_by = ANY (ARRAY['name'::text, 'old_name'::text, 'person'::text, 'unresolved'::text])))
);

ALTER TABLE ONLY network.delivery_point FORCE ROW LEVEL SECURITY;

ALTER TABLE network.delivery_point OWNER TO tannoi_owner;

CREATE TABLE network.former_commune (
    code text NOT NULL,
    commune_code text NOT NULL,
    district_code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    search_keys text[] NOT NULL,
    valid_to date NOT NULL,
    CONSTRAINT former_commune_code_check CHECK ((code ~ '^[0-9]{5}$'::text)),
    CONSTRAINT former_commune_kind_check CHECK ((kind = ANY (ARRAY['xa'::text, 'phuong'::text, 'thi_tran'::text])))
);

ALTER TABLE network.former_commune OWNER TO tannoi_owner;

CREATE TABLE network.former_district (
    code text NOT NULL,
    name text NOT NULL,
    province_code text NOT NULL,
    search_keys text[] NOT NULL,
    valid_to date NOT NULL,
    CONSTRAINT former_district_code_check CHECK ((code ~ '^[0-9]{3}$'::text))
);

ALTER TABLE network.former_district OWNER TO tannoi_owner;

CREATE TABLE network.office (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    commune_code text NOT NULL,
    address text NOT NULL,
    phone text,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    is_demo boolean DEFAULT false NOT NULL
);

ALTER TABLE network.office OWNER TO tannoi_owner;

CREATE TABLE network.pin_move (
    office_id uuid NOT NULL,
    point_id uuid NOT NULL,
    n integer NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    accuracy_m integer,
    pin text NOT NULL,
    by_id uuid,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pin_move_n_check CHECK ((n >= 1)),
    CONSTRAINT pin_move_pin_check CHECK ((pin = ANY (ARRAY['commune'::text, 'street'::text, 'door'::text])))
);

ALTER TABLE ONLY network.pin_move FORCE ROW LEVEL SECURITY;

ALTER TABLE network.pin_move OWNER TO tannoi_owner;

CREATE TABLE network.point (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    commune_code text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    is_demo boolean DEFAULT false NOT NULL,
    CONSTRAINT point_kind_check CHECK ((kind = ANY (ARRAY['office'::text, 'bdvhx'::text, 'onestop_desk'::text, 'pay_point'::text])))
);

ALTER TABLE ONLY network.point FORCE ROW LEVEL SECURITY;

ALTER TABLE network.point OWNER TO tannoi_owner;

CREATE TABLE network.rule_setting (
    name text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    value jsonb NOT NULL,
    source text NOT NULL
);

ALTER TABLE network.rule_setting OWNER TO tannoi_owner;

CREATE TABLE network.shift (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    courier_id uuid NOT NULL,
    service_on date NOT NULL,
    starts_s integer NOT NULL,
    ends_s integer NOT NULL,
    lunch_early_s integer,
    lunch_late_s integer,
    lunch_duration_s integer DEFAULT 0 NOT NULL,
    CONSTRAINT shift_check CHECK (((0 <= starts_s) AND (starts_s < ends_s) AND (ends_s <= 108000))),
    CONSTRAINT shift_check1 CHECK (((lunch_early_s IS NULL) = (lunch_late_s IS NULL))),
    CONSTRAINT shift_check2 CHECK (((lunch_early_s IS NULL) OR ((lunch_early_s + lunch_duration_s) <= lunch_late_s)))
);

ALTER TABLE ONLY network.shift FORCE ROW LEVEL SECURITY;

ALTER TABLE network.shift OWNER TO tannoi_owner;

CREATE TABLE network.territory (
    office_id uuid NOT NULL,
    commune_code text NOT NULL
);

ALTER TABLE ONLY network.territory FORCE ROW LEVEL SECURITY;

ALTER TABLE network.territory OWNER TO tannoi_owner;

CREATE TABLE network.vehicle (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    label text NOT NULL,
    profile text NOT NULL,
    capacity_g integer NOT NULL,
    capacity_ml integer NOT NULL,
    CONSTRAINT vehicle_capacity_g_check CHECK ((capacity_g > 0)),
    CONSTRAINT vehicle_capacity_ml_check CHECK ((capacity_ml > 0)),
    CONSTRAINT vehicle_profile_check CHECK ((profile = ANY (ARRAY['motorbike'::text, 'car'::text, 'bicycle'::text, 'foot'::text])))
);

ALTER TABLE ONLY network.vehicle FORCE ROW LEVEL SECURITY;

ALTER TABLE network.vehicle OWNER TO tannoi_owner;

CREATE TABLE notifications.message (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    state text NOT NULL,
    num_tries integer DEFAULT 0 NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    sent_at timestamp with time zone,
    CONSTRAINT message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'gone'::text, 'failed'::text])))
);

ALTER TABLE ONLY notifications.message FORCE ROW LEVEL SECURITY;

ALTER TABLE notifications.message OWNER TO tannoi_owner;

CREATE TABLE notifications.subscription (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    errand_id uuid,
    staff_id uuid,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    locale text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT subscription_check CHECK (((errand_id IS NULL) <> (staff_id IS NULL))),
    CONSTRAINT subscription_locale_check CHECK ((locale = ANY (ARRAY['vi'::text, 'en'::text])))
);

ALTER TABLE ONLY notifications.subscription FORCE ROW LEVEL SECURITY;

ALTER TABLE notifications.subscription OWNER TO tannoi_owner;

CREATE TABLE payouts.alarm (
    office_id uuid NOT NULL,
    list_id uuid NOT NULL,
    kind text NOT NULL,
    is_late boolean NOT NULL,
    due_on date NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    CONSTRAINT alarm_kind_check CHECK ((kind = ANY (ARRAY['list_missing'::text, 'money_missing'::text, 'approval_missing'::text, 'commune_unpaid'::text, 'not_settled'::text])))
);

ALTER TABLE ONLY payouts.alarm FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.alarm OWNER TO tannoi_owner;

CREATE TABLE payouts.attempt (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    payout_id uuid NOT NULL,
    reason text NOT NULL,
    next_on date,
    note text DEFAULT ''::text NOT NULL,
    by_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT attempt_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE ONLY payouts.attempt FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.attempt OWNER TO tannoi_owner;

CREATE TABLE payouts.change (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    upload_id uuid NOT NULL,
    row_number integer NOT NULL,
    kind text NOT NULL,
    payout_id uuid NOT NULL,
    outcome text,
    CONSTRAINT change_kind_check CHECK ((kind = ANY (ARRAY['stopped'::text, 'moved'::text, 'deceased'::text, 'alive'::text]))),
    CONSTRAINT change_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'too_late'::text])))
);

ALTER TABLE ONLY payouts.change FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.change OWNER TO tannoi_owner;

CREATE TABLE payouts.doubt (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    payout_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    amount_vnd bigint NOT NULL,
    reason text NOT NULL,
    op_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    shown jsonb NOT NULL,
    transfer_id uuid,
    settled_as text,
    settlement_id uuid,
    settled_by uuid,
    approved_by uuid,
    settled_at timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT doubt_check CHECK (((settled_at IS NULL) = (settled_as IS NULL))),
    CONSTRAINT doubt_check1 CHECK (((settled_at IS NULL) = (approved_by IS NULL))),
    CONSTRAINT doubt_check2 CHECK (((settled_at IS NULL) = (settlement_id IS NULL))),
    CONSTRAINT doubt_check3 CHECK (((settled_at IS NULL) OR ((note <> ''::text) AND (settled_by IS NOT NULL)))),
    CONSTRAINT doubt_four_eyes CHECK ((approved_by <> settled_by)),
    CONSTRAINT doubt_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT doubt_settled_as_check CHECK ((settled_as = ANY (ARRAY['valid'::text, 'agency_accepts'::text, 'courier_owes'::text, 'recovered'::text])))
);

ALTER TABLE ONLY payouts.doubt FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.doubt OWNER TO tannoi_owner;

CREATE TABLE payouts.fee (
    office_id uuid NOT NULL,
    list_id uuid NOT NULL,
    n integer NOT NULL,
    num_paid integer NOT NULL,
    paid_vnd bigint NOT NULL,
    amount_vnd bigint NOT NULL,
    transfer_id uuid,
    by_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT fee_amount_vnd_check CHECK ((amount_vnd >= 0)),
    CONSTRAINT fee_check CHECK (((amount_vnd = 0) = (transfer_id IS NULL))),
    CONSTRAINT fee_n_check CHECK ((n >= 1)),
    CONSTRAINT fee_num_paid_check CHECK ((num_paid >= 0)),
    CONSTRAINT fee_paid_vnd_check CHECK ((paid_vnd >= 0))
);

ALTER TABLE ONLY payouts.fee FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.fee OWNER TO tannoi_owner;

CREATE TABLE payouts.funding (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    n integer NOT NULL,
    amount_vnd bigint NOT NULL,
    transfer_id uuid NOT NULL,
    reversal_id uuid,
    by_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT funding_amount_vnd_check CHECK (((amount_vnd >= 1) AND (amount_vnd <= '50000000000'::bigint))),
    CONSTRAINT funding_n_check CHECK ((n >= 1))
);

ALTER TABLE ONLY payouts.funding FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.funding OWNER TO tannoi_owner;

CREATE TABLE payouts.give_back (
    office_id uuid NOT NULL,
    list_id uuid NOT NULL,
    n integer NOT NULL,
    amount_vnd bigint NOT NULL,
    transfer_id uuid NOT NULL,
    by_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT give_back_amount_vnd_check CHECK ((amount_vnd >= 1)),
    CONSTRAINT give_back_n_check CHECK ((n >= 1))
);

ALTER TABLE ONLY payouts.give_back FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.give_back OWNER TO tannoi_owner;

CREATE TABLE payouts.list (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    base_id uuid,
    number integer NOT NULL,
    scheme text NOT NULL,
    scheme_from date NOT NULL,
    period text NOT NULL,
    second_period text,
    reference text DEFAULT ''::text NOT NULL,
    due_on date,
    pay_until date,
    state text DEFAULT 'draft'::text NOT NULL,
    upload_id uuid NOT NULL,
    num_rows integer DEFAULT 0 NOT NULL,
    total_vnd bigint DEFAULT 0 NOT NULL,
    digest bytea NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    approved_by uuid,
    approved_at timestamp with time zone,
    closed_by uuid,
    closed_at timestamp with time zone,
    is_demo boolean DEFAULT false NOT NULL,
    CONSTRAINT list_check CHECK (((approved_at IS NULL) = (approved_by IS NULL))),
    CONSTRAINT list_check1 CHECK (((state = ANY (ARRAY['approved'::text, 'closed'::text])) = (approved_at IS NOT NULL))),
    CONSTRAINT list_check2 CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT list_check3 CHECK (((base_id IS NULL) = (number = 0))),
    CONSTRAINT list_digest_check CHECK ((length(digest) = 32)),
    CONSTRAINT list_four_eyes CHECK ((approved_by <> made_by)),
    CONSTRAINT list_num_rows_check CHECK ((num_rows >= 0)),
    CONSTRAINT list_number_check CHECK ((number >= 0)),
    CONSTRAINT list_period_check CHECK ((period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'::text)),
    CONSTRAINT list_reference_check CHECK ((reference ~ '^[A-Z0-9-]{0,40}$'::text)),
    CONSTRAINT list_second_period_check CHECK ((second_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'::text)),
    CONSTRAINT list_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'approved'::text, 'closed'::text, 'discarded'::text]))),
    CONSTRAINT list_total_vnd_check CHECK ((total_vnd >= 0))
);

ALTER TABLE ONLY payouts.list FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.list OWNER TO tannoi_owner;

CREATE TABLE payouts.payment (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    payout_id uuid NOT NULL,
    generation integer NOT NULL,
    amount_vnd bigint NOT NULL,
    courier_id uuid,
    place text NOT NULL,
    sitting_id uuid,
    transfer_id uuid NOT NULL,
    reversal_id uuid,
    op_id uuid,
    doubt_id uuid,
    by_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    shown jsonb NOT NULL,
    CONSTRAINT payment_place_check CHECK ((place = ANY (ARRAY['door'::text, 'counter'::text, 'sitting'::text])))
);

ALTER TABLE ONLY payouts.payment FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.payment OWNER TO tannoi_owner;

CREATE TABLE payouts.payout (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    upload_id uuid NOT NULL,
    row_number integer NOT NULL,
    period text NOT NULL,
    person_key text NOT NULL,
    name text NOT NULL,
    search_key text NOT NULL,
    id_sealed bytea NOT NULL,
    id_last4 text NOT NULL,
    born_on date,
    household text DEFAULT ''::text NOT NULL,
    num_members integer DEFAULT 1 NOT NULL,
    amount_vnd bigint NOT NULL,
    how text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    phone_sealed bytea,
    proxy_name text DEFAULT ''::text NOT NULL,
    proxy_id_sealed bytea,
    proxy_last4 text DEFAULT ''::text NOT NULL,
    proxy_is_certified boolean,
    proxy_from date,
    proxy_to date,
    carried_from uuid,
    state text DEFAULT 'unpaid'::text NOT NULL,
    state_reason text DEFAULT ''::text NOT NULL,
    state_at timestamp with time zone,
    generation integer DEFAULT 1 NOT NULL,
    num_attempts integer DEFAULT 0 NOT NULL,
    last_reason text DEFAULT ''::text NOT NULL,
    courier_id uuid,
    citizen_id uuid,
    delivery_point_id uuid,
    placed_at timestamp with time zone,
    place_fault text DEFAULT ''::text NOT NULL,
    id_kind text DEFAULT 'personal'::text NOT NULL,
    proxy_kind text DEFAULT 'personal'::text NOT NULL,
    CONSTRAINT payout_amount_vnd_check CHECK (((amount_vnd >= 1) AND (amount_vnd <= '50000000000'::bigint))),
    CONSTRAINT payout_check CHECK (((proxy_name = ''::text) = (proxy_id_sealed IS NULL))),
    CONSTRAINT payout_check1 CHECK (((proxy_name = ''::text) = (proxy_from IS NULL))),
    CONSTRAINT payout_check2 CHECK ((proxy_to >= proxy_from)),
    CONSTRAINT payout_generation_check CHECK ((generation >= 1)),
    CONSTRAINT payout_how_check CHECK ((how = ANY (ARRAY['home'::text, 'pay_point'::text, 'counter'::text]))),
    CONSTRAINT payout_id_kind_check CHECK ((id_kind = ANY (ARRAY['personal'::text, 'passport'::text]))),
    CONSTRAINT payout_name_check CHECK ((name <> ''::text)),
    CONSTRAINT payout_num_members_check CHECK (((num_members >= 1) AND (num_members <= 99))),
    CONSTRAINT payout_period_check CHECK ((period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'::text)),
    CONSTRAINT payout_person_key_check CHECK ((person_key ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT payout_proxy_kind_check CHECK ((proxy_kind = ANY (ARRAY['personal'::text, 'passport'::text]))),
    CONSTRAINT payout_row_number_check CHECK ((row_number >= 0)),
    CONSTRAINT payout_state_check CHECK ((state = ANY (ARRAY['unpaid'::text, 'paid'::text, 'carried'::text, 'returned'::text, 'stopped'::text, 'moved'::text])))
);

ALTER TABLE ONLY payouts.payout FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.payout OWNER TO tannoi_owner;

CREATE TABLE payouts.plain_campaign (
    office_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    scheme text NOT NULL,
    reference text NOT NULL
);

ALTER TABLE ONLY payouts.plain_campaign FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.plain_campaign OWNER TO tannoi_owner;

CREATE TABLE payouts.proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    reason text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    is_allowed boolean,
    decided_by uuid,
    decided_at timestamp with time zone,
    CONSTRAINT proposal_check CHECK (((decided_at IS NULL) = (is_allowed IS NULL))),
    CONSTRAINT proposal_check1 CHECK (((decided_at IS NULL) = (decided_by IS NULL))),
    CONSTRAINT proposal_four_eyes CHECK (((NOT is_allowed) OR (decided_by <> made_by))),
    CONSTRAINT proposal_fund_amount CHECK (((kind <> 'fund'::text) OR (detail ~ '^[1-9][0-9]{0,13}$'::text))),
    CONSTRAINT proposal_kind_check CHECK ((kind = ANY (ARRAY['correct'::text, 'settle'::text, 'refund'::text, 'export'::text, 'fund'::text]))),
    CONSTRAINT proposal_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE ONLY payouts.proposal FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.proposal OWNER TO tannoi_owner;

CREATE TABLE payouts.scheme (
    code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    name text NOT NULL,
    name_en text NOT NULL,
    funder text NOT NULL,
    settings jsonb NOT NULL,
    source text NOT NULL,
    CONSTRAINT scheme_check CHECK ((valid_to > valid_from)),
    CONSTRAINT scheme_code_check CHECK ((code ~ '^[a-z_]{1,20}$'::text)),
    CONSTRAINT scheme_source_check CHECK ((source <> ''::text))
);

ALTER TABLE payouts.scheme OWNER TO tannoi_owner;

CREATE TABLE payouts.sitting (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    place text NOT NULL,
    held_on date NOT NULL,
    supervisor text DEFAULT ''::text NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    num_paid integer,
    paid_vnd bigint,
    note text DEFAULT ''::text NOT NULL,
    sign_post text DEFAULT ''::text NOT NULL,
    sign_agency text DEFAULT ''::text NOT NULL,
    CONSTRAINT sitting_check CHECK (((closed_at IS NULL) = (num_paid IS NULL))),
    CONSTRAINT sitting_check1 CHECK (((closed_at IS NULL) = (paid_vnd IS NULL))),
    CONSTRAINT sitting_check2 CHECK (((closed_at IS NULL) OR ((sign_post <> ''::text) AND ((supervisor = ''::text) OR (sign_agency <> ''::text))))),
    CONSTRAINT sitting_place_check CHECK ((place <> ''::text))
);

ALTER TABLE ONLY payouts.sitting FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.sitting OWNER TO tannoi_owner;

CREATE TABLE payouts.upload (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    by_id uuid NOT NULL,
    made_at timestamp with time zone NOT NULL,
    asked jsonb NOT NULL,
    sha256 bytea NOT NULL,
    content bytea,
    wants_commit boolean NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    num_total integer DEFAULT 0 NOT NULL,
    num_read integer DEFAULT 0 NOT NULL,
    num_good integer DEFAULT 0 NOT NULL,
    num_known integer DEFAULT 0 NOT NULL,
    num_faults integer DEFAULT 0 NOT NULL,
    total_vnd bigint DEFAULT 0 NOT NULL,
    faults jsonb DEFAULT '[]'::jsonb NOT NULL,
    refusal jsonb,
    list_id uuid,
    num_tries integer DEFAULT 0 NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT upload_sha256_check CHECK ((length(sha256) = 32)),
    CONSTRAINT upload_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'working'::text, 'judged'::text, 'done'::text, 'failed'::text])))
);

ALTER TABLE ONLY payouts.upload FORCE ROW LEVEL SECURITY;

ALTER TABLE payouts.upload OWNER TO tannoi_owner;

CREATE TABLE proofs.blob (
    office_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    size integer NOT NULL,
    media_type text NOT NULL,
    stored_at timestamp with time zone NOT NULL,
    by_staff_id uuid NOT NULL,
    CONSTRAINT blob_media_type_check CHECK ((media_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text, 'image/webp'::text]))),
    CONSTRAINT blob_sha256_check CHECK ((length(sha256) = 32)),
    CONSTRAINT blob_size_check CHECK ((size > 0))
);

ALTER TABLE ONLY proofs.blob FORCE ROW LEVEL SECURITY;

ALTER TABLE proofs.blob OWNER TO tannoi_owner;

CREATE TABLE proofs.named (
    office_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL,
    sha256 bytea NOT NULL,
    op_id uuid NOT NULL,
    device_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    named_at timestamp with time zone NOT NULL,
    is_aside boolean DEFAULT false NOT NULL,
    stored_at timestamp with time zone,
    let_go_at timestamp with time zone,
    looked_at timestamp with time zone,
    looked_by_id uuid,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT named_check CHECK (((looked_at IS NULL) = (looked_by_id IS NULL))),
    CONSTRAINT named_note_check CHECK ((length(note) <= 500)),
    CONSTRAINT named_sha256_check CHECK ((length(sha256) = 32))
);

ALTER TABLE ONLY proofs.named FORCE ROW LEVEL SECURITY;

ALTER TABLE proofs.named OWNER TO tannoi_owner;

CREATE TABLE proofs.proof (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    errand_id uuid NOT NULL,
    op_id uuid,
    kind text NOT NULL,
    sha256 bytea,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT proof_check CHECK (((kind = 'photo'::text) = (sha256 IS NOT NULL))),
    CONSTRAINT proof_kind_check CHECK ((kind = ANY (ARRAY['photo'::text, 'sign_citizen'::text, 'sign_courier'::text, 'identity'::text, 'proxy'::text, 'seal'::text, 'checklist'::text, 'reclaim'::text, 'failure'::text, 'correction'::text])))
);

ALTER TABLE ONLY proofs.proof FORCE ROW LEVEL SECURITY;

ALTER TABLE proofs.proof OWNER TO tannoi_owner;

CREATE TABLE proofs.upload (
    office_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    length integer NOT NULL,
    received integer DEFAULT 0 NOT NULL,
    seal_eph bytea,
    seal_iv bytea,
    device_id uuid NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    CONSTRAINT upload_check CHECK (((received >= 0) AND (received <= length))),
    CONSTRAINT upload_check1 CHECK (((seal_eph IS NULL) = (seal_iv IS NULL))),
    CONSTRAINT upload_length_check CHECK ((length > 0)),
    CONSTRAINT upload_seal_eph_check CHECK ((length(seal_eph) = 65)),
    CONSTRAINT upload_seal_iv_check CHECK ((length(seal_iv) = 12)),
    CONSTRAINT upload_sha256_check CHECK ((length(sha256) = 32))
);

ALTER TABLE ONLY proofs.upload FORCE ROW LEVEL SECURITY;

ALTER TABLE proofs.upload OWNER TO tannoi_owner;

CREATE TABLE receipts.block (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    range_id uuid NOT NULL,
    device_id uuid,
    staff_id uuid,
    first_number integer NOT NULL,
    last_number integer NOT NULL,
    next_number integer NOT NULL,
    leased_at timestamp with time zone NOT NULL,
    returned_at timestamp with time zone,
    CONSTRAINT block_check CHECK ((last_number >= first_number)),
    CONSTRAINT block_check1 CHECK (((next_number >= first_number) AND (next_number <= (last_number + 1))))
);

ALTER TABLE ONLY receipts.block FORCE ROW LEVEL SECURITY;

ALTER TABLE receipts.block OWNER TO tannoi_owner;

CREATE TABLE receipts.range (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    form text DEFAULT 'electronic'::text NOT NULL,
    template text NOT NULL,
    symbol text NOT NULL,
    year integer NOT NULL,
    first_number integer NOT NULL,
    last_number integer NOT NULL,
    next_number integer NOT NULL,
    face_value_vnd bigint,
    delegator_name text DEFAULT ''::text NOT NULL,
    delegator_tax_code text DEFAULT ''::text NOT NULL,
    allotted_by uuid NOT NULL,
    allotted_at timestamp with time zone NOT NULL,
    CONSTRAINT range_check CHECK ((year = (2000 + ("left"(symbol, 2))::integer))),
    CONSTRAINT range_check1 CHECK (((last_number >= first_number) AND (last_number <= 99999999))),
    CONSTRAINT range_check2 CHECK (((next_number >= first_number) AND (next_number <= (last_number + 1)))),
    CONSTRAINT range_check3 CHECK (((template = 'EBL02'::text) = (face_value_vnd IS NOT NULL))),
    CONSTRAINT range_delegator_name_check CHECK ((length(delegator_name) <= 200)),
    CONSTRAINT range_delegator_tax_code_check CHECK ((length(delegator_tax_code) <= 14)),
    CONSTRAINT range_face_value_vnd_check CHECK ((face_value_vnd > 0)),
    CONSTRAINT range_first_number_check CHECK (((first_number >= 1) AND (first_number <= 99999999))),
    CONSTRAINT range_form_check CHECK ((form = ANY (ARRAY['electronic'::text, 'paper'::text]))),
    CONSTRAINT range_kind_check CHECK ((kind = ANY (ARRAY['fee'::text, 'tax'::text, 'bill'::text]))),
    CONSTRAINT range_symbol_check CHECK ((symbol ~ '^[0-9]{2}T[ABCDEGHKLMNPQRSTUVXY]{2}$'::text)),
    CONSTRAINT range_template_check CHECK ((template = ANY (ARRAY['EBL01'::text, 'EBL02'::text])))
);

ALTER TABLE ONLY receipts.range FORCE ROW LEVEL SECURITY;

ALTER TABLE receipts.range OWNER TO tannoi_owner;

CREATE TABLE receipts.receipt (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    range_id uuid NOT NULL,
    block_id uuid NOT NULL,
    number integer NOT NULL,
    subject_id uuid NOT NULL,
    payer_name text NOT NULL,
    payer_tax_code text DEFAULT ''::text NOT NULL,
    items jsonb NOT NULL,
    amount_vnd bigint NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    issued_on date NOT NULL,
    received_at timestamp with time zone NOT NULL,
    issued_by uuid NOT NULL,
    device_id uuid,
    op_id uuid,
    check_code text NOT NULL,
    state text DEFAULT 'issued'::text NOT NULL,
    void_reason text DEFAULT ''::text NOT NULL,
    voided_at timestamp with time zone,
    voided_by uuid,
    void_approved_by uuid,
    CONSTRAINT receipt_amount_vnd_check CHECK (((amount_vnd >= 0) AND (amount_vnd <= '50000000000'::bigint))),
    CONSTRAINT receipt_check CHECK (((state = 'void'::text) = ((voided_at IS NOT NULL) AND (void_reason <> ''::text)))),
    CONSTRAINT receipt_check1 CHECK (((state = 'void'::text) OR (amount_vnd > 0))),
    CONSTRAINT receipt_check_code_check CHECK ((length(check_code) = 22)),
    CONSTRAINT receipt_payer_name_check CHECK ((length(payer_name) <= 200)),
    CONSTRAINT receipt_payer_tax_code_check CHECK ((length(payer_tax_code) <= 14)),
    CONSTRAINT receipt_state_check CHECK ((state = ANY (ARRAY['issued'::text, 'void'::text]))),
    CONSTRAINT receipt_void_by_two CHECK (((void_approved_by IS NULL) OR ((state = 'void'::text) AND (void_approved_by <> voided_by)))),
    CONSTRAINT receipt_void_reason_check CHECK ((length(void_reason) <= 300))
);

ALTER TABLE ONLY receipts.receipt FORCE ROW LEVEL SECURITY;

ALTER TABLE receipts.receipt OWNER TO tannoi_owner;

CREATE TABLE rounds.act (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    stop_id uuid NOT NULL,
    kind text NOT NULL,
    errand_id uuid NOT NULL,
    state text NOT NULL,
    reason text,
    op_id uuid,
    ended_at timestamp with time zone,
    CONSTRAINT act_kind_check CHECK ((kind = ANY (ARRAY['dossier.accept'::text, 'result.deliver'::text, 'payout.pay'::text, 'charge.collect'::text, 'order.take'::text, 'order.pay'::text]))),
    CONSTRAINT act_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text, 'failed'::text, 'removed'::text])))
);

ALTER TABLE ONLY rounds.act FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.act OWNER TO tannoi_owner;

CREATE TABLE rounds.attempt (
    office_id uuid NOT NULL,
    errand_id uuid NOT NULL,
    n integer NOT NULL,
    stop_id uuid NOT NULL,
    op_id uuid NOT NULL,
    reason text NOT NULL,
    invitation_n integer,
    next_on date,
    note text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT attempt_n_check CHECK ((n >= 1))
);

ALTER TABLE ONLY rounds.attempt FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.attempt OWNER TO tannoi_owner;

CREATE TABLE rounds.correction (
    office_id uuid NOT NULL,
    op_id uuid NOT NULL,
    corrects_op_id uuid NOT NULL,
    act_id uuid NOT NULL,
    wrong text NOT NULL,
    reason text NOT NULL,
    act_state text,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT correction_act_state_check CHECK ((act_state = ANY (ARRAY['open'::text, 'removed'::text]))),
    CONSTRAINT correction_check CHECK (((wrong = 'not_so'::text) = (act_state IS NOT NULL))),
    CONSTRAINT correction_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 500))),
    CONSTRAINT correction_wrong_check CHECK ((wrong = ANY (ARRAY['not_so'::text, 'details'::text])))
);

ALTER TABLE ONLY rounds.correction FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.correction OWNER TO tannoi_owner;

CREATE TABLE rounds.last_place (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    round_id uuid NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    accuracy_m double precision,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT last_place_accuracy_m_check CHECK ((accuracy_m >= (0)::double precision)),
    CONSTRAINT last_place_lat_check CHECK (((lat >= ('-90'::integer)::double precision) AND (lat <= (90)::double precision))),
    CONSTRAINT last_place_lon_check CHECK (((lon >= ('-180'::integer)::double precision) AND (lon <= (180)::double precision)))
);

ALTER TABLE ONLY rounds.last_place FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.last_place OWNER TO tannoi_owner;

CREATE TABLE rounds.passing (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    rev integer DEFAULT 1 NOT NULL,
    giver_id uuid,
    giver_round_id uuid,
    given_op_id uuid,
    given_at timestamp with time zone,
    to_id uuid,
    errand_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    taker_id uuid,
    taker_round_id uuid,
    taken_op_id uuid,
    taken_at timestamp with time zone,
    from_id uuid,
    num_counted integer,
    loose_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    settled_at timestamp with time zone,
    settled_by_id uuid,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT passing_check CHECK (((giver_id IS NULL) = (given_op_id IS NULL))),
    CONSTRAINT passing_check1 CHECK (((giver_id IS NULL) = (given_at IS NULL))),
    CONSTRAINT passing_check10 CHECK (((state <> 'kept'::text) OR (giver_id IS NOT NULL))),
    CONSTRAINT passing_check11 CHECK (((state = 'open'::text) = (settled_at IS NULL))),
    CONSTRAINT passing_check12 CHECK (((state = 'given_up'::text) = (settled_by_id IS NOT NULL))),
    CONSTRAINT passing_check2 CHECK (((giver_id IS NULL) = (giver_round_id IS NULL))),
    CONSTRAINT passing_check3 CHECK (((giver_id IS NULL) = (cardinality(errand_ids) = 0))),
    CONSTRAINT passing_check4 CHECK (((taker_id IS NULL) = (taken_op_id IS NULL))),
    CONSTRAINT passing_check5 CHECK (((taker_id IS NULL) = (taken_at IS NULL))),
    CONSTRAINT passing_check6 CHECK (((taker_id IS NULL) = (taker_round_id IS NULL))),
    CONSTRAINT passing_check7 CHECK (((taker_id IS NULL) = (num_counted IS NULL))),
    CONSTRAINT passing_check8 CHECK ((giver_id <> taker_id)),
    CONSTRAINT passing_check9 CHECK (((state <> 'joined'::text) OR ((giver_id IS NOT NULL) AND (taker_id IS NOT NULL)))),
    CONSTRAINT passing_code_check CHECK ((code ~ '^[0-9A-HJKMNP-TV-Y]{8}$'::text)),
    CONSTRAINT passing_num_counted_check CHECK ((num_counted > 0)),
    CONSTRAINT passing_state_check CHECK ((state = ANY (ARRAY['open'::text, 'joined'::text, 'kept'::text, 'given_up'::text])))
);

ALTER TABLE ONLY rounds.passing FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.passing OWNER TO tannoi_owner;

CREATE TABLE rounds.phone_change (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    ref uuid NOT NULL,
    is_gone boolean DEFAULT false NOT NULL,
    CONSTRAINT phone_change_kind_check CHECK ((kind = ANY (ARRAY['round'::text, 'stop'::text, 'decision'::text, 'blob'::text, 'passing'::text])))
);

ALTER TABLE ONLY rounds.phone_change FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.phone_change OWNER TO tannoi_owner;

CREATE TABLE rounds.proof_rules (
    office_id uuid NOT NULL,
    valid_from date NOT NULL,
    rules jsonb NOT NULL,
    reason text NOT NULL,
    set_by_id uuid NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT proof_rules_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 500)))
);

ALTER TABLE ONLY rounds.proof_rules FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.proof_rules OWNER TO tannoi_owner;

CREATE TABLE rounds.recall (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    act_id uuid NOT NULL,
    stop_id uuid NOT NULL,
    errand_id uuid NOT NULL,
    from_courier_id uuid NOT NULL,
    to_courier_id uuid,
    asked_at timestamp with time zone NOT NULL,
    asked_by_id uuid,
    state text DEFAULT 'asked'::text NOT NULL,
    settled_at timestamp with time zone,
    looked_at timestamp with time zone,
    looked_by_id uuid,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT recall_check CHECK (((state = 'asked'::text) = (settled_at IS NULL))),
    CONSTRAINT recall_check1 CHECK (((looked_at IS NULL) = (looked_by_id IS NULL))),
    CONSTRAINT recall_check2 CHECK (((looked_at IS NULL) OR (state = 'overtaken'::text))),
    CONSTRAINT recall_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'taken'::text, 'overtaken'::text])))
);

ALTER TABLE ONLY rounds.recall FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.recall OWNER TO tannoi_owner;

CREATE TABLE rounds.round (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    service_on date NOT NULL,
    courier_id uuid NOT NULL,
    shift_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    state text NOT NULL,
    rev integer DEFAULT 1 NOT NULL,
    starts_s integer NOT NULL,
    ends_s integer NOT NULL,
    lunch_at_s integer,
    lunch_duration_s integer DEFAULT 0 NOT NULL,
    duration_s integer NOT NULL,
    distance_m integer NOT NULL,
    published_at timestamp with time zone NOT NULL,
    opened_at timestamp with time zone,
    closed_at timestamp with time zone,
    CONSTRAINT round_distance_m_check CHECK ((distance_m >= 0)),
    CONSTRAINT round_duration_s_check CHECK ((duration_s >= 0)),
    CONSTRAINT round_state_check CHECK ((state = ANY (ARRAY['published'::text, 'open'::text, 'closed'::text])))
);

ALTER TABLE ONLY rounds.round FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.round OWNER TO tannoi_owner;

CREATE TABLE rounds.stop (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    round_id uuid NOT NULL,
    "position" integer NOT NULL,
    delivery_point_id uuid NOT NULL,
    citizen_id uuid NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    tw_early_at timestamp with time zone,
    tw_late_at timestamp with time zone,
    service_duration_s integer NOT NULL,
    state text NOT NULL,
    arrived_at timestamp with time zone,
    ended_at timestamp with time zone,
    rev integer DEFAULT 1 NOT NULL,
    reload_at timestamp with time zone,
    reload_cash_vnd bigint,
    CONSTRAINT stop_position_check CHECK (("position" >= 1)),
    CONSTRAINT stop_reload CHECK (((reload_at IS NULL) = (reload_cash_vnd IS NULL))),
    CONSTRAINT stop_reload_cash_vnd_check CHECK (((reload_cash_vnd >= 0) AND (reload_cash_vnd <= '50000000000'::bigint))),
    CONSTRAINT stop_state_check CHECK ((state = ANY (ARRAY['open'::text, 'arrived'::text, 'done'::text, 'partly'::text, 'failed'::text, 'removed'::text])))
);

ALTER TABLE ONLY rounds.stop FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.stop OWNER TO tannoi_owner;

CREATE TABLE rounds.storage_waiver (
    office_id uuid NOT NULL,
    round_id uuid NOT NULL,
    reason text NOT NULL,
    waived_by_id uuid NOT NULL,
    waived_at timestamp with time zone NOT NULL,
    CONSTRAINT storage_waiver_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 500)))
);

ALTER TABLE ONLY rounds.storage_waiver FORCE ROW LEVEL SECURITY;

ALTER TABLE rounds.storage_waiver OWNER TO tannoi_owner;

CREATE TABLE sync.aside_look (
    office_id uuid NOT NULL,
    aside_id uuid NOT NULL,
    by_staff_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    note text NOT NULL,
    CONSTRAINT aside_look_note_check CHECK ((length(note) <= 500))
);

ALTER TABLE ONLY sync.aside_look FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.aside_look OWNER TO tannoi_owner;

CREATE TABLE sync.effect (
    office_id uuid NOT NULL,
    op_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL
);

ALTER TABLE ONLY sync.effect FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.effect OWNER TO tannoi_owner;

CREATE TABLE sync.op_log (
    office_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL,
    op_id uuid NOT NULL,
    kind text NOT NULL,
    v smallint NOT NULL,
    raw bytea NOT NULL,
    hash bytea NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    time_quality text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT op_log_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT op_log_seq_check CHECK ((seq >= 1)),
    CONSTRAINT op_log_time_quality_check CHECK ((time_quality = ANY (ARRAY['good'::text, 'corrected'::text, 'suspect'::text])))
);

ALTER TABLE ONLY sync.op_log FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.op_log OWNER TO tannoi_owner;

CREATE TABLE sync.op_quarantine (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL,
    raw bytea NOT NULL,
    reason text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    side bytea,
    op_id uuid,
    kind text DEFAULT ''::text NOT NULL,
    told_at timestamp with time zone
);

ALTER TABLE ONLY sync.op_quarantine FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.op_quarantine OWNER TO tannoi_owner;

CREATE VIEW sync.aside_waiting WITH (security_invoker='true') AS
 SELECT office_id,
    id,
    device_id
   FROM sync.op_quarantine q
  WHERE ((NOT (EXISTS ( SELECT
           FROM sync.aside_look k
          WHERE ((k.office_id = q.office_id) AND (k.aside_id = q.id))))) AND (NOT (EXISTS ( SELECT
           FROM (sync.effect e
             JOIN sync.op_log o ON (((o.office_id = e.office_id) AND (o.stream_id = e.stream_id) AND (o.seq = e.seq))))
          WHERE ((e.office_id = q.office_id) AND (e.op_id = q.op_id) AND ((o.raw = q.raw) OR (q.kind = ''::text)))))));

ALTER VIEW sync.aside_waiting OWNER TO tannoi_owner;

CREATE TABLE sync.epoch (
    one boolean DEFAULT true NOT NULL,
    epoch bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT epoch_epoch_check CHECK ((epoch >= 1)),
    CONSTRAINT epoch_one_check CHECK (one)
);

ALTER TABLE sync.epoch OWNER TO tannoi_owner;

CREATE TABLE sync.feed (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    fseq bigint NOT NULL,
    kind text NOT NULL,
    ref uuid NOT NULL,
    rev bigint NOT NULL,
    body bytea,
    at timestamp with time zone NOT NULL,
    CONSTRAINT feed_fseq_check CHECK ((fseq >= 1))
);

ALTER TABLE ONLY sync.feed FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.feed OWNER TO tannoi_owner;

CREATE TABLE sync.feed_head (
    office_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    last bigint DEFAULT 0 NOT NULL,
    floor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT feed_head_check CHECK (((0 <= floor) AND (floor <= last)))
);

ALTER TABLE ONLY sync.feed_head FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.feed_head OWNER TO tannoi_owner;

CREATE TABLE sync.held_proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    op_id uuid NOT NULL,
    outcome text NOT NULL,
    note text NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    is_allowed boolean,
    CONSTRAINT held_proposal_check CHECK (((is_allowed IS NULL) = (decided_at IS NULL))),
    CONSTRAINT held_proposal_check1 CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT held_proposal_check2 CHECK ((decided_by <> asked_by)),
    CONSTRAINT held_proposal_note_check CHECK (((length(note) >= 3) AND (length(note) <= 500))),
    CONSTRAINT held_proposal_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'noop'::text])))
);

ALTER TABLE ONLY sync.held_proposal FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.held_proposal OWNER TO tannoi_owner;

CREATE TABLE sync.held_waiting (
    office_id uuid NOT NULL,
    op_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    device_id uuid NOT NULL,
    kind text NOT NULL
);

ALTER TABLE ONLY sync.held_waiting FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.held_waiting OWNER TO tannoi_owner;

CREATE TABLE sync.lease (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    subject text NOT NULL,
    subject_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    device_id uuid NOT NULL,
    issued_by uuid NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    released_at timestamp with time zone,
    release_op_id uuid,
    released_by uuid,
    approved_by uuid,
    note text DEFAULT ''::text NOT NULL,
    renewed_by_id uuid,
    CONSTRAINT lease_check CHECK ((expires_at > issued_at)),
    CONSTRAINT lease_check1 CHECK (((released_by IS NULL) = (approved_by IS NULL))),
    CONSTRAINT lease_check2 CHECK ((released_by <> approved_by)),
    CONSTRAINT lease_ended_once CHECK ((num_nonnulls(release_op_id, released_by, renewed_by_id) = num_nonnulls(released_at))),
    CONSTRAINT lease_renewed_over CHECK (((renewed_by_id IS NULL) OR (released_at >= expires_at)))
);

ALTER TABLE ONLY sync.lease FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.lease OWNER TO tannoi_owner;

CREATE TABLE sync.lease_proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    lease_id uuid NOT NULL,
    reason text NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    outcome text,
    CONSTRAINT lease_proposal_check CHECK (((outcome IS NULL) = (decided_at IS NULL))),
    CONSTRAINT lease_proposal_check1 CHECK (((decided_by IS NULL) = ((outcome IS NULL) OR (outcome = 'over'::text)))),
    CONSTRAINT lease_proposal_check2 CHECK ((decided_by <> asked_by)),
    CONSTRAINT lease_proposal_outcome_check CHECK ((outcome = ANY (ARRAY['released'::text, 'kept'::text, 'over'::text]))),
    CONSTRAINT lease_proposal_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 500)))
);

ALTER TABLE ONLY sync.lease_proposal FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.lease_proposal OWNER TO tannoi_owner;

CREATE TABLE sync.missing_look (
    office_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint NOT NULL,
    by_staff_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    note text NOT NULL,
    CONSTRAINT missing_look_check CHECK ((to_seq >= from_seq)),
    CONSTRAINT missing_look_from_seq_check CHECK ((from_seq >= 1)),
    CONSTRAINT missing_look_note_check CHECK (((length(note) >= 3) AND (length(note) <= 500)))
);

ALTER TABLE ONLY sync.missing_look FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.missing_look OWNER TO tannoi_owner;

CREATE TABLE sync.op_decision (
    office_id uuid NOT NULL,
    op_id uuid NOT NULL,
    n smallint NOT NULL,
    outcome text NOT NULL,
    reason text,
    by_staff_id uuid,
    note text DEFAULT ''::text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT op_decision_check CHECK (((n = 1) = (by_staff_id IS NULL))),
    CONSTRAINT op_decision_n_check CHECK ((n >= 1)),
    CONSTRAINT op_decision_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'noop'::text, 'held'::text])))
);

ALTER TABLE ONLY sync.op_decision FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.op_decision OWNER TO tannoi_owner;

CREATE TABLE sync.op_side (
    office_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    seq bigint NOT NULL,
    raw bytea NOT NULL
);

ALTER TABLE ONLY sync.op_side FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.op_side OWNER TO tannoi_owner;

CREATE TABLE sync.stream (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    last_seq bigint DEFAULT 0 NOT NULL,
    last_hash bytea NOT NULL,
    last_occurred_at timestamp with time zone,
    head_seq bigint DEFAULT 0 NOT NULL,
    fork_seq bigint,
    made_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    app_version text DEFAULT ''::text NOT NULL,
    moved_at timestamp with time zone,
    CONSTRAINT stream_last_hash_check CHECK ((length(last_hash) = 32)),
    CONSTRAINT stream_last_seq_check CHECK ((last_seq >= 0))
);

ALTER TABLE ONLY sync.stream FORCE ROW LEVEL SECURITY;

ALTER TABLE sync.stream OWNER TO tannoi_owner;

CREATE TABLE tracking.event (
    office_id uuid NOT NULL,
    errand_id uuid NOT NULL,
    n integer NOT NULL,
    code text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT event_n_check CHECK ((n >= 1))
);

ALTER TABLE ONLY tracking.event FORCE ROW LEVEL SECURITY;

ALTER TABLE tracking.event OWNER TO tannoi_owner;

ALTER TABLE ONLY cash.carriage
    ADD CONSTRAINT carriage_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY cash.count
    ADD CONSTRAINT count_office_id_subject_subject_id_side_n_key UNIQUE (office_id, subject, subject_id, side, n);

ALTER TABLE ONLY cash.count
    ADD CONSTRAINT count_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY cash.difference
    ADD CONSTRAINT difference_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY cash.drawer_day
    ADD CONSTRAINT drawer_day_office_id_day_key UNIQUE (office_id, day);

ALTER TABLE ONLY cash.drawer_day
    ADD CONSTRAINT drawer_day_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY cash.handover
    ADD CONSTRAINT handover_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY cash.phone
    ADD CONSTRAINT phone_pkey PRIMARY KEY (office_id, courier_id);

ALTER TABLE ONLY cash.proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY cash.shift
    ADD CONSTRAINT shift_courier_id_during_excl EXCLUDE USING gist (courier_id WITH =, during WITH &&);

ALTER TABLE ONLY cash.shift
    ADD CONSTRAINT shift_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY charges.alarm
    ADD CONSTRAINT alarm_pkey PRIMARY KEY (office_id, charge_id, kind, remit_by);

ALTER TABLE ONLY charges.bank_account
    ADD CONSTRAINT bank_account_pkey PRIMARY KEY (office_id, bin, account);

ALTER TABLE ONLY charges.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY charges.charge
    ADD CONSTRAINT charge_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY charges.charge
    ADD CONSTRAINT charge_reference_key UNIQUE (reference);

ALTER TABLE ONLY charges.collection
    ADD CONSTRAINT collection_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY charges.notice
    ADD CONSTRAINT notice_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY charges.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY charges.payee
    ADD CONSTRAINT payee_office_id_code_key UNIQUE (office_id, code);

ALTER TABLE ONLY charges.payee
    ADD CONSTRAINT payee_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY charges.proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY custody.handover
    ADD CONSTRAINT handover_pkey PRIMARY KEY (office_id, item_id, n);

ALTER TABLE ONLY custody.item_code
    ADD CONSTRAINT item_code_pkey PRIMARY KEY (code);

ALTER TABLE ONLY custody.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY custody.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY dispatch.plan
    ADD CONSTRAINT plan_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY doorstep.errand
    ADD CONSTRAINT errand_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY dossiers.dossier
    ADD CONSTRAINT dossier_office_id_import_key_key UNIQUE (office_id, import_key);

ALTER TABLE ONLY dossiers.dossier
    ADD CONSTRAINT dossier_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY dossiers.procedure
    ADD CONSTRAINT procedure_pkey PRIMARY KEY (code, valid_from);

ALTER TABLE ONLY identity.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY identity.citizen
    ADD CONSTRAINT citizen_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY identity.device
    ADD CONSTRAINT device_id_key UNIQUE (id);

ALTER TABLE ONLY identity.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY identity.device
    ADD CONSTRAINT device_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY identity.enrolment_code
    ADD CONSTRAINT enrolment_code_code_hash_key UNIQUE (code_hash);

ALTER TABLE ONLY identity.enrolment_code
    ADD CONSTRAINT enrolment_code_pkey PRIMARY KEY (office_id, code_hash);

ALTER TABLE ONLY identity.factor
    ADD CONSTRAINT factor_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY identity.link
    ADD CONSTRAINT link_pkey PRIMARY KEY (office_id, token_hash);

ALTER TABLE ONLY identity.link
    ADD CONSTRAINT link_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY identity.partner
    ADD CONSTRAINT partner_code_key UNIQUE (code);

ALTER TABLE ONLY identity.partner
    ADD CONSTRAINT partner_pkey PRIMARY KEY (id);

ALTER TABLE ONLY identity.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (office_id, token_hash);

ALTER TABLE ONLY identity.session
    ADD CONSTRAINT session_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY identity.staff
    ADD CONSTRAINT staff_id_key UNIQUE (id);

ALTER TABLE ONLY identity.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY identity.staff
    ADD CONSTRAINT staff_username_key UNIQUE (username);

ALTER TABLE ONLY kit.fact
    ADD CONSTRAINT fact_pkey PRIMARY KEY (name);

ALTER TABLE ONLY kit.rate
    ADD CONSTRAINT rate_pkey PRIMARY KEY (bucket, window_at);

ALTER TABLE ONLY ledger.account
    ADD CONSTRAINT account_office_id_kind_owner_id_scheme_key UNIQUE NULLS NOT DISTINCT (office_id, kind, owner_id, scheme);

ALTER TABLE ONLY ledger.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY ledger.balance
    ADD CONSTRAINT balance_pkey PRIMARY KEY (office_id, account_id);

ALTER TABLE ONLY ledger.day_event
    ADD CONSTRAINT day_event_pkey PRIMARY KEY (office_id, n);

ALTER TABLE ONLY ledger.epoch
    ADD CONSTRAINT epoch_pkey PRIMARY KEY (one);

ALTER TABLE ONLY ledger.night
    ADD CONSTRAINT night_pkey PRIMARY KEY (day);

ALTER TABLE ONLY ledger.open_day
    ADD CONSTRAINT open_day_pkey PRIMARY KEY (office_id);

ALTER TABLE ONLY ledger.seal
    ADD CONSTRAINT seal_pkey PRIMARY KEY (epoch, n);

ALTER TABLE ONLY ledger.transfer
    ADD CONSTRAINT transfer_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY money_orders.doubt
    ADD CONSTRAINT doubt_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY money_orders.flag
    ADD CONSTRAINT flag_once UNIQUE (office_id, kind, order_id, person_key, on_day);

ALTER TABLE ONLY money_orders.flag
    ADD CONSTRAINT flag_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY money_orders.money_order
    ADD CONSTRAINT money_order_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY money_orders.money_order
    ADD CONSTRAINT money_order_reference_key UNIQUE (reference);

ALTER TABLE ONLY money_orders.payee_said
    ADD CONSTRAINT payee_said_pkey PRIMARY KEY (office_id, order_id);

ALTER TABLE ONLY money_orders.pin_try
    ADD CONSTRAINT pin_try_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY money_orders.proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY money_orders.settlement
    ADD CONSTRAINT settlement_order_id_key UNIQUE (order_id);

ALTER TABLE ONLY money_orders.settlement
    ADD CONSTRAINT settlement_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY network.calendar_day
    ADD CONSTRAINT calendar_day_pkey PRIMARY KEY (on_day);

ALTER TABLE ONLY network.commune
    ADD CONSTRAINT commune_pkey PRIMARY KEY (code);

ALTER TABLE ONLY network.courier
    ADD CONSTRAINT courier_pkey PRIMARY KEY (office_id, staff_id);

ALTER TABLE ONLY network.delivery_point
    ADD CONSTRAINT delivery_point_office_id_search_key_key UNIQUE (office_id, search_key);

ALTER TABLE ONLY network.delivery_point
    ADD CONSTRAINT delivery_point_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY network.former_commune
    ADD CONSTRAINT former_commune_pkey PRIMARY KEY (code, commune_code);

ALTER TABLE ONLY network.former_district
    ADD CONSTRAINT former_district_pkey PRIMARY KEY (code);

ALTER TABLE ONLY network.office
    ADD CONSTRAINT office_code_key UNIQUE (code);

ALTER TABLE ONLY network.office
    ADD CONSTRAINT office_pkey PRIMARY KEY (id);

ALTER TABLE ONLY network.pin_move
    ADD CONSTRAINT pin_move_pkey PRIMARY KEY (office_id, point_id, n);

ALTER TABLE ONLY network.point
    ADD CONSTRAINT point_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY network.rule_setting
    ADD CONSTRAINT rule_setting_pkey PRIMARY KEY (name, valid_from);

ALTER TABLE ONLY network.shift
    ADD CONSTRAINT shift_courier_id_service_on_int4range_excl EXCLUDE USING gist (courier_id WITH =, service_on WITH =, int4range(starts_s, ends_s) WITH &&);

ALTER TABLE ONLY network.shift
    ADD CONSTRAINT shift_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY network.territory
    ADD CONSTRAINT territory_pkey PRIMARY KEY (office_id, commune_code);

ALTER TABLE ONLY network.vehicle
    ADD CONSTRAINT vehicle_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY notifications.message
    ADD CONSTRAINT message_office_id_subscription_id_kind_about_key UNIQUE (office_id, subscription_id, kind, about);

ALTER TABLE ONLY notifications.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY notifications.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.alarm
    ADD CONSTRAINT alarm_pkey PRIMARY KEY (office_id, list_id, kind, is_late);

ALTER TABLE ONLY payouts.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.change
    ADD CONSTRAINT change_once UNIQUE (office_id, list_id, upload_id, payout_id);

ALTER TABLE ONLY payouts.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.doubt
    ADD CONSTRAINT doubt_office_id_op_id_key UNIQUE (office_id, op_id);

ALTER TABLE ONLY payouts.doubt
    ADD CONSTRAINT doubt_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.fee
    ADD CONSTRAINT fee_pkey PRIMARY KEY (office_id, list_id, n);

ALTER TABLE ONLY payouts.funding
    ADD CONSTRAINT funding_office_id_list_id_n_key UNIQUE (office_id, list_id, n);

ALTER TABLE ONLY payouts.funding
    ADD CONSTRAINT funding_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.give_back
    ADD CONSTRAINT give_back_pkey PRIMARY KEY (office_id, list_id, n);

ALTER TABLE ONLY payouts.list
    ADD CONSTRAINT list_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.payment
    ADD CONSTRAINT payment_office_id_payout_id_generation_key UNIQUE (office_id, payout_id, generation);

ALTER TABLE ONLY payouts.payment
    ADD CONSTRAINT payment_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.payout
    ADD CONSTRAINT payout_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.payout
    ADD CONSTRAINT payout_row UNIQUE (office_id, list_id, upload_id, person_key, period);

ALTER TABLE ONLY payouts.plain_campaign
    ADD CONSTRAINT plain_campaign_pkey PRIMARY KEY (office_id, partner_id, scheme, reference);

ALTER TABLE ONLY payouts.proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.scheme
    ADD CONSTRAINT scheme_pkey PRIMARY KEY (code, valid_from);

ALTER TABLE ONLY payouts.sitting
    ADD CONSTRAINT sitting_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY payouts.upload
    ADD CONSTRAINT upload_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY proofs.blob
    ADD CONSTRAINT blob_pkey PRIMARY KEY (office_id, sha256);

ALTER TABLE ONLY proofs.named
    ADD CONSTRAINT named_pkey PRIMARY KEY (office_id, stream_id, seq, sha256);

ALTER TABLE ONLY proofs.proof
    ADD CONSTRAINT proof_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY proofs.upload
    ADD CONSTRAINT upload_pkey PRIMARY KEY (office_id, device_id, sha256);

ALTER TABLE ONLY receipts.block
    ADD CONSTRAINT block_apart EXCLUDE USING gist (office_id WITH =, range_id WITH =, int4range(first_number, last_number, '[]'::text) WITH &&);

ALTER TABLE ONLY receipts.block
    ADD CONSTRAINT block_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY receipts.range
    ADD CONSTRAINT range_apart EXCLUDE USING gist (template WITH =, symbol WITH =, int4range(first_number, last_number, '[]'::text) WITH &&);

ALTER TABLE ONLY receipts.range
    ADD CONSTRAINT range_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY receipts.receipt
    ADD CONSTRAINT receipt_check_code_key UNIQUE (check_code);

ALTER TABLE ONLY receipts.receipt
    ADD CONSTRAINT receipt_number UNIQUE (office_id, range_id, number);

ALTER TABLE ONLY receipts.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY rounds.act
    ADD CONSTRAINT act_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY rounds.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (office_id, errand_id, n);

ALTER TABLE ONLY rounds.correction
    ADD CONSTRAINT correction_pkey PRIMARY KEY (office_id, op_id);

ALTER TABLE ONLY rounds.last_place
    ADD CONSTRAINT last_place_pkey PRIMARY KEY (office_id, courier_id);

ALTER TABLE ONLY rounds.passing
    ADD CONSTRAINT passing_office_id_code_key UNIQUE (office_id, code);

ALTER TABLE ONLY rounds.passing
    ADD CONSTRAINT passing_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY rounds.phone_change
    ADD CONSTRAINT phone_change_pkey PRIMARY KEY (office_id, courier_id, id);

ALTER TABLE ONLY rounds.proof_rules
    ADD CONSTRAINT proof_rules_pkey PRIMARY KEY (office_id, valid_from);

ALTER TABLE ONLY rounds.recall
    ADD CONSTRAINT recall_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY rounds.round
    ADD CONSTRAINT round_office_id_courier_id_service_on_key UNIQUE (office_id, courier_id, service_on);

ALTER TABLE ONLY rounds.round
    ADD CONSTRAINT round_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY rounds.stop
    ADD CONSTRAINT stop_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY rounds.storage_waiver
    ADD CONSTRAINT storage_waiver_pkey PRIMARY KEY (office_id, round_id);

ALTER TABLE ONLY sync.aside_look
    ADD CONSTRAINT aside_look_pkey PRIMARY KEY (office_id, aside_id);

ALTER TABLE ONLY sync.effect
    ADD CONSTRAINT effect_pkey PRIMARY KEY (office_id, op_id);

ALTER TABLE ONLY sync.epoch
    ADD CONSTRAINT epoch_pkey PRIMARY KEY (one);

ALTER TABLE ONLY sync.feed_head
    ADD CONSTRAINT feed_head_pkey PRIMARY KEY (office_id, courier_id);

ALTER TABLE ONLY sync.feed
    ADD CONSTRAINT feed_pkey PRIMARY KEY (office_id, courier_id, fseq);

ALTER TABLE ONLY sync.held_proposal
    ADD CONSTRAINT held_proposal_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY sync.held_waiting
    ADD CONSTRAINT held_waiting_pkey PRIMARY KEY (office_id, op_id);

ALTER TABLE ONLY sync.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY sync.lease_proposal
    ADD CONSTRAINT lease_proposal_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY sync.missing_look
    ADD CONSTRAINT missing_look_pkey PRIMARY KEY (office_id, stream_id, from_seq);

ALTER TABLE ONLY sync.op_decision
    ADD CONSTRAINT op_decision_pkey PRIMARY KEY (office_id, op_id, n);

ALTER TABLE ONLY sync.op_log
    ADD CONSTRAINT op_log_pkey PRIMARY KEY (office_id, stream_id, seq);

ALTER TABLE ONLY sync.op_quarantine
    ADD CONSTRAINT op_quarantine_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY sync.op_side
    ADD CONSTRAINT op_side_pkey PRIMARY KEY (office_id, stream_id, seq);

ALTER TABLE ONLY sync.stream
    ADD CONSTRAINT stream_id_key UNIQUE (id);

ALTER TABLE ONLY sync.stream
    ADD CONSTRAINT stream_pkey PRIMARY KEY (office_id, id);

ALTER TABLE ONLY tracking.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (office_id, errand_id, n);

CREATE INDEX carriage_made ON cash.carriage USING btree (office_id, made_at);

CREATE INDEX carriage_on_way ON cash.carriage USING btree (office_id) WHERE (state = 'on_way'::text);

CREATE INDEX handover_open ON cash.handover USING btree (office_id, state) WHERE (state = ANY (ARRAY['to_approve'::text, 'pending'::text]));

CREATE INDEX handover_shift ON cash.handover USING btree (office_id, shift_id);

CREATE UNIQUE INDEX proposal_open ON cash.proposal USING btree (office_id, kind, COALESCE(subject_id, office_id), COALESCE(day, '2000-01-01'::date)) WHERE (decided_at IS NULL);

CREATE INDEX shift_open ON cash.shift USING btree (office_id, courier_id) WHERE (state <> 'closed'::text);

CREATE UNIQUE INDEX bank_account_default ON charges.bank_account USING btree (is_default) WHERE is_default;

CREATE UNIQUE INDEX bank_account_once ON charges.bank_account USING btree (bin, account);

CREATE INDEX charge_batch ON charges.charge USING btree (office_id, batch_id) WHERE (batch_id IS NOT NULL);

CREATE INDEX charge_dossier ON charges.charge USING btree (office_id, dossier_id) WHERE (dossier_id IS NOT NULL);

CREATE UNIQUE INDEX charge_external ON charges.charge USING btree (office_id, payee_id, external_key) WHERE (external_key <> ''::text);

CREATE INDEX charge_remit ON charges.charge USING btree (office_id, remit_by) WHERE (state = 'collected'::text);

CREATE INDEX charge_state ON charges.charge USING btree (office_id, state, due_on, id);

CREATE INDEX collection_charge ON charges.collection USING btree (office_id, charge_id);

CREATE INDEX collection_day ON charges.collection USING btree (office_id, collected_on);

CREATE INDEX collection_doubt ON charges.collection USING btree (office_id, occurred_at) WHERE ((outcome = 'in_doubt'::text) AND (answer IS NULL));

CREATE UNIQUE INDEX collection_once ON charges.collection USING btree (office_id, charge_id) WHERE ((reversed_at IS NULL) AND ((outcome = 'applied'::text) OR (answer = 'applied'::text)));

CREATE INDEX collection_unreceipted ON charges.collection USING btree (office_id, collected_on) WHERE ((method = 'qr'::text) AND (receipt_id IS NULL) AND (reversed_at IS NULL) AND ((outcome = 'applied'::text) OR (answer = 'applied'::text)));

CREATE UNIQUE INDEX notice_money ON charges.notice USING btree (bin, bank_reference) WHERE (outcome <> 'repeated'::text);

CREATE INDEX notice_received ON charges.notice USING btree (office_id, received_at);

CREATE UNIQUE INDEX proposal_open ON charges.proposal USING btree (office_id, subject_id) WHERE (state = 'open'::text);

CREATE INDEX item_holder ON custody.item USING btree (office_id, holder_kind, holder_id);

CREATE INDEX plan_day ON dispatch.plan USING btree (office_id, service_on, asked_at);

CREATE INDEX errand_due ON doorstep.errand USING btree (office_id, wanted_on) WHERE (state = 'due'::text);

CREATE INDEX errand_subject ON doorstep.errand USING btree (office_id, subject_id) WHERE (state = 'due'::text);

CREATE INDEX dossier_due ON dossiers.dossier USING btree (office_id, state, wanted_on);

CREATE INDEX dossier_item ON dossiers.dossier USING btree (office_id, item_id);

CREATE INDEX citizen_phone ON identity.citizen USING btree (office_id, phone_index);

CREATE UNIQUE INDEX device_field_one ON identity.device USING btree (office_id, staff_id) WHERE is_field;

CREATE UNIQUE INDEX factor_in_use ON identity.factor USING btree (office_id, staff_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX transfer_business_key ON ledger.transfer USING btree (code, business_key) WHERE (business_key IS NOT NULL);

CREATE INDEX transfer_credit ON ledger.transfer USING btree (office_id, credit_id, posted_on);

CREATE INDEX transfer_debit ON ledger.transfer USING btree (office_id, debit_id, posted_on);

CREATE INDEX transfer_group ON ledger.transfer USING btree (office_id, group_id);

CREATE UNIQUE INDEX transfer_resolved_once ON ledger.transfer USING btree (office_id, pending_id) WHERE ((phase)::text = ANY (ARRAY['post'::text, 'void'::text]));

CREATE UNIQUE INDEX transfer_reversed_once ON ledger.transfer USING btree (office_id, reverses_id) WHERE (reverses_id IS NOT NULL);

CREATE INDEX transfer_seal ON ledger.transfer USING brin ((((xid)::text)::bigint)) WITH (pages_per_range='32');

CREATE INDEX doubt_open ON money_orders.doubt USING btree (office_id, occurred_at) WHERE (answered_at IS NULL);

CREATE INDEX money_order_sender ON money_orders.money_order USING btree (sender_key, taken_on);

CREATE INDEX money_order_state ON money_orders.money_order USING btree (office_id, state, made_at);

CREATE UNIQUE INDEX proposal_open ON money_orders.proposal USING btree (office_id, subject_id) WHERE (ended_at IS NULL);

CREATE INDEX settlement_person ON money_orders.settlement USING btree (person_key, on_day);

CREATE INDEX shift_day ON network.shift USING btree (office_id, service_on);

CREATE UNIQUE INDEX subscription_errand ON notifications.subscription USING btree (office_id, errand_id, endpoint) WHERE ((errand_id IS NOT NULL) AND (ended_at IS NULL));

CREATE UNIQUE INDEX subscription_staff ON notifications.subscription USING btree (office_id, staff_id, endpoint) WHERE ((staff_id IS NOT NULL) AND (ended_at IS NULL));

CREATE INDEX change_payout ON payouts.change USING btree (office_id, payout_id);

CREATE INDEX doubt_open ON payouts.doubt USING btree (office_id) WHERE (settled_at IS NULL);

CREATE INDEX doubt_payout ON payouts.doubt USING btree (office_id, payout_id);

CREATE INDEX list_base ON payouts.list USING btree (office_id, base_id) WHERE (base_id IS NOT NULL);

CREATE UNIQUE INDEX list_once ON payouts.list USING btree (office_id, partner_id, scheme, period, reference, number) WHERE (state <> 'discarded'::text);

CREATE UNIQUE INDEX payment_live ON payouts.payment USING btree (office_id, payout_id) WHERE (reversal_id IS NULL);

CREATE UNIQUE INDEX payment_op ON payouts.payment USING btree (office_id, op_id) WHERE (op_id IS NOT NULL);

CREATE INDEX payment_sitting ON payouts.payment USING btree (office_id, sitting_id) WHERE (sitting_id IS NOT NULL);

CREATE UNIQUE INDEX payout_carried_once ON payouts.payout USING btree (office_id, carried_from, upload_id) WHERE (carried_from IS NOT NULL);

CREATE INDEX payout_list ON payouts.payout USING btree (office_id, list_id, row_number, id);

CREATE INDEX payout_person ON payouts.payout USING btree (office_id, person_key, period);

CREATE INDEX payout_share ON payouts.payout USING btree (office_id, courier_id) WHERE (courier_id IS NOT NULL);

CREATE UNIQUE INDEX proposal_fund_open ON payouts.proposal USING btree (office_id, subject_id) WHERE ((kind = 'fund'::text) AND (decided_at IS NULL));

CREATE INDEX proposal_open ON payouts.proposal USING btree (office_id) WHERE (decided_at IS NULL);

CREATE INDEX proposal_subject ON payouts.proposal USING btree (office_id, subject_id);

CREATE INDEX upload_recent ON payouts.upload USING btree (office_id, partner_id, made_at);

CREATE INDEX named_missing ON proofs.named USING btree (office_id, named_at) WHERE ((stored_at IS NULL) AND (looked_at IS NULL) AND (NOT is_aside));

CREATE INDEX named_picture ON proofs.named USING btree (office_id, sha256);

CREATE INDEX named_stored ON proofs.named USING btree (office_id, stream_id, stored_at);

CREATE INDEX proof_errand ON proofs.proof USING btree (office_id, errand_id);

CREATE INDEX proof_op ON proofs.proof USING btree (office_id, op_id) WHERE (sha256 IS NOT NULL);

CREATE INDEX block_device ON receipts.block USING btree (office_id, device_id) WHERE (returned_at IS NULL);

CREATE INDEX receipt_day ON receipts.receipt USING btree (office_id, issued_on);

CREATE INDEX receipt_subject ON receipts.receipt USING btree (office_id, subject_id);

CREATE INDEX act_errand ON rounds.act USING btree (office_id, errand_id);

CREATE UNIQUE INDEX act_open_errand ON rounds.act USING btree (office_id, errand_id) WHERE (state = 'open'::text);

CREATE INDEX act_stop ON rounds.act USING btree (office_id, stop_id);

CREATE INDEX correction_act ON rounds.correction USING btree (office_id, act_id);

CREATE UNIQUE INDEX correction_not_so ON rounds.correction USING btree (office_id, corrects_op_id) WHERE (wrong = 'not_so'::text);

CREATE INDEX last_place_seen ON rounds.last_place USING btree (seen_at);

CREATE INDEX passing_giver ON rounds.passing USING btree (office_id, giver_id, given_at);

CREATE INDEX passing_open ON rounds.passing USING btree (office_id) WHERE (state = 'open'::text);

CREATE INDEX passing_taker ON rounds.passing USING btree (office_id, taker_id, taken_at);

CREATE UNIQUE INDEX recall_act ON rounds.recall USING btree (office_id, act_id);

CREATE INDEX recall_asked ON rounds.recall USING btree (office_id, from_courier_id) WHERE (state = 'asked'::text);

CREATE INDEX recall_errand ON rounds.recall USING btree (office_id, errand_id, to_courier_id);

CREATE INDEX recall_open ON rounds.recall USING btree (office_id) WHERE ((state = 'overtaken'::text) AND (looked_at IS NULL));

CREATE INDEX round_day ON rounds.round USING btree (office_id, service_on);

CREATE INDEX stop_point ON rounds.stop USING btree (office_id, delivery_point_id);

CREATE INDEX stop_round ON rounds.stop USING btree (office_id, round_id, "position");

CREATE INDEX aside_look_at ON sync.aside_look USING btree (office_id, at);

CREATE UNIQUE INDEX held_proposal_open ON sync.held_proposal USING btree (office_id, op_id) WHERE (decided_at IS NULL);

CREATE INDEX held_waiting_device ON sync.held_waiting USING btree (office_id, device_id);

CREATE INDEX held_waiting_staff ON sync.held_waiting USING btree (office_id, staff_id) INCLUDE (kind);

CREATE INDEX lease_device ON sync.lease USING btree (office_id, device_id);

CREATE UNIQUE INDEX lease_held ON sync.lease USING btree (office_id, subject, subject_id) WHERE (released_at IS NULL);

CREATE UNIQUE INDEX lease_proposal_open ON sync.lease_proposal USING btree (office_id, lease_id) WHERE (decided_at IS NULL);

CREATE INDEX op_decision_held ON sync.op_decision USING btree (office_id, op_id) WHERE (outcome = 'held'::text);

CREATE INDEX op_log_age ON sync.op_log USING btree (office_id, stream_id, received_at);

CREATE INDEX op_log_op ON sync.op_log USING btree (office_id, op_id);

CREATE INDEX quarantine_device ON sync.op_quarantine USING btree (office_id, device_id);

CREATE INDEX stream_device ON sync.stream USING btree (office_id, device_id, made_at);

CREATE INDEX stream_staff ON sync.stream USING btree (office_id, staff_id);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON cash.count FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE cash.count ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON cash.difference FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE cash.difference ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON cash.count FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE cash.count ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON cash.difference FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE cash.difference ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON custody.handover FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE custody.handover ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON custody.item_code FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE custody.item_code ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON custody.record FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE custody.record ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON custody.handover FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE custody.handover ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON custody.item_code FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE custody.item_code ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON custody.record FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE custody.record ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON identity.audit FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE identity.audit ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON identity.audit FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE identity.audit ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.account FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE ledger.account ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.day_event FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE ledger.day_event ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.seal FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE ledger.seal ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.transfer FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE ledger.transfer ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON ledger.account FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE ledger.account ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON ledger.day_event FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE ledger.day_event ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON ledger.seal FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE ledger.seal ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON ledger.transfer FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE ledger.transfer ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON money_orders.flag FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE money_orders.flag ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON money_orders.pin_try FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE money_orders.pin_try ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON money_orders.settlement FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE money_orders.settlement ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON money_orders.flag FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE money_orders.flag ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON money_orders.pin_try FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE money_orders.pin_try ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON money_orders.settlement FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE money_orders.settlement ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON network.pin_move FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE network.pin_move ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON network.pin_move FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE network.pin_move ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON payouts.alarm FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE payouts.alarm ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON payouts.attempt FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE payouts.attempt ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON payouts.fee FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE payouts.fee ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON payouts.give_back FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE payouts.give_back ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON payouts.alarm FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE payouts.alarm ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON payouts.attempt FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE payouts.attempt ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON payouts.fee FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE payouts.fee ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON payouts.give_back FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE payouts.give_back ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER change_added AFTER INSERT ON payouts.change REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION payouts.refuse_frozen();

ALTER TABLE payouts.change ENABLE ALWAYS TRIGGER change_added;

CREATE TRIGGER change_taken AFTER DELETE ON payouts.change REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION payouts.refuse_frozen();

ALTER TABLE payouts.change ENABLE ALWAYS TRIGGER change_taken;

CREATE TRIGGER list_edited BEFORE UPDATE ON payouts.list FOR EACH ROW EXECUTE FUNCTION payouts.refuse_list_edit();

ALTER TABLE payouts.list ENABLE ALWAYS TRIGGER list_edited;

CREATE TRIGGER payout_added AFTER INSERT ON payouts.payout REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION payouts.refuse_frozen();

ALTER TABLE payouts.payout ENABLE ALWAYS TRIGGER payout_added;

CREATE TRIGGER payout_edited BEFORE UPDATE OF office_id, id, list_id, upload_id, row_number, period, person_key, name, search_key, id_sealed, id_last4, id_kind, born_on, household, num_members, amount_vnd, how, address, phone_sealed, proxy_name, proxy_id_sealed, proxy_last4, proxy_kind, proxy_is_certified, proxy_from, proxy_to, carried_from ON payouts.payout FOR EACH ROW EXECUTE FUNCTION payouts.refuse_edit();

ALTER TABLE payouts.payout ENABLE ALWAYS TRIGGER payout_edited;

CREATE TRIGGER payout_taken AFTER DELETE ON payouts.payout REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION payouts.refuse_frozen();

ALTER TABLE payouts.payout ENABLE ALWAYS TRIGGER payout_taken;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON proofs.proof FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE proofs.proof ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON proofs.proof FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE proofs.proof ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON rounds.attempt FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE rounds.attempt ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON rounds.correction FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE rounds.correction ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON rounds.storage_waiver FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE rounds.storage_waiver ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON rounds.attempt FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE rounds.attempt ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON rounds.correction FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE rounds.correction ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON rounds.storage_waiver FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE rounds.storage_waiver ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON sync.aside_look FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.aside_look ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON sync.effect FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.effect ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON sync.missing_look FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.missing_look ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON sync.op_decision FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.op_decision ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON sync.op_log FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.op_log ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON sync.op_quarantine FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.op_quarantine ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON sync.aside_look FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.aside_look ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON sync.effect FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.effect ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON sync.missing_look FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.missing_look ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON sync.op_decision FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.op_decision ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON sync.op_log FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.op_log ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON sync.op_quarantine FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE sync.op_quarantine ENABLE ALWAYS TRIGGER append_only_whole;

CREATE TRIGGER note_waiting AFTER INSERT ON sync.op_decision FOR EACH ROW WHEN (((new.n > 1) OR (new.outcome = 'held'::text))) EXECUTE FUNCTION sync.note_waiting();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON tracking.event FOR EACH ROW EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE tracking.event ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON tracking.event FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change();

ALTER TABLE tracking.event ENABLE ALWAYS TRIGGER append_only_whole;

ALTER TABLE ONLY charges.batch
    ADD CONSTRAINT batch_office_id_payee_id_fkey FOREIGN KEY (office_id, payee_id) REFERENCES charges.payee(office_id, id);

ALTER TABLE ONLY charges.charge
    ADD CONSTRAINT charge_office_id_payee_id_fkey FOREIGN KEY (office_id, payee_id) REFERENCES charges.payee(office_id, id);

ALTER TABLE ONLY custody.handover
    ADD CONSTRAINT handover_office_id_item_id_fkey FOREIGN KEY (office_id, item_id) REFERENCES custody.item(office_id, id);

ALTER TABLE ONLY identity.device
    ADD CONSTRAINT device_office_id_staff_id_fkey FOREIGN KEY (office_id, staff_id) REFERENCES identity.staff(office_id, id);

ALTER TABLE ONLY identity.enrolment_code
    ADD CONSTRAINT enrolment_code_office_id_staff_id_fkey FOREIGN KEY (office_id, staff_id) REFERENCES identity.staff(office_id, id);

ALTER TABLE ONLY identity.factor
    ADD CONSTRAINT factor_office_id_staff_id_fkey FOREIGN KEY (office_id, staff_id) REFERENCES identity.staff(office_id, id);

ALTER TABLE ONLY identity.session
    ADD CONSTRAINT session_office_id_device_id_fkey FOREIGN KEY (office_id, device_id) REFERENCES identity.device(office_id, id);

ALTER TABLE ONLY identity.session
    ADD CONSTRAINT session_office_id_staff_id_fkey FOREIGN KEY (office_id, staff_id) REFERENCES identity.staff(office_id, id);

ALTER TABLE ONLY identity.staff
    ADD CONSTRAINT staff_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES identity.partner(id);

ALTER TABLE ONLY ledger.balance
    ADD CONSTRAINT balance_office_id_account_id_fkey FOREIGN KEY (office_id, account_id) REFERENCES ledger.account(office_id, id);

ALTER TABLE ONLY network.courier
    ADD CONSTRAINT courier_office_id_fkey FOREIGN KEY (office_id) REFERENCES network.office(id);

ALTER TABLE ONLY network.courier
    ADD CONSTRAINT courier_office_id_vehicle_id_fkey FOREIGN KEY (office_id, vehicle_id) REFERENCES network.vehicle(office_id, id);

ALTER TABLE ONLY network.delivery_point
    ADD CONSTRAINT delivery_point_commune_code_fkey FOREIGN KEY (commune_code) REFERENCES network.commune(code);

ALTER TABLE ONLY network.delivery_point
    ADD CONSTRAINT delivery_point_office_id_fkey FOREIGN KEY (office_id) REFERENCES network.office(id);

ALTER TABLE ONLY network.former_commune
    ADD CONSTRAINT former_commune_commune_code_fkey FOREIGN KEY (commune_code) REFERENCES network.commune(code);

ALTER TABLE ONLY network.former_commune
    ADD CONSTRAINT former_commune_district_code_fkey FOREIGN KEY (district_code) REFERENCES network.former_district(code);

ALTER TABLE ONLY network.office
    ADD CONSTRAINT office_commune_code_fkey FOREIGN KEY (commune_code) REFERENCES network.commune(code);

ALTER TABLE ONLY network.pin_move
    ADD CONSTRAINT pin_move_office_id_point_id_fkey FOREIGN KEY (office_id, point_id) REFERENCES network.delivery_point(office_id, id);

ALTER TABLE ONLY network.point
    ADD CONSTRAINT point_commune_code_fkey FOREIGN KEY (commune_code) REFERENCES network.commune(code);

ALTER TABLE ONLY network.point
    ADD CONSTRAINT point_office_id_fkey FOREIGN KEY (office_id) REFERENCES network.office(id);

ALTER TABLE ONLY network.shift
    ADD CONSTRAINT shift_office_id_courier_id_fkey FOREIGN KEY (office_id, courier_id) REFERENCES network.courier(office_id, staff_id);

ALTER TABLE ONLY network.shift
    ADD CONSTRAINT shift_office_id_fkey FOREIGN KEY (office_id) REFERENCES network.office(id);

ALTER TABLE ONLY network.territory
    ADD CONSTRAINT territory_commune_code_fkey FOREIGN KEY (commune_code) REFERENCES network.commune(code);

ALTER TABLE ONLY network.territory
    ADD CONSTRAINT territory_office_id_fkey FOREIGN KEY (office_id) REFERENCES network.office(id);

ALTER TABLE ONLY network.vehicle
    ADD CONSTRAINT vehicle_office_id_fkey FOREIGN KEY (office_id) REFERENCES network.office(id);

ALTER TABLE ONLY payouts.alarm
    ADD CONSTRAINT alarm_office_id_list_id_fkey FOREIGN KEY (office_id, list_id) REFERENCES payouts.list(office_id, id);

ALTER TABLE ONLY payouts.attempt
    ADD CONSTRAINT attempt_office_id_payout_id_fkey FOREIGN KEY (office_id, payout_id) REFERENCES payouts.payout(office_id, id);

ALTER TABLE ONLY payouts.change
    ADD CONSTRAINT change_office_id_list_id_fkey FOREIGN KEY (office_id, list_id) REFERENCES payouts.list(office_id, id);

ALTER TABLE ONLY payouts.doubt
    ADD CONSTRAINT doubt_office_id_payout_id_fkey FOREIGN KEY (office_id, payout_id) REFERENCES payouts.payout(office_id, id);

ALTER TABLE ONLY payouts.fee
    ADD CONSTRAINT fee_office_id_list_id_fkey FOREIGN KEY (office_id, list_id) REFERENCES payouts.list(office_id, id);

ALTER TABLE ONLY payouts.funding
    ADD CONSTRAINT funding_office_id_list_id_fkey FOREIGN KEY (office_id, list_id) REFERENCES payouts.list(office_id, id);

ALTER TABLE ONLY payouts.give_back
    ADD CONSTRAINT give_back_office_id_list_id_fkey FOREIGN KEY (office_id, list_id) REFERENCES payouts.list(office_id, id);

ALTER TABLE ONLY payouts.list
    ADD CONSTRAINT list_office_id_base_id_fkey FOREIGN KEY (office_id, base_id) REFERENCES payouts.list(office_id, id);

ALTER TABLE ONLY payouts.list
    ADD CONSTRAINT list_scheme_scheme_from_fkey FOREIGN KEY (scheme, scheme_from) REFERENCES payouts.scheme(code, valid_from);

ALTER TABLE ONLY payouts.payment
    ADD CONSTRAINT payment_office_id_payout_id_fkey FOREIGN KEY (office_id, payout_id) REFERENCES payouts.payout(office_id, id);

ALTER TABLE ONLY payouts.payment
    ADD CONSTRAINT payment_office_id_sitting_id_fkey FOREIGN KEY (office_id, sitting_id) REFERENCES payouts.sitting(office_id, id);

ALTER TABLE ONLY payouts.payout
    ADD CONSTRAINT payout_office_id_list_id_fkey FOREIGN KEY (office_id, list_id) REFERENCES payouts.list(office_id, id);

ALTER TABLE ONLY receipts.block
    ADD CONSTRAINT block_office_id_range_id_fkey FOREIGN KEY (office_id, range_id) REFERENCES receipts.range(office_id, id);

ALTER TABLE ONLY receipts.receipt
    ADD CONSTRAINT receipt_office_id_block_id_fkey FOREIGN KEY (office_id, block_id) REFERENCES receipts.block(office_id, id);

ALTER TABLE ONLY receipts.receipt
    ADD CONSTRAINT receipt_office_id_range_id_fkey FOREIGN KEY (office_id, range_id) REFERENCES receipts.range(office_id, id);

ALTER TABLE ONLY rounds.act
    ADD CONSTRAINT act_office_id_stop_id_fkey FOREIGN KEY (office_id, stop_id) REFERENCES rounds.stop(office_id, id);

ALTER TABLE ONLY rounds.correction
    ADD CONSTRAINT correction_office_id_act_id_fkey FOREIGN KEY (office_id, act_id) REFERENCES rounds.act(office_id, id);

ALTER TABLE ONLY rounds.recall
    ADD CONSTRAINT recall_office_id_act_id_fkey FOREIGN KEY (office_id, act_id) REFERENCES rounds.act(office_id, id);

ALTER TABLE ONLY rounds.stop
    ADD CONSTRAINT stop_office_id_round_id_fkey FOREIGN KEY (office_id, round_id) REFERENCES rounds.round(office_id, id);

ALTER TABLE ONLY rounds.storage_waiver
    ADD CONSTRAINT storage_waiver_office_id_round_id_fkey FOREIGN KEY (office_id, round_id) REFERENCES rounds.round(office_id, id);

ALTER TABLE ONLY sync.aside_look
    ADD CONSTRAINT aside_look_office_id_aside_id_fkey FOREIGN KEY (office_id, aside_id) REFERENCES sync.op_quarantine(office_id, id);

ALTER TABLE ONLY sync.held_proposal
    ADD CONSTRAINT held_proposal_office_id_op_id_fkey FOREIGN KEY (office_id, op_id) REFERENCES sync.effect(office_id, op_id);

ALTER TABLE ONLY sync.lease_proposal
    ADD CONSTRAINT lease_proposal_office_id_lease_id_fkey FOREIGN KEY (office_id, lease_id) REFERENCES sync.lease(office_id, id);

ALTER TABLE ONLY sync.missing_look
    ADD CONSTRAINT missing_look_office_id_stream_id_fkey FOREIGN KEY (office_id, stream_id) REFERENCES sync.stream(office_id, id);

ALTER TABLE ONLY sync.op_log
    ADD CONSTRAINT op_log_office_id_stream_id_fkey FOREIGN KEY (office_id, stream_id) REFERENCES sync.stream(office_id, id);

ALTER TABLE cash.carriage ENABLE ROW LEVEL SECURITY;

ALTER TABLE cash.count ENABLE ROW LEVEL SECURITY;

ALTER TABLE cash.difference ENABLE ROW LEVEL SECURITY;

ALTER TABLE cash.drawer_day ENABLE ROW LEVEL SECURITY;

ALTER TABLE cash.handover ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON cash.carriage USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON cash.count USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON cash.difference USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON cash.drawer_day USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON cash.handover USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON cash.phone USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON cash.proposal USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON cash.shift USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE cash.phone ENABLE ROW LEVEL SECURITY;

ALTER TABLE cash.proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE cash.shift ENABLE ROW LEVEL SECURITY;

ALTER TABLE charges.alarm ENABLE ROW LEVEL SECURITY;

ALTER TABLE charges.bank_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE charges.batch ENABLE ROW LEVEL SECURITY;

ALTER TABLE charges.charge ENABLE ROW LEVEL SECURITY;

ALTER TABLE charges.collection ENABLE ROW LEVEL SECURITY;

ALTER TABLE charges.notice ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON charges.alarm USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON charges.bank_account USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON charges.batch USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON charges.charge USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON charges.collection USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON charges.notice USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON charges.payee USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON charges.proposal USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE charges.payee ENABLE ROW LEVEL SECURITY;

ALTER TABLE charges.proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE custody.handover ENABLE ROW LEVEL SECURITY;

ALTER TABLE custody.item ENABLE ROW LEVEL SECURITY;

ALTER TABLE custody.item_code ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON custody.handover USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON custody.item USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON custody.item_code USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON custody.record USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE custody.record ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON dispatch.plan USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE dispatch.plan ENABLE ROW LEVEL SECURITY;

ALTER TABLE doorstep.errand ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON doorstep.errand USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE dossiers.dossier ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON dossiers.dossier USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE identity.audit ENABLE ROW LEVEL SECURITY;

ALTER TABLE identity.citizen ENABLE ROW LEVEL SECURITY;

ALTER TABLE identity.device ENABLE ROW LEVEL SECURITY;

ALTER TABLE identity.enrolment_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE identity.factor ENABLE ROW LEVEL SECURITY;

ALTER TABLE identity.link ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON identity.audit USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON identity.citizen USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON identity.device USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON identity.enrolment_code USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON identity.factor USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON identity.link USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON identity.partner USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON identity.session USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON identity.staff USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE identity.partner ENABLE ROW LEVEL SECURITY;

ALTER TABLE identity.session ENABLE ROW LEVEL SECURITY;

ALTER TABLE identity.staff ENABLE ROW LEVEL SECURITY;

ALTER TABLE ledger.account ENABLE ROW LEVEL SECURITY;

ALTER TABLE ledger.balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE ledger.day_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON ledger.account USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON ledger.balance USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON ledger.day_event USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON ledger.open_day USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON ledger.transfer USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE ledger.open_day ENABLE ROW LEVEL SECURITY;

CREATE POLICY poster ON ledger.account TO tannoi_ledger USING (true);

CREATE POLICY poster ON ledger.balance TO tannoi_ledger USING (true);

CREATE POLICY poster ON ledger.day_event TO tannoi_ledger USING (true);

CREATE POLICY poster ON ledger.open_day TO tannoi_ledger USING (true);

CREATE POLICY poster ON ledger.transfer TO tannoi_ledger USING (true);

ALTER TABLE ledger.transfer ENABLE ROW LEVEL SECURITY;

ALTER TABLE money_orders.doubt ENABLE ROW LEVEL SECURITY;

ALTER TABLE money_orders.flag ENABLE ROW LEVEL SECURITY;

ALTER TABLE money_orders.money_order ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON money_orders.doubt USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON money_orders.flag USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON money_orders.money_order USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON money_orders.payee_said USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON money_orders.pin_try USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON money_orders.proposal USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON money_orders.settlement USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE money_orders.payee_said ENABLE ROW LEVEL SECURITY;

ALTER TABLE money_orders.pin_try ENABLE ROW LEVEL SECURITY;

ALTER TABLE money_orders.proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE money_orders.settlement ENABLE ROW LEVEL SECURITY;

ALTER TABLE network.courier ENABLE ROW LEVEL SECURITY;

ALTER TABLE network.delivery_point ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON network.courier USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON network.delivery_point USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON network.pin_move USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON network.point USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON network.shift USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON network.territory USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON network.vehicle USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE network.pin_move ENABLE ROW LEVEL SECURITY;

ALTER TABLE network.point ENABLE ROW LEVEL SECURITY;

ALTER TABLE network.shift ENABLE ROW LEVEL SECURITY;

ALTER TABLE network.territory ENABLE ROW LEVEL SECURITY;

ALTER TABLE network.vehicle ENABLE ROW LEVEL SECURITY;

ALTER TABLE notifications.message ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON notifications.message USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON notifications.subscription USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE notifications.subscription ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.alarm ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.attempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.change ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.doubt ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.fee ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.funding ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.give_back ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.list ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON payouts.alarm USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.attempt USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.change USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.doubt USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.fee USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.funding USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.give_back USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.list USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.payment USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.payout USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.plain_campaign USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.proposal USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.sitting USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON payouts.upload USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE payouts.payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.payout ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.plain_campaign ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.sitting ENABLE ROW LEVEL SECURITY;

ALTER TABLE payouts.upload ENABLE ROW LEVEL SECURITY;

ALTER TABLE proofs.blob ENABLE ROW LEVEL SECURITY;

ALTER TABLE proofs.named ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON proofs.blob USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON proofs.named USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON proofs.proof USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON proofs.upload USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE proofs.proof ENABLE ROW LEVEL SECURITY;

ALTER TABLE proofs.upload ENABLE ROW LEVEL SECURITY;

ALTER TABLE receipts.block ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON receipts.block USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON receipts.range USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON receipts.receipt USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE receipts.range ENABLE ROW LEVEL SECURITY;

ALTER TABLE receipts.receipt ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.act ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.attempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.correction ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.last_place ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON rounds.act USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.attempt USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.correction USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.last_place USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.passing USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.phone_change USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.proof_rules USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.recall USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.round USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.stop USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON rounds.storage_waiver USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE rounds.passing ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.phone_change ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.proof_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.recall ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.round ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.stop ENABLE ROW LEVEL SECURITY;

ALTER TABLE rounds.storage_waiver ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.aside_look ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.effect ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.feed ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.feed_head ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.held_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.held_waiting ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.lease ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.lease_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.missing_look ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON sync.aside_look USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.effect USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.feed USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.feed_head USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.held_proposal USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.held_waiting USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.lease USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.lease_proposal USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.missing_look USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.op_decision USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.op_log USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.op_quarantine USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.op_side USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

CREATE POLICY office_wall ON sync.stream USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

ALTER TABLE sync.op_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.op_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.op_quarantine ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.op_side ENABLE ROW LEVEL SECURITY;

ALTER TABLE sync.stream ENABLE ROW LEVEL SECURITY;

ALTER TABLE tracking.event ENABLE ROW LEVEL SECURITY;

CREATE POLICY office_wall ON tracking.event USING ((( SELECT kit.sees_all() AS sees_all) OR (office_id = ANY (( SELECT kit.offices() AS offices)::uuid[]))));

GRANT USAGE ON SCHEMA cash TO tannoi_app;

GRANT USAGE ON SCHEMA charges TO tannoi_app;

GRANT USAGE ON SCHEMA custody TO tannoi_app;

GRANT USAGE ON SCHEMA dispatch TO tannoi_app;

GRANT USAGE ON SCHEMA doorstep TO tannoi_app;

GRANT USAGE ON SCHEMA dossiers TO tannoi_app;

GRANT USAGE ON SCHEMA identity TO tannoi_app;

GRANT USAGE ON SCHEMA kit TO tannoi_app;
GRANT USAGE ON SCHEMA kit TO tannoi_ledger;

GRANT USAGE ON SCHEMA ledger TO tannoi_app;
GRANT USAGE ON SCHEMA ledger TO tannoi_ledger;

GRANT USAGE ON SCHEMA money_orders TO tannoi_app;

GRANT USAGE ON SCHEMA network TO tannoi_app;

GRANT USAGE ON SCHEMA notifications TO tannoi_app;

GRANT USAGE ON SCHEMA payouts TO tannoi_app;

GRANT USAGE ON SCHEMA proofs TO tannoi_app;

GRANT ALL ON SCHEMA public TO tannoi_owner;

GRANT USAGE ON SCHEMA receipts TO tannoi_app;

GRANT USAGE ON SCHEMA rounds TO tannoi_app;

GRANT USAGE ON SCHEMA sync TO tannoi_app;

GRANT USAGE ON SCHEMA tracking TO tannoi_app;

REVOKE ALL ON FUNCTION kit.append_only(book regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION kit.wall(walled regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION ledger.move_day(p_office_id uuid, p_kind text, p_day date, p_by uuid, p_approved_by uuid, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.move_day(p_office_id uuid, p_kind text, p_day date, p_by uuid, p_approved_by uuid, p_reason text) TO tannoi_app;

REVOKE ALL ON FUNCTION ledger.post(p_office_id uuid, p_touched uuid[], p_legs ledger.leg[]) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.post(p_office_id uuid, p_touched uuid[], p_legs ledger.leg[]) TO tannoi_app;

REVOKE ALL ON FUNCTION money_orders.find_salt(p_reference text) FROM PUBLIC;
GRANT ALL ON FUNCTION money_orders.find_salt(p_reference text) TO tannoi_app;

REVOKE ALL ON FUNCTION money_orders.set_paid(p_reference text, p_pin_hash bytea, p_office_id uuid, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION money_orders.set_paid(p_reference text, p_pin_hash bytea, p_office_id uuid, p_at timestamp with time zone) TO tannoi_app;

REVOKE ALL ON FUNCTION money_orders.set_paid_in_doubt(p_office_id uuid, p_doubt_id uuid, p_at timestamp with time zone, OUT office_id uuid, OUT payee_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION money_orders.set_paid_in_doubt(p_office_id uuid, p_doubt_id uuid, p_at timestamp with time zone, OUT office_id uuid, OUT payee_key text) TO tannoi_app;

REVOKE ALL ON FUNCTION money_orders.sum_booked(p_person_key text, p_day date, p_except uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION money_orders.sum_booked(p_person_key text, p_day date, p_except uuid) TO tannoi_app;

REVOKE ALL ON FUNCTION money_orders.sum_cash(p_person_key text, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION money_orders.sum_cash(p_person_key text, p_day date) TO tannoi_app;

REVOKE ALL ON FUNCTION money_orders.sum_sent(p_person_key text, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION money_orders.sum_sent(p_person_key text, p_day date) TO tannoi_app;

REVOKE ALL ON FUNCTION money_orders.try_pin(p_reference text, p_pin_hash bytea, p_office_id uuid, p_by uuid, p_at timestamp with time zone, OUT outcome text, OUT office_id uuid, OUT id uuid, OUT state text, OUT amount_vnd bigint, OUT purpose text, OUT parties_sealed bytea, OUT payee_key text, OUT to_door boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION money_orders.try_pin(p_reference text, p_pin_hash bytea, p_office_id uuid, p_by uuid, p_at timestamp with time zone, OUT outcome text, OUT office_id uuid, OUT id uuid, OUT state text, OUT amount_vnd bigint, OUT purpose text, OUT parties_sealed bytea, OUT payee_key text, OUT to_door boolean) TO tannoi_app;

GRANT SELECT,INSERT ON TABLE cash.carriage TO tannoi_app;

GRANT UPDATE(state) ON TABLE cash.carriage TO tannoi_app;

GRANT UPDATE(slip) ON TABLE cash.carriage TO tannoi_app;

GRANT UPDATE(ended_by) ON TABLE cash.carriage TO tannoi_app;

GRANT UPDATE(ended_at) ON TABLE cash.carriage TO tannoi_app;

GRANT UPDATE(arrived_vnd) ON TABLE cash.carriage TO tannoi_app;

GRANT UPDATE(back_vnd) ON TABLE cash.carriage TO tannoi_app;

GRANT UPDATE(reason) ON TABLE cash.carriage TO tannoi_app;

GRANT SELECT,INSERT ON TABLE cash.count TO tannoi_app;

GRANT SELECT,INSERT ON TABLE cash.difference TO tannoi_app;

GRANT SELECT,INSERT ON TABLE cash.drawer_day TO tannoi_app;

GRANT UPDATE(state) ON TABLE cash.drawer_day TO tannoi_app;

GRANT UPDATE(past_n) ON TABLE cash.drawer_day TO tannoi_app;

GRANT UPDATE(sign_cashier) ON TABLE cash.drawer_day TO tannoi_app;

GRANT UPDATE(sign_controller) ON TABLE cash.drawer_day TO tannoi_app;

GRANT UPDATE(cashier_id) ON TABLE cash.drawer_day TO tannoi_app;

GRANT UPDATE(controller_id) ON TABLE cash.drawer_day TO tannoi_app;

GRANT UPDATE(signed_at) ON TABLE cash.drawer_day TO tannoi_app;

GRANT SELECT,INSERT ON TABLE cash.handover TO tannoi_app;

GRANT UPDATE(state) ON TABLE cash.handover TO tannoi_app;

GRANT UPDATE(approved_by) ON TABLE cash.handover TO tannoi_app;

GRANT UPDATE(answered_by) ON TABLE cash.handover TO tannoi_app;

GRANT UPDATE(answered_at) ON TABLE cash.handover TO tannoi_app;

GRANT UPDATE(answered_vnd) ON TABLE cash.handover TO tannoi_app;

GRANT SELECT,INSERT ON TABLE cash.phone TO tannoi_app;

GRANT UPDATE(rev) ON TABLE cash.phone TO tannoi_app;

GRANT UPDATE(is_changed) ON TABLE cash.phone TO tannoi_app;

GRANT SELECT,INSERT ON TABLE cash.proposal TO tannoi_app;

GRANT UPDATE(decided_by) ON TABLE cash.proposal TO tannoi_app;

GRANT UPDATE(decided_at) ON TABLE cash.proposal TO tannoi_app;

GRANT UPDATE(is_allowed) ON TABLE cash.proposal TO tannoi_app;

GRANT SELECT,INSERT ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(during) ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(state) ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(head) ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(ack) ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(num_held) ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(num_leases) ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(heard_at) ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(closed_by) ON TABLE cash.shift TO tannoi_app;

GRANT UPDATE(past_n) ON TABLE cash.shift TO tannoi_app;

GRANT SELECT,INSERT ON TABLE charges.alarm TO tannoi_app;

GRANT SELECT,INSERT,DELETE ON TABLE charges.bank_account TO tannoi_app;

GRANT UPDATE(name) ON TABLE charges.bank_account TO tannoi_app;

GRANT UPDATE(is_default) ON TABLE charges.bank_account TO tannoi_app;

GRANT SELECT,INSERT ON TABLE charges.batch TO tannoi_app;

GRANT UPDATE(state) ON TABLE charges.batch TO tannoi_app;

GRANT UPDATE(approved_by) ON TABLE charges.batch TO tannoi_app;

GRANT UPDATE(ended_at) ON TABLE charges.batch TO tannoi_app;

GRANT UPDATE(transfer_id) ON TABLE charges.batch TO tannoi_app;

GRANT UPDATE(bank_reference) ON TABLE charges.batch TO tannoi_app;

GRANT SELECT,INSERT ON TABLE charges.charge TO tannoi_app;

GRANT UPDATE(due_on) ON TABLE charges.charge TO tannoi_app;

GRANT UPDATE(state) ON TABLE charges.charge TO tannoi_app;

GRANT UPDATE(qr_shown_at) ON TABLE charges.charge TO tannoi_app;

GRANT UPDATE(collected_on) ON TABLE charges.charge TO tannoi_app;

GRANT UPDATE(remit_by) ON TABLE charges.charge TO tannoi_app;

GRANT UPDATE(batch_id) ON TABLE charges.charge TO tannoi_app;

GRANT UPDATE(ended_reason) ON TABLE charges.charge TO tannoi_app;

GRANT SELECT,INSERT ON TABLE charges.collection TO tannoi_app;

GRANT UPDATE(charge_id) ON TABLE charges.collection TO tannoi_app;

GRANT UPDATE(receipt_id) ON TABLE charges.collection TO tannoi_app;

GRANT UPDATE(reversed_at) ON TABLE charges.collection TO tannoi_app;

GRANT UPDATE(answer) ON TABLE charges.collection TO tannoi_app;

GRANT UPDATE(answered_at) ON TABLE charges.collection TO tannoi_app;

GRANT UPDATE(answered_by) ON TABLE charges.collection TO tannoi_app;

GRANT UPDATE(answer_approved_by) ON TABLE charges.collection TO tannoi_app;

GRANT UPDATE(note) ON TABLE charges.collection TO tannoi_app;

GRANT SELECT,INSERT ON TABLE charges.notice TO tannoi_app;

GRANT UPDATE(num_deliveries) ON TABLE charges.notice TO tannoi_app;

GRANT SELECT,INSERT ON TABLE charges.payee TO tannoi_app;

GRANT UPDATE(name) ON TABLE charges.payee TO tannoi_app;

GRANT UPDATE(tax_code) ON TABLE charges.payee TO tannoi_app;

GRANT UPDATE(bank_account) ON TABLE charges.payee TO tannoi_app;

GRANT UPDATE(remit_days) ON TABLE charges.payee TO tannoi_app;

GRANT SELECT,INSERT ON TABLE charges.proposal TO tannoi_app;

GRANT UPDATE(state) ON TABLE charges.proposal TO tannoi_app;

GRANT UPDATE(ended_by) ON TABLE charges.proposal TO tannoi_app;

GRANT UPDATE(ended_at) ON TABLE charges.proposal TO tannoi_app;

GRANT SELECT,INSERT ON TABLE custody.handover TO tannoi_app;

GRANT SELECT,INSERT ON TABLE custody.item TO tannoi_app;

GRANT UPDATE(seal_number) ON TABLE custody.item TO tannoi_app;

GRANT UPDATE(holder_kind) ON TABLE custody.item TO tannoi_app;

GRANT UPDATE(holder_id) ON TABLE custody.item TO tannoi_app;

GRANT UPDATE(num_handovers) ON TABLE custody.item TO tannoi_app;

GRANT UPDATE(is_frozen) ON TABLE custody.item TO tannoi_app;

GRANT UPDATE(passed_op_id) ON TABLE custody.item TO tannoi_app;

GRANT SELECT,INSERT ON TABLE custody.item_code TO tannoi_app;

GRANT USAGE ON SEQUENCE custody.item_serial TO tannoi_app;

GRANT SELECT,INSERT ON TABLE custody.record TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE dispatch.plan TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE doorstep.errand TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE dossiers.dossier TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE dossiers.procedure TO tannoi_app;

GRANT SELECT,INSERT ON TABLE identity.audit TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE identity.citizen TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE identity.device TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE identity.enrolment_code TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE identity.factor TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE identity.link TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE identity.partner TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE identity.session TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE identity.staff TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE kit.fact TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE kit.rate TO tannoi_app;

GRANT SELECT ON TABLE ledger.account TO tannoi_app;
GRANT SELECT ON TABLE ledger.account TO tannoi_ledger;

GRANT INSERT(office_id) ON TABLE ledger.account TO tannoi_ledger;

GRANT INSERT(id) ON TABLE ledger.account TO tannoi_ledger;

GRANT INSERT(kind) ON TABLE ledger.account TO tannoi_ledger;

GRANT INSERT(owner_id) ON TABLE ledger.account TO tannoi_ledger;

GRANT INSERT(scheme) ON TABLE ledger.account TO tannoi_ledger;

GRANT INSERT(floor) ON TABLE ledger.account TO tannoi_ledger;

GRANT SELECT ON TABLE ledger.balance TO tannoi_app;
GRANT SELECT,INSERT ON TABLE ledger.balance TO tannoi_ledger;

GRANT UPDATE(dp) ON TABLE ledger.balance TO tannoi_ledger;

GRANT UPDATE(cp) ON TABLE ledger.balance TO tannoi_ledger;

GRANT UPDATE(dh) ON TABLE ledger.balance TO tannoi_ledger;

GRANT UPDATE(ch) ON TABLE ledger.balance TO tannoi_ledger;

GRANT SELECT ON TABLE ledger.day_event TO tannoi_app;
GRANT SELECT ON TABLE ledger.day_event TO tannoi_ledger;

GRANT INSERT(office_id) ON TABLE ledger.day_event TO tannoi_ledger;

GRANT INSERT(n) ON TABLE ledger.day_event TO tannoi_ledger;

GRANT INSERT(kind) ON TABLE ledger.day_event TO tannoi_ledger;

GRANT INSERT(day) ON TABLE ledger.day_event TO tannoi_ledger;

GRANT INSERT(by_id) ON TABLE ledger.day_event TO tannoi_ledger;

GRANT INSERT(approved_by) ON TABLE ledger.day_event TO tannoi_ledger;

GRANT INSERT(reason) ON TABLE ledger.day_event TO tannoi_ledger;

GRANT SELECT ON TABLE ledger.epoch TO tannoi_app;
GRANT SELECT ON TABLE ledger.epoch TO tannoi_ledger;

GRANT SELECT ON TABLE ledger.night TO tannoi_app;

GRANT INSERT(day) ON TABLE ledger.night TO tannoi_app;

GRANT INSERT(begun_at),UPDATE(begun_at) ON TABLE ledger.night TO tannoi_app;

GRANT UPDATE(ended_at) ON TABLE ledger.night TO tannoi_app;

GRANT UPDATE(num_rules) ON TABLE ledger.night TO tannoi_app;

GRANT UPDATE(broken) ON TABLE ledger.night TO tannoi_app;

GRANT SELECT ON TABLE ledger.open_day TO tannoi_app;
GRANT SELECT,INSERT,UPDATE ON TABLE ledger.open_day TO tannoi_ledger;

GRANT SELECT,INSERT ON TABLE ledger.seal TO tannoi_app;
GRANT SELECT ON TABLE ledger.seal TO tannoi_ledger;

GRANT SELECT ON TABLE ledger.transfer TO tannoi_app;
GRANT SELECT ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(office_id) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(id) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(group_id) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(code) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(phase) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(debit_id) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(credit_id) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(amount_vnd) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(pending_id) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(reverses_id) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(business_key) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(posted_on) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(occurred_at) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(op_id) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(created_by) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(approved_by) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT INSERT(reason) ON TABLE ledger.transfer TO tannoi_ledger;

GRANT SELECT,INSERT ON TABLE money_orders.doubt TO tannoi_app;

GRANT UPDATE(transfer_id) ON TABLE money_orders.doubt TO tannoi_app;

GRANT UPDATE(answered_at) ON TABLE money_orders.doubt TO tannoi_app;

GRANT UPDATE(answered_by) ON TABLE money_orders.doubt TO tannoi_app;

GRANT UPDATE(approved_by) ON TABLE money_orders.doubt TO tannoi_app;

GRANT UPDATE(settled_as) ON TABLE money_orders.doubt TO tannoi_app;

GRANT SELECT,INSERT ON TABLE money_orders.flag TO tannoi_app;

GRANT SELECT,INSERT ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(state) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(pin_salt) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(pin_hash) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(num_wrong) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(locked_at) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(pay_office_id) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(not_brought) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(taken_at) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(taken_on) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(taken_by) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(cash_owner_id) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(op_id) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(settled_at) ON TABLE money_orders.money_order TO tannoi_app;

GRANT UPDATE(settled_office_id) ON TABLE money_orders.money_order TO tannoi_app;

GRANT SELECT,INSERT ON TABLE money_orders.payee_said TO tannoi_app;

GRANT UPDATE(sealed) ON TABLE money_orders.payee_said TO tannoi_app;

GRANT UPDATE(by_id) ON TABLE money_orders.payee_said TO tannoi_app;

GRANT UPDATE(at) ON TABLE money_orders.payee_said TO tannoi_app;

GRANT SELECT,INSERT ON TABLE money_orders.pin_try TO tannoi_app;

GRANT SELECT,INSERT ON TABLE money_orders.proposal TO tannoi_app;

GRANT UPDATE(ended_by) ON TABLE money_orders.proposal TO tannoi_app;

GRANT UPDATE(ended_at) ON TABLE money_orders.proposal TO tannoi_app;

GRANT UPDATE(is_refused) ON TABLE money_orders.proposal TO tannoi_app;

GRANT SELECT,INSERT ON TABLE money_orders.settlement TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.calendar_day TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.commune TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.courier TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.delivery_point TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.former_commune TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.former_district TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.office TO tannoi_app;

GRANT SELECT,INSERT ON TABLE network.pin_move TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.point TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.rule_setting TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.shift TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.territory TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE network.vehicle TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE notifications.message TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE notifications.subscription TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.alarm TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.attempt TO tannoi_app;

GRANT SELECT,INSERT,DELETE ON TABLE payouts.change TO tannoi_app;

GRANT UPDATE(outcome) ON TABLE payouts.change TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.doubt TO tannoi_app;

GRANT UPDATE(transfer_id) ON TABLE payouts.doubt TO tannoi_app;

GRANT UPDATE(settled_as) ON TABLE payouts.doubt TO tannoi_app;

GRANT UPDATE(settlement_id) ON TABLE payouts.doubt TO tannoi_app;

GRANT UPDATE(settled_by) ON TABLE payouts.doubt TO tannoi_app;

GRANT UPDATE(approved_by) ON TABLE payouts.doubt TO tannoi_app;

GRANT UPDATE(settled_at) ON TABLE payouts.doubt TO tannoi_app;

GRANT UPDATE(note) ON TABLE payouts.doubt TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.fee TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.funding TO tannoi_app;

GRANT UPDATE(reversal_id) ON TABLE payouts.funding TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.give_back TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(scheme_from) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(second_period) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(due_on) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(pay_until) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(state) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(upload_id) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(num_rows) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(total_vnd) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(digest) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(made_by) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(made_at) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(approved_by) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(approved_at) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(closed_by) ON TABLE payouts.list TO tannoi_app;

GRANT UPDATE(closed_at) ON TABLE payouts.list TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.payment TO tannoi_app;

GRANT UPDATE(reversal_id) ON TABLE payouts.payment TO tannoi_app;

GRANT SELECT,INSERT,DELETE ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(state) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(state_reason) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(state_at) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(generation) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(num_attempts) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(last_reason) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(courier_id) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(citizen_id) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(delivery_point_id) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(placed_at) ON TABLE payouts.payout TO tannoi_app;

GRANT UPDATE(place_fault) ON TABLE payouts.payout TO tannoi_app;

GRANT SELECT ON TABLE payouts.plain_campaign TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.proposal TO tannoi_app;

GRANT UPDATE(is_allowed) ON TABLE payouts.proposal TO tannoi_app;

GRANT UPDATE(decided_by) ON TABLE payouts.proposal TO tannoi_app;

GRANT UPDATE(decided_at) ON TABLE payouts.proposal TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.scheme TO tannoi_app;

GRANT UPDATE(valid_to) ON TABLE payouts.scheme TO tannoi_app;

GRANT SELECT,INSERT ON TABLE payouts.sitting TO tannoi_app;

GRANT UPDATE(supervisor) ON TABLE payouts.sitting TO tannoi_app;

GRANT UPDATE(closed_at) ON TABLE payouts.sitting TO tannoi_app;

GRANT UPDATE(num_paid) ON TABLE payouts.sitting TO tannoi_app;

GRANT UPDATE(paid_vnd) ON TABLE payouts.sitting TO tannoi_app;

GRANT UPDATE(note) ON TABLE payouts.sitting TO tannoi_app;

GRANT UPDATE(sign_post) ON TABLE payouts.sitting TO tannoi_app;

GRANT UPDATE(sign_agency) ON TABLE payouts.sitting TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE payouts.upload TO tannoi_app;

GRANT SELECT,INSERT ON TABLE proofs.blob TO tannoi_app;

GRANT SELECT,INSERT ON TABLE proofs.named TO tannoi_app;

GRANT UPDATE(stored_at) ON TABLE proofs.named TO tannoi_app;

GRANT UPDATE(let_go_at) ON TABLE proofs.named TO tannoi_app;

GRANT UPDATE(looked_at) ON TABLE proofs.named TO tannoi_app;

GRANT UPDATE(looked_by_id) ON TABLE proofs.named TO tannoi_app;

GRANT UPDATE(note) ON TABLE proofs.named TO tannoi_app;

GRANT SELECT,INSERT ON TABLE proofs.proof TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE proofs.upload TO tannoi_app;

GRANT SELECT,INSERT ON TABLE receipts.block TO tannoi_app;

GRANT UPDATE(next_number) ON TABLE receipts.block TO tannoi_app;

GRANT UPDATE(returned_at) ON TABLE receipts.block TO tannoi_app;

GRANT SELECT,INSERT ON TABLE receipts.range TO tannoi_app;

GRANT UPDATE(next_number) ON TABLE receipts.range TO tannoi_app;

GRANT SELECT,INSERT ON TABLE receipts.receipt TO tannoi_app;

GRANT UPDATE(state) ON TABLE receipts.receipt TO tannoi_app;

GRANT UPDATE(void_reason) ON TABLE receipts.receipt TO tannoi_app;

GRANT UPDATE(voided_at) ON TABLE receipts.receipt TO tannoi_app;

GRANT UPDATE(voided_by) ON TABLE receipts.receipt TO tannoi_app;

GRANT UPDATE(void_approved_by) ON TABLE receipts.receipt TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE rounds.act TO tannoi_app;

GRANT SELECT,INSERT ON TABLE rounds.attempt TO tannoi_app;

GRANT SELECT,INSERT ON TABLE rounds.correction TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE rounds.last_place TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE rounds.passing TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE rounds.phone_change TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE rounds.proof_rules TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE rounds.recall TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE rounds.round TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE rounds.stop TO tannoi_app;

GRANT SELECT,INSERT ON TABLE rounds.storage_waiver TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.aside_look TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.effect TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.op_log TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.op_quarantine TO tannoi_app;

GRANT SELECT ON TABLE sync.aside_waiting TO tannoi_app;

GRANT SELECT ON TABLE sync.epoch TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sync.feed TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE sync.feed_head TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.held_proposal TO tannoi_app;

GRANT UPDATE(decided_by) ON TABLE sync.held_proposal TO tannoi_app;

GRANT UPDATE(decided_at) ON TABLE sync.held_proposal TO tannoi_app;

GRANT UPDATE(is_allowed) ON TABLE sync.held_proposal TO tannoi_app;

GRANT SELECT,INSERT,DELETE ON TABLE sync.held_waiting TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.lease TO tannoi_app;

GRANT UPDATE(released_at) ON TABLE sync.lease TO tannoi_app;

GRANT UPDATE(release_op_id) ON TABLE sync.lease TO tannoi_app;

GRANT UPDATE(released_by) ON TABLE sync.lease TO tannoi_app;

GRANT UPDATE(approved_by) ON TABLE sync.lease TO tannoi_app;

GRANT UPDATE(note) ON TABLE sync.lease TO tannoi_app;

GRANT UPDATE(renewed_by_id) ON TABLE sync.lease TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.lease_proposal TO tannoi_app;

GRANT UPDATE(decided_by) ON TABLE sync.lease_proposal TO tannoi_app;

GRANT UPDATE(decided_at) ON TABLE sync.lease_proposal TO tannoi_app;

GRANT UPDATE(outcome) ON TABLE sync.lease_proposal TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.missing_look TO tannoi_app;

GRANT SELECT,INSERT ON TABLE sync.op_decision TO tannoi_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sync.op_side TO tannoi_app;

GRANT SELECT,INSERT,UPDATE ON TABLE sync.stream TO tannoi_app;

GRANT SELECT,INSERT ON TABLE tracking.event TO tannoi_app;
