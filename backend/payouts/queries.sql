-- name: list_schemes
-- The versions of every scheme, the newest of each first.
SELECT code, valid_from, valid_to, name, name_en, funder, settings, source
FROM payouts.scheme
ORDER BY code, valid_from DESC;

-- name: find_scheme
-- A scheme as it stands on a day.
SELECT code, valid_from, valid_to, name, name_en, funder, settings, source
FROM payouts.scheme
WHERE code = :code AND valid_from <= :on_day AND (valid_to IS NULL OR valid_to > :on_day)
ORDER BY valid_from DESC
LIMIT 1;

-- name: find_scheme_version
-- A scheme as it was stamped on a list.
SELECT code, valid_from, valid_to, name, name_en, funder, settings, source
FROM payouts.scheme
WHERE code = :code AND valid_from = :valid_from;

-- name: add_upload
-- A file as it came, to be read by the worker.
INSERT INTO payouts.upload (office_id, id, partner_id, by_id, made_at, asked, sha256, content,
    wants_commit)
VALUES (:office_id, :id, :partner_id, :by_id, :made_at, :asked, :sha256, :content, :wants_commit);

-- name: find_upload
-- A file and how far it was read.
SELECT office_id, id, partner_id, by_id, made_at, asked, wants_commit, state, num_total, num_read,
    num_good, num_known, num_faults, total_vnd, faults, refusal, list_id, num_tries, ended_at
FROM payouts.upload
WHERE office_id = :office_id AND id = :id AND (:partner_id::uuid IS NULL
    OR partner_id = :partner_id);

-- name: list_uploads
-- The newest files of an office, of one agency where one is named.
SELECT office_id, id, partner_id, by_id, made_at, asked, wants_commit, state, num_total, num_read,
    num_good, num_known, num_faults, total_vnd, '[]'::jsonb, refusal, list_id, num_tries, ended_at
FROM payouts.upload
WHERE office_id = :office_id AND (:partner_id::uuid IS NULL OR partner_id = :partner_id)
ORDER BY made_at DESC
LIMIT :limit;

-- name: begin_upload
-- Take a file up, again where a worker died on it; none when it is done.
UPDATE payouts.upload
SET state = 'working', num_tries = num_tries + 1, num_read = 0, num_good = 0, num_known = 0,
    num_faults = 0, total_vnd = 0, faults = '[]', refusal = NULL
WHERE office_id = :office_id AND id = :id AND state IN ('queued', 'working')
RETURNING office_id, id, partner_id, by_id, made_at, asked, wants_commit, state, num_total,
    num_read, num_good, num_known, num_faults, total_vnd, faults, refusal, list_id, num_tries,
    ended_at;

-- name: read_content
-- The sealed bytes of a file.
SELECT content FROM payouts.upload WHERE office_id = :office_id AND id = :id;

-- name: ask_commit
-- Let a file that was judged without fault be kept.
UPDATE payouts.upload
SET wants_commit = true, state = 'queued', num_tries = 0, ended_at = NULL
WHERE office_id = :office_id AND id = :id AND partner_id = :partner_id
    AND state = 'judged' AND num_faults = 0 AND NOT wants_commit
RETURNING id;

-- name: write_progress
-- How far a file was read.
UPDATE payouts.upload
SET num_total = :num_total, num_read = :num_read, num_good = :num_good, num_faults = :num_faults,
    total_vnd = :total_vnd
WHERE office_id = :office_id AND id = :id AND state = 'working';

-- name: end_upload
-- What came of a file; its bytes go once nobody needs them.
UPDATE payouts.upload
SET state = :state, num_total = :num_total, num_read = :num_read, num_good = :num_good,
    num_known = :num_known, num_faults = :num_faults, total_vnd = :total_vnd, faults = :faults,
    refusal = :refusal, list_id = :list_id, ended_at = :at,
    content = CASE WHEN :keeps_content::boolean THEN content END
WHERE office_id = :office_id AND id = :id AND state = 'working';

-- name: forget_files
-- The bytes of files that were judged and never kept, after a while.
UPDATE payouts.upload SET content = NULL
WHERE content IS NOT NULL AND state IN ('judged', 'failed') AND ended_at < :before;

-- name: add_list
-- A first or a delta list, still without rows.
INSERT INTO payouts.list (office_id, id, partner_id, base_id, number, scheme, scheme_from, period,
    second_period, reference, due_on, pay_until, upload_id, digest, made_by, made_at, is_demo)
VALUES (:office_id, :id, :partner_id, :base_id, :number, :scheme, :scheme_from, :period,
    :second_period, :reference, :due_on, :pay_until, :upload_id, :digest, :made_by, :made_at,
    :is_demo)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: find_list
-- A list as it stands.
SELECT office_id, id, partner_id, base_id, number, scheme, scheme_from, period, second_period,
    reference, due_on, pay_until, state, upload_id, num_rows, total_vnd, digest, made_by, made_at,
    approved_by, approved_at, closed_by, closed_at, is_demo
FROM payouts.list
WHERE office_id = :office_id AND id = :id AND (:partner_id::uuid IS NULL
    OR partner_id = :partner_id);

-- name: lock_list
-- A list, locked until the transaction ends.
SELECT office_id, id, partner_id, base_id, number, scheme, scheme_from, period, second_period,
    reference, due_on, pay_until, state, upload_id, num_rows, total_vnd, digest, made_by, made_at,
    approved_by, approved_at, closed_by, closed_at, is_demo
FROM payouts.list
WHERE office_id = :office_id AND id = :id AND (:partner_id::uuid IS NULL
    OR partner_id = :partner_id)
FOR UPDATE;

