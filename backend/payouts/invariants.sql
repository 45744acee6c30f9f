-- name: paid_payouts_are_posted
-- Every paid payout has one payment that counts, posted once for its amount under its key.
SELECT p.office_id, p.id AS payout_id, p.amount_vnd, y.id AS payment_id, t.amount_vnd AS posted_vnd
FROM payouts.payout p
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
LEFT JOIN payouts.payment y ON y.office_id = p.office_id AND y.payout_id = p.id
    AND y.reversal_id IS NULL
LEFT JOIN ledger.transfer t ON t.office_id = y.office_id AND t.id = y.transfer_id
WHERE p.state = 'paid' AND (
    y.id IS NULL OR t.id IS NULL OR t.amount_vnd <> p.amount_vnd OR y.amount_vnd <> p.amount_vnd
    OR t.code <> 'payout.' || l.scheme
    OR t.business_key IS DISTINCT FROM concat_ws(':', p.period, nullif(l.reference, ''),
        p.person_key, CASE WHEN p.generation > 1 THEN 'g' || p.generation END)
    OR EXISTS (SELECT FROM ledger.transfer r
        WHERE r.office_id = t.office_id AND r.reverses_id = t.id));

-- name: payments_count_for_paid_payouts
-- A payment that counts stands for a paid payout; one taken back has its reversal in the ledger.
SELECT y.office_id, y.id AS payment_id, p.state, y.reversal_id
FROM payouts.payment y
JOIN payouts.payout p ON p.office_id = y.office_id AND p.id = y.payout_id
LEFT JOIN ledger.transfer r ON r.office_id = y.office_id AND r.id = y.reversal_id
WHERE (y.reversal_id IS NULL AND p.state <> 'paid')
    OR (y.reversal_id IS NOT NULL AND r.reverses_id IS DISTINCT FROM y.transfer_id);

-- name: posted_payouts_have_payments
-- Every payout in the ledger has its payment here, and every amount in doubt its doubt.
SELECT t.office_id, t.id AS transfer_id, t.code, t.amount_vnd
FROM ledger.transfer t
WHERE (t.code IN (SELECT 'payout.' || s.code FROM payouts.scheme s) AND NOT EXISTS (
        SELECT FROM payouts.payment y
        WHERE y.office_id = t.office_id AND y.transfer_id = t.id
            AND y.amount_vnd = t.amount_vnd))
    OR (t.code = 'payout.in_doubt' AND NOT EXISTS (
        SELECT FROM payouts.doubt d
        WHERE d.office_id = t.office_id AND d.transfer_id = t.id
            AND d.amount_vnd = t.amount_vnd));

-- name: doubts_are_posted
-- A doubt's notes stand in the ledger, and what settled it moved the same amount.
SELECT d.office_id, d.id AS doubt_id, d.amount_vnd, t.amount_vnd AS posted_vnd, d.settled_as,
    s.amount_vnd AS settled_vnd
FROM payouts.doubt d
LEFT JOIN ledger.transfer t ON t.office_id = d.office_id AND t.id = d.transfer_id
LEFT JOIN ledger.transfer s ON s.office_id = d.office_id AND s.id = d.settlement_id
WHERE (d.transfer_id IS NOT NULL
        AND (t.amount_vnd IS DISTINCT FROM d.amount_vnd OR t.code <> 'payout.in_doubt'))
    OR (d.settled_at IS NOT NULL
        AND (d.transfer_id IS NULL OR s.amount_vnd IS DISTINCT FROM d.amount_vnd));

-- name: lists_are_balanced
-- The rows of an approved list come to its total, and its money covers them to the đồng.
SELECT l.office_id, l.id AS list_id, l.total_vnd, r.rows_vnd, r.carried_vnd, f.funded_vnd
FROM payouts.list l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.amount_vnd), 0) AS rows_vnd,
        coalesce(sum(p.amount_vnd) FILTER (WHERE p.carried_from IS NOT NULL), 0) AS carried_vnd
    FROM payouts.payout p WHERE p.office_id = l.office_id AND p.list_id = l.id) r
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.amount_vnd), 0) AS funded_vnd
    FROM payouts.funding f
    JOIN ledger.transfer t ON t.office_id = f.office_id AND t.id = f.transfer_id
        AND t.amount_vnd = f.amount_vnd AND t.code = 'fund.' || l.scheme
    WHERE f.office_id = l.office_id AND f.list_id = l.id AND f.reversal_id IS NULL) f
