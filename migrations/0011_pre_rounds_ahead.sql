-- name: migrate-0011-up
-- What a batch of facts reads ahead: the acts of an errand, the stops at a door.
SET LOCAL ROLE tannoi_owner;
CREATE INDEX act_errand ON rounds.act (office_id, errand_id);
CREATE INDEX stop_point ON rounds.stop (office_id, delivery_point_id);
