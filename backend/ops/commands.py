"""What an operator does by hand, in the house's name: people, files, plans."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from backend import dispatch, identity, network, partners, sync
from backend.dispatch import PlanRow
from backend.house import House, make_house
from backend.identity import AuditEntry, Role, Staff, StaffDraft
from backend.kit import clock
from backend.kit.csv_table import Fault
from backend.kit.sql import Conn
from backend.network import Office
from backend.ops.errors import CannotRun
from backend.ops.migrate import connect
from backend.ops.place import Place

LOOK_EVERY_S: Final = 0.5
LEAVE_S: Final = 60
"""How long beyond its own budget a plan is waited for."""


@dataclass(frozen=True)
class Person:
    """A member of staff as the operator describes them."""

    office: str
    """The office's code."""
    username: str
    display_name: str
    role: Role
    badge: str | None
    partner: str | None
    """The agency's code, for agency officers."""
    all_offices: bool
    password: str | None
    """None for couriers, who sign in with a code handed over at the office."""


@asynccontextmanager
async def open_house(place: Place) -> AsyncIterator[House]:
    """Give the house of a place, with its pool open."""
    house = make_house(place.settings())
    await house.open(name="tannoi-cli", pool_size=2, with_hub=False)
    try:
        yield house
    finally:
        await house.close()


async def add_user(place: Place, person: Person) -> Staff:
    """Add a member of staff; refusals are those of `identity.add_staff`."""
    async with (
        open_house(place) as house,
        house.db.transaction(actor="cli", offices="*") as conn,
    ):
        now = clock.now()
        office = await _get_office(conn, person.office)
        partner_id = await _find_partner_id(conn, person.partner)
        draft = StaffDraft(
            office_id=office.id,
            username=person.username,
            display_name=person.display_name,
            role=person.role,
            badge=person.badge,
            partner_id=partner_id,
            all_offices=person.all_offices,
            password=person.password,
        )
        staff = await identity.add_staff(conn, draft, now=now)
        entry = AuditEntry(
            office_id=office.id,
            at=now,
            action="staff.add",
            object_kind="staff",
            object_id=staff.id,
            outcome="granted",
        )
        await identity.audit(conn, entry)
        return staff


async def import_errands(place: Place, raw: bytes, *, commit: bool) -> partners.ImportResult:
    """Judge a file of errands and, with `commit`, book the good rows."""
    async with (
        open_house(place) as house,
        house.db.transaction(actor="cli", offices="*") as conn,
    ):
        return await partners.import_errands(
            conn, house.sealer, identity.HOUSE, raw, commit=commit, now=clock.now()
        )


async def import_offices(place: Place, raw: bytes) -> tuple[int, int, list[Fault]]:
    """Add the offices of a file; return how many rows there are, how many are good, the faults."""
    async with (
        open_house(place) as house,
        house.db.transaction(actor="cli", offices="*") as conn,
    ):
        await network.load_reference(conn)
        found = await network.import_offices(conn, raw)
        return found.num_rows, found.num_accepted, found.faults


async def import_unsent(place: Place, raw: bytes) -> list[sync.Brought]:
    """Keep the facts that a phone wrote into a file, for a person to look at."""
    async with (
        open_house(place) as house,
        house.db.transaction(actor="cli", offices="*") as conn,
    ):
        return await sync.take_file(conn, raw, house.sealer.agreement, now=clock.now())


async def plan(
    place: Place,
    office_code: str,
    service_on: date | None,
    *,
    budget_s: int,
    publish: bool,
    show: Callable[[PlanRow], None],
) -> tuple[PlanRow, list[UUID]]:
    """Ask for a plan of a day, wait for the worker's draft, and publish it if wanted.

    Returns the plan and the rounds made of it. Refusals are those of `dispatch.ask` and
    `dispatch.publish`.
    """
    async with open_house(place) as house:
        async with house.db.transaction(actor="cli", offices="*") as conn:
            office = await _get_office(conn, office_code)
            plan_id = await dispatch.ask(
                conn,
                office_id=office.id,
                service_on=service_on or clock.service_day(clock.now()),
                asked_by=dispatch.HOUSE_ID,
                now=clock.now(),
                budget_s=budget_s,
            )
        found = await _wait_for_draft(house, office.id, plan_id, budget_s, show)
        if not publish:
            return found, []
        async with house.db.transaction(actor="cli", offices="*") as conn:
            rounds = await dispatch.publish(
                conn,
                office_id=office.id,
                plan_id=plan_id,
                by=dispatch.HOUSE_ID,
                now=clock.now(),
            )
        return found, rounds


async def _wait_for_draft(
    house: House, office_id: UUID, plan_id: UUID, budget_s: int, show: Callable[[PlanRow], None]
) -> PlanRow:
    deadline = time.monotonic() + budget_s + LEAVE_S
    while time.monotonic() < deadline:
        async with house.db.transaction(actor="cli", offices="*") as conn:
            found = await dispatch.get_plan(conn, office_id, plan_id)
        show(found)
        if found.state == "failed":
            raise CannotRun(f"The plan could not be made ({found.failure}); see the worker's log.")
        if found.state not in ("queued", "solving"):
            return found
        await asyncio.sleep(LOOK_EVERY_S)
    raise CannotRun(
        "No worker has finished the plan in time. Is one running (./run, or `tannoi worker`)? The "
        "plan stays asked for."
    )


async def _get_office(conn: Conn, code: str) -> Office:
    offices = {office.code: office for office in await network.list_offices(conn)}
    if code not in offices:
        known = ", ".join(offices) or "none yet, see `tannoi import offices`"
        raise CannotRun(f"There is no office {code}. Known: {known}.")
    return offices[code]


async def _find_partner_id(conn: Conn, code: str | None) -> UUID | None:
    if code is None:
        return None
    ids = {partner.code: partner.id for partner in await identity.list_partners(conn)}
    if code not in ids:
        raise CannotRun(f"There is no agency {code}. Known: {', '.join(ids) or 'none'}.")
    return ids[code]


async def bump_epoch(place: Place) -> int:
    """Begin a new epoch, as after every restore or lossy failover (R9); return it.

    One more than the copy's is not enough: after a second restore of the same copy phones would
    know the number from the first, and notice nothing. The clock's milliseconds were never used.
    """
    conn = await connect(place.admin_url)
    try:
        epoch: int = await conn.fetchval(
            "UPDATE sync.epoch SET since = now(), epoch = greatest("
            "epoch + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) RETURNING epoch"
        )
        # Seals begin a new series: rows that the copy lacks were sealed under the old one (L13).
        await conn.execute("UPDATE ledger.epoch SET epoch = $1", epoch)
    finally:
        await conn.close()
    return epoch
