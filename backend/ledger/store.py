"""Rows of the book of money; what the database refuses is told by the refusal's name."""

from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import asyncpg

from backend.kit.sql import Conn, load
from backend.ledger.model import Account, AccountKind, Balance, Line, Transfer
from backend.ledger.rules import FLOORS, refusal_of

queries = load(__file__)
T = TypeVar("T")
NUM_LINES = 500


class CodeSum(NamedTuple):
    """What one code moved through an account, đồng."""

    code: str
    in_vnd: int | None
    out_vnd: int | None
    num: int


class TrialRow(NamedTuple):
    """One kind of account of one office."""

    office_id: UUID
    kind: AccountKind
    dp: int
    cp: int
    dh: int
    ch: int


async def _named(work: Awaitable[T]) -> T:
    """Return what the database answers; its own rules refuse by their names."""
    try:
        return await work
    except asyncpg.PostgresError as error:
        refusal = refusal_of(error.sqlstate, getattr(error, "constraint_name", None))
        if refusal is None:
            raise
        raise refusal from error


def _leg(one: Transfer, posted_on: date) -> tuple[Any, ...]:
    """Return a transfer as the columns of `ledger.leg`."""
    debit, credit = one.debit, one.credit
    return (
        one.id, one.group_id, one.code, one.phase,
        debit.id, debit.kind, debit.owner_id, debit.scheme,
        credit.id, credit.kind, credit.owner_id, credit.scheme,
        one.amount_vnd, one.pending_id, one.reverses_id, one.business_key, posted_on,
        one.occurred_at, one.op_id, one.created_by, one.approved_by, one.reason,
    )  # fmt: skip


async def post(conn: Conn, office_id: UUID, transfers: Sequence[Transfer], posted_on: date) -> int:
    """Write transfers of one office, all or none; return how many were new."""
    return await _post(conn, "post", office_id, transfers, posted_on)


async def post_alone(
    conn: Conn, office_id: UUID, transfers: Sequence[Transfer], posted_on: date
) -> int:
    """Write transfers of one office in a transaction of their own, by one statement."""
    return await _post(conn, "post_alone", office_id, transfers, posted_on)


async def _post(
    conn: Conn, name: str, office_id: UUID, transfers: Sequence[Transfer], posted_on: date
) -> int:
    legs = [_leg(transfer, posted_on) for transfer in transfers]
    touched = {side.id for one in transfers for side in (one.debit, one.credit)}
    done: int = await _named(
        queries.value(conn, name, office_id=office_id, touched=list(touched), legs=legs)
    )
    return done


async def move_day(
    conn: Conn,
    office_id: UUID,
    kind: str,
    day: date,
    *,
    by: UUID,
    approved_by: UUID,
    reason: str,
) -> None:
    """Close a day, or open it again."""
    await _named(
        queries.run(
            conn,
            "move_day",
            office_id=office_id,
            kind=kind,
            day=day,
            by=by,
            approved_by=approved_by,
            reason=reason,
        )
    )


async def list_filled_hands(conn: Conn) -> list[tuple[UUID, UUID]]:
    """Return office and courier of every hand with cash, of all offices in sight."""
    return await queries.list(conn, "list_filled_hands", lambda *row: row)


async def find_open_day(conn: Conn, office_id: UUID) -> date | None:
    """Return the first day that takes rows; None while no day was ever closed."""
    day: date | None = await queries.value(conn, "find_open_day", office_id=office_id)
    return day


async def find_balance(conn: Conn, account: Account) -> Balance:
    """Return an account's balance; nothing was posted to one that is not open yet."""
    found = await queries.one(
        conn, "find_balance", Balance, office_id=account.office_id, account_id=account.id
    )
    return found or Balance(
        account.office_id,
        account.id,
        account.kind,
        account.owner_id,
        account.scheme,
        FLOORS[account.kind],
        0,
        0,
        0,
        0,
    )


async def list_balances(
    conn: Conn, office_id: UUID, kinds: Sequence[AccountKind], *, owner_id: UUID | None = None
) -> list[Balance]:
    """Return the balances of an office's accounts of some kinds, of one owner if named."""
    return await queries.list(
        conn,
        "list_balances",
        Balance,
        office_id=office_id,
        kinds=list(kinds),
        owner_id=owner_id,
    )


async def list_lines(
    conn: Conn,
    account: Account,
    from_day: date,
    to_day: date,
    *,
    limit: int = NUM_LINES,
    skip: int = 0,
) -> list[Line]:
    """Return an account's transfers of some days, in the order of posting."""
    return await queries.list(
        conn,
        "list_lines",
        Line,
        office_id=account.office_id,
        account_id=account.id,
        from_day=from_day,
        to_day=to_day,
        limit=limit,
        skip=skip,
    )


async def list_group(conn: Conn, office_id: UUID, group_id: UUID) -> list[Line]:
    """Return the legs of one act."""
    return await queries.list(conn, "list_group", Line, office_id=office_id, group_id=group_id)


async def find_transfer(conn: Conn, office_id: UUID, id: UUID) -> Line | None:
    """Return a transfer, or None."""
    return await queries.one(conn, "find_transfer", Line, office_id=office_id, id=id)


async def list_pending(conn: Conn, office_id: UUID, account: Account | None = None) -> list[Line]:
    """Return what nobody has answered yet, of one account if named."""
    return await queries.list(
        conn,
        "list_pending",
        Line,
        office_id=office_id,
        account_id=account and account.id,
    )


async def sum_codes(conn: Conn, account: Account, from_day: date, to_day: date) -> list[CodeSum]:
    """Return what each code moved through an account on some days."""
    return await queries.list(
        conn,
        "sum_codes",
        CodeSum,
        office_id=account.office_id,
        account_id=account.id,
        from_day=from_day,
        to_day=to_day,
    )


async def list_trial(conn: Conn) -> list[TrialRow]:
    """Return the trial balance of every office in sight."""
    return await queries.list(conn, "list_trial", TrialRow)
