-- name: add_plan
-- A plan that was asked for.
INSERT INTO dispatch.plan
    (office_id, id, service_on, state, seed, budget_s, from_s, asked_by, asked_at)
VALUES (:office_id, :id, :service_on, 'queued', :seed, :budget_s, :from_s, :asked_by, :now);

-- name: find_plan
-- One plan with its draft.
SELECT office_id, id, service_on, state, seed, budget_s, from_s, num_tries, progress, draft,
    failure, asked_by, asked_at, solved_at, published_at
FROM dispatch.plan
WHERE office_id = :office_id AND id = :id;

-- name: lock_plan
-- One plan with its draft, locked until the transaction ends.
SELECT office_id, id, service_on, state, seed, budget_s, from_s, num_tries, progress, draft,
    failure, asked_by, asked_at, solved_at, published_at
FROM dispatch.plan
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_plans
-- The plans of a day, the newest first, without their drafts.
SELECT office_id, id, service_on, state, seed, budget_s, from_s, num_tries, progress,
    NULL::jsonb, failure, asked_by, asked_at, solved_at, published_at
FROM dispatch.plan
WHERE office_id = :office_id AND service_on = :service_on
ORDER BY asked_at DESC, id DESC
LIMIT 50;

-- name: discard_older
-- A new plan of a day takes the place of those never published.
UPDATE dispatch.plan
SET state = 'discarded'
WHERE office_id = :office_id AND service_on = :service_on
    AND state IN ('queued', 'solving', 'draft');

-- name: begin_solving
-- A worker takes the plan; none is returned when it was discarded, or solved already.
UPDATE dispatch.plan
SET state = 'solving', num_tries = num_tries + 1, beat_at = :now
WHERE office_id = :office_id AND id = :id AND state IN ('queued', 'solving')
RETURNING office_id, id, service_on, state, seed, budget_s, from_s, num_tries, progress, draft,
    failure, asked_by, asked_at, solved_at, published_at;

-- name: write_progress
-- Progress of the worker that began as try `num_tries`; touches nothing once the plan is
-- discarded or another worker has begun.
UPDATE dispatch.plan
SET progress = :progress, draft = coalesce(:draft, draft), beat_at = :now
WHERE office_id = :office_id AND id = :id AND state = 'solving' AND num_tries = :num_tries;

-- name: finish_solving
-- The final draft.
UPDATE dispatch.plan
SET state = 'draft', progress = :progress, draft = :draft, solved_at = :now, beat_at = :now
WHERE office_id = :office_id AND id = :id AND state = 'solving' AND num_tries = :num_tries;

-- name: fail_plan
-- The plan cannot be made, and why.
UPDATE dispatch.plan
SET state = 'failed', failure = :failure, solved_at = :now
WHERE office_id = :office_id AND id = :id AND state IN ('queued', 'solving');

-- name: fail_lost_plans
-- Plans whose worker gave no sign of life for long and whose job nobody took over.
UPDATE dispatch.plan
SET state = 'failed', failure = 'plan_lost', solved_at = :now
WHERE state = 'solving' AND beat_at < :before
RETURNING office_id;

-- name: set_discarded
-- A draft, or a plan still being made, is thrown away.
UPDATE dispatch.plan
SET state = 'discarded'
WHERE office_id = :office_id AND id = :id AND state IN ('queued', 'solving', 'draft', 'failed');

-- name: set_published
-- The draft became rounds.
UPDATE dispatch.plan
SET state = 'published', published_by = :by, published_at = :now
WHERE office_id = :office_id AND id = :id AND state = 'draft';

-- name: list_running
-- The rounds of a day with where and when their remaining stops end and what these need.
SELECT r.courier_id, r.id, r.state, r.lunch_at_s, r.starts_s,
    l.lat, l.lon, l.free_at, coalesce(n.load_g, 0), coalesce(n.load_ml, 0),
    coalesce(n.cash_out_vnd, 0)
FROM rounds.round AS r
LEFT JOIN LATERAL (
    SELECT p.lat, p.lon, s.planned_at + make_interval(secs => s.service_duration_s) AS free_at
    FROM rounds.stop AS s
    JOIN network.delivery_point AS p
        ON p.office_id = s.office_id AND p.id = s.delivery_point_id
    WHERE s.office_id = r.office_id AND s.round_id = r.id AND s.state IN ('open', 'arrived')
    ORDER BY s.position DESC
    LIMIT 1
) AS l ON true
LEFT JOIN LATERAL (
    SELECT sum(d.load_g)::integer AS load_g, sum(d.load_ml)::integer AS load_ml,
        sum(e.cash_out_vnd)::bigint AS cash_out_vnd
    FROM rounds.stop AS s
    JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id AND a.state = 'open'
    LEFT JOIN dossiers.dossier AS d ON d.office_id = a.office_id AND d.id = a.errand_id
    LEFT JOIN doorstep.errand AS e ON e.office_id = a.office_id AND e.id = a.errand_id
    WHERE s.office_id = r.office_id AND s.round_id = r.id
) AS n ON true
WHERE r.office_id = :office_id AND r.service_on = :service_on;

