-- name: migrate-0015-up
-- Receipts (their numbers: ranges, blocks, what was issued) and charges (what citizens owe: who
-- gets it, what was collected, what the bank told, what was remitted).
SET LOCAL ROLE tannoi_owner;
CREATE SCHEMA receipts;
GRANT USAGE ON SCHEMA receipts TO tannoi_app;

-- Numbers allotted to a unit; no two units of the country share one (Decree 254/2026, art. 25).
CREATE TABLE receipts.range (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fee', 'tax', 'bill')),
    form text NOT NULL DEFAULT 'electronic' CHECK (form IN ('electronic', 'paper')),
    template text NOT NULL CHECK (template IN ('EBL01', 'EBL02')),
    symbol text NOT NULL CHECK (symbol ~ '^[0-9]{2}T[ABCDEGHKLMNPQRSTUVXY]{2}$'),
    year integer NOT NULL CHECK (year = 2000 + left(symbol, 2)::integer),
    first_number integer NOT NULL CHECK (first_number BETWEEN 1 AND 99999999),
    last_number integer NOT NULL CHECK (last_number BETWEEN first_number AND 99999999),
    next_number integer NOT NULL CHECK (next_number BETWEEN first_number AND last_number + 1),
    face_value_vnd bigint CHECK (face_value_vnd > 0),
    delegator_name text NOT NULL DEFAULT '' CHECK (length(delegator_name) <= 200),
    delegator_tax_code text NOT NULL DEFAULT '' CHECK (length(delegator_tax_code) <= 14),
    allotted_by uuid NOT NULL,
    allotted_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    CHECK ((template = 'EBL02') = (face_value_vnd IS NOT NULL)),
    CONSTRAINT range_apart EXCLUDE USING gist (
        template WITH =, symbol WITH =, int4range(first_number, last_number, '[]') WITH &&)
);

-- Numbers that one phone, or the desk, may use up ascending; unused ones are never lent again.
CREATE TABLE receipts.block (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    range_id uuid NOT NULL,
    device_id uuid,
    staff_id uuid,
    first_number integer NOT NULL,
    last_number integer NOT NULL CHECK (last_number >= first_number),
    next_number integer NOT NULL CHECK (next_number BETWEEN first_number AND last_number + 1),
    leased_at timestamptz NOT NULL,
    returned_at timestamptz,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, range_id) REFERENCES receipts.range (office_id, id),
    CONSTRAINT block_apart EXCLUDE USING gist (
        office_id WITH =, range_id WITH =, int4range(first_number, last_number, '[]') WITH &&)
);
CREATE INDEX block_device ON receipts.block (office_id, device_id) WHERE returned_at IS NULL;

-- What was issued or spoiled; a number is written once, a void one stays with its reason.
CREATE TABLE receipts.receipt (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    range_id uuid NOT NULL,
    block_id uuid NOT NULL,
    number integer NOT NULL,
    subject_id uuid NOT NULL,
    payer_name text NOT NULL CHECK (length(payer_name) <= 200),
    payer_tax_code text NOT NULL DEFAULT '' CHECK (length(payer_tax_code) <= 14),
    items jsonb NOT NULL,
    amount_vnd bigint NOT NULL CHECK (amount_vnd BETWEEN 0 AND 50000000000),
    occurred_at timestamptz NOT NULL,
    issued_on date NOT NULL,
    received_at timestamptz NOT NULL,
    issued_by uuid NOT NULL,
    device_id uuid,
    op_id uuid,
    check_code text NOT NULL UNIQUE CHECK (length(check_code) = 22),
    state text NOT NULL DEFAULT 'issued' CHECK (state IN ('issued', 'void')),
    void_reason text NOT NULL DEFAULT '' CHECK (length(void_reason) <= 300),
    voided_at timestamptz,
    voided_by uuid,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, range_id) REFERENCES receipts.range (office_id, id),
    FOREIGN KEY (office_id, block_id) REFERENCES receipts.block (office_id, id),
    CONSTRAINT receipt_number UNIQUE (office_id, range_id, number),
    CHECK ((state = 'void') = (voided_at IS NOT NULL AND void_reason <> '')),
    CHECK (state = 'void' OR amount_vnd > 0)
);
CREATE INDEX receipt_subject ON receipts.receipt (office_id, subject_id);
CREATE INDEX receipt_day ON receipts.receipt (office_id, issued_on);
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA receipts TO tannoi_app;
GRANT UPDATE (next_number) ON receipts.range TO tannoi_app;
GRANT UPDATE (next_number, returned_at) ON receipts.block TO tannoi_app;
GRANT UPDATE (state, void_reason, voided_at, voided_by) ON receipts.receipt TO tannoi_app;
SELECT kit.wall('receipts.range');
SELECT kit.wall('receipts.block');
SELECT kit.wall('receipts.receipt');

