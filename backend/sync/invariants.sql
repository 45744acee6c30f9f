-- name: ops_without_gap
-- Each stream's facts are numbered 1, 2, 3… without a gap, up to the number acknowledged (I2).
SELECT s.office_id, s.id AS stream_id, s.last_seq, count(o.seq) AS num_ops, max(o.seq) AS seq_max
FROM sync.stream s
LEFT JOIN sync.op_log o ON o.office_id = s.office_id AND o.stream_id = s.id
GROUP BY s.office_id, s.id, s.last_seq
HAVING count(o.seq) <> s.last_seq OR coalesce(max(o.seq), 0) <> s.last_seq;

-- name: one_effect_per_op
-- Each recorded op id has its one effect in the whole house; no effect is without its op (I2).
SELECT coalesce(o.op_id, e.op_id) AS op_id, coalesce(e.num_effects, 0) AS num_effects
FROM (SELECT DISTINCT op_id FROM sync.op_log) o
FULL JOIN (
    SELECT f.op_id, count(*) AS num_effects, count(l.seq) AS num_recorded
    FROM sync.effect f
    LEFT JOIN sync.op_log l
        ON l.office_id = f.office_id AND l.stream_id = f.stream_id AND l.seq = f.seq
            AND l.op_id = f.op_id
    GROUP BY f.op_id
) e ON e.op_id = o.op_id
WHERE o.op_id IS NULL OR e.op_id IS NULL OR e.num_effects <> 1 OR e.num_recorded <> 1;

-- name: every_op_decided
-- Every recorded fact has a decision, and every decision a recorded fact (I3).
SELECT
    coalesce(o.office_id, d.office_id) AS office_id, coalesce(o.op_id, d.op_id) AS op_id,
    o.stream_id, o.seq
FROM (SELECT DISTINCT ON (office_id, op_id) * FROM sync.op_log ORDER BY office_id, op_id) o
FULL JOIN (SELECT office_id, op_id FROM sync.op_decision WHERE n = 1) d
    ON d.office_id = o.office_id AND d.op_id = o.op_id
WHERE o.op_id IS NULL OR d.op_id IS NULL;

-- name: decisions_without_gap
-- The decisions of a fact are numbered 1, 2… without a gap, and only a held one is decided again.
SELECT office_id, op_id, n, outcome
FROM (
    SELECT office_id, op_id, n, outcome,
        row_number() OVER decided AS n_wanted, lag(outcome) OVER decided AS outcome_before
    FROM sync.op_decision
    WINDOW decided AS (PARTITION BY office_id, op_id ORDER BY n)
) d
WHERE n <> n_wanted OR (n > 1 AND outcome_before <> 'held');

-- name: acts_match_ops
-- Every act ended by a phone was ended by one fact that says so, an applied one, or one of money
-- that is held while its notes stand in the books; and each applied fact of papers ended one,
-- unless it was taken back (I8).
WITH applied AS MATERIALIZED (
    SELECT o.office_id, o.op_id, o.kind, convert_from(o.raw, 'UTF8')::json ->> 'act' AS act_id,
        false AS is_money
    FROM sync.effect e
    JOIN sync.op_log o
        ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
    JOIN sync.op_decision d ON d.office_id = e.office_id AND d.op_id = e.op_id
    WHERE d.outcome = 'applied'
        AND o.kind IN ('dossier.accepted', 'result.delivered', 'visit.failed')
        AND NOT EXISTS (
            SELECT FROM rounds.correction c
            WHERE c.office_id = o.office_id AND c.corrects_op_id = o.op_id AND c.wrong = 'not_so'
        )
    UNION ALL
    SELECT DISTINCT o.office_id, o.op_id, o.kind, convert_from(o.raw, 'UTF8')::json ->> 'act', true
    FROM sync.op_log o
    WHERE o.kind IN ('payout.paid', 'charge.collected', 'order.taken', 'order.paid')
        AND EXISTS (
            SELECT FROM sync.op_decision d
            WHERE d.office_id = o.office_id AND d.op_id = o.op_id AND d.outcome <> 'noop'
        )
)
SELECT coalesce(f.office_id, a.office_id) AS office_id, coalesce(f.op_id, a.op_id) AS op_id,
    f.kind, f.act_id, a.id AS act_ended, a.state
