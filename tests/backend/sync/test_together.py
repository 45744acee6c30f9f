import importlib
import random
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import structlog

from backend import rounds
from backend.ops.embedded_pg import EmbeddedPostgres
from tests.backend.day import Day, open_day
from tests.simulation import checks, facts

# The door has a function of the same name.
exchange_module = importlib.import_module("backend.sync.exchange")
TABLES = {
    "sync.op_log": "office_id, stream_id, seq, op_id, kind, hash, occurred_at, time_quality",
    "sync.op_side": "office_id, stream_id, seq, raw",
    "sync.effect": "office_id, op_id, seq",
    "sync.op_decision": "office_id, op_id, n, outcome, reason",
    "sync.feed": "office_id, courier_id, kind, ref, convert_from(body, 'UTF8')",
    "rounds.round": "id, state, opened_at, closed_at",
    "rounds.stop": "id, state, arrived_at, ended_at, rev",
    "rounds.act": "id, state, reason, op_id, ended_at",
    "rounds.attempt": "errand_id, n, stop_id, op_id, reason, invitation_n, next_on, note",
    "dossiers.dossier": "id, state, agency_state, checklist::text, num_attempts, "
    "num_invitations, last_invited_on, wanted_on, changed_at, item_id IS NULL",
    "network.delivery_point": "id, lat, lon, pin, pin_by, pin_at, note",
    "network.pin_move": "point_id, n, lat, lon, accuracy_m, pin, by_id, at",
    "tracking.event": "errand_id, n, code, occurred_at, received_at, data::text",
    "proofs.proof": "errand_id, op_id, kind, sha256, data::text, occurred_at",
    "custody.item": "kind, seal_number, holder_kind, holder_id, num_handovers",
    "custody.handover": "n, from_kind, from_id, to_kind, to_id, op_id, occurred_at, "
    "is_seal_whole, seal_number",
}


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


def record_day(day: Day, seed: int) -> list[Any]:
    """Let both couriers report a day in which much goes wrong; return their phones."""
    phones = []
    for number, courier in enumerate(day.town.couriers):
        rnd = random.Random(seed + number)
        phone = day.phone_of(courier, seed=seed + number)
        other = day.town.couriers[1 - number]
        usual = facts.day_of(courier, rnd, 40)
        odd = [
            facts.note(other.visits[0], "của người khác"),
            facts.act(courier.visits[0]),  # a second time
            facts.failure(courier.visits[1], has_photo=False),
            facts.failure(courier.visits[2], reason="MOVED"),
            ("stop.arrived", {"stop": str(courier.round_id)}),  # nowhere
            ("pin.moved", {"point": str(courier.round_id), "lat": 21.0, "lon": 106.0}),
            ("item.lost", {"stop": str(courier.visits[0].stop_id)}),
            ("note.added", {"stop": 5}),
            facts.opening(courier),
            facts.act(other.visits[0]),
            ("result.delivered", {**facts.delivery(courier.visits[3])[1], "act": str(seed)}),
            facts.failure(courier.visits[4]),
            facts.returning(courier, [v.item_id for v in courier.visits if v.item_id][:3]),
            facts.closing(courier),
        ]
        for kind, fields in usual:
            if rnd.random() < 0.3:
                phone.record(*rnd.choice(odd))
            phone.record(kind, fields, side={"name": "Mẫu"} if "deliv" in kind else None)
        for kind, fields in odd:
            phone.record(kind, fields)
        phones.append(phone)
    return phones


async def read_books(conn: asyncpg.Connection) -> dict[str, list[Any]]:
    books = {}
    for table, columns in TABLES.items():
        rows = await conn.fetch(f"SELECT {columns} FROM {table}")
        books[table] = sorted(repr(tuple(row)) for row in rows)
    return books


async def live(day: Day, seed: int) -> dict[str, list[Any]]:
    for phone, courier in zip(record_day(day, seed), day.town.couriers, strict=True):
        while phone.acked < phone.head:
            await day.talk(phone, courier)
    return await read_books(day.admin)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_facts_decided_together_leave_the_same_books(
    day: Day, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Tests that what is read ahead and written together is what the plain way writes."""
    with structlog.testing.capture_logs() as logs:
        together = await live(day, seed)
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    await day.admin.execute("CREATE DATABASE plain TEMPLATE template_migrated STRATEGY file_copy")
    url = server.url("plain")
    admin = await asyncpg.connect(url)
    try:
        plain_day = await open_day(admin, url.replace("postgres@", "tannoi_app@", 1))
        monkeypatch.setattr(exchange_module, "TOGETHER_MIN", 10**9)
        plain = await live(plain_day, seed)
        await plain_day.db.close()
    finally:
        await admin.close()
        await day.admin.execute("DROP DATABASE plain WITH (FORCE)")
    # A change told twice within a batch is one row of the feed, and its revision counts.
    assert {row.split(", ")[3] for row in together.pop("sync.feed")} == {
        row.split(", ")[3] for row in plain.pop("sync.feed")
    }
    assert together == plain


async def test_what_cannot_be_written_together_is_done_one_by_one(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a fault in reading ahead costs time, and no fact."""

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(rounds, "read_ahead", fail)
    with structlog.testing.capture_logs() as logs:
        phone = record_day(day, 4)[0]
        while phone.acked < phone.head:
            await day.talk(phone, day.town.couriers[0])
    assert "batch_failed" in {entry["event"] for entry in logs}
    assert await day.admin.fetchval("SELECT count(*) FROM sync.effect") == phone.head


async def test_a_fact_that_breaks_takes_no_other_with_it(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a rule that crashes holds its own fact, and those around it are applied."""
    courier = day.town.couriers[0]
    known = rounds.KINDS["pin.moved"]

    async def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(rounds.KINDS, "pin.moved", (known[0], crash))
    phone = day.phone_of(courier)
    phone.record(*facts.note(courier.visits[0], "trước"))
    phone.record(*facts.pin(courier.visits[0], 21.1, 106.0))
    phone.record(*facts.note(courier.visits[0], "sau"))
    assert await day.decisions(phone, courier) == [
        ("applied", None),
        ("held", "server_error"),
        ("applied", None),
    ]
