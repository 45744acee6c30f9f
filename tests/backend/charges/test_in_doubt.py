"""Tests of money in doubt: the receipt that the citizen holds, and from when its days count."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from backend import charges, receipts
from backend.charges import Charge
from backend.charges.jobs import raise_alarms
from backend.kit.ids import new_id
from backend.receipts import Block, Receipt, Use
from tests.backend.charges.till import DAY, Till
from tests.backend.receipts.numbers import NOW

LATER = NOW + timedelta(days=6)  # 30/11


@pytest.fixture
async def till(conn: asyncpg.Connection) -> Till:
    till = Till()
    await till.open(conn)
    return till


async def doubt_of(
    conn: asyncpg.Connection, till: Till, charge: Charge, block: Block, *, problem: str = "",
    **fields: Any,
) -> UUID:  # fmt: skip
    """Take money at a door that does not pay its charge as it is told; return the doubt."""
    collection = till.take(charge, receipt=Use(block.id, block.first_number), **fields)
    source = msgspec.structs.replace(till.door_of(), problem=problem)
    assert (await charges.collect(conn, collection, source)).kind == "in_doubt"
    return collection.id


def decide(conn: asyncpg.Connection, till: Till, doubt: UUID, answer: str, **fields: Any):
    made = {
        "by": till.cashier, "approved_by": till.controller, "note": "đã đối chiếu", "now": LATER,
    }  # fmt: skip
    return charges.decide_doubt(conn, till.office_id, doubt, answer, **(made | fields))


async def used(conn: asyncpg.Connection, till: Till) -> list[Receipt]:
    return await receipts.list_used(conn, till.office_id, DAY, LATER.date())


async def owe_dearer(conn: asyncpg.Connection, till: Till) -> tuple[Charge, Charge]:
    """Return a charge and another one of a larger amount."""
    return await till.owe(conn), await till.owe(conn, amount_vnd=9_000)


async def test_applied_doubt_has_the_receipt_its_payer_holds(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that the number a phone wrote offline is the receipt, as of the day at the door."""
    block, charge = await till.lend_kind(conn, "tax"), await till.owe(conn, "tax")
    doubt = await doubt_of(conn, till, charge, block, problem="suspect_time")
    await decide(conn, till, doubt, "applied")
    (receipt,) = await used(conn, till)
    assert (receipt.number, receipt.state) == (block.first_number, "issued")
    assert (receipt.issued_on, receipt.issued_by) == (DAY, till.courier)
    (collected,) = await charges.list_collections(conn, till.office_id, charge.id)
    assert collected.receipt_id == receipt.id
    assert await receipts.list_gaps(conn, till.office_id, block.id) == []


async def test_number_of_money_given_back_is_void(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a number in a citizen's hand never counts as stock: it is void, with a reason."""
    block, (charge, _) = await till.lend_kind(conn), await owe_dearer(conn, till)
    await charges.collect(conn, till.take(await till.owe(conn)), till.counter())
    doubt = await doubt_of(conn, till, charge, block, amount_vnd=7_000)
    await decide(conn, till, doubt, "given_back")
    (void,) = [one for one in await used(conn, till) if one.block_id == block.id]
    assert (void.number, void.state, void.void_reason) == (
        block.first_number, "void", "đã đối chiếu",
    )  # fmt: skip


async def test_another_charge_gets_another_receipt(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a receipt never says what it was not written for: that number is void."""
    block, (wrong, right) = await till.lend_kind(conn), await owe_dearer(conn, till)
    doubt = await doubt_of(conn, till, wrong, block, amount_vnd=9_000)
    await decide(conn, till, doubt, "applied", charge_id=right.id)
    found = {one.number: one for one in await used(conn, till)}
    assert found.pop(block.first_number).state == "void"
    (issued,) = found.values()
    assert (issued.subject_id, issued.state, issued.device_id) == (right.id, "issued", None)


async def test_number_of_another_phone_is_left_to_it(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a number which was not this phone's is neither issued nor void by its word."""
    theirs = await receipts.lease_block(
        conn, till.office_id, "fee", device_id=new_id(), staff_id=new_id(), num=20, now=NOW
    )
    charge = await till.owe(conn)
    doubt = await doubt_of(conn, till, charge, theirs)
    await decide(conn, till, doubt, "applied")
    (issued,) = await used(conn, till)
    assert (issued.block_id == theirs.id, issued.state) == (False, "issued")


@pytest.mark.parametrize(
    ("problem", "amount_vnd", "collected_on", "remit_by"),
    [
        # Tuesday's money in doubt by a receipt missing: the day of the taking, one working day.
        ("", 8_000, DAY, date(2026, 11, 25)),
        # A clock that nobody can trust: the day on which two people decided.
        ("suspect_time", 8_000, date(2026, 11, 30), date(2026, 12, 1)),
    ],
)
async def test_days_count_from_the_taking(
    conn: asyncpg.Connection, till: Till, problem: str, amount_vnd: int, collected_on: date,
    remit_by: date,
) -> None:  # fmt: skip
    """Tests that a tax taken on the 24th and applied on the 30th is late, and reported as taken."""
    charge = await till.owe(conn, "tax", amount_vnd=amount_vnd)
    collection = till.take(charge)  # its receipt is missing
    source = msgspec.structs.replace(till.door_of(), problem=problem)
    if problem:
        block = await till.lend_kind(conn, "tax")
        collection = till.take(charge, receipt=Use(block.id, block.first_number))
    await charges.collect(conn, collection, source)
    await decide(conn, till, collection.id, "applied")
    found = await till.find(conn, charge.id)
    assert (found.collected_on, found.remit_by) == (collected_on, remit_by)


async def test_collected_again_it_alarms_again(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that a charge taken back and collected anew has the alarms of its new last day."""
    charge = await till.owe(conn, "tax")
    await charges.collect(conn, till.take(charge), till.counter())
    late = NOW + timedelta(days=3)
    assert await raise_alarms(conn, now=late) == 2  # due and overdue at once
    await charges.take_back(
        conn, till.office_id, charge.id, id=new_id(), by=till.cashier,
        approved_by=till.controller, reason="thu nhầm", now=late,
    )  # fmt: skip
    assert await charges.list_alarms(conn, till.office_id) == []
    await charges.collect(conn, till.take(charge), till.counter(late))
    last_day = (await till.find(conn, charge.id)).remit_by
    assert last_day is not None
    on_the_day = late + (last_day - late.date())
    assert await raise_alarms(conn, now=on_the_day) == 1
    alarms = await charges.list_alarms(conn, till.office_id)
    assert [(one.kind, one.remit_by) for one in alarms] == [("due_today", last_day)]
    assert await raise_alarms(conn, now=on_the_day + timedelta(days=1)) == 1
    alarms = await charges.list_alarms(conn, till.office_id)
    assert [(one.kind, one.remit_by) for one in alarms] == [("overdue", last_day)]
