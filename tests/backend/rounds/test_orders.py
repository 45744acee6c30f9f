"""Tests of money orders and charges at a door: facts of a phone, held where notes are in doubt."""

from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec
import pytest

from backend import charges, doorstep, identity, ledger, money_orders, network, rounds
from backend.charges import NewCharge
from backend.dossiers import Identity
from backend.house import House
from backend.identity import CitizenDraft
from backend.kit.errors import Conflict
from backend.kit.ids import new_id
from backend.ledger import Account, Transfer
from backend.money_orders import Judged, NewOrder, Order, SenderDoor, Source, Taking
from backend.money_orders.actions.taking import Bring
from backend.money_orders.jobs import bring
from backend.receipts import Item
from backend.rounds import ActDraft, RoundDraft, StopDraft
from tests.backend.desk import MORNING, TODAY, Day, make_day
from tests.backend.money_orders.counter import PAYEE, SENDER, other

SIGNED = "M1 1 L9 9"


class Round:
    """An office whose first courier has acts of money on a round."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.courier = day.couriers[0]
        self.device = new_id()

    async def door(self, conn: asyncpg.Connection) -> tuple[UUID, UUID]:
        """Return a citizen and a door of the office."""
        office_id = self.day.office_id
        draft = CitizenDraft(office_id=office_id, name="Nguyễn Thị Mẫu", is_demo=True)
        citizen_id = await identity.save_citizen(conn, self.day.house.sealer, draft, now=MORNING)
        point = await network.save_point(
            conn, office_id=office_id, address_text="Số 7 đường Mẫu, phường Kinh Bắc", now=MORNING,
            commune_code="09187", lat=21.18, lon=106.06,
        )  # fmt: skip
        return citizen_id, point.id

    async def publish(self, conn: asyncpg.Connection, id: UUID, kind: str) -> None:
        """Put an act of money that is due on the courier's round."""
        errand = await doorstep.lock(conn, self.day.office_id, id)
        assert errand is not None
        stop = StopDraft(
            delivery_point_id=errand.delivery_point_id, citizen_id=errand.citizen_id,
            planned_s=30_000, tw_early_s=None, tw_late_s=None, service_duration_s=300,
            acts=[ActDraft(id, kind)],
        )  # fmt: skip
        draft = RoundDraft(
            courier_id=self.courier, shift_id=new_id(), starts_s=27_000, ends_s=61_200,
            lunch_at_s=None, lunch_duration_s=0, duration_s=3_600, distance_m=2_000, stops=[stop],
        )  # fmt: skip
        await rounds.publish(
            conn, office_id=self.day.office_id, service_on=TODAY, plan_id=new_id(),
            drafts=[draft], now=MORNING,
        )  # fmt: skip

    async def perform(
        self,
        conn: asyncpg.Connection,
        kind: str,
        id: UUID,
        *,
        time_quality: Literal["good", "suspect"] = "good",
        **fields: Any,
    ) -> tuple[str, str | None]:
        """Let the phone tell a fact; return outcome and reason."""
        row = await conn.fetchrow("SELECT stop_id, id FROM rounds.act WHERE errand_id = $1", id)
        assert row is not None
        op_id = new_id()
        said = {"id": op_id, "kind": kind, "v": 1, "stop": row[0], "act": row[1], **fields}
        op = msgspec.convert(said, rounds.KINDS[kind][0])
        context = rounds.Context(
            office_id=self.day.office_id, courier_id=self.courier, op_id=op_id,
            occurred_at=MORNING, received_at=MORNING, time_quality=time_quality,
            sealer=self.day.house.sealer, device_id=self.device,
        )  # fmt: skip
        decision = await rounds.perform(conn, op, context)
        return decision.outcome, decision.reason

    async def bring_order(self, conn: asyncpg.Connection, new: NewOrder) -> tuple[Order, str]:
        """Take an order at the counter and put it on the round to its payee; return its PIN too."""
        office_id, by, sealer = self.day.office_id, self.day.dispatcher.id, self.day.house.sealer
        order = await money_orders.book(conn, sealer, new, by=by, now=MORNING)
        source = Source(office_id=office_id, at=MORNING, received_at=MORNING, staff_id=by)
        taking = Taking(
            office_id=office_id, order_id=order.id, amount_vnd=order.amount_vnd,
            fee_vnd=order.fee_vnd,
        )  # fmt: skip
        await money_orders.take(conn, sealer, taking, source)
        pin = await money_orders.make_pin(conn, sealer, office_id, order.id)
        assert await bring(conn, sealer, Bring(office_id, order.id), now=MORNING) == office_id
        await self.publish(conn, order.id, "order.pay")
        return order, pin

    async def judge(
        self, conn: asyncpg.Connection, order: Order, pin: str, *, last4: str = "0123",
        amount_vnd: int | None = None, courier: UUID | None = None,
    ) -> Judged:  # fmt: skip
        """Ask as a phone does before the notes are handed over."""
        row = await conn.fetchrow(
            "SELECT stop_id, id FROM rounds.act WHERE errand_id = $1", order.id
        )
        assert row is not None
        context = rounds.Context(
            office_id=self.day.office_id, courier_id=courier or self.courier, op_id=new_id(),
            occurred_at=MORNING, received_at=MORNING, time_quality="good",
            sealer=self.day.house.sealer, device_id=self.device,
        )  # fmt: skip
        amount_vnd = order.amount_vnd if amount_vnd is None else amount_vnd
        asked = rounds.OrderAsked(row[0], row[1], pin, amount_vnd, Identity("cccd", last4))
        return await rounds.judge_order(conn, asked, context)

    async def give_cash(self, conn: asyncpg.Connection, amount_vnd: int) -> None:
        hand, bank = self.account("hand"), Account(self.day.office_id, "bank")
        transfer = Transfer(
            id=new_id(), group_id=new_id(), code="test", debit=hand, credit=bank,
            amount_vnd=amount_vnd, occurred_at=MORNING, created_by=self.day.dispatcher.id,
        )  # fmt: skip
        await ledger.post(conn, [transfer], now=MORNING)

    def account(self, kind: str) -> Account:
        return Account(self.day.office_id, kind, self.courier if kind == "hand" else None)

    async def balance(self, conn: asyncpg.Connection, kind: str) -> int:
        return (await ledger.find_balance(conn, self.account(kind))).amount_vnd


