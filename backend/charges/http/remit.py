"""Handing on over HTTP: deadlines, batches, payees' files, the month's tax report."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import identity
from backend.charges import batches, documents
from backend.charges.actions import remitting
from backend.charges.batches import Alarm
from backend.charges.http.desk import READ, staff_of
from backend.charges.model import Batch, ChargeKind, Deadline
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit.clock import service_day
from backend.kit.http import REPORTS
from backend.kit.sql import Conn

REMIT: Final = {"permission": "charges.remit"}
APPROVE: Final = {"permission": "charges.approve", "approval": True}
CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"
DAYS_AHEAD: Final = 14


class MakeBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be handed on."""

    kind: ChargeKind
    payee_id: UUID
    through_on: date | None = None


class Remit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bank's number of the payment, when there is one."""

    bank_reference: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Deadlines(msgspec.Struct, frozen=True):
    """What is to be handed on, by day; alarms of what is near or late."""

    lines: list[Deadline]
    alarms: list[Alarm]


class BatchList(msgspec.Struct, frozen=True):
    """Batches, the newest first."""

    items: list[Batch]


def as_file(name: str) -> dict[str, str]:
    """Return the headers of a file to keep."""
    return {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}


class RemitController(Controller):
    """What is handed on to payees."""

    path = "/api/cash/v1/charges"
    tags = ("charges",)

    @get("/deadlines", operation_id="charges_list_deadlines", opt=READ)
    async def list_deadlines(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Deadlines:
        """Return what is to be handed on within two weeks, what is late first, and alarms."""
        office_id = desk_office(actor, None)
        until = service_day(now) + timedelta(days=DAYS_AHEAD)
        return Deadlines(
            await batches.list_deadlines(conn, office_id, until),
            await batches.list_alarms(conn, office_id),
        )

    @get("/batches", operation_id="charges_list_batches", opt=READ)
    async def list_batches(
        self, actor: NamedDependency[Actor], conn: NamedDependency[Conn]
    ) -> BatchList:
        """Return batches, the newest first."""
        return BatchList(await batches.list_batches(conn, desk_office(actor, None)))

    @post("/batches", operation_id="charges_make_batch", opt=REMIT)
    async def make_batch(
        self,
        data: JSONBody[MakeBatch],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Batch:
        """Gather what a payee is to get. 409 `nothing_to_remit`."""
        return await remitting.make_batch(
            conn,
            desk_office(actor, None),
            data.kind,
            data.payee_id,
            through_on=data.through_on or service_day(now),
            by=staff_of(actor),
            now=now,
        )

    @post(
        "/batches/{batch_id:uuid}/remit",
        operation_id="charges_remit",
        opt=APPROVE,
        status_code=204,
    )
    async def remit(
        self,
        batch_id: FromPath[UUID],
        data: JSONBody[Remit],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Approve a batch that another person made. 409 `approved_by_maker`, `batch_ended`."""
        await remitting.remit(
            conn,
            desk_office(actor, None),
            batch_id,
            approved_by=staff_of(actor),
            bank_reference=data.bank_reference,
            now=now,
        )

    @post(
        "/batches/{batch_id:uuid}/drop",
        operation_id="charges_drop_batch",
        opt=REMIT,
        status_code=204,
    )
    async def drop(
        self,
        batch_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Let a batch go; its charges are free again. 409 `batch_ended`."""
        await remitting.drop_batch(conn, desk_office(actor, None), batch_id, now=now)

    @get(
        "/batches/{batch_id:uuid}/file",
        operation_id="charges_batch_file",
        opt=READ | REPORTS,
        media_type=PDF,
    )
    async def batch_file(
        self,
        batch_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        is_csv: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """Return a batch as its payee gets it, PDF or CSV. 409 `payers_need_second` for many."""
        files = await documents.make_batch_files(
            conn,
            desk_office(actor, None),
            batch_id,
            by=await _exporter(conn, actor),
            today=service_day(now),
        )
        await _keep(conn, actor, batch_id, files, now)
        return _answer(files, is_csv, "bang-ke-nop-tien")

    @get("/taxes", operation_id="charges_tax_report", opt=READ | REPORTS, media_type=PDF)
    async def tax_report(
        self,
        payee_id: FromQuery[UUID],
        year: FromQuery[int],
        month: FromQuery[int],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        is_csv: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """Return the taxes of a month (03/UNT), PDF or CSV. 422 `month_unknown`; 409 as above."""
        files = await documents.make_tax_report(
            conn,
            desk_office(actor, None),
            payee_id,
            year,
            month,
            by=await _exporter(conn, actor),
            today=service_day(now),
        )
        await _keep(conn, actor, payee_id, files, now)
        return _answer(files, is_csv, f"03-UNT-{year}-{month:02d}")


async def _exporter(conn: Conn, actor: Actor) -> documents.Exporter:
    staff = await identity.get_staff(conn, staff_of(actor))
    return documents.Exporter(
        staff.id, staff.display_name, is_approver=identity.can(actor, "charges.approve")
    )


async def _keep(
    conn: Conn, actor: Actor, of_id: UUID, files: documents.Files, now: datetime
) -> None:
    """Keep that a file with people in it went out, and with how many (A11)."""
    entry = AuditEntry(
        office_id=desk_office(actor, None),
        at=now,
        action="charges.export",
        outcome=f"all:{files.num_people}",
        actor_id=actor.id,
        object_kind="charges",
        object_id=of_id,
    )
    await identity.audit(conn, entry)


def _answer(files: documents.Files, is_csv: bool, name: str) -> Response[bytes]:
    if is_csv:
        return Response(files.table, media_type=CSV, headers=as_file(f"{name}.csv"))
    return Response(files.paper, media_type=PDF, headers=as_file(f"{name}.pdf"))


controllers: Final = (RemitController,)
