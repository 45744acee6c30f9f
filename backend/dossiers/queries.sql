-- name: find_procedure
-- The version of a procedure in force on a day.
SELECT code, valid_from, valid_to, name, partner_kind, papers, reclaims, fee_vnd, days, is_by_post,
    must_appear, source
FROM dossiers.procedure
WHERE code = :code AND valid_from <= :on_day AND (valid_to IS NULL OR valid_to >= :on_day)
ORDER BY valid_from DESC
LIMIT 1;

-- name: list_procedures
-- Every procedure in force on a day.
SELECT DISTINCT ON (code) code, valid_from, valid_to, name, partner_kind, papers, reclaims, fee_vnd,
    days, is_by_post, must_appear, source
FROM dossiers.procedure
WHERE valid_from <= :on_day AND (valid_to IS NULL OR valid_to >= :on_day)
ORDER BY code, valid_from DESC;

-- name: save_procedure
-- A version of a procedure, as the catalogue has it.
INSERT INTO dossiers.procedure (
    code, valid_from, valid_to, name, partner_kind, papers, reclaims, fee_vnd, days, is_by_post,
    must_appear, source)
VALUES (
    :code, :valid_from, :valid_to, :name, :partner_kind, :papers, :reclaims, :fee_vnd, :days,
    :is_by_post, :must_appear, :source)
ON CONFLICT (code, valid_from) DO UPDATE SET
    valid_to = excluded.valid_to, name = excluded.name, papers = excluded.papers,
    reclaims = excluded.reclaims, fee_vnd = excluded.fee_vnd, days = excluded.days,
    is_by_post = excluded.is_by_post, must_appear = excluded.must_appear, source = excluded.source;

-- name: add_dossier
-- A new errand.
INSERT INTO dossiers.dossier (
    office_id, id, service, dossier_code, procedure_code, procedure_name, partner_id, citizen_id,
    delivery_point_id, item_id, item_code, state, agency_state, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, load_g, load_ml, checklist, reclaims, fee_due_vnd, postage_due_vnd,
    instruction, import_key, made_at, changed_at, is_demo)
VALUES (
    :office_id, :id, :service, :dossier_code, :procedure_code, :procedure_name, :partner_id,
    :citizen_id, :delivery_point_id, :item_id, :item_code, :state, :agency_state, :wanted_on,
    :tw_early_s, :tw_late_s, :service_duration_s, :load_g, :load_ml, :checklist, :reclaims,
    :fee_due_vnd, :postage_due_vnd, :instruction, :import_key, :at, :at, :is_demo);

-- name: lock_dossier
-- The dossier, locked until the transaction ends.
SELECT office_id, id, service, dossier_code, procedure_code, procedure_name, partner_id, citizen_id,
    delivery_point_id, item_id, item_code, state, agency_state, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, load_g, load_ml, skills, checklist, reclaims, fee_due_vnd, postage_due_vnd,
    instruction, num_attempts, num_invitations, last_invited_on, is_demo
FROM dossiers.dossier
WHERE office_id = :office_id AND id = :id
FOR UPDATE;

-- name: lock_by_item
-- The dossiers of some items, locked in one order.
SELECT office_id, id, service, dossier_code, procedure_code, procedure_name, partner_id, citizen_id,
    delivery_point_id, item_id, item_code, state, agency_state, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, load_g, load_ml, skills, checklist, reclaims, fee_due_vnd, postage_due_vnd,
    instruction, num_attempts, num_invitations, last_invited_on, is_demo
FROM dossiers.dossier
WHERE office_id = :office_id AND item_id = ANY (:item_ids::uuid[])
ORDER BY id
FOR UPDATE;

-- name: find_dossier
-- The dossier as it stands.
SELECT office_id, id, service, dossier_code, procedure_code, procedure_name, partner_id, citizen_id,
    delivery_point_id, item_id, item_code, state, agency_state, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, load_g, load_ml, skills, checklist, reclaims, fee_due_vnd, postage_due_vnd,
    instruction, num_attempts, num_invitations, last_invited_on, is_demo
FROM dossiers.dossier
WHERE office_id = :office_id AND id = :id;

-- name: list_awaited
-- Which of some dossiers are still to be visited.
SELECT id
FROM dossiers.dossier
WHERE office_id = :office_id AND id = ANY (:ids::uuid[])
    AND ((service = 'S1' AND state = 'booked')
        OR (service = 'S2' AND state IN ('at_office', 'out')));

