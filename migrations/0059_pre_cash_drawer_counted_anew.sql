-- name: migrate-0059-up
-- A drawer whose day was opened again is counted anew by both sides: counts up to `past_n` belong
-- to the day as it was closed.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE cash.drawer_day ADD COLUMN past_n integer NOT NULL DEFAULT 0 CHECK (past_n >= 0);
GRANT UPDATE (past_n) ON cash.drawer_day TO tannoi_app;
