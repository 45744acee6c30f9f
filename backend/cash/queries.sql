-- name: open_shift
-- A courier's shift with cash, unless one is open already.
INSERT INTO cash.shift (office_id, id, courier_id, during, state)
SELECT :office_id, :id, :courier_id, tstzrange(:at, NULL), 'open'
WHERE NOT EXISTS (
    SELECT FROM cash.shift
    WHERE office_id = :office_id AND courier_id = :courier_id AND state <> 'closed');

-- name: lock_shift
-- A shift, locked until the transaction ends.
SELECT office_id, id, courier_id, state, lower(during), head, ack, num_held, num_leases, heard_at
FROM cash.shift
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: lock_open_shift
-- The shift of a courier that is not closed, locked.
SELECT office_id, id, courier_id, state, lower(during), head, ack, num_held, num_leases, heard_at
FROM cash.shift
WHERE office_id = :office_id AND courier_id = :courier_id AND state <> 'closed'
FOR UPDATE;

-- name: list_open_shifts
-- The shifts of an office that are not closed.
SELECT office_id, id, courier_id, state, lower(during), head, ack, num_held, num_leases, heard_at
FROM cash.shift
WHERE office_id = :office_id AND state <> 'closed'
ORDER BY lower(during), id;

-- name: set_shift_state
-- Counted, verified, or open again for a recount.
UPDATE cash.shift
SET state = :state
WHERE office_id = :office_id AND id = :id;

-- name: find_open_shift_state
-- How a courier's shift stands that is not closed.
SELECT state
FROM cash.shift
WHERE office_id = :office_id AND courier_id = :courier_id AND state <> 'closed';

-- name: reopen_shift
-- Cash came to a hand that was counted empty: it is to be counted again.
UPDATE cash.shift AS s
SET state = 'open', past_n = (
    SELECT coalesce(max(c.n), 0) FROM cash.count c
    WHERE c.office_id = s.office_id AND c.subject = 'shift' AND c.subject_id = s.id)
WHERE s.office_id = :office_id AND s.courier_id = :courier_id AND s.state = 'verified';

-- name: close_shift
-- Over: from now on another may begin.
UPDATE cash.shift
SET state = 'closed', closed_by = :by, during = tstzrange(lower(during), :at)
WHERE office_id = :office_id AND id = :id;

-- name: note_phone_state
-- What a courier's phone has and the office has not, and what waits for a person (L11).
UPDATE cash.shift
SET head = coalesce(:head, head), ack = coalesce(:ack, ack), num_held = :num_held,
    num_leases = :num_leases, heard_at = :at
WHERE office_id = :office_id AND courier_id = :courier_id AND state <> 'closed';

-- name: add_handover
-- Made by the giver.
INSERT INTO cash.handover (office_id, id, kind, state, giver_kind, giver_id, taker_kind, taker_id,
    shift_id, amount_vnd, made_by, made_at, op_id, note, companion_id)
VALUES (:office_id, :id, :kind, :state, :giver_kind, :giver_id, :taker_kind, :taker_id, :shift_id,
    :amount_vnd, :made_by, :made_at, :op_id, :note, :companion_id)
ON CONFLICT (office_id, id) DO NOTHING;

-- name: lock_handover
-- A hand-over, locked until the transaction ends.
SELECT office_id, id, kind, state, giver_kind, giver_id, taker_kind, taker_id, shift_id, amount_vnd,
    made_by, made_at, approved_by, answered_by, answered_at, answered_vnd, note, companion_id
FROM cash.handover
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_handovers
-- The hand-overs of an office since an instant, and all that are still open.
SELECT office_id, id, kind, state, giver_kind, giver_id, taker_kind, taker_id, shift_id, amount_vnd,
    made_by, made_at, approved_by, answered_by, answered_at, answered_vnd, note, companion_id
FROM cash.handover
WHERE office_id = :office_id
    AND (made_at >= :since OR answered_at >= :since OR state IN ('to_approve', 'pending'))
