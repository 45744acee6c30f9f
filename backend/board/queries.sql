-- name: list_routes
-- The rounds of a day with who drives them on what.
SELECT r.id, r.state, r.courier_id, p.display_name, p.badge, c.phone, v.label, v.profile,
    r.starts_s, r.ends_s, r.lunch_at_s, r.lunch_duration_s, r.duration_s, r.distance_m,
    r.published_at, r.opened_at, r.closed_at,
    EXISTS (
        SELECT FROM rounds.stop AS s
        JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id
        WHERE s.office_id = r.office_id AND s.round_id = r.id AND a.state = 'open'
            AND a.kind = ANY (:money_kinds::text[])),
    EXISTS (
        SELECT FROM rounds.storage_waiver AS w
        WHERE w.office_id = r.office_id AND w.round_id = r.id)
FROM rounds.round AS r
JOIN identity.staff AS p ON p.office_id = r.office_id AND p.id = r.courier_id
JOIN network.courier AS c ON c.office_id = r.office_id AND c.staff_id = r.courier_id
JOIN network.vehicle AS v ON v.office_id = c.office_id AND v.id = c.vehicle_id
WHERE r.office_id = :office_id AND r.service_on = :service_on
ORDER BY p.badge, r.courier_id;

-- name: list_acts
-- The stops of a day's rounds in order, one row an act.
SELECT s.round_id, s.id, s.position, s.state, s.planned_at, s.tw_early_at, s.tw_late_at,
    s.service_duration_s, s.arrived_at, s.ended_at, z.name, p.address_text, m.name, p.lat, p.lon,
    p.pin, a.id, a.kind, a.state, a.reason, a.errand_id, d.item_code
FROM rounds.round AS r
JOIN rounds.stop AS s ON s.office_id = r.office_id AND s.round_id = r.id AND s.state <> 'removed'
JOIN network.delivery_point AS p ON p.office_id = s.office_id AND p.id = s.delivery_point_id
LEFT JOIN network.commune AS m ON m.code = p.commune_code
JOIN identity.citizen AS z ON z.office_id = s.office_id AND z.id = s.citizen_id
JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id AND a.state <> 'removed'
LEFT JOIN dossiers.dossier AS d ON d.office_id = a.office_id AND d.id = a.errand_id
WHERE r.office_id = :office_id AND r.service_on = :service_on
ORDER BY s.round_id, s.position, a.id;

-- name: list_places
-- Where the couriers of a day's open rounds were last, if that is no older than it may be kept.
SELECT l.round_id, l.lat, l.lon, l.accuracy_m, l.seen_at
FROM rounds.round AS r
JOIN rounds.last_place AS l
    ON l.office_id = r.office_id AND l.courier_id = r.courier_id AND l.round_id = r.id
WHERE r.office_id = :office_id AND r.service_on = :service_on AND r.state = 'open'
    AND l.seen_at >= :since;

-- name: list_phones
-- The phones of each courier together: what they have that we have not, in streams that go on, and
-- when one of them spoke last. What a stream that has ended lacks is told by `missing_ranges`.
SELECT s.staff_id, sum(
        CASE WHEN s.fork_seq IS NULL AND s.moved_at IS NULL
            AND coalesce((
                SELECT d.status
                FROM identity.device AS d
                WHERE d.office_id = s.office_id AND d.id = s.device_id), 'active') = 'active'
            AND NOT EXISTS (
                SELECT FROM sync.stream AS later
                WHERE later.office_id = s.office_id AND later.device_id = s.device_id
                    AND later.id <> s.id AND later.made_at > s.made_at)
        THEN greatest(s.head_seq - s.last_seq, 0) ELSE 0 END)::integer,
    max(s.last_seen_at), (array_agg(s.last_occurred_at ORDER BY s.last_seen_at DESC))[1],
    (array_agg(s.app_version ORDER BY s.last_seen_at DESC))[1]
FROM sync.stream AS s
WHERE s.office_id = :office_id AND s.staff_id = ANY (:staff_ids::uuid[])
GROUP BY s.staff_id;

-- name: num_unplanned
-- How many errands are due on a day and on no round.
SELECT count(*)::integer
FROM (
    SELECT d.id
    FROM dossiers.dossier AS d
    WHERE d.office_id = :office_id AND d.wanted_on <= :service_on
        AND d.state IN ('booked', 'at_office')
        AND ((d.service = 'S1' AND d.state = 'booked')
            OR (d.service = 'S2' AND d.state = 'at_office'))
    UNION ALL
    SELECT e.id
    FROM doorstep.errand AS e
    WHERE e.office_id = :office_id AND e.wanted_on <= :service_on AND e.state = 'due'
        AND NOT EXISTS ( -- what a dossier costs is collected when it is visited
            SELECT FROM dossiers.dossier AS d
            WHERE d.office_id = e.office_id AND d.id = e.subject_id
                AND ((d.service = 'S1' AND d.state = 'booked')
                    OR (d.service = 'S2' AND d.state IN ('at_office', 'out'))))
) AS due
WHERE NOT EXISTS (
    SELECT FROM rounds.act AS a
    WHERE a.office_id = :office_id AND a.errand_id = due.id AND a.state = 'open');

