"""Money at the door through the exchange: leases, two phones offline, and notes in doubt."""

import random
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from backend import cash, doorstep, network, payouts, rounds
from backend.house import House
from backend.identity.actions import devices, sessions
from backend.kit.clock import at_second
from backend.kit.errors import Conflict
from backend.kit.ids import new_id
from backend.payouts import Payout
from backend.rounds import ActDraft, RoundDraft, StopDraft
from backend.sync import Caller, decide_held, exchange, snapshot
from backend.sync import jobs as sync_jobs
from backend.sync.actions import desk, leases
from backend.sync.batch import decode_request
from tests.backend.payouts.making import HOME, Counter, make_counter, row_of
from tests.simulation import keys
from tests.simulation.phone import Clock, Phone

SERVICE_ON = date(2026, 12, 3)
MORNING = at_second(SERVICE_ON, 7 * 3600)
SEEN = {"method": "cccd"}
PHONE_KEY = keys.pair_of("money")


class Door:
    """An office whose couriers have a pension each to pay at home; their phones; a clock."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.now = MORNING
        self.devices: dict[UUID, UUID] = {}
        self.acts: dict[UUID, tuple[UUID, UUID]] = {}

    async def add_phone(self, courier_id: UUID) -> Phone:
        """Enrol a phone of a courier; the newest is the field device."""
        day = self.counter.day
        async with self.counter.begin() as conn:
            code = await devices.make_code(conn, day.dispatcher, courier_id, now=self.now)
            opened = await devices.enrol(
                conn, code.code, device_label="Nokia", now=self.now, request_id=None
            )
            assert opened is not None
            actor = await sessions.read_actor(conn, opened.session_token, now=self.now)
            assert actor is not None
            assert actor.device_id is not None
            self.devices[courier_id] = actor.device_id
        return Phone(Clock(lambda: self.now), random.Random(len(self.devices)))

    async def publish(self, payout: Payout, courier_id: UUID) -> None:
        """Put a home payout on a round of a courier."""
        office_id = self.counter.office_id
        async with self.counter.begin() as conn:
            errand = await doorstep.lock(conn, office_id, payout.id)
            assert errand is not None
            stop = StopDraft(
                delivery_point_id=errand.delivery_point_id,
                citizen_id=errand.citizen_id,
                planned_s=9 * 3600,
                tw_early_s=None,
                tw_late_s=None,
                service_duration_s=errand.service_duration_s,
                acts=[ActDraft(payout.id, "payout.pay")],
            )
            draft = RoundDraft(
                courier_id=courier_id, shift_id=new_id(), starts_s=27_000, ends_s=61_200,
                lunch_at_s=None, lunch_duration_s=0, duration_s=9_000, distance_m=9_000,
                stops=[stop],
            )  # fmt: skip
            await rounds.publish(
                conn, office_id=office_id, service_on=SERVICE_ON, plan_id=new_id(),
                drafts=[draft], now=self.now,
            )  # fmt: skip
            row = await conn.fetchrow(
                "SELECT stop_id, id FROM rounds.act WHERE errand_id = $1 AND state = 'open'",
                payout.id,
            )
            assert row is not None
            self.acts[courier_id] = (row[0], row[1])

    async def lease(self, courier_id: UUID) -> UUID:
        """Ask for the lists of the day; return the lease."""
        office_id, device_id = self.counter.office_id, self.devices[courier_id]
        async with self.counter.begin() as conn:
            await leases.issue_for_day(
                conn, office_id=office_id, courier_id=courier_id, device_id=device_id, now=self.now
            )
            current = await leases.list_current(conn, office_id, device_id)
        return current[-1].id

    async def give_float(self, courier_id: UUID, num_notes: int) -> None:
        """Let a float of 500,000 notes go out through the counter's own door."""
        counter = self.counter
        async with counter.begin() as conn:
            offered = await cash.issue(
                conn, office_id=counter.office_id, courier_id=courier_id,
                notes={500_000: num_notes}, by=counter.cashier, now=self.now,
            )  # fmt: skip
            await cash.accept(
                conn, counter.office_id, offered.id, by=courier_id,
                notes={500_000: num_notes}, occurred_at=self.now, now=self.now,
            )  # fmt: skip

    def pay(self, phone: Phone, courier_id: UUID, payout: Payout, lease: UUID | None) -> None:
        """Record on the phone that the money was given."""
        stop_id, act_id = self.acts[courier_id]
        fields: dict[str, Any] = {
            "stop": str(stop_id),
            "act": str(act_id),
            "lease": lease and str(lease),
            "amount_vnd": payout.amount_vnd,
            "identity": {**SEEN, "last4": payout.id_last4},
            "proxy": None,
            "sign_citizen": "M1 1 L9 9",
            "photos": [],
        }
        phone.record("payout.paid", fields)

    async def talk(self, phone: Phone, courier_id: UUID, *, is_field: bool = True) -> list[Any]:
        """Send what the phone has; return outcome and reason of each fact."""
        counter = self.counter
        caller = Caller(
            office_id=counter.office_id, device_id=self.devices[courier_id],
            staff_id=courier_id, now=self.now, sealer=counter.house.sealer, is_field=is_field,
        )  # fmt: skip
        request = decode_request(phone.make_request())
        async with counter.house.db.transaction(
            actor="courier", offices=[counter.office_id]
        ) as conn:
            reply = await exchange(conn, request, caller)
        said = msgspec.json.decode(msgspec.json.encode(reply))
        phone.take_reply(said, phone.request)
        return [(one["outcome"], one["reason"]) for one in said["decisions"]]

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def hand_vnd(self, courier_id: UUID) -> int:
        return await self.counter.balance_vnd("hand", courier_id)


