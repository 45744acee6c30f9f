"""Seeds the demo town once: people, lists, a plan that was published, half a day already lived.

Everything goes through the doors that real people and phones use. Each step is a transaction with
its own mark, so that a start that was cut short goes on where it stopped.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from backend import custody, dispatch, identity, network, partners, proofs, receipts, rounds
from backend.custody import Party
from backend.house import House, make_house
from backend.identity import HOUSE
from backend.kit.clock import at_second, service_day
from backend.kit.sql import Conn
from backend.ops import demo_cash, demo_money, demo_morning, demo_payouts, demo_town
from backend.ops.demo_errands import AFTERNOON, make_list
from backend.ops.demo_morning import Phone
from backend.ops.demo_town import Crew
from backend.settings import Settings
from backend.sync import Caller

SEED: Final = 20_261_123
NUM_PLANNED: Final = 138
NUM_AFTERNOON: Final = 22
NUM_TOMORROW: Final = 30
BUDGET_S: Final = 3
HOUR_S: Final = 3600
LISTS_AT_S: Final = 16 * HOUR_S  # of the agency's last working day
MONEY_AT_S: Final = 6 * HOUR_S
PLAN_AT_S: Final = 6 * HOUR_S + 2400
PUBLISH_AT_S: Final = 7 * HOUR_S
OPEN_AT_S: Final = 7 * HOUR_S + 1500
LIVED_UNTIL_S: Final = 11 * HOUR_S + 1800
NUM_BACK_EARLY: Final = 2
BACK_BEFORE: Final = timedelta(minutes=14)
SIGN_BEFORE: Final = timedelta(minutes=6)
LIVED_MIN: Final = timedelta(hours=1)

FIND_MARK: Final = "SELECT value FROM kit.fact WHERE name = $1"
MARK: Final = "INSERT INTO kit.fact (name, value, at) VALUES ($1, $2, $3)"
FIND_DAY: Final = "demo.day"
DONE: Final = "demo.done"

Step = Callable[[Conn], Awaitable[None]]


@dataclass(frozen=True)
class Day:
    """The day that the town is in the middle of."""

    on: date
    now: datetime
    seed: int

    def at(self, second: int) -> datetime:
        """Return an instant of the day, never in the future."""
        return min(self.now, at_second(self.on, second))

    @property
    def lived_until(self) -> datetime:
        """Half past eleven, or now when that is still to come."""
        return self.at(LIVED_UNTIL_S)


async def is_seeded(house: House) -> bool:
    """Return whether the town is there, whole."""
    async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
        return await conn.fetchval(FIND_MARK, DONE) is not None


async def seed(house: House, *, now: datetime, seed: int = SEED) -> bool:
    """Seed the town into an open house; False when it was there already.

    The day is today's in Vietnam. Started before half past seven nothing has been lived yet: the
    rounds are published and wait. Nothing lies in the future.
    """
    if await is_seeded(house):
        return False
    key = house.settings.demo_key or ""

    async def found(conn: Conn) -> None:
        day = service_day(now)
        await demo_town.found(conn, key, day=day, now=at_second(day, -HOUR_S), seed=seed)
        await conn.execute(MARK, FIND_DAY, {"on": day, "seed": seed}, now)

    await _once(house, "town", now, found)
    day = await _find_day(house, now)
    crews = await _read_crews(house)
    await asyncio.gather(*(_fill(house, day, crew) for crew in crews))
    await _once(house, "done", now, _nothing)
    return True


async def find_citizen_path(settings: Settings, *, now: datetime) -> str | None:
    """Return the path of a page a demo citizen would be sent, or None when nobody waits."""
    house = make_house(settings)
    await house.open(name="tannoi-link", pool_size=1, with_hub=False)
    try:
        token = await make_citizen_link(house, now=now)
    finally:
        await house.close()
    return None if token is None else f"/t/{token}"


async def make_citizen_link(house: House, *, now: datetime) -> str | None:
    """Return the token of a new link to a demo citizen still to be visited, or None."""
    async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
        for crew in await demo_town.find_crews(conn):
            waiting = await rounds.list_open_errands(conn, crew.office.id)
            if waiting:
                return await identity.make_link(
                    conn,
                    office_id=crew.office.id,
                    errand_id=min(waiting),
                    expires_at=now + timedelta(days=30),
                    now=now,
                )
    return None


async def _fill(house: House, day: Day, crew: Crew) -> None:
    """Fill one office: lists, plan, morning, agency, and what came in since."""
    slug = crew.office.code.lower()
    await _once(house, f"{slug}.lists", day.now, lambda conn: _bring_lists(conn, house, day, crew))
    await _owe_and_approve(house, day, crew, slug)
    await _plan(house, day, crew, slug)
    at = day.at(PUBLISH_AT_S)
    await _once(house, f"{slug}.cash", day.now, lambda conn: demo_cash.fill(conn, crew, at))
    await _once(house, f"{slug}.paid", day.now, lambda conn: demo_payouts.pay_some(conn, crew, at))
    for number, courier in enumerate(crew.couriers):

        async def morning(conn: Conn, number: int = number, courier_id: UUID = courier.id) -> None:
            await _live_morning(conn, house, day, crew, number, courier_id)

        await _once(house, f"{slug}.morning.{number}", day.now, morning)
    await _once(house, f"{slug}.agency", day.now, lambda conn: _meet_agency(conn, day, crew))
    await _once(house, f"{slug}.later", day.now, lambda conn: _bring_later(conn, house, day, crew))


async def _owe_and_approve(house: House, day: Day, crew: Crew, slug: str) -> None:
    """Let bills and taxes be owed, and bring and approve the agency's list."""
    at, seed = day.at(MONEY_AT_S), f"{day.seed}:{crew.office.code}:payouts"
    number = [plan.code for plan in demo_town.OFFICES].index(crew.office.code)

    async def owe(conn: Conn) -> None:
        await demo_money.set_up(conn, house, crew, number, day.on, at)

    async def bring(conn: Conn) -> None:
        await demo_payouts.bring(conn, house, crew, at, seed)

    async def approve(conn: Conn) -> None:
        await demo_payouts.approve(conn, house, crew, at)

    await _once(house, f"{slug}.owed", day.now, owe)
    await _once(house, f"{slug}.payouts", day.now, bring)
    await demo_payouts.read(house, crew)
    await _once(house, f"{slug}.approved", day.now, approve)


