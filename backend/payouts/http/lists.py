"""Lists as an agency's officer and the desk work with them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, RawBody
from litestar.response import ServerSentEvent

from backend.house import House
from backend.identity import Actor
from backend.kit.clock import service_day
from backend.kit.csv_table import write_faults
from backend.kit.errors import Malformed, NotFound
from backend.kit.http import locale_of
from backend.kit.sql import Conn
from backend.kit.stream import follow
from backend.kit.text import fold
from backend.payouts import store
from backend.payouts.actions import imports, lists, proposals, reports
from backend.payouts.actions.reading import BYTES_MAX
from backend.payouts.actions.reports import Format, Minutes, Reconciliation, Which
from backend.payouts.http.wire import (
    ListOut,
    MadeOut,
    PayoutPage,
    ReasonAsked,
    SchemeOut,
    UploadOut,
    faults_of,
    list_out,
    payout_out,
    scheme_out,
    scope_of,
    upload_out,
)
from backend.payouts.model import (
    Asked,
    PayoutState,
    Period,
    Reference,
    SchemeCode,
    Sitting,
    payout_topic,
)
from backend.payouts.rows import ChangeRow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
FILES = (CSV, XLSX)
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
WORDS_LENGTH_MAX = 80
Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class FileOperation(Operation):
    """Says the body's shape in the API description; the handler reads the bytes itself."""

    def __post_init__(self) -> None:
        """Describe the body."""
        shape = Schema(type="string", description="docs/import.md")  # type: ignore[arg-type]
        content = {media: OpenAPIMediaType(schema=shape) for media in FILES}
        self.request_body = RequestBody(required=True, content=content)


