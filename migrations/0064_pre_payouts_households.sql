-- name: migrate-0064-up
-- A household's code says nothing beyond its commune: two agencies with one campaign reference both
-- have a household 001. Since now the agency stands in a household's key. What a key was made of
-- cannot be seen in it, so campaigns that began before keep theirs to their end: their deltas and
-- files brought again must find the same households.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE payouts.plain_campaign (
    office_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    scheme text NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (office_id, partner_id, scheme, reference)
);
GRANT SELECT ON payouts.plain_campaign TO tannoi_app;
INSERT INTO payouts.plain_campaign (office_id, partner_id, scheme, reference)
SELECT DISTINCT l.office_id, l.partner_id, l.scheme, l.reference
FROM payouts.list l
JOIN payouts.scheme s ON s.code = l.scheme AND s.valid_from = l.scheme_from
WHERE s.settings->>'per' = 'household' AND l.state <> 'discarded';
SELECT kit.wall('payouts.plain_campaign');