async def _once(house: House, name: str, now: datetime, step: Step) -> None:
    """Do a step with its mark in one transaction, unless its mark is there."""
    async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
        if await conn.fetchval(FIND_MARK, f"demo.{name}") is None:
            await step(conn)
            await conn.execute(MARK, f"demo.{name}", {}, now)


async def _nothing(_: Conn) -> None:
    """Only the mark."""


async def _find_day(house: House, now: datetime) -> Day:
    """Return the day the town was founded on: a start cut short goes on in the same one."""
    async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
        value = await conn.fetchval(FIND_MARK, FIND_DAY)
    return Day(date.fromisoformat(value["on"]), now, int(value["seed"]))


async def _read_crews(house: House) -> list[Crew]:
    async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
        return await demo_town.find_crews(conn)


async def _bring(conn: Conn, house: House, crew: Crew, raw: bytes, at: datetime) -> None:
    result = await partners.import_errands(
        conn, house.sealer, crew.actor(crew.dispatcher), raw, commit=True, now=at, is_demo=True
    )
    assert not result.faults, f"the demo's own list is sound: {result.faults[:3]}"


def _first_person(crew: Crew, block: int) -> int:
    """Return where the numbers of people of one list begin."""
    return 10_000 * [plan.code for plan in demo_town.OFFICES].index(crew.office.code) + 1000 * block


async def _bring_lists(conn: Conn, house: House, day: Day, crew: Crew) -> None:
    raw = make_list(
        seed=f"{day.seed}:{crew.office.code}:morning",
        places=crew.places,
        num=NUM_PLANNED,
        wanted_on=day.on,
        first_person=_first_person(crew, 0),
    )
    calendar = await network.get_working_days(conn, day.on, day.on)
    brought_on = day.on - timedelta(days=1)
    while not calendar.is_working_day(brought_on):
        brought_on -= timedelta(days=1)
    await _bring(conn, house, crew, raw, at_second(brought_on, LISTS_AT_S))


async def _bring_later(conn: Conn, house: House, day: Day, crew: Crew) -> None:
    """Bring what came in during the morning: most of it to be fetched this afternoon."""
    for block, num, ahead, share, windows in (
        (1, NUM_AFTERNOON, 0, 0.15, AFTERNOON),
        (2, NUM_TOMORROW, 1, 0.6, (*AFTERNOON, "08:00-10:00", "09:00-11:30")),
    ):
        raw = make_list(
            seed=f"{day.seed}:{crew.office.code}:later{block}",
            places=crew.places,
            num=num,
            wanted_on=day.on + timedelta(days=ahead),
            windows=windows,
            share_of_results=share,
            first_person=_first_person(crew, block),
        )
        await _bring(conn, house, crew, raw, day.lived_until)


async def _plan(house: House, day: Day, crew: Crew, slug: str) -> None:
    """Ask for the plan, solve it here, publish it; done once, whatever was cut short before."""
    office_id = crew.office.id
    async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
        if await conn.fetchval(FIND_MARK, f"demo.{slug}.plan") is not None:
            return
        plan_id = await dispatch.ask(
            conn,
            office_id=office_id,
            service_on=day.on,
            asked_by=crew.dispatcher.id,
            now=day.at(PLAN_AT_S),
            budget_s=BUDGET_S,
            seed=day.seed % 1000,
        )
    await dispatch.solve(house, msgspec.json.encode(dispatch.Solve(office_id, plan_id)))

    async def publish(conn: Conn) -> None:
        await dispatch.publish(
            conn,
            office_id=office_id,
            plan_id=plan_id,
            by=crew.dispatcher.id,
            now=day.at(PUBLISH_AT_S),
        )

    await _once(house, f"{slug}.plan", day.now, publish)


