"""A town's day in the test's own database: phones speak to the exchange inside the process."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from backend.kit.db import Db
from backend.kit.seal import Sealer
from backend.sync import Caller, exchange, snapshot
from backend.sync.batch import decode_request
from tests.simulation.clocks import START
from tests.simulation.phone import Clock, Phone
from tests.simulation.town import CourierOfTown, Town, Visit, make_town

STROKES = "M1 1 L9 9"
PHOTO = "ab" * 32
SEALER = Sealer({1: bytes(range(32))}, bytes(range(32)))
SEEN = {"method": "cccd", "last4": "0017"}


@dataclass
class Day:
    """A town, the database it lies in, and the hands of a clock the test moves."""

    town: Town
    db: Db
    admin: asyncpg.Connection
    now: datetime
    is_field: bool = True
    """Whether the phones are their couriers' field devices."""

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def phone_of(self, courier: CourierOfTown, *, seed: int = 1, skew_s: float = 0.0) -> Phone:
        """Return a fresh phone of a courier."""
        return Phone(Clock(lambda: self.now, skew_s=skew_s), random.Random(seed))

    def caller(self, courier: CourierOfTown) -> Caller:
        """Return who calls."""
        return Caller(
            office_id=courier.office_id,
            device_id=courier.device_id,
            staff_id=courier.staff_id,
            now=self.now,
            sealer=SEALER,
            is_field=self.is_field,
        )

    async def send(self, phone: Phone, courier: CourierOfTown) -> dict[str, Any]:
        """Send what the phone has without telling it the answer; return the answer."""
        return await self.send_body(phone.make_request(), courier)

    async def send_body(self, body: bytes, courier: CourierOfTown) -> dict[str, Any]:
        """Send the exact bytes of a request; return the answer."""
        request = decode_request(body)
        async with self.db.transaction(actor="courier", offices=[courier.office_id]) as conn:
            reply = await exchange(conn, request, self.caller(courier))
        answer: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(reply))
        return answer

    async def talk(self, phone: Phone, courier: CourierOfTown) -> dict[str, Any]:
        """Exchange, and fetch a snapshot where the phone is told to; return the first answer."""
        reply = await self.send(phone, courier)
        phone.take_reply(reply, phone.request)
        if phone.wants_snapshot:
            async with self.db.transaction(actor="courier", offices=[courier.office_id]) as conn:
                taken = await snapshot(conn, self.caller(courier))
            phone.take_snapshot(msgspec.json.decode(msgspec.json.encode(taken)))
        return reply

    async def decisions(self, phone: Phone, courier: CourierOfTown) -> list[tuple[str, str | None]]:
        """Exchange and return outcome and reason of each fact sent."""
        reply = await self.talk(phone, courier)
        return [(decided["outcome"], decided["reason"]) for decided in reply["decisions"]]


async def open_day(
    admin: asyncpg.Connection, db_url: str, *, num_offices: int = 1, num_couriers: int = 2
) -> Day:
    """Write a town of couriers with six stops each and open the app's pool on it."""
    town = make_town(
        random.Random(3), now=START, num_couriers=num_couriers, num_stops=6, num_offices=num_offices
    )
    await town.write(admin)
    db = Db(db_url)
    await db.open(size=3, name="day")
    return Day(town, db, admin, START + timedelta(minutes=5))


def visit_of(courier: CourierOfTown, kind: str, place: int = 0) -> Visit:
    """Return the courier's first (or later) visit of a kind."""
    return [visit for visit in courier.visits if visit.kind == kind][place]


def load_op(courier: CourierOfTown) -> tuple[str, dict[str, Any]]:
    """Return the fact of packing everything that lies at the office."""
    items = [str(visit.item_id) for visit in courier.visits if visit.item_id]
    return "items.loaded", {"round": str(courier.round_id), "items": items, "missing": []}


def deliver_op(visit: Visit, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Return the fact of handing a result over."""
    return "result.delivered", {
        "stop": str(visit.stop_id),
        "act": str(visit.act_id),
        "is_seal_whole": True,
        "identity": SEEN,
        "proxy": None,
        "reclaimed": [],
        "sign_citizen": STROKES,
        "photos": [PHOTO],
        **changes,
    }


def accept_op(visit: Visit, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Return the fact of taking papers."""
    return "dossier.accepted", {
        "stop": str(visit.stop_id),
        "act": str(visit.act_id),
        "checklist": [{"paper": "to_khai", "form": "original", "count": 1}],
        "seal": "NP-77",
        "sealed_before_citizen": True,
        "fee_shown_vnd": 0,
        "identity": SEEN,
        "proxy": None,
        "sign_citizen": STROKES,
        "sign_courier": STROKES,
        "photos": [PHOTO],
        **changes,
    }


def fail_op(visit: Visit, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Return the fact of nobody being at home."""
    return "visit.failed", {
        "stop": str(visit.stop_id),
        "act": str(visit.act_id),
        "reason": "ABSENT",
        "photos": [PHOTO],
        "note": "",
        "invited": True,
        **changes,
    }
