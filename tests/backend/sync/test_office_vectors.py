"""Tests that hold the server to the vectors that the simulator's office is held to as well."""

import json
import random
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backend import rounds
from backend.kit.db import Db
from tests.backend.day import Day, accept_op, fail_op
from tests.simulation import checks, facts, town
from tests.simulation.clocks import START
from tests.simulation.phone import Phone
from tests.simulation.town import CourierOfTown, Visit

pytestmark = pytest.mark.store
FILE = Path(__file__).resolve().parents[2] / "vectors" / "office_decisions.json"
VECTORS = json.loads(FILE.read_text())
AN_HOUR_S = 3_600.0
NOBODYS = uuid.UUID(int=9)
"""The id of what a vector names and nobody has."""
# The newest copy first: what is given to somebody comes behind what they have.
FIND_STOP = """
SELECT s.id, s.state, r.courier_id FROM rounds.stop AS s
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE s.delivery_point_id = $1
ORDER BY r.courier_id <> $2, s.state = 'removed' AND r.courier_id <> $2, s.position DESC LIMIT 1
"""
FIND_ACT = """
SELECT a.id, a.state, r.courier_id FROM rounds.act AS a
JOIN rounds.stop AS s ON s.office_id = a.office_id AND s.id = a.stop_id
JOIN rounds.round AS r ON r.office_id = s.office_id AND r.id = s.round_id
WHERE a.errand_id = $1 ORDER BY r.courier_id <> $2, s.position DESC LIMIT 1
"""


class Books:
    """A case's couriers, stops and acts by their names."""

    def __init__(self, day: Day) -> None:
        """Name what the town has."""
        self.day = day
        names = sorted(set(VECTORS["stops"].values()))
        self.couriers = dict(zip(names, day.town.couriers, strict=True))
        self.phones = {name: day.phone_of(one, seed=at) for at, (name, one) in enumerate(self.all)}
        self.points: dict[str, uuid.UUID] = {}
        self.errands: dict[str, uuid.UUID] = {}
        self.op_ids: dict[str, str] = {}
        left = {name: list(courier.visits) for name, courier in self.all}
        for stop, name in VECTORS["stops"].items():
            visit = left[name].pop(0)
            self.points[stop] = visit.point_id
            acts = [act for act in day.town.rows["rounds.act"] if act["stop_id"] == visit.stop_id]
            for letter, act in zip("ab", acts, strict=True):
                self.errands[f"{stop}-{letter}"] = uuid.UUID(str(act["errand_id"]))

    @property
    def all(self) -> list[tuple[str, CourierOfTown]]:
        """The couriers with their names."""
        return list(self.couriers.items())

    async def find(self, query: str, id_: uuid.UUID | None, courier: CourierOfTown) -> Any:
        """Return id, state and courier: the courier's own newest copy, else somebody's."""
        return await self.day.admin.fetchrow(query, id_ or NOBODYS, courier.staff_id)

    async def visit(self, fact: dict[str, Any], courier: CourierOfTown) -> Visit:
        """Return what a fact names, as its courier has it."""
        stop = await self.find(FIND_STOP, self.points.get(fact["stop"]), courier)
        act = await self.find(FIND_ACT, self.errands.get(fact.get("act", "")), courier)
        return Visit(
            stop["id"] if stop else NOBODYS, NOBODYS, act["id"] if act else NOBODYS,
            "dossier.accept", NOBODYS, None, NOBODYS,
        )  # fmt: skip

    async def record(self, name: str, fact: dict[str, Any]) -> None:
        """Let a courier's phone record a fact of a vector."""
        visit = await self.visit(fact, self.couriers[name])
        of = self.op_ids.get(fact.get("op", ""), str(NOBODYS))
        kind, fields = fact["kind"], {"stop": str(visit.stop_id)}
        match kind:
            case "stop.arrived":
                kind, fields = facts.arrival(visit)
            case "note.added":
                kind, fields = facts.note(visit, "Cổng sau")
            case "dossier.accepted":
                kind, fields = accept_op(visit)
            case "visit.failed":
                kind, fields = fail_op(visit, invited=fact.get("is_invited", False))
            case "act.corrected":
                kind, fields = facts.correction(visit, of, wrong="not_so")
            case "act.withdrawn":
                fields |= {"act": str(visit.act_id), "op": of}
        self.op_ids[fact["id"]] = self.phones[name].record(kind, fields)

    async def give(self, stop: str, to: str) -> None:
        """Hand what is open at a stop to another courier, as a dispatcher does."""
        (other,) = [courier for name, courier in self.all if name != to]
        found = await self.find(FIND_STOP, self.points[stop], other)
        async with self.day.db.transaction(actor="test", offices=[other.office_id]) as conn:
            await rounds.reassign(
                conn, office_id=other.office_id, stop_id=found["id"],
                courier_id=self.couriers[to].staff_id, by=other.staff_id, now=self.day.now,
            )  # fmt: skip

    async def book_of(self, name: str, stop: str) -> dict[str, Any]:
        """Return what the books say of a courier's stop, as a vector writes it."""
        courier = self.couriers[name]
        found = await self.find(FIND_STOP, self.points[stop], courier)
        acts = {}
        for act, errand_id in self.errands.items():
            row = await self.find(FIND_ACT, errand_id, courier)
            if act.startswith(f"{stop}-") and row["courier_id"] == courier.staff_id:
                acts[act] = row["state"]
        return {"state": found["state"], "acts": acts}


@pytest.fixture
async def books(
    admin_conn: Any, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Books]:
    """Give two couriers on their rounds, two acts of papers at each of their doors."""
    monkeypatch.setattr(town, "SHARE_S1", 1.0)
    rnd = random.Random(3)
    num_stops = len(VECTORS["stops"]) // 2
    made = town.make_town(rnd, now=START, num_couriers=2, num_stops=num_stops, num_offices=1)
    for courier in made.couriers:
        for visit in courier.visits:
            town.add_errand(made, rnd, courier, visit)
    await made.write(admin_conn)
    db = Db(db_url)
    await db.open(size=3, name="day")
    found = Books(Day(made, db, admin_conn, START + timedelta(minutes=5)))
    for name, courier in found.all:
        found.phones[name].record(*facts.opening(courier))
        assert await found.day.decisions(found.phones[name], courier) == [("applied", None)]
    yield found
    assert await checks.find_violations(admin_conn) == {}
    await db.close()


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
async def test_server_decides_as_the_vectors_say(books: Books, case: dict[str, Any]) -> None:
    """Tests that outcome, reason and what is left in the books are those of the vectors."""
    for step in case["steps"]:
        if "give" in step:
            await books.give(step["give"], step["to"])
            continue
        name = step["by"]
        phone: Phone = books.phones[name]
        phone.clock.skew_s = -AN_HOUR_S if step.get("is_suspect") else 0.0
        for fact in step["facts"]:
            await books.record(name, fact)
        phone.parted = [books.op_ids[id] for id in step.get("withdrawn", ())]
        decided = await books.day.decisions(phone, books.couriers[name])
        found = [
            (fact["id"], outcome, reason)
            for fact, (outcome, reason) in zip(step["facts"], decided, strict=True)
        ]
        assert found == [(fact["id"], fact["outcome"], fact["reason"]) for fact in step["facts"]]
    for name, stops in case["then"].items():
        for stop, book in stops.items():
            assert await books.book_of(name, stop) == book, f"{name}, {stop}"
