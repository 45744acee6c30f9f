-- name: epoch
-- The server's epoch.
SELECT epoch FROM sync.epoch;

-- name: add_stream
-- The row of a phone install at its first call.
INSERT INTO sync.stream (
    office_id, id, device_id, staff_id, last_hash, made_at, last_seen_at)
VALUES (:office_id, :id, :device_id, :staff_id, :last_hash, :now, :now)
ON CONFLICT DO NOTHING;

-- name: lock_stream
-- The stream, locked: one exchange at a time (S3).
SELECT id, device_id, staff_id, last_seq, last_hash, last_occurred_at, fork_seq
FROM sync.stream
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: save_stream
-- Where the stream stands after an exchange, and what the phone says it has (S4).
UPDATE sync.stream
SET last_seq = :last_seq, last_hash = :last_hash, last_occurred_at = :last_occurred_at,
    head_seq = :head, fork_seq = :fork_seq, last_seen_at = :now, app_version = :app
WHERE office_id = :office_id AND id = :id;

-- name: hashes_from
-- The recorded hashes of a stream from one number to another.
SELECT seq, hash
FROM sync.op_log
WHERE office_id = :office_id AND stream_id = :stream_id AND seq BETWEEN :first AND :last
ORDER BY seq;

-- name: add_ops
-- Facts, recorded for ever in the bytes the phone hashed.
INSERT INTO sync.op_log (
    office_id, stream_id, seq, op_id, kind, v, raw, hash, occurred_at, time_quality, received_at)
SELECT :office_id, :stream_id, o.seq, o.op_id, o.kind, o.v, o.raw, o.hash, o.occurred_at,
    o.time_quality, :received_at
FROM unnest(
    :seqs::bigint[], :op_ids::uuid[], :kinds::text[], :versions::smallint[], :raws::bytea[],
    :hashes::bytea[], :occurred::timestamptz[], :qualities::text[])
    AS o (seq, op_id, kind, v, raw, hash, occurred_at, time_quality);

-- name: add_sides
-- The personal parts of facts.
INSERT INTO sync.op_side (office_id, stream_id, seq, raw)
SELECT :office_id, :stream_id, s.seq, s.raw
FROM unnest(:seqs::bigint[], :raws::bytea[]) AS s (seq, raw);

-- name: list_effects
-- Which op ids had their effect before (S8).
SELECT op_id
FROM sync.effect
WHERE office_id = :office_id AND op_id = ANY (:op_ids::uuid[]);

-- name: add_effects
-- One effect per op id; fewer rows are made when another stream was quicker (S8).
INSERT INTO sync.effect (office_id, op_id, stream_id, seq)
SELECT :office_id, e.op_id, :stream_id, e.seq
FROM unnest(:op_ids::uuid[], :seqs::bigint[]) AS e (op_id, seq)
ON CONFLICT (office_id, op_id) DO NOTHING;

-- name: add_decisions
-- What the server makes of facts.
INSERT INTO sync.op_decision (office_id, op_id, n, outcome, reason, at)
SELECT :office_id, d.op_id, 1, d.outcome, d.reason, :at
FROM unnest(:op_ids::uuid[], :outcomes::text[], :reasons::text[]) AS d (op_id, outcome, reason);

-- name: find_first_decision
-- What the server made of a fact of one device.
SELECT e.seq, e.op_id, d.n, d.outcome, d.reason
FROM sync.effect AS e
JOIN sync.stream AS s ON s.office_id = e.office_id AND s.id = e.stream_id
JOIN sync.op_decision AS d ON d.office_id = e.office_id AND d.op_id = e.op_id AND d.n = 1
WHERE e.office_id = :office_id AND e.op_id = :op_id AND s.device_id = :device_id;

-- name: add_decision
-- What the server, or a person after it, makes of a fact.
INSERT INTO sync.op_decision (office_id, op_id, n, outcome, reason, by_staff_id, note, at)
VALUES (:office_id, :op_id, :n, :outcome, :reason, :by_staff_id, :note, :at);