-- name: list_taken
-- Those of the errands that are on a round now.
SELECT errand_id
FROM rounds.act
WHERE office_id = :office_id AND errand_id = ANY (:errand_ids::uuid[]) AND state = 'open';

-- name: list_frozen
-- Those of the errands whose item may not move until a person has decided a fact about it.
SELECT d.id
FROM dossiers.dossier AS d
JOIN custody.item AS i ON i.office_id = d.office_id AND i.id = d.item_id AND i.is_frozen
WHERE d.office_id = :office_id AND d.id = ANY (:errand_ids::uuid[]);

-- name: list_doors
-- Where the stops of a draft are, and whom they are for.
SELECT p.id, p.address_text, c.name, p.lat, p.lon, p.pin
FROM network.delivery_point AS p
LEFT JOIN network.commune AS c ON c.code = p.commune_code
WHERE p.office_id = :office_id AND p.id = ANY (:ids::uuid[]);

-- name: list_names
-- Names of citizens of a draft.
SELECT id, name
FROM identity.citizen
WHERE office_id = :office_id AND id = ANY (:ids::uuid[]);

-- name: find_place_in_round
-- Where the open stop of an errand comes in its round: how many open stops stand before it, when
-- it was planned, and by how much the courier was off at the stop finished last.
SELECT s.round_id, s.id, r.courier_id, r.state, s.state, s.planned_at, s.tw_early_at,
    s.tw_late_at,
    (SELECT count(*)::integer FROM rounds.stop AS b
     WHERE b.office_id = s.office_id AND b.round_id = s.round_id AND b.position < s.position
        AND b.state IN ('open', 'arrived')),
    coalesce((
        SELECT extract(epoch FROM
            e.ended_at - e.planned_at - make_interval(secs => e.service_duration_s))::integer
        FROM rounds.stop AS e
        WHERE e.office_id = s.office_id AND e.round_id = s.round_id AND e.ended_at IS NOT NULL
        ORDER BY e.ended_at DESC
        LIMIT 1), 0),
    r.service_on
FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE a.office_id = :office_id AND a.errand_id = :errand_id AND a.state = 'open';

-- name: list_near
-- The errands of the stops that come next in the round where this errand is or was.
SELECT a.errand_id, n.id
FROM rounds.round AS r
JOIN LATERAL (
    SELECT s.office_id, s.id FROM rounds.stop AS s
    WHERE s.office_id = r.office_id AND s.round_id = r.id AND s.state IN ('open', 'arrived')
    ORDER BY s.position
    LIMIT :num_near + 1
) AS n ON true
JOIN rounds.act AS a ON a.office_id = n.office_id AND a.stop_id = n.id AND a.state = 'open'
WHERE r.office_id = :office_id AND r.state = 'open' AND r.id = (
    SELECT s.round_id FROM rounds.act AS t
    JOIN rounds.stop AS s ON s.office_id = t.office_id AND s.id = t.stop_id
    WHERE t.office_id = :office_id AND t.errand_id = :errand_id
    ORDER BY coalesce(t.ended_at, 'infinity') DESC
    LIMIT 1)
ORDER BY a.errand_id;

-- name: lock_errands
-- Service and state of the errands of a draft, locked in one order until the transaction ends.
SELECT id, service, state
FROM dossiers.dossier
WHERE office_id = :office_id AND id = ANY (:errand_ids::uuid[])
ORDER BY id
FOR UPDATE;

-- name: lock_money_errands
-- Kind and state of the acts of money of a draft, locked in one order.
SELECT id, kind, state
FROM doorstep.errand
WHERE office_id = :office_id AND id = ANY (:errand_ids::uuid[])
ORDER BY id
FOR UPDATE;

-- name: list_payments
-- What is still paid out, and taken, at the doors of a courier's round of a day, by its trips: a
-- call at the office for more cash begins another.
SELECT e.kind, e.cash_out_vnd, e.cash_in_vnd, (
    SELECT count(*) FROM rounds.stop AS b
    WHERE b.office_id = s.office_id AND b.round_id = s.round_id AND b.position <= s.position
        AND b.reload_at IS NOT NULL)::integer
FROM rounds.round AS r
JOIN rounds.stop AS s ON s.office_id = r.office_id AND s.round_id = r.id
JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id AND a.state = 'open'
JOIN doorstep.errand AS e ON e.office_id = a.office_id AND e.id = a.errand_id AND e.state = 'due'
WHERE r.office_id = :office_id AND r.courier_id = :courier_id AND r.service_on = :service_on
ORDER BY s.position, a.id;
