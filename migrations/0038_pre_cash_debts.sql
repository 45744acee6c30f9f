-- name: migrate-0038-up
-- What was written off is the office's own loss, and does not eat what others paid too much; the
-- notes of a debt paid back are kept by denomination (L10).
SET LOCAL ROLE tannoi_owner;
ALTER TABLE ledger.account DROP CONSTRAINT account_kind_check;
ALTER TABLE ledger.account ADD CONSTRAINT account_kind_check CHECK (kind IN (
    'hand', 'drawer', 'vault', 'in_transit', 'bank', 'receivable',
    'agency_payable', 'biller_payable', 'tax_payable', 'fee_payable', 'order_payable',
    'clearing', 'suspense', 'postage_revenue', 'service_revenue', 'shortage', 'overage', 'loss'));
ALTER TABLE cash.count DROP CONSTRAINT count_subject_check;
ALTER TABLE cash.count ADD CONSTRAINT count_subject_check
    CHECK (subject IN ('shift', 'handover', 'drawer', 'debt', 'carriage'));
