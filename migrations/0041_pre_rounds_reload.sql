-- name: migrate-0041-up
-- Before this stop the courier calls at the office and is given more cash: the limit allows no more
-- at once.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE rounds.stop ADD COLUMN reload_at timestamptz;
ALTER TABLE rounds.stop ADD COLUMN reload_cash_vnd bigint
    CHECK (reload_cash_vnd BETWEEN 0 AND 50000000000);
ALTER TABLE rounds.stop ADD CONSTRAINT stop_reload
    CHECK ((reload_at IS NULL) = (reload_cash_vnd IS NULL));
