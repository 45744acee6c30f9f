-- name: migrate-0002-up
-- Territories, points, doors, couriers' vehicles and shifts, working days, rules of law as data.
SET LOCAL ROLE tannoi_owner;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE SCHEMA network;
GRANT USAGE ON SCHEMA network TO tannoi_app;

-- Communes in force; names change again, so a row has its days.
CREATE TABLE network.commune (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{5}$'),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('xa', 'phuong', 'dac_khu')),
    province_code text NOT NULL,
    province_name text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    area_km2 double precision,
    search_key text NOT NULL,
    valid_from date NOT NULL,
    valid_to date
);

-- Districts as they stood until the reform; they stay on papers for years.
CREATE TABLE network.former_district (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{3}$'),
    name text NOT NULL,
    province_code text NOT NULL,
    search_keys text[] NOT NULL,
    valid_to date NOT NULL
);

-- Communes as they stood until the reform, and where each went; one may have been split.
CREATE TABLE network.former_commune (
    code text NOT NULL CHECK (code ~ '^[0-9]{5}$'),
    commune_code text NOT NULL REFERENCES network.commune (code),
    district_code text NOT NULL REFERENCES network.former_district (code),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('xa', 'phuong', 'thi_tran')),
    search_keys text[] NOT NULL,
    valid_to date NOT NULL,
    PRIMARY KEY (code, commune_code)
);

-- A delivery office: where rounds start. Everyone may know it, so it has no wall.
CREATE TABLE network.office (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    commune_code text NOT NULL REFERENCES network.commune (code),
    address text NOT NULL,
    phone text,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    is_demo boolean NOT NULL DEFAULT false
);


-- Which communes an office serves; a territory may belong to one courier by habit.
CREATE TABLE network.territory (
    office_id uuid NOT NULL REFERENCES network.office (id),
    commune_code text NOT NULL REFERENCES network.commune (code),
    PRIMARY KEY (office_id, commune_code)
);

-- Counters, culture points, desks at one-stop centres, pay points.
CREATE TABLE network.point (
    office_id uuid NOT NULL REFERENCES network.office (id),
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('office', 'bdvhx', 'onestop_desk', 'pay_point')),
    name text NOT NULL,
    commune_code text NOT NULL REFERENCES network.commune (code),
    address text NOT NULL DEFAULT '',
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id)
);

CREATE TABLE network.vehicle (
    office_id uuid NOT NULL REFERENCES network.office (id),
    id uuid NOT NULL,
    label text NOT NULL,
    profile text NOT NULL CHECK (profile IN ('motorbike', 'car', 'bicycle', 'foot')),
    capacity_g integer NOT NULL CHECK (capacity_g > 0),
    capacity_ml integer NOT NULL CHECK (capacity_ml > 0),
    PRIMARY KEY (office_id, id)
);

-- What a courier rides and can do; the person is identity's.
CREATE TABLE network.courier (
    office_id uuid NOT NULL REFERENCES network.office (id),
    staff_id uuid NOT NULL,
    vehicle_id uuid NOT NULL,
    phone text,
    skills text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (office_id, staff_id),
    FOREIGN KEY (office_id, vehicle_id) REFERENCES network.vehicle (office_id, id)
);

CREATE TABLE network.shift (
    office_id uuid NOT NULL REFERENCES network.office (id),
    id uuid NOT NULL,
    courier_id uuid NOT NULL,
    service_on date NOT NULL,
    starts_s integer NOT NULL,
    ends_s integer NOT NULL,
    lunch_early_s integer,
    lunch_late_s integer,
    lunch_duration_s integer NOT NULL DEFAULT 0,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, courier_id) REFERENCES network.courier (office_id, staff_id),
    CHECK (0 <= starts_s AND starts_s < ends_s AND ends_s <= 108000),
    CHECK ((lunch_early_s IS NULL) = (lunch_late_s IS NULL)),
    CHECK (lunch_early_s IS NULL OR lunch_early_s + lunch_duration_s <= lunch_late_s),
    EXCLUDE USING gist (courier_id WITH =, service_on WITH =,
        int4range(starts_s, ends_s) WITH &&)
);
CREATE INDEX shift_day ON network.shift (office_id, service_on);

-- A door: the text as written for ever, the commune resolved, the pin moved by whoever stood there.
CREATE TABLE network.delivery_point (
    office_id uuid NOT NULL REFERENCES network.office (id),
    id uuid NOT NULL,
    address_text text NOT NULL,
    search_key text NOT NULL,
    commune_code text REFERENCES network.commune (code),
    resolved_by text NOT NULL CHECK (resolved_by IN ('name', 'old_name', 'person', 'unresolved')),
    lat double precision,
    lon double precision,
    pin text NOT NULL CHECK (pin IN ('none', 'commune', 'street', 'door')),
    pin_by uuid,
    pin_at timestamptz,
    note text NOT NULL DEFAULT '',
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, search_key),
    CHECK ((lat IS NULL) = (pin = 'none')),
    CHECK ((lat IS NULL) = (lon IS NULL))
);

-- Every place a pin has stood, and who put it there.
CREATE TABLE network.pin_move (
    office_id uuid NOT NULL,
    point_id uuid NOT NULL,
    n integer NOT NULL CHECK (n >= 1),
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    accuracy_m integer,
    pin text NOT NULL CHECK (pin IN ('commune', 'street', 'door')),
    by_id uuid,
    at timestamptz NOT NULL,
    PRIMARY KEY (office_id, point_id, n),
    FOREIGN KEY (office_id, point_id) REFERENCES network.delivery_point (office_id, id)
);

-- Days off and swapped days (calendar is data; 24/11 is a holiday since 2026).
CREATE TABLE network.calendar_day (
    on_day date PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('holiday', 'swap_work')),
    name_vi text NOT NULL,
    name_en text NOT NULL,
    source text NOT NULL
);

-- Numbers the law or the operator sets, each with its days and its source.
CREATE TABLE network.rule_setting (
    name text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    value jsonb NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (name, valid_from)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA network TO tannoi_app;
SELECT kit.wall('network.territory');
SELECT kit.wall('network.point');
SELECT kit.wall('network.vehicle');
SELECT kit.wall('network.courier');
SELECT kit.wall('network.shift');
SELECT kit.wall('network.delivery_point');
SELECT kit.wall('network.pin_move');
SELECT kit.append_only('network.pin_move');
