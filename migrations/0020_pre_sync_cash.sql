-- name: migrate-0020-up
-- What a courier's cash shift must know of the phone (L11): facts held for a person, found quickly,
-- and cash as a kind of news for phones.
SET LOCAL ROLE tannoi_owner;
CREATE INDEX op_decision_held ON sync.op_decision (office_id, op_id) WHERE outcome = 'held';
CREATE INDEX shift_open ON cash.shift (office_id, courier_id) WHERE state <> 'closed';
