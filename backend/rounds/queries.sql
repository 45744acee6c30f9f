-- name: lock_round
-- A round, locked until the transaction ends.
SELECT office_id, id, service_on, courier_id, shift_id, plan_id, state, rev, starts_s, ends_s,
    lunch_at_s, lunch_duration_s, duration_s, distance_m, published_at, opened_at, closed_at
FROM rounds.round
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: lock_round_of
-- The round of a courier on a day, locked until the transaction ends.
SELECT office_id, id, service_on, courier_id, shift_id, plan_id, state, rev, starts_s, ends_s,
    lunch_at_s, lunch_duration_s, duration_s, distance_m, published_at, opened_at, closed_at
FROM rounds.round
WHERE office_id = :office_id AND courier_id = :courier_id AND service_on = :service_on
FOR UPDATE;

-- name: find_round_of
-- The round of a courier on a day.
SELECT office_id, id, service_on, courier_id, shift_id, plan_id, state, rev, starts_s, ends_s,
    lunch_at_s, lunch_duration_s, duration_s, distance_m, published_at, opened_at, closed_at
FROM rounds.round
WHERE office_id = :office_id AND courier_id = :courier_id AND service_on = :service_on;

-- name: list_rounds
-- The rounds of a day.
SELECT office_id, id, service_on, courier_id, shift_id, plan_id, state, rev, starts_s, ends_s,
    lunch_at_s, lunch_duration_s, duration_s, distance_m, published_at, opened_at, closed_at
FROM rounds.round
WHERE office_id = :office_id AND service_on = :service_on
ORDER BY starts_s, courier_id;

-- name: list_current
-- The rounds a courier's phone shows: those of the day, and any not closed.
SELECT id
FROM rounds.round
WHERE office_id = :office_id AND courier_id = :courier_id
    AND (service_on = :service_on OR state <> 'closed')
ORDER BY service_on;

-- name: add_round
-- A published round.
INSERT INTO rounds.round (
    office_id, id, service_on, courier_id, shift_id, plan_id, state, starts_s, ends_s, lunch_at_s,
    lunch_duration_s, duration_s, distance_m, published_at)
VALUES (
    :office_id, :id, :service_on, :courier_id, :shift_id, :plan_id, 'published', :starts_s, :ends_s,
    :lunch_at_s, :lunch_duration_s, :duration_s, :distance_m, :at);

-- name: extend_round
-- More stops on a round that is out: new totals, a new revision.
UPDATE rounds.round
SET rev = rev + 1, ends_s = greatest(ends_s, :ends_s), duration_s = duration_s + :duration_s,
    distance_m = distance_m + :distance_m
WHERE office_id = :office_id AND id = :id;

-- name: set_round_state
-- Opened or closed.
UPDATE rounds.round
SET state = :state::text, rev = rev + 1,
    opened_at = CASE WHEN :state = 'open' THEN :at::timestamptz ELSE opened_at END,
    closed_at = CASE WHEN :state = 'closed' THEN :at::timestamptz ELSE closed_at END
WHERE office_id = :office_id AND id = :id;

-- name: last_position
-- The last place of a round, 0 for none.
SELECT coalesce(max(position), 0)
FROM rounds.stop
WHERE office_id = :office_id AND round_id = :round_id;

-- name: add_stop
-- A planned visit.
INSERT INTO rounds.stop (
    office_id, id, round_id, position, delivery_point_id, citizen_id, planned_at, tw_early_at,
    tw_late_at, service_duration_s, state, reload_at, reload_cash_vnd)
VALUES (
    :office_id, :id, :round_id, :position, :delivery_point_id, :citizen_id, :planned_at,
    :tw_early_at, :tw_late_at, :service_duration_s, 'open', :reload_at, :reload_cash_vnd);

-- name: add_act
-- One thing to do at a stop.
INSERT INTO rounds.act (office_id, id, stop_id, kind, errand_id, state)
VALUES (:office_id, :id, :stop_id, :kind, :errand_id, 'open');

-- name: list_stops
-- The stops of a round in order.
SELECT office_id, id, round_id, position, delivery_point_id, citizen_id, planned_at, tw_early_at,
    tw_late_at, service_duration_s, state, arrived_at, ended_at, rev