FROM applied f
FULL JOIN (SELECT * FROM rounds.act WHERE op_id IS NOT NULL) a
    ON a.office_id = f.office_id AND a.op_id = f.op_id
WHERE f.op_id IS NULL OR (a.op_id IS NULL AND NOT f.is_money) OR a.id::text <> f.act_id
    OR a.state <> CASE f.kind WHEN 'visit.failed' THEN 'failed' ELSE 'done' END;

-- name: attempts_match_ops
-- Every failed visit is one attempt, numbered without a gap for its errand (I8).
SELECT coalesce(a.office_id, t.office_id) AS office_id, coalesce(a.op_id, t.op_id) AS op_id,
    t.errand_id, t.n
FROM (SELECT * FROM rounds.act WHERE op_id IS NOT NULL AND state = 'failed') a
FULL JOIN (
    SELECT office_id, errand_id, n, op_id,
        row_number() OVER (PARTITION BY office_id, errand_id ORDER BY n) AS n_wanted
    FROM rounds.attempt
) t ON t.office_id = a.office_id AND t.op_id = a.op_id AND t.errand_id = a.errand_id
LEFT JOIN rounds.correction c
    ON c.office_id = t.office_id AND c.corrects_op_id = t.op_id AND c.wrong = 'not_so'
WHERE (a.op_id IS NULL) = (c.op_id IS NULL) OR t.op_id IS NULL OR t.n <> t.n_wanted;

-- name: corrections_match_ops
-- Every correction is a fact of its own, applied, of a fact recorded; what it took back ends
-- nothing any more (S1).
SELECT c.office_id, c.op_id, c.corrects_op_id, c.act_id
FROM rounds.correction c
LEFT JOIN sync.op_log o ON o.office_id = c.office_id AND o.op_id = c.corrects_op_id
LEFT JOIN sync.op_decision d
    ON d.office_id = c.office_id AND d.op_id = c.op_id AND d.outcome = 'applied'
LEFT JOIN rounds.act a
    ON a.office_id = c.office_id AND a.op_id = c.corrects_op_id AND c.wrong = 'not_so'
WHERE o.op_id IS NULL OR d.op_id IS NULL OR a.id IS NOT NULL;

-- name: handovers_match_acts
-- Every act of papers done moved one item once into or out of the courier's hands (I8).
SELECT a.office_id, a.id AS act_id, a.op_id, h.num_handovers
FROM rounds.act a
LEFT JOIN (
    SELECT office_id, op_id, count(*) AS num_handovers
    FROM custody.handover
    WHERE op_id IS NOT NULL AND n > 1 AND 'courier' IN (from_kind, to_kind)
    GROUP BY office_id, op_id
) h ON h.office_id = a.office_id AND h.op_id = a.op_id
WHERE a.op_id IS NOT NULL AND a.state = 'done' AND h.num_handovers IS DISTINCT FROM 1
    AND a.kind IN ('dossier.accept', 'result.deliver');

-- name: feed_without_gap
-- Each phone's feed is numbered without a gap from its floor to its head (I4).
SELECT coalesce(h.office_id, f.office_id) AS office_id,
    coalesce(h.courier_id, f.courier_id) AS courier_id, h.floor, h.last, f.num_rows
FROM sync.feed_head h
FULL JOIN (
    SELECT office_id, courier_id, count(*) AS num_rows, min(fseq) AS fseq_min,
        max(fseq) AS fseq_max
    FROM sync.feed
    GROUP BY office_id, courier_id
) f ON f.office_id = h.office_id AND f.courier_id = h.courier_id
WHERE h.office_id IS NULL
    OR coalesce(f.num_rows, 0) <> h.last - h.floor
    OR (f.num_rows > 0 AND (f.fseq_min <> h.floor + 1 OR f.fseq_max <> h.last));

