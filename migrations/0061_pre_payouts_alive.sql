-- name: migrate-0061-up
-- A delta list may say that somebody whom a courier told dead is alive: a proxy is paid again.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE payouts.change
    DROP CONSTRAINT change_kind_check,
    ADD CONSTRAINT change_kind_check
        CHECK (kind IN ('stopped', 'moved', 'deceased', 'alive'));
