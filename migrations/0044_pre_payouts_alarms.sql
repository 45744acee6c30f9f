-- name: migrate-0044-up
-- Alarms of a list's calendar: each once before its day and once after; how long before is data.
SET LOCAL ROLE tannoi_owner;
CREATE TABLE payouts.alarm (
    office_id uuid NOT NULL,
    list_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'list_missing', 'money_missing', 'approval_missing', 'commune_unpaid', 'not_settled')),
    is_late boolean NOT NULL,
    due_on date NOT NULL,
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (office_id, list_id, kind, is_late),
    FOREIGN KEY (office_id, list_id) REFERENCES payouts.list (office_id, id)
);
GRANT SELECT, INSERT ON payouts.alarm TO tannoi_app;
SELECT kit.wall('payouts.alarm');
SELECT kit.append_only('payouts.alarm');

-- Working days of warning before the last day for money and list, for paying in the commune, for
-- what goes back to the agency.
UPDATE payouts.scheme SET settings = jsonb_set(
    settings || jsonb_build_object('marks', settings -> 'marks' || '{"warn_days": "[E]"}'),
    '{calendar}', '{"list_warn_days": 5, "commune_warn_days": 2, "back_warn_days": 3}'
        || (settings -> 'calendar'))
WHERE jsonb_typeof(settings -> 'calendar') = 'object';
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM payouts.scheme WHERE jsonb_typeof(settings -> 'calendar') = 'object'
            AND NOT settings -> 'calendar' ?& ARRAY[
                'list_warn_days', 'commune_warn_days', 'back_warn_days'])
    THEN
        RAISE EXCEPTION 'a calendar without days of warning';
    END IF;
END
$$;
