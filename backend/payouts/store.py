"""Rows of payouts: typed functions over `queries.sql`, no decisions."""

from collections.abc import Awaitable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from backend.kit.errors import Conflict
from backend.kit.sql import Conn, load
from backend.payouts.model import (
    Doubt,
    Payment,
    PaymentRow,
    Payout,
    PayoutList,
    Proposal,
    Scheme,
    SchemeCode,
    Settings,
    Sitting,
    Source,
    Upload,
)
from backend.payouts.rows import (
    ChangeRow,
    Funding,
    LedgerSum,
    OpenDoubt,
    OpenProposal,
    PaidRow,
    Progress,
    RowSum,
    ShareLeft,
    SittingPayment,
)

queries = load(__file__)
T = TypeVar("T")
FROZEN = "TN010"
DROP_ROWS = 5_000


async def frozen(work: Awaitable[T]) -> T:
    """Return what the database answers; its refusal to change an approved list by name."""
    try:
        return await work
    except asyncpg.PostgresError as error:
        if error.sqlstate == FROZEN:
            raise Conflict("list_frozen") from error
        raise


def _scheme(
    code: SchemeCode,
    valid_from: date,
    valid_to: date | None,
    name: str,
    name_en: str,
    funder: str,
    settings: dict[str, Any],
    source: str,
) -> Scheme:
    typed = msgspec.convert(settings, Settings)
    return Scheme(code, valid_from, valid_to, name, name_en, funder, typed, source)


async def list_schemes(conn: Conn) -> list[Scheme]:
    """Return the versions of every scheme."""
    return await queries.list(conn, "list_schemes", _scheme)


async def find_scheme(conn: Conn, code: str, on_day: date) -> Scheme | None:
    """Return a scheme as it stands on a day, or None."""
    return await queries.one(conn, "find_scheme", _scheme, code=code, on_day=on_day)


async def scheme_of(conn: Conn, batch: PayoutList) -> Scheme:
    """Return the version of the scheme stamped on a list."""
    found = await queries.one(
        conn, "find_scheme_version", _scheme, code=batch.scheme, valid_from=batch.scheme_from
    )
    assert found is not None, "versions are never deleted"
    return found


async def find_list(
    conn: Conn, office_id: UUID, id: UUID, partner_id: UUID | None = None
) -> PayoutList | None:
    """Return a list, of one agency if named, or None."""
    return await queries.one(
        conn, "find_list", PayoutList, office_id=office_id, id=id, partner_id=partner_id
    )


async def lock_list(
    conn: Conn, office_id: UUID, id: UUID, partner_id: UUID | None = None
) -> PayoutList | None:
    """Return a list, locked, or None."""
    return await queries.one(
        conn, "lock_list", PayoutList, office_id=office_id, id=id, partner_id=partner_id
    )


async def list_lists(
    conn: Conn,
    office_id: UUID,
    *,
    partner_id: UUID | None = None,
    period: str | None = None,
    base_id: UUID | None = None,
    limit: int = 200,
) -> list[PayoutList]:
    """Return lists, the newest period first; with `base_id` a first list and its deltas."""
    return await queries.list(
        conn,
        "list_lists",
        PayoutList,
        office_id=office_id,
        partner_id=partner_id,
        period=period,
        base_id=base_id,
        limit=limit,
    )


async def find_upload(
    conn: Conn, office_id: UUID, id: UUID, partner_id: UUID | None = None
) -> Upload | None:
    """Return a file and how far it was read, or None."""
    return await queries.one(
        conn, "find_upload", Upload, office_id=office_id, id=id, partner_id=partner_id
    )


async def list_fundings(conn: Conn, batch: PayoutList) -> list[Funding]:
    """Return the money that came for a list, corrections too."""
    return await queries.list(
        conn, "list_fundings", Funding, office_id=batch.office_id, list_id=batch.id
    )


async def sum_carried_in(conn: Conn, batch: PayoutList) -> int:
    """Return the money that came into a list with what was carried over, đồng."""
    total: int = await queries.value(
        conn, "sum_carried_in", office_id=batch.office_id, list_id=batch.id
    )
    return total


async def lock_payout(conn: Conn, office_id: UUID, id: UUID) -> Payout | None:
    """Return a payout, locked, or None."""
    return await queries.one(conn, "lock_payout", Payout, office_id=office_id, id=id)


async def list_payouts(
    conn: Conn,
    batch: PayoutList,
    *,
    state: str | None = None,
    pattern: str | None = None,
    after: tuple[int, UUID] | None = None,
    limit: int = 100,
) -> list[Payout]:
    """Return rows of a list by number, after one of them where named."""
    row, id = after or (-1, UUID(int=0))
    return await queries.list(
        conn,
        "list_payouts",
        Payout,
        office_id=batch.office_id,
        list_id=batch.id,
        state=state,
        pattern=pattern,
        after_row=row,
        after_id=id,
        limit=limit,
    )


async def find_by_person(conn: Conn, office_id: UUID, person_key: str) -> list[Payout]:
    """Return what is owed to a person in approved lists."""
    return await queries.list(
        conn, "find_by_person", Payout, office_id=office_id, person_key=person_key
    )


async def set_state(
    conn: Conn, payout: Payout, state: str, *, at: datetime, reason: str = "", generation: int
) -> None:
    """Write how a payout stands now."""
    await queries.run(
        conn,
        "set_state",
        office_id=payout.office_id,
        id=payout.id,
        state=state,
        reason=reason,
        at=at,
        generation=generation,
    )


