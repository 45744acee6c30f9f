-- name: save_payee
-- Add a payee, or bring what is known of it up to date; answers whether it is new.
INSERT INTO charges.payee (office_id, id, kind, code, name, tax_code, bank_account, remit_days,
    is_demo)
VALUES (:office_id, :id, :kind, :code, :name, :tax_code, :bank_account, :remit_days, :is_demo)
ON CONFLICT (office_id, id) DO UPDATE SET name = excluded.name, tax_code = excluded.tax_code,
    bank_account = excluded.bank_account, remit_days = excluded.remit_days;

-- name: find_payee
-- One payee.
SELECT office_id, id, kind, code, name, tax_code, bank_account, remit_days, is_demo
FROM charges.payee
WHERE office_id = :office_id AND id = :id;

-- name: list_payees
-- The payees of an office.
SELECT office_id, id, kind, code, name, tax_code, bank_account, remit_days, is_demo
FROM charges.payee
WHERE office_id = :office_id
ORDER BY kind, code;

-- name: save_account
-- An account of the office at a bank.
INSERT INTO charges.bank_account (office_id, bin, account, name, is_default)
VALUES (:office_id, :bin, :account, :name, :is_default)
ON CONFLICT (office_id, bin, account) DO UPDATE SET name = excluded.name,
    is_default = excluded.is_default;

-- name: list_accounts
-- The accounts of an office.
SELECT office_id, bin, account, name, is_default
FROM charges.bank_account
WHERE office_id = :office_id
ORDER BY bin, account;

-- name: find_account
-- The account that a notice names, else the one for all that names none.
SELECT office_id, bin, account, name, is_default
FROM charges.bank_account
WHERE (bin = :bin AND account = :account) OR is_default
ORDER BY (bin = :bin AND account = :account) DESC
LIMIT 1;

-- name: add_charges
-- Charges that are not there yet; answers which are new.
INSERT INTO charges.charge (office_id, id, kind, payee_id, reference, external_key, dossier_id,
    citizen_id, payer_name, payer_tax_code, period, items, amount_vnd, due_on, made_by, made_at,
    is_demo)
SELECT office_id, id, kind, payee_id, reference, external_key, dossier_id, citizen_id, payer_name,
    payer_tax_code, period, items, amount_vnd, due_on, made_by, :at, is_demo
FROM jsonb_to_recordset(:rows::jsonb) AS c (
    office_id uuid, id uuid, kind text, payee_id uuid, reference text, external_key text,
    dossier_id uuid, citizen_id uuid, payer_name text, payer_tax_code text, period text,
    items jsonb, amount_vnd bigint, due_on date, made_by uuid, is_demo boolean)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: find_known_keys
-- Which keys of a payee are charges already.
SELECT external_key, amount_vnd
FROM charges.charge
WHERE office_id = :office_id AND payee_id = :payee_id AND external_key = ANY (:keys::text[]);

-- name: find_charge
-- One charge.
SELECT office_id, id, kind, payee_id, reference, external_key, dossier_id, citizen_id, payer_name,
    payer_tax_code, period, items, amount_vnd, due_on, state, qr_shown_at, collected_on, remit_by,
    batch_id, made_by, made_at, ended_reason, is_demo
FROM charges.charge
WHERE office_id = :office_id AND id = :id;

-- name: list_named
-- Some charges, by their ids.
SELECT office_id, id, kind, payee_id, reference, external_key, dossier_id, citizen_id, payer_name,
    payer_tax_code, period, items, amount_vnd, due_on, state, qr_shown_at, collected_on, remit_by,
    batch_id, made_by, made_at, ended_reason, is_demo
FROM charges.charge
WHERE office_id = :office_id AND id = ANY (:ids::uuid[])
ORDER BY id;

-- name: lock_charge
-- One charge, locked until the transaction ends.
SELECT office_id, id, kind, payee_id, reference, external_key, dossier_id, citizen_id, payer_name,
    payer_tax_code, period, items, amount_vnd, due_on, state, qr_shown_at, collected_on, remit_by,
    batch_id, made_by, made_at, ended_reason, is_demo
FROM charges.charge
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: find_referenced
-- Office and id of the charge that a bank transfer names.
SELECT office_id, id
FROM charges.charge
WHERE reference = ANY (:references::text[])
ORDER BY array_position(:references::text[], reference)
LIMIT 1;

