-- name: migrate-0024-up
-- Money of the state that a bank told of and that has no receipt yet is looked for every half
-- minute.
SET LOCAL ROLE tannoi_owner;
CREATE INDEX collection_unreceipted ON charges.collection (office_id, collected_on)
    WHERE method = 'qr' AND receipt_id IS NULL AND reversed_at IS NULL
        AND (outcome = 'applied' OR answer = 'applied');

-- What one person booked on a day in all offices and has not handed in yet: a sum alone.
CREATE FUNCTION money_orders.sum_booked(p_person_key text, p_day date, p_except uuid)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = money_orders, pg_temp AS $$
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
REVOKE ALL ON FUNCTION money_orders.sum_booked(text, date, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION money_orders.sum_booked(text, date, uuid) TO tannoi_app;

-- Notes paid out at a door may be more than the books had in the hand: they are in doubt all the
-- same and posted when two people decide, as those of payouts are.
ALTER TABLE money_orders.doubt
    ALTER COLUMN transfer_id DROP NOT NULL,
    ADD COLUMN identity_method text NOT NULL DEFAULT 'cccd'
        CHECK (identity_method IN ('cccd', 'passport', 'vneid')),
    ADD COLUMN settled_as text CHECK (settled_as IN ('bring_home', 'courier_owes', 'valid'));
GRANT UPDATE (transfer_id, settled_as) ON money_orders.doubt TO tannoi_app;
ALTER TABLE money_orders.proposal DROP CONSTRAINT proposal_kind_check;
ALTER TABLE money_orders.proposal ADD CONSTRAINT proposal_kind_check
    CHECK (kind IN ('unlock', 'bring_home', 'courier_owes', 'valid'));

-- Let an order be paid without its PIN, by a doubt of the paying office that names it and that two
-- people call a payment; the order's office and payee, or nothing where it does not wait.
CREATE FUNCTION money_orders.set_paid_in_doubt(
    p_office_id uuid, p_doubt_id uuid, p_at timestamptz, OUT office_id uuid, OUT payee_key text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = money_orders, pg_temp AS $$
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
REVOKE ALL ON FUNCTION money_orders.set_paid_in_doubt(uuid, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION money_orders.set_paid_in_doubt(uuid, uuid, timestamptz) TO tannoi_app;
