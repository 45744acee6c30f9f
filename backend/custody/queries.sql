-- name: next_serial
-- The next number for an item's code.
SELECT nextval('custody.item_serial');

-- name: next_serials
-- The next numbers for items' codes.
SELECT nextval('custody.item_serial')
FROM generate_series(1, :num::int);

-- name: add_items
-- Items with their first holders, and the province-wide entries of their codes.
WITH entered AS (
    INSERT INTO custody.item_code (code, office_id, item_id)
    SELECT * FROM unnest(:codes::text[], :office_ids::uuid[], :ids::uuid[])
)
INSERT INTO custody.item (
    office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, made_at)
SELECT i.office_id, i.id, i.kind, i.code, i.seal_number, i.holder_kind, i.holder_id, 1, i.at
FROM unnest(
    :office_ids::uuid[], :ids::uuid[], :kinds::text[], :codes::text[], :seals::text[],
    :holder_kinds::text[], :holder_ids::uuid[], :ats::timestamptz[])
    AS i (office_id, id, kind, code, seal_number, holder_kind, holder_id, at);

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
SELECT office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, is_frozen,
    passed_op_id
FROM custody.item
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: find_item
-- The item as it stands.
SELECT office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, is_frozen,
    passed_op_id
FROM custody.item
WHERE office_id = :office_id AND id = :id;

-- name: list_held
-- Everything one party of an office holds.
SELECT office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, is_frozen,
    passed_op_id
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

-- name: add_links
-- Links of several chains.
INSERT INTO custody.handover (
    office_id, item_id, n, from_kind, from_id, to_kind, to_id, seal_number, is_seal_whole,
    occurred_at, received_at, op_id, by_staff_id, record_id, note)
SELECT * FROM unnest(
    :office_ids::uuid[], :item_ids::uuid[], :ns::int[], :from_kinds::text[], :from_ids::uuid[],
    :to_kinds::text[], :to_ids::uuid[], :seal_numbers::text[], :is_seal_wholes::boolean[],
    :occurred_ats::timestamptz[], :received_ats::timestamptz[], :op_ids::uuid[],
    :by_staff_ids::uuid[], :record_ids::uuid[], :notes::text[]);

-- name: lock_items
-- Items, locked in one order.
SELECT office_id, id, kind, code, seal_number, holder_kind, holder_id, num_handovers, is_frozen,
    passed_op_id
FROM custody.item
WHERE office_id = :office_id AND id = ANY (:ids::uuid[])
ORDER BY id
FOR UPDATE;

-- name: set_holders
-- The holders beside the last links of several chains.
UPDATE custody.item AS i
SET holder_kind = h.kind, holder_id = h.holder_id, num_handovers = h.n, seal_number = h.seal
FROM unnest(
    :ids::uuid[], :holder_kinds::text[], :holder_ids::uuid[], :nums::int[], :seals::text[])
    AS h (id, kind, holder_id, n, seal)
WHERE i.office_id = :office_id AND i.id = h.id;

-- name: set_frozen
-- Nothing moves a frozen item until a person has decided what is held about it.
UPDATE custody.item
SET is_frozen = :is_frozen
WHERE office_id = :office_id AND id = :id;

-- name: set_passed
-- Who holds them says to have handed these items on by a fact; NULL: no longer.
UPDATE custody.item
SET passed_op_id = :op_id
WHERE office_id = :office_id AND id = ANY (:ids::uuid[]);