FROM rounds.stop
WHERE office_id = :office_id AND round_id = :round_id
ORDER BY position;

-- name: lock_stop
-- A stop with its courier, locked until the transaction ends.
SELECT s.id, s.state, s.delivery_point_id, r.id, r.courier_id, r.state
FROM rounds.stop AS s
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE s.office_id = :office_id AND s.id = :id
FOR UPDATE OF s;

-- name: lock_act
-- An act with its stop and round; act and stop locked until the transaction ends.
SELECT a.id, a.kind, a.state, a.errand_id, s.id, s.state, r.id, r.courier_id, r.state, r.service_on
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE a.office_id = :office_id AND a.id = :id
FOR UPDATE OF a, s;

-- name: open_acts_of
-- The open acts of some errands, wherever they are.
SELECT a.id, s.id, r.courier_id, a.errand_id
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE a.office_id = :office_id AND a.errand_id = ANY (:errand_ids::uuid[]) AND a.state = 'open'
ORDER BY a.id
FOR UPDATE OF a;

-- name: end_act
-- An act ended: done, failed or removed.
UPDATE rounds.act
SET state = :state, reason = :reason, op_id = :op_id, ended_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: arrive
-- The courier stands at the door; the first arrival counts.
UPDATE rounds.stop
SET arrived_at = coalesce(arrived_at, :at), rev = rev + 1,
    state = CASE WHEN state = 'open' THEN 'arrived' ELSE state END
WHERE office_id = :office_id AND id = :id;

-- name: act_states
-- The states of a stop's acts.
SELECT state
FROM rounds.act
WHERE office_id = :office_id AND stop_id = :stop_id
ORDER BY id;

-- name: set_stop_state
-- What its acts make of a stop.
UPDATE rounds.stop
SET state = :state::text, rev = rev + 1,
    ended_at = CASE WHEN :state IN ('done', 'partly', 'failed') THEN :at::timestamptz END
WHERE office_id = :office_id AND id = :id;

-- name: bump_stop
-- Something shown at this stop changed.
UPDATE rounds.stop
SET rev = rev + 1
WHERE office_id = :office_id AND id = :id;

-- name: num_open
-- How many stops of a round are not finished.
SELECT count(*)
FROM rounds.stop
WHERE office_id = :office_id AND round_id = :round_id AND state IN ('open', 'arrived');

-- name: list_unclosed
-- The rounds of a courier that are not closed, with their states.
SELECT id, state
FROM rounds.round
WHERE office_id = :office_id AND courier_id = :courier_id AND state <> 'closed';

-- name: acts_with_items
-- What a courier's rounds that are not closed have or had to do with some items.
SELECT d.item_id, r.id, a.state
FROM dossiers.dossier AS d
JOIN rounds.act AS a ON a.office_id = d.office_id AND a.errand_id = d.id AND a.state <> 'removed'
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE d.office_id = :office_id AND d.item_id = ANY (:item_ids::uuid[])
    AND r.courier_id = :courier_id AND r.state <> 'closed';

-- name: open_errands
-- The errands a round still has to do.
SELECT a.errand_id
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
WHERE s.office_id = :office_id AND s.round_id = :round_id AND a.state = 'open'
ORDER BY a.errand_id;

-- name: left_behind
-- Errands of earlier days' rounds that nobody did and nobody carries: they may go out again.
SELECT a.errand_id
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
LEFT JOIN dossiers.dossier AS d ON d.office_id = a.office_id AND d.id = a.errand_id
LEFT JOIN doorstep.errand AS e ON e.office_id = a.office_id AND e.id = a.errand_id
WHERE a.office_id = :office_id AND a.state = 'open' AND r.service_on < :service_on
    AND (d.state IN ('booked', 'at_office') OR e.state = 'due')
ORDER BY a.errand_id;

-- name: list_open_errands
-- The errands that are on some round now.
SELECT errand_id
FROM rounds.act
WHERE office_id = :office_id AND state = 'open';

-- name: stops_at_point
-- The stops that phones show at a door, with their couriers.
SELECT s.id, r.courier_id
FROM rounds.stop AS s
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE s.office_id = :office_id AND s.delivery_point_id = :point_id
    AND s.state <> 'removed' AND r.state <> 'closed'