-- name: find_first_list
-- The first list of an agency, scheme and period that was not discarded.
SELECT office_id, id, partner_id, base_id, number, scheme, scheme_from, period, second_period,
    reference, due_on, pay_until, state, upload_id, num_rows, total_vnd, digest, made_by, made_at,
    approved_by, approved_at, closed_by, closed_at, is_demo
FROM payouts.list
WHERE office_id = :office_id AND partner_id = :partner_id AND scheme = :scheme
    AND period = :period AND reference = :reference AND number = 0 AND state <> 'discarded';

-- name: find_delta_list
-- The delta list of a first list that a file is: the one of equal content, else the open draft.
SELECT office_id, id, partner_id, base_id, number, scheme, scheme_from, period, second_period,
    reference, due_on, pay_until, state, upload_id, num_rows, total_vnd, digest, made_by, made_at,
    approved_by, approved_at, closed_by, closed_at, is_demo
FROM payouts.list
WHERE office_id = :office_id AND base_id = :base_id
    AND (state = 'draft' OR (digest = :digest AND state <> 'discarded'))
ORDER BY digest = :digest DESC, number DESC
LIMIT 1;

-- name: next_delta_number
-- The number of the next delta list of a first list.
SELECT coalesce(max(number), 0) + 1 FROM payouts.list
WHERE office_id = :office_id AND (id = :base_id OR base_id = :base_id);

-- name: list_lists
-- Lists of an office, of one agency where one is named, the newest period first; with their money.
SELECT l.office_id, l.id, l.partner_id, l.base_id, l.number, l.scheme, l.scheme_from, l.period,
    l.second_period, l.reference, l.due_on, l.pay_until, l.state, l.upload_id, l.num_rows,
    l.total_vnd, l.digest, l.made_by, l.made_at, l.approved_by, l.approved_at, l.closed_by,
    l.closed_at, l.is_demo
FROM payouts.list l
WHERE l.office_id = :office_id AND (:partner_id::uuid IS NULL OR l.partner_id = :partner_id)
    AND l.state <> 'discarded' AND l.num_rows > 0 AND (:period::text IS NULL OR l.period = :period)
    AND (:base_id::uuid IS NULL OR :base_id IN (l.id, l.base_id))
ORDER BY l.period DESC, l.scheme, l.reference, l.number, l.id
LIMIT :limit;

-- name: take_rows
-- A list has the rows of this reading of a file from now on.
UPDATE payouts.list
SET upload_id = :upload_id, num_rows = :num_rows, total_vnd = :total_vnd, digest = :digest,
    second_period = :second_period, due_on = :due_on, pay_until = :pay_until,
    scheme_from = :scheme_from, made_by = :made_by, made_at = :made_at
WHERE office_id = :office_id AND id = :id;

-- name: approve_list
-- From now on a list is frozen.
UPDATE payouts.list
SET state = 'approved', approved_by = :by, approved_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: discard_list
-- A draft that is no longer wanted.
UPDATE payouts.list SET state = 'discarded' WHERE office_id = :office_id AND id = :id;

-- name: close_list
-- The end of a list.
UPDATE payouts.list
SET state = 'closed', closed_by = :by, closed_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: add_payouts
-- Rows of a draft.
INSERT INTO payouts.payout (office_id, id, list_id, upload_id, row_number, period, person_key,
    name, search_key, id_sealed, id_last4, id_kind, born_on, household, num_members, amount_vnd,
    how, address, phone_sealed, proxy_name, proxy_id_sealed, proxy_last4, proxy_kind,
    proxy_is_certified, proxy_from, proxy_to, carried_from)
SELECT :office_id, r.id, :list_id, :upload_id, r.row_number, r.period, r.person_key, r.name,
    r.search_key, r.id_sealed, r.id_last4, r.id_kind, r.born_on, r.household, r.num_members,
    r.amount_vnd, r.how, r.address, r.phone_sealed, r.proxy_name, r.proxy_id_sealed,
    r.proxy_last4, r.proxy_kind, r.proxy_is_certified, r.proxy_from, r.proxy_to, r.carried_from
FROM unnest(:ids::uuid[], :row_numbers::integer[], :periods::text[], :person_keys::text[],
    :names::text[], :search_keys::text[], :ids_sealed::bytea[], :last4s::text[],
    :id_kinds::text[], :born::date[], :households::text[], :members::integer[],
    :amounts::bigint[], :hows::text[], :addresses::text[], :phones::bytea[],
    :proxy_names::text[], :proxy_ids::bytea[], :proxy_last4s::text[], :proxy_kinds::text[],
    :certified::boolean[], :proxy_froms::date[], :proxy_tos::date[], :carried::uuid[])
    AS r (id, row_number, period, person_key, name, search_key, id_sealed, id_last4, id_kind,
        born_on, household, num_members, amount_vnd, how, address, phone_sealed, proxy_name,
        proxy_id_sealed, proxy_last4, proxy_kind, proxy_is_certified, proxy_from, proxy_to,
        carried_from);

-- name: add_changes
-- What a draft delta list says of payouts of its first list.
INSERT INTO payouts.change (office_id, id, list_id, upload_id, row_number, kind, payout_id)
SELECT :office_id, r.id, :list_id, :upload_id, r.row_number, r.kind, r.payout_id
FROM unnest(:ids::uuid[], :row_numbers::integer[], :kinds::text[], :payout_ids::uuid[])
    AS r (id, row_number, kind, payout_id);

-- name: drop_rows
-- Rows of a draft that came from one reading of a file, a part at a time; how many went.
WITH gone AS (
    DELETE FROM payouts.payout
    WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM payouts.payout
        WHERE office_id = :office_id AND list_id = :list_id
            AND (upload_id = :upload_id) = :is_of_it
        LIMIT :limit))
    RETURNING 1
)
SELECT count(*) FROM gone;

