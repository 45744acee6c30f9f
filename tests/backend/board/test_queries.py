"""Tests that the views' queries find their rows by the indexes made for them."""

from uuid import UUID

import asyncpg
import pytest

from backend.board import store
from backend.board.evidence import rows
from backend.dispatch import store as dispatch_store
from backend.kit.sql import Queries
from backend.visits import store as visit_store
from tests.backend.desk import MORNING, TODAY

pytestmark = pytest.mark.anyio
OFFICE = UUID(int=7)

# Twenty offices, 200 days, four rounds a day of three stops: enough for a planner to care.
FILL = """
CREATE FUNCTION pg_temp.id(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(kind), 8, '0') || lpad(to_hex(n), 24, '0'))::uuid
$$;
CREATE FUNCTION pg_temp.office(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT lpad(to_hex(n % 20), 32, '0')::uuid
$$;
SET session_replication_role = replica;
INSERT INTO identity.staff (office_id, id, username, display_name, role, created_at)
SELECT pg_temp.office(n), pg_temp.id(9, n), 'c' || n, 'x', 'courier', now()
FROM generate_series(0, 1999) AS n;
INSERT INTO network.vehicle (office_id, id, label, profile, capacity_g, capacity_ml)
SELECT pg_temp.office(n), pg_temp.id(14, n), 'x', 'motorbike', 1, 1
FROM generate_series(0, 1999) AS n;
INSERT INTO network.courier (office_id, staff_id, vehicle_id)
SELECT pg_temp.office(n), pg_temp.id(9, n), pg_temp.id(14, n) FROM generate_series(0, 1999) AS n;
INSERT INTO rounds.round (office_id, id, service_on, courier_id, shift_id, plan_id, state,
    starts_s, ends_s, duration_s, distance_m, published_at)
SELECT pg_temp.office(n), pg_temp.id(1, n), date '2026-11-24' - (n / 80)::integer,
    pg_temp.id(9, n % 80), pg_temp.id(2, n), pg_temp.id(3, n), 'closed', 0, 1, 0, 0, now()
FROM generate_series(0, 15999) AS n;
INSERT INTO rounds.stop (office_id, id, round_id, position, delivery_point_id, citizen_id,
    planned_at, service_duration_s, state)
SELECT pg_temp.office(n), pg_temp.id(4, n), pg_temp.id(1, n % 16000), n / 16000 + 1,
    pg_temp.id(5, n), pg_temp.id(6, n), now(), 300, 'done'
FROM generate_series(0, 47999) AS n;
INSERT INTO network.delivery_point (office_id, id, address_text, search_key, resolved_by, pin)
SELECT pg_temp.office(n), pg_temp.id(5, n), 'x', 'x' || n, 'unresolved', 'none'
FROM generate_series(0, 47999) AS n;
INSERT INTO rounds.act (office_id, id, stop_id, kind, errand_id, state)
SELECT pg_temp.office(n), pg_temp.id(7, n), pg_temp.id(4, n), 'dossier.accept',
    pg_temp.id(8, n), CASE WHEN n < 2000 THEN 'open' ELSE 'done' END
FROM generate_series(0, 47999) AS n;
INSERT INTO dossiers.dossier (office_id, id, service, procedure_code, procedure_name, partner_id,
    citizen_id, delivery_point_id, state, agency_state, wanted_on, service_duration_s, load_g,
    load_ml, made_at, changed_at)
SELECT pg_temp.office(n), pg_temp.id(8, n), 'S1', '2.1', 'x', pg_temp.id(10, n % 20),
    pg_temp.id(6, n), pg_temp.id(5, n), CASE WHEN n < 2000 THEN 'booked' ELSE 'delivered' END, 1,
    date '2026-11-24' - (n / 240)::integer, 300, 1, 1, now(), now()
FROM generate_series(0, 47999) AS n;
INSERT INTO sync.stream (office_id, id, device_id, staff_id, last_hash, made_at, last_seen_at)
SELECT pg_temp.office(n), pg_temp.id(11, n), pg_temp.id(12, n), pg_temp.id(9, n % 80),
    sha256('x'), now(), now()
FROM generate_series(0, 4999) AS n;
INSERT INTO sync.op_log (office_id, stream_id, seq, op_id, kind, v, raw, hash, occurred_at,
    time_quality, received_at)
SELECT pg_temp.office(n), pg_temp.id(11, n % 100), n, pg_temp.id(15, n), 'stop.arrived', 1, 'x',
    sha256('x'), now(), 'good', now()
FROM generate_series(1, 48000) AS n;
INSERT INTO proofs.named (office_id, stream_id, seq, sha256, op_id, device_id, staff_id, named_at,
    stored_at)
SELECT pg_temp.office(n), pg_temp.id(11, n % 5000), n, sha256(n::text::bytea), pg_temp.id(15, n),
    pg_temp.id(12, n % 5000), pg_temp.id(9, n % 80), now(), CASE WHEN n > 400 THEN now() END
FROM generate_series(0, 47999) AS n;
INSERT INTO custody.item_code (code, office_id, item_id)
SELECT 'LD' || lpad(n::text, 9, '0') || 'VN', pg_temp.office(n), pg_temp.id(13, n)
FROM generate_series(0, 19999) AS n;
INSERT INTO tracking.event (office_id, errand_id, n, code, occurred_at, received_at)
SELECT pg_temp.office(n), pg_temp.id(8, n), 1, 'booked', now(), now()
FROM generate_series(0, 47999) AS n;
ANALYZE;
"""

