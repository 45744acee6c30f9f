-- name: add_range
-- Numbers allotted to an office; none that another has.
INSERT INTO receipts.range (office_id, id, kind, form, template, symbol, year, first_number,
    last_number, next_number, face_value_vnd, delegator_name, delegator_tax_code, allotted_by,
    allotted_at)
VALUES (:office_id, :id, :kind, :form, :template, :symbol, :year, :first_number, :last_number,
    :first_number, :face_value_vnd, :delegator_name, :delegator_tax_code, :allotted_by,
    :allotted_at);

-- name: list_ranges
-- The ranges of an office, the newest year first, in the order in which they are used.
SELECT office_id, id, kind, form, template, symbol, year, first_number, last_number, next_number,
    face_value_vnd, delegator_name, delegator_tax_code, allotted_by, allotted_at
FROM receipts.range
WHERE office_id = :office_id
ORDER BY year DESC, kind, template, symbol, first_number;

-- name: lock_range
-- The range from which numbers are lent next, locked.
SELECT office_id, id, kind, form, template, symbol, year, first_number, last_number, next_number,
    face_value_vnd, delegator_name, delegator_tax_code, allotted_by, allotted_at
FROM receipts.range
WHERE office_id = :office_id AND kind = :kind AND year = :year AND next_number <= last_number
    AND form = :form AND face_value_vnd IS NULL
ORDER BY template, symbol, first_number
LIMIT 1
FOR UPDATE;

-- name: move_range
-- The next number that no block has.
UPDATE receipts.range
SET next_number = :next_number
WHERE office_id = :office_id AND id = :id;

-- name: add_block
-- Numbers lent.
INSERT INTO receipts.block (office_id, id, range_id, device_id, staff_id, first_number,
    last_number, next_number, leased_at)
VALUES (:office_id, :id, :range_id, :device_id, :staff_id, :first_number, :last_number,
    :first_number, :leased_at);

-- name: lock_block
-- A block with what its range says, locked.
SELECT b.office_id, b.id, b.range_id, r.kind, r.form, r.template, r.symbol, r.year,
    r.face_value_vnd, b.device_id, b.staff_id, b.first_number, b.last_number, b.next_number,
    b.leased_at, b.returned_at
FROM receipts.block b
JOIN receipts.range r ON r.office_id = b.office_id AND r.id = b.range_id
WHERE b.office_id = :office_id AND b.id = :id
FOR UPDATE OF b;

-- name: lock_open_block
-- The desk's or a phone's block of a kind and year that has numbers left, the oldest, locked.
SELECT b.office_id, b.id, b.range_id, r.kind, r.form, r.template, r.symbol, r.year,
    r.face_value_vnd, b.device_id, b.staff_id, b.first_number, b.last_number, b.next_number,
    b.leased_at, b.returned_at
FROM receipts.block b
JOIN receipts.range r ON r.office_id = b.office_id AND r.id = b.range_id
WHERE b.office_id = :office_id AND r.kind = :kind AND r.year = :year
    AND b.device_id IS NOT DISTINCT FROM :device_id::uuid
    AND b.returned_at IS NULL AND b.next_number <= b.last_number
ORDER BY b.leased_at, b.first_number
LIMIT 1
FOR UPDATE OF b;

-- name: list_blocks
-- Blocks of an office, of one phone where one is named, the open ones first.
SELECT b.office_id, b.id, b.range_id, r.kind, r.form, r.template, r.symbol, r.year,
    r.face_value_vnd, b.device_id, b.staff_id, b.first_number, b.last_number, b.next_number,
    b.leased_at, b.returned_at
FROM receipts.block b
JOIN receipts.range r ON r.office_id = b.office_id AND r.id = b.range_id
WHERE b.office_id = :office_id AND (:device_id::uuid IS NULL OR b.device_id = :device_id)
    AND r.year = :year
ORDER BY b.returned_at NULLS FIRST, r.kind, r.symbol, b.first_number;

-- name: move_block
-- The next number of a block.
UPDATE receipts.block
SET next_number = greatest(next_number, :next_number)
WHERE office_id = :office_id AND id = :id;

-- name: return_blocks
-- Blocks given back; what is unused in them is not lent again.
UPDATE receipts.block
SET returned_at = :at
WHERE office_id = :office_id AND id = ANY (:ids::uuid[]) AND returned_at IS NULL
RETURNING id;

-- name: list_gaps
-- Numbers below a block's next one that nobody told of.
SELECT g.number
FROM receipts.block b
CROSS JOIN LATERAL generate_series(b.first_number, b.next_number - 1) AS g (number)
WHERE b.office_id = :office_id AND b.id = :id
    AND NOT EXISTS (
        SELECT FROM receipts.receipt r
        WHERE r.office_id = b.office_id AND r.range_id = b.range_id AND r.number = g.number)
ORDER BY g.number;

-- name: add_receipt
-- A number used; nothing when it was used before.
INSERT INTO receipts.receipt (office_id, id, range_id, block_id, number, subject_id, payer_name,
    payer_tax_code, items, amount_vnd, occurred_at, issued_on, received_at, issued_by, device_id,
    op_id, check_code, state, void_reason, voided_at, voided_by, void_approved_by)
