"""Receipts over HTTP: the desk's ranges, blocks, papers; a phone's blocks; the public check."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import identity
from backend.house import House
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit import tax_code
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.http import REPORTS, locale_of
from backend.kit.sql import Conn
from backend.receipts import actions, documents, page, store
from backend.receipts.model import Block, Range, RangeDraft, Receipt, ReceiptKind, Template, Use

CHECK_RATE: Final = (30, 60)
CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"
Text = Annotated[str, msgspec.Meta(max_length=200)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Number = Annotated[int, msgspec.Meta(ge=1, le=99_999_999)]


class Allot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers for an office."""

    kind: ReceiptKind
    template: Template
    symbol: Annotated[str, msgspec.Meta(max_length=6)]
    first_number: Number
    last_number: Number
    office_id: UUID | None = None
    is_paper: bool = False
    face_value_vnd: int | None = None
    delegator_name: Text = ""
    delegator_tax_code: Annotated[str, msgspec.Meta(max_length=20)] = ""


class Lend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers for a phone."""

    kind: ReceiptKind
    device_id: UUID
    staff_id: UUID
    num: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 50


class Spoil(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number of a block that is void without ever having been issued."""

    number: Number
    reason: Reason


class Made(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: UUID


class RangeList(msgspec.Struct, frozen=True):
    """Ranges and blocks of a year."""

    ranges: list[Range]
    blocks: list[Block]


class Blocks(msgspec.Struct, frozen=True):
    """Blocks that a phone may use up."""

    blocks: list[Block]


class ReceiptOut(Receipt, frozen=True):
    """A receipt with the payer's own number masked (A6); its paper has it whole."""


class ReceiptList(msgspec.Struct, frozen=True):
    """Numbers that were used."""

    items: list[ReceiptOut]


class Gaps(msgspec.Struct, frozen=True):
    """Numbers that were passed over."""

    numbers: list[int]


def _staff(actor: Actor) -> UUID:
    assert actor.id is not None, "the guard lets staff in"
    return actor.id


class ReceiptController(Controller):
    """What a desk does with numbers."""

    path = "/api/cash/v1/receipts"
    tags = ("receipts",)

    @post("/ranges", operation_id="receipts_allot", opt={"permission": "receipts.allot"})
    async def allot(
        self,
        data: JSONBody[Allot],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Made:
        """Allot numbers. 422 by field.

        409 `receipt_range_taken`, `paper_receipts_ended`, `receipt_form_not_lent`.
        """
        draft = RangeDraft(
            office_id=desk_office(actor, data.office_id),
            kind=data.kind,
            template=data.template,
            symbol=data.symbol,
            first_number=data.first_number,
            last_number=data.last_number,
            form="paper" if data.is_paper else "electronic",
            face_value_vnd=data.face_value_vnd,
            delegator_name=data.delegator_name,
            delegator_tax_code=data.delegator_tax_code,
        )
        return Made(await actions.allot(conn, draft, by=_staff(actor), now=now))

    @get("/ranges", operation_id="receipts_list_ranges", opt={"permission": "receipts.read"})
    async def list_ranges(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office_id: FromQuery[UUID | None] = None,
        year: FromQuery[int | None] = None,
    ) -> RangeList:
        """Return the ranges of the office, and the blocks of a year, this one's by default."""
        office = desk_office(actor, office_id)
        blocks = await store.list_blocks(conn, office, year or service_day(now).year)
        return RangeList(await store.list_ranges(conn, office), blocks)

    @post("/blocks", operation_id="receipts_lend", opt={"permission": "receipts.allot"})
    async def lend(
        self,
        data: JSONBody[Lend],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Block:
        """Lend numbers to a phone. 409 `no_receipts_left`."""
        return await actions.lease_block(
            conn,
            desk_office(actor, None),
            data.kind,
            device_id=data.device_id,
            staff_id=data.staff_id,
            num=data.num,
            now=now,
        )

    @post(
        "/blocks/{block_id:uuid}/give-back",
        operation_id="receipts_give_back",
        opt={"permission": "receipts.allot"},
    )
    async def give_back(
        self,
        block_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Gaps:
        """Take a block back; return the numbers in it that were passed over. 404 when unknown."""
        office = desk_office(actor, None)
        if await store.lock_block(conn, office, block_id) is None:
            raise NotFound()
        await actions.give_back(conn, office, [block_id], now=now)
        return Gaps(await actions.list_gaps(conn, office, block_id))

    @post(
        "/blocks/{block_id:uuid}/spoil",
        operation_id="receipts_spoil",
        opt={"permission": "receipts.allot"},
        status_code=204,
    )
    async def spoil(
        self,
        block_id: FromPath[UUID],
        data: JSONBody[Spoil],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Write a number off. 409 `receipt_out_of_range`, `receipt_used`."""
        use = Use(block_id, data.number)
        office = desk_office(actor, None)
        await actions.spoil(conn, office, use, reason=data.reason, by=_staff(actor), now=now)

    @get(operation_id="receipts_list", opt={"permission": "receipts.read"})
    async def list_used(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        from_day: FromQuery[date],
        to_day: FromQuery[date],
    ) -> ReceiptList:
        """Return the numbers used on some days, void ones too."""
        used = await store.list_used(conn, desk_office(actor, None), from_day, to_day)
        return ReceiptList([_receipt_out(one) for one in used])

    @get(
        "/{receipt_id:uuid}/paper",
        operation_id="receipts_paper",
        opt={"permission": "receipts.read"},
        media_type=PDF,
    )
    async def paper(
        self,
        receipt_id: FromPath[UUID],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Response[bytes]:
        """Return a receipt as PDF; that it was taken is kept, since it names the payer whole."""
        house: House = state.house
        receipt = await store.find_receipt(conn, desk_office(actor, None), receipt_id)
        if receipt is None:
            raise NotFound()
        entry = AuditEntry(
            office_id=receipt.office_id,
            at=now,
            actor_id=actor.id,
            action="receipt.paper",
            outcome="granted",
            object_kind="receipt",
            object_id=receipt_id,
        )
        await identity.audit(conn, entry)
        raw = await documents.make_receipt_pdf(
            conn,
            receipt,
            collector=await _name_of(conn, receipt.issued_by),
            public_url=house.settings.public_url,
        )
        return Response(raw, media_type=PDF, headers=_as_file("bien-lai.pdf"))

    @get(
        "/use",
        operation_id="receipts_use_report",
        opt={"permission": "receipts.read"} | REPORTS,
        media_type=PDF,
    )
    async def report_use(
        self,
        year: FromQuery[int],
        quarter: FromQuery[int],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        is_csv: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """Return the use of receipts in a quarter (05/UNT), as PDF or as CSV."""
        maker = await identity.get_staff(conn, _staff(actor))
        table, paper = await documents.make_use_report(
            conn,
            desk_office(actor, None),
            year,
            quarter,
            maker=maker.display_name,
            today=service_day(now),
        )
        name = f"05-UNT-{year}-Q{quarter}"
        if is_csv:
            return Response(table, media_type=CSV, headers=_as_file(f"{name}.csv"))
        return Response(paper, media_type=PDF, headers=_as_file(f"{name}.pdf"))


def _receipt_out(receipt: Receipt) -> ReceiptOut:
    fields = msgspec.structs.asdict(receipt)
    return ReceiptOut(**(fields | {"payer_tax_code": tax_code.mask(receipt.payer_tax_code)}))


async def _name_of(conn: Conn, staff_id: UUID) -> str:
    """Return who took the money; nobody did where a bank told of it."""
    try:
        return (await identity.get_staff(conn, staff_id)).display_name
    except NotFound:
        return ""


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}


class PhoneController(Controller):
    """What a courier's phone needs to write receipts with no signal."""

    path = "/api/courier/v1/receipts"
    tags = ("receipts",)

    @post(
        "/blocks",
        operation_id="receipts_top_up",
        opt={"permission": "receipts.lease", "signed": True},
        status_code=200,
    )
    async def top_up(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Blocks:
        """Return the open blocks of this phone, with a fresh one of each kind that runs low.

        Only the field device gets numbers (S22); any other phone has none.
        """
        if actor.device_id is None or actor.office_id is None or not actor.is_field:
            return Blocks([])
        blocks = await actions.top_up(
            conn,
            actor.office_id,
            device_id=actor.device_id,
            staff_id=_staff(actor),
            now=now,
        )
        return Blocks(blocks)


class CheckController(Controller):
    """The page behind the QR of a receipt."""

    include_in_schema = False

    @get("/r/{check_code:str}", opt={"permission": "public"}, media_type=MediaType.HTML)
    async def check(
        self, check_code: FromPath[str], request: Request[Any, Any, Any], state: State
    ) -> Response[str]:
        """Say whether a receipt holds; who does not know its code learns nothing (A7)."""
        await identity.count_hit(request, "receipt", CHECK_RATE)
        house: House = state.house
        async with house.db.transaction(actor="public", offices="*") as conn:
            receipt = await store.find_checked(conn, check_code[:64])
        body = page.say_validity(receipt, locale_of(request))
        status = 404 if receipt is None else 200
        headers = {"cache-control": "no-store"}
        return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers)


controllers = (ReceiptController, PhoneController, CheckController)
