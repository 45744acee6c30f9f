-- name: migrate-0014-up
-- Money that agencies owe to people and the post pays out: schemes, lists, payouts, payments.
-- What an approved list says of people and money is never changed again (L4, consequence 18).
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA payouts;
GRANT USAGE ON SCHEMA payouts TO tannoi_app;

-- Rules of a scheme from a day on; the version in force is stamped on each list.
CREATE TABLE payouts.scheme (
    code text NOT NULL CHECK (code ~ '^[a-z_]{1,20}$'),
    valid_from date NOT NULL,
    valid_to date,
    name text NOT NULL,
    name_en text NOT NULL,
    funder text NOT NULL,
    settings jsonb NOT NULL,
    source text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (code, valid_from),
    CHECK (valid_to > valid_from)
);
GRANT SELECT, INSERT, UPDATE (valid_to) ON payouts.scheme TO tannoi_app;

-- A list of one agency, scheme and period; deltas are numbered from 1 and name their first list.
CREATE TABLE payouts.list (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    base_id uuid,
    number integer NOT NULL CHECK (number >= 0),
    scheme text NOT NULL,
    scheme_from date NOT NULL,
    period text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    second_period text CHECK (second_period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    reference text NOT NULL DEFAULT '' CHECK (reference ~ '^[A-Z0-9-]{0,40}$'),
    due_on date,
    pay_until date,
    state text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'approved', 'closed', 'discarded')),
    -- Which reading of a file its rows come from.
    upload_id uuid NOT NULL,
    num_rows integer NOT NULL DEFAULT 0 CHECK (num_rows >= 0),
    total_vnd bigint NOT NULL DEFAULT 0 CHECK (total_vnd >= 0),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    approved_by uuid,
    approved_at timestamptz,
    closed_by uuid,
    closed_at timestamptz,
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (scheme, scheme_from) REFERENCES payouts.scheme (code, valid_from),
    FOREIGN KEY (office_id, base_id) REFERENCES payouts.list (office_id, id),
    CONSTRAINT list_four_eyes CHECK (approved_by <> made_by),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CHECK ((state IN ('approved', 'closed')) = (approved_at IS NOT NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((base_id IS NULL) = (number = 0))
);
CREATE UNIQUE INDEX list_once
    ON payouts.list (office_id, partner_id, scheme, period, reference, number)
    WHERE state <> 'discarded';
CREATE INDEX list_base ON payouts.list (office_id, base_id) WHERE base_id IS NOT NULL;

-- A file as it came, and how far it was read. The bytes are sealed, and gone once it is done.
CREATE TABLE payouts.upload (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    by_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    asked jsonb NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    content bytea,
    wants_commit boolean NOT NULL,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'working', 'judged', 'done', 'failed')),
    num_total integer NOT NULL DEFAULT 0,
    num_read integer NOT NULL DEFAULT 0,
    num_good integer NOT NULL DEFAULT 0,
    num_known integer NOT NULL DEFAULT 0,
    num_faults integer NOT NULL DEFAULT 0,
    total_vnd bigint NOT NULL DEFAULT 0,
    faults jsonb NOT NULL DEFAULT '[]',
    refusal jsonb,
    list_id uuid,
    num_tries integer NOT NULL DEFAULT 0,
    ended_at timestamptz,
    PRIMARY KEY (office_id, id)
);
CREATE INDEX upload_recent ON payouts.upload (office_id, partner_id, made_at);