@pytest.fixture
async def door(house: House) -> Door:
    counter = await make_counter(house)
    async with counter.begin() as conn:
        await network.load_reference(conn)
    await counter.give_float(100_000_000)
    return Door(counter)


async def make_payout(door: Door) -> Payout:
    batch = await door.counter.approved(row_of(1, 3_500_000, **HOME))
    await door.counter.place(batch)
    (payout,) = await door.counter.rows(batch)
    return payout


async def test_payout_is_paid_under_its_lease(door: Door) -> None:
    """Tests that a pension paid offline by the phone that has its list is paid, once."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    lease = await door.lease(courier)
    await door.give_float(courier, 10)
    door.wait(hours=2)
    door.pay(phone, courier, payout, lease)
    door.wait(hours=3)
    assert await door.talk(phone, courier) == [("applied", None)]
    assert await door.hand_vnd(courier) == 1_500_000
    assert await door.counter.owed_vnd() == 0


async def test_two_phones_offline_pay_one_pension(door: Door) -> None:
    """Tests that of two couriers who both paid one is posted and one held, both notes in the books.

    The list was taken from the first, who was offline, by two people, and given to the second.
    """
    counter = door.counter
    first, second = counter.day.couriers[:2]
    one, other = await door.add_phone(first), await door.add_phone(second)
    payout = await make_payout(door)
    await door.publish(payout, first)
    lease = await door.lease(first)
    for courier in (first, second):
        await door.give_float(courier, 10)
    async with counter.begin() as conn:
        asked = await desk.ask_release(
            conn, office_id=counter.office_id, lease_id=lease, reason="máy hỏng",
            by=counter.cashier, now=door.now,
        )  # fmt: skip
        await desk.decide_release(
            conn, office_id=counter.office_id, proposal_id=asked, is_allowed=True,
            by=counter.controller, now=door.now,
        )  # fmt: skip
        await rounds.remove_errands(conn, counter.office_id, [payout.id], door.now)
    await door.publish(payout, second)
    second_lease = await door.lease(second)
    door.wait(hours=1)
    door.pay(other, second, payout, second_lease)
    door.pay(one, first, payout, lease)
    door.wait(hours=1)
    assert await door.talk(other, second) == [("applied", None)]
    ((outcome, reason),) = await door.talk(one, first)
    assert outcome == "held"
    assert reason in ("no_lease", "already_paid")
    assert (await door.hand_vnd(first), await door.hand_vnd(second)) == (1_500_000, 1_500_000)
    assert await counter.balance_vnd("suspense") == 3_500_000
    assert await counter.owed_vnd() == 0


@pytest.mark.parametrize(
    ("hours", "has_lease", "reason"),
    [
        (13.9, True, None),  # just within the server's limit
        (14.1, True, "lease_expired"),
        (1, False, "no_lease"),
    ],
)
async def test_payment_is_judged_by_the_lease_of_its_instant(
    door: Door, hours: float, has_lease: bool, reason: str | None
) -> None:
    """Tests that who pays after the list's time, or without it, is held with the notes booked."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    lease = await door.lease(courier)
    await door.give_float(courier, 10)
    door.wait(hours=hours)
    door.pay(phone, courier, payout, lease if has_lease else None)
    expected = ("applied", None) if reason is None else ("held", reason)
    assert await door.talk(phone, courier) == [expected]
    assert await door.hand_vnd(courier) == 1_500_000
    assert await door.counter.balance_vnd("suspense") == (0 if reason is None else 3_500_000)


