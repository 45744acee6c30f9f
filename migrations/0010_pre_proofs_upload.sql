-- name: migrate-0010-up
-- Each phone sends a picture by itself: what one sends cannot spoil what another does.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE proofs.upload
    DROP CONSTRAINT upload_pkey,
    ADD PRIMARY KEY (office_id, device_id, sha256);
DROP INDEX proofs.upload_device;