# Each view with the indexes by which its big tables must be read.
VIEWS: list[tuple[Queries, str, tuple[str, ...]]] = [
    (store.queries, "list_routes", ("round_day",)),
    (store.queries, "list_acts", ("round_day", "stop_round", "act_stop", "dossier_pkey")),
    (store.queries, "list_phones", ("stream_staff",)),
    (store.queries, "num_unplanned", ("dossier_due", "act_open_errand")),
    (store.queries, "num_held", ("named_missing",)),
    (store.queries, "list_missing_pictures", ("named_missing",)),
    (store.queries, "find_errand", ("dossier_pkey", "act_open_errand")),
    (rows.queries, "list_acts", ("act_errand", "stop_pkey")),
    (rows.queries, "list_places_in_chain", ("op_log_op",)),
    (rows.queries, "list_arrivals", ("op_log_pkey",)),
    (dispatch_store.queries, "find_place_in_round", ("act_open_errand", "stop_round")),
    (dispatch_store.queries, "list_running", ("round_day", "stop_round")),
    (dispatch_store.queries, "list_near", ("stop_round",)),
    (visit_store.queries, "find_errand", ("dossier_pkey",)),
    (visit_store.queries, "find_by_code", ("item_code_pkey", "event_pkey")),
]
VALUES: dict[str, object] = {
    "office_id": OFFICE,
    "service_on": TODAY,
    "late_before": MORNING,
    "num_rows": 500,
    "staff_ids": [UUID(int=1), UUID(int=2)],
    "id": UUID(int=3),
    "errand_id": UUID(int=3),
    "num_near": 5,
    "code": "LD000000009VN",
    "op_ids": [UUID(int=1), UUID(int=2)],
    "stream_ids": [UUID(int=11)],
    "seqs": [500],
    "num_back": 400,
    "money_kinds": ["payout.pay", "charge.collect"],
}


async def test_views_use_their_indexes(admin_conn: asyncpg.Connection) -> None:
    """Tests that within the walls of one of twenty offices no view reads a whole table."""
    await admin_conn.execute(FILL)
    async with admin_conn.transaction():
        await admin_conn.execute("SET LOCAL ROLE tannoi_app")
        await admin_conn.execute(f"SET LOCAL app.offices = '{OFFICE}'")
        missing = []
        for queries, name, indexes in VIEWS:
            values = [VALUES[key] for key in queries.params(name)]
            lines = await admin_conn.fetch(f"EXPLAIN {queries.sql(name)}", *values)
            plan = "\n".join(line[0] for line in lines)
            missing += [f"{name}: {index}\n{plan}" for index in indexes if index not in plan]

    assert missing == []
