-- name: find_login
-- What a password is compared with; sign-in runs as the house, so every office is seen.
SELECT office_id, id, role, status, password_hash
FROM identity.staff
WHERE username = :username;

-- name: get_staff
-- One member of staff whom the transaction may see.
SELECT office_id, id, username, display_name, badge, role, partner_id, all_offices, locale,
    status, is_demo
FROM identity.staff
WHERE id = :staff_id;

-- name: find_staff_by_username
-- One member of staff by the name they sign in with.
SELECT office_id, id, username, display_name, badge, role, partner_id, all_offices, locale,
    status, is_demo
FROM identity.staff
WHERE username = :username;

-- name: list_staff
-- Staff of the offices seen, of one role where one is asked for.
SELECT office_id, id, username, display_name, badge, role, partner_id, all_offices, locale,
    status, is_demo
FROM identity.staff
WHERE :role::text IS NULL OR role = :role
ORDER BY office_id, username;

-- name: add_staff!
-- A new member of staff; nothing when the name is taken.
INSERT INTO identity.staff (office_id, id, username, display_name, badge, role, partner_id,
    all_offices, password_hash, locale, is_demo, created_at)
VALUES (:office_id, :staff_id, :username, :display_name, :badge, :role, :partner_id,
    :all_offices, :password_hash, :locale, :is_demo, :now)
ON CONFLICT (username) DO NOTHING;

-- name: disable_staff!
-- Sessions end with it: each request reads this status.
UPDATE identity.staff
SET status = 'disabled'
WHERE office_id = :office_id AND id = :staff_id;

-- name: end_sessions_of_staff!
-- All sessions of a person, wherever they are open.
UPDATE identity.session
SET ended_at = :now
WHERE office_id = :office_id AND staff_id = :staff_id AND ended_at IS NULL;

-- name: set_password!
-- A new password ends nothing by itself; the caller ends the sessions.
UPDATE identity.staff
SET password_hash = :password_hash
WHERE office_id = :office_id AND id = :staff_id;

-- name: add_session!
-- A session just begun; only the hash of its token is kept (A1).
INSERT INTO identity.session (office_id, token_hash, staff_id, device_id, created_at,
    last_seen_at, expires_at, idle_s)
VALUES (:office_id, :token_hash, :staff_id, :device_id, :now, :now, :expires_at, :idle_s);

-- name: find_session
-- Read for every request, with all that may have ended it meanwhile.
SELECT s.office_id, s.token_hash, s.staff_id, s.device_id, s.last_seen_at, s.expires_at,
    s.idle_s, s.ended_at, p.role, p.partner_id, p.all_offices, p.locale, p.status, d.status,
    d.public_key, d.is_field, s.factor_at, EXISTS (
        SELECT FROM identity.factor f
        WHERE f.office_id = s.office_id AND f.staff_id = s.staff_id AND f.ended_at IS NULL
            AND f.confirmed_at IS NOT NULL)
FROM identity.session s
JOIN identity.staff p ON p.office_id = s.office_id AND p.id = s.staff_id
LEFT JOIN identity.device d ON d.office_id = s.office_id AND d.id = s.device_id
WHERE s.token_hash = :token_hash;

-- name: touch_session!
-- Forwards only: of two requests at once the later sight stays.
UPDATE identity.session
SET last_seen_at = :now
WHERE office_id = :office_id AND token_hash = :token_hash AND last_seen_at < :now;

-- name: end_session!
-- The first end stays.
UPDATE identity.session
SET ended_at = :now
WHERE token_hash = :token_hash AND ended_at IS NULL;

-- name: end_sessions_of_device!
-- A lost phone's sessions end with it (S21).
UPDATE identity.session
SET ended_at = :now
WHERE office_id = :office_id AND device_id = :device_id AND ended_at IS NULL;

-- name: add_device!
-- A phone, known from now on by the cookie whose hash this is.
INSERT INTO identity.device (office_id, id, staff_id, label, token_hash, enrolled_at)
VALUES (:office_id, :device_id, :staff_id, :label, :token_hash, :now);

-- name: lock_person
-- A courier's row, so that of two phones enrolled at once one becomes the field device.
SELECT id
FROM identity.staff
WHERE office_id = :office_id AND id = :staff_id
FOR UPDATE;