-- name: drop_changes
-- The same of what a delta list says.
DELETE FROM payouts.change
WHERE office_id = :office_id AND list_id = :list_id AND (upload_id = :upload_id) = :is_of_it;

-- name: is_plain_campaign
-- Whether an agency's campaign began when households were known by their code alone.
SELECT EXISTS (
    SELECT FROM payouts.plain_campaign
    WHERE office_id = :office_id AND partner_id = :partner_id AND scheme = :scheme
        AND reference = :reference);

-- name: find_elsewhere
-- Which of these people are in another list of the scheme for the same period, to be paid or paid;
-- and the first list of that one.
SELECT p.person_key, p.period, l.base_id
FROM unnest(:person_keys::text[], :periods::text[]) AS w (person_key, period)
JOIN payouts.payout p ON p.office_id = :office_id AND p.person_key = w.person_key
    AND p.period = w.period
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE l.scheme = :scheme AND l.reference = :reference AND l.id <> :list_id
    AND l.state IN ('draft', 'approved', 'closed') AND p.upload_id = l.upload_id
    AND p.state IN ('unpaid', 'paid');

-- name: count_overlaps
-- How many people of a list are in another approved one of the scheme for the same period.
SELECT count(*)
FROM payouts.payout p
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
JOIN payouts.payout o ON o.office_id = p.office_id AND o.person_key = p.person_key
    AND o.period = p.period AND o.list_id <> p.list_id
JOIN payouts.list k ON k.office_id = o.office_id AND k.id = o.list_id
WHERE l.office_id = :office_id AND l.id = :list_id AND k.scheme = l.scheme
    AND k.reference = l.reference AND k.state IN ('approved', 'closed')
    AND (o.state IN ('unpaid', 'paid') OR (o.id <> coalesce(p.carried_from, p.id)
        AND o.state = 'carried' AND EXISTS (SELECT FROM payouts.payout s
            WHERE s.office_id = o.office_id AND s.carried_from = o.id AND s.list_id <> l.id)));

-- name: find_carried
-- What was carried over for these people and stands in no list yet.
SELECT p.person_key, p.period, p.id, p.amount_vnd
FROM payouts.payout p
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE p.office_id = :office_id AND l.partner_id = :partner_id AND l.scheme = :scheme
    AND l.reference = :reference AND p.state = 'carried'
    AND (:person_keys::text[] IS NULL OR p.person_key = ANY (:person_keys))
    AND NOT EXISTS (
        SELECT FROM payouts.payout s
        JOIN payouts.list k ON k.office_id = s.office_id AND k.id = s.list_id
        WHERE s.office_id = p.office_id AND s.carried_from = p.id AND k.id <> :list_id
            AND k.state <> 'discarded' AND s.upload_id = k.upload_id);

-- name: find_in_base
-- The payouts of a first list and its approved deltas for these people and periods.
SELECT p.person_key, p.period, p.id, p.state
FROM unnest(:person_keys::text[], :periods::text[]) AS w (person_key, period)
JOIN payouts.payout p ON p.office_id = :office_id AND p.person_key = w.person_key
    AND p.period = w.period
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE :base_id IN (l.id, l.base_id) AND l.state IN ('approved', 'closed');

-- name: carry_in
-- Copy what was carried over and stands in no list yet into a draft: number of rows, and money.
WITH carried AS (
    INSERT INTO payouts.payout (office_id, id, list_id, upload_id, row_number, period, person_key,
        name, search_key, id_sealed, id_last4, id_kind, born_on, household, num_members,
        amount_vnd, how, address, phone_sealed, proxy_name, proxy_id_sealed, proxy_last4,
        proxy_kind, proxy_is_certified, proxy_from, proxy_to, carried_from)
    SELECT p.office_id, w.new_id, :list_id, :upload_id, 0, p.period, p.person_key, p.name,
        p.search_key, p.id_sealed, p.id_last4, p.id_kind, p.born_on, p.household, p.num_members,
        p.amount_vnd, p.how, p.address, p.phone_sealed, p.proxy_name, p.proxy_id_sealed,
        p.proxy_last4, p.proxy_kind, p.proxy_is_certified, p.proxy_from, p.proxy_to, p.id
    FROM unnest(:ids::uuid[], :new_ids::uuid[]) AS w (id, new_id)
    JOIN payouts.payout p ON p.office_id = :office_id AND p.id = w.id
    WHERE NOT EXISTS (
        SELECT FROM payouts.payout s WHERE s.office_id = p.office_id AND s.list_id = :list_id
            AND s.upload_id = :upload_id AND s.person_key = p.person_key AND s.period = p.period)
    RETURNING amount_vnd
)
SELECT count(*), coalesce(sum(amount_vnd), 0)::bigint FROM carried;

-- name: sum_carried_in
-- Money that came into a list with what was carried over.
SELECT coalesce(sum(p.amount_vnd), 0)::bigint
FROM payouts.payout p
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE p.office_id = :office_id AND p.list_id = :list_id AND p.upload_id = l.upload_id
    AND p.carried_from IS NOT NULL;

-- name: add_funding
-- Money that came for a list.
INSERT INTO payouts.funding (office_id, id, list_id, n, amount_vnd, transfer_id, by_id, at)
VALUES (:office_id, :id, :list_id, :n, :amount_vnd, :transfer_id, :by, :at);

-- name: list_fundings
-- Money that came for a list, corrections too: id, number, amount, transfer, reversal.
SELECT id, n, amount_vnd, transfer_id, reversal_id
FROM payouts.funding
WHERE office_id = :office_id AND list_id = :list_id
ORDER BY n;

-- name: reverse_funding
-- That money did not come.
UPDATE payouts.funding SET reversal_id = :reversal_id
WHERE office_id = :office_id AND id = :id AND reversal_id IS NULL;

