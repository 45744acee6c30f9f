-- name: post
-- A group of transfers, all or none; how many were new.
SELECT ledger.post(:office_id, :touched::uuid[], :legs::ledger.leg[]);

-- name: post_alone
-- The same in a transaction of its own, inside the walls of one office: one statement, one commit.
SELECT ledger.post(:office_id::uuid, :touched::uuid[], :legs::ledger.leg[])
FROM (SELECT set_config('app.offices', (:office_id::uuid)::text, true)) AS walls;

-- name: move_day
-- Close a day or open it again, by two people.
SELECT ledger.move_day(:office_id, :kind, :day, :by, :approved_by, :reason);

-- name: find_open_day
-- The first day that still takes rows; none when no day was ever closed.
SELECT open_on FROM ledger.open_day WHERE office_id = :office_id;

-- name: list_balances
-- Balances of an office's accounts of some kinds, of one owner where one is named.
SELECT b.office_id, b.account_id, a.kind, a.owner_id, a.scheme, b.floor, b.dp, b.cp, b.dh, b.ch
FROM ledger.balance b
JOIN ledger.account a ON a.office_id = b.office_id AND a.id = b.account_id
WHERE b.office_id = :office_id AND a.kind = ANY(:kinds::text[])
    AND (:owner_id::uuid IS NULL OR a.owner_id = :owner_id)
ORDER BY a.kind, a.owner_id, a.scheme;

-- name: find_balance
-- The balance of one account.
SELECT b.office_id, b.account_id, a.kind, a.owner_id, a.scheme, b.floor, b.dp, b.cp, b.dh, b.ch
FROM ledger.balance b
JOIN ledger.account a ON a.office_id = b.office_id AND a.id = b.account_id
WHERE b.office_id = :office_id AND b.account_id = :account_id;

-- name: list_lines
-- Transfers of an account in the order of posting, of some days, after a place in it.
SELECT office_id, id, group_id, code, phase, debit_id, credit_id, amount_vnd, pending_id,
    reverses_id, business_key, posted_on, occurred_at, posted_at, op_id, created_by, approved_by,
    reason
FROM ledger.transfer
WHERE office_id = :office_id AND (debit_id = :account_id OR credit_id = :account_id)
    AND posted_on BETWEEN :from_day AND :to_day
ORDER BY posted_on, xid, id
LIMIT :limit OFFSET :skip;

-- name: list_group
-- The legs of one act.
SELECT office_id, id, group_id, code, phase, debit_id, credit_id, amount_vnd, pending_id,
    reverses_id, business_key, posted_on, occurred_at, posted_at, op_id, created_by, approved_by,
    reason
FROM ledger.transfer
WHERE office_id = :office_id AND group_id = :group_id
ORDER BY xid, id;

-- name: find_transfer
-- One transfer, by its id.
SELECT office_id, id, group_id, code, phase, debit_id, credit_id, amount_vnd, pending_id,
    reverses_id, business_key, posted_on, occurred_at, posted_at, op_id, created_by, approved_by,
    reason
FROM ledger.transfer
WHERE office_id = :office_id AND id = :id;

-- name: list_pending
-- Pending transfers of an office that nobody has answered, of one account where one is named.
SELECT t.office_id, t.id, t.group_id, t.code, t.phase, t.debit_id, t.credit_id, t.amount_vnd,
    t.pending_id, t.reverses_id, t.business_key, t.posted_on, t.occurred_at, t.posted_at, t.op_id,
    t.created_by, t.approved_by, t.reason
FROM ledger.transfer t
WHERE t.office_id = :office_id AND t.phase = 'pending'
    AND (:account_id::uuid IS NULL OR :account_id IN (t.debit_id, t.credit_id))
    AND NOT EXISTS (
        SELECT FROM ledger.transfer r
        WHERE r.office_id = t.office_id AND r.pending_id = t.id AND r.phase IN ('post', 'void'))
ORDER BY t.xid, t.id;

