-- name: add_proof
-- One piece of evidence.
INSERT INTO proofs.proof (
    office_id, id, errand_id, op_id, kind, sha256, data, occurred_at, received_at)
VALUES (
    :office_id, :id, :errand_id, :op_id, :kind, :sha256, :data, :occurred_at, :received_at);

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