ORDER BY s.id;

-- name: stops_showing
-- The stops that phones show with one of these errands, with their couriers.
SELECT DISTINCT s.id, r.courier_id
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE a.office_id = :office_id AND a.errand_id = ANY (:errand_ids::uuid[])
    AND a.state <> 'removed' AND r.state <> 'closed'
ORDER BY s.id;

-- name: bump_round_of
-- The number of stops a round shows changed.
UPDATE rounds.round AS r
SET rev = r.rev + 1
FROM rounds.stop AS s
WHERE s.office_id = :office_id AND s.id = :stop_id
    AND r.office_id = s.office_id AND r.id = s.round_id
RETURNING r.id;

-- name: add_attempts
-- Visits that failed, numbered on for each errand.
INSERT INTO rounds.attempt (
    office_id, errand_id, n, stop_id, op_id, reason, invitation_n, next_on, note, occurred_at)
SELECT :office_id, t.errand_id,
    (SELECT count(*) FROM rounds.attempt AS a
     WHERE a.office_id = :office_id AND a.errand_id = t.errand_id)
        + row_number() OVER (PARTITION BY t.errand_id ORDER BY t.place),
    t.stop_id, t.op_id, t.reason, t.invitation_n, t.next_on, t.note, t.at
FROM unnest(
    :errand_ids::uuid[], :stop_ids::uuid[], :op_ids::uuid[], :reasons::text[],
    :invitation_ns::int[], :next_ons::date[], :notes::text[], :ats::timestamptz[])
    WITH ORDINALITY
    AS t (errand_id, stop_id, op_id, reason, invitation_n, next_on, note, at, place);

-- name: list_attempts
-- The visits to an errand that failed.
SELECT n, stop_id, reason, invitation_n, next_on, note, occurred_at
FROM rounds.attempt
WHERE office_id = :office_id AND errand_id = :errand_id
ORDER BY n;

-- name: find_ending
-- The fact by which an act ended, None where none did.
SELECT op_id
FROM rounds.act
WHERE office_id = :office_id AND id = :id;

-- name: is_corrected
-- Whether a fact was taken back before.
SELECT EXISTS (
    SELECT FROM rounds.correction
    WHERE office_id = :office_id AND corrects_op_id = :op_id AND wrong = 'not_so');

-- name: find_attempt
-- A visit that failed, among those of its errand that stand.
WITH standing AS (
    SELECT a.n, a.op_id, a.invitation_n, a.occurred_at
    FROM rounds.attempt AS a
    WHERE a.office_id = :office_id AND a.errand_id = :errand_id AND NOT EXISTS (
        SELECT FROM rounds.correction AS c
        WHERE c.office_id = a.office_id AND c.corrects_op_id = a.op_id AND c.wrong = 'not_so')
)
SELECT t.invitation_n, t.n = (SELECT max(n) FROM standing),
    (SELECT max(occurred_at) FROM standing
     WHERE invitation_n IS NOT NULL AND op_id <> :op_id)
FROM standing AS t
WHERE t.op_id = :op_id;

-- name: add_correction
-- What a courier said afterwards of an act.
INSERT INTO rounds.correction (
    office_id, op_id, corrects_op_id, act_id, wrong, reason, act_state, occurred_at)
VALUES (
    :office_id, :op_id, :corrects_op_id, :act_id, :wrong, :reason, :act_state, :at);

-- name: add_change
-- Something a courier's phone must be told.
INSERT INTO rounds.phone_change (office_id, courier_id, id, kind, ref, is_gone)
VALUES (:office_id, :courier_id, :id, :kind, :ref, :is_gone);

-- name: take_changes
-- What a courier's phone must be told, each thing once, taken away as it is read.
WITH taken AS (
    DELETE FROM rounds.phone_change
    WHERE office_id = :office_id AND courier_id = :courier_id
    RETURNING id, kind, ref, is_gone
)
SELECT DISTINCT ON (kind, ref) kind, ref, is_gone
FROM taken
ORDER BY kind, ref, id DESC;

