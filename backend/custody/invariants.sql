-- name: one_holder
-- Every item is with exactly one holder: the taker of its last handover.
SELECT i.office_id, i.id AS item_id, i.code, i.holder_kind, i.holder_id, h.to_kind, h.to_id
FROM custody.item i
LEFT JOIN custody.handover h
    ON h.office_id = i.office_id AND h.item_id = i.id AND h.n = i.num_handovers
WHERE h.n IS NULL OR (h.to_kind, h.to_id) <> (i.holder_kind, i.holder_id);

-- name: chain_without_gap
-- The handovers of an item are numbered 1, 2, 3… without a gap, as many as the item counts.
SELECT i.office_id, i.id AS item_id, i.code, i.num_handovers, count(h.n) AS num_links
FROM custody.item i
LEFT JOIN custody.handover h ON h.office_id = i.office_id AND h.item_id = i.id
GROUP BY i.office_id, i.id, i.code, i.num_handovers
HAVING count(h.n) <> i.num_handovers OR coalesce(max(h.n), 0) <> i.num_handovers;

-- name: chain_joined
-- Each handover is given by the one who took it in the handover before.
SELECT office_id, item_id, n, from_kind, from_id, held_kind, held_id
FROM (
    SELECT office_id, item_id, n, from_kind, from_id,
        lag(to_kind) OVER chain AS held_kind, lag(to_id) OVER chain AS held_id
    FROM custody.handover
    WINDOW chain AS (PARTITION BY office_id, item_id ORDER BY n)
) h
WHERE n > 1 AND (from_kind, from_id) IS DISTINCT FROM (held_kind, held_id);

-- name: one_handover_per_op
-- No fact of a courier moved the same item twice.
SELECT office_id, item_id, op_id, count(*) AS num_links
FROM custody.handover
WHERE op_id IS NOT NULL AND n > 1
GROUP BY office_id, item_id, op_id
HAVING count(*) > 1;

-- name: codes_known
-- Every item's code is entered once for the whole province, for that item.
SELECT i.office_id, i.id AS item_id, i.code
FROM custody.item i
LEFT JOIN custody.item_code c
    ON c.code = i.code AND c.office_id = i.office_id AND c.item_id = i.id
WHERE c.code IS NULL;

-- name: records_complete
-- Every signed record of handing over counts as many items as were handed over under it.
SELECT r.office_id, r.id AS record_id, r.num_items, count(h.item_id) AS num_handed_over
FROM custody.record r
LEFT JOIN custody.handover h ON h.office_id = r.office_id AND h.record_id = r.id
GROUP BY r.office_id, r.id, r.num_items
HAVING count(h.item_id) <> r.num_items;