WHERE l.state IN ('approved', 'closed')
    AND (r.rows_vnd <> l.total_vnd OR f.funded_vnd + r.carried_vnd <> l.total_vnd);

-- name: lists_have_two_people
-- Whoever made a list did not approve it.
SELECT office_id, id AS list_id, made_by, approved_by
FROM payouts.list
WHERE state IN ('approved', 'closed') AND (approved_by IS NULL OR approved_by = made_by);

-- name: closed_lists_are_settled
-- A closed list has nothing unpaid; what it did not pay or carry over went back to its agency.
SELECT l.office_id, l.id AS list_id, r.unpaid_vnd, r.back_vnd, g.amount_vnd AS given_back_vnd,
    g.posted_vnd
FROM payouts.list l
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE p.state = 'unpaid') AS unpaid_vnd,
        coalesce(sum(p.amount_vnd) FILTER (
            WHERE p.state IN ('returned', 'stopped', 'moved')), 0) AS back_vnd
    FROM payouts.payout p WHERE p.office_id = l.office_id AND p.list_id = l.id) r
CROSS JOIN LATERAL (
    SELECT coalesce(sum(b.amount_vnd), 0) AS amount_vnd,
        coalesce(sum(t.amount_vnd), 0) AS posted_vnd
    FROM payouts.give_back b
    LEFT JOIN ledger.transfer t ON t.office_id = b.office_id AND t.id = b.transfer_id
        AND t.code = 'return.' || l.scheme
    WHERE b.office_id = l.office_id AND b.list_id = l.id) g
WHERE l.state = 'closed' AND (r.unpaid_vnd > 0 OR r.back_vnd <> g.amount_vnd
    OR g.amount_vnd <> g.posted_vnd);

-- name: carried_once
-- What was carried over stands in one later list at most, for the same person, period and amount.
SELECT o.office_id, o.id AS payout_id, o.state, count(*) AS num_lists
FROM payouts.payout s
JOIN payouts.list l ON l.office_id = s.office_id AND l.id = s.list_id AND s.upload_id = l.upload_id
    AND l.state IN ('approved', 'closed')
LEFT JOIN payouts.payout o ON o.office_id = s.office_id AND o.id = s.carried_from
WHERE s.carried_from IS NOT NULL
GROUP BY o.office_id, o.id, o.state, o.person_key, o.period, o.amount_vnd
HAVING count(*) > 1 OR o.state IS DISTINCT FROM 'carried'
    OR NOT bool_and((s.person_key, s.period, s.amount_vnd)
        = (o.person_key, o.period, o.amount_vnd));

-- name: agencies_are_owed
-- What the ledger owes an agency's people is what its lists say: came, less paid, less given back.
SELECT a.office_id, a.owner_id AS partner_id, a.scheme, b.cp - b.dp AS owed_vnd, r.rows_vnd
FROM ledger.account a
JOIN ledger.balance b ON b.office_id = a.office_id AND b.account_id = a.id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(
        coalesce((SELECT sum(f.amount_vnd) FROM payouts.funding f
            WHERE f.office_id = l.office_id AND f.list_id = l.id AND f.reversal_id IS NULL), 0)
        - coalesce((SELECT sum(p.amount_vnd) FROM payouts.payout p
            WHERE p.office_id = l.office_id AND p.list_id = l.id AND p.state = 'paid'), 0)
        - coalesce((SELECT sum(g.amount_vnd) FROM payouts.give_back g
            WHERE g.office_id = l.office_id AND g.list_id = l.id), 0)), 0) AS rows_vnd
    FROM payouts.list l
    WHERE l.office_id = a.office_id AND l.partner_id = a.owner_id AND l.scheme = a.scheme) r
WHERE a.kind = 'agency_payable' AND a.scheme IN (SELECT s.code FROM payouts.scheme s)
    AND b.cp - b.dp <> r.rows_vnd;