-- name: apply_changes
-- Stop or move what is still unpaid, or let who was told dead be alive; the payouts that were, and
-- whether they are paid on.
WITH said AS (
    SELECT c.id, c.payout_id, c.kind
    FROM payouts.change c
    JOIN payouts.list l ON l.office_id = c.office_id AND l.id = c.list_id
    WHERE c.office_id = :office_id AND c.list_id = :list_id AND c.upload_id = l.upload_id
)
UPDATE payouts.payout p
SET state = CASE s.kind WHEN 'moved' THEN 'moved' WHEN 'alive' THEN p.state ELSE 'stopped' END,
    state_reason = CASE s.kind WHEN 'alive' THEN p.state_reason ELSE s.kind END,
    state_at = CASE s.kind WHEN 'alive' THEN p.state_at ELSE :at END,
    last_reason = CASE s.kind WHEN 'alive' THEN '' ELSE p.last_reason END,
    placed_at = CASE s.kind WHEN 'alive' THEN NULL ELSE p.placed_at END
FROM said s
WHERE p.office_id = :office_id AND p.id = s.payout_id AND p.state = 'unpaid'
    AND (s.kind <> 'alive' OR p.last_reason = 'DECEASED')
RETURNING p.id, p.list_id, s.kind = 'alive';

-- name: note_changes
-- Write which changes came in time: those whose payouts are named.
UPDATE payouts.change
SET outcome = CASE WHEN payout_id = ANY (:payout_ids::uuid[]) THEN 'applied' ELSE 'too_late' END
WHERE office_id = :office_id AND list_id = :list_id;

-- name: list_changes
-- What a delta list says: row, kind, name, period, outcome, how the payout stands.
SELECT c.row_number, c.kind, p.name, p.period, p.amount_vnd, c.outcome, p.state
FROM payouts.change c
JOIN payouts.list l ON l.office_id = c.office_id AND l.id = c.list_id
JOIN payouts.payout p ON p.office_id = c.office_id AND p.id = c.payout_id
WHERE c.office_id = :office_id AND c.list_id = :list_id AND c.upload_id = l.upload_id
ORDER BY c.row_number;

-- name: end_unpaid
-- What a closing list never paid: carried, or given back.
UPDATE payouts.payout
SET state = :state, state_at = :at
WHERE office_id = :office_id AND id = ANY (:ids::uuid[]) AND state = 'unpaid';

-- name: add_give_back
-- Money of a closed list that went back.
INSERT INTO payouts.give_back (office_id, list_id, n, amount_vnd, transfer_id, by_id, at)
VALUES (:office_id, :list_id, :n, :amount_vnd, :transfer_id, :by, :at);

-- name: lock_payout
-- A payout, locked until the transaction ends.
SELECT office_id, id, list_id, row_number, period, person_key, name, id_last4, id_kind, household,
    num_members, amount_vnd, how, address, proxy_name, proxy_last4, proxy_kind, proxy_is_certified,
    proxy_from, proxy_to, carried_from, state, state_reason, state_at, generation, num_attempts,
    last_reason, courier_id, citizen_id, delivery_point_id
FROM payouts.payout
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_payouts
-- Rows of a list by their number, of a state or folded words where asked, a page at a time.
SELECT p.office_id, p.id, p.list_id, p.row_number, p.period, p.person_key, p.name, p.id_last4,
    p.id_kind, p.household, p.num_members, p.amount_vnd, p.how, p.address, p.proxy_name,
    p.proxy_last4, p.proxy_kind, p.proxy_is_certified, p.proxy_from, p.proxy_to, p.carried_from,
    p.state, p.state_reason, p.state_at, p.generation, p.num_attempts, p.last_reason,
    p.courier_id, p.citizen_id, p.delivery_point_id
FROM payouts.payout p
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE p.office_id = :office_id AND p.list_id = :list_id AND p.upload_id = l.upload_id
    AND (:state::text IS NULL OR p.state = :state)
    AND (:pattern::text IS NULL OR p.search_key LIKE :pattern)
    AND (p.row_number, p.id) > (:after_row::integer, :after_id::uuid)
ORDER BY p.row_number, p.id
LIMIT :limit;

-- name: find_by_person
-- What is owed to a person in approved lists of an office, the oldest period first.
SELECT p.office_id, p.id, p.list_id, p.row_number, p.period, p.person_key, p.name, p.id_last4,
    p.id_kind, p.household, p.num_members, p.amount_vnd, p.how, p.address, p.proxy_name,
    p.proxy_last4, p.proxy_kind, p.proxy_is_certified, p.proxy_from, p.proxy_to, p.carried_from,
    p.state, p.state_reason, p.state_at, p.generation, p.num_attempts, p.last_reason,
    p.courier_id, p.citizen_id, p.delivery_point_id
FROM payouts.payout p
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE p.office_id = :office_id AND p.person_key = :person_key AND l.state = 'approved'
ORDER BY p.period, p.id
LIMIT 50;

-- name: list_payments_of
-- The payments that count of some payouts: payout, when, where, how it was known, by whom.
SELECT payout_id, id, at, place, shown, by_id
FROM payouts.payment
WHERE office_id = :office_id AND payout_id = ANY (:payout_ids::uuid[]) AND reversal_id IS NULL;

-- name: set_state
-- How a payout stands now.
UPDATE payouts.payout
SET state = :state, state_reason = :reason, state_at = :at, generation = :generation
WHERE office_id = :office_id AND id = :id;

-- name: set_attempt
-- One visit more that paid nothing; who was told dead stays so until the agency has spoken.
UPDATE payouts.payout
SET num_attempts = num_attempts + 1,
    last_reason = CASE last_reason WHEN 'DECEASED' THEN last_reason ELSE :reason END
WHERE office_id = :office_id AND id = :id;

