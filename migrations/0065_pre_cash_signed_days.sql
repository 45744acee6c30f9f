-- name: migrate-0065-up
-- The sheet of a day is signed on the screen by those who counted it, as it is closed.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE cash.drawer_day
    ADD COLUMN sign_cashier text NOT NULL DEFAULT '' CHECK (length(sign_cashier) <= 8192),
    ADD COLUMN sign_controller text NOT NULL DEFAULT '' CHECK (length(sign_controller) <= 8192),
    ADD COLUMN cashier_id uuid,
    ADD COLUMN controller_id uuid,
    ADD COLUMN signed_at timestamptz,
    ADD CONSTRAINT drawer_day_signed_by_two CHECK (cashier_id <> controller_id),
    ADD CONSTRAINT drawer_day_signed_whole CHECK (
        (signed_at IS NULL) = (cashier_id IS NULL)
        AND (signed_at IS NULL) = (controller_id IS NULL)
        AND (signed_at IS NULL) = (sign_cashier = '')
        AND (signed_at IS NULL) = (sign_controller = ''));
GRANT UPDATE (sign_cashier, sign_controller, cashier_id, controller_id, signed_at)
    ON cash.drawer_day TO tannoi_app;