-- name: clear_field_device!
-- None of a courier's phones is the field device; one is made it next.
UPDATE identity.device
SET is_field = false
WHERE office_id = :office_id AND staff_id = :staff_id AND is_field;

-- name: set_field_device!
-- Of a courier's active phones the newest enrolled is the field device (S22).
UPDATE identity.device
SET is_field = true
WHERE id = (
    SELECT d.id
    FROM identity.device AS d
    WHERE d.office_id = :office_id AND d.staff_id = :staff_id AND d.status = 'active'
    ORDER BY d.enrolled_at DESC, d.id DESC
    LIMIT 1);

-- name: set_device_key
-- The first key stays: no row comes back when the device has one.
UPDATE identity.device
SET public_key = :public_key, key_at = :now
WHERE office_id = :office_id AND id = :device_id AND public_key IS NULL
RETURNING id;

-- name: get_device
-- One device whom the transaction may see, locked for its change.
SELECT office_id, id, staff_id, label, status, enrolled_at, public_key, is_field
FROM identity.device
WHERE id = :device_id
FOR UPDATE;

-- name: find_device_by_token
-- The device of a cookie.
SELECT office_id, id, staff_id, label, status, enrolled_at, public_key, is_field
FROM identity.device
WHERE token_hash = :token_hash;

-- name: find_phone
-- The device of a cookie with its courier, for a call without a session.
SELECT d.office_id, d.id, d.staff_id, d.status, d.public_key, p.role, p.status, p.locale,
    d.is_field
FROM identity.device AS d
JOIN identity.staff AS p ON p.office_id = d.office_id AND p.id = d.staff_id
WHERE d.token_hash = :token_hash;

-- name: list_devices
-- Devices of the offices seen, the newest first for each person.
SELECT office_id, id, staff_id, label, status, enrolled_at, public_key, is_field
FROM identity.device
ORDER BY staff_id, enrolled_at DESC;

-- name: lose_device!
-- The first report stays.
UPDATE identity.device
SET status = 'lost', revoked_at = :now, is_field = false
WHERE office_id = :office_id AND id = :device_id AND status <> 'lost';

-- name: retire_device
-- The browser that was this phone is enrolled anew: it has another cookie from now on.
UPDATE identity.device
SET status = 'retired', revoked_at = :now, is_field = false
WHERE office_id = :office_id AND id = :device_id AND status = 'active'
RETURNING id;

-- name: expire_codes!
-- A new code takes the place of those not used yet.
UPDATE identity.enrolment_code
SET expires_at = :now
WHERE office_id = :office_id AND staff_id = :staff_id AND used_at IS NULL AND expires_at > :now;

-- name: add_code!
-- A one-time code handed over face to face (A3); only its hash is kept.
INSERT INTO identity.enrolment_code (office_id, code_hash, staff_id, made_by, made_at, expires_at)
VALUES (:office_id, :code_hash, :staff_id, :made_by, :now, :expires_at);

-- name: use_code
-- One use: of two phones at once one finds the row still free.
UPDATE identity.enrolment_code
SET used_at = :now
WHERE code_hash = :code_hash AND used_at IS NULL AND expires_at > :now
RETURNING staff_id;

-- name: end_links!
-- A new link takes the place of the errand's older ones.
UPDATE identity.link
SET ended_at = :now
WHERE office_id = :office_id AND errand_id = :errand_id AND ended_at IS NULL;

-- name: add_link!
-- A citizen's link; only the hash of its token is kept.
INSERT INTO identity.link (office_id, token_hash, errand_id, made_at, expires_at)
VALUES (:office_id, :token_hash, :errand_id, :now, :expires_at);

-- name: find_link
-- Unknown, ended and expired links are all the same: no row, after one look-up.
SELECT office_id, errand_id
FROM identity.link
WHERE token_hash = :token_hash AND ended_at IS NULL AND expires_at > :now;

-- name: find_citizen
-- The citizen an office already knows under this phone and name.
SELECT id
FROM identity.citizen
WHERE office_id = :office_id AND phone_index IS NOT DISTINCT FROM :phone_index
    AND search_key = :search_key
