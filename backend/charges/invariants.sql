-- name: collected_once_posted
-- Every charge that was collected has exactly one posting that pays it, of its amount.
SELECT c.office_id, c.id AS charge_id, c.state, c.amount_vnd, count(t.id) AS num_postings
FROM charges.charge c
LEFT JOIN charges.collection k ON k.office_id = c.office_id AND k.charge_id = c.id
    AND k.reversed_at IS NULL AND (k.outcome = 'applied' OR k.answer = 'applied')
LEFT JOIN ledger.transfer t ON t.office_id = k.office_id AND t.group_id = k.id
    AND t.code = 'charge.' || c.kind AND t.amount_vnd = c.amount_vnd AND t.reverses_id IS NULL
WHERE c.state IN ('collected', 'remitted')
GROUP BY c.office_id, c.id, c.state, c.amount_vnd
HAVING count(t.id) <> 1;

-- name: posted_once_collected
-- Every posting that pays a charge belongs to one that is collected, or was taken back.
SELECT t.office_id, t.id AS transfer_id, t.code, t.business_key
FROM ledger.transfer t
LEFT JOIN charges.collection k ON k.office_id = t.office_id AND k.id = t.group_id
LEFT JOIN charges.charge c ON c.office_id = k.office_id AND c.id = k.charge_id
WHERE t.code IN ('charge.fee', 'charge.postage', 'charge.bill', 'charge.tax', 'charge.order')
    AND (c.id IS NULL OR (c.state NOT IN ('collected', 'remitted') AND k.reversed_at IS NULL));

-- name: due_means_unpaid
-- A charge that is due or cancelled has no collection that still pays it.
SELECT c.office_id, c.id AS charge_id, c.state, k.id AS collection_id
FROM charges.charge c
JOIN charges.collection k ON k.office_id = c.office_id AND k.charge_id = c.id
    AND k.reversed_at IS NULL AND (k.outcome = 'applied' OR k.answer = 'applied')
WHERE c.state IN ('due', 'cancelled');

-- name: payables_are_not_yet_remitted
-- What the book owes to a payee is what was collected for it and not handed on.
SELECT coalesce(b.office_id, s.office_id) AS office_id, coalesce(b.kind, s.kind) AS kind,
    coalesce(b.owner_id, s.payee_id) AS payee_id, b.owed_vnd, s.collected_vnd
FROM (
    SELECT b.office_id, a.kind, a.owner_id, a.scheme, b.cp - b.dp AS owed_vnd
    FROM ledger.balance b
    JOIN ledger.account a ON a.office_id = b.office_id AND a.id = b.account_id
    WHERE a.kind IN ('fee_payable', 'biller_payable', 'tax_payable') AND b.cp <> b.dp) b
FULL JOIN (
    SELECT office_id, payee_id,
        CASE kind WHEN 'bill' THEN 'biller_payable' WHEN 'tax' THEN 'tax_payable'
            ELSE 'fee_payable' END AS kind,
        CASE kind WHEN 'order' THEN 'order' ELSE '' END AS scheme,
        sum(amount_vnd) AS collected_vnd
    FROM charges.charge
    WHERE state = 'collected' AND payee_id IS NOT NULL
    GROUP BY 1, 2, 3, 4) s
    ON s.office_id = b.office_id AND s.kind = b.kind AND s.payee_id = b.owner_id
    AND s.scheme = b.scheme
WHERE b.owed_vnd IS DISTINCT FROM s.collected_vnd;

-- name: batches_are_their_charges
-- A batch that stands is the sum of its charges, and what was remitted was posted.
SELECT b.office_id, b.id AS batch_id, b.state, b.amount_vnd, sum(c.amount_vnd) AS charges_vnd
FROM charges.batch b
LEFT JOIN charges.charge c ON c.office_id = b.office_id AND c.batch_id = b.id
LEFT JOIN ledger.transfer t ON t.office_id = b.office_id AND t.id = b.transfer_id
    AND t.code = 'remit.' || b.kind AND t.amount_vnd = b.amount_vnd
WHERE b.state <> 'dropped'
GROUP BY b.office_id, b.id, b.state, b.amount_vnd, t.id
HAVING sum(c.amount_vnd) IS DISTINCT FROM b.amount_vnd OR count(c.id) <> max(b.num_charges)
    OR (b.state = 'remitted' AND t.id IS NULL)
    OR count(*) FILTER (WHERE (b.state = 'remitted') <> (c.state = 'remitted')) > 0;

-- name: notices_are_booked
-- Money that a bank told of is booked exactly once, to a charge or in doubt.
SELECT n.office_id, n.id AS notice_id, n.outcome, n.amount_vnd, count(t.id) AS num_postings
FROM charges.notice n
LEFT JOIN charges.collection k ON k.office_id = n.office_id AND k.notice_id = n.id
LEFT JOIN ledger.transfer t ON t.office_id = k.office_id AND t.id = k.transfer_id
    AND t.amount_vnd = n.amount_vnd
GROUP BY n.office_id, n.id, n.outcome, n.amount_vnd
HAVING count(t.id) <> CASE n.outcome WHEN 'repeated' THEN 0 ELSE 1 END;

-- name: doubts_are_in_suspense
-- Money in doubt was booked against suspense, and its answer moved it once.
SELECT k.office_id, k.id AS collection_id, k.answer, count(t.id) AS num_postings
FROM charges.collection k
LEFT JOIN ledger.transfer t ON t.office_id = k.office_id AND t.group_id = k.id
    AND t.amount_vnd = k.amount_vnd
WHERE k.outcome = 'in_doubt'
GROUP BY k.office_id, k.id, k.answer
HAVING count(t.id) <> CASE WHEN k.answer IS NULL THEN 1 ELSE 2 END;

-- name: state_money_has_receipts
-- Money of the state has a receipt of its amount, which holds; in cash or told by a bank.
SELECT c.office_id, c.id AS charge_id, c.kind, k.receipt_id
FROM charges.charge c
JOIN charges.collection k ON k.office_id = c.office_id AND k.charge_id = c.id
    AND k.reversed_at IS NULL AND (k.outcome = 'applied' OR k.answer = 'applied')
LEFT JOIN receipts.receipt r ON r.office_id = k.office_id AND r.id = k.receipt_id
    AND r.amount_vnd = c.amount_vnd AND r.state = 'issued'
WHERE c.kind IN ('fee', 'tax', 'order') AND c.state IN ('collected', 'remitted') AND r.id IS NULL;
