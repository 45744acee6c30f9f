-- name: list_communes
-- Every unit in force.
SELECT code, name, kind, province_code, province_name, lat, lon, area_km2, search_key
FROM network.commune
WHERE valid_to IS NULL
ORDER BY code;

-- name: save_commune
-- Add a unit, or bring it up to the reference.
INSERT INTO network.commune (code, name, kind, province_code, province_name, lat, lon, area_km2,
    search_key, valid_from)
VALUES (:code, :name, :kind, :province_code, :province_name, :lat, :lon, :area_km2,
    :search_key, :valid_from)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind,
    province_code = excluded.province_code, province_name = excluded.province_name,
    lat = excluded.lat, lon = excluded.lon, area_km2 = excluded.area_km2,
    search_key = excluded.search_key;

-- name: list_former_districts
-- Every district of before the reform.
SELECT code, name, province_code, search_keys
FROM network.former_district
ORDER BY code;

-- name: save_former_district
-- Add a former district, or bring it up to the reference.
INSERT INTO network.former_district (code, name, province_code, search_keys, valid_to)
VALUES (:code, :name, :province_code, :search_keys, :valid_to)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, search_keys = excluded.search_keys;

-- name: list_former_communes
-- Every commune of before the reform and where it went.
SELECT code, commune_code, district_code, name, kind, search_keys
FROM network.former_commune
ORDER BY code, commune_code;

-- name: save_former_commune
-- Add a former commune, or bring it up to the reference.
INSERT INTO network.former_commune (code, commune_code, district_code, name, kind, search_keys,
    valid_to)
VALUES (:code, :commune_code, :district_code, :name, :kind, :search_keys, :valid_to)
ON CONFLICT (code, commune_code) DO UPDATE SET name = excluded.name, kind = excluded.kind,
    district_code = excluded.district_code, search_keys = excluded.search_keys;

-- name: list_territory
-- The communes that some offices serve.
SELECT office_id, commune_code
FROM network.territory
WHERE office_id = ANY(:office_ids::uuid[])
ORDER BY office_id, commune_code;

-- name: save_territory
-- Let an office serve a commune.
INSERT INTO network.territory (office_id, commune_code)
VALUES (:office_id, :commune_code)
ON CONFLICT DO NOTHING;

-- name: list_offices
-- Every delivery office.
SELECT id, code, name, commune_code, address, phone, lat, lon, is_demo
FROM network.office
ORDER BY code;

-- name: find_office
-- One delivery office.
SELECT id, code, name, commune_code, address, phone, lat, lon, is_demo
FROM network.office
WHERE id = :id;

-- name: save_office
-- Add an office by its code, or bring it up to what was said; answers its id.
INSERT INTO network.office (id, code, name, commune_code, address, phone, lat, lon, is_demo)
VALUES (:id, :code, :name, :commune_code, :address, :phone, :lat, :lon, :is_demo)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, commune_code = excluded.commune_code,
    address = excluded.address, phone = excluded.phone, lat = excluded.lat, lon = excluded.lon
RETURNING id;

-- name: save_service_point
-- Add a counter, culture point, desk or pay point.
INSERT INTO network.point (office_id, id, kind, name, commune_code, address, lat, lon, is_demo)
VALUES (:office_id, :id, :kind, :name, :commune_code, :address, :lat, :lon, :is_demo);

-- name: list_service_points
-- The points of an office.
SELECT office_id, id, kind, name, commune_code, address, lat, lon, is_demo
FROM network.point
WHERE office_id = :office_id
ORDER BY name, id;

-- name: save_vehicle
-- Add a vehicle.
INSERT INTO network.vehicle (office_id, id, label, profile, capacity_g, capacity_ml)
VALUES (:office_id, :id, :label, :profile, :capacity_g, :capacity_ml);

