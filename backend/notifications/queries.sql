-- name: subscribe
-- A browser asks to be told; asked again, its keys and language are the new ones.
INSERT INTO notifications.subscription
    (office_id, id, errand_id, staff_id, endpoint, p256dh, auth, locale, made_at)
VALUES (:office_id, :id, :errand_id, :staff_id, :endpoint, :p256dh, :auth, :locale, :now)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: renew_subscription
-- The keys and language of a subscription that exists.
UPDATE notifications.subscription
SET p256dh = :p256dh, auth = :auth, locale = :locale
WHERE office_id = :office_id AND endpoint = :endpoint AND ended_at IS NULL
    AND errand_id IS NOT DISTINCT FROM :errand_id::uuid
    AND staff_id IS NOT DISTINCT FROM :staff_id::uuid
RETURNING id;

-- name: num_subscriptions
-- How many browsers are told of an errand.
SELECT count(*)::integer
FROM notifications.subscription
WHERE office_id = :office_id AND errand_id = :errand_id AND ended_at IS NULL;

-- name: end_subscription_of
-- A browser does not want to be told any more.
UPDATE notifications.subscription
SET ended_at = :now
WHERE office_id = :office_id AND endpoint = :endpoint AND ended_at IS NULL
    AND errand_id IS NOT DISTINCT FROM :errand_id::uuid
    AND staff_id IS NOT DISTINCT FROM :staff_id::uuid;

-- name: end_subscription
-- The push service says that the browser is gone.
UPDATE notifications.subscription
SET ended_at = :now
WHERE office_id = :office_id AND id = :id AND ended_at IS NULL;

-- name: find_subscription
-- One subscription.
SELECT office_id, id, errand_id, staff_id, endpoint, p256dh, auth, locale, ended_at
FROM notifications.subscription
WHERE office_id = :office_id AND id = :id;

-- name: add_messages_for_errands
-- A message to each browser that follows one of the errands, each told once; `abouts` goes with
-- `errand_ids`.
INSERT INTO notifications.message (office_id, id, subscription_id, kind, about, state, queued_at)
SELECT s.office_id, uuidv7(), s.id, :kind, e.about, 'queued', :now
FROM unnest(:errand_ids::uuid[], :abouts::text[]) AS e (errand_id, about)
JOIN notifications.subscription AS s
    ON s.office_id = :office_id AND s.errand_id = e.errand_id AND s.ended_at IS NULL
ON CONFLICT DO NOTHING
RETURNING id;

-- name: add_messages_for_staff
-- A message to each phone of some couriers, told once.
INSERT INTO notifications.message (office_id, id, subscription_id, kind, about, state, queued_at)
SELECT s.office_id, uuidv7(), s.id, :kind, :about, 'queued', :now
FROM notifications.subscription AS s
WHERE s.office_id = :office_id AND s.staff_id = ANY (:staff_ids::uuid[]) AND s.ended_at IS NULL
ON CONFLICT DO NOTHING
RETURNING id;

-- name: take_message
-- Take a message to send it; none is returned when it was sent, or somebody else is at it.
UPDATE notifications.message
SET state = 'sending', taken_at = :now, num_tries = num_tries + 1
WHERE office_id = :office_id AND id = :id
    AND (state = 'queued' OR (state = 'sending' AND taken_at < :before))
RETURNING office_id, id, subscription_id, kind, about, state, num_tries, queued_at, taken_at;

-- name: is_being_sent
-- Whether somebody is at a message now.
SELECT EXISTS (
    SELECT FROM notifications.message
    WHERE office_id = :office_id AND id = :id AND state = 'sending');

-- name: settle_message
-- How the sending of the one who took it at `taken_at` ended.
UPDATE notifications.message
SET state = :state, sent_at = CASE WHEN :state = 'sent' THEN :now ELSE sent_at END
WHERE office_id = :office_id AND id = :id AND state = 'sending' AND taken_at = :taken_at;

-- name: read_errand
-- What the words of a message need of an errand.
SELECT d.service, d.item_code, o.name, o.phone
FROM dossiers.dossier AS d
JOIN network.office AS o ON o.id = d.office_id
WHERE d.office_id = :office_id AND d.id = :errand_id;

-- name: list_plan_couriers
-- The couriers whose rounds carry stops of a published plan.
SELECT DISTINCT (route ->> 'courier_id')::uuid
FROM dispatch.plan, jsonb_array_elements(draft -> 'routes') AS route
WHERE office_id = :office_id AND id = :plan_id AND state = 'published';

-- name: list_stop_couriers
-- The couriers on whose rounds some stops stand, or stood.
SELECT DISTINCT r.courier_id
FROM rounds.stop s
JOIN rounds.round r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE s.office_id = :office_id AND s.id = ANY (:stop_ids::uuid[]);
