"""Verbs of receipts: allot, lend, issue, void, give back."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from backend import network
from backend.kit.clock import service_day
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.receipts import store
from backend.receipts.model import (
    Block,
    Form,
    NewReceipt,
    Range,
    RangeDraft,
    Receipt,
    ReceiptKind,
    Use,
)
from backend.receipts.rules import (
    NUM_OF_BLOCK_MAX,
    check_form,
    check_lent,
    check_number,
    check_range,
    year_of,
)

KINDS: Final[tuple[ReceiptKind, ...]] = ("fee", "tax", "bill")
NUM_AT_DESK: Final = 100
REASON_MAX: Final = 300
"""Characters of why a number is void; what people note elsewhere may be longer."""
NUM_ON_PHONE: Final = 50
NUM_ON_PHONE_MIN: Final = 20
"""Fewer left on a phone and it gets another block."""


async def allot(conn: Conn, draft: RangeDraft, *, by: UUID, now: datetime) -> UUID:
    """Allot numbers to an office; return the range's id.

    Raises `Invalid` `receipt_symbol`, `receipt_numbers`, `receipt_face_value`, `tax_code_wrong`;
    `Conflict` `receipt_range_taken`, `paper_receipts_ended`, `receipt_form_not_lent`.
    """
    check_range(draft)
    first_day = max(service_day(now), date(year_of(draft.symbol), 1, 1))
    check_form(draft.form, first_day, await find_paper_until(conn, first_day))
    check_lent(draft)
    id = new_id()
    await store.add_range(conn, id, draft, by=by, at=now)
    return id


async def find_paper_until(conn: Conn, on_day: date) -> date:
    """Return the last day of paper receipts, as the law of a day has it."""
    rule = await network.get_rule(conn, "paper_receipts_until", on_day)
    return date.fromisoformat(str(rule.value))


async def lease_block(
    conn: Conn,
    office_id: UUID,
    kind: ReceiptKind,
    *,
    device_id: UUID | None,
    staff_id: UUID | None,
    num: int,
    now: datetime,
    form: Form = "electronic",
) -> Block:
    """Lend the next numbers of the office's range to a phone, or to the desk (`device_id` None).

    Fewer than asked where the range ends. Raises `Invalid` `block_size`, `Conflict`
    `no_receipts_left`, `paper_receipts_ended`.
    """
    if not 1 <= num <= NUM_OF_BLOCK_MAX:
        raise Invalid("block_size")
    today = service_day(now)
    if form == "paper":
        check_form(form, today, await find_paper_until(conn, today))
    range: Range | None = await store.lock_range(conn, office_id, kind, today.year, form)
    if range is None:
        raise Conflict("no_receipts_left")
    id = new_id()
    await store.add_block(
        conn,
        id,
        range,
        min(num, range.num_left),
        device_id=device_id,
        staff_id=staff_id,
        at=now,
    )
    block = await store.lock_block(conn, office_id, id)
    assert block is not None, "it was lent just now"
    return block


async def top_up(
    conn: Conn, office_id: UUID, *, device_id: UUID, staff_id: UUID, now: datetime
) -> list[Block]:
    """Return the open blocks of a phone, with a fresh one of each kind that runs low.

    A kind of which the office has no numbers stays without.
    """
    year = service_day(now).year
    for kind in KINDS:
        held = await store.list_blocks(conn, office_id, year, device_id=device_id)
        left = sum(
            block.last_number + 1 - block.next_number
            for block in held
            if block.kind == kind and block.returned_at is None
        )
        if left < NUM_ON_PHONE_MIN:
            try:
                await lease_block(
                    conn,
                    office_id,
                    kind,
                    device_id=device_id,
                    staff_id=staff_id,
                    num=NUM_ON_PHONE,
                    now=now,
                )
            except Conflict as refusal:
                if refusal.code != "no_receipts_left":
                    raise
    blocks = await store.list_blocks(conn, office_id, year, device_id=device_id)
    return [block for block in blocks if block.returned_at is None]


async def issue(conn: Conn, new: NewReceipt, *, use: Use | None = None, now: datetime) -> Receipt:
    """Issue a receipt: under the number that a phone wrote, or the desk's next one.

    The same receipt again is the same receipt. Raises `Conflict`: `receipt_out_of_range`,
    `receipt_used`, `receipt_face_value`, `no_receipts_left`, `paper_receipts_ended`; `Invalid`
    `receipt_amount`.
    """
    if not new.items or any(item.amount_vnd <= 0 for item in new.items):
        raise Invalid("receipt_amount")
    known = await store.find_receipt(conn, new.office_id, new.id)
    if known is not None:
        is_same = (known.subject_id, known.amount_vnd) == (new.subject_id, new.amount_vnd)
        if not is_same or (use is not None and use.number != known.number):
            raise Conflict("receipt_used")
        return known
    day = service_day(new.occurred_at)
    block = await _find_block(conn, new, use, day=day, now=now)
    number = block.next_number if use is None else use.number
    check_number(block, number, on_day=day, device_id=new.device_id, amount_vnd=new.amount_vnd)
    check_form(block.form, day, await find_paper_until(conn, day))
    receipt = _make_receipt(new, block, number, day=day, now=now)
    if not await store.add_receipt(conn, receipt):
        raise Conflict("receipt_used")
    found = await store.find_receipt(conn, new.office_id, new.id)
    assert found is not None, "it was written just now"
    return found


async def _find_block(
    conn: Conn, new: NewReceipt, use: Use | None, *, day: date, now: datetime
) -> Block:
    """Return the block that a number is of, locked; the desk gets a fresh one when it needs it."""
    if use is not None:
        block = await store.lock_block(conn, new.office_id, use.block)
        if block is None or block.kind != new.kind:
            raise Conflict("receipt_out_of_range")
        return block
    assert new.device_id is None, "a phone says which number it wrote"
    found = await store.lock_open_block(conn, new.office_id, new.kind, day.year, None)
    return found or await lease_block(
        conn, new.office_id, new.kind, device_id=None, staff_id=None, num=NUM_AT_DESK, now=now
    )


def _make_receipt(
    new: NewReceipt, block: Block, number: int, *, day: date, now: datetime
) -> Receipt:
    return Receipt(
        office_id=new.office_id,
        id=new.id,
        range_id=block.range_id,
        block_id=block.id,
        kind=block.kind,
        template=block.template,
        symbol=block.symbol,
        number=number,
        subject_id=new.subject_id,
        payer_name=nfc(new.payer_name),
        payer_tax_code=new.payer_tax_code,
        items=[msgspec.structs.asdict(item) for item in new.items],
        amount_vnd=new.amount_vnd,
        occurred_at=new.occurred_at,
        issued_on=day,
        received_at=now,
        issued_by=new.issued_by,
        device_id=new.device_id,
        op_id=new.op_id,
        check_code=secrets.token_urlsafe(16),
        state="issued",
        void_reason="",
        voided_at=None,
        voided_by=None,
        void_approved_by=None,
        delegator_name="",
        delegator_tax_code="",
    )


async def void(
    conn: Conn,
    office_id: UUID,
    id: UUID,
    *,
    reason: str,
    by: UUID,
    now: datetime,
    approved_by: UUID | None = None,
) -> None:
    """Let a receipt be void; number and content stay, with who allowed it where two decided.

    Raises `NotFound`, `Conflict` `receipt_void_already`, `needs_reason`.
    """
    if not reason.strip():
        raise Conflict("needs_reason")
    if await store.find_receipt(conn, office_id, id) is None:
        raise NotFound()
    why = nfc(reason)[:REASON_MAX]
    if not await store.void_receipt(
        conn, office_id, id, reason=why, at=now, by=by, approved_by=approved_by
    ):
        raise Conflict("receipt_void_already")


async def spoil(
    conn: Conn,
    office_id: UUID,
    use: Use,
    *,
    reason: str,
    by: UUID,
    now: datetime,
    approved_by: UUID | None = None,
    op_id: UUID | None = None,
) -> None:
    """Let a number be void that was never issued: misprinted, lost, passed over.

    `op_id` is the fact that told of it, `approved_by` who allowed it where two people decided.

    Raises `NotFound` for a block that is not the office's; `Conflict`: `receipt_out_of_range`,
    `receipt_used`, `needs_reason`.
    """
    if not reason.strip():
        raise Conflict("needs_reason")
    block = await store.lock_block(conn, office_id, use.block)
    if block is None:
        raise NotFound()
    if not block.first_number <= use.number <= block.last_number:
        raise Conflict("receipt_out_of_range")
    id = new_id()
    nobody = NewReceipt(
        office_id=office_id,
        id=id,
        kind=block.kind,
        subject_id=id,
        payer_name="",
        items=[],
        occurred_at=now,
        issued_by=by,
        device_id=block.device_id,
        op_id=op_id,
    )
    row = _make_receipt(nobody, block, use.number, day=service_day(now), now=now)
    row = msgspec.structs.replace(
        row,
        state="void",
        void_reason=nfc(reason)[:REASON_MAX],
        voided_at=now,
        voided_by=by,
        void_approved_by=approved_by,
    )
    if not await store.add_receipt(conn, row):
        raise Conflict("receipt_used")


async def find_lent(conn: Conn, office_id: UUID, use: Use) -> Block | None:
    """Return the block that a number is of, locked; None where no such number was lent."""
    block = await store.lock_block(conn, office_id, use.block)
    if block is None or not block.first_number <= use.number <= block.last_number:
        return None
    return block


async def give_back(
    conn: Conn, office_id: UUID, block_ids: Sequence[UUID], *, now: datetime
) -> list[UUID]:
    """Take blocks back; unused numbers are not lent again, and what was issued before holds."""
    return await store.return_blocks(conn, office_id, block_ids, at=now)


async def give_back_of_device(
    conn: Conn, office_id: UUID, device_id: UUID, *, now: datetime
) -> list[UUID]:
    """Take back all blocks of a phone that is retired or lost."""
    blocks = await store.list_blocks(conn, office_id, service_day(now).year, device_id=device_id)
    return await give_back(conn, office_id, [block.id for block in blocks], now=now)


async def list_gaps(conn: Conn, office_id: UUID, block_id: UUID) -> list[int]:
    """Return the numbers of a block that were passed over and nobody told of."""
    return await store.list_gaps(conn, office_id, block_id)