-- One sum owed to one person for one period: who, how much, where; and how it stands.
CREATE TABLE payouts.payout (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    upload_id uuid NOT NULL,
    row_number integer NOT NULL CHECK (row_number >= 0),
    period text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    -- Blind index, hex: of the person's number, or of the household's for campaigns.
    person_key text NOT NULL CHECK (person_key ~ '^[0-9a-f]{64}$'),
    name text NOT NULL CHECK (name <> ''),
    search_key text NOT NULL,
    id_sealed bytea NOT NULL,
    id_last4 text NOT NULL,
    born_on date,
    household text NOT NULL DEFAULT '',
    num_members integer NOT NULL DEFAULT 1 CHECK (num_members BETWEEN 1 AND 99),
    amount_vnd bigint NOT NULL CHECK (amount_vnd BETWEEN 1 AND 50000000000),
    how text NOT NULL CHECK (how IN ('home', 'pay_point', 'counter')),
    address text NOT NULL DEFAULT '',
    phone_sealed bytea,
    proxy_name text NOT NULL DEFAULT '',
    proxy_id_sealed bytea,
    proxy_last4 text NOT NULL DEFAULT '',
    proxy_is_certified boolean,
    proxy_from date,
    proxy_to date,
    carried_from uuid,
    state text NOT NULL DEFAULT 'unpaid' CHECK (state IN (
        'unpaid', 'paid', 'carried', 'returned', 'stopped', 'moved')),
    state_reason text NOT NULL DEFAULT '',
    state_at timestamptz,
    generation integer NOT NULL DEFAULT 1 CHECK (generation >= 1),
    num_attempts integer NOT NULL DEFAULT 0,
    last_reason text NOT NULL DEFAULT '',
    courier_id uuid,
    citizen_id uuid,
    delivery_point_id uuid,
    -- When it became due at a door; why it could not.
    placed_at timestamptz,
    place_fault text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, list_id) REFERENCES payouts.list (office_id, id),
    CONSTRAINT payout_row UNIQUE (office_id, list_id, upload_id, person_key, period),
    CHECK ((proxy_name = '') = (proxy_id_sealed IS NULL)),
    CHECK ((proxy_name = '') = (proxy_from IS NULL)),
    CHECK (proxy_to >= proxy_from)
);
CREATE UNIQUE INDEX payout_carried_once
    ON payouts.payout (office_id, carried_from, upload_id)
    WHERE carried_from IS NOT NULL;
CREATE INDEX payout_person ON payouts.payout (office_id, person_key, period);
CREATE INDEX payout_list ON payouts.payout (office_id, list_id, row_number, id);
CREATE INDEX payout_share ON payouts.payout (office_id, courier_id) WHERE courier_id IS NOT NULL;

-- What a delta list says of a payout of its first list.
CREATE TABLE payouts.change (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    upload_id uuid NOT NULL,
    row_number integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('stopped', 'moved', 'deceased')),
    payout_id uuid NOT NULL,
    outcome text CHECK (outcome IN ('applied', 'too_late')),
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, list_id) REFERENCES payouts.list (office_id, id),
    CONSTRAINT change_once UNIQUE (office_id, list_id, upload_id, payout_id)
);
CREATE INDEX change_payout ON payouts.change (office_id, payout_id);

CREATE TABLE payouts.funding (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    n integer NOT NULL CHECK (n >= 1),
    amount_vnd bigint NOT NULL CHECK (amount_vnd BETWEEN 1 AND 50000000000),
    transfer_id uuid NOT NULL,
    reversal_id uuid,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, list_id) REFERENCES payouts.list (office_id, id),
    UNIQUE (office_id, list_id, n)
);

-- Unpaid, stopped and moved money of a closed list, given back to the agency; both in as many
-- transfers as the ledger's cap makes of it.
CREATE TABLE payouts.give_back (
    office_id uuid NOT NULL,
    list_id uuid NOT NULL,
    n integer NOT NULL CHECK (n >= 1),
    amount_vnd bigint NOT NULL CHECK (amount_vnd >= 1),
    transfer_id uuid NOT NULL,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (office_id, list_id, n),
    FOREIGN KEY (office_id, list_id) REFERENCES payouts.list (office_id, id)
);

-- A payout at a place and time before the agency's supervisor, ended by signed minutes.
CREATE TABLE payouts.sitting (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_id uuid NOT NULL,
    place text NOT NULL CHECK (place <> ''),
    held_on date NOT NULL,
    supervisor text NOT NULL DEFAULT '',
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    num_paid integer,
    paid_vnd bigint,
    note text NOT NULL DEFAULT '',
    sign_post text NOT NULL DEFAULT '',
    sign_agency text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id),
    CHECK ((closed_at IS NULL) = (num_paid IS NULL)),
    CHECK ((closed_at IS NULL) = (paid_vnd IS NULL)),
    CHECK (closed_at IS NULL OR (sign_post <> '' AND (supervisor = '' OR sign_agency <> '')))
);

CREATE TABLE payouts.payment (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    payout_id uuid NOT NULL,
    generation integer NOT NULL,
    amount_vnd bigint NOT NULL,
    -- The courier whose hand it left, or NULL for the office's drawer.
    courier_id uuid,
    place text NOT NULL CHECK (place IN ('door', 'counter', 'sitting')),
    sitting_id uuid,
    transfer_id uuid NOT NULL,
    reversal_id uuid,
    op_id uuid,
    doubt_id uuid,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    shown jsonb NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, payout_id) REFERENCES payouts.payout (office_id, id),
    FOREIGN KEY (office_id, sitting_id) REFERENCES payouts.sitting (office_id, id),
    UNIQUE (office_id, payout_id, generation)
);
CREATE UNIQUE INDEX payment_op ON payouts.payment (office_id, op_id) WHERE op_id IS NOT NULL;
CREATE UNIQUE INDEX payment_live ON payouts.payment (office_id, payout_id)
    WHERE reversal_id IS NULL;