async def add_payment(
    conn: Conn,
    payout: Payout,
    payment: Payment,
    source: Source,
    *,
    transfer_id: UUID,
    shown: dict[str, Any],
    doubt_id: UUID | None = None,
) -> None:
    """Write money given to a person."""
    await queries.run(
        conn,
        "add_payment",
        office_id=payout.office_id,
        id=payment.id,
        payout_id=payout.id,
        generation=payout.generation,
        amount_vnd=payment.amount_vnd,
        courier_id=payment.courier_id,
        place=payment.place,
        sitting_id=payment.sitting_id,
        transfer_id=transfer_id,
        op_id=source.op_id,
        doubt_id=doubt_id,
        by_id=source.by,
        at=source.at,
        received_at=source.received_at,
        shown=shown,
    )


async def lock_payment(conn: Conn, office_id: UUID, id: UUID) -> PaymentRow | None:
    """Return a payment, locked, or None."""
    return await queries.one(conn, "lock_payment", PaymentRow, office_id=office_id, id=id)


async def lock_doubt(conn: Conn, office_id: UUID, id: UUID) -> Doubt | None:
    """Return a doubt, locked, or None."""
    return await queries.one(conn, "lock_doubt", Doubt, office_id=office_id, id=id)


async def list_doubts(conn: Conn, office_id: UUID) -> list[OpenDoubt]:
    """Return the doubts that wait for a person."""
    return await queries.list(conn, "list_doubts", OpenDoubt, office_id=office_id)


async def lock_sitting(conn: Conn, office_id: UUID, id: UUID) -> Sitting | None:
    """Return a sitting, locked, or None."""
    return await queries.one(conn, "lock_sitting", Sitting, office_id=office_id, id=id)


async def list_sittings(
    conn: Conn, office_id: UUID, partner_id: UUID | None = None
) -> list[Sitting]:
    """Return sittings, the newest first."""
    return await queries.list(
        conn, "list_sittings", Sitting, office_id=office_id, partner_id=partner_id
    )


async def list_sitting_payments(
    conn: Conn, office_id: UUID, sitting_id: UUID
) -> list[SittingPayment]:
    """Return who was paid at a sitting."""
    return await queries.list(
        conn,
        "list_sitting_payments",
        SittingPayment,
        office_id=office_id,
        sitting_id=sitting_id,
    )


async def lock_proposal(conn: Conn, office_id: UUID, id: UUID) -> Proposal | None:
    """Return what was asked, locked, or None."""
    return await queries.one(conn, "lock_proposal", Proposal, office_id=office_id, id=id)


async def list_proposals(conn: Conn, office_id: UUID) -> list[OpenProposal]:
    """Return what waits for a second person."""
    return await queries.list(conn, "list_proposals", OpenProposal, office_id=office_id)


async def list_shares_left(
    conn: Conn, office_id: UUID, courier_ids: Sequence[UUID]
) -> list[ShareLeft]:
    """Return what some couriers have of each list."""
    return await queries.list(
        conn, "list_shares_left", ShareLeft, office_id=office_id, courier_ids=list(courier_ids)
    )


async def list_changes(conn: Conn, batch: PayoutList) -> list[ChangeRow]:
    """Return what a delta list says of payouts of its first list."""
    return await queries.list(
        conn, "list_changes", ChangeRow, office_id=batch.office_id, list_id=batch.id
    )


async def list_payments_of(
    conn: Conn, office_id: UUID, payout_ids: Sequence[UUID]
) -> dict[UUID, PaidRow]:
    """Return the payments that count, by payout."""
    rows = await queries.list(
        conn, "list_payments_of", PaidRow, office_id=office_id, payout_ids=list(payout_ids)
    )
    return {row.payout_id: row for row in rows}


async def sum_rows(conn: Conn, batch: PayoutList) -> list[RowSum]:
    """Return a list's money by the rows."""
    return await queries.list(conn, "sum_rows", RowSum, office_id=batch.office_id, list_id=batch.id)


async def sum_lists(conn: Conn, office_id: UUID, list_ids: Sequence[UUID]) -> dict[UUID, Progress]:
    """Return how far the payments of lists are; a list without rows is not in it."""
    rows: list[tuple[UUID, Progress]] = await queries.list(
        conn,
        "sum_lists",
        lambda id, *sums: (id, Progress(*sums)),
        office_id=office_id,
        list_ids=[*list_ids],
    )
    return dict(rows)


async def sum_ledger(conn: Conn, batch: PayoutList) -> LedgerSum:
    """Return a list's money by the book."""
    found = await queries.one(
        conn, "sum_ledger", LedgerSum, office_id=batch.office_id, list_id=batch.id
    )
    assert found is not None
    return found


async def sum_fees(conn: Conn, batch: PayoutList) -> int | None:
    """Return the fee written down when a list ended, đồng; None where none was."""
    total: int | None = await queries.value(
        conn, "sum_fees", office_id=batch.office_id, list_id=batch.id
    )
    return total


async def drop_rows(
    conn: Conn, office_id: UUID, list_id: UUID, upload_id: UUID, *, is_of_it: bool
) -> bool:
    """Take rows out of a draft: those of one reading, or all others; False while some remain."""
    num: int = await frozen(
        queries.value(
            conn,
            "drop_rows",
            office_id=office_id,
            list_id=list_id,
            upload_id=upload_id,
            is_of_it=is_of_it,
            limit=DROP_ROWS,
        )
    )
    if num == DROP_ROWS:
        return False
    await frozen(
        queries.run(
            conn,
            "drop_changes",
            office_id=office_id,
            list_id=list_id,
            upload_id=upload_id,
            is_of_it=is_of_it,
        )
    )
    return True


async def list_uploads(
    conn: Conn, office_id: UUID, partner_id: UUID | None = None, *, limit: int = 50
) -> list[Upload]:
    """Return the newest files, their faults left out."""
    return await queries.list(
        conn, "list_uploads", Upload, office_id=office_id, partner_id=partner_id, limit=limit
    )