-- name: save_courier
-- Say what a courier rides and can do.
INSERT INTO network.courier (office_id, staff_id, vehicle_id, phone, skills)
VALUES (:office_id, :staff_id, :vehicle_id, :phone, :skills)
ON CONFLICT (office_id, staff_id) DO UPDATE SET vehicle_id = excluded.vehicle_id,
    phone = excluded.phone, skills = excluded.skills;

-- name: save_shift
-- Add a courier's hours on one day.
INSERT INTO network.shift (office_id, id, courier_id, service_on, starts_s, ends_s,
    lunch_early_s, lunch_late_s, lunch_duration_s)
VALUES (:office_id, :id, :courier_id, :service_on, :starts_s, :ends_s,
    :lunch_early_s, :lunch_late_s, :lunch_duration_s);

-- name: list_couriers
-- The couriers of some offices with their hours on a day; those off come with an empty shift.
SELECT c.office_id, c.staff_id, p.display_name, p.badge, c.phone, c.skills,
    v.id, v.label, v.profile, v.capacity_g, v.capacity_ml,
    s.id, s.starts_s, s.ends_s, s.lunch_early_s, s.lunch_late_s, coalesce(s.lunch_duration_s, 0),
    c.cash_limit_vnd
FROM network.courier AS c
JOIN identity.staff AS p ON p.office_id = c.office_id AND p.id = c.staff_id
JOIN network.vehicle AS v ON v.office_id = c.office_id AND v.id = c.vehicle_id
LEFT JOIN network.shift AS s ON s.office_id = c.office_id AND s.courier_id = c.staff_id
    AND s.service_on = :service_on
WHERE c.office_id = ANY(:office_ids::uuid[]) AND p.status = 'active'
ORDER BY c.office_id, p.badge, c.staff_id, s.starts_s;

-- name: find_point
-- One door.
SELECT office_id, id, address_text, search_key, commune_code, resolved_by, lat, lon, pin,
    pin_by, pin_at, note, is_demo
FROM network.delivery_point
WHERE office_id = :office_id AND id = :id;

-- name: find_point_anywhere
-- One door within the walls of the running transaction, whatever its office.
SELECT office_id, id, address_text, search_key, commune_code, resolved_by, lat, lon, pin,
    pin_by, pin_at, note, is_demo
FROM network.delivery_point
WHERE id = :id;

-- name: list_points
-- Some doors of an office.
SELECT office_id, id, address_text, search_key, commune_code, resolved_by, lat, lon, pin,
    pin_by, pin_at, note, is_demo
FROM network.delivery_point
WHERE office_id = :office_id AND id = ANY(:ids::uuid[])
ORDER BY id;

-- name: find_point_by_key
-- The door an office knows under a folded text, locked so that two savers do not cross.
SELECT office_id, id, address_text, search_key, commune_code, resolved_by, lat, lon, pin,
    pin_by, pin_at, note, is_demo
FROM network.delivery_point
WHERE office_id = :office_id AND search_key = :search_key
FOR UPDATE;

-- name: lock_point
-- One door, locked before its pin moves.
SELECT office_id, id, address_text, search_key, commune_code, resolved_by, lat, lon, pin,
    pin_by, pin_at, note, is_demo
FROM network.delivery_point
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: add_point
-- Add a door unless the office knows it by the same folded text; answers whether it was added.
INSERT INTO network.delivery_point (office_id, id, address_text, search_key, commune_code,
    resolved_by, lat, lon, pin, pin_by, pin_at, note, is_demo)
VALUES (:office_id, :id, :address_text, :search_key, :commune_code, :resolved_by, :lat, :lon,
    :pin, :pin_by, :pin_at, :note, :is_demo)
ON CONFLICT (office_id, search_key) DO NOTHING
RETURNING true;

-- name: set_commune
-- Say which commune a door lies in, and by what it is known.
UPDATE network.delivery_point
SET commune_code = :commune_code, resolved_by = :resolved_by
WHERE office_id = :office_id AND id = :id;