CREATE SCHEMA charges;
GRANT USAGE ON SCHEMA charges TO tannoi_app;

-- Who gets what is collected: an agency, a biller, a tax office.
CREATE TABLE charges.payee (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('agency', 'biller', 'tax')),
    code text NOT NULL CHECK (code ~ '^[A-Z0-9_-]{1,30}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    tax_code text NOT NULL DEFAULT '' CHECK (length(tax_code) <= 14),
    bank_account text NOT NULL DEFAULT '' CHECK (length(bank_account) <= 60),
    remit_days integer NOT NULL DEFAULT 1 CHECK (remit_days BETWEEN 0 AND 60),
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    UNIQUE (office_id, code)
);

-- An account of the office at a bank, into which QR payments go.
CREATE TABLE charges.bank_account (
    office_id uuid NOT NULL,
    bin text NOT NULL CHECK (bin ~ '^[0-9]{6}$'),
    account text NOT NULL CHECK (account ~ '^[0-9A-Za-z]{1,19}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    is_default boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, bin, account)
);
CREATE UNIQUE INDEX bank_account_once ON charges.bank_account (bin, account);
-- The one that takes what names no office.
CREATE UNIQUE INDEX bank_account_default ON charges.bank_account (is_default) WHERE is_default;

-- Money owed by a citizen.
CREATE TABLE charges.charge (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fee', 'postage', 'bill', 'tax', 'order')),
    payee_id uuid,
    reference text NOT NULL UNIQUE CHECK (reference ~ '^TN[0-9A-HJKMNP-TV-Z]{10}$'),
    external_key text NOT NULL DEFAULT '' CHECK (length(external_key) <= 60),
    dossier_id uuid,
    citizen_id uuid,
    payer_name text NOT NULL CHECK (length(payer_name) BETWEEN 1 AND 200),
    payer_tax_code text NOT NULL DEFAULT '' CHECK (length(payer_tax_code) <= 14),
    period text NOT NULL DEFAULT '' CHECK (length(period) <= 40),
    items jsonb NOT NULL,
    amount_vnd bigint NOT NULL CHECK (amount_vnd BETWEEN 1 AND 50000000000),
    due_on date NOT NULL,
    state text NOT NULL DEFAULT 'due'
        CHECK (state IN ('due', 'collected', 'remitted', 'cancelled')),
    qr_shown_at timestamptz,
    collected_on date,
    remit_by date,
    batch_id uuid,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    ended_reason text NOT NULL DEFAULT '' CHECK (length(ended_reason) <= 300),
    is_demo boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, payee_id) REFERENCES charges.payee (office_id, id),
    CHECK ((kind = 'postage') = (payee_id IS NULL)),
    CHECK ((state IN ('collected', 'remitted')) = (collected_on IS NOT NULL)),
    CHECK ((state = 'remitted') <= (batch_id IS NOT NULL OR payee_id IS NULL))
);
-- A bill, a notice, a collection order of one payee is one charge, however often its file comes.
CREATE UNIQUE INDEX charge_external ON charges.charge (office_id, payee_id, external_key)
    WHERE external_key <> '';
CREATE INDEX charge_state ON charges.charge (office_id, state, due_on, id);
CREATE INDEX charge_remit ON charges.charge (office_id, remit_by) WHERE state = 'collected';
CREATE INDEX charge_batch ON charges.charge (office_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX charge_dossier ON charges.charge (office_id, dossier_id) WHERE dossier_id IS NOT NULL;

-- Each time money came for a charge: the one that paid it, and those in doubt.
CREATE TABLE charges.collection (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    charge_id uuid,
    method text NOT NULL CHECK (method IN ('cash', 'qr')),
    amount_vnd bigint NOT NULL CHECK (amount_vnd BETWEEN 1 AND 50000000000),
    outcome text NOT NULL CHECK (outcome IN ('applied', 'in_doubt')),
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 40),
    cash_owner_id uuid,
    transfer_id uuid NOT NULL,
    receipt_id uuid,
    notice_id uuid,
    op_id uuid,
    occurred_at timestamptz NOT NULL,
    collected_on date NOT NULL,
    collected_by uuid NOT NULL,
    approved_by uuid,
    reversed_at timestamptz,
    answer text CHECK (answer IN ('applied', 'given_back')),
    answered_at timestamptz,
    answered_by uuid,
    answer_approved_by uuid,
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    PRIMARY KEY (office_id, id),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK (answer IS NULL OR outcome = 'in_doubt'),
    CHECK (answered_by <> answer_approved_by),
    CHECK (outcome = 'in_doubt' OR charge_id IS NOT NULL)
);
CREATE UNIQUE INDEX collection_once ON charges.collection (office_id, charge_id)
    WHERE reversed_at IS NULL AND (outcome = 'applied' OR answer = 'applied');
