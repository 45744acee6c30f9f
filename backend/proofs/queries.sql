-- name: add_proofs
-- Pieces of evidence.
INSERT INTO proofs.proof (
    office_id, id, errand_id, op_id, kind, sha256, data, occurred_at, received_at)
SELECT * FROM unnest(
    :office_ids::uuid[], :ids::uuid[], :errand_ids::uuid[], :op_ids::uuid[], :kinds::text[],
    :hashes::bytea[], :data::jsonb[], :occurred::timestamptz[], :received::timestamptz[]);

-- name: list_proofs
-- The evidence of an errand, oldest first.
SELECT office_id, id, errand_id, op_id, kind, sha256, data, occurred_at, received_at
FROM proofs.proof
WHERE office_id = :office_id AND errand_id = :errand_id
ORDER BY occurred_at, id;

-- name: find_proof
-- One piece of evidence.
SELECT office_id, id, errand_id, op_id, kind, sha256, data, occurred_at, received_at
FROM proofs.proof
WHERE office_id = :office_id AND id = :id;

-- name: add_blob
-- A picture that lies whole in the folder; a repeat changes nothing.
INSERT INTO proofs.blob (office_id, sha256, size, media_type, stored_at, by_staff_id)
VALUES (:office_id, :sha256, :size, :media_type, :stored_at, :by_staff_id)
ON CONFLICT (office_id, sha256) DO NOTHING;

-- name: find_blob
-- What is known of a picture.
SELECT sha256, size, media_type, stored_at, by_staff_id
FROM proofs.blob
WHERE office_id = :office_id AND sha256 = :sha256;

-- name: find_blob_by_ref
-- The picture whose hash begins with these 16 bytes: the name it has in a phone's feed.
SELECT sha256, size, media_type, stored_at, by_staff_id
FROM proofs.blob
WHERE office_id = :office_id AND sha256 BETWEEN :first AND :last
ORDER BY sha256
LIMIT 1;

-- name: begin_upload
-- A picture is on its way from a phone; one that already is stays as it is.
INSERT INTO proofs.upload (office_id, device_id, sha256, length, seal_eph, seal_iv, begun_at)
VALUES (:office_id, :device_id, :sha256, :length, :seal_eph, :seal_iv, :now)
ON CONFLICT (office_id, device_id, sha256) DO NOTHING;

-- name: find_upload
-- How far a picture has come.
SELECT sha256, length, received, seal_eph, seal_iv, begun_at
FROM proofs.upload
WHERE office_id = :office_id AND device_id = :device_id AND sha256 = :sha256;

-- name: lock_upload
-- How far a picture has come, locked: one chunk at a time.
SELECT sha256, length, received, seal_eph, seal_iv, begun_at
FROM proofs.upload
WHERE office_id = :office_id AND device_id = :device_id AND sha256 = :sha256
FOR UPDATE;

-- name: set_received
-- A chunk more lies in the folder.
UPDATE proofs.upload
SET received = :received
WHERE office_id = :office_id AND device_id = :device_id AND sha256 = :sha256;

-- name: drop_upload
-- The picture has come whole, or begins anew.
DELETE FROM proofs.upload
WHERE office_id = :office_id AND device_id = :device_id AND sha256 = :sha256;

-- name: drop_old_uploads
-- What a phone began long ago, or too much of, and never ended.
DELETE FROM proofs.upload AS u
WHERE u.office_id = :office_id AND u.device_id = :device_id AND (u.begun_at < :before
    OR u.sha256 IN (
        SELECT o.sha256
        FROM proofs.upload AS o
        WHERE o.office_id = :office_id AND o.device_id = :device_id
        ORDER BY o.begun_at DESC, o.sha256
        OFFSET :num_max))
RETURNING u.sha256;

-- name: name_pictures
-- The pictures that facts of one stream name; one that lies here already is stored at once.
INSERT INTO proofs.named (
    office_id, stream_id, seq, sha256, op_id, device_id, staff_id, named_at, is_aside, stored_at)
SELECT :office_id, :stream_id, n.seq, n.sha256, n.op_id, :device_id, :staff_id, :named_at,
    :is_aside, b.stored_at
FROM unnest(:seqs::bigint[], :op_ids::uuid[], :hashes::bytea[]) AS n (seq, op_id, sha256)
LEFT JOIN proofs.blob AS b ON b.office_id = :office_id AND b.sha256 = n.sha256
ON CONFLICT DO NOTHING;

-- name: note_stored
-- A picture has come for every fact that names it.
UPDATE proofs.named
SET stored_at = :stored_at
WHERE office_id = :office_id AND sha256 = :sha256 AND stored_at IS NULL;

-- name: is_named
-- Whether a fact of this phone names the picture.
SELECT EXISTS (
    SELECT FROM proofs.named
    WHERE office_id = :office_id AND sha256 = :sha256 AND device_id = :device_id);

-- name: note_let_go
-- The phone has forgotten its copies before the time; what it says again changes nothing.
UPDATE proofs.named
SET let_go_at = :now
WHERE office_id = :office_id AND device_id = :device_id AND sha256 = ANY (:hashes::bytea[])
    AND let_go_at IS NULL;

-- name: look_at_missing
-- Somebody has seen that a picture will not come; no row where it came or somebody was first.
UPDATE proofs.named AS n
SET looked_at = :now, looked_by_id = :by, note = :note
WHERE n.office_id = :office_id AND n.op_id = :op_id AND n.sha256 = :sha256
    AND n.stored_at IS NULL AND n.looked_at IS NULL;
