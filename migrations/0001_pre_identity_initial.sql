-- name: migrate-0001-up
-- Walls and append-only books as two functions, then who may do what.
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA kit;
GRANT USAGE ON SCHEMA kit TO tannoi_app;

-- The offices the running transaction may see; NULL when none were set, so that nothing shows.
CREATE FUNCTION kit.offices() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(
        nullif(nullif(current_setting('app.offices', true), ''), '*'), ',')::uuid[]
$$;

-- True for the house's own work (worker, sign-in, doctor), which serves all offices.
CREATE FUNCTION kit.sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('app.offices', true) = '*', false)
$$;

-- The second wall: rows of other offices do not exist for this transaction.
CREATE FUNCTION kit.wall(walled regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format(
        'CREATE POLICY office_wall ON %s USING ((SELECT kit.sees_all()) '
        'OR office_id = ANY ((SELECT kit.offices())::uuid[]))', walled);
END
$$;

CREATE FUNCTION kit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append_only: % of % is refused', tg_op, tg_relid::regclass
        USING ERRCODE = 'restrict_violation';
END
$$;

-- A book: rows are added, never changed or taken away.
CREATE FUNCTION kit.append_only(book regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM tannoi_app', book);
    EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION kit.refuse_change()', book);
    EXECUTE format(
        'CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION kit.refuse_change()', book);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only', book);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only_whole', book);
END
$$;
REVOKE ALL ON FUNCTION kit.wall(regclass), kit.append_only(regclass) FROM PUBLIC;

-- Counters of rate limits, shared by all web processes (A14).
CREATE UNLOGGED TABLE kit.rate (
    bucket text NOT NULL,
    window_at timestamptz NOT NULL,
    num_hits integer NOT NULL,
    PRIMARY KEY (bucket, window_at)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON kit.rate TO tannoi_app;

-- Small facts of the house itself: first seed done, the epoch's twin outside the phones.
CREATE TABLE kit.fact (
    name text PRIMARY KEY,
    value jsonb NOT NULL,
    at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON kit.fact TO tannoi_app;

CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO tannoi_app;

CREATE TABLE identity.partner (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    office_id uuid NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    address text NOT NULL,
    is_demo boolean NOT NULL DEFAULT false
);

CREATE TABLE identity.staff (
    office_id uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    username text NOT NULL UNIQUE CHECK (username = lower(username)),
    display_name text NOT NULL,
    badge text,
    role text NOT NULL CHECK (role IN (
        'courier', 'dispatcher', 'cashier', 'controller', 'agency_officer', 'planner',
        'administrator')),
    partner_id uuid REFERENCES identity.partner (id),
    all_offices boolean NOT NULL DEFAULT false,
    password_hash text,
    locale text NOT NULL DEFAULT 'vi' CHECK (locale IN ('vi', 'en')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    is_demo boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    CHECK ((role = 'agency_officer') = (partner_id IS NOT NULL)),
    CHECK (NOT all_offices OR role IN ('planner', 'administrator'))
);

CREATE TABLE identity.device (
    office_id uuid NOT NULL,
    id uuid NOT NULL UNIQUE,
    staff_id uuid NOT NULL,
    label text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    public_key bytea,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'lost', 'retired')),
    enrolled_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, staff_id) REFERENCES identity.staff (office_id, id)
);

-- Reference tokens (A1): only the SHA-256 is kept, the row is read for every request.
CREATE TABLE identity.session (
    office_id uuid NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    staff_id uuid NOT NULL,
    device_id uuid,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    idle_s integer NOT NULL CHECK (idle_s > 0),
    ended_at timestamptz,
    PRIMARY KEY (office_id, token_hash),
    FOREIGN KEY (office_id, staff_id) REFERENCES identity.staff (office_id, id),
    FOREIGN KEY (office_id, device_id) REFERENCES identity.device (office_id, id)
);

-- One-time codes handed over face to face (A3): 20 characters, 10 minutes, one use.
CREATE TABLE identity.enrolment_code (
    office_id uuid NOT NULL,
    code_hash bytea NOT NULL UNIQUE,
    staff_id uuid NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (office_id, code_hash),
    FOREIGN KEY (office_id, staff_id) REFERENCES identity.staff (office_id, id),
    CHECK (made_by <> staff_id)
);

-- Links for citizens (A7): 128 random bits in the address, SHA-256 here.
CREATE TABLE identity.link (
    office_id uuid NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    errand_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (office_id, token_hash)
);

-- Citizens as an office knows them. Phones are sealed, with a keyed index to search (A15).
CREATE TABLE identity.citizen (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    search_key text NOT NULL,
    phone_sealed bytea,
    phone_index bytea,
    locale text NOT NULL DEFAULT 'vi' CHECK (locale IN ('vi', 'en')),
    wishes text NOT NULL DEFAULT '',
    is_demo boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id)
);
CREATE INDEX citizen_phone ON identity.citizen (office_id, phone_index);

-- Who looked at or did what; append-only.
CREATE TABLE identity.audit (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    object_kind text,
    object_id uuid,
    outcome text NOT NULL,
    request_id text,
    PRIMARY KEY (office_id, id)
);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA identity TO tannoi_app;
SELECT kit.wall('identity.partner');
SELECT kit.wall('identity.staff');
SELECT kit.wall('identity.device');
SELECT kit.wall('identity.session');
SELECT kit.wall('identity.enrolment_code');
SELECT kit.wall('identity.link');
SELECT kit.wall('identity.citizen');
SELECT kit.wall('identity.audit');
SELECT kit.append_only('identity.audit');