async def test_another_device_than_the_field_device_moves_nothing(door: Door) -> None:
    """Tests that a courier's older phone cannot pay, and a person may let its fact count later."""
    counter, courier = door.counter, door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    lease = await door.lease(courier)
    await door.give_float(courier, 10)
    door.pay(phone, courier, payout, lease)
    said = await door.talk(phone, courier, is_field=False)
    assert said == [("held", "not_field_device")]
    assert await door.hand_vnd(courier) == 5_000_000
    (op_id,) = phone.shown
    async with counter.begin() as conn:
        with pytest.raises(Conflict, match="second_person_needed"):
            await decide_held(
                conn, office_id=counter.office_id, op_id=UUID(op_id), outcome="applied",
                by=counter.cashier, note="đã xem", now=door.now, sealer=counter.house.sealer,
            )  # fmt: skip
    async with counter.begin() as conn:
        await decide_held(
            conn, office_id=counter.office_id, op_id=UUID(op_id), outcome="applied",
            by=counter.cashier, approved_by=counter.controller, note="đã xem", now=door.now,
            sealer=counter.house.sealer,
        )  # fmt: skip
    assert await door.hand_vnd(courier) == 1_500_000


async def test_money_in_doubt_is_not_waved_away(door: Door) -> None:
    """Tests that nobody sets a fact aside whose notes stand in suspense."""
    counter, courier = door.counter, door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    await door.give_float(courier, 10)
    door.pay(phone, courier, payout, None)
    assert await door.talk(phone, courier) == [("held", "no_lease")]
    (op_id,) = phone.shown
    for outcome in ("noop", "applied"):
        with pytest.raises(Conflict):
            async with counter.begin() as conn:
                await decide_held(
                    conn, office_id=counter.office_id, op_id=UUID(op_id), outcome=outcome,
                    by=counter.cashier, approved_by=counter.controller, note="", now=door.now,
                    sealer=counter.house.sealer,
                )  # fmt: skip
    async with counter.begin() as conn:
        (doubt,) = await payouts.list_doubts(conn, counter.office_id)
        assert doubt.reason == "no_lease"


