"""What the law wants reported of money orders, over HTTP."""

from datetime import date, datetime
from typing import Final

from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery

from backend import identity
from backend.house import House
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit.http import REPORTS
from backend.kit.sql import Conn
from backend.money_orders import documents, store
from backend.money_orders.http.wire import FlagList, staff_of

UNLOCK: Final = {"permission": "orders.unlock"}
CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"


class ReportController(Controller):
    """What the law wants reported."""

    path = "/api/cash/v1/orders/flags"
    tags = ("money_orders",)

    @get(operation_id="orders_list_flags", opt=UNLOCK)
    async def list_flags(
        self,
        from_day: FromQuery[date],
        to_day: FromQuery[date],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
    ) -> FlagList:
        """Return large sums of some days, by person's key."""
        return FlagList(await store.list_flags(conn, desk_office(actor, None), from_day, to_day))

    @get("/file", operation_id="orders_flag_file", opt=UNLOCK | REPORTS, media_type=PDF)
    async def flag_file(
        self,
        from_day: FromQuery[date],
        to_day: FromQuery[date],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        is_csv: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """Return the report of large sums with the fields the law names; the export is kept."""
        house: House = state.house
        office_id = desk_office(actor, None)
        maker = await identity.get_staff(conn, staff_of(actor))
        table, paper, num = await documents.make_flag_report(
            conn, house.sealer, office_id, from_day, to_day, maker=maker.display_name
        )
        entry = AuditEntry(
            office_id=office_id,
            at=now,
            actor_id=actor.id,
            action="order.flags",
            outcome=f"all:{num}",
        )
        await identity.audit(conn, entry)
        name = f"giao-dich-lon-{from_day}-{to_day}-{num}"
        kind, raw, end = (CSV, table, "csv") if is_csv else (PDF, paper, "pdf")
        headers = {"content-disposition": f'attachment; filename="{name}.{end}"'}
        return Response(raw, media_type=kind, headers=headers | {"cache-control": "no-store"})


controllers: Final = (ReportController,)