-- name: list_charges
-- Charges of an office, of a state, a kind or a payer where named, the oldest first.
SELECT office_id, id, kind, payee_id, reference, external_key, dossier_id, citizen_id, payer_name,
    payer_tax_code, period, items, amount_vnd, due_on, state, qr_shown_at, collected_on, remit_by,
    batch_id, made_by, made_at, ended_reason, is_demo
FROM charges.charge
WHERE office_id = :office_id AND (:state::text IS NULL OR state = :state)
    AND (:kind::text IS NULL OR kind = :kind)
    AND (:q::text = '' OR reference = upper(:q) OR external_key = :q
        OR payer_name ILIKE '%' || :q || '%')
    AND (due_on, id) > (:after_on::date, :after_id::uuid)
ORDER BY due_on, id
LIMIT :limit;

-- name: list_of_dossier
-- What is owed for one dossier.
SELECT office_id, id, kind, payee_id, reference, external_key, dossier_id, citizen_id, payer_name,
    payer_tax_code, period, items, amount_vnd, due_on, state, qr_shown_at, collected_on, remit_by,
    batch_id, made_by, made_at, ended_reason, is_demo
FROM charges.charge
WHERE office_id = :office_id AND dossier_id = :dossier_id
ORDER BY kind, id;

-- name: set_collected
-- A charge that was paid.
UPDATE charges.charge
SET state = 'collected', collected_on = :collected_on, remit_by = :remit_by
WHERE office_id = :office_id AND id = :id AND state = 'due';

-- name: set_due
-- A charge that is owed again.
UPDATE charges.charge
SET state = 'due', collected_on = NULL, remit_by = NULL
WHERE office_id = :office_id AND id = :id AND state = 'collected' AND batch_id IS NULL;

-- name: set_cancelled
-- A charge that is owed no longer.
UPDATE charges.charge
SET state = 'cancelled', ended_reason = :reason
WHERE office_id = :office_id AND id = :id AND state = 'due';

-- name: set_qr_shown
-- A QR was shown; the bank has not told yet.
UPDATE charges.charge
SET qr_shown_at = :at
WHERE office_id = :office_id AND id = :id AND state = 'due';

-- name: add_collection
-- Money that came.
INSERT INTO charges.collection (office_id, id, charge_id, method, amount_vnd, outcome, reason,
    cash_owner_id, transfer_id, receipt_id, notice_id, op_id, occurred_at, collected_on,
    collected_by, approved_by, receipt_block_id, receipt_number)
VALUES (:office_id, :id, :charge_id, :method, :amount_vnd, :outcome, :reason, :cash_owner_id,
    :transfer_id, :receipt_id, :notice_id, :op_id, :occurred_at, :collected_on, :collected_by,
    :approved_by, :receipt_block_id, :receipt_number);

-- name: find_collection
-- One collection.
SELECT office_id, id, charge_id, method, amount_vnd, outcome, reason, cash_owner_id, transfer_id,
    receipt_id, notice_id, op_id, occurred_at, collected_on, collected_by, approved_by,
    reversed_at, answer, answered_at, answered_by, answer_approved_by, note, receipt_block_id,
    receipt_number
FROM charges.collection
WHERE office_id = :office_id AND id = :id;

-- name: lock_collection
-- One collection, locked.
SELECT office_id, id, charge_id, method, amount_vnd, outcome, reason, cash_owner_id, transfer_id,
    receipt_id, notice_id, op_id, occurred_at, collected_on, collected_by, approved_by,
    reversed_at, answer, answered_at, answered_by, answer_approved_by, note, receipt_block_id,
    receipt_number
FROM charges.collection
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_collections
-- Each time money came for a charge.
SELECT office_id, id, charge_id, method, amount_vnd, outcome, reason, cash_owner_id, transfer_id,
    receipt_id, notice_id, op_id, occurred_at, collected_on, collected_by, approved_by,
    reversed_at, answer, answered_at, answered_by, answer_approved_by, note, receipt_block_id,
    receipt_number
FROM charges.collection
WHERE office_id = :office_id AND charge_id = :charge_id
ORDER BY occurred_at, id;

-- name: list_doubts
-- Money in doubt that nobody has decided on, the oldest first.
SELECT office_id, id, charge_id, method, amount_vnd, outcome, reason, cash_owner_id, transfer_id,
    receipt_id, notice_id, op_id, occurred_at, collected_on, collected_by, approved_by,
    reversed_at, answer, answered_at, answered_by, answer_approved_by, note, receipt_block_id,
    receipt_number
FROM charges.collection
WHERE office_id = :office_id AND outcome = 'in_doubt' AND answer IS NULL
ORDER BY occurred_at, id
LIMIT :limit;

