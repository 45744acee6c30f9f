"""Files of errands over HTTP: judged, booked, and their faults to take away."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Controller, Request, Response, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import FromQuery, RawBody

from backend.identity import Actor
from backend.kit.catalog import Locale
from backend.kit.csv_table import BYTES_MAX, Fault, write_faults
from backend.kit.http import locale_of
from backend.kit.sql import Conn
from backend.partners.imports import import_errands

CSV = ("text/csv",)
FAULTS_FILE = 'attachment; filename="loi-nhap-tep.csv"'


class CsvOperation(Operation):
    """Says the body's shape in the API description; the handlers read the bytes themselves."""

    def __post_init__(self) -> None:
        """Describe the body."""
        shape = Schema(type="string", description="docs/import.md")  # type: ignore[arg-type]
        self.request_body = RequestBody(
            required=True, content={"text/csv": OpenAPIMediaType(schema=shape)}
        )


class FaultOut(msgspec.Struct, frozen=True):
    """What is wrong with one cell; `column` is empty when it is the whole row."""

    row: int
    """As a spreadsheet counts: the header is row 1."""
    column: str
    code: str
    value: str
    message: str
    """In the language the request asks for."""


class ImportOut(msgspec.Struct, frozen=True):
    """What came of a file."""

    num_rows: int
    num_accepted: int
    num_known: int
    is_committed: bool
    faults: list[FaultOut]


class ImportController(Controller):
    """What a dispatcher does with an agency's list."""

    path = "/api/dispatch/v1/imports"
    tags = ("partners",)

    @post(
        operation_id="partners_import_errands",
        opt={"permission": "errands.import", "takes": CSV},
        request_max_body_size=BYTES_MAX,
        operation_class=CsvOperation,
        status_code=200,
    )
    async def import_file(
        self,
        body: RawBody,
        request: Request[Any, Any, Any],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        commit: FromQuery[bool] = False,
    ) -> ImportOut:
        """Judge a CSV file of errands; with `commit`, book the good rows. Rows known stay as is."""
        result = await import_errands(
            conn, state.house.sealer, actor, await request.body(), commit=commit, now=now
        )
        locale = locale_of(request)
        return ImportOut(
            result.num_rows,
            result.num_accepted,
            result.num_known,
            commit,
            [_fault_out(fault, locale) for fault in result.faults],
        )

    @post(
        "/faults",
        operation_id="partners_list_import_faults",
        opt={"permission": "errands.import", "takes": CSV},
        request_max_body_size=BYTES_MAX,
        operation_class=CsvOperation,
        status_code=200,
    )
    async def list_faults(
        self,
        request: Request[Any, Any, Any],
        body: RawBody,
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Response[bytes]:
        """Return the faults of a CSV file of errands as a CSV file; nothing is booked."""
        result = await import_errands(
            conn, state.house.sealer, actor, await request.body(), commit=False, now=now
        )
        return Response(
            write_faults(result.faults),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": FAULTS_FILE},
        )


def _fault_out(fault: Fault, locale: Locale) -> FaultOut:
    return FaultOut(fault.row, fault.column, fault.code, fault.value, fault.message(locale))


controllers = (ImportController,)