-- name: num_held
-- How many facts held or set aside, conflicts, hand-overs of which both sides speak differently,
-- and pictures that have not come, wait for a person.
SELECT (
    SELECT count(*)
    FROM sync.op_decision AS d
    WHERE d.office_id = :office_id AND d.n = 1 AND d.outcome = 'held'
        AND NOT EXISTS (
            SELECT FROM sync.op_decision AS later
            WHERE later.office_id = d.office_id AND later.op_id = d.op_id AND later.n > 1)
) + (
    SELECT count(*)
    FROM rounds.recall AS c
    WHERE c.office_id = :office_id AND c.state = 'overtaken' AND c.looked_at IS NULL
) + (
    SELECT count(*)
    FROM rounds.passing AS p
    WHERE p.office_id = :office_id AND p.state = 'open'
        AND p.giver_id IS NOT NULL AND p.taker_id IS NOT NULL
) + (
    SELECT count(*)
    FROM sync.aside_waiting
    WHERE office_id = :office_id
) + (
    SELECT count(DISTINCT (n.op_id, n.sha256))
    FROM proofs.named AS n
    WHERE n.office_id = :office_id AND n.named_at <= :late_before
        AND n.stored_at IS NULL AND n.looked_at IS NULL AND NOT n.is_aside
        AND NOT EXISTS (
            SELECT FROM proofs.blob AS b
            WHERE b.office_id = n.office_id AND b.sha256 = n.sha256)
);

-- name: list_missing_pictures
-- Pictures that facts named so long ago and that have not come, the oldest first: by whom, of which
-- phone, how far it has come, and whether the phone has it no more. A fact told in two streams
-- counts once.
SELECT m.op_id, encode(m.sha256, 'hex'), o.kind, o.raw, m.staff_id, p.display_name, d.label,
    d.status, s.last_seen_at, m.named_at, o.occurred_at, m.let_go_at, u.received, u.length
FROM (
    SELECT DISTINCT ON (n.op_id, n.sha256) n.*
    FROM proofs.named AS n
    WHERE n.office_id = :office_id AND n.named_at <= :late_before
        AND n.stored_at IS NULL AND n.looked_at IS NULL AND NOT n.is_aside
        AND NOT EXISTS (
            SELECT FROM proofs.blob AS b
            WHERE b.office_id = n.office_id AND b.sha256 = n.sha256)
    ORDER BY n.op_id, n.sha256, n.named_at
) AS m
JOIN sync.op_log AS o
    ON o.office_id = m.office_id AND o.stream_id = m.stream_id AND o.seq = m.seq
JOIN identity.staff AS p ON p.office_id = m.office_id AND p.id = m.staff_id
LEFT JOIN identity.device AS d ON d.office_id = m.office_id AND d.id = m.device_id
LEFT JOIN LATERAL (
    SELECT max(t.last_seen_at) AS last_seen_at
    FROM sync.stream AS t
    WHERE t.office_id = m.office_id AND t.device_id = m.device_id) AS s ON true
LEFT JOIN proofs.upload AS u
    ON u.office_id = m.office_id AND u.device_id = m.device_id AND u.sha256 = m.sha256
ORDER BY m.named_at, m.op_id, m.sha256
LIMIT :num_rows;

-- name: list_errands_of_acts
-- The errands of some acts.
SELECT id, errand_id
FROM rounds.act
WHERE office_id = :office_id AND id = ANY (:ids::uuid[]);

-- name: list_errands
-- Errands in the order they were made, after one of them; a filter that is NULL lets all pass.
-- A day's errands are those wanted on it and those on its rounds.
SELECT d.id, d.service, d.state, d.item_code, d.dossier_code, d.procedure_name, b.name, z.name,
    p.address_text, m.name, p.pin, d.wanted_on, d.tw_early_s, d.tw_late_s, d.num_attempts,
    (SELECT f.display_name
     FROM rounds.act AS a
     JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
     JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
     JOIN identity.staff AS f ON f.office_id = r.office_id AND f.id = r.courier_id
     WHERE a.office_id = d.office_id AND a.errand_id = d.id AND a.state = 'open')
