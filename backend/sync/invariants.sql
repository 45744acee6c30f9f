-- name: ops_without_gap
-- Each stream's facts are numbered 1, 2, 3… without a gap, up to the number acknowledged (I2).
SELECT s.office_id, s.id AS stream_id, s.last_seq, count(o.seq) AS num_ops, max(o.seq) AS seq_max
FROM sync.stream s
LEFT JOIN sync.op_log o ON o.office_id = s.office_id AND o.stream_id = s.id
GROUP BY s.office_id, s.id, s.last_seq
HAVING count(o.seq) <> s.last_seq OR coalesce(max(o.seq), 0) <> s.last_seq;

-- name: one_effect_per_op
-- No op had its effect twice, and each effect is of an op that was recorded (I2).
SELECT e.op_id, count(*) AS num_effects, count(o.seq) AS num_recorded
FROM sync.effect e
LEFT JOIN sync.op_log o
    ON o.office_id = e.office_id AND o.stream_id = e.stream_id AND o.seq = e.seq
        AND o.op_id = e.op_id
GROUP BY e.op_id
HAVING count(*) > 1 OR count(o.seq) <> count(*);

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

-- name: applied_ops_have_effect
-- A fact stands as applied exactly when its effect is in the books (I8).
SELECT d.office_id, d.op_id, d.outcome, e.seq AS effect_seq
FROM (
    SELECT DISTINCT ON (office_id, op_id) office_id, op_id, outcome
    FROM sync.op_decision
    ORDER BY office_id, op_id, n DESC
) d
LEFT JOIN sync.effect e ON e.office_id = d.office_id AND e.op_id = d.op_id
WHERE (d.outcome = 'applied') AND e.op_id IS NULL;

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
-- A later document of the same thing is never an older state of it (I5).
SELECT office_id, courier_id, kind, ref, fseq, rev, rev_before
FROM (
    SELECT office_id, courier_id, kind, ref, fseq, rev,
        lag(rev) OVER (PARTITION BY office_id, courier_id, kind, ref ORDER BY fseq) AS rev_before
    FROM sync.feed
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
-- Every personal part belongs to a recorded fact that names its hash.
SELECT p.office_id, p.stream_id, p.seq
FROM sync.op_side p
LEFT JOIN sync.op_log o USING (office_id, stream_id, seq)
WHERE o.seq IS NULL
    OR position(convert_to(encode(sha256(p.raw), 'hex'), 'UTF8') IN o.raw) = 0;