VALUES (:office_id, :id, :range_id, :block_id, :number, :subject_id, :payer_name,
    :payer_tax_code, :items, :amount_vnd, :occurred_at, :issued_on, :received_at, :issued_by,
    :device_id, :op_id, :check_code, :state, :void_reason, :voided_at, :voided_by,
    :void_approved_by)
ON CONFLICT (office_id, range_id, number) DO NOTHING;

-- name: find_receipt
-- One receipt.
SELECT c.office_id, c.id, c.range_id, c.block_id, r.kind, r.template, r.symbol, c.number,
    c.subject_id, c.payer_name, c.payer_tax_code, c.items, c.amount_vnd, c.occurred_at,
    c.issued_on, c.received_at, c.issued_by, c.device_id, c.op_id, c.check_code, c.state,
    c.void_reason, c.voided_at, c.voided_by, c.void_approved_by, r.delegator_name,
    r.delegator_tax_code
FROM receipts.receipt c
JOIN receipts.range r ON r.office_id = c.office_id AND r.id = c.range_id
WHERE c.office_id = :office_id AND c.id = :id;

-- name: find_checked
-- The receipt that a check code belongs to, whatever its office.
SELECT c.office_id, c.id, c.range_id, c.block_id, r.kind, r.template, r.symbol, c.number,
    c.subject_id, c.payer_name, c.payer_tax_code, c.items, c.amount_vnd, c.occurred_at,
    c.issued_on, c.received_at, c.issued_by, c.device_id, c.op_id, c.check_code, c.state,
    c.void_reason, c.voided_at, c.voided_by, c.void_approved_by, r.delegator_name,
    r.delegator_tax_code
FROM receipts.receipt c
JOIN receipts.range r ON r.office_id = c.office_id AND r.id = c.range_id
WHERE c.check_code = :check_code;

-- name: list_used
-- Numbers used on some days, in their order.
SELECT c.office_id, c.id, c.range_id, c.block_id, r.kind, r.template, r.symbol, c.number,
    c.subject_id, c.payer_name, c.payer_tax_code, c.items, c.amount_vnd, c.occurred_at,
    c.issued_on, c.received_at, c.issued_by, c.device_id, c.op_id, c.check_code, c.state,
    c.void_reason, c.voided_at, c.voided_by, c.void_approved_by, r.delegator_name,
    r.delegator_tax_code
FROM receipts.receipt c
JOIN receipts.range r ON r.office_id = c.office_id AND r.id = c.range_id
WHERE c.office_id = :office_id AND c.issued_on BETWEEN :from_day AND :to_day
ORDER BY r.template, r.symbol, c.number
LIMIT :limit;

-- name: void_receipt
-- A receipt that no longer holds; it stays.
UPDATE receipts.receipt
SET state = 'void', void_reason = :reason, voided_at = :at, voided_by = :by,
    void_approved_by = :approved_by
WHERE office_id = :office_id AND id = :id AND state = 'issued'
RETURNING id;

-- name: list_use
-- What became of each range in a quarter (05/UNT): numbers, and the money written on them.
SELECT r.template, r.symbol, r.kind, r.first_number, r.last_number,
    (CASE WHEN r.allotted_on < :from_day THEN r.num - coalesce(u.num_before, 0)
        - coalesce(b.num_before, 0) ELSE 0 END)::bigint,
    (CASE WHEN r.allotted_on < :from_day THEN 0 ELSE r.num END)::bigint,
    coalesce(u.num_used, 0)::bigint, coalesce(u.num_void, 0)::bigint,
    coalesce(b.num_back, 0)::bigint, coalesce(u.amount_vnd, 0)::bigint
FROM (
    SELECT *, (allotted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS allotted_on,
        last_number - first_number + 1 AS num
    FROM receipts.range
    WHERE office_id = :office_id) r
LEFT JOIN (
    SELECT range_id, count(*) FILTER (WHERE issued_on < :from_day) AS num_before,
        count(*) FILTER (WHERE state = 'issued' AND issued_on >= :from_day) AS num_used,
        count(*) FILTER (WHERE state = 'void' AND issued_on >= :from_day) AS num_void,
        sum(amount_vnd) FILTER (WHERE state = 'issued' AND issued_on >= :from_day) AS amount_vnd
    FROM receipts.receipt
    WHERE office_id = :office_id AND issued_on <= :to_day
    GROUP BY range_id) u ON u.range_id = r.id
LEFT JOIN (
    SELECT range_id,
        sum(left_over) FILTER (WHERE returned_on < :from_day) AS num_before,
        sum(left_over) FILTER (WHERE returned_on >= :from_day) AS num_back
    FROM (
        SELECT b.range_id, (b.returned_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS returned_on,
            b.last_number - b.first_number + 1 - (
                SELECT count(*) FROM receipts.receipt c
                WHERE c.office_id = b.office_id AND c.block_id = b.id) AS left_over
        FROM receipts.block b
        WHERE b.office_id = :office_id AND b.returned_at IS NOT NULL) x
    WHERE returned_on <= :to_day
    GROUP BY range_id) b ON b.range_id = r.id
WHERE r.allotted_on <= :to_day AND r.year = :year
ORDER BY r.template, r.symbol, r.first_number;