-- name: count_reversed
-- How often a charge was collected and taken back.
SELECT count(*)
FROM charges.collection
WHERE office_id = :office_id AND charge_id = :charge_id AND reversed_at IS NOT NULL;

-- name: set_answer
-- What became of money in doubt, by two people.
UPDATE charges.collection
SET answer = :answer, answered_at = :at, answered_by = :by, answer_approved_by = :approved_by,
    note = :note, charge_id = coalesce(:charge_id, charge_id),
    receipt_id = coalesce(:receipt_id, receipt_id)
WHERE office_id = :office_id AND id = :id AND answer IS NULL;

-- name: set_reversed
-- A collection that was taken back.
UPDATE charges.collection
SET reversed_at = :at, note = :note
WHERE office_id = :office_id AND id = :id AND reversed_at IS NULL;

-- name: set_receipt
-- The receipt of a collection that had none.
UPDATE charges.collection
SET receipt_id = :receipt_id
WHERE office_id = :office_id AND id = :id AND receipt_id IS NULL;

-- name: list_unreceipted
-- Charges of the state that a bank's word paid and that have no receipt yet: the oldest of each
-- office and kind, so that those whose numbers ran out keep no others waiting.
SELECT u.office_id, u.id, u.kind, u.payee_id, u.reference, u.external_key, u.dossier_id,
    u.citizen_id, u.payer_name, u.payer_tax_code, u.period, u.items, u.amount_vnd, u.due_on,
    u.state, u.qr_shown_at, u.collected_on, u.remit_by, u.batch_id, u.made_by, u.made_at,
    u.ended_reason, u.is_demo
FROM (
    SELECT c.*, k.collected_on AS paid_on, row_number() OVER (
        PARTITION BY c.office_id, c.kind ORDER BY k.collected_on, c.id) AS place
    FROM charges.collection k
    JOIN charges.charge c ON c.office_id = k.office_id AND c.id = k.charge_id
    WHERE (:office_id::uuid IS NULL OR k.office_id = :office_id)
        AND k.method = 'qr' AND k.receipt_id IS NULL AND k.reversed_at IS NULL
        AND (k.outcome = 'applied' OR k.answer = 'applied')
        AND c.kind IN ('fee', 'tax', 'order') AND c.state IN ('collected', 'remitted')) u
WHERE u.place <= :limit
ORDER BY u.paid_on, u.id;

-- name: lock_notice
-- One at a time: messages of one id, and of one movement of money.
SELECT pg_advisory_xact_lock(727010, hashtext(:message_id)),
    pg_advisory_xact_lock(727011, hashtext(:bin || ':' || :bank_reference));

-- name: find_notice
-- A message by its id, whatever its office.
SELECT office_id, id, message_id, body_hash, bank_reference, bin, account, amount_vnd, content,
    paid_at, received_at, num_deliveries, outcome, charge_id
FROM charges.notice
WHERE message_id = :message_id;

-- name: has_money
-- Whether a movement of money was told before, under whatever message.
SELECT EXISTS (
    SELECT FROM charges.notice
    WHERE bin = :bin AND bank_reference = :bank_reference AND outcome <> 'repeated');

-- name: add_notice
-- A bank's message, word for word.
INSERT INTO charges.notice (office_id, id, message_id, body_hash, bank_reference, bin, account,
    amount_vnd, content, paid_at, received_at, outcome, charge_id)
VALUES (:office_id, :id, :message_id, :body_hash, :bank_reference, :bin, :account, :amount_vnd,
    :content, :paid_at, :received_at, :outcome, :charge_id);

-- name: count_delivery
-- A message that came once more.
UPDATE charges.notice
SET num_deliveries = num_deliveries + 1
WHERE office_id = :office_id AND id = :id;

-- name: list_notices
-- Messages of some days, of an outcome where one is named, the newest first.
SELECT office_id, id, message_id, body_hash, bank_reference, bin, account, amount_vnd, content,
    paid_at, received_at, num_deliveries, outcome, charge_id
FROM charges.notice
WHERE office_id = :office_id AND received_at >= :since
    AND (:outcome::text IS NULL OR outcome = :outcome)
ORDER BY received_at DESC, id
LIMIT :limit;