-- name: find_known
-- Which of these import keys the office already has.
SELECT import_key
FROM dossiers.dossier
WHERE office_id = :office_id AND import_key = ANY (:import_keys::text[]);

-- name: list_due
-- What may go out on a day: bookings, and results at the office; some may be on a round already.
SELECT office_id, id, service, dossier_code, procedure_code, procedure_name, partner_id, citizen_id,
    delivery_point_id, item_id, item_code, state, agency_state, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, load_g, load_ml, skills, checklist, reclaims, fee_due_vnd, postage_due_vnd,
    instruction, num_attempts, num_invitations, last_invited_on, is_demo
FROM dossiers.dossier
WHERE office_id = :office_id
    AND wanted_on <= :service_on
    AND ((service = 'S1' AND state = 'booked') OR (service = 'S2' AND state = 'at_office'))
ORDER BY wanted_on, id;

-- name: list_at_office
-- What lies at the office for one agency: taken dossiers to hand over, results going back.
SELECT office_id, id, service, dossier_code, procedure_code, procedure_name, partner_id, citizen_id,
    delivery_point_id, item_id, item_code, state, agency_state, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, load_g, load_ml, skills, checklist, reclaims, fee_due_vnd, postage_due_vnd,
    instruction, num_attempts, num_invitations, last_invited_on, is_demo
FROM dossiers.dossier
WHERE office_id = :office_id
    AND partner_id = :partner_id
    AND ((service = 'S1' AND state = 'at_office') OR (service = 'S2' AND state = 'returning'))
ORDER BY item_code;

-- name: set_state
-- The state after a verb.
UPDATE dossiers.dossier
SET state = :state, agency_state = :agency_state, changed_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: set_accepted
-- Papers taken: the item made of them, and what was counted.
UPDATE dossiers.dossier
SET state = 'accepted', item_id = :item_id, item_code = :item_code, checklist = :checklist,
    changed_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: set_failed
-- A visit that failed: counted, with its invitation and the day it is wanted next.
UPDATE dossiers.dossier
SET state = :state, num_attempts = num_attempts + 1,
    num_invitations = num_invitations + :num_new_invitations,
    last_invited_on = coalesce(:invited_on, last_invited_on),
    wanted_on = coalesce(:next_on, wanted_on), changed_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: set_corrected
-- A dossier as it was before a report that was not so.
UPDATE dossiers.dossier
SET state = :state, agency_state = :agency_state, item_id = :item_id, item_code = :item_code,
    num_attempts = :num_attempts, num_invitations = :num_invitations,
    last_invited_on = :last_invited_on, wanted_on = :wanted_on, changed_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: set_instruction
-- What the citizen asks the courier to mind.
UPDATE dossiers.dossier
SET instruction = :instruction, changed_at = :at
WHERE office_id = :office_id AND id = :id;

-- name: lock_dossiers
-- Some dossiers, locked in one order.
SELECT office_id, id, service, dossier_code, procedure_code, procedure_name, partner_id, citizen_id,
    delivery_point_id, item_id, item_code, state, agency_state, wanted_on, tw_early_s, tw_late_s,
    service_duration_s, load_g, load_ml, skills, checklist, reclaims, fee_due_vnd, postage_due_vnd,
    instruction, num_attempts, num_invitations, last_invited_on, is_demo
FROM dossiers.dossier
WHERE office_id = :office_id AND id = ANY (:ids::uuid[])
ORDER BY id
FOR UPDATE;

-- name: of_items
-- Which dossiers some items belong to.
SELECT item_id, id
FROM dossiers.dossier
WHERE office_id = :office_id AND item_id = ANY (:item_ids::uuid[]);

-- name: set_dossiers
-- Several dossiers as the facts of a batch leave them.
UPDATE dossiers.dossier AS d
SET state = n.state, agency_state = n.agency_state, item_id = n.item_id, item_code = n.item_code,
    checklist = n.checklist::jsonb, num_attempts = n.num_attempts,
    num_invitations = n.num_invitations,
    last_invited_on = n.last_invited_on, wanted_on = n.wanted_on, changed_at = n.at
FROM unnest(
    :ids::uuid[], :states::text[], :agency_states::smallint[], :item_ids::uuid[],
    :item_codes::text[], :checklists::text[], :attempts::int[], :invitations::int[],
    :invited::date[], :wanted::date[], :ats::timestamptz[])
    AS n (id, state, agency_state, item_id, item_code, checklist, num_attempts, num_invitations,
        last_invited_on, wanted_on, at)
WHERE d.office_id = :office_id AND d.id = n.id;
