-- name: balances_are_sums
-- Every balance is the sum of its account's transfers, posted and pending (L6, L12).
SELECT b.office_id, b.account_id, b.dp, b.cp, b.dh, b.ch, s.dp AS sum_dp, s.cp AS sum_cp,
    s.dh AS sum_dh, s.ch AS sum_ch
FROM ledger.balance b
LEFT JOIN (
    SELECT x.office_id, x.account_id,
        sum(x.amount_vnd) FILTER (WHERE x.is_debit AND x.is_posted) AS dp,
        sum(x.amount_vnd) FILTER (WHERE NOT x.is_debit AND x.is_posted) AS cp,
        sum(x.amount_vnd) FILTER (WHERE x.is_debit AND x.is_held) AS dh,
        sum(x.amount_vnd) FILTER (WHERE NOT x.is_debit AND x.is_held) AS ch
    FROM (
        SELECT t.office_id, s.account_id, s.is_debit, t.amount_vnd,
            t.phase IN ('single', 'post') AS is_posted,
            t.phase = 'pending' AND r.id IS NULL AS is_held
        FROM ledger.transfer t
        LEFT JOIN ledger.transfer r ON r.office_id = t.office_id AND r.pending_id = t.id
            AND r.phase IN ('post', 'void')
        CROSS JOIN LATERAL (VALUES (t.debit_id, true), (t.credit_id, false))
            AS s (account_id, is_debit)
    ) x
    GROUP BY x.office_id, x.account_id
) s ON s.office_id = b.office_id AND s.account_id = b.account_id
WHERE (b.dp, b.cp, b.dh, b.ch) IS DISTINCT FROM
    (coalesce(s.dp, 0), coalesce(s.cp, 0), coalesce(s.dh, 0), coalesce(s.ch, 0));

-- name: accounts_have_balances
-- Every account has its balance, under the same floor.
SELECT a.office_id, a.id AS account_id, a.kind
FROM ledger.account a
LEFT JOIN ledger.balance b ON b.office_id = a.office_id AND b.account_id = a.id
WHERE b.account_id IS NULL OR b.floor <> a.floor;

-- name: resolutions_fit
-- What confirms or voids a pending transfer has its accounts, and no more than its amount (L5).
SELECT t.office_id, t.id AS transfer_id, t.phase, t.amount_vnd, p.amount_vnd AS pending_vnd
FROM ledger.transfer t
LEFT JOIN ledger.transfer p ON p.office_id = t.office_id AND p.id = t.pending_id
WHERE t.phase IN ('post', 'void')
    AND (p.id IS NULL OR p.phase <> 'pending' OR t.amount_vnd > p.amount_vnd
        OR (t.debit_id, t.credit_id) <> (p.debit_id, p.credit_id)
        OR (t.phase = 'void' AND t.amount_vnd <> p.amount_vnd));

-- name: reversals_mirror
-- A reversal is the mirror image of one transfer (L4).
SELECT t.office_id, t.id AS transfer_id, t.reverses_id
FROM ledger.transfer t
LEFT JOIN ledger.transfer o ON o.office_id = t.office_id AND o.id = t.reverses_id
WHERE t.reverses_id IS NOT NULL
    AND (o.id IS NULL
        OR (o.debit_id, o.credit_id, o.amount_vnd) <> (t.credit_id, t.debit_id, t.amount_vnd));

-- name: nothing_in_closed_days
-- No row was posted to a day after that day was closed (L9).
SELECT t.office_id, t.id AS transfer_id, t.posted_on, t.posted_at, e.at AS closed_at
FROM ledger.transfer t
JOIN ledger.day_event e ON e.office_id = t.office_id AND e.kind = 'closed' AND e.day >= t.posted_on
    AND e.at < t.posted_at
WHERE NOT EXISTS (
    SELECT FROM ledger.day_event r
    WHERE r.office_id = e.office_id AND r.kind = 'reopened' AND r.n > e.n AND r.at < t.posted_at
        AND r.day <= t.posted_on);

-- name: trial_balances
-- Debits equal credits in every office.
SELECT office_id, sum(dp) AS dp, sum(cp) AS cp, sum(dh) AS dh, sum(ch) AS ch
FROM ledger.balance
GROUP BY office_id
HAVING sum(dp) <> sum(cp) OR sum(dh) <> sum(ch);

-- name: seals_in_a_chain
-- Seals follow one another: by number, by root, and by where the last block ended (L13).
SELECT epoch, n, xid_from, last_until
FROM (
    SELECT epoch, n, xid_from, prev_root,
        lag(n) OVER series AS last_n, lag(root) OVER series AS last_root,
        lag(xid_until) OVER series AS last_until
    FROM ledger.seal
    WINDOW series AS (PARTITION BY epoch ORDER BY n)
) s
WHERE n <> coalesce(last_n, 0) + 1
    OR (last_n IS NOT NULL AND (prev_root <> last_root OR xid_from <> last_until));