-- name: take_into_batch
-- What a payee is to get, through a day, into one batch; locked in one order.
WITH wanted AS (
    SELECT office_id, id
    FROM charges.charge
    WHERE office_id = :office_id AND kind = :kind AND payee_id = :payee_id
        AND state = 'collected' AND batch_id IS NULL AND collected_on <= :through_on
    ORDER BY id
    FOR UPDATE
), taken AS (
    UPDATE charges.charge c
    SET batch_id = :batch_id
    FROM wanted w
    WHERE c.office_id = w.office_id AND c.id = w.id
    RETURNING c.amount_vnd
)
SELECT count(*)::integer, coalesce(sum(amount_vnd), 0)::bigint FROM taken;

-- name: add_batch
-- A batch that waits for its second person.
INSERT INTO charges.batch (office_id, id, kind, payee_id, through_on, num_charges, amount_vnd,
    made_by, made_at)
VALUES (:office_id, :id, :kind, :payee_id, :through_on, :num_charges, :amount_vnd, :made_by,
    :made_at);

-- name: find_batch
-- One batch.
SELECT office_id, id, kind, payee_id, through_on, num_charges, amount_vnd, state, made_by,
    made_at, approved_by, ended_at, transfer_id, bank_reference
FROM charges.batch
WHERE office_id = :office_id AND id = :id;

-- name: lock_batch
-- One batch, locked.
SELECT office_id, id, kind, payee_id, through_on, num_charges, amount_vnd, state, made_by,
    made_at, approved_by, ended_at, transfer_id, bank_reference
FROM charges.batch
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_batches
-- Batches of an office, the newest first.
SELECT office_id, id, kind, payee_id, through_on, num_charges, amount_vnd, state, made_by,
    made_at, approved_by, ended_at, transfer_id, bank_reference
FROM charges.batch
WHERE office_id = :office_id
ORDER BY made_at DESC, id
LIMIT :limit;

-- name: end_batch
-- A batch that was remitted, or dropped.
UPDATE charges.batch
SET state = :state, approved_by = :approved_by, ended_at = :at, transfer_id = :transfer_id,
    bank_reference = :bank_reference
WHERE office_id = :office_id AND id = :id AND state = 'made';

-- name: set_remitted
-- The charges of a batch that was remitted.
UPDATE charges.charge
SET state = 'remitted'
WHERE office_id = :office_id AND batch_id = :batch_id AND state = 'collected';

-- name: release_batch
-- The charges of a batch that was dropped.
UPDATE charges.charge
SET batch_id = NULL
WHERE office_id = :office_id AND batch_id = :batch_id AND state = 'collected';

-- name: list_deadlines
-- What is to be handed on, by payee and last day, the first one first.
SELECT c.kind, c.payee_id, p.name, c.remit_by, count(*)::integer, sum(c.amount_vnd)::bigint,
    count(c.batch_id)::integer
FROM charges.charge c
JOIN charges.payee p ON p.office_id = c.office_id AND p.id = c.payee_id
WHERE c.office_id = :office_id AND c.state = 'collected' AND c.remit_by <= :until
GROUP BY c.kind, c.payee_id, p.name, c.remit_by
ORDER BY c.remit_by, c.kind, p.name;

-- name: raise_alarms
-- Alarms of money whose last day is today, and of what is overdue; each once for its last day.
INSERT INTO charges.alarm (office_id, charge_id, kind, remit_by, raised_at)
SELECT c.office_id, c.id, k.kind, c.remit_by, :at
FROM charges.charge c
CROSS JOIN (VALUES ('due_today'), ('overdue')) AS k (kind)
WHERE c.state = 'collected'
    AND ((k.kind = 'due_today' AND c.remit_by <= :today)
        OR (k.kind = 'overdue' AND c.remit_by < :today))
ON CONFLICT DO NOTHING;

-- name: list_alarms
-- Charges of an office that are still with us on or after their last day.
SELECT a.charge_id, a.kind, a.remit_by, a.raised_at, c.amount_vnd
FROM charges.alarm a
JOIN charges.charge c ON c.office_id = a.office_id AND c.id = a.charge_id
WHERE a.office_id = :office_id AND c.state = 'collected' AND c.remit_by = a.remit_by
    AND (a.kind = 'overdue' OR NOT EXISTS (
        SELECT FROM charges.alarm o
        WHERE o.office_id = a.office_id AND o.charge_id = a.charge_id AND o.kind = 'overdue'
            AND o.remit_by = a.remit_by))
ORDER BY a.remit_by, a.charge_id;

-- name: list_of_batch
-- The lines of a payee's file.
SELECT c.external_key, c.payer_name, c.payer_tax_code, c.period, c.items, c.amount_vnd,
    k.method, c.collected_on, k.receipt_id,
    coalesce(g.symbol || ' ' || lpad(r.number::text, 8, '0'), ''), b.ended_at, b.bank_reference
