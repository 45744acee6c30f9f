"""Tests that every fact of money that is held has a way to its end (L11): the shift can close."""

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from backend import charges, doorstep, money_orders, payouts
from backend.charges import NewCharge
from backend.kit import catalog
from backend.kit.errors import Conflict
from backend.kit.ids import new_id
from backend.receipts import Item
from backend.rounds import KINDS, Context
from backend.sync import jobs as sync_jobs
from backend.sync import rules
from backend.sync.actions import decide as deciding
from backend.sync.store import queries
from tests.backend.desk import MORNING, TODAY
from tests.backend.rounds.test_money import Door, make_payout
from tests.backend.rounds.test_money import door as door  # the fixture
from tests.backend.rounds.test_money_held import ask
from tests.backend.rounds.test_money_held import decide as allow
from tests.backend.rounds.test_orders import Round, new_order

SEED = random.randrange(10**9)
NUM_FACTS = 160
NUM_REASONS = 80
"""Of all that this house can say, by chance."""
MONEY = sorted(kind for kind in KINDS if rules.moves_money(kind))
SEEN = {"identity": {"method": "cccd", "last4": "0123"}, "sign_citizen": "M1 1 L9 9"}


async def list_left(door: Door) -> list[tuple[UUID, str, str | None]]:
    """Return op, kind and reason of what is still held."""
    async with door.counter.begin() as conn:
        rows = await conn.fetch(
            "SELECT d.op_id, o.kind, d.reason FROM sync.op_decision d JOIN sync.op_log o "
            "USING (office_id, op_id) WHERE d.outcome = 'held' AND NOT EXISTS (SELECT FROM "
            "sync.op_decision l WHERE l.op_id = d.op_id AND l.n > d.n)"
        )
    return [tuple(row) for row in rows]


async def settle(door: Door, op_id: UUID) -> None:
    """Let two people settle the doubt of a fact, in whichever room it stands."""
    counter = door.counter
    two = {"by": counter.cashier, "approved_by": counter.controller, "now": door.now}
    async with counter.begin() as conn:
        doubt_id = await conn.fetchval("SELECT id FROM payouts.doubt WHERE op_id = $1", op_id)
        if doubt_id is not None:
            await payouts.settle_doubt(
                conn, office_id=counter.office_id, doubt_id=doubt_id, as_="courier_owes",
                reason="đã hỏi", **two,
            )  # fmt: skip
        for collected in await charges.list_doubts(conn, counter.office_id):
            if collected.id == op_id:
                await charges.decide_doubt(
                    conn, counter.office_id, op_id, "given_back", note="đã trả khách", **two
                )
        for doubt in await money_orders.list_doubts(conn, counter.office_id):
            if doubt.id == op_id:
                asked = await money_orders.propose(
                    conn, counter.office_id, "bring_home", op_id, note="đã hỏi",
                    by=counter.cashier, now=door.now,
                )  # fmt: skip
                await money_orders.approve(
                    conn, counter.office_id, asked, by=counter.controller, now=door.now
                )
    said = doorstep.Settled(counter.office_id, op_id, counter.controller, "đã hỏi")
    await sync_jobs.on_settled(counter.house, msgspec.json.encode(said))


async def end(door: Door, op_id: UUID) -> str:
    """Bring a held fact to its end; return the way it went."""
    try:
        proposal = await ask(door, op_id, "noop")
    except Conflict as refusal:
        if refusal.code != "money_in_doubt":
            raise
        await settle(door, op_id)
        return "settled"
    await allow(door, proposal, door.counter.controller)
    return "noop"


async def check_ended(door: Door, courier: UUID) -> None:
    """Check that nothing of a courier's is held, and that the shift knows."""
    assert await list_left(door) == []
    async with door.counter.begin() as conn:
        left = await queries.one(
            conn, "money_left", lambda held, leases: held, office_id=door.counter.office_id,
            staff_id=courier, subjects=sorted(rules.FIELD_SUBJECTS),
        )  # fmt: skip
        told = await conn.fetch("SELECT num_held FROM cash.shift WHERE courier_id = $1", courier)
    assert left == 0
    assert {row[0] for row in told} <= {0}