-- name: decisions_from
-- The newest decisions of a stream's facts from one number to another: a phone that took a snapshot
-- has not seen what a person decided meanwhile.
SELECT o.seq, o.op_id, d.n, d.outcome, d.reason
FROM sync.op_log AS o
CROSS JOIN LATERAL (
    SELECT one.n, one.outcome, one.reason
    FROM sync.op_decision AS one
    WHERE one.office_id = o.office_id AND one.op_id = o.op_id
    ORDER BY one.n DESC
    LIMIT 1) AS d
WHERE o.office_id = :office_id AND o.stream_id = :stream_id AND o.seq BETWEEN :first AND :last
ORDER BY o.seq
LIMIT :num_max;

-- name: safe_seq
-- The last number received before the cut-off, with no picture up to it missing or received later:
-- what a backup of that age lacks is not safe (S6). One that a person gave up is not waited for.
SELECT coalesce(max(o.seq), 0)
FROM sync.op_log AS o
WHERE o.office_id = :office_id AND o.stream_id = :stream_id AND o.received_at <= :cut_off
    AND o.seq < coalesce((
        SELECT min(n.seq)
        FROM proofs.named AS n
        WHERE n.office_id = :office_id AND n.stream_id = :stream_id AND NOT n.is_aside
            AND n.looked_at IS NULL
            AND (n.stored_at > :cut_off OR (n.stored_at IS NULL AND NOT EXISTS (
                SELECT FROM proofs.blob AS b
                WHERE b.office_id = n.office_id AND b.sha256 = n.sha256)))
    ), 9223372036854775807);

-- name: quarantine
-- A fact of a forked stream or a phone out of service: kept, not counted, once.
INSERT INTO sync.op_quarantine (
    office_id, id, device_id, stream_id, seq, op_id, kind, told_at, raw, side, reason, received_at)
VALUES (:office_id, :id, :device_id, :stream_id, :seq, :op_id, :kind, :told_at, :raw, :side,
    :reason, :now)
ON CONFLICT (office_id, id) DO NOTHING;

-- name: list_set_aside
-- Facts set aside that nobody has looked at, the oldest first, and how many there are.
SELECT q.id, q.stream_id, q.seq, q.op_id, q.kind, q.reason, d.staff_id, coalesce(d.label, ''),
    q.told_at, q.received_at, q.raw, q.side, NULL::uuid, NULL::timestamptz, NULL::text,
    count(*) OVER ()
FROM sync.aside_waiting AS w
JOIN sync.op_quarantine AS q ON q.office_id = w.office_id AND q.id = w.id
LEFT JOIN identity.device AS d ON d.office_id = q.office_id AND d.id = q.device_id
WHERE w.office_id = :office_id
ORDER BY q.received_at, q.stream_id, q.seq, q.id
LIMIT :num_max;

-- name: list_looked_at
-- Facts set aside that somebody has looked at, the latest look first, and how many there are.
SELECT q.id, q.stream_id, q.seq, q.op_id, q.kind, q.reason, d.staff_id, coalesce(d.label, ''),
    q.told_at, q.received_at, q.raw, q.side, k.by_staff_id, k.at, k.note, count(*) OVER ()
FROM sync.aside_look AS k
JOIN sync.op_quarantine AS q ON q.office_id = k.office_id AND q.id = k.aside_id
LEFT JOIN identity.device AS d ON d.office_id = q.office_id AND d.id = q.device_id
WHERE k.office_id = :office_id
ORDER BY k.at DESC, q.id
LIMIT :num_max;

-- name: find_set_aside
-- One fact that was set aside, looked at or not.
SELECT q.id, q.stream_id, q.seq, q.op_id, q.kind, q.reason, d.staff_id, coalesce(d.label, ''),
    q.told_at, q.received_at, q.raw, q.side, k.by_staff_id, k.at, k.note, 1