-- name: list_shares_left
-- What each courier has of each approved list: how many people are not paid yet, and how much.
SELECT p.list_id, p.courier_id, l.scheme, l.period,
    count(*) FILTER (WHERE p.state = 'unpaid')::integer,
    coalesce(sum(p.amount_vnd) FILTER (WHERE p.state = 'unpaid'), 0)::bigint
FROM payouts.payout AS p
JOIN payouts.list AS l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE p.office_id = :office_id AND p.courier_id = ANY (:courier_ids::uuid[])
    AND l.state <> 'discarded'
GROUP BY p.list_id, p.courier_id, l.scheme, l.period;

-- name: unset_attempt
-- One visit less: it was none. The reason is that of the visit before.
UPDATE payouts.payout
SET num_attempts = greatest(num_attempts - 1, 0), last_reason = coalesce((
    SELECT a.reason FROM payouts.attempt AS a
    WHERE a.office_id = :office_id AND a.payout_id = :id AND a.id <> :op_id
    ORDER BY a.at DESC LIMIT 1), '')
WHERE office_id = :office_id AND id = :id;

-- name: assign
-- Give payouts to a courier; the lists they are of.
UPDATE payouts.payout p SET courier_id = :courier_id
FROM payouts.list l
WHERE p.office_id = :office_id AND p.id = ANY (:ids::uuid[]) AND l.office_id = p.office_id
    AND l.id = p.list_id AND l.state = 'approved'
RETURNING p.list_id;

-- name: list_share
-- What a courier has to pay of a list: payout and amount.
SELECT id, amount_vnd
FROM payouts.payout
WHERE office_id = :office_id AND list_id = :list_id AND courier_id = :courier_id
    AND state = 'unpaid'
ORDER BY id;

-- name: list_unplaced
-- Home payouts of an approved list that are not due at a door yet, some at a time, with what the
-- office knows of the same people from before.
SELECT p.id, p.person_key, p.name, p.id_last4, p.id_kind, p.period, p.amount_vnd, p.address,
    p.phone_sealed, p.proxy_name, p.proxy_last4, p.proxy_kind, p.proxy_from, p.proxy_to,
    p.proxy_is_certified,
    (SELECT o.citizen_id FROM payouts.payout o
        WHERE o.office_id = p.office_id AND o.person_key = p.person_key
            AND o.citizen_id IS NOT NULL AND o.name = p.name
        ORDER BY o.id DESC LIMIT 1)
FROM payouts.payout p
WHERE p.office_id = :office_id AND p.list_id = :list_id AND p.how = 'home'
    AND p.state = 'unpaid' AND p.placed_at IS NULL AND p.place_fault = ''
ORDER BY p.row_number, p.id
LIMIT :limit
FOR UPDATE SKIP LOCKED;

-- name: set_placed
-- A payout is due at its door, or why it could not be.
UPDATE payouts.payout
SET citizen_id = :citizen_id, delivery_point_id = :point_id, placed_at = :at,
    place_fault = :fault
WHERE office_id = :office_id AND id = :id;

-- name: add_payment
-- Money given to a person.
INSERT INTO payouts.payment (office_id, id, payout_id, generation, amount_vnd, courier_id, place,
    sitting_id, transfer_id, op_id, doubt_id, by_id, at, received_at, shown)
VALUES (:office_id, :id, :payout_id, :generation, :amount_vnd, :courier_id, :place, :sitting_id,
    :transfer_id, :op_id, :doubt_id, :by_id, :at, :received_at, :shown);

-- name: lock_payment
-- A payment, locked.
SELECT office_id, id, payout_id, generation, amount_vnd, courier_id, place, sitting_id,
    transfer_id, reversal_id, op_id, by_id, at
FROM payouts.payment
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: find_payment_of_op
-- The payment that a fact of a phone became.
SELECT id FROM payouts.payment WHERE office_id = :office_id AND op_id = :op_id;

-- name: find_doubt_of_op
-- The doubt that a fact of a phone became.
SELECT id, reason FROM payouts.doubt WHERE office_id = :office_id AND op_id = :op_id;

-- name: reverse_payment
-- A payment counts no longer.
UPDATE payouts.payment SET reversal_id = :reversal_id
WHERE office_id = :office_id AND id = :id AND reversal_id IS NULL;

-- name: add_doubt
-- Notes that left a hand though they might not.
INSERT INTO payouts.doubt (office_id, id, payout_id, courier_id, amount_vnd, reason, op_id, at,
    received_at, shown, transfer_id)
VALUES (:office_id, :id, :payout_id, :courier_id, :amount_vnd, :reason, :op_id, :at, :received_at,
    :shown, :transfer_id);

-- name: lock_doubt
-- A doubt, locked.
SELECT office_id, id, payout_id, courier_id, amount_vnd, reason, op_id, at, received_at, shown,
    transfer_id, settled_as, settled_at
FROM payouts.doubt
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_doubts
-- Doubts of an office that wait for a person, oldest first: with who and what.
SELECT d.id, d.payout_id, d.courier_id, d.amount_vnd, d.reason, d.at, d.received_at,
    d.transfer_id IS NOT NULL, p.name, p.period, p.amount_vnd, p.state, p.list_id, l.scheme
FROM payouts.doubt d
JOIN payouts.payout p ON p.office_id = d.office_id AND p.id = d.payout_id
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE d.office_id = :office_id AND d.settled_at IS NULL
ORDER BY d.received_at, d.id
LIMIT 500;

-- name: count_doubts
-- How many doubts of a list wait for a person.
SELECT count(*)
FROM payouts.doubt d
JOIN payouts.payout p ON p.office_id = d.office_id AND p.id = d.payout_id
WHERE d.office_id = :office_id AND p.list_id = :list_id AND d.settled_at IS NULL;

