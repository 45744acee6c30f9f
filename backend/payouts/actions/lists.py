"""Lists of payouts: their money, their approval, what a delta changes, their end."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from backend import doorstep, identity, ledger
from backend.identity import AuditEntry
from backend.kit import jobs, live
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer
from backend.payouts import rules, store
from backend.payouts.actions import changes, fees, pay, settle
from backend.payouts.model import (
    PayoutList,
    PlaceJob,
    Share,
    payout_topic,
    share_id,
)
from backend.payouts.rows import Funding
from backend.payouts.store import queries

PLACE = "payouts.place"
BATCH_ROWS = 5_000
"""No statement of a great list may take as long as a request has."""


async def get_list(
    conn: Conn, office_id: UUID, list_id: UUID, partner_id: UUID | None = None
) -> PayoutList:
    """Return a list, of one agency if named; raise `NotFound`."""
    batch = await store.find_list(conn, office_id, list_id, partner_id)
    if batch is None:
        raise NotFound()
    return batch


async def _locked(
    conn: Conn, office_id: UUID, list_id: UUID, partner_id: UUID | None = None
) -> PayoutList:
    batch = await store.lock_list(conn, office_id, list_id, partner_id)
    if batch is None:
        raise NotFound()
    return batch


async def audit(conn: Conn, batch: PayoutList, action: str, by: UUID, now: datetime) -> None:
    """Write who did what with a list."""
    entry = AuditEntry(
        office_id=batch.office_id,
        at=now,
        action=action,
        outcome="granted",
        actor_id=by,
        object_kind="payout_list",
        object_id=batch.id,
    )
    await identity.audit(conn, entry)


def live_vnd(fundings: list[Funding]) -> int:
    """Return the money that came for a list and stands, đồng."""
    return sum(funding.amount_vnd for funding in fundings if funding.reversal_id is None)


async def check_unfunded(
    conn: Conn, office_id: UUID, list_id: UUID
) -> tuple[PayoutList, list[Funding]]:
    """Return a draft list, locked, and what was booked for it and taken back.

    Raises `NotFound`; `Conflict` `list_not_draft`, `list_funded`.
    """
    batch = await _locked(conn, office_id, list_id)
    if batch.state != "draft":
        raise Conflict("list_not_draft")
    fundings = await store.list_fundings(conn, batch)
    if live_vnd(fundings):
        raise Conflict("list_funded")
    return batch, fundings


async def fund(
    conn: Conn,
    *,
    office_id: UUID,
    list_id: UUID,
    amount_vnd: int,
    by: UUID,
    now: datetime,
    approved_by: UUID | None = None,
    reference: str = "",
) -> UUID:
    """Book the agency's money for a draft list: bank against what is owed to its people.

    Over HTTP two people do it (`proposals.propose_fund`); `reference` is the bank's number.

    Raises `NotFound`; `Conflict` `list_not_draft`, `list_funded`; `Invalid`
    `amount_out_of_range`.
    """
    if amount_vnd < 1:
        raise Invalid("amount_out_of_range")
    batch, fundings = await check_unfunded(conn, office_id, list_id)
    ids = []
    for n, part_vnd in enumerate(rules.parts_of(amount_vnd), start=len(fundings) + 1):
        transfer = Transfer(
            id=ledger.transfer_id(list_id, n),
            group_id=list_id,
            code=f"fund.{batch.scheme}",
            debit=Account(office_id, "bank"),
            credit=pay.payable(batch),
            amount_vnd=part_vnd,
            occurred_at=now,
            created_by=by,
            approved_by=approved_by,
            reason=f"báo có {reference}" if reference else "",
            business_key=rules.numbered_key(list_id, n),
        )
        await ledger.post(conn, [transfer], now=now)
        ids.append(new_id())
        await queries.run(
            conn,
            "add_funding",
            office_id=office_id,
            id=ids[-1],
            list_id=list_id,
            n=n,
            amount_vnd=part_vnd,
            transfer_id=transfer.id,
            by=by,
            at=now,
        )
    await audit(conn, batch, "payouts.fund", by, now)
    await live.publish(conn, payout_topic(office_id))
    return ids[0]


async def refund(
    conn: Conn,
    *,
    office_id: UUID,
    list_id: UUID,
    by: UUID,
    approved_by: UUID,
    reason: str,
    now: datetime,
) -> None:
    """Take the money of a draft list back by reversal: it was booked wrongly.

    Raises `NotFound`; `Conflict` `approved_by_maker`, `needs_reason`, `list_not_draft`.
    """
    settle.check_two(by, approved_by, reason)
    batch = await _locked(conn, office_id, list_id)
    if batch.state != "draft":
        raise Conflict("list_not_draft")
    fundings = [f for f in await store.list_fundings(conn, batch) if f.reversal_id is None]
    if not fundings:
        raise NotFound()
    for funding in fundings:
        line = await ledger.get_transfer(conn, office_id, funding.transfer_id)
        reversal_id = ledger.transfer_id(funding.transfer_id)
        await ledger.reverse(
            conn,
            line,
            Account(office_id, "bank"),
            pay.payable(batch),
            id=reversal_id,
            by=by,
            approved_by=approved_by,
            reason=reason,
            now=now,
        )
        await queries.run(
            conn, "reverse_funding", office_id=office_id, id=funding.id, reversal_id=reversal_id
        )
    await live.publish(conn, payout_topic(office_id))


async def approve(
    conn: Conn,
    *,
    office_id: UUID,
    list_id: UUID,
    by: UUID,
    now: datetime,
    partner_id: UUID | None = None,
) -> None:
    """Approve a draft by a second person: from now on it is frozen, and home payouts get due.

    A delta stops and moves what is still unpaid; what was paid already it notes as too late.

    Raises `NotFound`; `Conflict` `list_not_draft`, `approved_by_maker`, `list_empty`,
    `list_not_balanced`, `list_overlaps`, `base_not_open`.
    """
    batch = await _locked(conn, office_id, list_id, partner_id)
    if batch.state != "draft":
        raise Conflict("list_not_draft")
    if batch.made_by == by:
        raise Conflict("approved_by_maker")
    while not await store.drop_rows(conn, office_id, list_id, batch.upload_id, is_of_it=False):
        pass
    said = await store.list_changes(conn, batch)
    if batch.num_rows == 0:
        raise Conflict("list_empty")
    await _check_base(conn, batch)
    await _check_balance(conn, batch)
    num = await queries.value(conn, "count_overlaps", office_id=office_id, list_id=list_id)
    if num:
        raise Conflict("list_overlaps", num=num)
    to_place = {list_id} | (await changes.apply(conn, batch, now) if said else set())
    await queries.run(conn, "approve_list", office_id=office_id, id=list_id, by=by, at=now)
    for id in sorted(to_place):
        await jobs.enqueue(conn, PLACE, PlaceJob(office_id, id), dedupe=f"payouts:{id}")
    await audit(conn, batch, "payouts.approve", by, now)
    await live.publish(conn, payout_topic(office_id))


async def _check_base(conn: Conn, batch: PayoutList) -> None:
    if batch.base_id is None:
        return
    base = await store.lock_list(conn, batch.office_id, batch.base_id)
    if base is None or base.state != "approved":
        raise Conflict("base_not_open")


async def _check_balance(conn: Conn, batch: PayoutList) -> None:
    funded_vnd = live_vnd(await store.list_fundings(conn, batch))
    carried_vnd = await store.sum_carried_in(conn, batch)
    if funded_vnd + carried_vnd != batch.total_vnd:
        raise Conflict(
            "list_not_balanced",
            total_vnd=batch.total_vnd,
            funded_vnd=funded_vnd,
            carried_vnd=carried_vnd,
        )


async def discard(
    conn: Conn,
    *,
    office_id: UUID,
    list_id: UUID,
    by: UUID,
    now: datetime,
    partner_id: UUID | None = None,
) -> None:
    """Give up a draft that has no money; raise `NotFound`, `list_not_draft`, `list_funded`."""
    batch = await _locked(conn, office_id, list_id, partner_id)
    if batch.state != "draft":
        raise Conflict("list_not_draft")
    if live_vnd(await store.list_fundings(conn, batch)):
        raise Conflict("list_funded")
    for is_of_it in (False, True):
        while not await store.drop_rows(
            conn, office_id, list_id, batch.upload_id, is_of_it=is_of_it
        ):
            pass
    await queries.run(conn, "discard_list", office_id=office_id, id=list_id)
    await audit(conn, batch, "payouts.discard", by, now)
    await live.publish(conn, payout_topic(office_id))


async def close(
    conn: Conn,
    *,
    office_id: UUID,
    list_id: UUID,
    unpaid: Literal["carry", "give_back"],
    by: UUID,
    now: datetime,
) -> int:
    """End an approved list; return the money that goes back to the agency, đồng.

    What was never paid is carried over to the next list of the scheme (its money stays), or goes
    back, as does what was stopped or moved to an account. What the agency owes for paying out is
    posted beside it, never out of the people's money.

    Raises `NotFound`; `Conflict` `list_not_approved`, `list_has_doubts`, `nothing_to_carry`.
    """
    batch = await _locked(conn, office_id, list_id)
    if batch.state != "approved":
        raise Conflict("list_not_approved")
    scheme = await store.scheme_of(conn, batch)
    if unpaid == "carry" and scheme.settings.calendar is None:
        raise Conflict("nothing_to_carry")
    num = await queries.value(conn, "count_doubts", office_id=office_id, list_id=list_id)
    if num:
        raise Conflict("list_has_doubts", num=num)
    ids: list[UUID] = await queries.list(
        conn, "list_unpaid", lambda id: id, office_id=office_id, list_id=list_id
    )
    for at in range(0, len(ids), BATCH_ROWS):
        part = ids[at : at + BATCH_ROWS]
        await doorstep.lock_all(conn, office_id, part)
        await queries.run(
            conn,
            "end_unpaid",
            office_id=office_id,
            ids=part,
            state="carried" if unpaid == "carry" else "returned",
            at=now,
        )
        # What was paid meanwhile is no longer due there in any case.
        await doorstep.withdraw(conn, office_id, part, at=now)
    sums = await store.sum_rows(conn, batch)
    back_vnd = sum(s.amount_vnd for s in sums if s.state in ("returned", "stopped", "moved"))
    if back_vnd:
        await _give_back(conn, batch, back_vnd, by, now)
    await fees.post_fee(conn, batch, by=by, now=now)
    await queries.run(conn, "close_list", office_id=office_id, id=list_id, by=by, at=now)
    await audit(conn, batch, "payouts.close", by, now)
    await live.publish(conn, payout_topic(office_id))
    return back_vnd


async def _give_back(
    conn: Conn, batch: PayoutList, amount_vnd: int, by: UUID, now: datetime
) -> None:
    for n, part_vnd in enumerate(rules.parts_of(amount_vnd), start=1):
        transfer = Transfer(
            id=ledger.transfer_id(batch.id, -n),
            group_id=batch.id,
            code=f"return.{batch.scheme}",
            debit=pay.payable(batch),
            credit=Account(batch.office_id, "bank"),
            amount_vnd=part_vnd,
            occurred_at=now,
            created_by=by,
            business_key=rules.numbered_key(batch.id, n),
        )
        await ledger.post(conn, [transfer], now=now)
        await queries.run(
            conn,
            "add_give_back",
            office_id=batch.office_id,
            list_id=batch.id,
            n=n,
            amount_vnd=part_vnd,
            transfer_id=transfer.id,
            by=by,
            at=now,
        )


async def assign(conn: Conn, *, office_id: UUID, courier_id: UUID, ids: list[UUID]) -> list[UUID]:
    """Give payouts to a courier, as when a round is published; return the lists they are of.

    The lease of each of these lists is on `share_id(list_id, courier_id)`, subject `payouts`.
    """
    found = await queries.list(
        conn, "assign", lambda id: id, office_id=office_id, courier_id=courier_id, ids=ids
    )
    return sorted(set(found))


async def list_share(conn: Conn, office_id: UUID, list_id: UUID, courier_id: UUID) -> Share:
    """Return what one courier still has to pay of a list, and by which id it is leased."""
    rows: list[tuple[UUID, int]] = await queries.list(
        conn,
        "list_share",
        lambda *row: (row[0], row[1]),
        office_id=office_id,
        list_id=list_id,
        courier_id=courier_id,
    )
    return Share(
        id=share_id(list_id, courier_id),
        list_id=list_id,
        courier_id=courier_id,
        payout_ids=[id for id, _ in rows],
        total_vnd=sum(amount for _, amount in rows),
    )