-- name: round_documents
-- Rounds as a phone shows them.
SELECT r.id, r.service_on, r.state, r.rev, r.starts_s, r.ends_s, r.lunch_at_s, r.lunch_duration_s,
    r.distance_m, r.courier_id, c.display_name, c.badge, o.id, o.name, o.phone, o.lat, o.lon,
    (SELECT count(*) FROM rounds.stop AS s
     WHERE s.office_id = r.office_id AND s.round_id = r.id AND s.state <> 'removed'),
    EXISTS (SELECT FROM rounds.storage_waiver AS w
     WHERE w.office_id = r.office_id AND w.round_id = r.id)
FROM rounds.round AS r
JOIN identity.staff AS c ON c.office_id = r.office_id AND c.id = r.courier_id
JOIN network.office AS o ON o.id = r.office_id
WHERE r.office_id = :office_id AND r.courier_id = :courier_id AND r.id = ANY (:ids::uuid[])
ORDER BY r.service_on;

-- name: stop_documents
-- Stops as a phone shows them, one row an act.
SELECT s.id, s.round_id, s.position, s.state, s.rev, s.planned_at, s.tw_early_at, s.tw_late_at,
    s.service_duration_s, s.arrived_at, s.ended_at, s.reload_at, s.reload_cash_vnd,
    p.id, p.address_text, m.name, p.lat, p.lon, p.pin, p.note,
    z.id, z.name, z.phone_sealed, z.wishes,
    a.id, a.kind, a.state, a.reason, d.id, d.item_id, d.item_code,
    CASE WHEN i.passed_op_id IS NULL THEN i.holder_kind ELSE 'colleague' END, i.seal_number,
    d.dossier_code, d.procedure_code, d.procedure_name, b.name, d.checklist, d.reclaims,
    d.fee_due_vnd, d.postage_due_vnd, coalesce(d.instruction, e.instruction),
    coalesce(d.num_attempts, e.num_attempts), d.num_invitations, k.state, k.display_name,
    e.cash_in_vnd, e.cash_out_vnd, e.subject_id, e.shown, a.errand_id
FROM rounds.stop AS s
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
JOIN network.delivery_point AS p ON p.office_id = s.office_id AND p.id = s.delivery_point_id
LEFT JOIN network.commune AS m ON m.code = p.commune_code
JOIN identity.citizen AS z ON z.office_id = s.office_id AND z.id = s.citizen_id
JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id AND a.state <> 'removed'
LEFT JOIN dossiers.dossier AS d ON d.office_id = a.office_id AND d.id = a.errand_id
LEFT JOIN doorstep.errand AS e ON e.office_id = a.office_id AND e.id = a.errand_id
LEFT JOIN identity.partner AS b ON b.office_id = d.office_id AND b.id = d.partner_id
LEFT JOIN custody.item AS i ON i.office_id = d.office_id AND i.id = d.item_id
LEFT JOIN LATERAL (
    SELECT c.state, f.display_name
    FROM rounds.recall AS c
    JOIN identity.staff AS f ON f.office_id = c.office_id AND f.id = c.from_courier_id
    WHERE c.office_id = a.office_id AND c.errand_id = a.errand_id
        AND c.to_courier_id = r.courier_id
    ORDER BY c.asked_at DESC
    LIMIT 1
) AS k ON true
WHERE s.office_id = :office_id AND r.courier_id = :courier_id AND s.state <> 'removed'
    AND (s.id = ANY (:ids::uuid[]) OR s.round_id = ANY (:round_ids::uuid[]))
ORDER BY s.position, a.id;

-- name: copy_stop
-- A stop given to another round, behind all it has.
INSERT INTO rounds.stop (
    office_id, id, round_id, position, delivery_point_id, citizen_id, planned_at, tw_early_at,
    tw_late_at, service_duration_s, state)
SELECT s.office_id, :id, :round_id, l.position + 1, s.delivery_point_id, s.citizen_id,
    greatest(s.planned_at, l.planned_at, :now), s.tw_early_at, s.tw_late_at,
    s.service_duration_s, 'open'
FROM rounds.stop AS s, (
    SELECT coalesce(max(position), 0) AS position, max(planned_at) AS planned_at
    FROM rounds.stop
    WHERE office_id = :office_id AND round_id = :round_id
) AS l
WHERE s.office_id = :office_id AND s.id = :from_id;