-- name: sittings_add_up
-- A sitting's signed minutes say what its payments come to, unless one was corrected since.
SELECT s.office_id, s.id AS sitting_id, s.num_paid, s.paid_vnd, r.num, r.amount_vnd
FROM payouts.sitting s
CROSS JOIN LATERAL (
    SELECT count(*) AS num, coalesce(sum(y.amount_vnd), 0) AS amount_vnd
    FROM payouts.payment y WHERE y.office_id = s.office_id AND y.sitting_id = s.id
        AND y.received_at <= s.closed_at
        AND (y.reversal_id IS NULL OR EXISTS (SELECT FROM ledger.transfer r
            WHERE r.office_id = y.office_id AND r.id = y.reversal_id
                AND r.occurred_at > s.closed_at))) r
WHERE s.closed_at IS NOT NULL AND (s.num_paid, s.paid_vnd) <> (r.num, r.amount_vnd);

-- name: fees_are_due
-- What was written down when a list ended is what its scheme asks for what its rows say was paid;
-- no list that ended since the first fee is without it.
SELECT l.office_id, l.id AS list_id, f.amount_vnd, r.num_paid * r.fee_vnd + r.paid_vnd * r.fee_bp
    / 10000 AS due_vnd
FROM payouts.list l
CROSS JOIN LATERAL (
    SELECT count(p.id) FILTER (WHERE p.state = 'paid') AS num_paid,
        coalesce(sum(p.amount_vnd) FILTER (WHERE p.state = 'paid'), 0)::bigint AS paid_vnd,
        coalesce((s.settings ->> 'fee_vnd')::bigint, 0) AS fee_vnd,
        (s.settings ->> 'fee_bp')::bigint AS fee_bp
    FROM payouts.scheme s
    LEFT JOIN payouts.payout p ON p.office_id = l.office_id AND p.list_id = l.id
    WHERE s.code = l.scheme AND s.valid_from = l.scheme_from
    GROUP BY s.settings) r
LEFT JOIN LATERAL (
    SELECT sum(e.amount_vnd)::bigint AS amount_vnd, max(e.num_paid) AS num_paid,
        max(e.paid_vnd) AS paid_vnd
    FROM payouts.fee e WHERE e.office_id = l.office_id AND e.list_id = l.id) f ON true
WHERE CASE WHEN f.amount_vnd IS NULL
    THEN l.state = 'closed' AND l.closed_at >= (SELECT min(e.at) FROM payouts.fee e)
    ELSE l.state <> 'closed'
        OR f.amount_vnd <> r.num_paid * r.fee_vnd + r.paid_vnd * r.fee_bp / 10000
        OR (f.num_paid, f.paid_vnd) <> (r.num_paid, r.paid_vnd) END;

-- name: fees_are_posted
-- A fee stands in the ledger once, as what its agency owes against what the post earned, and the
-- ledger has none that was not written down.
SELECT coalesce(f.office_id, t.office_id) AS office_id, f.list_id, t.id AS transfer_id,
    f.amount_vnd, t.amount_vnd AS posted_vnd
FROM (SELECT e.office_id, e.list_id, e.amount_vnd, e.transfer_id, l.partner_id, l.scheme
    FROM payouts.fee e
    JOIN payouts.list l ON l.office_id = e.office_id AND l.id = e.list_id
    WHERE e.amount_vnd > 0) f
FULL JOIN (SELECT x.office_id, x.id, x.code, x.amount_vnd, d.kind, d.owner_id, d.scheme,
        c.kind AS earned
    FROM ledger.transfer x
    JOIN ledger.account d ON d.office_id = x.office_id AND d.id = x.debit_id
    JOIN ledger.account c ON c.office_id = x.office_id AND c.id = x.credit_id
    WHERE x.code IN (SELECT 'fee.' || s.code FROM payouts.scheme s)) t
    ON t.office_id = f.office_id AND t.id = f.transfer_id
WHERE (f.list_id IS NULL OR t.id IS NULL OR f.amount_vnd <> t.amount_vnd
    OR (t.code, t.kind, t.owner_id, t.scheme, t.earned)
        IS DISTINCT FROM ('fee.' || f.scheme, 'receivable', f.partner_id, f.scheme,
            'service_revenue'));
