"""Verbs of what counts left open: a shortage paid back, written off, a surplus ended (L10).

Repaying moves notes into the drawer and needs nobody else. All that makes a debt or a surplus
smaller without notes, and any note out of the drawer for it, is asked by one and allowed by
another person.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from backend import ledger
from backend.cash import store
from backend.cash.actions.handovers import desk_topic, tell_hand
from backend.cash.model import Debt, DebtLine, Notes, Proposal, Repayment, total_of
from backend.kit import live
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.sql import Conn
from backend.ledger import Account, Line, Transfer

REPAID = "debt.repaid"
SETTLED = ("single", "post")
NUM_LINES_MAX = 2_000


async def list_debts(conn: Conn, office_id: UUID) -> list[Debt]:
    """Return who owes the drawer how much, the most first."""
    balances = await ledger.list_balances(conn, office_id, ["shortage"])
    owed = {b.owner_id: b.amount_vnd for b in balances if b.owner_id and b.amount_vnd > 0}
    names = await store.list_names(conn, office_id, list(owed))
    debts = []
    for owner_id, amount_vnd in owed.items():
        lines = await list_lines(conn, office_id, owner_id)
        debts.append(Debt(owner_id, names.get(owner_id), amount_vnd, find_since(lines)))
    return sorted(debts, key=lambda debt: -debt.amount_vnd)


async def list_lines(conn: Conn, office_id: UUID, owner_id: UUID) -> list[DebtLine]:
    """Return what made somebody's debt more and less, in the order of the book.

    Raises `NotFound` for nobody of the office.
    """
    if not await store.list_names(conn, office_id, [owner_id]):
        raise NotFound()
    account = Account(office_id, "shortage", owner_id)
    found = await ledger.list_lines(conn, account, date.min, date.max, limit=NUM_LINES_MAX)
    people = {id for line in found for id in (line.created_by, line.approved_by) if id}
    names = await store.list_names(conn, office_id, sorted(people))
    after_vnd = 0
    lines = []
    for line in found:
        if line.phase not in SETTLED:
            continue
        amount_vnd = line.amount_vnd if line.debit_id == account.id else -line.amount_vnd
        after_vnd += amount_vnd
        lines.append(_line(line, amount_vnd, after_vnd, names))
    return lines


def find_since(lines: Sequence[DebtLine]) -> datetime | None:
    """Return when the oldest shortage that is not paid yet was booked; payments end old ones first.

    None where nothing is owed.
    """
    paid_vnd = -sum(line.amount_vnd for line in lines if line.amount_vnd < 0)
    for line in lines:
        paid_vnd -= max(0, line.amount_vnd)
        if paid_vnd < 0:
            return line.at
    return None


def _line(line: Line, amount_vnd: int, after_vnd: int, names: dict[UUID, str]) -> DebtLine:
    return DebtLine(
        id=line.id,
        code=line.code,
        amount_vnd=amount_vnd,
        after_vnd=after_vnd,
        at=line.posted_at,
        made_by=names.get(line.created_by),
        approved_by=names.get(line.approved_by) if line.approved_by else None,
        reason=line.reason,
    )


async def find_debt_vnd(conn: Conn, office_id: UUID, owner_id: UUID) -> int:
    """Return what somebody owes."""
    balance = await ledger.find_balance(conn, Account(office_id, "shortage", owner_id))
    return balance.amount_vnd


async def find_surplus_vnd(conn: Conn, office_id: UUID) -> int:
    """Return what lies in the drawer and belongs to nobody yet, đồng."""
    balance = await ledger.find_balance(conn, Account(office_id, "overage"))
    return balance.cp - balance.dp


async def find_loss_vnd(conn: Conn, office_id: UUID) -> int:
    """Return what the office bears of its own, đồng."""
    balance = await ledger.find_balance(conn, Account(office_id, "loss"))
    return balance.dp - balance.cp


async def repay(
    conn: Conn, *, office_id: UUID, id: UUID, owner_id: UUID, notes: Notes, by: UUID, now: datetime
) -> None:
    """Take notes for a debt into the drawer, once for an id however often it is asked.

    Raises `NotFound` for nobody of the office, `Invalid` `nothing_counted`, `Conflict`
    `over_debt`, `transfer_differs` (the id was used for something else).
    """
    if not await store.list_names(conn, office_id, [owner_id]):
        raise NotFound()
    amount_vnd = total_of(notes)
    if amount_vnd == 0:
        raise Invalid("nothing_counted")
    await store.lock_debt(conn, office_id, owner_id)
    credit = Account(office_id, "shortage", owner_id)
    known = await ledger.find_transfer(conn, office_id, id)
    if known is not None:
        if (known.code, known.credit_id, known.amount_vnd) != (REPAID, credit.id, amount_vnd):
            raise Conflict("transfer_differs")
        return
    owed_vnd = await check_debt(conn, office_id, owner_id, amount_vnd)
    transfer = Transfer(
        id=id,
        group_id=id,
        code=REPAID,
        debit=Account(office_id, "drawer"),
        credit=credit,
        amount_vnd=amount_vnd,
        occurred_at=now,
        created_by=by,
    )
    await _post(conn, transfer, now)
    await store.add_count(
        conn,
        office_id,
        ledger.transfer_id(id, 1),
        subject="debt",
        subject_id=id,
        side="cashier",
        by=by,
        at=now,
        notes=notes,
        expected_vnd=owed_vnd,
    )
    await tell_hand(conn, office_id, owner_id)


async def get_repayment(conn: Conn, office_id: UUID, id: UUID) -> Repayment:
    """Return notes that were taken for a debt, as the slip prints them; raise `NotFound`."""
    line = await ledger.get_transfer(conn, office_id, id)
    if line.code != REPAID:
        raise NotFound()
    owner_id = await store.find_owner(conn, office_id, line.credit_id)
    names = await store.list_names(conn, office_id, [owner_id, line.created_by])
    counts = await store.list_counts(conn, office_id, "debt", id)
    left = next(one for one in await list_lines(conn, office_id, owner_id) if one.id == id)
    return Repayment(
        id=id,
        owner=names.get(owner_id, ""),
        taken_by=names.get(line.created_by, ""),
        at=line.occurred_at,
        amount_vnd=line.amount_vnd,
        left_vnd=left.after_vnd,
        notes=counts[0].notes if counts else {},
    )


async def check_debt(conn: Conn, office_id: UUID, owner_id: UUID, amount_vnd: int) -> int:
    """Refuse more than is owed, `over_debt`; return what is owed."""
    owed_vnd = await find_debt_vnd(conn, office_id, owner_id)
    if amount_vnd > owed_vnd:
        raise Conflict("over_debt", owed_vnd=owed_vnd)
    return owed_vnd


async def check_surplus(conn: Conn, office_id: UUID, amount_vnd: int) -> None:
    """Refuse more than is over: `over_surplus`."""
    over_vnd = await find_surplus_vnd(conn, office_id)
    if amount_vnd > over_vnd:
        raise Conflict("over_surplus", over_vnd=over_vnd)


async def settle(
    conn: Conn, office_id: UUID, asked: Proposal, *, approved_by: UUID, now: datetime
) -> None:
    """Post what was asked of a debt or a surplus, by both people.

    Raises `Conflict`: `over_debt`, `over_surplus`, `not_covered` (the drawer has less).
    """
    assert asked.amount_vnd is not None, "the table says so"
    surplus = Account(office_id, "overage")
    if asked.kind == "write_off":
        assert asked.subject_id is not None, "the table says so"
        await store.lock_debt(conn, office_id, asked.subject_id)
        await check_debt(conn, office_id, asked.subject_id, asked.amount_vnd)
        # The office bears it; what others paid too much stays theirs.
        debit = Account(office_id, "loss")
        credit = Account(office_id, "shortage", asked.subject_id)
    else:
        await store.lock_debt(conn, office_id, office_id)
        await check_surplus(conn, office_id, asked.amount_vnd)
        is_given = asked.kind == "return_surplus"
        debit, credit = surplus, Account(office_id, "drawer" if is_given else "service_revenue")
    transfer = Transfer(
        id=asked.id,
        group_id=asked.id,
        code=f"write_off.{asked.kind}",
        debit=debit,
        credit=credit,
        amount_vnd=asked.amount_vnd,
        occurred_at=now,
        created_by=asked.made_by,
        approved_by=approved_by,
        reason=asked.reason,
    )
    await _post(conn, transfer, now)
    if asked.subject_id is not None:
        await tell_hand(conn, office_id, asked.subject_id)


async def _post(conn: Conn, transfer: Transfer, now: datetime) -> None:
    await ledger.post(conn, [transfer], now=now)
    await live.publish(conn, desk_topic(transfer.debit.office_id))