FROM dossiers.dossier AS d
JOIN identity.citizen AS z ON z.office_id = d.office_id AND z.id = d.citizen_id
JOIN identity.partner AS b ON b.office_id = d.office_id AND b.id = d.partner_id
JOIN network.delivery_point AS p ON p.office_id = d.office_id AND p.id = d.delivery_point_id
LEFT JOIN network.commune AS m ON m.code = p.commune_code
WHERE d.office_id = :office_id AND (:after::uuid IS NULL OR d.id > :after)
    AND (:state::text IS NULL OR d.state = :state)
    AND (:service_on::date IS NULL OR d.wanted_on = :service_on OR d.id IN (
        SELECT a.errand_id
        FROM rounds.round AS r
        JOIN rounds.stop AS s ON s.office_id = r.office_id AND s.round_id = r.id
        JOIN rounds.act AS a ON a.office_id = s.office_id AND a.stop_id = s.id
        WHERE r.office_id = :office_id AND r.service_on = :service_on))
    AND (:words::text IS NULL OR z.search_key LIKE :words OR p.search_key LIKE :words
        OR lower(d.item_code) LIKE :words OR lower(d.dossier_code) LIKE :words)
ORDER BY d.id
LIMIT :num_rows;

-- name: find_errand
-- One errand with what the list shows and more.
SELECT d.id, d.service, d.state, d.item_code, d.dossier_code, d.procedure_name, b.name, z.name,
    p.address_text, m.name, p.pin, d.wanted_on, d.tw_early_s, d.tw_late_s, d.num_attempts,
    (SELECT f.display_name
     FROM rounds.act AS a
     JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
     JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
     JOIN identity.staff AS f ON f.office_id = r.office_id AND f.id = r.courier_id
     WHERE a.office_id = d.office_id AND a.errand_id = d.id AND a.state = 'open'),
    d.citizen_id, d.agency_state, p.lat, p.lon, d.delivery_point_id, d.instruction, d.fee_due_vnd,
    d.postage_due_vnd, d.item_id, i.seal_number, d.checklist, d.reclaims
FROM dossiers.dossier AS d
JOIN identity.citizen AS z ON z.office_id = d.office_id AND z.id = d.citizen_id
JOIN identity.partner AS b ON b.office_id = d.office_id AND b.id = d.partner_id
JOIN network.delivery_point AS p ON p.office_id = d.office_id AND p.id = d.delivery_point_id
LEFT JOIN network.commune AS m ON m.code = p.commune_code
LEFT JOIN custody.item AS i ON i.office_id = d.office_id AND i.id = d.item_id
WHERE d.office_id = :office_id AND d.id = :id;

-- name: list_chain
-- The chain of an item with its parties by name.
SELECT h.n, h.from_kind, f.name, h.to_kind, t.name, h.seal_number, h.is_seal_whole, h.occurred_at,
    h.received_at, h.note
FROM custody.handover AS h
LEFT JOIN LATERAL (
    SELECT name FROM identity.citizen WHERE h.from_kind = 'citizen'
        AND office_id = h.office_id AND id = h.from_id
    UNION ALL
    SELECT display_name FROM identity.staff WHERE h.from_kind = 'courier'
        AND office_id = h.office_id AND id = h.from_id
    UNION ALL
    SELECT name FROM network.office WHERE h.from_kind = 'office' AND id = h.from_id
    UNION ALL
    SELECT name FROM identity.partner WHERE h.from_kind = 'agency' AND id = h.from_id
) AS f ON true
LEFT JOIN LATERAL (
    SELECT name FROM identity.citizen WHERE h.to_kind = 'citizen'
        AND office_id = h.office_id AND id = h.to_id
    UNION ALL
    SELECT display_name FROM identity.staff WHERE h.to_kind = 'courier'
        AND office_id = h.office_id AND id = h.to_id
    UNION ALL
    SELECT name FROM network.office WHERE h.to_kind = 'office' AND id = h.to_id
    UNION ALL
    SELECT name FROM identity.partner WHERE h.to_kind = 'agency' AND id = h.to_id
) AS t ON true
WHERE h.office_id = :office_id AND h.item_id = :item_id
ORDER BY h.n;

-- name: list_attempts
-- The visits to an errand that failed.
SELECT n, reason, invitation_n, next_on, note, occurred_at
FROM rounds.attempt
WHERE office_id = :office_id AND errand_id = :errand_id
ORDER BY n;

-- name: list_names
-- Names of members of staff.
SELECT id, display_name
FROM identity.staff
WHERE office_id = :office_id AND id = ANY (:ids::uuid[]);

-- name: list_stops
-- Whom and where some stops are for.
SELECT s.id, z.name, p.address_text
FROM rounds.stop AS s
JOIN identity.citizen AS z ON z.office_id = s.office_id AND z.id = s.citizen_id
JOIN network.delivery_point AS p ON p.office_id = s.office_id AND p.id = s.delivery_point_id
WHERE s.office_id = :office_id AND s.id = ANY (:ids::uuid[]);

-- name: list_frozen_acts
-- Those of these acts whose item is frozen.
SELECT a.id
FROM rounds.act a
JOIN dossiers.dossier d ON d.office_id = a.office_id AND d.id = a.errand_id
JOIN custody.item i ON i.office_id = d.office_id AND i.id = d.item_id
WHERE a.office_id = :office_id AND a.id = ANY (:ids::uuid[]) AND i.is_frozen;