ORDER BY made_at DESC, id;

-- name: list_unanswered
-- Offers of days gone by that nobody answered; not those that a phone may have an answer to.
SELECT h.office_id, h.id
FROM cash.handover h
WHERE h.state IN ('to_approve', 'pending') AND h.made_at < :before AND NOT EXISTS (
    SELECT FROM cash.shift s
    WHERE s.office_id = h.office_id AND s.courier_id IN (h.taker_id, h.giver_id)
        AND s.state <> 'closed' AND s.head > s.ack)
ORDER BY h.made_at, h.id
LIMIT 500;

-- name: list_open_of
-- What waits for a courier's answer, or was offered by them.
SELECT office_id, id, kind, state, giver_kind, giver_id, taker_kind, taker_id, shift_id, amount_vnd,
    made_by, made_at, approved_by, answered_by, answered_at, answered_vnd, note, companion_id
FROM cash.handover
WHERE office_id = :office_id AND state = 'pending'
    AND (taker_id = :courier_id OR giver_id = :courier_id)
ORDER BY made_at, id;

-- name: set_approved
-- A second person agreed.
UPDATE cash.handover
SET state = 'pending', approved_by = :by
WHERE office_id = :office_id AND id = :id;

-- name: answer_handover
-- Taken, or given up.
UPDATE cash.handover
SET state = :state, answered_by = :by, answered_at = :at, answered_vnd = :answered_vnd
WHERE office_id = :office_id AND id = :id;

-- name: add_count
-- A count; its number is the next of its subject.
INSERT INTO cash.count (office_id, id, subject, subject_id, side, n, by_id, at, op_id, expected_vnd,
    n_500000, n_200000, n_100000, n_50000, n_20000, n_10000, n_5000, n_2000, n_1000, n_500, n_200)
SELECT :office_id, :id, :subject, :subject_id, :side, coalesce(max(n), 0) + 1, :by_id, :at, :op_id,
    :expected_vnd, :n_500000, :n_200000, :n_100000, :n_50000, :n_20000, :n_10000, :n_5000, :n_2000,
    :n_1000, :n_500, :n_200
FROM cash.count
WHERE office_id = :office_id AND subject = :subject AND subject_id = :subject_id
ON CONFLICT (office_id, id) DO NOTHING;

-- name: list_counts
-- The counts of one subject since cash last came to it, the newest of each side first.
SELECT id, side, n, by_id, at, total_vnd, expected_vnd, n_500000, n_200000, n_100000, n_50000,
    n_20000, n_10000, n_5000, n_2000, n_1000, n_500, n_200
FROM cash.count
WHERE office_id = :office_id AND subject = :subject AND subject_id = :subject_id
    AND n > coalesce((
        SELECT s.past_n FROM cash.shift s
        WHERE s.office_id = :office_id AND s.id = :subject_id AND :subject = 'shift'), (
        SELECT d.past_n FROM cash.drawer_day d
        WHERE d.office_id = :office_id AND d.id = :subject_id AND :subject = 'drawer'), 0)
ORDER BY side, n DESC;

-- name: add_difference
-- More or less than expected, with an owner, a reason and two people.
INSERT INTO cash.difference (office_id, id, subject, subject_id, amount_vnd, owner_id, reason,
    made_by, approved_by, at, transfer_id)
VALUES (:office_id, :id, :subject, :subject_id, :amount_vnd, :owner_id, :reason, :made_by,
    :approved_by, :at, :transfer_id);

-- name: list_differences
-- Differences of an office since an instant.
SELECT d.id, d.subject, d.subject_id, d.amount_vnd, d.owner_id, o.display_name, d.reason,
    d.made_by, d.approved_by, d.at
FROM cash.difference AS d
JOIN identity.staff AS o ON o.office_id = d.office_id AND o.id = d.owner_id
WHERE d.office_id = :office_id AND d.at >= :since
ORDER BY d.at DESC, d.id;