async def _live_morning(
    conn: Conn, house: House, day: Day, crew: Crew, number: int, courier_id: UUID
) -> None:
    """Enrol a courier's phone and let it send the morning."""
    opens = at_second(day.on, OPEN_AT_S)
    if day.now <= opens:
        return
    rnd = random.Random(f"{day.seed}:{crew.office.code}:{number}")  # noqa: S311 (no secrets)
    code = await identity.make_code(conn, crew.actor(crew.dispatcher), courier_id, now=opens)
    label = "Máy mẫu của thị trấn thử"
    await identity.enrol(conn, code.code, device_label=label, now=opens, request_id=None)
    devices = [d for d in await identity.list_devices(conn) if d.staff_id == courier_id]
    caller = Caller(
        office_id=crew.office.id,
        device_id=devices[0].id,
        staff_id=courier_id,
        now=opens,
        sealer=house.sealer,
    )
    photo = await _keep_picture(conn, house, rnd, crew.office.id, courier_id, opens)
    phone = Phone(conn, caller, rnd, photo.hex())
    if number == 0:
        await demo_cash.go_out(conn, phone, crew.office.id, courier_id, opens)
    phone.blocks = await receipts.top_up(
        conn, crew.office.id, device_id=caller.device_id, staff_id=courier_id, now=opens
    )
    calendar = await network.get_working_days(conn, day.on, day.on + timedelta(days=14))
    # The last courier of each office has been out of signal for a while.
    silence = timedelta(minutes=40) if number == len(crew.couriers) - 1 else timedelta(0)
    until = max(opens + timedelta(minutes=1), day.lived_until - silence)
    until = min(until, day.now)
    has_lived = await demo_morning.live(
        phone,
        rnd,
        day_starts=opens,
        until=until - (BACK_BEFORE if number < NUM_BACK_EARLY else timedelta(0)),
        next_on=calendar.add(day.on, 2).isoformat(),
        has_broken_seal=number == 0,
    )
    if has_lived and number < NUM_BACK_EARLY and until - opens >= LIVED_MIN:
        await _come_by(conn, phone, day, crew, courier_id, until - SIGN_BEFORE)


async def _keep_picture(
    conn: Conn, house: House, rnd: random.Random, office_id: UUID, courier_id: UUID, at: datetime
) -> bytes:
    picture = demo_morning.make_picture(rnd)
    sha256 = demo_morning.hash_picture(picture)
    media_type = proofs.BlobFolder(house.blob_dir).store(office_id, sha256, picture)
    blob = proofs.Blob(sha256, len(picture), media_type, at, courier_id)
    await proofs.add_blob(conn, office_id, blob)
    return sha256


async def _come_by(
    conn: Conn, phone: Phone, day: Day, crew: Crew, courier_id: UUID, at: datetime
) -> None:
    """Bring the papers taken so far to the office before the agency's lunch."""
    held = await custody.list_held(conn, crew.office.id, Party("courier", courier_id))
    taken = [item.id for item in held if item.kind == "dossier"]
    current, _ = await phone.read_day(at)
    if taken and current is not None:
        phone.record(at, "items.returned", round=current["id"], items=taken)
        await phone.send(at)


async def _meet_agency(conn: Conn, day: Day, crew: Crew) -> None:
    """Let the agency's officer count and sign for the papers at the office, and begin with some."""
    actor = crew.actor(crew.officer)
    expected = await partners.list_expected(conn, actor)
    items = [item.item_id for item in expected.to_receive]
    if not items:
        return
    at = day.lived_until
    record = partners.NewRecord(
        direction="to_agency", items=items, post_staff_id=crew.dispatcher.id, note="Biên bản mẫu"
    )
    await partners.receive(conn, actor, record, at)
    received = (await partners.list_expected(conn, actor)).held
    for dossier in received[::2]:
        answer = partners.AgencyAnswer(agency_state=4, note="Mẫu")
        await partners.answer(conn, actor, dossier.errand_id, answer, at)


async def prepare(settings: Settings, *, with_demo: bool, now: datetime) -> str:
    """Load what every house knows and, for a demo, the town once; return what was done in words."""
    house = make_house(settings)
    await house.open(name="tannoi-seed", with_hub=False)
    try:
        if with_demo:
            is_new = await seed(house, now=now)
            return "demo town made" if is_new else "demo town is there"
        async with house.db.transaction(actor=HOUSE.label, offices="*") as conn:
            num_communes = await network.load_reference(conn)
        return f"{num_communes} communes"
    finally:
        await house.close()
