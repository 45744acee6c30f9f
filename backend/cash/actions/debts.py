"""Verbs of what counts left open: a shortage paid back, written off, a surplus ended (L10).

Repaying moves notes into the drawer and needs nobody else. All that makes a debt or a surplus
smaller without notes, and any note out of the drawer for it, is asked by one and allowed by
another person.
"""

from datetime import datetime
from uuid import UUID

from backend import ledger
from backend.cash import store
from backend.cash.actions.handovers import desk_topic, tell_hand
from backend.cash.model import Debt, Notes, Proposal, total_of
from backend.kit import live
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer


async def list_debts(conn: Conn, office_id: UUID) -> list[Debt]:
    """Return who owes the drawer how much, the most first."""
    balances = await ledger.list_balances(conn, office_id, ["shortage"])
    owed = {b.owner_id: b.amount_vnd for b in balances if b.owner_id and b.amount_vnd > 0}
    told = await store.list_debtors(conn, office_id, list(owed))
    debts = []
    for owner_id, amount_vnd in owed.items():
        name, since = told.get(owner_id, (None, None))
        debts.append(Debt(owner_id, name, amount_vnd, since))
    return sorted(debts, key=lambda debt: -debt.amount_vnd)


async def find_debt_vnd(conn: Conn, office_id: UUID, owner_id: UUID) -> int:
    """Return what somebody owes."""
    balance = await ledger.find_balance(conn, Account(office_id, "shortage", owner_id))
    return balance.amount_vnd


async def find_surplus_vnd(conn: Conn, office_id: UUID) -> int:
    """Return what lies in the drawer and belongs to nobody yet."""
    balance = await ledger.find_balance(conn, Account(office_id, "overage"))
    return balance.cp - balance.dp


async def repay(
    conn: Conn, *, office_id: UUID, owner_id: UUID, notes: Notes, by: UUID, now: datetime
) -> UUID:
    """Take notes for a debt into the drawer; return the transfer.

    Raises `NotFound` for nobody of the office, `Invalid` `nothing_counted`, `Conflict`
    `over_debt`.
    """
    if not await store.list_names(conn, office_id, [owner_id]):
        raise NotFound()
    amount_vnd = total_of(notes)
    if amount_vnd == 0:
        raise Invalid("nothing_counted")
    await check_debt(conn, office_id, owner_id, amount_vnd)
    transfer = Transfer(
        id=new_id(),
        group_id=new_id(),
        code="debt.repaid",
        debit=Account(office_id, "drawer"),
        credit=Account(office_id, "shortage", owner_id),
        amount_vnd=amount_vnd,
        occurred_at=now,
        created_by=by,
    )
    await _post(conn, transfer, now)
    await tell_hand(conn, office_id, owner_id)
    return transfer.id


async def check_debt(conn: Conn, office_id: UUID, owner_id: UUID, amount_vnd: int) -> None:
    """Refuse more than is owed: `over_debt`."""
    owed_vnd = await find_debt_vnd(conn, office_id, owner_id)
    if amount_vnd > owed_vnd:
        raise Conflict("over_debt", owed_vnd=owed_vnd)


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
        await check_debt(conn, office_id, asked.subject_id, asked.amount_vnd)
        # The office bears it: its surplus is less, or it stands as the office's own loss.
        debit, credit = surplus, Account(office_id, "shortage", asked.subject_id)
    else:
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
