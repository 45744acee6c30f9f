-- name: migrate-0003-up
-- The books of things, events and evidence. Rows are added, never changed.
SET LOCAL ROLE tannoi_owner;

CREATE SCHEMA custody;
GRANT USAGE ON SCHEMA custody TO tannoi_app;

-- A thing with an identifier that changes hands. Who holds it now stands beside the chain,
-- written by the statement that adds to the chain; the doctor compares the two.
CREATE TABLE custody.item (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('dossier', 'result', 'bag')),
    code text NOT NULL,
    seal_number text,
    holder_kind text NOT NULL CHECK (holder_kind IN ('citizen', 'courier', 'office', 'agency')),
    holder_id uuid NOT NULL,
    num_handovers integer NOT NULL CHECK (num_handovers >= 1),
    is_frozen boolean NOT NULL DEFAULT false,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id)
);
CREATE INDEX item_holder ON custody.item (office_id, holder_kind, holder_id);

-- One code, one item, in the whole province.
CREATE TABLE custody.item_code (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{2}[0-9]{9}VN$'),
    office_id uuid NOT NULL,
    item_id uuid NOT NULL
);
CREATE SEQUENCE custody.item_serial AS integer MINVALUE 1 MAXVALUE 99999999;

-- One change of custody by two parties. n = 1 is where the chain begins (from nobody).
CREATE TABLE custody.handover (
    office_id uuid NOT NULL,
    item_id uuid NOT NULL,
    n integer NOT NULL CHECK (n >= 1),
    from_kind text CHECK (from_kind IN ('citizen', 'courier', 'office', 'agency')),
    from_id uuid,
    to_kind text NOT NULL CHECK (to_kind IN ('citizen', 'courier', 'office', 'agency')),
    to_id uuid NOT NULL,
    seal_number text,
    is_seal_whole boolean,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    op_id uuid,
    by_staff_id uuid,
    record_id uuid,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, item_id, n),
    FOREIGN KEY (office_id, item_id) REFERENCES custody.item (office_id, id),
    CHECK ((n = 1) = (from_kind IS NULL)),
    CHECK ((from_kind IS NULL) = (from_id IS NULL))
);

-- A signed record of handing over many items at once with an agency (biên bản giao nhận):
-- its time is the legal time of submission.
CREATE TABLE custody.record (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    direction text NOT NULL CHECK (direction IN ('to_agency', 'from_agency')),
    num_items integer NOT NULL CHECK (num_items > 0),
    signed_at timestamptz NOT NULL,
    signed_by_agency uuid NOT NULL,
    signed_by_post uuid NOT NULL,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id)
);

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA custody TO tannoi_app;
GRANT UPDATE (seal_number, holder_kind, holder_id, num_handovers, is_frozen) ON custody.item
    TO tannoi_app;
GRANT USAGE ON SEQUENCE custody.item_serial TO tannoi_app;
SELECT kit.wall('custody.item');
SELECT kit.wall('custody.handover');
SELECT kit.wall('custody.record');
SELECT kit.wall('custody.item_code');
SELECT kit.append_only('custody.handover');
SELECT kit.append_only('custody.record');
SELECT kit.append_only('custody.item_code');

CREATE SCHEMA tracking;
GRANT USAGE ON SCHEMA tracking TO tannoi_app;

-- Events told to the public about one errand, numbered without gaps.
CREATE TABLE tracking.event (
    office_id uuid NOT NULL,
    errand_id uuid NOT NULL,
    n integer NOT NULL CHECK (n >= 1),
    code text NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (office_id, errand_id, n)
);
GRANT SELECT, INSERT ON tracking.event TO tannoi_app;
SELECT kit.wall('tracking.event');
SELECT kit.append_only('tracking.event');

CREATE SCHEMA proofs;
GRANT USAGE ON SCHEMA proofs TO tannoi_app;

-- Evidence of an act: what it shows, and for a picture where its bytes are.
CREATE TABLE proofs.proof (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    errand_id uuid NOT NULL,
    op_id uuid,
    kind text NOT NULL CHECK (kind IN (
        'photo', 'sign_citizen', 'sign_courier', 'identity', 'proxy', 'seal', 'checklist',
        'reclaim', 'failure')),
    sha256 bytea,
    data jsonb NOT NULL DEFAULT '{}',
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    CHECK ((kind = 'photo') = (sha256 IS NOT NULL))
);
CREATE INDEX proof_errand ON proofs.proof (office_id, errand_id);
CREATE INDEX proof_op ON proofs.proof (office_id, op_id) WHERE sha256 IS NOT NULL;

-- Bytes named by their SHA-256; kept in the blob folder.
CREATE TABLE proofs.blob (
    office_id uuid NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    size integer NOT NULL CHECK (size > 0),
    media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
    stored_at timestamptz NOT NULL,
    by_staff_id uuid NOT NULL,
    PRIMARY KEY (office_id, sha256)
);
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA proofs TO tannoi_app;
SELECT kit.wall('proofs.proof');
SELECT kit.wall('proofs.blob');
SELECT kit.append_only('proofs.proof');
