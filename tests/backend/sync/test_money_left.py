"""Tests that what is left of one courier's money is read from that courier's rows alone."""

import json
from typing import Any
from uuid import UUID

from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.sync import rules
from backend.sync.store import queries
from tests.backend.rounds.test_money import Door
from tests.backend.rounds.test_money import door as door  # the fixture
from tests.backend.rounds.test_money_held import ask, decide
from tests.simulation.phone import Phone

SUBJECTS = sorted(rules.FIELD_SUBJECTS)


def rows_of(node: dict[str, Any]) -> int:
    """Return how many rows of tables a plan read, those it threw away included."""
    own = 0
    if "Relation Name" in node:
        thrown = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
        read = node["Actual Rows"] + sum(node.get(name, 0) for name in thrown)
        own = round(read * node["Actual Loops"])
    return own + sum(rows_of(child) for child in node.get("Plans", []))


async def read(conn: Conn, office_id: UUID, staff_id: UUID) -> tuple[int, int]:
    """Return how many facts of money are held of a courier, and how many rows it took."""
    await conn.execute("SET LOCAL enable_seqscan = off")  # these tables are small
    values = {"office_id": office_id, "staff_id": staff_id, "subjects": SUBJECTS}
    args = [values[name] for name in queries.params("money_left")]
    found = await conn.fetchrow(queries.sql("money_left"), *args)
    explained = await conn.fetchval(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {queries.sql('money_left')}", *args
    )
    (plan,) = json.loads(explained) if isinstance(explained, str) else explained
    assert found is not None
    return found[0], rows_of(plan["Plan"])


async def tell_held(door: Door, phone: Phone, courier: UUID, num: int) -> list[UUID]:
    """Let a phone tell of cash that nobody gave; each fact is held."""
    said = {"notes": {"500000": 1}, "amount_vnd": 500_000}
    told = [
        UUID(phone.record("cash.accepted", {"handover": str(new_id()), **said})) for _ in range(num)
    ]
    while phone.acked < phone.head:
        await door.talk(phone, courier)
    return told


async def test_rows_read_are_those_that_are_held_of_the_courier(door: Door) -> None:
    """Tests that neither a colleague's held facts nor facts long decided are read again."""
    first, second = door.counter.day.couriers[:2]
    phone, other = await door.add_phone(first), await door.add_phone(second)
    await tell_held(door, other, second, 40)
    (held, *settled) = await tell_held(door, phone, first, 6)
    for _ in range(60):
        phone.record("call.logged", {"stop": str(new_id())})  # counts
    for _ in range(10):
        phone.record("note.added", {"stop": str(new_id()), "text": "x"})  # held, no money
    while phone.acked < phone.head:
        await door.talk(phone, first)
    for op_id in settled:
        await decide(door, await ask(door, op_id, "noop"), door.counter.controller)
    async with door.counter.begin() as conn:
        office_id = door.counter.office_id
        num_held, num_rows = await read(conn, office_id, first)
        num_waiting = await conn.fetchval(
            "SELECT count(*) FROM sync.held_waiting WHERE staff_id = $1", first
        )
        assert (num_held, num_waiting) == (1, 11)
        assert num_rows <= num_waiting
        num_held, num_rows = await read(conn, office_id, second)
        assert (num_held, num_rows) == (40, 40)
        waits = await conn.fetchval(
            "SELECT count(*) FROM sync.held_waiting WHERE op_id = $1 AND device_id = $2",
            held,
            door.devices[first],
        )
        assert waits == 1