FROM charges.charge c
JOIN charges.batch b ON b.office_id = c.office_id AND b.id = c.batch_id
LEFT JOIN charges.collection k ON k.office_id = c.office_id AND k.charge_id = c.id
    AND k.reversed_at IS NULL AND (k.outcome = 'applied' OR k.answer = 'applied')
LEFT JOIN receipts.receipt r ON r.office_id = k.office_id AND r.id = k.receipt_id
LEFT JOIN receipts.range g ON g.office_id = r.office_id AND g.id = r.range_id
WHERE c.office_id = :office_id AND c.batch_id = :batch_id
ORDER BY c.collected_on, c.external_key, c.id;

-- name: list_taxes
-- Taxes as they stood at the end of a month's last day (03/UNT): those that were due, that were
-- collected in the month, and that were collected before it and not remitted when it began.
-- What came after the last day counts as not yet, a collection taken back since as still there.
WITH day AS (
    SELECT c.office_id, c.id, c.external_key, c.payer_name, c.payer_tax_code, c.period, c.items,
        c.amount_vnd, c.due_on, k.method, k.receipt_id, k.on_day AS collected_on,
        (b.ended_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS remitted_on, b.ended_at,
        b.bank_reference
    FROM charges.charge c
    LEFT JOIN LATERAL (
        SELECT k.method, k.receipt_id, k.on_day, k.reversed_at IS NULL AS is_now
        FROM (
            SELECT k.*, CASE WHEN k.reversed_at IS NULL THEN c.collected_on ELSE coalesce(
                (k.answered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, k.collected_on)
                END AS on_day
            FROM charges.collection k
            WHERE k.office_id = c.office_id AND k.charge_id = c.id
                AND (k.outcome = 'applied' OR k.answer = 'applied')) k
        WHERE k.on_day <= :to_day AND (k.reversed_at IS NULL
            OR (k.reversed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date > :to_day)
        ORDER BY is_now, k.on_day DESC, k.id
        LIMIT 1) k ON true
    LEFT JOIN charges.batch b ON b.office_id = c.office_id AND b.id = c.batch_id
        AND b.state = 'remitted' AND k.is_now
        AND (b.ended_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= :to_day
    WHERE c.office_id = :office_id AND c.payee_id = :payee_id AND c.kind = 'tax'
        AND c.state <> 'cancelled'
)
SELECT c.external_key, c.payer_name, c.payer_tax_code, c.period, c.items, c.amount_vnd,
    c.method, c.collected_on, c.receipt_id,
    coalesce(g.symbol || ' ' || lpad(r.number::text, 8, '0'), ''), c.ended_at,
    coalesce(c.bank_reference, '')
FROM day c
LEFT JOIN receipts.receipt r ON r.office_id = c.office_id AND r.id = c.receipt_id
LEFT JOIN receipts.range g ON g.office_id = r.office_id AND g.id = r.range_id
WHERE c.collected_on >= :from_day
    OR (c.collected_on < :from_day AND (c.remitted_on IS NULL OR c.remitted_on >= :from_day))
    OR (c.collected_on IS NULL AND c.due_on <= :to_day)
ORDER BY c.collected_on NULLS LAST, c.payer_name, c.id;

-- name: add_proposal
-- What one person asks for; one at a time for a thing.
INSERT INTO charges.proposal (office_id, id, kind, subject_id, charge_id, bank_reference, note,
    amount_vnd, made_by, made_at)
VALUES (:office_id, :id, :kind, :subject_id, :charge_id, :bank_reference, :note, :amount_vnd,
    :made_by, :made_at);

-- name: lock_proposal
-- One proposal, locked.
SELECT office_id, id, kind, subject_id, charge_id, bank_reference, note, amount_vnd, made_by,
    made_at, state, ended_by, ended_at
FROM charges.proposal
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_proposals
-- What waits for a second person, the oldest first.
SELECT office_id, id, kind, subject_id, charge_id, bank_reference, note, amount_vnd, made_by,
    made_at, state, ended_by, ended_at
FROM charges.proposal
WHERE office_id = :office_id AND state = 'open'
ORDER BY made_at, id;

-- name: end_proposal
-- A proposal that was approved or refused.
UPDATE charges.proposal
SET state = :state, ended_by = :by, ended_at = :at
WHERE office_id = :office_id AND id = :id AND state = 'open';
