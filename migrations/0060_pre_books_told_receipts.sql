-- name: migrate-0060-up
-- The number that a phone wrote for money in doubt: the citizen holds it, so it is issued or void.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE charges.collection
    ADD COLUMN receipt_block_id uuid,
    ADD COLUMN receipt_number integer,
    ADD CONSTRAINT collection_receipt_told
        CHECK ((receipt_block_id IS NULL) = (receipt_number IS NULL));

-- A charge taken back and collected again has another last day, and its alarms once more.
ALTER TABLE charges.alarm
    DROP CONSTRAINT alarm_pkey,
    ADD CONSTRAINT alarm_pkey PRIMARY KEY (office_id, charge_id, kind, remit_by);