FROM sync.op_quarantine AS q
LEFT JOIN identity.device AS d ON d.office_id = q.office_id AND d.id = q.device_id
LEFT JOIN sync.aside_look AS k ON k.office_id = q.office_id AND k.aside_id = q.id
WHERE q.office_id = :office_id AND q.id = :id;

-- name: add_aside_look
-- Somebody's look at a fact; no row comes back when another was first.
INSERT INTO sync.aside_look (office_id, aside_id, by_staff_id, at, note)
VALUES (:office_id, :id, :by, :at, :note)
ON CONFLICT (office_id, aside_id) DO NOTHING
RETURNING aside_id;

-- name: note_moved
-- A phone enrolled anew speaks of its old stream and has all of it: it goes on in another one.
UPDATE sync.stream
SET moved_at = :now
WHERE office_id = :office_id AND id = :id AND staff_id = :staff_id AND device_id <> :device_id
    AND head_seq <= :head AND moved_at IS NULL;

-- name: find_stream_owner
-- Whose stream it is, in any office: a file tells no office.
SELECT office_id, device_id
FROM sync.stream
WHERE id = :id;

-- name: is_handed_over
-- Whether every number of a stream up to the head is here, counted or set aside, and every picture
-- that facts of the phone name.
SELECT l.last_seq + (
    SELECT count(DISTINCT q.seq)
    FROM sync.op_quarantine AS q
    WHERE q.office_id = :office_id AND q.stream_id = :stream_id
        AND q.seq > l.last_seq AND q.seq <= :head
    ) >= :head AND NOT EXISTS (
    SELECT FROM proofs.named AS n
    WHERE n.office_id = :office_id AND n.stream_id = :stream_id AND n.stored_at IS NULL
        AND n.looked_at IS NULL AND n.let_go_at IS NULL)
FROM (
    SELECT coalesce(max(s.last_seq), 0) AS last_seq
    FROM sync.stream AS s
    WHERE s.office_id = :office_id AND s.id = :stream_id
    ) AS l;

-- name: add_head
-- The head of a courier's feed at its first call.
INSERT INTO sync.feed_head (office_id, courier_id)
VALUES (:office_id, :courier_id)
ON CONFLICT (office_id, courier_id) DO NOTHING;

-- name: lock_head
-- The head of a courier's feed, locked: numbers are given under it, one after the other.
SELECT last, floor
FROM sync.feed_head
WHERE office_id = :office_id AND courier_id = :courier_id
FOR UPDATE;

-- name: move_head
-- The last number given.
UPDATE sync.feed_head
SET last = :last
WHERE office_id = :office_id AND courier_id = :courier_id;

-- name: add_feed
-- Numbered changes.
INSERT INTO sync.feed (office_id, courier_id, fseq, kind, ref, rev, body, at)
SELECT :office_id, :courier_id, f.fseq, f.kind, f.ref, f.rev, f.body, :at
FROM unnest(:fseqs::bigint[], :kinds::text[], :refs::uuid[], :revs::bigint[], :bodies::bytea[])
    AS f (fseq, kind, ref, rev, body);

-- name: read_feed
-- The changes after a cursor.
SELECT fseq, kind, ref, rev, body
FROM sync.feed
WHERE office_id = :office_id AND courier_id = :courier_id AND fseq > :cursor
ORDER BY fseq
LIMIT :num_max;

-- name: last_decision
-- The newest decision of a fact, with its number in this courier's streams.
SELECT o.seq, o.op_id, d.n, d.outcome, d.reason
FROM sync.op_decision AS d
JOIN sync.op_log AS o ON o.office_id = d.office_id AND o.op_id = d.op_id
WHERE d.office_id = :office_id AND d.op_id = :op_id
ORDER BY d.n DESC, o.received_at DESC
LIMIT 1;

-- name: list_held
-- Facts that wait for a person, oldest first.
SELECT o.op_id, o.kind, d.reason, s.staff_id, o.occurred_at, o.received_at, o.time_quality, o.raw,
    s.device_id
FROM sync.op_decision AS d
JOIN sync.effect AS e ON e.office_id = d.office_id AND e.op_id = d.op_id
JOIN sync.op_log AS o
    ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