-- name: open_acts_at
-- The open acts of a stop, locked until the transaction ends.
SELECT id, kind, errand_id
FROM rounds.act
WHERE office_id = :office_id AND stop_id = :stop_id AND state = 'open'
ORDER BY id
FOR UPDATE;

-- name: add_recall
-- An act was taken from a courier whose phone may not know.
INSERT INTO rounds.recall (
    office_id, id, act_id, stop_id, errand_id, from_courier_id, to_courier_id, asked_at,
    asked_by_id)
VALUES (
    :office_id, :id, :act_id, :stop_id, :errand_id, :from_courier_id, :to_courier_id, :at,
    :by_id);

-- name: recalled_stops
-- The stops a courier's phone has not let go of yet, as far as is known.
SELECT DISTINCT stop_id
FROM rounds.recall
WHERE office_id = :office_id AND from_courier_id = :courier_id AND state = 'asked';

-- name: take_recalls
-- The phone has let go of these stops.
UPDATE rounds.recall
SET state = 'taken', settled_at = :at
WHERE office_id = :office_id AND from_courier_id = :courier_id AND state = 'asked'
    AND stop_id = ANY (:stop_ids::uuid[])
RETURNING errand_id;

-- name: overtake_recall
-- What was to be taken away had been done before.
UPDATE rounds.recall
SET state = 'overtaken', settled_at = :at
WHERE office_id = :office_id AND act_id = :act_id AND state <> 'overtaken';

-- name: look_at_recall
-- A dispatcher has seen that reality won.
UPDATE rounds.recall
SET looked_at = :at, looked_by_id = :by_id, note = :note
WHERE office_id = :office_id AND id = :id AND state = 'overtaken' AND looked_at IS NULL
RETURNING id;

-- name: list_recalls
-- What waits for a phone to let go of it, and what was done before that and nobody has seen yet.
SELECT c.id, c.state, c.stop_id, c.errand_id, c.from_courier_id, f.display_name, c.to_courier_id,
    t.display_name, c.asked_at, c.settled_at, a.state, p.address_text, z.name
FROM rounds.recall AS c
JOIN rounds.act AS a ON a.office_id = c.office_id AND a.id = c.act_id
JOIN rounds.stop AS s ON s.office_id = c.office_id AND s.id = c.stop_id
JOIN network.delivery_point AS p ON p.office_id = s.office_id AND p.id = s.delivery_point_id
JOIN identity.citizen AS z ON z.office_id = s.office_id AND z.id = s.citizen_id
JOIN identity.staff AS f ON f.office_id = c.office_id AND f.id = c.from_courier_id
LEFT JOIN identity.staff AS t ON t.office_id = c.office_id AND t.id = c.to_courier_id
WHERE c.office_id = :office_id
    AND (c.state = 'asked' OR (c.state = 'overtaken' AND c.looked_at IS NULL))
ORDER BY c.state DESC, c.asked_at, c.id;

-- name: lock_open_acts_of
-- What a round still has to do, locked.
SELECT a.id
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
WHERE s.office_id = :office_id AND s.round_id = :round_id AND a.state = 'open'
ORDER BY a.id
FOR UPDATE OF a;

-- name: waive_storage
-- The round may leave on a phone that does not promise to keep its storage; said once.
WITH said AS (
    INSERT INTO rounds.storage_waiver (office_id, round_id, reason, waived_by_id, waived_at)
    VALUES (:office_id, :id, :reason, :by_id, :at)
    ON CONFLICT DO NOTHING
    RETURNING round_id
)
UPDATE rounds.round AS r
SET rev = r.rev + 1
FROM said
WHERE r.office_id = :office_id AND r.id = said.round_id
RETURNING r.id;

-- name: has_money_unwaived
-- Whether a courier has money to pay or take on a round that nobody has let leave so.
SELECT EXISTS (
    SELECT
    FROM rounds.round AS r
    JOIN rounds.stop AS s ON s.office_id = r.office_id AND s.round_id = r.id
    JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id
    WHERE r.office_id = :office_id AND r.courier_id = :courier_id AND r.state <> 'closed'
        AND a.state = 'open' AND a.kind = ANY (:kinds::text[])
        AND NOT EXISTS (
            SELECT FROM rounds.storage_waiver AS w
            WHERE w.office_id = r.office_id AND w.round_id = r.id));

