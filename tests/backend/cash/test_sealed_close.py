"""Tests that a day's close is sealed, and that papers and files bear the root (L13)."""

import json

from backend import charges, ledger
from backend.charges.documents import make_batch_files
from backend.house import House
from backend.kit.ids import new_id
from backend.ledger import Account, Transfer
from backend.payouts.actions import documents, reports
from tests.backend.cash.test_http import DAY, Desk, close, desk, read
from tests.backend.charges.test_files import cashier_of
from tests.backend.charges.test_files import read as text_of
from tests.backend.charges.till import DAY as CHARGED_ON
from tests.backend.charges.till import Till
from tests.backend.desk import MORNING
from tests.backend.payouts.making import Counter, make_counter, row_of
from tests.backend.receipts.numbers import NOW

__all__ = ["desk"]


async def test_closing_a_day_seals_its_last_rows(desk: Desk) -> None:
    """Tests that the sheet of a closed day bears a root over all its rows, copied away at once."""
    house = desk.day.house
    assert (await read(desk.controller, "/days/figures", **DAY))["seal"] is None
    await close(desk)
    seal = (await read(desk.controller, "/days/figures", **DAY))["seal"]
    assert (seal["n"], seal["num_unsealed"]) == (1, 0)
    folder = house.settings.seals_dir or house.settings.data_dir / "seals"
    (line,) = (folder / "roots.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["root"] == seal["root"]
    async with house.db.transaction(actor="house", offices="*") as conn:
        transfer = Transfer(
            id=new_id(), group_id=new_id(), code="test", amount_vnd=1, occurred_at=MORNING,
            debit=Account(desk.day.office_id, "drawer"), created_by=desk.courier,
            credit=Account(desk.day.office_id, "bank"),
        )  # fmt: skip
        await ledger.post(conn, [transfer], now=MORNING)
        posted_on = await ledger.find_open_day(conn, desk.day.office_id)
    # A row that came since is not of that day; the day it counts for says that it is not sealed.
    same = (await read(desk.controller, "/days/figures", **DAY))["seal"]
    assert same["num_unsealed"] == 0
    later = await read(desk.controller, "/days/figures", day=str(posted_on))
    assert later["seal"]["num_unsealed"] == 1


async def test_batch_files_bear_the_root(house: House) -> None:
    """Tests that a payee's CSV and PDF end with the newest root, which they had before there is."""
    till = Till()
    async with house.db.transaction(actor="house", offices="*") as conn:
        await till.open(conn)
        charge = await till.owe(conn, "bill", amount_vnd=1_200_000)
        await charges.collect(conn, till.take(charge), till.counter())
        batch = await charges.make_batch(
            conn, till.office_id, "bill", till.biller, through_on=CHARGED_ON, by=till.cashier,
            now=NOW,
        )  # fmt: skip
        bare = await make_batch_files(
            conn, till.office_id, batch.id, by=cashier_of(till), today=CHARGED_ON
        )
    seal = await ledger.seal_now(house)
    assert seal is not None
    root = seal.root.hex()
    async with house.db.transaction(actor="house", offices="*") as conn:
        files = await make_batch_files(
            conn, till.office_id, batch.id, by=cashier_of(till), today=CHARGED_ON
        )
    assert files.table.startswith(bare.table)
    last = files.table.decode("utf-8-sig").splitlines()[-1]
    assert last.startswith(f'"Niêm phong sổ kỳ {seal.epoch}, số 1: {root}",')
    assert root in text_of(files.paper).replace(" ", "")


async def test_payout_papers_bear_the_root(house: House) -> None:
    """Tests that an agency's list and reconciliation bear the newest root."""
    counter: Counter = await make_counter(house)
    batch = await counter.approved(row_of(1))
    seal = await ledger.seal_now(house)
    assert seal is not None
    root = seal.root.hex()
    about = {"by": counter.day.officer_id, "now": NOW}
    async with counter.begin() as conn:
        table = await reports.export(conn, batch, which="all", format="csv", **about)
        papers = [
            await documents.print_list(conn, batch, which="all", **about),
            await documents.print_reconciliation(conn, batch, **about),
        ]
    assert root in table.decode("utf-8-sig").splitlines()[1]
    for paper in papers:
        assert root in text_of(paper).replace(" ", "")