CREATE INDEX payment_sitting ON payouts.payment (office_id, sitting_id)
    WHERE sitting_id IS NOT NULL;

-- Notes that left a hand though they might not: held until two people say whose they are.
CREATE TABLE payouts.doubt (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    payout_id uuid NOT NULL,
    courier_id uuid NOT NULL,
    amount_vnd bigint NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    op_id uuid NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    shown jsonb NOT NULL,
    -- NULL while the hand that paid has not enough in the books.
    transfer_id uuid,
    settled_as text CHECK (settled_as IN ('valid', 'agency_accepts', 'courier_owes', 'recovered')),
    settlement_id uuid,
    settled_by uuid,
    approved_by uuid,
    settled_at timestamptz,
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, payout_id) REFERENCES payouts.payout (office_id, id),
    UNIQUE (office_id, op_id),
    CONSTRAINT doubt_four_eyes CHECK (approved_by <> settled_by),
    CHECK ((settled_at IS NULL) = (settled_as IS NULL)),
    CHECK ((settled_at IS NULL) = (approved_by IS NULL)),
    CHECK ((settled_at IS NULL) = (settlement_id IS NULL)),
    CHECK (settled_at IS NULL OR (note <> '' AND settled_by IS NOT NULL))
);
CREATE INDEX doubt_payout ON payouts.doubt (office_id, payout_id);
CREATE INDEX doubt_open ON payouts.doubt (office_id) WHERE settled_at IS NULL;

CREATE TABLE payouts.attempt (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    payout_id uuid NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    next_on date,
    note text NOT NULL DEFAULT '',
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, payout_id) REFERENCES payouts.payout (office_id, id)
);

-- What one person asks and another allows: a correction, a doubt's owner, an export.
CREATE TABLE payouts.proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('correct', 'settle', 'refund', 'export')),
    subject_id uuid NOT NULL,
    detail text NOT NULL DEFAULT '',
    reason text NOT NULL CHECK (reason <> ''),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    is_allowed boolean,
    decided_by uuid,
    decided_at timestamptz,
    PRIMARY KEY (office_id, id),
    CONSTRAINT proposal_four_eyes CHECK (NOT is_allowed OR decided_by <> made_by),
    CHECK ((decided_at IS NULL) = (is_allowed IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL))
);
CREATE INDEX proposal_open ON payouts.proposal (office_id) WHERE decided_at IS NULL;
CREATE INDEX proposal_subject ON payouts.proposal (office_id, subject_id);

-- The app adds rows to lists that are drafts, takes them out of drafts, and otherwise changes only
-- how a payout stands: no grant lets it edit a person or a sum.
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA payouts TO tannoi_app;
GRANT UPDATE (second_period, due_on, pay_until, state, upload_id, num_rows, total_vnd, digest,
    scheme_from, made_by, made_at, approved_by, approved_at, closed_by, closed_at)
    ON payouts.list TO tannoi_app;
GRANT UPDATE ON payouts.upload TO tannoi_app;
GRANT DELETE ON payouts.payout, payouts.change TO tannoi_app;
GRANT UPDATE (state, state_reason, state_at, generation, num_attempts, last_reason, courier_id,
    citizen_id, delivery_point_id, placed_at, place_fault) ON payouts.payout TO tannoi_app;
GRANT UPDATE (outcome) ON payouts.change TO tannoi_app;
GRANT UPDATE (reversal_id) ON payouts.funding, payouts.payment TO tannoi_app;
GRANT UPDATE (closed_at, num_paid, paid_vnd, note, sign_post, sign_agency, supervisor)
    ON payouts.sitting TO tannoi_app;
GRANT UPDATE (transfer_id, settled_as, settlement_id, settled_by, approved_by, settled_at, note)
    ON payouts.doubt TO tannoi_app;
GRANT UPDATE (is_allowed, decided_by, decided_at) ON payouts.proposal TO tannoi_app;
SELECT kit.wall('payouts.list');
SELECT kit.wall('payouts.upload');
SELECT kit.wall('payouts.payout');
SELECT kit.wall('payouts.change');
SELECT kit.wall('payouts.funding');
SELECT kit.wall('payouts.give_back');
SELECT kit.wall('payouts.sitting');
SELECT kit.wall('payouts.payment');
SELECT kit.wall('payouts.doubt');
SELECT kit.wall('payouts.attempt');
SELECT kit.wall('payouts.proposal');
SELECT kit.append_only('payouts.attempt');
SELECT kit.append_only('payouts.give_back');