class FileController(Controller):
    """Files of lists: brought, judged, kept, their faults."""

    path = "/api/partner/v1/payout-lists/files"
    tags = ("payouts",)

    @post(
        operation_id="payouts_bring_file",
        opt={"permission": "payouts.import", "takes": FILES},
        request_max_body_size=BYTES_MAX,
        operation_class=FileOperation,
        status_code=202,
    )
    async def bring(
        self,
        body: RawBody,
        request: Request[Any, Any, Any],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        scheme: FromQuery[SchemeCode],
        period: FromQuery[Period],
        second_period: FromQuery[Period | None] = None,
        reference: FromQuery[Reference] = "",
        base_id: FromQuery[UUID | None] = None,
        declared_vnd: Annotated[int | None, QueryParameter(ge=0, le=10_000_000_000_000)] = None,
        due_on: FromQuery[date | None] = None,
        commit: FromQuery[bool] = False,
    ) -> UploadOut:
        """Take a CSV or XLSX file of a list; the worker judges it, and keeps it if asked to."""
        house: House = state.house
        office_id, partner_id = scope_of(actor, None)
        if partner_id is None or actor.id is None:
            raise NotFound()
        upload_id = await imports.bring(
            conn,
            house.sealer,
            office_id=office_id,
            partner_id=partner_id,
            by=actor.id,
            asked=Asked(
                scheme=scheme,
                period=period,
                second_period=second_period,
                reference=reference,
                base_id=base_id,
                declared_vnd=declared_vnd,
                due_on=due_on,
            ),
            raw=await request.body(),
            commit=commit,
            now=now,
        )
        upload = await store.find_upload(conn, office_id, upload_id)
        assert upload is not None
        return upload_out(upload, locale_of(request))

    @get(operation_id="payouts_list_files", opt={"permission": "payouts.read"})
    async def list_files(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        limit: Limit = 50,
        office: FromQuery[UUID | None] = None,
    ) -> list[UploadOut]:
        """Return the newest files, without their faults."""
        office_id, partner_id = scope_of(actor, office)
        uploads = await store.list_uploads(conn, office_id, partner_id, limit=limit)
        return [upload_out(upload, locale_of(request)) for upload in uploads]

    @get("/{upload_id:uuid}", operation_id="payouts_get_file", opt={"permission": "payouts.read"})
    async def get_file(
        self,
        upload_id: FromPath[UUID],
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> UploadOut:
        """Return how far a file was read, and what is wrong with it."""
        office_id, partner_id = scope_of(actor, office)
        upload = await store.find_upload(conn, office_id, upload_id, partner_id)
        if upload is None:
            raise NotFound()
        return upload_out(upload, locale_of(request))

    @get(
        "/{upload_id:uuid}/faults",
        operation_id="payouts_list_file_faults",
        opt={"permission": "payouts.read"},
        media_type=CSV,
    )
    async def list_faults(
        self,
        upload_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> Response[bytes]:
        """Return a file's faults as a CSV file that no spreadsheet runs."""
        office_id, partner_id = scope_of(actor, office)
        upload = await store.find_upload(conn, office_id, upload_id, partner_id)
        if upload is None:
            raise NotFound()
        return _download(write_faults(faults_of(upload)), "loi-danh-sach", "csv")

    @post(
        "/{upload_id:uuid}/keep",
        operation_id="payouts_keep_file",
        opt={"permission": "payouts.import"},
        status_code=202,
    )
    async def keep(
        self,
        upload_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Let a file that was judged without fault become its list. 409 `upload_not_ready`."""
        office_id, partner_id = scope_of(actor, None)
        if partner_id is None:
            raise NotFound()
        await imports.keep(
            conn, office_id=office_id, partner_id=partner_id, upload_id=upload_id, now=now
        )


class ListController(Controller):
    """Lists: how they stand, their rows, their approval, what came of them."""

    path = "/api/partner/v1"
    tags = ("payouts",)

    @get("/payout-schemes", operation_id="payouts_list_schemes", opt={"permission": "payouts.read"})
    async def list_schemes(self, conn: NamedDependency[Conn]) -> list[SchemeOut]:
        """Return every scheme with its rules, and how sure each rule is."""
        return [scheme_out(scheme) for scheme in await store.list_schemes(conn)]

    @get(
        "/payout-lists/live",
        operation_id="payouts_follow",
        opt={"permission": "payouts.read"},
    )
    async def follow_news(
        self,
        state: State,
        actor: NamedDependency[Actor],
        office: FromQuery[UUID | None] = None,
    ) -> ServerSentEvent:
        """Say `payouts` whenever a list or a file has something new to read."""
        office_id, _ = scope_of(actor, office)
        return ServerSentEvent(follow(state.house.hub, {"payouts": payout_topic(office_id)}))

    @get("/payout-lists", operation_id="payouts_list", opt={"permission": "payouts.read"})
    async def list_lists(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        period: FromQuery[Period | None] = None,
        limit: Limit = 100,
        office: FromQuery[UUID | None] = None,
    ) -> list[ListOut]:
        """Return lists, the newest period first."""
        office_id, partner_id = scope_of(actor, office)
        found = await store.list_lists(
            conn, office_id, partner_id=partner_id, period=period, limit=limit
        )
        return [await list_out(conn, batch) for batch in found]

    @get(
        "/payout-lists/{list_id:uuid}",
        operation_id="payouts_get",
        opt={"permission": "payouts.read"},
    )
    async def get_list(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> ListOut:
        """Return a list as it stands."""
        office_id, partner_id = scope_of(actor, office)
        return await list_out(conn, await lists.get_list(conn, office_id, list_id, partner_id))

    @get(
        "/payout-lists/{list_id:uuid}/payouts",
        operation_id="payouts_list_rows",
        opt={"permission": "payouts.read"},
    )
    async def list_payouts(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        payout_state: Annotated[PayoutState | None, QueryParameter(name="state")] = None,
        q: Annotated[str | None, QueryParameter(max_length=WORDS_LENGTH_MAX)] = None,
        after: Annotated[str | None, QueryParameter(max_length=60)] = None,
        limit: Limit = 100,
        office: FromQuery[UUID | None] = None,
    ) -> PayoutPage:
        """Return people of a list, by state and words of the name, a page at a time."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        scheme = await store.scheme_of(conn, batch)
        found = await store.list_payouts(
            conn,
            batch,
            state=payout_state,
            pattern=_pattern(q),
            after=_cursor(after),
            limit=limit + 1,
        )
        page = found[:limit]
        paid = await store.list_payments_of(conn, office_id, [payout.id for payout in page])
        today = service_day(now)
        items = [payout_out(p, paid.get(p.id), scheme.settings, today) for p in page]
        last = f"{page[-1].row_number}:{page[-1].id}" if len(found) > limit else None
        return PayoutPage(items, last)

    @get(
        "/payout-lists/{list_id:uuid}/changes",
        operation_id="payouts_list_changes",
        opt={"permission": "payouts.read"},
    )
    async def list_changes(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> list[ChangeRow]:
        """Return what a delta list says of its first list, and whether it came in time."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        return await store.list_changes(conn, batch)

    @post(
        "/payout-lists/{list_id:uuid}/approve",
        operation_id="payouts_approve",
        opt={"permission": "payouts.approve", "approval": True},
        status_code=204,
    )
    async def approve(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Approve a list that another made. 409 `approved_by_maker`, `list_not_balanced`."""
        office_id, partner_id = scope_of(actor, office)
        assert actor.id is not None, "staff approves"
        await lists.approve(
            conn,
            office_id=office_id,
            list_id=list_id,
            by=actor.id,
            now=now,
            partner_id=partner_id,
        )

    @post(
        "/payout-lists/{list_id:uuid}/discard",
        operation_id="payouts_discard",
        opt={"permission": "payouts.import"},
        status_code=204,
    )
    async def discard(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Give up a draft without money. 409 `list_not_draft`, `list_funded`."""
        office_id, partner_id = scope_of(actor, None)
        assert actor.id is not None, "staff discards"
        await lists.discard(
            conn,
            office_id=office_id,
            list_id=list_id,
            by=actor.id,
            now=now,
            partner_id=partner_id,
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
        "/payout-lists/{list_id:uuid}/statement",
        operation_id="payouts_export",
        opt={"permission": "payouts.read"},
        media_type=CSV,
    )
    async def export(
        self,
        list_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        which: FromQuery[Which] = "all",
        file: FromQuery[Format] = "csv",
        office: FromQuery[UUID | None] = None,
    ) -> Response[bytes]:
        """Return the paid or unpaid list as a file. 409 `export_needs_second` for many people."""
        office_id, partner_id = scope_of(actor, office)
        batch = await lists.get_list(conn, office_id, list_id, partner_id)
        assert actor.id is not None, "staff exports"
        raw = await reports.export(conn, batch, which=which, format=file, by=actor.id, now=now)
        name = {"paid": "da-chi-tra", "unpaid": "chua-chi-tra", "all": "chi-tra"}[which]
        return _download(raw, f"{name}-{batch.scheme}-{batch.period}", file)

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


def _download(raw: bytes, name: str, kind: Format) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(raw, media_type=MEDIA[kind], headers=headers)


def _pattern(text: str | None) -> str | None:
    """Return the pattern for folded text, with the signs that LIKE knows taken literally."""
    words = fold(text or "")
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, f"\\{sign}")
    return f"%{words}%" if words else None


def _cursor(text: str | None) -> tuple[int, UUID] | None:
    """Return the row after which a page begins; raise 400 `malformed`."""
    if text is None:
        return None
    row, _, id = text.partition(":")
    try:
        return int(row), UUID(id)
    except ValueError as error:
        raise Malformed("malformed", path="after") from error


controllers = (FileController, ListController, ReportController)