-- name: list_hands
-- The couriers of an office with what they have of its cash.
SELECT c.staff_id, p.display_name, p.badge, coalesce(b.dp - b.cp, 0), coalesce(b.ch, 0),
    coalesce(c.cash_limit_vnd, :limit_vnd::bigint), s.id, s.state,
    greatest(s.head - s.ack, 0)::integer, coalesce(s.num_held, 0)
FROM network.courier AS c
JOIN identity.staff AS p ON p.office_id = c.office_id AND p.id = c.staff_id
LEFT JOIN ledger.account AS a ON a.office_id = c.office_id AND a.kind = 'hand'
    AND a.owner_id = c.staff_id
LEFT JOIN ledger.balance AS b ON b.office_id = a.office_id AND b.account_id = a.id
LEFT JOIN cash.shift AS s ON s.office_id = c.office_id AND s.courier_id = c.staff_id
    AND s.state <> 'closed'
WHERE c.office_id = :office_id AND p.status = 'active'
ORDER BY p.badge, c.staff_id;

-- name: find_limit
-- The most cash a courier may have; none where the courier has no limit of their own.
SELECT cash_limit_vnd FROM network.courier WHERE office_id = :office_id AND staff_id = :courier_id;

-- name: forecast
-- What coming days need at doors, by day.
SELECT wanted_on, sum(cash_out_vnd)::bigint, sum(cash_in_vnd)::bigint, count(*)::integer
FROM doorstep.errand
WHERE office_id = :office_id AND state = 'due' AND wanted_on BETWEEN :from_day AND :to_day
GROUP BY wanted_on
ORDER BY wanted_on;

-- name: save_drawer_day
-- The counter's day, counted for the first time or again.
INSERT INTO cash.drawer_day (office_id, id, day, state)
VALUES (:office_id, :id, :day, 'counted')
ON CONFLICT (office_id, day) DO NOTHING;

-- name: lock_drawer_day
-- The counter's day, locked.
SELECT id, state
FROM cash.drawer_day
WHERE office_id = :office_id AND day = :day
FOR UPDATE;

-- name: reopen_drawer_days
-- A day whose books opened again, and those after it, are to be counted anew.
UPDATE cash.drawer_day AS d
SET state = 'counted', sign_cashier = '', sign_controller = '', cashier_id = NULL,
    controller_id = NULL, signed_at = NULL, past_n = (
        SELECT coalesce(max(c.n), 0) FROM cash.count c
        WHERE c.office_id = d.office_id AND c.subject = 'drawer' AND c.subject_id = d.id)
WHERE d.office_id = :office_id AND d.day >= :day AND d.state = 'closed';

-- name: sign_day
-- The sheet of a day signed by both its sides.
UPDATE cash.drawer_day
SET sign_cashier = :cashier, sign_controller = :controller, cashier_id = :cashier_id,
    controller_id = :controller_id, signed_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: find_day_signs
-- By whom a day's sheet is signed.
SELECT cashier_id, controller_id, sign_cashier, sign_controller, signed_at
FROM cash.drawer_day
WHERE office_id = :office_id AND day = :day AND signed_at IS NOT NULL;

-- name: set_drawer_state
-- Counted, verified, closed.
UPDATE cash.drawer_day
SET state = :state
WHERE office_id = :office_id AND id = :id;

-- name: list_days_not_counted
-- Days before one on which the drawer's money moved, and whose books are open still.
SELECT DISTINCT t.posted_on
FROM ledger.transfer AS t
WHERE t.office_id = :office_id AND t.posted_on < :day
    AND (t.debit_id = :drawer_id OR t.credit_id = :drawer_id)
    AND t.posted_on >= coalesce(
        (SELECT o.open_on FROM ledger.open_day AS o WHERE o.office_id = :office_id), '-infinity')
ORDER BY t.posted_on;

-- name: touch_phone
-- A courier's phone must hear of their cash anew.
INSERT INTO cash.phone (office_id, courier_id)
VALUES (:office_id, :courier_id)
ON CONFLICT (office_id, courier_id) DO UPDATE SET rev = phone.rev + 1, is_changed = true;

