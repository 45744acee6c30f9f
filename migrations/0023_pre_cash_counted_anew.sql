-- name: migrate-0023-up
-- A shift whose cash was brought back and that received cash again is counted anew: counts up to
-- `past_n` belong to what was brought back before.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE cash.shift ADD COLUMN past_n integer NOT NULL DEFAULT 0 CHECK (past_n >= 0);
