"""Tests that receipt numbers are allotted once, lent once, used once, and kept."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from backend import receipts
from backend.house import House
from backend.kit.errors import Conflict, Refusal
from backend.kit.ids import new_id
from backend.ops import doctor
from backend.receipts import Item, Use, store
from tests.backend.receipts.numbers import NOW, Numbers

NEW_YEAR = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
LAST_EVENING = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)  # 23:59 in Bắc Ninh
FIRST_MINUTE = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


@pytest.fixture
async def unit(conn: asyncpg.Connection) -> Numbers:
    numbers = Numbers()
    await numbers.open(conn)
    return numbers


async def refused(conn: asyncpg.Connection, work) -> str:
    """Return the code of the refusal; what was refused leaves nothing behind."""
    with pytest.raises(Refusal) as caught:
        async with conn.transaction():
            await work
    return caught.value.code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"symbol": "26TAF"}, "receipt_symbol"),  # F is no letter of a symbol
        ({"symbol": "26CAB"}, "receipt_symbol"),
        ({"symbol": "26tab"}, "receipt_symbol"),
        ({"symbol": ""}, "receipt_symbol"),
        ({"first_number": 0}, "receipt_numbers"),
        ({"first_number": 5, "last_number": 4}, "receipt_numbers"),
        ({"last_number": 100_000_000}, "receipt_numbers"),
        ({"template": "EBL02"}, "receipt_face_value"),  # a face value is missing
        ({"face_value_vnd": 5_000}, "receipt_face_value"),  # EBL01 has none
        ({"template": "EBL02", "face_value_vnd": 0}, "receipt_face_value"),
        ({"delegator_tax_code": "0100047517"}, "tax_code_wrong"),
        ({"symbol": "27TAB", "form": "paper"}, "paper_receipts_ended"),
        ({"form": "paper"}, "receipt_form_not_lent"),  # until then nobody could be lent one
        ({"template": "EBL02", "face_value_vnd": 8_000}, "receipt_form_not_lent"),
    ],
)
async def test_allot_refuses_wrong_ranges(
    conn: asyncpg.Connection, unit: Numbers, fields: dict[str, object], code: str
) -> None:
    """Tests that numbers which no receipt may bear are not allotted, and why."""
    assert await refused(conn, unit.allot(conn, **fields)) == code
    assert await receipts.list_ranges(conn, unit.office_id) == []


async def test_allot_gives_numbers_to_one_unit_only(
    conn: asyncpg.Connection, unit: Numbers
) -> None:
    """Tests that no two offices of the country get a number in common; another year may."""
    other = Numbers()
    await other.open(conn)
    await unit.allot(conn)
    taken = other.allot(conn, first_number=1_000, last_number=1_001)
    assert await refused(conn, taken) == "receipt_range_taken"
    await other.allot(conn, first_number=1_001, last_number=1_001)
    await other.allot(conn, symbol="26TAC")
    await other.allot(conn, symbol="27TAB")


async def test_desk_issues_ascending(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that the desk's receipts run 1, 2, 3 and say what was paid."""
    await unit.allot(conn)
    issued = [await receipts.issue(conn, unit.new(), now=NOW) for _ in range(3)]

    assert [receipt.number for receipt in issued] == [1, 2, 3]
    assert issued[0].title == "26TAB 00000001"
    assert issued[0].amount_vnd == 8_000
    assert len({receipt.check_code for receipt in issued}) == 3


