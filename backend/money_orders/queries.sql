-- name: add_order
-- An order, booked or taken at once; nothing when it is there.
INSERT INTO money_orders.money_order (office_id, id, reference, state, amount_vnd, fee_vnd,
    purpose, parties_sealed, sender_key, payee_key, to_door, made_by, made_at, is_demo)
VALUES (:office_id, :id, :reference, 'booked', :amount_vnd, :fee_vnd, :purpose, :parties_sealed,
    :sender_key, :payee_key, :to_door, :made_by, :made_at, :is_demo)
ON CONFLICT (office_id, id) DO NOTHING;

-- name: find_order
-- One order of an office.
SELECT office_id, id, reference, state, amount_vnd, fee_vnd, purpose, parties_sealed, sender_key,
    payee_key, pin_hash IS NOT NULL, num_wrong, locked_at, to_door, pay_office_id, not_brought,
    made_by, made_at, taken_at, taken_on, taken_by, settled_at, settled_office_id, is_demo
FROM money_orders.money_order
WHERE office_id = :office_id AND id = :id;

-- name: lock_order
-- One order of an office, locked.
SELECT office_id, id, reference, state, amount_vnd, fee_vnd, purpose, parties_sealed, sender_key,
    payee_key, pin_hash IS NOT NULL, num_wrong, locked_at, to_door, pay_office_id, not_brought,
    made_by, made_at, taken_at, taken_on, taken_by, settled_at, settled_office_id, is_demo
FROM money_orders.money_order
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_orders
-- Orders of an office, of a state where one is named, the newest first.
SELECT office_id, id, reference, state, amount_vnd, fee_vnd, purpose, parties_sealed, sender_key,
    payee_key, pin_hash IS NOT NULL, num_wrong, locked_at, to_door, pay_office_id, not_brought,
    made_by, made_at, taken_at, taken_on, taken_by, settled_at, settled_office_id, is_demo
FROM money_orders.money_order
WHERE office_id = :office_id AND (:state::text IS NULL OR state = :state)
ORDER BY made_at DESC, id
LIMIT :limit;

-- name: set_taken
-- An order whose money was handed in.
UPDATE money_orders.money_order
SET state = 'taken', taken_at = :at, taken_on = :on_day, taken_by = :by,
    cash_owner_id = :cash_owner_id, op_id = :op_id
WHERE office_id = :office_id AND id = :id AND state = 'booked';

-- name: set_refunded
-- An order given back to its sender.
UPDATE money_orders.money_order
SET state = 'refunded', settled_at = :at, settled_office_id = :office_id
WHERE office_id = :office_id AND id = :id AND state = 'taken';

-- name: set_cancelled
-- An order that was booked and never taken.
UPDATE money_orders.money_order
SET state = 'cancelled'
WHERE office_id = :office_id AND id = :id AND state = 'booked';

-- name: set_pin
-- A PIN, hashed, once.
UPDATE money_orders.money_order
SET pin_salt = :salt, pin_hash = :hash
WHERE office_id = :office_id AND id = :id AND pin_hash IS NULL;

-- name: unlock
-- The wrong PINs forgotten.
UPDATE money_orders.money_order
SET num_wrong = 0, locked_at = NULL
WHERE office_id = :office_id AND id = :id AND locked_at IS NOT NULL;

-- name: set_brought
-- Where an order is brought to its payee, or why it is not.
UPDATE money_orders.money_order
SET pay_office_id = :pay_office_id, not_brought = :not_brought
WHERE office_id = :office_id AND id = :id;

-- name: find_salt
-- With what a PIN is hashed, through the gate in the wall.
SELECT money_orders.find_salt(:reference);

-- name: try_pin
-- Present an order by reference and PIN, through the gate in the wall.
SELECT outcome, office_id, id, state, amount_vnd, purpose, parties_sealed, payee_key, to_door
FROM money_orders.try_pin(:reference, :pin_hash, :office_id, :by, :at);

-- name: set_paid
-- Let a presented order be paid, through the gate in the wall.
SELECT money_orders.set_paid(:reference, :pin_hash, :office_id, :at);

-- name: sum_cash
-- One person's cash of a day in all offices, through the gate in the wall: a sum alone.
SELECT money_orders.sum_cash(:person_key, :on_day);

-- name: sum_sent
-- What one person handed in on a day in all offices, through a gate like it.
SELECT money_orders.sum_sent(:person_key, :on_day);

-- name: sum_booked
-- What one person booked on a day in all offices and has not handed in, through the same gate.
SELECT money_orders.sum_booked(:person_key, :on_day, :except_id);

-- name: lock_person
-- One at a time: sums of one person.
SELECT pg_advisory_xact_lock(727012, hashtext(:person_key));

-- name: add_settlement
-- An order paid out or given back; once in the country.
INSERT INTO money_orders.settlement (office_id, id, order_office_id, order_id, kind, amount_vnd,
    person_key, identity_method, transfer_id, cash_owner_id, op_id, at, on_day, by_id, payee_sealed)
