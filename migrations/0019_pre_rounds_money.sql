-- name: migrate-0019-up
-- Acts of money on rounds: paying, collecting, taking and bringing money transfers.
SET LOCAL ROLE tannoi_owner;
ALTER TABLE rounds.act DROP CONSTRAINT act_kind_check;
ALTER TABLE rounds.act ADD CONSTRAINT act_kind_check CHECK (kind IN (
    'dossier.accept', 'result.deliver', 'payout.pay', 'charge.collect', 'order.take',
    'order.pay')) NOT VALID;
ALTER TABLE rounds.act VALIDATE CONSTRAINT act_kind_check;
-- The most cash a courier may have on the way (đồng); NULL leaves it to the office's own ceiling.
ALTER TABLE network.courier ADD COLUMN cash_limit_vnd bigint CHECK (cash_limit_vnd > 0);