async def test_desk_goes_on_in_the_next_range(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a range used up is followed by the next one, and the last one by a refusal."""
    await unit.allot(conn, last_number=2)
    await unit.allot(conn, symbol="26TAC", last_number=1)
    issued = [await receipts.issue(conn, unit.new(), now=NOW) for _ in range(3)]

    assert [receipt.title for receipt in issued] == [
        "26TAB 00000001",
        "26TAB 00000002",
        "26TAC 00000001",
    ]
    last = receipts.issue(conn, unit.new(), now=NOW)
    assert await refused(conn, last) == "no_receipts_left"


async def test_issue_again_is_the_same_receipt(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a receipt sent twice is one receipt, and another under its id is refused."""
    await unit.allot(conn)
    new = unit.new()
    first = await receipts.issue(conn, new, now=NOW)
    assert await receipts.issue(conn, new, now=NOW) == first
    other = unit.new(id=new.id, items=[Item("Khác", 9_000)])
    assert await refused(conn, receipts.issue(conn, other, now=NOW)) == "receipt_used"


async def test_phone_writes_its_own_numbers(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a phone's block is its own: ascending, once, and no number beside it."""
    await unit.allot(conn)
    block = await unit.lend(conn)
    assert (block.first_number, block.last_number) == (1, 10)
    at_desk = await receipts.issue(conn, unit.new(), now=NOW)
    assert at_desk.number == 11
    phone = {"device_id": unit.device, "issued_by": unit.courier}
    for number in (1, 2, 4):
        use = Use(block.id, number)
        receipt = await receipts.issue(conn, unit.new(**phone), use=use, now=NOW)
        assert receipt.number == number
    assert await receipts.list_gaps(conn, unit.office_id, block.id) == [3]
    for fields, use, code in (
        (phone, Use(block.id, 4), "receipt_used"),
        (phone, Use(block.id, 0), "receipt_out_of_range"),
        (phone, Use(block.id, 11), "receipt_out_of_range"),
        (phone, Use(new_id(), 5), "receipt_out_of_range"),
        (phone | {"device_id": new_id()}, Use(block.id, 5), "receipt_out_of_range"),
        (phone | {"kind": "tax"}, Use(block.id, 5), "receipt_out_of_range"),
        (phone | {"occurred_at": FIRST_MINUTE}, Use(block.id, 5), "receipt_out_of_range"),
        (phone | {"items": []}, Use(block.id, 5), "receipt_amount"),
        (phone | {"items": [Item("x", -1)]}, Use(block.id, 5), "receipt_amount"),
    ):
        work = receipts.issue(conn, unit.new(**fields), use=use, now=NOW)
        assert await refused(conn, work) == code, (use, code)
    late = unit.new(**phone, occurred_at=LAST_EVENING)
    assert (await receipts.issue(conn, late, use=Use(block.id, 3), now=NEW_YEAR)).number == 3
    assert await receipts.list_gaps(conn, unit.office_id, block.id) == []


async def test_numbers_begin_anew_on_1_january(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that the last minute of a year and the first of the next count apart."""
    await unit.allot(conn)
    await unit.allot(conn, symbol="27TAB")
    old = await receipts.issue(conn, unit.new(occurred_at=LAST_EVENING), now=LAST_EVENING)
    new = await receipts.issue(conn, unit.new(occurred_at=FIRST_MINUTE), now=FIRST_MINUTE)

    assert (old.title, new.title) == ("26TAB 00000001", "27TAB 00000001")


async def keep_range(conn: asyncpg.Connection, unit: Numbers, **fields: object) -> None:
    """Write a range as offices have from before such were refused."""
    draft = unit.draft(**fields)
    await store.add_range(conn, new_id(), draft, by=unit.cashier, at=NOW)


async def test_paper_ends_with_2026(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that paper allotted before serves through 31/12/2026 and not a minute longer."""
    await keep_range(conn, unit, form="paper")
    block = await receipts.lease_block(
        conn, unit.office_id, "fee", device_id=unit.device, staff_id=unit.courier, num=5, now=NOW,
        form="paper",
    )  # fmt: skip
    phone = {"device_id": unit.device, "issued_by": unit.courier}
    last = unit.new(**phone, occurred_at=LAST_EVENING)
    assert await receipts.issue(conn, last, use=Use(block.id, 1), now=LAST_EVENING)
    work = receipts.lease_block(
        conn, unit.office_id, "fee", device_id=unit.device, staff_id=unit.courier, num=5,
        now=FIRST_MINUTE, form="paper",
    )  # fmt: skip
    assert await refused(conn, work) == "paper_receipts_ended"


async def test_face_value_is_the_amount(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a receipt with a face value is issued for that amount only."""
    await keep_range(conn, unit, template="EBL02", face_value_vnd=8_000)
    # The desk's ordinary numbers are those without a face value.
    assert await refused(conn, receipts.issue(conn, unit.new(), now=NOW)) == "no_receipts_left"


async def test_void_numbers_stay(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a void receipt keeps its number, its content and its reason, and is void once."""
    await unit.allot(conn)
    receipt = await receipts.issue(conn, unit.new(), now=NOW)
    void = {"reason": "sai tên người nộp", "by": unit.cashier, "now": NOW}
    await receipts.void(conn, unit.office_id, receipt.id, **void)
    found = await receipts.find_receipt(conn, unit.office_id, receipt.id)
    assert found is not None
    assert (found.state, found.void_reason, found.amount_vnd) == (
        "void", "sai tên người nộp", 8_000,
    )  # fmt: skip
    again = receipts.void(conn, unit.office_id, receipt.id, **void)
    assert await refused(conn, again) == "receipt_void_already"
    empty = receipts.void(conn, unit.office_id, receipt.id, reason=" ", by=unit.cashier, now=NOW)
    assert await refused(conn, empty) == "needs_reason"
    unknown = receipts.void(conn, unit.office_id, new_id(), **void)
    assert await refused(conn, unknown) == "not_found"
    assert (await receipts.issue(conn, unit.new(), now=NOW)).number == 2


async def test_spoilt_numbers_are_written_off(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a number passed over is written off with a reason, and only once."""
    await unit.allot(conn)
    block = await unit.lend(conn)

    def spoil(number: int):
        use = Use(block.id, number)
        return receipts.spoil(conn, unit.office_id, use, reason="in hỏng", by=unit.courier, now=NOW)

    await spoil(1)
    assert await refused(conn, spoil(1)) == "receipt_used"
    assert await refused(conn, spoil(11)) == "receipt_out_of_range"


async def test_retired_phones_give_back(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a retired phone's numbers go to nobody else, and what it wrote before holds."""
    await unit.allot(conn)
    block = await unit.lend(conn)
    given = await receipts.give_back_of_device(conn, unit.office_id, unit.device, now=NOW)
    assert given == [block.id]
    fresh = await unit.lend(conn)
    assert fresh.first_number == 11
    phone = {"device_id": unit.device, "issued_by": unit.courier}
    late = await receipts.issue(conn, unit.new(**phone), use=Use(block.id, 1), now=NOW)
    assert late.number == 1


async def test_top_up_keeps_each_kind(conn: asyncpg.Connection, unit: Numbers) -> None:
    """Tests that a phone holds enough numbers of each kind that its office has."""
    await unit.allot(conn)
    await unit.allot(conn, kind="tax", symbol="26TTH")
    people = {"device_id": unit.device, "staff_id": unit.courier}
    first = await receipts.top_up(conn, unit.office_id, now=NOW, **people)
    assert sorted(block.kind for block in first) == ["fee", "tax"]
    again = await receipts.top_up(conn, unit.office_id, now=NOW, **people)
    assert [block.id for block in again] == [block.id for block in first]
    fee = next(block for block in first if block.kind == "fee")
    use = Use(fee.id, fee.first_number + 30)
    new = unit.new(device_id=unit.device, issued_by=unit.courier)
    await receipts.issue(conn, new, use=use, now=NOW)
    more = await receipts.top_up(conn, unit.office_id, now=NOW, **people)
    assert sorted(block.kind for block in more) == ["fee", "fee", "tax"]


async def test_eight_desks_draw_eight_numbers(house: House) -> None:
    """Tests that eight cashiers at once get eight numbers, without a gap."""
    unit = Numbers()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await unit.open(conn)
        await unit.allot(conn)
        await receipts.issue(conn, unit.new(), now=NOW)

    async def issue() -> int:
        async with house.db.transaction(actor="test", offices=[unit.office_id]) as conn:
            return (await receipts.issue(conn, unit.new(), now=NOW)).number

    assert sorted(await asyncio.gather(*(issue() for _ in range(8)))) == list(range(2, 10))


async def test_one_number_told_eight_times_is_used_once(house: House) -> None:
    """Tests that a number which eight facts claim belongs to one of them."""
    unit = Numbers()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await unit.open(conn)
        await unit.allot(conn)
        block = await unit.lend(conn)

    async def issue() -> str:
        new = unit.new(device_id=unit.device, issued_by=unit.courier)
        try:
            async with house.db.transaction(actor="test", offices=[unit.office_id]) as conn:
                await receipts.issue(conn, new, use=Use(block.id, 7), now=NOW)
        except Conflict as refusal:
            return refusal.code
        return "issued"

    told = await asyncio.gather(*(issue() for _ in range(8)))
    assert sorted(told) == ["issued", *["receipt_used"] * 7]


FAULTS = {
    "numbers_in_their_blocks": "UPDATE receipts.receipt SET number = 4000",
    "blocks_in_their_ranges": "UPDATE receipts.range SET next_number = 1",
    "amounts_are_their_lines": "UPDATE receipts.receipt SET amount_vnd = 9000",
    "no_paper_from_2027": (
        "UPDATE receipts.receipt SET issued_on = DATE '2027-01-02'; "
        "UPDATE receipts.range SET form = 'paper', year = 2027, symbol = '27TAB'"
    ),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_planted_faults_are_found(
    house: House, admin_conn: asyncpg.Connection, db_url: str, name: str
) -> None:
    """Tests that each rule that must hold finds the fault that breaks it, and no other."""
    unit = Numbers()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await unit.open(conn)
        await unit.allot(conn)
        await receipts.issue(conn, unit.new(), now=NOW)
    assert [f.name for f in await examine(db_url) if not f.is_sound] == []

    await admin_conn.execute(FAULTS[name])

    assert [f.name for f in await examine(db_url) if not f.is_sound] == [name]


async def examine(db_url: str) -> list[doctor.Finding]:
    files = [file for file in doctor.list_invariant_files() if file.parent.name == "receipts"]
    return await doctor.examine(db_url, files)
