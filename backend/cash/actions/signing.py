"""The sheet of a day signed on the screen by its two sides, as the day closes (L12)."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from backend.cash import rules
from backend.cash.actions import days
from backend.cash.store import list_counts, lock_drawer_day, queries
from backend.kit import catalog, pdf
from backend.kit.errors import Conflict
from backend.kit.sql import Conn

Strokes = Annotated[str, msgspec.Meta(max_length=8192, pattern=r"^[ML0-9 ,.\-]*$")]
"""Lines drawn on glass as the path of an SVG; empty where nobody signed."""

SIGNS_OF_DAY: Final = {
    "day_unsigned": (
        "Tờ quỹ ngày chưa đủ chữ ký của thủ quỹ và kiểm soát viên.",
        "The day’s sheet is not signed by both the cashier and the controller.",
    )
}
catalog.add(SIGNS_OF_DAY)


class Signed(msgspec.Struct, frozen=True):
    """By whom a day's sheet is signed, and how; columns of `find_day_signs`."""

    cashier_id: UUID
    controller_id: UUID
    cashier: Strokes
    controller: Strokes
    at: datetime


async def close_signed(
    conn: Conn,
    office_id: UUID,
    day: date,
    *,
    cashier: str,
    controller: str,
    by: UUID,
    now: datetime,
    is_along: bool = False,
) -> None:
    """Close a day whose sheet both sides have signed; the cashier's side is who counted for it.

    Raises `Conflict` `day_unsigned`, and what `close_day` does.
    """
    await days.close_day(conn, office_id, day, by=by, now=now, is_along=is_along)
    if not (pdf.draw_ink(cashier) and pdf.draw_ink(controller)):
        raise Conflict("day_unsigned")
    found = await lock_drawer_day(conn, office_id, day)
    assert found is not None, "it was closed just now"
    counts = await list_counts(conn, office_id, "drawer", found[0])
    assert rules.reveal(counts, "cashier", "controller").is_complete, "it was closed just now"
    counted_by = next(count.by_id for count in counts if count.side == "cashier")
    await queries.run(
        conn,
        "sign_day",
        office_id=office_id,
        id=found[0],
        cashier=cashier,
        controller=controller,
        cashier_id=counted_by,
        controller_id=by,
        at=now,
    )


async def find_signs(conn: Conn, office_id: UUID, day: date) -> Signed | None:
    """Return the signatures of a closed day, or None where it has none."""
    return await queries.one(conn, "find_day_signs", Signed, office_id=office_id, day=day)
