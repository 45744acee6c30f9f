-- name: list_acts
-- What an errand was on rounds for: which visit, of which day and courier.
SELECT a.id, a.kind, a.op_id, a.reason, a.ended_at, a.stop_id, s.arrived_at, r.service_on,
    p.display_name, p.badge
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
JOIN identity.staff AS p ON p.office_id = r.office_id AND p.id = r.courier_id
WHERE a.office_id = :office_id AND a.errand_id = :errand_id
ORDER BY r.service_on, a.id;

-- name: list_attempts
-- The visits to an errand that failed, and the facts that told of them.
SELECT op_id, stop_id, reason, invitation_n, next_on, note, occurred_at
FROM rounds.attempt
WHERE office_id = :office_id AND errand_id = :errand_id
ORDER BY n;

-- name: list_corrections
-- What couriers said afterwards of some acts.
SELECT corrects_op_id, op_id, wrong, reason
FROM rounds.correction
WHERE office_id = :office_id AND act_id = ANY (:act_ids::uuid[])
ORDER BY occurred_at, op_id;

-- name: list_places_in_chain
-- Where some facts lie in the chains of their phones; one told in two streams lies in both.
SELECT o.op_id, o.kind, o.raw, o.stream_id, o.seq, o.hash, o.occurred_at, o.received_at,
    o.time_quality, p.display_name, p.badge
FROM sync.op_log AS o
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
JOIN identity.staff AS p ON p.office_id = s.office_id AND p.id = s.staff_id
WHERE o.office_id = :office_id AND o.op_id = ANY (:op_ids::uuid[])
ORDER BY o.occurred_at, o.stream_id, o.seq;

-- name: list_arrivals
-- The arrivals that a phone told shortly before a fact.
SELECT o.raw
FROM unnest(:stream_ids::uuid[], :seqs::bigint[]) AS f (stream_id, seq)
JOIN sync.op_log AS o ON o.office_id = :office_id AND o.stream_id = f.stream_id
    AND o.seq BETWEEN f.seq - :num_back AND f.seq AND o.kind = 'stop.arrived'
ORDER BY o.occurred_at;
