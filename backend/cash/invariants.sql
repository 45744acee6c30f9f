-- name: differences_are_posted
-- Every difference stands in the book of money: as much, on its side, by the same two people (L10).
SELECT d.office_id, d.id AS difference_id, d.amount_vnd, t.amount_vnd AS posted_vnd, t.code
FROM cash.difference d
LEFT JOIN ledger.transfer t ON t.office_id = d.office_id AND t.id = d.transfer_id
WHERE t.id IS NULL OR t.amount_vnd <> abs(d.amount_vnd) OR t.approved_by <> d.approved_by
    OR t.created_by <> d.made_by
    OR t.code <> CASE WHEN d.amount_vnd < 0 THEN 'difference.short' ELSE 'difference.over' END;

-- name: posted_differences_are_kept
-- No difference was posted without its owner and its reason beside it.
SELECT t.office_id, t.id AS transfer_id, t.code, t.amount_vnd
FROM ledger.transfer t
LEFT JOIN cash.difference d ON d.office_id = t.office_id AND d.transfer_id = t.id
WHERE t.code IN ('difference.short', 'difference.over') AND d.id IS NULL;

-- name: handovers_follow_the_book
-- A hand-over is accepted, given up or waits as its pending transfer was, with its sum (L5).
SELECT h.office_id, h.id AS handover_id, h.state, r.phase, r.amount_vnd
FROM cash.handover h
LEFT JOIN ledger.transfer p ON p.office_id = h.office_id AND p.group_id = h.id
    AND p.phase = 'pending'
LEFT JOIN ledger.transfer r ON r.office_id = p.office_id AND r.pending_id = p.id
    AND r.phase IN ('post', 'void')
WHERE (h.state = 'accepted'
        AND (r.phase IS DISTINCT FROM 'post' OR r.amount_vnd <> h.answered_vnd))
    OR p.amount_vnd <> h.amount_vnd
    OR (h.state = 'pending' AND (p.id IS NULL OR r.id IS NOT NULL))
    OR (h.state = 'to_approve' AND p.id IS NOT NULL)
    OR (h.state = 'void' AND p.id IS NOT NULL AND r.phase IS DISTINCT FROM 'void');

-- name: closed_shifts_left_nothing
-- Who has no open shift has none of the office's cash.
SELECT a.office_id, a.owner_id AS courier_id, b.dp - b.cp AS amount_vnd
FROM ledger.account a
JOIN ledger.balance b ON b.office_id = a.office_id AND b.account_id = a.id
WHERE a.kind = 'hand' AND b.dp <> b.cp
    AND EXISTS (
        SELECT FROM cash.shift s
        WHERE s.office_id = a.office_id AND s.courier_id = a.owner_id AND s.state = 'closed')
    AND NOT EXISTS (
        SELECT FROM cash.shift s
        WHERE s.office_id = a.office_id AND s.courier_id = a.owner_id AND s.state <> 'closed')
    -- What came from charges at a door after the close waits for the next shift.
    AND NOT EXISTS (
        SELECT FROM ledger.transfer t
        WHERE t.office_id = a.office_id AND (t.debit_id = a.id OR t.credit_id = a.id)
            AND t.posted_at > (
                SELECT max(upper(s.during)) FROM cash.shift s
                WHERE s.office_id = a.office_id AND s.courier_id = a.owner_id));

-- name: one_open_day_after_closed
-- A drawer's day that is closed lies before the first open day of the book.
SELECT d.office_id, d.day, o.open_on
FROM cash.drawer_day d
LEFT JOIN ledger.open_day o ON o.office_id = d.office_id
LEFT JOIN LATERAL (
    SELECT true AS was FROM ledger.day_event e
    WHERE e.office_id = d.office_id AND e.kind = 'reopened' AND e.day <= d.day
    LIMIT 1
) r ON true
WHERE d.state = 'closed' AND r.was IS NULL AND (o.open_on IS NULL OR o.open_on <= d.day);

-- name: carriages_follow_the_book
-- Cash on its way is what each carrier has not brought yet, and a carriage that ended is whole.
SELECT coalesce(c.office_id, b.office_id) AS office_id, c.carrier_id, c.amount_vnd, b.left_vnd
FROM (
    SELECT office_id, carrier_id, sum(amount_vnd) AS amount_vnd
    FROM cash.carriage
    WHERE state = 'on_way'
    GROUP BY office_id, carrier_id) c
FULL JOIN (
    SELECT a.office_id, a.owner_id, b.dp - b.cp AS left_vnd
    FROM ledger.account a
    JOIN ledger.balance b ON b.office_id = a.office_id AND b.account_id = a.id
    WHERE a.kind = 'in_transit' AND b.dp <> b.cp) b
    ON b.office_id = c.office_id AND b.owner_id = c.carrier_id
WHERE c.amount_vnd IS DISTINCT FROM b.left_vnd
UNION ALL
SELECT c.office_id, c.carrier_id, c.amount_vnd, c.amount_vnd - sum(t.amount_vnd)
FROM cash.carriage c
LEFT JOIN ledger.transfer t ON t.office_id = c.office_id AND t.group_id = c.id
    AND t.code IN ('carry.in', 'carry.back', 'bank.deposit', 'difference.short')
WHERE c.state = 'ended'
GROUP BY c.office_id, c.id
HAVING sum(t.amount_vnd) IS DISTINCT FROM c.amount_vnd;
