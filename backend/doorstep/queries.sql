-- name: save_errands
-- Acts of money due at doors; one that is due already gets what is known of it now.
INSERT INTO doorstep.errand (
    office_id, id, kind, citizen_id, delivery_point_id, wanted_on, service_duration_s, tw_early_s,
    tw_late_s, cash_in_vnd, cash_out_vnd, subject_id, shown, instruction, is_demo)
SELECT office_id, id, kind, citizen_id, delivery_point_id, wanted_on, service_duration_s,
    tw_early_s, tw_late_s, cash_in_vnd, cash_out_vnd, subject_id, shown, instruction, is_demo
FROM jsonb_to_recordset(:rows::jsonb) AS e (
    office_id uuid, id uuid, kind text, citizen_id uuid, delivery_point_id uuid, wanted_on date,
    service_duration_s integer, tw_early_s integer, tw_late_s integer, cash_in_vnd bigint,
    cash_out_vnd bigint, subject_id uuid, shown jsonb, instruction text, is_demo boolean)
ON CONFLICT (office_id, id) DO UPDATE
SET delivery_point_id = excluded.delivery_point_id, wanted_on = excluded.wanted_on,
    service_duration_s = excluded.service_duration_s, tw_early_s = excluded.tw_early_s,
    tw_late_s = excluded.tw_late_s, cash_in_vnd = excluded.cash_in_vnd,
    cash_out_vnd = excluded.cash_out_vnd, subject_id = excluded.subject_id,
    shown = excluded.shown, instruction = excluded.instruction, state = 'due', ended_at = NULL
WHERE errand.state <> 'done';

-- name: withdraw_errands
-- No longer due: stopped, moved to an account, paid at a counter.
UPDATE doorstep.errand
SET state = 'gone', ended_at = :at
WHERE office_id = :office_id AND id = ANY (:ids::uuid[]) AND state = 'due'
RETURNING id;

-- name: lock_errand
-- An act of money, locked until the transaction ends.
SELECT office_id, id, kind, citizen_id, delivery_point_id, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, cash_in_vnd, cash_out_vnd, subject_id, shown, instruction, state,
    num_attempts
FROM doorstep.errand
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: list_due
-- What is due by a day, the oldest first.
SELECT office_id, id, kind, citizen_id, delivery_point_id, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, cash_in_vnd, cash_out_vnd, subject_id, shown, instruction, state,
    num_attempts
FROM doorstep.errand
WHERE office_id = :office_id AND state = 'due' AND wanted_on <= :service_on
ORDER BY wanted_on, id;

-- name: list_riding
-- What is due of some dossiers, which is collected when these are visited; locked.
SELECT office_id, id, kind, citizen_id, delivery_point_id, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, cash_in_vnd, cash_out_vnd, subject_id, shown, instruction, state,
    num_attempts
FROM doorstep.errand
WHERE office_id = :office_id AND subject_id = ANY (:host_ids::uuid[]) AND state = 'due'
    AND kind = 'charge.collect'
ORDER BY id
FOR UPDATE;

-- name: list_errands
-- Acts of money by id.
SELECT office_id, id, kind, citizen_id, delivery_point_id, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, cash_in_vnd, cash_out_vnd, subject_id, shown, instruction, state,
    num_attempts
FROM doorstep.errand
WHERE office_id = :office_id AND id = ANY (:ids::uuid[])
ORDER BY id;

-- name: finish_errand
-- Done at the door.
UPDATE doorstep.errand
SET state = 'done', ended_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: put_off_errand
-- Not done this time: due again on a day.
UPDATE doorstep.errand
SET num_attempts = num_attempts + 1, wanted_on = :next_on
WHERE office_id = :office_id AND id = :id;

-- name: unfail_errand
-- A visit in vain that was none: due again on a day, one attempt less.
UPDATE doorstep.errand
SET state = 'due', ended_at = NULL, num_attempts = greatest(num_attempts - 1, 0),
    wanted_on = :wanted_on
WHERE office_id = :office_id AND id = :id;

-- name: reopen_errand
-- What was done was taken back: due again on a day.
UPDATE doorstep.errand
SET state = 'due', ended_at = NULL, wanted_on = :next_on
WHERE office_id = :office_id AND id = :id AND state = 'done'
RETURNING id;

-- name: lock_errands
-- Acts of money by id, locked in the order of their ids: before the rows of the room they are of.
SELECT id FROM doorstep.errand
WHERE office_id = :office_id AND id = ANY (:ids::uuid[])
ORDER BY id
FOR UPDATE;