-- name: aims
-- The doors, acts and errands of some stops.
SELECT s.id, s.delivery_point_id, a.id, a.errand_id
FROM rounds.stop AS s
LEFT JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id
WHERE s.office_id = :office_id AND s.id = ANY (:ids::uuid[]);

-- name: showing
-- The stops that phones show with some errands, with their couriers.
SELECT DISTINCT a.errand_id, s.id, r.courier_id
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE a.office_id = :office_id AND a.errand_id = ANY (:ids::uuid[])
    AND a.state <> 'removed' AND r.state <> 'closed'
ORDER BY s.id;

-- name: at_points
-- The stops that phones show at some doors, with their couriers.
SELECT s.delivery_point_id, s.id, r.courier_id
FROM rounds.stop AS s
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE s.office_id = :office_id AND s.delivery_point_id = ANY (:ids::uuid[])
    AND s.state <> 'removed' AND r.state <> 'closed'
ORDER BY s.id;

-- name: lock_rounds
-- Rounds, locked in one order.
SELECT office_id, id, service_on, courier_id, shift_id, plan_id, state, rev, starts_s, ends_s,
    lunch_at_s, lunch_duration_s, duration_s, distance_m, published_at, opened_at, closed_at
FROM rounds.round
WHERE office_id = :office_id AND id = ANY (:ids::uuid[])
ORDER BY id
FOR UPDATE;

-- name: lock_stops
-- Stops with their rounds, locked in one order.
SELECT s.office_id, s.id, s.state, s.delivery_point_id, s.round_id, r.courier_id, r.state,
    r.service_on, s.arrived_at, s.ended_at
FROM rounds.stop AS s
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE s.office_id = :office_id AND s.id = ANY (:ids::uuid[])
ORDER BY s.id
FOR UPDATE OF s;

-- name: lock_acts
-- The acts of some stops, locked in one order.
SELECT office_id, id, kind, state, errand_id, stop_id, reason, op_id, ended_at
FROM rounds.act
WHERE office_id = :office_id AND stop_id = ANY (:ids::uuid[])
ORDER BY id
FOR UPDATE;

-- name: set_stops
-- Several stops as the facts of a batch leave them.
UPDATE rounds.stop AS s
SET state = n.state, arrived_at = n.arrived_at, ended_at = n.ended_at, rev = s.rev + n.num
FROM unnest(
    :ids::uuid[], :states::text[], :arrived::timestamptz[], :ended::timestamptz[], :nums::int[])
    AS n (id, state, arrived_at, ended_at, num)
WHERE s.office_id = :office_id AND s.id = n.id;

-- name: end_acts
-- Several acts as the facts of a batch leave them.
UPDATE rounds.act AS a
SET state = n.state, reason = n.reason, op_id = n.op_id, ended_at = n.at
FROM unnest(
    :ids::uuid[], :states::text[], :reasons::text[], :op_ids::uuid[], :ats::timestamptz[])
    AS n (id, state, reason, op_id, at)
WHERE a.office_id = :office_id AND a.id = n.id;

-- name: add_changes
-- What couriers' phones must be told.
INSERT INTO rounds.phone_change (office_id, courier_id, id, kind, ref, is_gone)
SELECT :office_id, c.courier_id, c.id, c.kind, c.ref, c.is_gone
FROM unnest(
    :couriers::uuid[], :ids::uuid[], :kinds::text[], :refs::uuid[], :gone::boolean[])
    AS c (courier_id, id, kind, ref, is_gone);

-- name: open_acts_with
-- What a courier still has to do with some dossiers, and what is collected for them at the same
-- doors; locked.
SELECT a.id, a.kind, a.errand_id, a.stop_id
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
LEFT JOIN doorstep.errand AS e ON e.office_id = a.office_id AND e.id = a.errand_id
WHERE a.office_id = :office_id AND a.state = 'open' AND r.courier_id = :courier_id
    AND (a.errand_id = ANY (:errand_ids::uuid[])
        OR (a.kind = 'charge.collect' AND e.subject_id = ANY (:errand_ids::uuid[])))
