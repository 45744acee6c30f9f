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