@pytest.fixture
async def here(house: House) -> Round:
    return Round(await make_day(house))


def new_order(here: Round, **fields: Any) -> NewOrder:
    made = {
        "office_id": here.day.office_id, "id": new_id(), "amount_vnd": 2_000_000,
        "purpose": "Gửi cho gia đình", "sender": SENDER, "payee": PAYEE,
    }  # fmt: skip
    return NewOrder(**(made | fields))


async def test_order_is_taken_at_a_door(here: Round, house: House) -> None:
    """Tests that a phone's fact takes an order once, and a second one is held with its notes."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        citizen_id, point_id = await here.door(conn)
        door = SenderDoor(citizen_id=citizen_id, delivery_point_id=point_id, wanted_on=TODAY)
        order = await money_orders.book(
            conn, house.sealer, new_order(here), by=here.day.dispatcher.id, now=MORNING, door=door
        )
        await here.publish(conn, order.id, "order.take")
        told = {
            "amount_vnd": order.amount_vnd, "fee_vnd": order.fee_vnd,
            "identity": {"method": "cccd", "last4": "0017"}, "sign_citizen": SIGNED,
        }  # fmt: skip
        assert await here.perform(conn, "order.taken", order.id, **told) == ("applied", None)
        assert await here.balance(conn, "hand") == 2_025_000
        (errand,) = await doorstep.list_errands(conn, here.day.office_id, [order.id])
        assert errand.state == "done"
        held = await here.perform(conn, "order.taken", order.id, **told)
        assert held == ("held", "order_not_booked")
        assert await here.balance(conn, "suspense") == -2_025_000


async def test_order_of_a_suspect_clock_is_held(here: Round, house: House) -> None:
    """Tests that an order taken by a phone whose clock jumped is held, its notes kept."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        citizen_id, point_id = await here.door(conn)
        door = SenderDoor(citizen_id=citizen_id, delivery_point_id=point_id, wanted_on=TODAY)
        order = await money_orders.book(
            conn, house.sealer, new_order(here), by=here.day.dispatcher.id, now=MORNING, door=door
        )
        await here.publish(conn, order.id, "order.take")
        said = await here.perform(
            conn, "order.taken", order.id, time_quality="suspect",
            amount_vnd=order.amount_vnd, fee_vnd=order.fee_vnd,
            identity={"method": "cccd", "last4": "0017"}, sign_citizen=SIGNED,
        )  # fmt: skip
        assert said == ("held", "suspect_time")
        assert await here.balance(conn, "hand") == 2_025_000
        assert await here.balance(conn, "suspense") == -2_025_000


