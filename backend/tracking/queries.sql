-- name: add_events
-- Events numbered on after those an errand has; the errand's row is locked by the caller.
INSERT INTO tracking.event (office_id, errand_id, n, code, occurred_at, received_at, data)
SELECT :office_id, e.errand_id,
    coalesce((
        SELECT max(n) FROM tracking.event
        WHERE office_id = :office_id AND errand_id = e.errand_id), 0)
        + row_number() OVER (PARTITION BY e.errand_id ORDER BY e.place),
    e.code, e.occurred_at, e.received_at, e.data
FROM unnest(
    :errand_ids::uuid[], :codes::text[], :occurred::timestamptz[], :received::timestamptz[],
    :data::jsonb[]
) WITH ORDINALITY AS e (errand_id, code, occurred_at, received_at, data, place)
RETURNING errand_id, n;

-- name: list_events
-- What was told about an errand, in order.
SELECT n, code, occurred_at, received_at, data
FROM tracking.event
WHERE office_id = :office_id AND errand_id = :errand_id
ORDER BY n;