-- name: sum_codes
-- What was posted to an account on some days, by code and side.
SELECT code, sum(amount_vnd) FILTER (WHERE debit_id = :account_id)::bigint AS in_vnd,
    sum(amount_vnd) FILTER (WHERE credit_id = :account_id)::bigint AS out_vnd, count(*) AS num
FROM ledger.transfer
WHERE office_id = :office_id AND (debit_id = :account_id OR credit_id = :account_id)
    AND phase IN ('single', 'post') AND posted_on BETWEEN :from_day AND :to_day
GROUP BY code
ORDER BY code;

-- name: list_trial
-- The trial balance: of each office and kind of account, what was posted on either side.
SELECT b.office_id, a.kind, sum(b.dp)::bigint AS dp, sum(b.cp)::bigint AS cp,
    sum(b.dh)::bigint AS dh, sum(b.ch)::bigint AS ch
FROM ledger.balance b
JOIN ledger.account a ON a.office_id = b.office_id AND a.id = b.account_id
GROUP BY b.office_id, a.kind
ORDER BY b.office_id, a.kind;

-- name: find_epoch
-- Which life of the database writes.
SELECT epoch FROM ledger.epoch;

-- name: find_last_seal
-- The newest seal of an epoch.
SELECT epoch, n, xid_from::text::bigint, xid_until::text::bigint, num_rows, root, prev_root,
    signature, sealed_at
FROM ledger.seal
WHERE epoch = :epoch
ORDER BY n DESC
LIMIT 1;

-- name: find_horizon
-- Below this number every transaction has ended: no row can slip in there any more.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint;

-- name: count_unsealed
-- How many rows of an office, posted until a day, the newest seal does not bear.
SELECT count(*)
FROM ledger.transfer t
WHERE t.office_id = :office_id AND t.posted_on <= :day
    AND t.xid::text::bigint >= :xid_until::bigint;

-- name: list_unsealed
-- Rows between two transactions in the order in which they are sealed, a page at a time.
SELECT office_id, id, group_id, code, phase, debit_id, credit_id, amount_vnd, pending_id,
    reverses_id, business_key, posted_on, occurred_at, posted_at, xid::text::bigint, op_id,
    created_by, approved_by, reason
FROM ledger.transfer
WHERE xid::text::bigint >= :after_xid::bigint AND xid::text::bigint < :xid_until::bigint
    AND (xid::text::bigint, id) > (:after_xid, :after_id::uuid)
ORDER BY xid::text::bigint, id
LIMIT :limit;

-- name: add_seal
-- A block under its signed hash.
INSERT INTO ledger.seal (epoch, n, xid_from, xid_until, num_rows, root, prev_root, signature,
    sealed_at)
VALUES (:epoch, :n, :xid_from::bigint::text::xid8, :xid_until::bigint::text::xid8, :num_rows,
    :root, :prev_root, :signature, :sealed_at)
ON CONFLICT DO NOTHING;

-- name: begin_night
-- Take a night's reconciliation on; nothing where another worker does it, or did.
INSERT INTO ledger.night AS n (day, begun_at)
VALUES (:day, :now)
ON CONFLICT (day) DO UPDATE SET begun_at = :now
WHERE n.ended_at IS NULL AND n.begun_at < :given_up
RETURNING day;

-- name: end_night
-- What a night's reconciliation found.
UPDATE ledger.night SET ended_at = :now, num_rules = :num_rules, broken = :broken
WHERE day = :day;

-- name: find_last_night
-- The newest reconciliation that came to its end.
SELECT day, ended_at, num_rules, broken
FROM ledger.night
WHERE ended_at IS NOT NULL
ORDER BY day DESC
LIMIT 1;

-- name: list_filled_hands
-- Couriers with cash, of all offices in sight.
SELECT b.office_id, a.owner_id
FROM ledger.account a
JOIN ledger.balance b ON b.office_id = a.office_id AND b.account_id = a.id
WHERE a.kind = 'hand' AND b.dp <> b.cp
ORDER BY b.office_id, a.owner_id;