-- Rows come to and leave drafts only.
CREATE FUNCTION payouts.refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM moved m JOIN payouts.list l ON l.office_id = m.office_id AND l.id = m.list_id
        WHERE l.state <> 'draft')
    THEN
        RAISE EXCEPTION 'list_frozen' USING ERRCODE = 'TN010';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER payout_added AFTER INSERT ON payouts.payout REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION payouts.refuse_frozen();
CREATE TRIGGER payout_taken AFTER DELETE ON payouts.payout REFERENCING OLD TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION payouts.refuse_frozen();
CREATE TRIGGER change_added AFTER INSERT ON payouts.change REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION payouts.refuse_frozen();
CREATE TRIGGER change_taken AFTER DELETE ON payouts.change REFERENCING OLD TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION payouts.refuse_frozen();

-- A person, a sum, where it is paid: written once, whoever asks. Every column but those that say
-- how a payout stands.
CREATE FUNCTION payouts.refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new IS DISTINCT FROM old THEN
        RAISE EXCEPTION 'list_frozen' USING ERRCODE = 'TN010';
    END IF;
    RETURN new;
END
$$;
CREATE TRIGGER payout_edited BEFORE UPDATE OF office_id, id, list_id, upload_id, row_number, period,
    person_key, name, search_key, id_sealed, id_last4, born_on, household, num_members, amount_vnd,
    how, address, phone_sealed, proxy_name, proxy_id_sealed, proxy_last4, proxy_is_certified,
    proxy_from, proxy_to, carried_from ON payouts.payout
    FOR EACH ROW EXECUTE FUNCTION payouts.refuse_edit();

-- An approved list is only ever closed.
CREATE FUNCTION payouts.refuse_list_edit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept CONSTANT text[] := ARRAY['state', 'closed_by', 'closed_at'];
BEGIN
    IF old.state = 'draft' OR (old.state = 'approved' AND new.state IN ('approved', 'closed')
        AND to_jsonb(old) - kept IS NOT DISTINCT FROM to_jsonb(new) - kept)
    THEN
        RETURN new;
    END IF;
    RAISE EXCEPTION 'list_frozen' USING ERRCODE = 'TN010';
END
$$;
CREATE TRIGGER list_edited BEFORE UPDATE ON payouts.list
    FOR EACH ROW EXECUTE FUNCTION payouts.refuse_list_edit();
ALTER TABLE payouts.payout ENABLE ALWAYS TRIGGER payout_added;
ALTER TABLE payouts.payout ENABLE ALWAYS TRIGGER payout_taken;
ALTER TABLE payouts.payout ENABLE ALWAYS TRIGGER payout_edited;
ALTER TABLE payouts.change ENABLE ALWAYS TRIGGER change_added;
ALTER TABLE payouts.change ENABLE ALWAYS TRIGGER change_taken;
ALTER TABLE payouts.list ENABLE ALWAYS TRIGGER list_edited;