async def test_every_reason_has_a_way_out(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a fact of which nothing is booked can be set aside, whatever it is held for."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    await door.give_float(courier, 10)
    rnd = random.Random(SEED)
    reasons: dict[UUID, str] = {}

    async def refuse(_conn: Any, _fact: Any, ctx: Context) -> None:
        raise Conflict(reasons[ctx.op_id])

    monkeypatch.setattr(deciding, "perform", refuse)
    for reason in rnd.sample(sorted(catalog.SENTENCES), NUM_REASONS):
        kind = rnd.choice([one for one in MONEY if one.startswith("cash.")])
        fields = {
            "handover": str(new_id()), "to": str(new_id()), "notes": {"500000": 1},
            "amount_vnd": 500_000,
        }  # fmt: skip
        reasons[UUID(phone.record(kind, fields))] = reason
    while phone.acked < phone.head:
        await door.talk(phone, courier)
    assert {op_id: reason for op_id, _, reason in await list_left(door)} == reasons, SEED
    for op_id, _, reason in await list_left(door):
        assert await end(door, op_id) == "noop", (SEED, reason)
    await check_ended(door, courier)


class Acts:
    """Acts of every kind of money on a courier's round, each with what it is of."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.charges: dict[str, tuple[UUID, UUID]] = {}
        self.take = self.pay = (new_id(), new_id())

    async def open(self) -> None:
        """Put a pension, charges due and cancelled, and two money orders on rounds."""
        counter, here = self.door.counter, Round(self.door.counter.day)
        await self.door.publish(await make_payout(self.door), counter.courier)
        async with counter.begin() as conn:
            citizen_id, point_id = await here.door(conn)
            at = {"citizen_id": citizen_id, "delivery_point_id": point_id, "wanted_on": TODAY}
            for name in ("due", "cancelled"):
                charge = NewCharge(
                    office_id=counter.office_id, id=new_id(), kind="postage", payee_id=None,
                    payer_name="Nguyễn Thị Mẫu", items=[Item("Cước", 20_000)], due_on=TODAY,
                    made_by=counter.cashier, door=charges.Door(**at),
                )  # fmt: skip
                await charges.add_many(conn, [charge], now=MORNING)
                await here.publish(conn, charge.id, "charge.collect")
                self.charges[name] = await self._act_of(conn, charge.id)
                if name == "cancelled":
                    await charges.cancel(conn, counter.office_id, charge.id, reason="trùng",
                                         now=MORNING)  # fmt: skip
            order = await money_orders.book(
                conn, counter.house.sealer, new_order(here), by=counter.cashier, now=MORNING,
                door=money_orders.SenderDoor(**at),
            )  # fmt: skip
            await here.publish(conn, order.id, "order.take")
            self.take = await self._act_of(conn, order.id)
            payee = msgspec.structs.replace(new_order(here).payee, address="Số 9, Kinh Bắc")
            brought, _ = await here.bring_order(conn, new_order(here, to_door=True, payee=payee))
            self.pay = await self._act_of(conn, brought.id)

    async def _act_of(self, conn: Any, errand_id: UUID) -> tuple[UUID, UUID]:
        row = await conn.fetchrow(
            "SELECT stop_id, id FROM rounds.act WHERE errand_id = $1", errand_id
        )
        return row[0], row[1]

    def facts(self, rnd: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
        """Say what a phone may say of them, sound or not."""
        counter = self.door.counter
        while True:
            kind = rnd.choice([*MONEY, "cash.strange"])
            money = rnd.choice([0, 20_000, 500_000, 2_000_000, 3_500_000, 40_000_000])
            stop, act = {
                "payout.paid": self.door.acts[counter.courier],
                "charge.collected": self.charges[rnd.choice(["due", "cancelled"])],
                "order.taken": self.take,
                "order.paid": self.pay,
            }.get(kind, (new_id(), new_id()))
            yield (
                kind,
                {
                    "stop": str(stop),
                    "act": str(act if rnd.random() < 0.9 else new_id()),
                    "amount_vnd": money,
                    "lease": rnd.choice([None, str(new_id())]),
                    "proxy": None,
                    "photos": [],
                    "method": rnd.choice(["cash", "qr"]),
                    "receipt": rnd.choice([None, {"block": str(new_id()), "number": 7}]),
                    "fee_vnd": rnd.choice([0, 25_000, -5]),
                    "grant": rnd.choice(["", "00" * 32, "no grant"]),
                    "handover": str(new_id()),
                    "to": str(rnd.choice([*counter.day.couriers, new_id()])),
                    "notes": rnd.choice([{"500000": money // 500_000}, {"300000": 1}, {}]),
                    **(SEEN if rnd.random() < 0.9 else {}),
                },
            )


async def test_every_held_fact_of_money_comes_to_its_end(door: Door) -> None:
    """Tests that facts of all kinds, sound or not, of phones in service or not, all end."""
    courier, rnd = door.counter.courier, random.Random(SEED)
    phone = await door.add_phone(courier)
    acts = Acts(door)
    await acts.open()
    await door.give_float(courier, 10)
    facts = acts.facts(rnd)
    for _ in range(NUM_FACTS):
        phone.record(*next(facts))
        door.wait(minutes=1)
        if rnd.random() < 0.3:
            await door.talk(phone, courier, is_field=rnd.random() < 0.8)
    while phone.acked < phone.head:
        await door.talk(phone, courier)
    held = await list_left(door)
    assert len({reason for _, _, reason in held}) > 8, (SEED, held)
    # Notes that left a hand which has not enough in the books are settled once it has.
    await door.counter.give_float(40_000_000_000, courier)
    await door.counter.give_float(40_000_000_000)
    ways = {await end(door, op_id) for op_id, _, _ in held}
    assert ways == {"noop", "settled"}, SEED
    await check_ended(door, courier)


async def test_qr_of_a_cancelled_charge_needs_nobody(door: Door) -> None:
    """Tests that a QR shown for a charge cancelled meanwhile holds nothing: no notes moved."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    acts = Acts(door)
    await acts.open()
    stop, act = acts.charges["cancelled"]
    phone.record(
        "charge.collected",
        {"stop": str(stop), "act": str(act), "amount_vnd": 20_000, "method": "qr", "photos": []},
    )
    assert await door.talk(phone, courier) == [("noop", "charge_cancelled")]
    assert await door.hand_vnd(courier) == 0
