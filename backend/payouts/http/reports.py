"""What came of a list over HTTP: money told twice, statements, minutes."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend.identity import Actor
from backend.kit.http import REPORTS
from backend.kit.sql import Conn
from backend.payouts import store
from backend.payouts.actions import documents, lists, proposals, reports
from backend.payouts.actions.reports import Minutes, Reconciliation, Which
from backend.payouts.http.files import CSV, PDF, FileFormat, download
from backend.payouts.http.wire import (
    MadeOut,
    ReasonAsked,
    scope_of,
)
from backend.payouts.model import (
    Sitting,
)


class ReportController(Controller):
    """What came of a list: money told twice, statements, minutes."""

    path = "/api/partner/v1"
    tags = ("payouts",)

    @get(
        "/payout-lists/{list_id:uuid}/reconciliation",
        operation_id="payouts_reconcile",
        opt={"permission": "payouts.read"},
    )
    async def reconcile(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> Reconciliation:
        """Return a list's money by its rows and by the ledger; the difference is 0."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        return await reports.reconcile(conn, batch)

    @get(
        "/payout-lists/{list_id:uuid}/reconciliation/file",
        operation_id="payouts_print_reconciliation",
        opt={"permission": "payouts.read"} | REPORTS,
        media_type=PDF,
    )
    async def print_reconciliation(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> Response[bytes]:
        """Return a list's reconciliation as PDF, to be signed by both sides."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        assert actor.id is not None, "staff prints"
        raw = await documents.print_reconciliation(conn, batch, by=actor.id, now=now)
        return download(raw, f"doi-soat-{batch.scheme}-{batch.period}", "pdf")

    @get(
        "/payout-lists/{list_id:uuid}/statement",
        operation_id="payouts_export",
        opt={"permission": "payouts.read"} | REPORTS,
        media_type=CSV,
    )
    async def export(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        which: FromQuery[Which] = "all",
        file: FromQuery[FileFormat] = "csv",
        office: FromQuery[UUID | None] = None,
    ) -> Response[bytes]:
        """Return the paid or unpaid list as a file. 409 `export_needs_second` for many people."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        assert actor.id is not None, "staff exports"
        if file == "pdf":
            raw = await documents.print_list(conn, batch, which=which, by=actor.id, now=now)
        else:
            raw = await reports.export(conn, batch, which=which, format=file, by=actor.id, now=now)
        name = {"paid": "da-chi-tra", "unpaid": "chua-chi-tra", "all": "chi-tra"}[which]
        return download(raw, f"{name}-{batch.scheme}-{batch.period}", file)

    @post(
        "/payout-lists/{list_id:uuid}/export-request",
        operation_id="payouts_ask_export",
        opt={"permission": "payouts.read"},
        status_code=201,
    )
    async def ask_export(
        self,
        list_id: FromPath[UUID],
        data: JSONBody[ReasonAsked],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> MadeOut:
        """Ask a second person for leave to export a list of more than a thousand people."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        assert actor.id is not None, "staff asks"
        made = await proposals.propose(
            conn,
            office_id=office_id,
            kind="export",
            subject_id=batch.id,
            detail="",
            reason=data.reason,
            by=actor.id,
            now=now,
        )
        return MadeOut(made)

    @get(
        "/payout-sittings",
        operation_id="payouts_list_sittings",
        opt={"permission": "payouts.read"},
    )
    async def list_sittings(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> list[Sitting]:
        """Return sittings, the newest first."""
        office_id, partner_id = scope_of(actor, office)
        return await store.list_sittings(conn, office_id, partner_id)

    @get(
        "/payout-sittings/{sitting_id:uuid}/minutes",
        operation_id="payouts_read_minutes",
        opt={"permission": "payouts.read"},
    )
    async def read_minutes(
        self,
        sitting_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> Minutes:
        """Return what a sitting's minutes say: who was paid, who signed."""
        office_id, partner_id = scope_of(actor, office)
        return await reports.read_minutes(conn, office_id, sitting_id, partner_id)

    @get(
        "/payout-sittings/{sitting_id:uuid}/minutes/file",
        operation_id="payouts_print_minutes",
        opt={"permission": "payouts.read"} | REPORTS,
        media_type=PDF,
    )
    async def print_minutes(
        self,
        sitting_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> Response[bytes]:
        """Return a sitting's minutes as PDF, with the signatures under them."""
        office_id, partner_id = scope_of(actor, office)
        assert actor.id is not None, "staff prints"
        raw = await documents.print_minutes(
            conn, office_id, sitting_id, partner_id, by=actor.id, now=now
        )
        return download(raw, f"bien-ban-{sitting_id}", "pdf")


controllers = (ReportController,)