-- name: feed_in_order
-- A later document of the same thing is never an older state of it; tombstones have none (I5).
SELECT office_id, courier_id, kind, ref, fseq, rev, rev_before
FROM (
    SELECT office_id, courier_id, kind, ref, fseq, rev,
        lag(rev) OVER (PARTITION BY office_id, courier_id, kind, ref ORDER BY fseq) AS rev_before
    FROM sync.feed
    WHERE body IS NOT NULL
) f
WHERE rev < rev_before;

-- name: chains_verify
-- Every fact's hash is that of the hash before it and its own bytes, to the stream's last (I7).
SELECT office_id, stream_id, seq
FROM (
    SELECT office_id, stream_id, seq, hash, sha256(coalesce(
        lag(hash) OVER (PARTITION BY office_id, stream_id ORDER BY seq),
        sha256(convert_to('stream:' || stream_id::text, 'UTF8'))) || raw) AS hash_wanted
    FROM sync.op_log
) o
WHERE hash <> hash_wanted
UNION ALL
SELECT s.office_id, s.id, s.last_seq
FROM sync.stream s
LEFT JOIN sync.op_log o
    ON o.office_id = s.office_id AND o.stream_id = s.id AND o.seq = s.last_seq
WHERE s.last_hash <> coalesce(o.hash, sha256(convert_to('stream:' || s.id::text, 'UTF8')));

-- name: sides_belong
-- Every personal part belongs to a recorded fact that names its hash (A16).
SELECT p.office_id, p.stream_id, p.seq
FROM sync.op_side p
LEFT JOIN sync.op_log o USING (office_id, stream_id, seq)
WHERE o.seq IS NULL
    OR position(convert_to(encode(sha256(p.raw), 'hex'), 'UTF8') IN o.raw) = 0;

-- name: passed_items_are_open
-- An item is marked as handed on exactly while the giver's word for it is open, and by that fact.
SELECT coalesce(i.office_id, g.office_id) AS office_id, coalesce(i.id, g.item_id) AS item_id,
    i.passed_op_id, g.given_op_id
FROM (SELECT * FROM custody.item WHERE passed_op_id IS NOT NULL) i
FULL JOIN (
    SELECT p.office_id, p.given_op_id, d.item_id
    FROM rounds.passing p
    JOIN dossiers.dossier d ON d.office_id = p.office_id AND d.id = ANY (p.errand_ids)
    WHERE p.state = 'open' AND p.giver_id IS NOT NULL
) g ON g.office_id = i.office_id AND g.item_id = i.id
WHERE i.passed_op_id IS DISTINCT FROM g.given_op_id;

-- name: passings_moved_items
-- Every hand-over that both couriers have told of moved as many items as it names from one to the
-- other, by the taker's fact.
SELECT p.office_id, p.id, p.code, cardinality(p.errand_ids) AS num_given, h.num_moved
FROM rounds.passing p
LEFT JOIN LATERAL (
    SELECT count(*) AS num_moved
    FROM custody.handover m
    WHERE m.office_id = p.office_id AND m.op_id = p.taken_op_id
        AND m.from_id = p.giver_id AND m.to_id = p.taker_id
) h ON true
WHERE p.state = 'joined' AND h.num_moved <> cardinality(p.errand_ids);

-- name: held_facts_wait
-- Exactly the held facts that nobody has decided wait for a person, each as its phone's.
SELECT coalesce(d.office_id, w.office_id) AS office_id, coalesce(d.op_id, w.op_id) AS op_id,
    d.staff_id, w.staff_id AS waiting_staff_id
FROM (
    SELECT x.office_id, x.op_id, s.staff_id, s.device_id, o.kind
    FROM sync.op_decision x
    JOIN sync.effect e ON e.office_id = x.office_id AND e.op_id = x.op_id
    JOIN sync.op_log o
        ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
    JOIN sync.stream s ON s.office_id = o.office_id AND s.id = o.stream_id
    WHERE x.n = 1 AND x.outcome = 'held' AND NOT EXISTS (
        SELECT FROM sync.op_decision later
        WHERE later.office_id = x.office_id AND later.op_id = x.op_id AND later.n > 1)
) d
FULL JOIN sync.held_waiting w ON w.office_id = d.office_id AND w.op_id = d.op_id
WHERE (d.staff_id, d.device_id, d.kind) IS DISTINCT FROM (w.staff_id, w.device_id, w.kind);