-- name: take_change
-- Whether it must, taken away as it is read.
UPDATE cash.phone
SET is_changed = false
WHERE office_id = :office_id AND courier_id = :courier_id AND is_changed
RETURNING rev;

-- name: find_rev
-- Which revision of a courier's cash is the last.
SELECT rev FROM cash.phone WHERE office_id = :office_id AND courier_id = :courier_id;

-- name: list_names
-- Names of members of staff.
SELECT id, display_name
FROM identity.staff
WHERE office_id = :office_id AND id = ANY (:ids::uuid[]);

-- name: add_proposal
-- What one person asks; no row comes back while the same is asked already.
INSERT INTO cash.proposal (
    office_id, id, kind, day, subject_id, amount_vnd, reason, made_by, made_at)
VALUES (:office_id, :id, :kind, :day, :subject_id, :amount_vnd, :reason, :by, :at)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: lock_proposal
-- What was asked, locked.
SELECT id, kind, day, subject_id, amount_vnd, reason, made_by, decided_at
FROM cash.proposal
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: decide_proposal
-- A second person's word.
UPDATE cash.proposal
SET decided_by = :by, decided_at = :at, is_allowed = :is_allowed
WHERE office_id = :office_id AND id = :id;

-- name: list_proposals
-- What waits for a second person, the oldest first.
SELECT p.id, p.kind, p.day, p.subject_id, s.display_name, p.amount_vnd, p.reason, p.made_by,
    m.display_name, p.made_at
FROM cash.proposal AS p
LEFT JOIN identity.staff AS s ON s.office_id = p.office_id AND s.id = p.subject_id
LEFT JOIN identity.staff AS m ON m.office_id = p.office_id AND m.id = p.made_by
WHERE p.office_id = :office_id AND p.decided_at IS NULL
ORDER BY p.made_at, p.id;

-- name: lock_debt
-- One at a time for one person's debt, or for the office's surplus.
SELECT pg_advisory_xact_lock(727020, hashtext(:office_id::uuid::text || :owner_id::uuid::text));

-- name: find_owner
-- Whose account it is.
SELECT owner_id FROM ledger.account WHERE office_id = :office_id AND id = :account_id;

-- name: add_carriage
-- Sent off; no row comes back where it is known already.
INSERT INTO cash.carriage (office_id, id, route, state, amount_vnd, slip, carrier_id, companion_id,
    made_by, made_at)
VALUES (:office_id, :id, :route, 'on_way', :amount_vnd, :slip, :carrier_id, :companion_id, :by, :at)
ON CONFLICT (office_id, id) DO NOTHING
RETURNING id;

-- name: lock_carriage
-- A carriage, locked until the transaction ends.
SELECT office_id, id, route, state, amount_vnd, slip, carrier_id, companion_id, made_by, made_at,
    ended_by, ended_at, arrived_vnd, back_vnd, reason
FROM cash.carriage
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: end_carriage
-- What arrived and what came back, by another person.
UPDATE cash.carriage
SET state = 'ended', slip = :slip, ended_by = :by, ended_at = :at, arrived_vnd = :arrived_vnd,
    back_vnd = :back_vnd, reason = :reason
WHERE office_id = :office_id AND id = :id;

-- name: list_carriages
-- What is on its way, and what was sent off since an instant.
SELECT office_id, id, route, state, amount_vnd, slip, carrier_id, companion_id, made_by, made_at,
    ended_by, ended_at, arrived_vnd, back_vnd, reason
FROM cash.carriage
WHERE office_id = :office_id AND (state = 'on_way' OR made_at >= :since)
ORDER BY state DESC, made_at DESC, id DESC;

-- name: count_on_way
-- How many carriages have not arrived.
SELECT count(*)::integer FROM cash.carriage WHERE office_id = :office_id AND state = 'on_way';
