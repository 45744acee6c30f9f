-- name: next_serial
-- The next number for an item's code.
SELECT nextval('custody.item_serial');

-- name: add_item
-- An item with its first holder.
INSERT INTO custody.item (
    office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, made_at)
VALUES (:office_id, :id, :kind, :code, :seal_number, :holder_kind, :holder_id, 1, :at);

-- name: add_code
-- The province-wide entry of a code.
INSERT INTO custody.item_code (code, office_id, item_id) VALUES (:code, :office_id, :item_id);

-- name: add_link
-- One link of a chain.
INSERT INTO custody.handover (
    office_id, item_id, n, from_kind, from_id, to_kind, to_id, seal_number, is_seal_whole,
    occurred_at, received_at, op_id, by_staff_id, record_id, note)
VALUES (
    :office_id, :item_id, :n, :from_kind, :from_id, :to_kind, :to_id, :seal_number, :is_seal_whole,
    :occurred_at, :received_at, :op_id, :by_staff_id, :record_id, :note);

-- name: lock_item
-- The item, locked until the transaction ends.
SELECT office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, is_frozen
FROM custody.item
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: find_item
-- The item as it stands.
SELECT office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, is_frozen
FROM custody.item
WHERE office_id = :office_id AND id = :id;

-- name: list_held
-- Everything one party of an office holds.
SELECT office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, is_frozen
FROM custody.item
WHERE office_id = :office_id AND holder_kind = :holder_kind AND holder_id = :holder_id
ORDER BY code;

-- name: set_holder
-- The new holder beside the new link.
UPDATE custody.item
SET holder_kind = :holder_kind, holder_id = :holder_id, num_handovers = :n,
    seal_number = coalesce(:seal_number, seal_number)
WHERE office_id = :office_id AND id = :id;

-- name: list_chain
-- Every link of an item's chain, first to last.
SELECT n, from_kind, from_id, to_kind, to_id, seal_number, is_seal_whole, occurred_at, received_at,
    by_staff_id, record_id, note
FROM custody.handover
WHERE office_id = :office_id AND item_id = :item_id
ORDER BY n;

-- name: add_record
-- A signed record of handing over.
INSERT INTO custody.record (
    office_id, id, partner_id, direction, num_items, signed_at, signed_by_agency, signed_by_post,
    note)
VALUES (
    :office_id, :id, :partner_id, :direction, :num_items, :signed_at, :signed_by_agency,
    :signed_by_post, :note);