WHERE d.office_id = :office_id AND d.n = 1 AND d.outcome = 'held'
    AND NOT EXISTS (
        SELECT FROM sync.op_decision AS later
        WHERE later.office_id = d.office_id AND later.op_id = d.op_id AND later.n > 1)
ORDER BY o.received_at, o.op_id;

-- name: find_held
-- One fact that waits for a person.
SELECT o.op_id, o.kind, d.reason, s.staff_id, o.occurred_at, o.received_at, o.time_quality, o.raw,
    s.device_id
FROM sync.op_decision AS d
JOIN sync.effect AS e ON e.office_id = d.office_id AND e.op_id = d.op_id
JOIN sync.op_log AS o
    ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
WHERE d.office_id = :office_id AND d.op_id = :op_id AND d.n = 1 AND d.outcome = 'held'
    AND NOT EXISTS (
        SELECT FROM sync.op_decision AS later
        WHERE later.office_id = d.office_id AND later.op_id = d.op_id AND later.n > 1);

-- name: list_others_held
-- The other facts of a phone that wait for a person, as they came.
SELECT o.raw
FROM sync.held_waiting AS w
JOIN sync.effect AS e ON e.office_id = w.office_id AND e.op_id = w.op_id
JOIN sync.op_log AS o
    ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
WHERE w.office_id = :office_id AND w.device_id = :device_id AND w.op_id <> :op_id;

-- name: is_number_in_doubt
-- Whether money that two people have still to decide about was told under a receipt number.
SELECT EXISTS (
    SELECT FROM charges.collection
    WHERE office_id = :office_id AND outcome = 'in_doubt' AND answer IS NULL
        AND receipt_block_id = :block_id AND receipt_number = :number);

-- name: is_booked
-- Whether a fact's notes stand in the books, as a doubt that two people settle in its own room.
SELECT EXISTS (
    SELECT FROM payouts.doubt WHERE office_id = :office_id AND op_id = :op_id
) OR EXISTS (
    SELECT FROM charges.collection WHERE office_id = :office_id AND id = :op_id
) OR EXISTS (
    SELECT FROM money_orders.doubt WHERE office_id = :office_id AND id = :op_id
) OR EXISTS (
    SELECT FROM ledger.transfer
    WHERE office_id = :office_id AND (group_id = :op_id OR id = ANY (:transfer_ids::uuid[]))
);

-- name: add_held_proposal
-- What one person makes of a held fact of money; no row comes back while that is asked already.
INSERT INTO sync.held_proposal (office_id, id, op_id, outcome, note, asked_by, asked_at)
VALUES (:office_id, :id, :op_id, :outcome, :note, :by, :at)
ON CONFLICT (office_id, op_id) WHERE decided_at IS NULL DO NOTHING
RETURNING id;

-- name: lock_held_proposal
-- What was asked, locked.
SELECT id, op_id, outcome, note, asked_by, decided_at
FROM sync.held_proposal
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: decide_held_proposal
-- A second person's word.
UPDATE sync.held_proposal
SET decided_by = :by, decided_at = :at, is_allowed = :is_allowed
WHERE office_id = :office_id AND id = :id;

-- name: list_held_proposals
-- What waits for a second person of facts that are still held.
SELECT p.id, p.op_id, o.kind, d.reason, c.display_name, o.occurred_at, p.outcome, p.note,
    p.asked_by, a.display_name, p.asked_at, o.raw
FROM sync.held_proposal AS p
JOIN sync.op_decision AS d ON d.office_id = p.office_id AND d.op_id = p.op_id AND d.n = 1
JOIN sync.effect AS e ON e.office_id = p.office_id AND e.op_id = p.op_id
JOIN sync.op_log AS o
    ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
LEFT JOIN identity.staff AS c ON c.office_id = s.office_id AND c.id = s.staff_id
LEFT JOIN identity.staff AS a ON a.office_id = p.office_id AND a.id = p.asked_by
WHERE p.office_id = :office_id AND p.decided_at IS NULL
    AND NOT EXISTS (
        SELECT FROM sync.op_decision AS later
        WHERE later.office_id = p.office_id AND later.op_id = p.op_id AND later.n > 1)
