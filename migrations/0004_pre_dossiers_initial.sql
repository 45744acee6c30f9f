-- name: migrate-0004-up
-- Files carried to or from a citizen for a partner.
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA dossiers;
GRANT USAGE ON SCHEMA dossiers TO tannoi_app;

-- Procedures by version: papers, fee, and whether the post may carry them at all.
CREATE TABLE dossiers.procedure (
    code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    name text NOT NULL,
    partner_kind text NOT NULL,
    papers jsonb NOT NULL,
    reclaims jsonb NOT NULL DEFAULT '[]',
    fee_vnd bigint NOT NULL CHECK (fee_vnd >= 0),
    days integer NOT NULL CHECK (days >= 0),
    is_by_post boolean NOT NULL,
    must_appear boolean NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (code, valid_from)
);

CREATE TABLE dossiers.dossier (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    service text NOT NULL CHECK (service IN ('S1', 'S2')),
    dossier_code text,
    procedure_code text NOT NULL,
    procedure_name text NOT NULL,
    partner_id uuid NOT NULL,
    citizen_id uuid NOT NULL,
    delivery_point_id uuid NOT NULL,
    item_id uuid,
    item_code text,
    state text NOT NULL CHECK (state IN (
        'booked', 'accepted', 'at_office', 'out', 'handed_to_agency', 'delivered',
        'returning', 'returned_to_agency', 'refused', 'cancelled', 'frozen')),
    agency_state smallint NOT NULL CHECK (agency_state BETWEEN 1 AND 10),
    wanted_on date NOT NULL,
    tw_early_s integer,
    tw_late_s integer,
    service_duration_s integer NOT NULL CHECK (service_duration_s BETWEEN 30 AND 7200),
    load_g integer NOT NULL CHECK (load_g >= 0),
    load_ml integer NOT NULL CHECK (load_ml >= 0),
    skills text[] NOT NULL DEFAULT '{}',
    checklist jsonb NOT NULL DEFAULT '[]',
    reclaims jsonb NOT NULL DEFAULT '[]',
    fee_due_vnd bigint NOT NULL DEFAULT 0 CHECK (fee_due_vnd >= 0),
    postage_due_vnd bigint NOT NULL DEFAULT 0 CHECK (postage_due_vnd >= 0),
    instruction text NOT NULL DEFAULT '',
    num_attempts integer NOT NULL DEFAULT 0,
    num_invitations integer NOT NULL DEFAULT 0,
    last_invited_on date,
    import_key text,
    made_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, import_key),
    CHECK ((tw_early_s IS NULL) = (tw_late_s IS NULL)),
    CHECK (tw_early_s IS NULL OR (0 <= tw_early_s AND tw_early_s < tw_late_s)),
    CHECK ((item_id IS NULL) = (item_code IS NULL)),
    CHECK (service = 'S1' OR item_id IS NOT NULL)
);
CREATE INDEX dossier_due ON dossiers.dossier (office_id, state, wanted_on);
CREATE INDEX dossier_item ON dossiers.dossier (office_id, item_id);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA dossiers TO tannoi_app;
SELECT kit.wall('dossiers.dossier');