ORDER BY created_at
LIMIT 1;

-- name: add_citizen!
-- A citizen new to the office; the phone is sealed, its index keyed (A15).
INSERT INTO identity.citizen (office_id, id, name, search_key, phone_sealed, phone_index, locale,
    wishes, is_demo, created_at)
VALUES (:office_id, :citizen_id, :name, :search_key, :phone_sealed, :phone_index, :locale,
    :wishes, :is_demo, :now);

-- name: update_citizen!
-- What the citizen said last is what holds.
UPDATE identity.citizen
SET name = :name, locale = :locale, wishes = :wishes
WHERE office_id = :office_id AND id = :citizen_id;

-- name: list_citizens
-- Citizens by id, those whom the transaction may see.
SELECT office_id, id, name, phone_sealed, locale, wishes, is_demo
FROM identity.citizen
WHERE id = ANY(:citizen_ids::uuid[])
ORDER BY id;

-- name: list_citizens_by_phone
-- Citizens under one phone number, found by its keyed index.
SELECT office_id, id, name, phone_sealed, locale, wishes, is_demo
FROM identity.citizen
WHERE office_id = :office_id AND phone_index = :phone_index
ORDER BY id;

-- name: save_partner
-- An agency; the same code names the same agency.
INSERT INTO identity.partner (id, code, name, office_id, lat, lon, address, is_demo)
VALUES (:partner_id, :code, :name, :office_id, :lat, :lon, :address, :is_demo)
ON CONFLICT (code) DO UPDATE
SET name = excluded.name, lat = excluded.lat, lon = excluded.lon, address = excluded.address
RETURNING id;

-- name: get_partner
-- One agency whom the transaction may see.
SELECT id, code, name, office_id, lat, lon, address, is_demo
FROM identity.partner
WHERE id = :partner_id;

-- name: list_partners
-- Agencies of the offices seen.
SELECT id, code, name, office_id, lat, lon, address, is_demo
FROM identity.partner
ORDER BY code;

-- name: add_audit!
-- Append-only; the table refuses change.
INSERT INTO identity.audit (office_id, id, at, actor_id, action, object_kind, object_id, outcome,
    request_id)
VALUES (:office_id, :audit_id, :at, :actor_id, :action, :object_kind, :object_id, :outcome,
    :request_id);

-- name: lock_factor
-- A person's second factor in use, or being set up, locked for its change.
SELECT office_id, id, staff_id, secret_sealed, confirmed_at, last_step, num_wrong, locked_until
FROM identity.factor
WHERE office_id = :office_id AND staff_id = :staff_id AND ended_at IS NULL
FOR UPDATE;

-- name: find_factor
-- A person's second factor in use, or being set up.
SELECT office_id, id, staff_id, secret_sealed, confirmed_at, last_step, num_wrong, locked_until
FROM identity.factor
WHERE office_id = :office_id AND staff_id = :staff_id AND ended_at IS NULL;

-- name: add_factor!
-- A second factor being set up: it counts once its first code was given.
INSERT INTO identity.factor (office_id, id, staff_id, secret_sealed, made_at)
VALUES (:office_id, :factor_id, :staff_id, :secret_sealed, :now);

-- name: end_factor!
-- Taken away, or begun and given up.
UPDATE identity.factor
SET ended_at = :now
WHERE office_id = :office_id AND id = :factor_id;

-- name: use_factor!
-- A code was right: its step is over, and wrong ones before it are forgotten.
UPDATE identity.factor
SET last_step = :step, num_wrong = 0, locked_until = NULL,
    confirmed_at = coalesce(confirmed_at, :now)
WHERE office_id = :office_id AND id = :factor_id;

-- name: miss_factor!
-- A code was wrong; the fifth in a row locks.
UPDATE identity.factor
SET num_wrong = CASE WHEN :locked_until::timestamptz IS NULL THEN num_wrong + 1 ELSE 0 END,
    locked_until = :locked_until
WHERE office_id = :office_id AND id = :factor_id;

-- name: confirm_session!
-- This session gave its second factor.
UPDATE identity.session
SET factor_at = :now
WHERE token_hash = :token_hash;