ORDER BY p.asked_at, p.id;

-- name: lock_effect
-- The stream of a fact, locked, so that two people do not decide it at once.
SELECT e.op_id
FROM sync.effect AS e
JOIN sync.stream AS s ON s.office_id = e.office_id AND s.id = e.stream_id
WHERE e.office_id = :office_id AND e.op_id = :op_id
FOR UPDATE OF s;

-- name: tombstones_until
-- Which of some stops a phone was last told are gone, by the time of its cursor.
SELECT ref
FROM (
    SELECT DISTINCT ON (ref) ref, body IS NULL AS is_gone
    FROM sync.feed
    WHERE office_id = :office_id AND courier_id = :courier_id AND kind = 'stop'
        AND ref = ANY (:stop_ids::uuid[]) AND fseq <= :cursor
    ORDER BY ref, fseq DESC
) AS f
WHERE is_gone;

-- name: list_phones
-- The phones of an office with their latest stream: what they have, what we have, what they may
-- still send.
SELECT d.id, d.label, d.staff_id, p.display_name, d.status, d.is_field, d.public_key IS NOT NULL,
    d.enrolled_at, s.last_seen_at, coalesce(s.app_version, ''), coalesce(s.head_seq, 0),
    coalesce(s.last_seq, 0),
    CASE WHEN d.status = 'active' AND s.fork_seq IS NULL AND s.moved_at IS NULL
        THEN greatest(coalesce(s.head_seq - s.last_seq, 0), 0) ELSE 0 END
FROM identity.device AS d
JOIN identity.staff AS p ON p.office_id = d.office_id AND p.id = d.staff_id
LEFT JOIN LATERAL (
    SELECT t.last_seen_at, t.app_version, t.head_seq, t.last_seq, t.fork_seq, t.moved_at
    FROM sync.stream AS t
    WHERE t.office_id = d.office_id AND t.device_id = d.id
    ORDER BY t.made_at DESC, t.last_seen_at DESC
    LIMIT 1) AS s ON true
WHERE d.office_id = :office_id
ORDER BY p.display_name, d.enrolled_at DESC, d.id;

-- name: aside_of_devices
-- How many facts set aside of each phone wait to be looked at.
SELECT device_id, count(*)
FROM sync.aside_waiting
WHERE office_id = :office_id
GROUP BY device_id;

-- name: held_of_devices
-- How many facts of each phone wait for a person.
SELECT device_id, count(*)
FROM sync.held_waiting
WHERE office_id = :office_id
GROUP BY device_id;

-- name: missing_ranges
-- Numbers a phone spoke of and never sent: in streams it has left without telling why, of phones
-- out of service, and of phones that are not their courier's newest, which may still send (S17).
-- Beside them the numbers of the stream that were set aside, and what somebody has looked at.
SELECT s.device_id, s.id, s.last_seq + 1, s.head_seq, s.last_seen_at,
    d.status = 'active' AND NOT s.is_left, (
        SELECT array_agg(DISTINCT q.seq ORDER BY q.seq)
        FROM sync.op_quarantine AS q
        WHERE q.office_id = d.office_id AND q.stream_id = s.id AND q.seq > s.last_seq
            AND q.seq <= s.head_seq), (
        SELECT array_agg(ARRAY[k.from_seq, k.to_seq] ORDER BY k.from_seq)
        FROM sync.missing_look AS k
        WHERE k.office_id = d.office_id AND k.stream_id = s.id AND k.to_seq > s.last_seq)
