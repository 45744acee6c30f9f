-- name: migrate-0021-up
-- What was asked of a second person may be refused too, also by whoever asked for it.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE money_orders.proposal ADD COLUMN is_refused boolean NOT NULL DEFAULT false;
ALTER TABLE money_orders.proposal DROP CONSTRAINT proposal_check;
ALTER TABLE money_orders.proposal
    ADD CONSTRAINT proposal_by_another CHECK (is_refused OR ended_by <> made_by),
    ADD CONSTRAINT proposal_refused CHECK (NOT is_refused OR ended_at IS NOT NULL);
GRANT UPDATE (is_refused) ON money_orders.proposal TO tannoi_app;