async def test_order_is_paid_at_a_door(here: Round, house: House) -> None:
    """Tests that an order brought to a door is paid against its grant and paper, else held."""
    payee = msgspec.structs.replace(PAYEE, address="Số 9, phường Kinh Bắc, tỉnh Bắc Ninh")
    async with house.db.transaction(actor="house", offices="*") as conn:
        await here.give_cash(conn, 10_000_000)
        for forge in (str, lambda _: "00" * 32, lambda _: "", lambda _: "no grant"):
            new = new_order(here, to_door=True, payee=payee)
            order, pin = await here.bring_order(conn, new)
            grant = (await here.judge(conn, order, pin)).grant.hex()
            assert pin.encode().hex() not in grant
            told = {
                "amount_vnd": order.amount_vnd, "grant": forge(grant),
                "identity": {"method": "cccd", "last4": "0123"}, "sign_citizen": SIGNED,
            }  # fmt: skip
            said = await here.perform(conn, "order.paid", order.id, **told)
            assert said == (("applied", None) if forge is str else ("held", "wrong_pin"))
        assert await here.balance(conn, "hand") == 2_000_000
        assert await here.balance(conn, "suspense") == 6_000_000
        assert await doorstep.list_due(conn, here.day.office_id, TODAY) == []


async def test_order_paid_by_a_suspect_clock_is_held(here: Round, house: House) -> None:
    """Tests that nobody's day of cash is guessed: the notes wait for two people."""
    payee = msgspec.structs.replace(PAYEE, address="Số 9, phường Kinh Bắc, tỉnh Bắc Ninh")
    async with house.db.transaction(actor="house", offices="*") as conn:
        await here.give_cash(conn, 10_000_000)
        order, pin = await here.bring_order(conn, new_order(here, to_door=True, payee=payee))
        grant = (await here.judge(conn, order, pin)).grant.hex()
        said = await here.perform(
            conn, "order.paid", order.id, time_quality="suspect", amount_vnd=order.amount_vnd,
            grant=grant, identity={"method": "cccd", "last4": "0123"}, sign_citizen=SIGNED,
        )  # fmt: skip
        assert said == ("held", "suspect_time")
        assert await here.balance(conn, "hand") == 8_000_000
        assert await here.balance(conn, "suspense") == 2_000_000
        found = await money_orders.find_order(conn, here.day.office_id, order.id)
        assert found is not None
        assert found.state == "taken"


async def test_phone_asks_before_the_notes_are_gone(here: Round, house: House) -> None:
    """Tests that a phone is told why an order would not be paid, and that three wrong PINs lock."""
    payee = msgspec.structs.replace(PAYEE, address="Số 9, phường Kinh Bắc, tỉnh Bắc Ninh")
    async with house.db.transaction(actor="house", offices="*") as conn:
        order, pin = await here.bring_order(conn, new_order(here, to_door=True, payee=payee))
        assert (await here.judge(conn, order, pin)).reason == ""
        for field, reason in (
            ({"last4": "0124"}, "wrong_identity"),
            ({"amount_vnd": 1}, "order_amount_differs"),
        ):
            assert await here.judge(conn, order, pin, **field) == Judged(reason, b"")
        with pytest.raises(Conflict, match="not_your_round"):
            await here.judge(conn, order, pin, courier=here.day.couriers[1])
        wrong = [await here.judge(conn, order, other(pin)) for _ in range(3)]
        assert [one.reason for one in wrong] == ["wrong_pin", "wrong_pin", "pin_locked"]
        assert await here.judge(conn, order, pin) == Judged("pin_locked", b"")
        found = await money_orders.find_order(conn, here.day.office_id, order.id)
        assert found is not None
        assert found.state == "taken"
        assert await here.balance(conn, "suspense") == 0


async def test_charge_is_collected_at_a_door(here: Round, house: House) -> None:
    """Tests that postage due at a door is collected into the hand, and another sum is held."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        citizen_id, point_id = await here.door(conn)
        door = charges.Door(citizen_id=citizen_id, delivery_point_id=point_id, wanted_on=TODAY)
        for amount_vnd, said in (
            (20_000, ("applied", None)),
            (19_000, ("held", "charge_amount_differs")),
        ):
            charge = NewCharge(
                office_id=here.day.office_id, id=new_id(), kind="postage", payee_id=None,
                payer_name="Nguyễn Thị Mẫu", items=[Item("Cước", 20_000)], due_on=TODAY,
                made_by=here.day.dispatcher.id, door=door,
            )  # fmt: skip
            await charges.add_many(conn, [charge], now=MORNING)
            await here.publish(conn, charge.id, "charge.collect")
            told = {"amount_vnd": amount_vnd, "method": "cash", "photos": []}
            assert await here.perform(conn, "charge.collected", charge.id, **told) == said
        assert await here.balance(conn, "hand") == 39_000
        assert await here.balance(conn, "suspense") == -19_000
        assert await doorstep.list_due(conn, here.day.office_id, TODAY) == []