FROM (
    SELECT t.*, EXISTS (
        SELECT FROM sync.stream AS later
        WHERE later.office_id = t.office_id AND later.device_id = t.device_id
            AND later.id <> t.id AND later.made_at > t.made_at) AS is_left
    FROM sync.stream AS t
    WHERE t.office_id = :office_id AND t.head_seq > t.last_seq AND t.fork_seq IS NULL
        AND t.moved_at IS NULL
) AS s
JOIN identity.device AS d ON d.office_id = s.office_id AND d.id = s.device_id
WHERE s.is_left OR d.status <> 'active' OR EXISTS (
    SELECT FROM identity.device AS newer
    WHERE newer.office_id = d.office_id AND newer.staff_id = d.staff_id
        AND newer.status = 'active' AND newer.enrolled_at > d.enrolled_at)
ORDER BY s.made_at, s.id;

-- name: lock_missing
-- A stream that somebody looks at for what it lacks, locked: nobody looks at the same at once.
SELECT id
FROM sync.stream
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: add_missing_look
-- Somebody's look at numbers that a phone can no longer send.
INSERT INTO sync.missing_look (
    office_id, stream_id, from_seq, to_seq, by_staff_id, at, note)
VALUES (:office_id, :stream_id, :from_seq, :to_seq, :by, :at, :note);

-- name: list_missing_looks
-- Every look at what a phone could no longer send, the latest first, and how many of those facts
-- have come after all, counted or set aside.
SELECT s.device_id, k.stream_id, k.from_seq, k.to_seq, coalesce(p.display_name, ''), k.at, k.note,
    greatest(least(k.to_seq, s.last_seq) - k.from_seq + 1, 0) + (
        SELECT count(DISTINCT q.seq)
        FROM sync.op_quarantine AS q
        WHERE q.office_id = k.office_id AND q.stream_id = k.stream_id
            AND q.seq BETWEEN greatest(k.from_seq, s.last_seq + 1) AND k.to_seq)
FROM sync.missing_look AS k
JOIN sync.stream AS s ON s.office_id = k.office_id AND s.id = k.stream_id
LEFT JOIN identity.staff AS p ON p.office_id = k.office_id AND p.id = k.by_staff_id
WHERE k.office_id = :office_id
ORDER BY k.at DESC, k.stream_id, k.from_seq;

-- name: find_field_device
-- Whose phone it is, and whether it may hold leases.
SELECT staff_id, is_field
FROM identity.device
WHERE office_id = :office_id AND id = :device_id;

-- name: add_lease
-- A list given to a phone; no row comes back while another has it.
INSERT INTO sync.lease (
    office_id, id, subject, subject_id, staff_id, device_id, issued_by, issued_at, expires_at)
VALUES (
    :office_id, :id, :subject, :subject_id, :staff_id, :device_id, :by, :issued_at, :expires_at)
ON CONFLICT (office_id, subject, subject_id) WHERE released_at IS NULL DO NOTHING
RETURNING id;

-- name: lock_lease
-- One lease, locked.
SELECT office_id, id, subject, subject_id, staff_id, device_id, issued_at, expires_at, released_at
FROM sync.lease
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: lock_leases
-- Every lease a phone has or had on a list, locked.
SELECT office_id, id, subject, subject_id, staff_id, device_id, issued_at, expires_at, released_at
FROM sync.lease
WHERE office_id = :office_id AND subject = :subject AND subject_id = :subject_id
    AND device_id = :device_id
ORDER BY id
FOR UPDATE;

-- name: release_lease
-- A lease given back by its phone's fact, or taken by two people.
UPDATE sync.lease
SET released_at = :at, release_op_id = :op_id, released_by = :by, approved_by = :approved_by,
    note = :note
WHERE office_id = :office_id AND id = :id AND released_at IS NULL;

-- name: money_left
-- Of one courier: facts about money that wait for a person, and lists not given back.
SELECT (
    SELECT count(*)::integer
    FROM sync.held_waiting
    WHERE office_id = :office_id AND staff_id = :staff_id
        AND split_part(kind, '.', 1) = ANY (:subjects::text[])
), (
    SELECT count(*)::integer
    FROM sync.lease
    WHERE office_id = :office_id AND staff_id = :staff_id AND released_at IS NULL
);

