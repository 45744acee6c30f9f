-- name: migrate-0024-up
-- Money of the state that a bank told of and that has no receipt yet is looked for every half
-- minute.
SET LOCAL ROLE tannoi_owner;
CREATE INDEX collection_unreceipted ON charges.collection (office_id, collected_on)
    WHERE method = 'qr' AND receipt_id IS NULL AND reversed_at IS NULL
        AND (outcome = 'applied' OR answer = 'applied');
