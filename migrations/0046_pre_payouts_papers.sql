-- name: migrate-0046-up
-- Which kind of number a list names a person by, so that a paper with another kind is not called
-- wrong; and the residence card of foreigners among the papers that are taken.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE payouts.payout
    ADD COLUMN id_kind text NOT NULL DEFAULT 'personal'
        CHECK (id_kind IN ('personal', 'passport')),
    ADD COLUMN proxy_kind text NOT NULL DEFAULT 'personal'
        CHECK (proxy_kind IN ('personal', 'passport'));
DROP TRIGGER payout_edited ON payouts.payout;
CREATE TRIGGER payout_edited BEFORE UPDATE OF office_id, id, list_id, upload_id, row_number, period,
    person_key, name, search_key, id_sealed, id_last4, id_kind, born_on, household, num_members,
    amount_vnd, how, address, phone_sealed, proxy_name, proxy_id_sealed, proxy_last4, proxy_kind,
    proxy_is_certified, proxy_from, proxy_to, carried_from ON payouts.payout
    FOR EACH ROW EXECUTE FUNCTION payouts.refuse_edit();
ALTER TABLE payouts.payout ENABLE ALWAYS TRIGGER payout_edited;

UPDATE payouts.scheme
SET settings = jsonb_set(settings, '{evidence,methods}',
    settings -> 'evidence' -> 'methods' || '["residence"]')
WHERE settings -> 'evidence' -> 'methods' ? 'passport'
    AND NOT settings -> 'evidence' -> 'methods' ? 'residence';

ALTER TABLE money_orders.doubt DROP CONSTRAINT doubt_identity_method_check;
ALTER TABLE money_orders.doubt ADD CONSTRAINT doubt_identity_method_check
    CHECK (identity_method IN ('cccd', 'passport', 'vneid', 'residence'));
