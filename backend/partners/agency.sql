-- name: list_expected
-- What lies at the office for one agency: dossiers to receive, results going back.
SELECT d.item_id, d.item_code, d.id, d.service, d.dossier_code, d.procedure_code, d.procedure_name,
    z.name, i.seal_number, jsonb_array_length(d.checklist)
FROM dossiers.dossier AS d
JOIN custody.item AS i ON i.office_id = d.office_id AND i.id = d.item_id
JOIN identity.citizen AS z ON z.office_id = d.office_id AND z.id = d.citizen_id
WHERE d.office_id = :office_id AND d.partner_id = :partner_id
    AND i.holder_kind = 'office'
    AND (d.service, d.state) IN (('S1', 'at_office'), ('S2', 'returning'))
ORDER BY d.item_code;

-- name: list_received
-- The dossiers an agency holds through the post and has not finished.
SELECT d.id, d.item_code, d.dossier_code, d.procedure_code, d.procedure_name, z.name,
    d.agency_state, h.occurred_at
FROM dossiers.dossier AS d
JOIN custody.item AS i ON i.office_id = d.office_id AND i.id = d.item_id
JOIN custody.handover AS h
    ON h.office_id = i.office_id AND h.item_id = i.id AND h.n = i.num_handovers
JOIN identity.citizen AS z ON z.office_id = d.office_id AND z.id = d.citizen_id
WHERE d.office_id = :office_id AND d.partner_id = :partner_id
    AND d.state = 'handed_to_agency' AND d.agency_state < 9
ORDER BY h.occurred_at, d.item_code;
