-- name: migrate-0045-up
-- What an agency owes for paying out, written down and posted once its list has ended.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE payouts.fee (
    office_id uuid NOT NULL,
    list_id uuid NOT NULL,
    -- As many transfers as the ledger's cap makes of it; one row without any where nothing is owed.
    n integer NOT NULL CHECK (n >= 1),
    num_paid integer NOT NULL CHECK (num_paid >= 0),
    paid_vnd bigint NOT NULL CHECK (paid_vnd >= 0),
    amount_vnd bigint NOT NULL CHECK (amount_vnd >= 0),
    transfer_id uuid,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (office_id, list_id, n),
    FOREIGN KEY (office_id, list_id) REFERENCES payouts.list (office_id, id),
    CHECK ((amount_vnd = 0) = (transfer_id IS NULL))
);
GRANT SELECT, INSERT ON payouts.fee TO tannoi_app;
SELECT kit.wall('payouts.fee');
SELECT kit.append_only('payouts.fee');

-- For each sum paid, beside the part of the money; nothing until a contract says so.
UPDATE payouts.scheme
SET settings = '{"fee_vnd": 0}' || settings || jsonb_build_object(
    'marks', settings -> 'marks' || '{"fee_vnd": "[M]"}');
DO $$
BEGIN
    IF EXISTS (SELECT FROM payouts.scheme WHERE NOT settings ? 'fee_vnd') THEN
        RAISE EXCEPTION 'a scheme without its fee';
    END IF;
END
$$;
