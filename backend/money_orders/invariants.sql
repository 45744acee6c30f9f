-- name: taken_once_posted
-- Every order that was taken was posted once with its amount, and its fee once.
SELECT o.office_id, o.id AS order_id, o.state, count(t.id) AS num_taken, count(f.id) AS num_fees
FROM money_orders.money_order o
LEFT JOIN ledger.transfer t ON t.office_id = o.office_id AND t.code = 'order.take'
    AND t.business_key = o.id::text AND t.amount_vnd = o.amount_vnd
LEFT JOIN ledger.transfer f ON f.office_id = o.office_id AND f.code = 'order.fee'
    AND f.business_key = o.id::text AND f.amount_vnd = o.fee_vnd
GROUP BY o.office_id, o.id, o.state, o.fee_vnd
HAVING (count(t.id) <> CASE WHEN o.state IN ('taken', 'paid', 'refunded') THEN 1 ELSE 0 END)
    OR (count(f.id) <> CASE WHEN o.fee_vnd > 0 AND o.state IN ('taken', 'paid', 'refunded')
        THEN 1 ELSE 0 END);

-- name: settled_once_posted
-- Every order that was paid or given back has one settlement, posted once with its amount.
SELECT o.office_id, o.id AS order_id, o.state, s.kind, count(t.id) AS num_postings
FROM money_orders.money_order o
LEFT JOIN money_orders.settlement s ON s.order_id = o.id AND s.amount_vnd = o.amount_vnd
    AND s.kind = o.state AND s.office_id = o.settled_office_id
LEFT JOIN ledger.transfer t ON t.office_id = s.office_id AND t.id = s.transfer_id
    AND t.code = 'order.settle' AND t.amount_vnd = o.amount_vnd
GROUP BY o.office_id, o.id, o.state, s.kind
HAVING count(t.id) <> CASE WHEN o.state IN ('paid', 'refunded') THEN 1 ELSE 0 END;

-- name: clearing_is_not_yet_settled
-- Over all offices, what is on its way is what was taken and not settled.
SELECT b.owed_vnd, o.taken_vnd
FROM (
    SELECT coalesce(sum(b.cp - b.dp), 0) AS owed_vnd
    FROM ledger.balance b
    JOIN ledger.account a ON a.office_id = b.office_id AND a.id = b.account_id
    WHERE a.kind = 'clearing') b
CROSS JOIN (
    SELECT coalesce(sum(amount_vnd), 0) AS taken_vnd
    FROM money_orders.money_order
    WHERE state = 'taken') o
WHERE b.owed_vnd <> o.taken_vnd;

-- name: three_wrong_pins_lock
-- An order with three wrong PINs is locked, and a locked one was not paid while it was.
SELECT office_id, id AS order_id, num_wrong, locked_at
FROM money_orders.money_order
WHERE (num_wrong >= 3) <> (locked_at IS NOT NULL);

-- name: doubts_are_in_suspense
-- Notes in doubt were booked against suspense, if their hand had them, and left it once.
SELECT d.office_id, d.id AS doubt_id, d.answered_at, d.transfer_id, count(t.id) AS num_postings
FROM money_orders.doubt d
LEFT JOIN ledger.transfer t ON t.office_id = d.office_id AND t.group_id = d.id
    AND t.amount_vnd = d.amount_vnd
GROUP BY d.office_id, d.id, d.answered_at, d.transfer_id
HAVING count(t.id) <> CASE WHEN d.answered_at IS NOT NULL THEN 2
    WHEN d.transfer_id IS NULL THEN 0 ELSE 1 END;