-- name: post_doubt
-- The hand that paid has enough in the books now.
UPDATE payouts.doubt SET transfer_id = :transfer_id WHERE office_id = :office_id AND id = :id;

-- name: settle_doubt
-- Whose the notes are, said by two people.
UPDATE payouts.doubt
SET settled_as = :settled_as, settlement_id = :settlement_id, settled_by = :by,
    approved_by = :approved_by, settled_at = :at, note = :note
WHERE office_id = :office_id AND id = :id;

-- name: add_attempt
-- A visit that paid nothing.
INSERT INTO payouts.attempt (office_id, id, payout_id, reason, next_on, note, by_id, at)
VALUES (:office_id, :id, :payout_id, :reason, :next_on, :note, :by, :at)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: add_sitting
-- A payout at a place and time.
INSERT INTO payouts.sitting (office_id, id, partner_id, place, held_on, supervisor, opened_by,
    opened_at)
VALUES (:office_id, :id, :partner_id, :place, :held_on, :supervisor, :opened_by, :opened_at)
ON CONFLICT DO NOTHING;

-- name: lock_sitting
-- A sitting, locked.
SELECT office_id, id, partner_id, place, held_on, supervisor, opened_by, opened_at, closed_at,
    num_paid, paid_vnd, note
FROM payouts.sitting
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_sittings
-- Sittings of an office, of one agency where one is named, the newest first.
SELECT office_id, id, partner_id, place, held_on, supervisor, opened_by, opened_at, closed_at,
    num_paid, paid_vnd, note
FROM payouts.sitting
WHERE office_id = :office_id AND (:partner_id::uuid IS NULL OR partner_id = :partner_id)
ORDER BY held_on DESC, id DESC
LIMIT 200;

-- name: sum_sitting
-- What a sitting paid: how many, how much.
SELECT count(*), coalesce(sum(amount_vnd), 0)::bigint
FROM payouts.payment
WHERE office_id = :office_id AND sitting_id = :sitting_id AND reversal_id IS NULL;

-- name: list_sitting_payments
-- Who was paid at a sitting: for its minutes.
SELECT p.name, p.id_last4, p.period, y.amount_vnd, y.at, y.shown
FROM payouts.payment y
JOIN payouts.payout p ON p.office_id = y.office_id AND p.id = y.payout_id
WHERE y.office_id = :office_id AND y.sitting_id = :sitting_id AND y.reversal_id IS NULL
ORDER BY y.at, y.id;

-- name: close_sitting
-- The minutes are signed by both sides.
UPDATE payouts.sitting
SET closed_at = :at, num_paid = :num_paid, paid_vnd = :paid_vnd, note = :note,
    sign_post = :sign_post, sign_agency = :sign_agency, supervisor = :supervisor
WHERE office_id = :office_id AND id = :id;

-- name: add_proposal
-- What one person asks of another.
INSERT INTO payouts.proposal (office_id, id, kind, subject_id, detail, reason, made_by, made_at)
VALUES (:office_id, :id, :kind, :subject_id, :detail, :reason, :made_by, :made_at)
ON CONFLICT (office_id, subject_id) WHERE kind = 'fund' AND decided_at IS NULL DO NOTHING;

-- name: lock_proposal
-- What was asked, locked.
SELECT office_id, id, kind, subject_id, detail, reason, made_by, made_at, is_allowed, decided_by,
    decided_at
FROM payouts.proposal
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_proposals
-- What waits for a second person, oldest first, and whose money or which list it is about.
SELECT a.id, a.kind, a.subject_id, CASE WHEN a.kind = 'fund' THEN '' ELSE a.detail END, a.reason,
    a.made_by, a.made_at, coalesce(p.name, ''), coalesce(p.period, l.period, ''),
    coalesce(CASE WHEN a.kind = 'fund' THEN a.detail END::bigint, y.amount_vnd, d.amount_vnd,
        l.total_vnd)::bigint, l.id, coalesce(l.scheme, '')
FROM payouts.proposal a
LEFT JOIN payouts.payment y
    ON a.kind = 'correct' AND y.office_id = a.office_id AND y.id = a.subject_id
LEFT JOIN payouts.doubt d
    ON a.kind = 'settle' AND d.office_id = a.office_id AND d.id = a.subject_id
LEFT JOIN payouts.payout p
    ON p.office_id = a.office_id AND p.id = coalesce(y.payout_id, d.payout_id)
LEFT JOIN payouts.list l
    ON l.office_id = a.office_id AND l.id = coalesce(p.list_id, a.subject_id)
WHERE a.office_id = :office_id AND a.decided_at IS NULL
ORDER BY a.made_at, a.id
LIMIT 200;

-- name: decide_proposal
-- A second person allows or refuses it.
UPDATE payouts.proposal
SET is_allowed = :is_allowed, decided_by = :by, decided_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: find_export_leave
-- Whether a second person lately allowed this one to export a list.
SELECT EXISTS (
    SELECT FROM payouts.proposal
    WHERE office_id = :office_id AND kind = 'export' AND subject_id = :list_id
        AND made_by = :by AND is_allowed AND decided_at > :since);

-- name: sum_rows
-- A list's money by the rows: number and sum of each state, doubts of unpaid rows apart.
SELECT p.state, p.state_reason, EXISTS (
        SELECT FROM payouts.doubt d WHERE d.office_id = p.office_id AND d.payout_id = p.id
            AND d.settled_at IS NULL AND d.transfer_id IS NOT NULL) AS is_in_doubt,
    count(*), sum(p.amount_vnd)::bigint
FROM payouts.payout p
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
WHERE p.office_id = :office_id AND p.list_id = :list_id AND p.upload_id = l.upload_id
GROUP BY 1, 2, 3;

