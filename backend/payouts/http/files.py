"""Files of lists as an agency brings them: judged, kept, their faults."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery, QueryParameter, RawBody

from backend.house import House
from backend.identity import Actor
from backend.kit.csv_table import write_faults
from backend.kit.errors import NotFound
from backend.kit.http import locale_of
from backend.kit.sql import Conn
from backend.payouts import store
from backend.payouts.actions import imports
from backend.payouts.actions.reading import BYTES_MAX
from backend.payouts.http.wire import (
    UploadOut,
    faults_of,
    scope_of,
    upload_out,
)
from backend.payouts.model import (
    Asked,
    Period,
    Reference,
    SchemeCode,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
PDF = "application/pdf"
FILES = (CSV, XLSX)
FileFormat = Literal["csv", "xlsx", "pdf"]
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "pdf": PDF}
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
        return download(write_faults(faults_of(upload)), "loi-danh-sach", "csv")

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


def download(raw: bytes, name: str, kind: FileFormat) -> Response[bytes]:
    """Return a file to be saved under a name."""
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(raw, media_type=MEDIA[kind], headers=headers)


controllers = (FileController,)
