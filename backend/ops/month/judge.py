"""What must hold at the end of the month, and wrong figures planted to see that each is found."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import asyncpg

from backend import ledger, payouts, verify_ledger
from backend.house import House
from backend.kit.db import prepare, set_walls
from backend.kit.sql import Queries
from backend.ops.doctor import list_invariant_files
from backend.ops.month.day import Tally
from backend.ops.month.town import Bureau
from backend.payouts import reconcile

End = Literal["found", "unseen", "refused", "absent"]
"""What became of a planted fault."""
TABLE = re.compile(r"(?:UPDATE|DELETE FROM) ([a-z_.]+)")
EMPTY: list[ledger.AccountKind] = [
    "hand", "in_transit", "suspense", "fee_payable", "biller_payable", "tax_payable",
]  # fmt: skip
"""What holds nothing once a month is over."""
PLANTS: dict[str, str] = {
    "a transfer's amount": "UPDATE ledger.transfer SET amount_vnd = amount_vnd + 1000 "
    "WHERE id = (SELECT id FROM ledger.transfer WHERE phase = 'single' LIMIT 1)",
    "a transfer taken out": "DELETE FROM ledger.transfer WHERE id = ("
    "SELECT id FROM ledger.transfer WHERE code LIKE 'payout.%' LIMIT 1)",
    "a balance": "UPDATE ledger.balance SET dp = dp + 1000 WHERE account_id = ("
    "SELECT id FROM ledger.account WHERE kind = 'drawer' LIMIT 1)",
    "a payout called unpaid": "UPDATE payouts.payout SET state = 'unpaid' WHERE id = ("
    "SELECT id FROM payouts.payout WHERE state = 'paid' LIMIT 1)",
    "a payout's sum": "UPDATE payouts.payout SET amount_vnd = amount_vnd + 1000 WHERE id = ("
    "SELECT id FROM payouts.payout WHERE state = 'paid' LIMIT 1)",
    "a charge called due": "UPDATE charges.charge SET state = 'due', collected_on = NULL, "
    "batch_id = NULL WHERE id = ("
    "SELECT id FROM charges.charge WHERE state = 'remitted' LIMIT 1)",
    "a charge's sum": "UPDATE charges.charge SET amount_vnd = amount_vnd + 1000 WHERE id = ("
    "SELECT id FROM charges.charge WHERE state = 'remitted' LIMIT 1)",
    "a difference": "UPDATE cash.difference SET amount_vnd = amount_vnd - 1000 WHERE id = ("
    "SELECT id FROM cash.difference LIMIT 1)",
    "a seal": "UPDATE ledger.seal SET num_rows = num_rows + 1 WHERE n = 1",
}


@dataclass
class Verdict:
    """What was found; `faults` and `unseen` are empty when all closes."""

    faults: list[str]
    unseen: list[str]
    """Planted, and nothing noticed."""
    refused: list[str]
    """What the table itself did not take, or where nothing was to be made wrong."""
    num_planted: int


async def judge(house: House, admin_url: str, bureaus: list[Bureau], tally: Tally) -> Verdict:
    """Return what does not close, and which planted fault nobody noticed."""
    faults = [
        *await _judge_lists(house, bureaus),
        *await _judge_accounts(house, bureaus, tally),
    ]
    conn = await asyncpg.connect(admin_url)
    await prepare(conn)
    try:
        faults += await _look(conn, house)
        ends = {name: await _plant(conn, house, plant) for name, plant in PLANTS.items()}
    finally:
        await conn.close()
    unseen = [name for name, end in ends.items() if end == "unseen"]
    refused = [f"{name}: {end}" for name, end in ends.items() if end in ("refused", "absent")]
    return Verdict(faults, unseen, refused, len(PLANTS) - len(refused))


async def _judge_lists(house: House, bureaus: list[Bureau]) -> list[str]:
    """Settle every agency: what it gave is what was paid, went back, or is carried over."""
    faults = []
    for bureau in bureaus:
        async with house.db.transaction(actor="month", offices=[bureau.office_id]) as conn:
            for batch in bureau.lists:
                current = await payouts.get_list(conn, bureau.office_id, batch.id)
                found = await reconcile(conn, current)
                if found.difference_vnd or current.state != "closed":
                    faults.append(
                        f"list {batch.number} of office {bureau.number}: "
                        f"{found.difference_vnd} đ, {current.state}"
                    )
    return faults


async def _judge_accounts(house: House, bureaus: list[Bureau], tally: Tally) -> list[str]:
    """Hold hands, payables, shortages and the trial balance against what was done."""
    faults = []
    short_vnd = over_vnd = 0
    async with house.db.transaction(actor="month", offices="*") as conn:
        for bureau in bureaus:
            faults += [
                f"office {bureau.number}: {row.kind} has {row.amount_vnd} đ left"
                for row in await ledger.list_balances(conn, bureau.office_id, EMPTY)
                if row.amount_vnd or row.dh or row.ch
            ]
            for row in await ledger.list_balances(conn, bureau.office_id, ["shortage", "overage"]):
                short_vnd += row.amount_vnd if row.kind == "shortage" else 0
                over_vnd += row.cp - row.dp if row.kind == "overage" else 0
            if await ledger.list_pending(conn, bureau.office_id):
                faults.append(f"office {bureau.number}: hand-overs wait")
        trial = await ledger.list_trial(conn)
    if sum(row.dp for row in trial) != sum(row.cp for row in trial):
        faults.append("the trial balance does not close")
    if short_vnd != tally.short_vnd + tally.owed_vnd:
        faults.append(f"shortages: {short_vnd} in the books, {tally.short_vnd} happened")
    if over_vnd != tally.over_vnd:
        faults.append(f"surpluses: {over_vnd} in the books, {tally.over_vnd} happened")
    return faults


async def _look(conn: asyncpg.Connection, house: House) -> list[str]:
    """Ask every invariant of every room, and the verifier that imports none of ours."""
    await conn.execute("SELECT set_config('app.offices', '*', false)")
    faults = []
    for file in list_invariant_files():
        queries = Queries(Path(file))
        for name in queries.names():
            rows = await conn.fetch(queries.sql(name))
            if rows:
                faults.append(f"{file.parent.name}.{name}: {len(rows)} rows")
    books = await verify_ledger.read_tables(conn)
    key = ledger.public_key(house.settings.ledger_key)
    found = verify_ledger.verify(books, key)
    return faults + found.words[:10]


async def _plant(conn: asyncpg.Connection, house: House, plant: str) -> End:
    """Plant a wrong figure as a superuser would, see whether it is found, take it back."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        await set_walls(conn, actor="month", offices="*")
        table = TABLE.match(plant)
        assert table is not None, "a plant changes one table"
        await conn.execute(f"ALTER TABLE {table[1]} DISABLE TRIGGER ALL")
        try:
            status = await conn.execute(plant)
        except asyncpg.IntegrityConstraintViolationError:
            return "refused"
        if status.endswith(" 0"):
            return "absent"  # a small month may have no difference
        return "found" if await _look(conn, house) else "unseen"
    finally:
        await transaction.rollback()