-- name: sum_lists
-- How many rows of some lists are paid, and the money paid and still to be paid.
SELECT l.id, count(*) FILTER (WHERE p.state = 'paid'),
    coalesce(sum(p.amount_vnd) FILTER (WHERE p.state = 'paid'), 0)::bigint,
    coalesce(sum(p.amount_vnd) FILTER (WHERE p.state = 'unpaid'), 0)::bigint
FROM payouts.list l
JOIN payouts.payout p
    ON p.office_id = l.office_id AND p.list_id = l.id AND p.upload_id = l.upload_id
WHERE l.office_id = :office_id AND l.id = ANY(:list_ids::uuid[])
GROUP BY l.id;

-- name: sum_ledger
-- A list's money by the book: came, paid out, went back, in doubt, and its fee; what was taken
-- back is left out. The book
-- is asked by code and key, not by what this room remembers.
SELECT
    (SELECT coalesce(sum(t.amount_vnd), 0)::bigint FROM ledger.transfer t
        WHERE t.office_id = l.office_id AND t.code = 'fund.' || l.scheme
            AND split_part(t.business_key, ':', 1) = l.id::text AND NOT EXISTS (
                SELECT FROM ledger.transfer r WHERE r.office_id = t.office_id
                    AND r.reverses_id = t.id)),
    (SELECT coalesce(sum(t.amount_vnd), 0)::bigint FROM payouts.payout p
        JOIN ledger.transfer t ON t.code = 'payout.' || l.scheme AND t.office_id = p.office_id
            AND t.business_key = concat_ws(':', p.period, nullif(l.reference, ''), p.person_key,
                CASE WHEN p.generation > 1 THEN 'g' || p.generation END)
        WHERE p.office_id = l.office_id AND p.list_id = l.id AND p.state = 'paid'
            AND NOT EXISTS (
                SELECT FROM ledger.transfer r WHERE r.office_id = t.office_id
                    AND r.reverses_id = t.id)),
    (SELECT coalesce(sum(t.amount_vnd), 0)::bigint FROM ledger.transfer t
        WHERE t.office_id = l.office_id AND t.code = 'return.' || l.scheme
            AND split_part(t.business_key, ':', 1) = l.id::text),
    (SELECT coalesce(sum(t.amount_vnd), 0)::bigint FROM payouts.doubt d
        JOIN payouts.payout p ON p.office_id = d.office_id AND p.id = d.payout_id
        JOIN ledger.transfer t ON t.office_id = d.office_id AND t.id = d.transfer_id
            AND t.code = 'payout.in_doubt'
        WHERE d.office_id = l.office_id AND p.list_id = l.id AND d.settled_at IS NULL),
    (SELECT coalesce(sum(t.amount_vnd), 0)::bigint FROM ledger.transfer t
        WHERE t.office_id = l.office_id AND t.code = 'fee.' || l.scheme
            AND split_part(t.business_key, ':', 1) = l.id::text)
FROM payouts.list l
WHERE l.office_id = :office_id AND l.id = :list_id;

-- name: add_fee
-- What an agency owes for what a list paid, or that it owes nothing.
INSERT INTO payouts.fee (office_id, list_id, n, num_paid, paid_vnd, amount_vnd, transfer_id, by_id,
    at)
VALUES (:office_id, :list_id, :n, :num_paid, :paid_vnd, :amount_vnd, :transfer_id, :by, :at);

-- name: sum_fees
-- The fee written down when a list ended; NULL where none was.
SELECT sum(amount_vnd)::bigint FROM payouts.fee
WHERE office_id = :office_id AND list_id = :list_id;

-- name: sum_agency
-- What the rows of an agency's approved lists of a scheme leave with the post: what is not paid
-- and did not go back, what was carried into another list counted there.
SELECT coalesce(sum(
        coalesce((SELECT sum(f.amount_vnd) FROM payouts.funding f
            WHERE f.office_id = l.office_id AND f.list_id = l.id AND f.reversal_id IS NULL), 0)
        - coalesce((SELECT sum(p.amount_vnd) FROM payouts.payout p
            WHERE p.office_id = l.office_id AND p.list_id = l.id AND p.state = 'paid'), 0)
        - coalesce((SELECT sum(b.amount_vnd) FROM payouts.give_back b
            WHERE b.office_id = l.office_id AND b.list_id = l.id), 0)), 0)::bigint
FROM payouts.list l
WHERE l.office_id = :office_id AND l.partner_id = :partner_id AND l.scheme = :scheme;

-- name: find_signs
-- The signatures under a sitting's minutes.
SELECT sign_post, sign_agency FROM payouts.sitting
WHERE office_id = :office_id AND id = :sitting_id;

-- name: sum_doubts
-- Notes of a list in doubt that were posted and not settled, đồng.
SELECT coalesce(sum(d.amount_vnd), 0)::bigint
FROM payouts.doubt d
JOIN payouts.payout p ON p.office_id = d.office_id AND p.id = d.payout_id
WHERE d.office_id = :office_id AND p.list_id = :list_id AND d.settled_at IS NULL
    AND d.transfer_id IS NOT NULL;

-- name: list_changed
-- The payouts that a delta list names.
SELECT c.payout_id
FROM payouts.change c
JOIN payouts.list l ON l.office_id = c.office_id AND l.id = c.list_id
WHERE c.office_id = :office_id AND c.list_id = :list_id AND c.upload_id = l.upload_id;

-- name: list_unpaid
-- What a list has not paid.
SELECT id FROM payouts.payout
WHERE office_id = :office_id AND list_id = :list_id AND state = 'unpaid'
ORDER BY id;

-- name: find_list_of_payment
-- The list whose payout a payment paid.
SELECT p.list_id
FROM payouts.payment y
JOIN payouts.payout p ON p.office_id = y.office_id AND p.id = y.payout_id
WHERE y.office_id = :office_id AND y.id = :id;


