-- name: migrate-0069-up
-- A number that two people let be void says so: who asked and who allowed it.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE receipts.receipt
    ADD COLUMN void_approved_by uuid,
    ADD CONSTRAINT receipt_void_by_two
        CHECK (void_approved_by IS NULL OR (state = 'void' AND void_approved_by <> voided_by));
GRANT UPDATE (void_approved_by) ON receipts.receipt TO tannoi_app;
