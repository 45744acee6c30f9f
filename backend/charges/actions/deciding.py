"""What two people decide: money in doubt, a collection taken back, a QR paid without a notice."""

from datetime import datetime
from typing import Final
from uuid import UUID

from backend import doorstep, ledger, receipts
from backend.charges import rules, store
from backend.charges.actions import collecting, receipting
from backend.charges.model import Answer, Charge, Collected, Source
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.ledger import Account, Line, Transfer

SUSPECT_TIME: Final = "suspect_time"
NUM_LINES_SEEN: Final = 10_000
"""Of a hand, between a collection and its reversal: days before it is handed on, at most."""


async def decide_doubt(
    conn: Conn,
    office_id: UUID,
    collection_id: UUID,
    answer: Answer,
    *,
    charge_id: UUID | None = None,
    by: UUID,
    approved_by: UUID,
    note: str,
    now: datetime,
) -> None:
    """Say where money in doubt belongs: to a charge of its amount, or back to who gave it.

    Given back it leaves the drawer, or the bank where it came there. `charge_id` None means the
    charge that it was said to be for.

    Raises `NotFound`; `Conflict`: `doubt_answered`, `approved_by_maker`, `needs_reason`,
    `charge_collected`, `charge_cancelled`, `charge_amount_differs`, `not_covered`,
    `no_receipts_left`.
    """
    _check_people(by, approved_by, note)
    doubt = await store.lock_collection(conn, office_id, collection_id)
    if doubt is None or doubt.outcome != "in_doubt":
        raise NotFound()
    if doubt.answer is not None:
        raise Conflict("doubt_answered")
    receipt_id = None
    if answer == "applied":
        wanted = charge_id or doubt.charge_id
        charge = None if wanted is None else await store.lock_charge(conn, office_id, wanted)
        reason = rules.judge(charge, doubt.amount_vnd)
        if charge is None:
            raise NotFound()
        if reason:
            raise Conflict(reason)
        receipt_id = await _apply_doubt(
            conn, doubt, charge, by=by, approved_by=approved_by, note=note, now=now
        )
        charge_id = charge.id
    else:
        await _give_back(conn, doubt, by=by, approved_by=approved_by, note=note, now=now)
        await receipting.spoil_told(
            conn, doubt, reason=note, by=by, approved_by=approved_by, now=now
        )
        charge_id = None
    await store.set_answer(
        conn,
        doubt,
        answer,
        by=by,
        approved_by=approved_by,
        note=nfc(note),
        charge_id=charge_id,
        receipt_id=receipt_id,
        at=now,
    )
    if doubt.op_id is not None:
        await doorstep.tell_settled(
            conn, office_id=office_id, op_id=doubt.op_id, by=approved_by, note=nfc(note)
        )


def _check_people(by: UUID, approved_by: UUID, reason: str) -> None:
    if by == approved_by:
        raise Conflict("approved_by_maker")
    if not reason.strip():
        raise Conflict("needs_reason")


async def _apply_doubt(
    conn: Conn,
    doubt: Collected,
    charge: Charge,
    *,
    by: UUID,
    approved_by: UUID,
    note: str,
    now: datetime,
) -> UUID | None:
    """Let money in doubt pay its charge; the days to hand it on count from when it was taken."""
    receipt_id = await receipting.issue_out_of_doubt(
        conn, doubt, charge, by=by, approved_by=approved_by, reason=note, now=now
    )
    transfer = Transfer(
        id=ledger.transfer_id(doubt.id, 1),
        group_id=doubt.id,
        code=f"charge.{charge.kind}",
        debit=Account(doubt.office_id, "suspense"),
        credit=rules.payable_of(charge),
        amount_vnd=doubt.amount_vnd,
        occurred_at=doubt.occurred_at,
        created_by=by,
        approved_by=approved_by,
        business_key=rules.business_key(charge, await store.count_reversed(conn, charge)),
    )
    await ledger.post(conn, [transfer], now=now)
    # What a clock says that nobody can trust sets no day: then they count from the decision.
    taken_at = now if doubt.reason == SUSPECT_TIME else doubt.occurred_at
    await collecting.settle(conn, charge, Source(at=taken_at, received_at=now, staff_id=by))
    return receipt_id


