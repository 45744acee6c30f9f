-- name: migrate-0063-up
-- Much cash of one person on one day is reported of each person and day: an order taken and paid in
-- one office has two of them, perhaps on two days. The law names fields of a payee too, which a
-- sender does not know: they are asked when the notes are paid out.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE money_orders.flag DROP CONSTRAINT flag_office_id_kind_order_id_key;
ALTER TABLE money_orders.flag ADD CONSTRAINT flag_once
    UNIQUE (office_id, kind, order_id, person_key, on_day);

-- Who was paid, with what the law names of a large sum: the paying office's own report needs it and
-- cannot look into the order of another. Null below the threshold.
ALTER TABLE money_orders.settlement ADD COLUMN payee_sealed bytea;

-- What a payee said at a door when the office was asked, before any note changed hands. The fact
-- that follows is kept for ever and bears none of it.
CREATE TABLE money_orders.payee_said (
    office_id uuid NOT NULL,
    order_id uuid NOT NULL,
    sealed bytea NOT NULL,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (office_id, order_id)
);
GRANT SELECT, INSERT ON money_orders.payee_said TO tannoi_app;
GRANT UPDATE (sealed, by_id, at) ON money_orders.payee_said TO tannoi_app;
SELECT kit.wall('money_orders.payee_said');

-- What one person handed in on a day in all offices, without what they were paid: a sum alone.
CREATE FUNCTION money_orders.sum_sent(p_person_key text, p_day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = money_orders, pg_temp AS $$
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
REVOKE ALL ON FUNCTION money_orders.sum_sent(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION money_orders.sum_sent(text, date) TO tannoi_app;