-- name: find_same_file
-- The list that has the rows of the very same file, said to be the same; what that came to.
SELECT l.id, u.num_good, u.total_vnd
FROM payouts.list l
JOIN payouts.upload u ON u.office_id = l.office_id AND u.id = l.upload_id
WHERE l.office_id = :office_id AND l.partner_id = :partner_id AND l.state <> 'discarded'
    AND u.state = 'done' AND u.asked = :asked::jsonb
    AND u.sha256 = (SELECT sha256 FROM payouts.upload
        WHERE office_id = :office_id AND id = :upload_id);

-- name: list_watched
-- Lists whose calendar may ask for something, with the alarms they have had: drafts, approved ones,
-- and first lists of late, after which another is due.
SELECT l.office_id, l.id, l.scheme, l.scheme_from, l.period, l.second_period, ARRAY(
        SELECT a.kind || CASE WHEN a.is_late THEN ':late' ELSE '' END
        FROM payouts.alarm a WHERE a.office_id = l.office_id AND a.list_id = l.id)
FROM payouts.list l
WHERE l.num_rows > 0 AND (l.state IN ('draft', 'approved')
    OR (l.state = 'closed' AND l.number = 0 AND l.period >= :since))
ORDER BY l.office_id, l.id;

-- name: list_wanting
-- Which of these lists still lack what an alarm is about: how many people or rows, how much money.
SELECT l.office_id, l.id, w.kind, n.num::integer, n.amount_vnd::bigint
FROM unnest(:office_ids::uuid[], :list_ids::uuid[], :kinds::text[])
    AS w (office_id, list_id, kind)
JOIN payouts.list l ON l.office_id = w.office_id AND l.id = w.list_id
CROSS JOIN LATERAL (
    SELECT l.num_rows, m.missing_vnd
    FROM (SELECT l.total_vnd
            - coalesce((SELECT sum(f.amount_vnd) FROM payouts.funding f
                WHERE f.office_id = l.office_id AND f.list_id = l.id
                    AND f.reversal_id IS NULL), 0)
            - coalesce((SELECT sum(p.amount_vnd) FROM payouts.payout p
                WHERE p.office_id = l.office_id AND p.list_id = l.id
                    AND p.upload_id = l.upload_id AND p.carried_from IS NOT NULL), 0))
        AS m (missing_vnd)
    WHERE w.kind IN ('money_missing', 'approval_missing') AND l.state = 'draft' AND l.number = 0
        AND (m.missing_vnd > 0) = (w.kind = 'money_missing')
    UNION ALL
    SELECT count(*), coalesce(sum(p.amount_vnd), 0)
    FROM payouts.payout p
    WHERE w.kind IN ('commune_unpaid', 'not_settled') AND l.state = 'approved'
        AND p.office_id = l.office_id AND p.list_id = l.id AND p.state = 'unpaid'
        AND (w.kind = 'not_settled' OR p.how <> 'counter')
    HAVING l.state = 'approved' AND (w.kind = 'not_settled'
        OR (w.kind = 'commune_unpaid' AND count(*) > 0))
    UNION ALL
    SELECT 0, 0
    WHERE w.kind = 'list_missing' AND l.state IN ('approved', 'closed') AND l.number = 0
        AND NOT EXISTS (
            SELECT FROM payouts.list k
            WHERE k.office_id = l.office_id AND k.partner_id = l.partner_id
                AND k.scheme = l.scheme AND k.reference = l.reference AND k.number = 0
                AND k.state <> 'discarded' AND k.num_rows > 0
                AND k.period > coalesce(l.second_period, l.period))
) AS n (num, amount_vnd);

-- name: add_alarms
-- Alarms of lists, each once; the offices of those that are new.
INSERT INTO payouts.alarm (office_id, list_id, kind, is_late, due_on, raised_at)
SELECT r.office_id, r.list_id, r.kind, r.is_late, r.due_on, :at
FROM unnest(:office_ids::uuid[], :list_ids::uuid[], :kinds::text[], :lates::boolean[],
    :dues::date[]) AS r (office_id, list_id, kind, is_late, due_on)
ON CONFLICT DO NOTHING
RETURNING office_id;

-- name: list_raised
-- Alarms of an office, of one agency where one is named, each by its first time, with their lists.
SELECT a.office_id, a.list_id, a.kind, min(a.raised_at), l.partner_id, l.number, l.scheme,
    l.scheme_from, l.period, l.second_period, l.reference
FROM payouts.alarm a
JOIN payouts.list l ON l.office_id = a.office_id AND l.id = a.list_id
WHERE a.office_id = :office_id AND (:partner_id::uuid IS NULL OR l.partner_id = :partner_id)
    AND (l.state IN ('draft', 'approved') OR (l.state = 'closed' AND a.kind = 'list_missing'
        AND l.period >= :since))
GROUP BY a.office_id, a.list_id, a.kind, l.office_id, l.id
ORDER BY a.list_id, a.kind;

-- name: sum_unpaid
-- Of every approved list what is paid at pay points and at the counter; a home whose address says
-- nothing comes to the counter.
SELECT l.id, CASE p.how WHEN 'pay_point' THEN 'pay_point' ELSE 'counter' END AS way,
    count(*)::integer, sum(p.amount_vnd)::bigint
FROM payouts.payout p
JOIN payouts.list l ON l.office_id = p.office_id AND l.id = p.list_id
    AND l.upload_id = p.upload_id
WHERE p.office_id = :office_id AND l.state = 'approved' AND p.state = 'unpaid'
    AND (p.how <> 'home' OR p.place_fault <> '')
GROUP BY l.id, way
ORDER BY l.id, way;
