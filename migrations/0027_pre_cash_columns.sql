-- name: migrate-0027-up
-- What may change of cash is granted column by column: no amount, no person, no past.
SET LOCAL ROLE tannoi_owner;
REVOKE UPDATE ON ALL TABLES IN SCHEMA cash FROM tannoi_app;
GRANT UPDATE (during, state, past_n, head, ack, num_held, num_leases, heard_at, closed_by)
    ON cash.shift TO tannoi_app;
GRANT UPDATE (state, approved_by, answered_by, answered_at, answered_vnd)
    ON cash.handover TO tannoi_app;
GRANT UPDATE (state) ON cash.drawer_day TO tannoi_app;
GRANT UPDATE (rev, is_changed) ON cash.phone TO tannoi_app;