-- name: has_money_to_tell
-- Whether a courier's open rounds have acts of money that are not done.
SELECT EXISTS (
    SELECT FROM rounds.round AS r
    JOIN rounds.stop AS s ON s.office_id = r.office_id AND s.round_id = r.id
    JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id AND a.state = 'open'
        AND a.kind IN ('payout.pay', 'charge.collect', 'order.take', 'order.pay')
    WHERE r.office_id = :office_id AND r.courier_id = :staff_id AND r.state <> 'closed');

-- name: list_current_leases
-- The leases a phone has now; one whose time is over is still to be given back.
SELECT office_id, id, subject, subject_id, staff_id, device_id, issued_at, expires_at, released_at
FROM sync.lease
WHERE office_id = :office_id AND device_id = :device_id AND released_at IS NULL
ORDER BY issued_at, id;

-- name: renew_lease
-- A list whose time is over goes on at the same phone under another lease.
UPDATE sync.lease
SET released_at = :at, renewed_by_id = :renewed_by_id
WHERE office_id = :office_id AND id = :id AND released_at IS NULL AND expires_at <= :at;

-- name: list_held_leases
-- Every list that a phone holds: whose it is, when it was last heard of, who asks to take it.
SELECT l.id, l.subject_id, l.staff_id, s.display_name, v.label, v.status, l.issued_at,
    l.expires_at, h.last_seen_at, coalesce(h.num_unsent, 0), p.id, p.reason, p.asked_by,
    a.display_name, p.asked_at
FROM sync.lease AS l
JOIN identity.staff AS s ON s.office_id = l.office_id AND s.id = l.staff_id
JOIN identity.device AS v ON v.office_id = l.office_id AND v.id = l.device_id
LEFT JOIN LATERAL (
    SELECT max(t.last_seen_at) AS last_seen_at,
        sum(greatest(t.head_seq - t.last_seq, 0))::integer AS num_unsent
    FROM sync.stream AS t
    WHERE t.office_id = l.office_id AND t.device_id = l.device_id
) AS h ON true
LEFT JOIN sync.lease_proposal AS p ON p.office_id = l.office_id AND p.lease_id = l.id
    AND p.decided_at IS NULL
LEFT JOIN identity.staff AS a ON a.office_id = p.office_id AND a.id = p.asked_by
WHERE l.office_id = :office_id AND l.released_at IS NULL
ORDER BY l.issued_at, l.id;

-- name: add_lease_proposal
-- Somebody asks to take a list from a phone; no row comes back while that is asked already.
INSERT INTO sync.lease_proposal (office_id, id, lease_id, reason, asked_by, asked_at)
VALUES (:office_id, :id, :lease_id, :reason, :by, :at)
ON CONFLICT (office_id, lease_id) WHERE decided_at IS NULL DO NOTHING
RETURNING id;

-- name: lock_lease_proposal
-- What was asked, locked.
SELECT id, lease_id, reason, asked_by, decided_at
FROM sync.lease_proposal
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: decide_lease_proposal
-- A second person's word.
UPDATE sync.lease_proposal
SET decided_by = :by, decided_at = :at, outcome = :outcome
WHERE office_id = :office_id AND id = :id;

-- name: end_lease_proposals
-- The phone gave the list back before anybody decided.
UPDATE sync.lease_proposal
SET decided_at = :at, outcome = 'over'
WHERE office_id = :office_id AND lease_id = :lease_id AND decided_at IS NULL;

-- name: list_to_pay
-- The lists, and the payouts of each, that a courier's open rounds have still to pay.
SELECT e.subject_id, e.id
FROM rounds.round AS r
JOIN rounds.stop AS s ON s.office_id = r.office_id AND s.round_id = r.id
JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id AND a.state = 'open'
    AND a.kind = 'payout.pay'
JOIN doorstep.errand AS e ON e.office_id = a.office_id AND e.id = a.errand_id
WHERE r.office_id = :office_id AND r.courier_id = :courier_id AND r.state <> 'closed'
    AND e.subject_id IS NOT NULL
ORDER BY e.subject_id, e.id;
