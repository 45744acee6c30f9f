-- name: migrate-0040-up
-- An agency's money for its list is booked by two people: one has the bank's notice, another looks.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE payouts.proposal DROP CONSTRAINT proposal_kind_check;
ALTER TABLE payouts.proposal ADD CONSTRAINT proposal_kind_check
    CHECK (kind IN ('correct', 'settle', 'refund', 'export', 'fund'));
ALTER TABLE payouts.proposal ADD CONSTRAINT proposal_fund_amount
    CHECK (kind <> 'fund' OR detail ~ '^[1-9][0-9]{0,13}$');
CREATE UNIQUE INDEX proposal_fund_open ON payouts.proposal (office_id, subject_id)
    WHERE kind = 'fund' AND decided_at IS NULL;