ORDER BY s.position, a.id
FOR UPDATE OF a;

-- name: settle_recalls
-- Who handed something on knows it: that phone has let go by its own word.
UPDATE rounds.recall
SET state = 'taken', settled_at = :at
WHERE office_id = :office_id AND act_id = ANY (:act_ids::uuid[]) AND state = 'asked';

-- name: enter_passing
-- A hand-over on the road nobody has spoken of before.
INSERT INTO rounds.passing (office_id, id, code)
VALUES (:office_id, :id, :code)
ON CONFLICT (office_id, code) DO NOTHING;

-- name: lock_passing
-- A hand-over by its code, locked until the transaction ends.
SELECT id, code, giver_id, given_op_id, to_id, errand_ids, taker_id, taker_round_id, taken_op_id,
    taken_at, from_id, num_counted, state
FROM rounds.passing
WHERE office_id = :office_id AND code = :code
FOR UPDATE;

-- name: find_open_passing
-- The code of a hand-over that is open.
SELECT code
FROM rounds.passing
WHERE office_id = :office_id AND id = :id AND state = 'open';

-- name: write_given
-- The giver has said so.
UPDATE rounds.passing
SET rev = rev + 1, giver_id = :giver_id, giver_round_id = :round_id, given_op_id = :op_id,
    given_at = :at, to_id = :to_id, errand_ids = :errand_ids::uuid[]
WHERE office_id = :office_id AND id = :id;

-- name: write_taken
-- The taker has said so; the newest count stands.
UPDATE rounds.passing
SET rev = rev + 1, taker_id = :taker_id, taker_round_id = :round_id, taken_op_id = :op_id,
    taken_at = :at, from_id = :from_id, num_counted = :num
WHERE office_id = :office_id AND id = :id;

-- name: join_passing
-- Both have said so: the items are the taker's.
UPDATE rounds.passing
SET rev = rev + 1, state = 'joined', settled_at = :at, loose_ids = :loose_ids::uuid[]
WHERE office_id = :office_id AND id = :id;

-- name: end_passing
-- Nothing was handed over.
UPDATE rounds.passing
SET rev = rev + 1, state = :state, settled_at = :at, settled_by_id = :by, note = :note
WHERE office_id = :office_id AND id = :id;

-- name: bump_carried
-- What was handed to a courier and had no visit to make: it moved on, or is said to have.
UPDATE rounds.passing
SET rev = rev + 1, loose_ids = CASE
    WHEN :has_left THEN ARRAY (SELECT unnest(loose_ids) EXCEPT SELECT unnest(:errand_ids::uuid[]))
    ELSE loose_ids
END
WHERE office_id = :office_id AND taker_id = :courier_id AND state = 'joined'
    AND loose_ids && :errand_ids::uuid[]
RETURNING id, giver_id;

-- name: num_taken
-- The items a courier says to have taken on a round and whose giver has not said so.
SELECT coalesce(sum(num_counted), 0)
FROM rounds.passing
WHERE office_id = :office_id AND taker_round_id = :round_id AND state = 'open';

-- name: list_open_passings
-- Hand-overs on the road of which one side is missing, or both differ.
SELECT p.id, p.code, p.giver_id, g.display_name, p.given_at,
    CASE WHEN p.giver_id IS NOT NULL THEN cardinality(p.errand_ids) END, n.display_name, p.to_id,
    p.taker_id, t.display_name, p.taken_at, p.num_counted,
    ARRAY (
        SELECT d.item_code
        FROM dossiers.dossier AS d
        WHERE d.office_id = p.office_id AND d.id = ANY (p.errand_ids)
        ORDER BY d.item_code)
FROM rounds.passing AS p
LEFT JOIN identity.staff AS g ON g.office_id = p.office_id AND g.id = p.giver_id
LEFT JOIN identity.staff AS n ON n.office_id = p.office_id AND n.id = p.to_id
LEFT JOIN identity.staff AS t ON t.office_id = p.office_id AND t.id = p.taker_id
WHERE p.office_id = :office_id AND p.state = 'open'
ORDER BY coalesce(p.given_at, p.taken_at), p.id;