-- The schemes as they stand when a house is new. What is not sure carries its mark: [M] from
-- memory, [E] estimated, [S] second hand, [V press] told by the press, [V] read in the law.
INSERT INTO payouts.scheme (code, valid_from, name, name_en, funder, settings, source) VALUES
(
    'pension', '2025-07-01',
    'Lương hưu, trợ cấp BHXH hằng tháng', 'Pension and monthly social insurance',
    'Bảo hiểm xã hội',
    '{"form": "C72a-HD",
        "per": "person",
        "calendar": {"list_before_day": 25, "back_before_day": 20, "commune_days": [2, 10],
        "office_days": [11, 25], "merged_months": [1, 2]},
        "evidence": {"methods": ["cccd", "passport", "vneid"], "needs_signature": true,
        "num_photos": 0},
        "proxy": {"is_allowed": true, "must_be_certified": true, "months_max": 12, "warn_days":
        30},
        "fee_bp": 0,
        "supervision": "none",
        "late_days": null,
        "amount_max_vnd": 100000000,
        "needs_reference": false,
        "service_duration_s": 240,
        "marks": {"form": "[M]", "calendar": "[V press]", "proxy": "[V press]", "evidence":
        "[V/S]", "fee_bp": "[M]", "amount_max_vnd": "[E]", "service_duration_s": "[E]"}}',
    'Luật BHXH 41/2024/QH15, QĐ 166/QĐ-BHXH (2019), CV 972/BHXH-TCKT'), (
    'social', '2025-07-01',
    'Trợ cấp bảo trợ xã hội', 'Social protection',
    'Ủy ban nhân dân xã, phường',
    '{"form": "Danh sách chi trả trợ cấp xã hội",
        "per": "person",
        "calendar": {"list_before_day": 25, "back_before_day": 20, "commune_days": [2, 10],
        "office_days": [11, 25], "merged_months": [1, 2]},
        "evidence": {"methods": ["cccd", "passport", "vneid"], "needs_signature": true,
        "num_photos": 0},
        "proxy": {"is_allowed": true, "must_be_certified": true, "months_max": 12, "warn_days":
        30},
        "fee_bp": 0,
        "supervision": "required",
        "late_days": null,
        "amount_max_vnd": 50000000,
        "needs_reference": false,
        "service_duration_s": 240,
        "marks": {"form": "[M]", "calendar": "[V]", "proxy": "[M]", "evidence": "[V/S]",
        "fee_bp": "[M]", "supervision": "[V]", "amount_max_vnd": "[E]", "service_duration_s":
        "[E]"}}',
    'Nghị định 20/2021/NĐ-CP điều 34, Nghị định 176/2025/NĐ-CP'), (
    'merit', '2025-07-01',
    'Ưu đãi người có công', 'People of merit',
    'Sở Nội vụ',
    '{"form": "Danh sách chi trả trợ cấp người có công",
        "per": "person",
        "calendar": {"list_before_day": 25, "back_before_day": 20, "commune_days": [2, 10],
        "office_days": [11, 25], "merged_months": [1, 2]},
        "evidence": {"methods": ["cccd", "passport", "vneid"], "needs_signature": true,
        "num_photos": 0},
        "proxy": {"is_allowed": true, "must_be_certified": true, "months_max": 12, "warn_days":
        30},
        "fee_bp": 0,
        "supervision": "required",
        "late_days": null,
        "amount_max_vnd": 100000000,
        "needs_reference": false,
        "service_duration_s": 240,
        "marks": {"form": "[M]", "calendar": "[V]", "proxy": "[M]", "evidence": "[V/S]",
        "fee_bp": "[M]", "supervision": "[V]", "amount_max_vnd": "[E]", "service_duration_s":
        "[E]"}}',
    'Thông tư 44/2022/TT-BTC điều 8'), (
    'campaign', '2025-08-01',
    'Quà tặng, hỗ trợ một lần theo hộ', 'One-off campaign by household',
    'Ngân sách nhà nước',
    '{"form": "Danh sách chi trả theo hộ",
        "per": "household",
        "calendar": null,
        "evidence": {"methods": ["cccd", "passport", "vneid"], "needs_signature": true,
        "num_photos": 0},
        "proxy": {"is_allowed": true, "must_be_certified": false, "months_max": 12, "warn_days":
        30},
        "fee_bp": 0,
        "supervision": "optional",
        "late_days": 13,
        "amount_max_vnd": 50000000,
        "needs_reference": true,
        "service_duration_s": 120,
        "marks": {"form": "[M]", "proxy": "[M]", "late_days": "[V press]", "fee_bp": "[M]",
        "supervision": "[M]", "amount_max_vnd": "[E]", "service_duration_s": "[E]"}}',
    'Quà Quốc khánh 2/9/2025: danh sách chốt 30/8, chi trả 2/9, trường hợp sót đến 15/9'), (
    'disbursement', '2025-07-01',
    'Chi hộ theo ủy quyền của cơ quan', 'Agency disbursement',
    'Cơ quan ủy quyền chi',
    '{"form": "Bảng kê chi hộ",
        "per": "person",
        "calendar": null,
        "evidence": {"methods": ["cccd", "passport", "vneid"], "needs_signature": true,
        "num_photos": 0},
        "proxy": {"is_allowed": true, "must_be_certified": true, "months_max": 12, "warn_days":
        30},
        "fee_bp": 0,
        "supervision": "none",
        "late_days": null,
        "amount_max_vnd": 500000000,
        "needs_reference": true,
        "service_duration_s": 240,
        "marks": {"form": "[M]", "proxy": "[M]", "evidence": "[M]", "fee_bp": "[M]",
        "amount_max_vnd": "[E]", "service_duration_s": "[E]"}}',
    'Hợp đồng chi hộ giữa cơ quan và bưu điện (mẫu)');