-- name: set_pin
-- Put a door's pin somewhere else.
UPDATE network.delivery_point
SET lat = :lat, lon = :lon, pin = :pin, pin_by = :pin_by, pin_at = :pin_at
WHERE office_id = :office_id AND id = :id;

-- name: add_note
-- Keep a line about a door behind those it has; the oldest go when it gets too long.
UPDATE network.delivery_point
SET note = right(concat_ws(E'\n', nullif(note, ''), :text::text), 2000)
WHERE office_id = :office_id AND id = :id;

-- name: add_pin_moves
-- Remember where pins were put, and by whom; numbered on for each door.
INSERT INTO network.pin_move (office_id, point_id, n, lat, lon, accuracy_m, pin, by_id, at)
SELECT :office_id, m.point_id,
    (SELECT count(*) FROM network.pin_move AS p
     WHERE p.office_id = :office_id AND p.point_id = m.point_id)
        + row_number() OVER (PARTITION BY m.point_id ORDER BY m.place),
    m.lat, m.lon, m.accuracy_m, m.pin, m.by_id, m.at
FROM unnest(
    :point_ids::uuid[], :lats::float8[], :lons::float8[], :accuracies::int[], :pins::text[],
    :bys::uuid[], :ats::timestamptz[])
    WITH ORDINALITY AS m (point_id, lat, lon, accuracy_m, pin, by_id, at, place);

-- name: lock_points
-- Doors, locked in one order.
SELECT office_id, id, address_text, search_key, commune_code, resolved_by, lat, lon, pin,
    pin_by, pin_at, note, is_demo
FROM network.delivery_point
WHERE office_id = :office_id AND id = ANY (:ids::uuid[])
ORDER BY id
FOR UPDATE;

-- name: set_points
-- Several doors as the facts of a batch leave them.
UPDATE network.delivery_point AS d
SET lat = n.lat, lon = n.lon, pin = n.pin, pin_by = n.pin_by, pin_at = n.pin_at, note = n.note
FROM unnest(
    :ids::uuid[], :lats::float8[], :lons::float8[], :pins::text[], :pins_by::uuid[],
    :pins_at::timestamptz[], :notes::text[])
    AS n (id, lat, lon, pin, pin_by, pin_at, note)
WHERE d.office_id = :office_id AND d.id = n.id;

-- name: list_pin_moves
-- Every place a door's pin stood at, in order.
SELECT n, lat, lon, accuracy_m, pin, by_id, at
FROM network.pin_move
WHERE office_id = :office_id AND point_id = :point_id
ORDER BY n;

-- name: list_calendar
-- The days off and swapped days within some days.
SELECT on_day, kind, name_vi, name_en, source
FROM network.calendar_day
WHERE on_day BETWEEN :first AND :last
ORDER BY on_day;

-- name: add_calendar_day
-- Add a day of the calendar; what the operator changed stays.
INSERT INTO network.calendar_day (on_day, kind, name_vi, name_en, source)
VALUES (:on_day, :kind, :name_vi, :name_en, :source)
ON CONFLICT (on_day) DO NOTHING;

-- name: find_rule
-- The version of a rule in force on a day.
SELECT name, valid_from, valid_to, value, source
FROM network.rule_setting
WHERE name = :name AND valid_from <= :on_day AND (valid_to IS NULL OR :on_day < valid_to)
ORDER BY valid_from DESC
LIMIT 1;

-- name: add_rule
-- Add a version of a rule; what the operator changed stays.
INSERT INTO network.rule_setting (name, valid_from, valid_to, value, source)
VALUES (:name, :valid_from, :valid_to, :value, :source)
ON CONFLICT (name, valid_from) DO NOTHING;

-- name: set_cash_limit
-- How much a courier may hold, instead of the house's own limit.
UPDATE network.courier
SET cash_limit_vnd = :limit_vnd
WHERE office_id = :office_id AND staff_id = :staff_id
RETURNING staff_id;