VALUES (:office_id, :id, :order_office_id, :order_id, :kind, :amount_vnd, :person_key,
    :identity_method, :transfer_id, :cash_owner_id, :op_id, :at, :on_day, :by_id, :payee_sealed);

-- name: find_payee_paid
-- Who was paid an order at this office, sealed.
SELECT id, payee_sealed
FROM money_orders.settlement
WHERE office_id = :office_id AND order_id = :order_id AND payee_sealed IS NOT NULL;

-- name: set_payee_said
-- What a payee said at a door, the newest.
INSERT INTO money_orders.payee_said (office_id, order_id, sealed, by_id, at)
VALUES (:office_id, :order_id, :sealed, :by, :at)
ON CONFLICT (office_id, order_id)
DO UPDATE SET sealed = excluded.sealed, by_id = excluded.by_id, at = excluded.at;

-- name: find_payee_said
-- What a payee said at a door.
SELECT sealed
FROM money_orders.payee_said
WHERE office_id = :office_id AND order_id = :order_id;

-- name: find_settlement
-- One settlement, by the id of the act.
SELECT office_id, id, order_office_id, order_id, kind, amount_vnd, person_key, identity_method,
    transfer_id, cash_owner_id, op_id, at, on_day, by_id, payee_sealed
FROM money_orders.settlement
WHERE office_id = :office_id AND id = :id;

-- name: list_settlements
-- What an office paid out and gave back on some days.
SELECT office_id, id, order_office_id, order_id, kind, amount_vnd, person_key, identity_method,
    transfer_id, cash_owner_id, op_id, at, on_day, by_id, payee_sealed
FROM money_orders.settlement
WHERE office_id = :office_id AND on_day BETWEEN :from_day AND :to_day
ORDER BY at, id;

-- name: add_doubt
-- Notes that fit no order.
INSERT INTO money_orders.doubt (office_id, id, order_id, kind, amount_vnd, reason, transfer_id,
    cash_owner_id, occurred_at, identity_method)
VALUES (:office_id, :id, :order_id, :kind, :amount_vnd, :reason, :transfer_id, :cash_owner_id,
    :occurred_at, :identity_method);

-- name: post_doubt
-- Notes in doubt that could not be posted when they were told of.
UPDATE money_orders.doubt
SET transfer_id = :transfer_id
WHERE office_id = :office_id AND id = :id AND transfer_id IS NULL;

-- name: set_paid_in_doubt
-- Let the order that a doubt names be paid, through the gate in the wall.
SELECT office_id, payee_key
FROM money_orders.set_paid_in_doubt(:office_id, :doubt_id, :at)
WHERE office_id IS NOT NULL;

-- name: lock_doubt
-- Notes in doubt, locked.
SELECT office_id, id, order_id, kind, amount_vnd, reason, transfer_id, cash_owner_id, occurred_at,
    answered_at, answered_by, approved_by, identity_method, settled_as
FROM money_orders.doubt
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_doubts
-- Notes in doubt that nobody has decided on.
SELECT office_id, id, order_id, kind, amount_vnd, reason, transfer_id, cash_owner_id, occurred_at,
    answered_at, answered_by, approved_by, identity_method, settled_as
FROM money_orders.doubt
WHERE office_id = :office_id AND answered_at IS NULL
ORDER BY occurred_at, id;

-- name: answer_doubt
-- What became of notes in doubt.
UPDATE money_orders.doubt
SET answered_at = :at, answered_by = :by, approved_by = :approved_by, settled_as = :settled_as
WHERE office_id = :office_id AND id = :id AND answered_at IS NULL;

-- name: add_proposal
-- What one person asks for.
INSERT INTO money_orders.proposal (office_id, id, kind, subject_id, note, made_by, made_at)
VALUES (:office_id, :id, :kind, :subject_id, :note, :made_by, :made_at);

-- name: lock_proposal
-- One proposal, locked.
SELECT office_id, id, kind, subject_id, note, made_by, made_at, ended_by, ended_at
FROM money_orders.proposal
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_proposals
-- What waits for a second person.
SELECT office_id, id, kind, subject_id, note, made_by, made_at, ended_by, ended_at
FROM money_orders.proposal
WHERE office_id = :office_id AND ended_at IS NULL
ORDER BY made_at, id;

-- name: end_proposal
-- A proposal that another person approved, or that was refused.
UPDATE money_orders.proposal
SET ended_by = :by, ended_at = :at, is_refused = :is_refused
WHERE office_id = :office_id AND id = :id AND ended_at IS NULL;

-- name: add_flag
-- What the law wants reported, once an order, kind, person and day.
INSERT INTO money_orders.flag (office_id, id, kind, person_key, on_day, order_id, total_vnd,
    raised_at)
VALUES (:office_id, :id, :kind, :person_key, :on_day, :order_id, :total_vnd, :raised_at)
ON CONFLICT (office_id, kind, order_id, person_key, on_day) DO NOTHING;

-- name: list_flags
-- What is to be reported of some days.
SELECT office_id, id, kind, person_key, on_day, order_id, total_vnd, raised_at
FROM money_orders.flag
WHERE office_id = :office_id AND on_day BETWEEN :from_day AND :to_day
ORDER BY on_day, raised_at, id;