CREATE INDEX collection_charge ON charges.collection (office_id, charge_id);
CREATE INDEX collection_day ON charges.collection (office_id, collected_on);
CREATE INDEX collection_doubt ON charges.collection (office_id, occurred_at)
    WHERE outcome = 'in_doubt' AND answer IS NULL;

-- What the bank told us, word for word; each once by its message and once by its transaction.
CREATE TABLE charges.notice (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id text NOT NULL UNIQUE CHECK (length(message_id) BETWEEN 1 AND 256),
    body_hash bytea NOT NULL CHECK (length(body_hash) = 32),
    bank_reference text NOT NULL CHECK (length(bank_reference) BETWEEN 1 AND 64),
    bin text NOT NULL,
    account text NOT NULL,
    amount_vnd bigint NOT NULL,
    content text NOT NULL CHECK (length(content) <= 500),
    paid_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    num_deliveries integer NOT NULL DEFAULT 1,
    outcome text NOT NULL CHECK (outcome IN (
        'paid', 'unknown_reference', 'amount_differs', 'paid_already', 'cancelled', 'repeated')),
    charge_id uuid,
    PRIMARY KEY (office_id, id)
);
CREATE INDEX notice_received ON charges.notice (office_id, received_at);
CREATE UNIQUE INDEX notice_money ON charges.notice (bin, bank_reference)
    WHERE outcome <> 'repeated';

-- What is handed to a payee in one sum.
CREATE TABLE charges.batch (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fee', 'bill', 'tax', 'order')),
    payee_id uuid NOT NULL,
    through_on date NOT NULL,
    num_charges integer NOT NULL CHECK (num_charges >= 1),
    amount_vnd bigint NOT NULL CHECK (amount_vnd >= 1),
    state text NOT NULL DEFAULT 'made' CHECK (state IN ('made', 'remitted', 'dropped')),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    approved_by uuid,
    ended_at timestamptz,
    transfer_id uuid,
    bank_reference text NOT NULL DEFAULT '' CHECK (length(bank_reference) <= 64),
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, payee_id) REFERENCES charges.payee (office_id, id),
    CHECK (approved_by <> made_by),
    CHECK ((state = 'remitted') = (transfer_id IS NOT NULL)),
    CHECK (state <> 'remitted' OR approved_by IS NOT NULL)
);

-- What one person asks for and another approves: money in doubt, a reversal, a QR without a notice.
CREATE TABLE charges.proposal (
    office_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('apply', 'give_back', 'take_back', 'confirm_qr')),
    subject_id uuid NOT NULL,
    charge_id uuid,
    bank_reference text NOT NULL DEFAULT '' CHECK (length(bank_reference) <= 64),
    note text NOT NULL CHECK (length(note) BETWEEN 1 AND 300),
    amount_vnd bigint NOT NULL CHECK (amount_vnd >= 1),
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'refused')),
    ended_by uuid,
    ended_at timestamptz,
    PRIMARY KEY (office_id, id),
    CHECK (state <> 'approved' OR ended_by <> made_by),
    CHECK ((state = 'open') = (ended_by IS NULL)),
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX proposal_open ON charges.proposal (office_id, subject_id) WHERE state = 'open';

-- A charge to be remitted whose last day came near or went by: an alarm, kept.
CREATE TABLE charges.alarm (
    office_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('due_today', 'overdue')),
    remit_by date NOT NULL,
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, charge_id, kind)
);
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA charges TO tannoi_app;
GRANT UPDATE (name, tax_code, bank_account, remit_days) ON charges.payee TO tannoi_app;
GRANT UPDATE (name, is_default), DELETE ON charges.bank_account TO tannoi_app;
GRANT UPDATE (state, qr_shown_at, collected_on, remit_by, batch_id, ended_reason, due_on)
    ON charges.charge TO tannoi_app;
GRANT UPDATE (reversed_at, answer, answered_at, answered_by, answer_approved_by, note, charge_id,
    receipt_id) ON charges.collection TO tannoi_app;
GRANT UPDATE (num_deliveries) ON charges.notice TO tannoi_app;
GRANT UPDATE (state, approved_by, ended_at, transfer_id, bank_reference) ON charges.batch
    TO tannoi_app;
GRANT UPDATE (state, ended_by, ended_at) ON charges.proposal TO tannoi_app;
SELECT kit.wall('charges.payee');
SELECT kit.wall('charges.bank_account');
SELECT kit.wall('charges.charge');
SELECT kit.wall('charges.collection');
SELECT kit.wall('charges.notice');
SELECT kit.wall('charges.batch');
SELECT kit.wall('charges.proposal');
SELECT kit.wall('charges.alarm');