async def _give_back(
    conn: Conn, doubt: Collected, *, by: UUID, approved_by: UUID, note: str, now: datetime
) -> None:
    place = Account(doubt.office_id, "bank" if doubt.method == "qr" else "drawer")
    transfer = Transfer(
        id=ledger.transfer_id(doubt.id, 1),
        group_id=doubt.id,
        code="charge.refund",
        debit=Account(doubt.office_id, "suspense"),
        credit=place,
        amount_vnd=doubt.amount_vnd,
        occurred_at=now,
        created_by=by,
        approved_by=approved_by,
        reason=nfc(note),
    )
    await ledger.post(conn, [transfer], now=now)


async def take_back(
    conn: Conn,
    office_id: UUID,
    charge_id: UUID,
    *,
    id: UUID,
    by: UUID,
    approved_by: UUID,
    reason: str,
    now: datetime,
) -> None:
    """Take a collection back by its mirror image (L4): the charge is due again, its receipt void.

    The citizen gets the notes out of the courier's hand, or out of the drawer once the courier
    brought them home: they go through the hand then, which stays as it is.

    Raises `NotFound`; `Conflict`: `charge_not_due` (not collected), `charge_in_batch`,
    `doubt_answered` (it came out of doubt), `approved_by_maker`, `needs_reason`, `not_covered`.
    """
    _check_people(by, approved_by, reason)
    charge = await store.lock_charge(conn, office_id, charge_id)
    if charge is None:
        raise NotFound()
    if charge.state != "collected":
        raise Conflict("charge_in_batch" if charge.state == "remitted" else "charge_not_due")
    if charge.batch_id is not None:
        raise Conflict("charge_in_batch")
    held = await store.list_collections(conn, office_id, charge_id)
    paid = next((c for c in held if c.outcome == "applied" and c.reversed_at is None), None)
    if paid is None:
        raise Conflict("doubt_answered")
    line = await ledger.get_transfer(conn, office_id, paid.transfer_id)
    await ledger.reverse(
        conn,
        line,
        _place_of(paid),
        rules.payable_of(charge),
        id=id,
        by=by,
        approved_by=approved_by,
        reason=nfc(reason),
        now=now,
        first=await _fetch(conn, paid, line, id=id, by=by, approved_by=approved_by, now=now),
    )
    if paid.receipt_id is not None:
        await receipts.void(
            conn, office_id, paid.receipt_id, reason=reason, by=by, approved_by=approved_by,
            now=now,
        )  # fmt: skip
    await store.set_reversed(conn, paid, at=now, note=nfc(reason))
    assert await store.set_due(conn, charge), "it was locked, collected, in no batch"


async def _fetch(
    conn: Conn,
    paid: Collected,
    line: Line,
    *,
    id: UUID,
    by: UUID,
    approved_by: UUID,
    now: datetime,
) -> list[Transfer]:
    """Return the leg that brings notes from the drawer to the hand that holds them no longer."""
    hand = _place_of(paid)
    if hand.kind != "hand" or not await _is_home(conn, hand, line, now):
        return []
    return [
        Transfer(
            id=ledger.transfer_id(id, 1),
            group_id=line.group_id,
            code="charge.refund",
            debit=hand,
            credit=Account(paid.office_id, "drawer"),
            amount_vnd=paid.amount_vnd,
            occurred_at=now,
            created_by=by,
            approved_by=approved_by,
        )
    ]


async def _is_home(conn: Conn, hand: Account, line: Line, now: datetime) -> bool:
    """Return whether notes left a hand: it holds less, or was emptied at the office since."""
    if (await ledger.find_balance(conn, hand)).free_vnd < line.amount_vnd:
        return True
    lines = await ledger.list_lines(
        conn, hand, line.posted_on, service_day(now), limit=NUM_LINES_SEEN
    )
    return any(
        one.code == "float.return"
        and one.phase in ("single", "post")
        and one.credit_id == hand.id
        and one.posted_at > line.posted_at
        for one in lines
    )


def _place_of(paid: Collected) -> Account:
    if paid.method == "qr":
        return Account(paid.office_id, "bank")
    if paid.cash_owner_id is not None:
        return Account(paid.office_id, "hand", paid.cash_owner_id)
    return Account(paid.office_id, "drawer")
