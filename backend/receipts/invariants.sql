-- name: numbers_in_their_blocks
-- Every receipt has a number of its block, written in the year of its range.
SELECT c.office_id, c.id AS receipt_id, c.number, b.first_number, b.last_number, c.issued_on
FROM receipts.receipt c
LEFT JOIN receipts.block b ON b.office_id = c.office_id AND b.id = c.block_id
LEFT JOIN receipts.range r ON r.office_id = c.office_id AND r.id = c.range_id
WHERE b.id IS NULL OR r.id IS NULL OR b.range_id <> c.range_id
    OR c.number NOT BETWEEN b.first_number AND b.last_number
    OR (c.state = 'issued' AND extract(year FROM c.issued_on) <> r.year)
    OR b.next_number <= c.number;

-- name: blocks_in_their_ranges
-- Every block lies below the next number of its range, and within the range.
SELECT b.office_id, b.id AS block_id, b.first_number, b.last_number, r.first_number AS range_first,
    r.next_number
FROM receipts.block b
JOIN receipts.range r ON r.office_id = b.office_id AND r.id = b.range_id
WHERE b.first_number < r.first_number OR b.last_number >= r.next_number;

-- name: amounts_are_their_lines
-- A receipt's amount is the sum of its lines.
SELECT office_id, id AS receipt_id, amount_vnd, items
FROM receipts.receipt
WHERE amount_vnd <> coalesce((
    SELECT sum((item->>'amount_vnd')::bigint) FROM jsonb_array_elements(items) AS item), 0);

-- name: no_paper_from_2027
-- No receipt on paper is dated 2027 or later (Decree 254/2026).
SELECT c.office_id, c.id AS receipt_id, c.issued_on
FROM receipts.receipt c
JOIN receipts.range r ON r.office_id = c.office_id AND r.id = c.range_id
WHERE r.form = 'paper' AND c.state = 'issued' AND c.issued_on >= DATE '2027-01-01';
