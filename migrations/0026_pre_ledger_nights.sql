-- name: migrate-0026-up
-- Each night every rule of every room is asked of the live books (L12), and what broke is kept.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE ledger.night (
    day date PRIMARY KEY,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz,
    num_rules integer NOT NULL DEFAULT 0 CHECK (num_rules >= 0),
    -- "room.rule: number of rows", or why it could not be asked.
    broken text[] NOT NULL DEFAULT '{}'
);
GRANT SELECT, INSERT (day, begun_at), UPDATE (begun_at, ended_at, num_rules, broken)
    ON ledger.night TO tannoi_app;