async def test_settled_doubt_decides_its_fact(door: Door) -> None:
    """Tests that two people's word on money in doubt reaches the phone and frees the shift."""
    counter, courier = door.counter, door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    await door.give_float(courier, 10)
    door.pay(phone, courier, payout, None)
    await door.talk(phone, courier)
    (op_id,) = phone.shown
    async with counter.begin() as conn:
        (doubt,) = await payouts.list_doubts(conn, counter.office_id)
        await payouts.settle_doubt(
            conn, office_id=counter.office_id, doubt_id=doubt.id, as_="valid",
            by=counter.cashier, approved_by=counter.controller, reason="đã gọi", now=door.now,
        )  # fmt: skip
    news = msgspec.json.encode(
        doorstep.Settled(counter.office_id, UUID(op_id), counter.controller, "đã gọi")
    )
    for _ in range(2):
        await sync_jobs.on_settled(counter.house, news)
    async with counter.begin() as conn:
        rows = await conn.fetch(
            "SELECT n, outcome, reason FROM sync.op_decision WHERE op_id = $1 ORDER BY n",
            UUID(op_id),
        )
        num_held = await conn.fetchval("SELECT num_held FROM cash.shift")
    assert [tuple(row) for row in rows] == [(1, "held", "no_lease"), (2, "applied", "settled")]
    assert num_held == 0
    assert await counter.balance_vnd("suspense") == 0


async def test_cash_document_tells_balance_leases_and_lines(door: Door) -> None:
    """Tests that a phone hears of its cash and its lists with the next exchange."""
    courier = door.counter.courier
    await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    lease = await door.lease(courier)
    await door.give_float(courier, 10)
    caller = Caller(
        office_id=door.counter.office_id, device_id=door.devices[courier], staff_id=courier,
        now=door.now, sealer=door.counter.house.sealer, is_field=True,
    )  # fmt: skip
    async with door.counter.begin() as conn:
        taken = await snapshot(conn, caller)
    said = msgspec.json.decode(msgspec.json.encode(taken))
    doc = next(one for one in said["docs"] if one["kind"] == "cash")["doc"]
    assert (doc["balance_vnd"], doc["lines"][-1]["amount_vnd"]) == (5_000_000, 5_000_000)
    assert [one["id"] for one in doc["leases"]] == [str(lease)]


async def test_failed_payout_is_due_again(door: Door) -> None:
    """Tests that nobody at home puts a payout off to the next working day, and pays nothing."""
    courier = door.counter.courier
    phone = await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    stop_id, act_id = door.acts[courier]
    phone.record(
        "visit.failed",
        {
            "stop": str(stop_id), "act": str(act_id), "reason": "ABSENT", "photos": ["ab" * 32],
            "note": "", "invited": False,
        },
    )  # fmt: skip
    assert await door.talk(phone, courier) == [("applied", None)]
    async with door.counter.begin() as conn:
        errand = await doorstep.lock(conn, door.counter.office_id, payout.id)
    assert errand is not None
    assert (errand.state, errand.num_attempts) == ("due", 1)
    assert errand.wanted_on > SERVICE_ON


async def test_stop_tells_under_what_its_list_is_lent(door: Door) -> None:
    """Tests that a phone finds the lease of a payout, and can tell a slip in the last digits."""
    courier = door.counter.courier
    await door.add_phone(courier)
    payout = await make_payout(door)
    await door.publish(payout, courier)
    await door.lease(courier)
    caller = Caller(
        office_id=door.counter.office_id, device_id=door.devices[courier], staff_id=courier,
        now=door.now, sealer=door.counter.house.sealer, is_field=True,
    )  # fmt: skip
    async with door.counter.begin() as conn:
        taken = msgspec.json.decode(msgspec.json.encode(await snapshot(conn, caller)))
    docs = {one["kind"]: one["doc"] for one in taken["docs"]}
    (act,) = docs["stop"]["acts"]
    assert [one["share_id"] for one in docs["cash"]["leases"]] == [act["share_id"]]
    sum_of = sha256(f"{payout.id}:{payout.id_last4}".encode()).hexdigest()
    assert sum_of.startswith(act["shown"]["last4_check"])
    assert payout.id_last4 not in msgspec.json.encode(act["shown"]["payee"]).decode()