-- name: passing_documents
-- Hand-overs as the phones of their two sides show them: some by id, those since an instant or
-- not over yet where `since` is given.
SELECT p.id, p.code, p.rev, p.state, p.giver_id, g.display_name, p.given_at,
    CASE WHEN p.giver_id IS NOT NULL THEN cardinality(p.errand_ids) END, p.to_id,
    p.taker_id, t.display_name, p.taken_at, p.num_counted,
    coalesce(i.items, '[]'::jsonb)
FROM rounds.passing AS p
LEFT JOIN identity.staff AS g ON g.office_id = p.office_id AND g.id = p.giver_id
LEFT JOIN identity.staff AS t ON t.office_id = p.office_id AND t.id = p.taker_id
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
        'errand_id', d.id, 'item_id', d.item_id, 'item_code', d.item_code,
        'seal_number', m.seal_number, 'procedure_name', d.procedure_name, 'name', z.name,
        'is_loose', d.id = ANY (p.loose_ids) AND m.passed_op_id IS NULL) ORDER BY d.id) AS items
    FROM dossiers.dossier AS d
    JOIN custody.item AS m ON m.office_id = d.office_id AND m.id = d.item_id
    JOIN identity.citizen AS z ON z.office_id = d.office_id AND z.id = d.citizen_id
    WHERE d.office_id = p.office_id AND d.id = ANY (p.errand_ids)
) AS i ON true
WHERE p.office_id = :office_id AND :courier_id IN (p.giver_id, p.taker_id)
    AND (p.id = ANY (:ids::uuid[]) OR (:since::timestamptz IS NOT NULL
        AND (p.state = 'open' OR p.settled_at >= :since)))
ORDER BY p.id;

-- name: find_proof_rules
-- What an office asks as proof on a day otherwise than the house does.
SELECT valid_from, rules, reason, set_by_id, set_at
FROM rounds.proof_rules
WHERE office_id = :office_id AND valid_from <= :on_day
ORDER BY valid_from DESC
LIMIT 1;

-- name: set_proof_rules
-- What an office asks as proof from a day on; set again before that day, the newest stands.
INSERT INTO rounds.proof_rules (office_id, valid_from, rules, reason, set_by_id, set_at)
VALUES (:office_id, :valid_from, :rules, :reason, :by_id, :at)
ON CONFLICT (office_id, valid_from) DO UPDATE
SET rules = excluded.rules, reason = excluded.reason, set_by_id = excluded.set_by_id,
    set_at = excluded.set_at;

-- name: bump_rounds_from
-- The rounds of a day and later ones show something else.
UPDATE rounds.round
SET rev = rev + 1
WHERE office_id = :office_id AND service_on >= :from_day AND state <> 'closed'
RETURNING id, courier_id;

-- name: keep_place
-- Where a courier was last, if that was on the round that is open and is news.
INSERT INTO rounds.last_place (office_id, courier_id, round_id, lat, lon, accuracy_m, seen_at)
SELECT r.office_id, r.courier_id, r.id, :lat, :lon, :accuracy_m::double precision, :seen_at
FROM rounds.round AS r
WHERE r.office_id = :office_id AND r.courier_id = :courier_id AND r.state = 'open'
    AND r.opened_at <= :seen_at
ORDER BY r.opened_at DESC
LIMIT 1
ON CONFLICT (office_id, courier_id) DO UPDATE
SET round_id = excluded.round_id, lat = excluded.lat, lon = excluded.lon,
    accuracy_m = excluded.accuracy_m, seen_at = excluded.seen_at
WHERE excluded.seen_at > last_place.seen_at;

-- name: drop_place
-- The courier has switched the log off.
DELETE FROM rounds.last_place
WHERE office_id = :office_id AND courier_id = :courier_id;

-- name: forget_places
-- Places older than the house keeps them, and those of rounds that are over.
DELETE FROM rounds.last_place AS l
USING rounds.round AS r
WHERE r.office_id = l.office_id AND r.id = l.round_id
    AND (l.seen_at < :before OR r.state <> 'open');
