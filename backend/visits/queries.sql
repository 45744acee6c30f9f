-- name: find_errand
-- What a citizen may know of their errand.
SELECT d.id, d.service, d.state, d.item_code, d.dossier_code, d.procedure_name, d.wanted_on,
    d.checklist, d.reclaims, d.fee_due_vnd, d.postage_due_vnd, d.instruction, d.num_attempts,
    o.name, o.phone
FROM dossiers.dossier AS d
JOIN network.office AS o ON o.id = d.office_id
WHERE d.office_id = :office_id AND d.id = :errand_id;

-- name: find_courier
-- Who comes: name, badge, and when their phone last spoke.
SELECT f.display_name, f.badge, (
    SELECT max(s.last_seen_at) FROM sync.stream AS s
    WHERE s.office_id = f.office_id AND s.staff_id = f.id)
FROM identity.staff AS f
WHERE f.office_id = :office_id AND f.id = :courier_id;

-- name: find_by_code
-- The last that was told of an item, by its code alone: what, when, and by which office.
SELECT e.code, e.occurred_at, o.name
FROM custody.item_code AS c
JOIN dossiers.dossier AS d ON d.office_id = c.office_id AND d.item_id = c.item_id
JOIN network.office AS o ON o.id = d.office_id
JOIN LATERAL (
    SELECT code, occurred_at FROM tracking.event
    WHERE office_id = d.office_id AND errand_id = d.id AND code <> 'invited'
    ORDER BY n DESC
    LIMIT 1
) AS e ON true
WHERE c.code = :code
ORDER BY d.made_at DESC
LIMIT 1;
