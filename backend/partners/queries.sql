-- name: try_lock
-- Hold an office's imports until the transaction ends; false when another one does.
SELECT pg_try_advisory_xact_lock(hashtextextended('partners.import:' || :office_id::uuid, 0));
