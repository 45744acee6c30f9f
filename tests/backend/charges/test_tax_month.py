"""Tests that 03/UNT of a month says how it stood at its end, whenever it is made."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from backend import charges
from backend.charges import Charge
from backend.charges.documents import make_tax_report
from backend.kit.ids import new_id
from tests.backend.charges.test_files import cashier_of, read
from tests.backend.charges.till import DAY, Till
from tests.backend.receipts.numbers import NOW

END = NOW + timedelta(days=6)  # 30 November
NEXT = NOW + timedelta(days=8)  # 2 December, before the report is due


@pytest.fixture
async def till(conn: asyncpg.Connection) -> Till:
    till = Till()
    await till.open(conn)
    return till


async def remit(conn: asyncpg.Connection, till: Till, at: datetime) -> None:
    """Hand on what was collected until a day, on that day."""
    batch = await charges.make_batch(
        conn, till.office_id, "tax", till.tax, through_on=at.date(), by=till.cashier, now=at
    )
    await charges.remit(
        conn, till.office_id, batch.id, approved_by=till.controller, bank_reference="", now=at
    )


async def report(conn: asyncpg.Connection, till: Till, month: int) -> tuple[list, str]:
    """Return due, collected and remitted of each row, and the paper's text."""
    by = cashier_of(till)
    files = await make_tax_report(
        conn, till.office_id, till.tax, 2026, month, by=by, today=NEXT.date()
    )
    rows = [line.split(",") for line in files.table.decode("utf-8-sig").splitlines()][1:]
    return [(row[6], row[7], row[10]) for row in rows], read(files.paper)


async def collect(conn: asyncpg.Connection, till: Till, charge: Charge, at: datetime) -> None:
    await charges.collect(conn, till.take(charge), till.counter(at))


async def test_month_stands_as_it_ended(conn: asyncpg.Connection, till: Till) -> None:
    """Tests that what is paid or remitted in the days after counts in the next month alone."""
    early = await till.owe(conn, "tax", amount_vnd=500_000, due_on=DAY)
    late = await till.owe(conn, "tax", amount_vnd=70_000, due_on=DAY)
    await collect(conn, till, early, END)
    before = await report(conn, till, 11)
    assert before[0] == [("500000", "500000", ""), ("70000", "", "")]
    assert "Đã thu, chưa nộp 500000 đồng" in before[1].replace(":", "")
    await collect(conn, till, late, NEXT)
    await remit(conn, till, NEXT)
    assert (await report(conn, till, 11))[0] == before[0]
    assert "Đã thu, chưa nộp 500000 đồng" in (await report(conn, till, 11))[1].replace(":", "")
    rows, text = await report(conn, till, 12)
    # The earlier month's tax was due and collected there; only its remittance is of this month.
    assert rows == [("70000", "70000", "70000"), ("", "", "500000")]
    assert "Thu từ kỳ trước" in text
    assert "Đã thu, chưa nộp 0 đồng" in text.replace(":", "")


async def test_collection_taken_back_later_still_stood_at_the_end(
    conn: asyncpg.Connection, till: Till
) -> None:
    """Tests that a collection taken back in the next month was there when the first ended."""
    tax = await till.owe(conn, "tax", amount_vnd=500_000, due_on=DAY)
    await collect(conn, till, tax, NOW)
    await charges.take_back(
        conn, till.office_id, tax.id, id=new_id(), by=till.cashier, approved_by=till.controller,
        reason="Thu nhầm người", now=NEXT,
    )  # fmt: skip
    assert (await report(conn, till, 11))[0] == [("500000", "500000", "")]
    assert (await report(conn, till, 12))[0] == [("500000", "", "")]
