"""Receipts of charges at a desk: letting one be void, which only the charge can allow."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.charges.actions import receipting
from backend.charges.http.desk import staff_of
from backend.identity import Actor, desk_office
from backend.kit.sql import Conn


class Void(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a receipt no longer holds."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class VoidController(Controller):
    """What a desk does with a receipt that was issued."""

    path = "/api/cash/v1/receipts"
    tags = ("receipts",)

    @post(
        "/{receipt_id:uuid}/void",
        operation_id="receipts_void",
        opt={"permission": "receipts.allot"},
        status_code=204,
    )
    async def void(
        self,
        receipt_id: FromPath[UUID],
        data: JSONBody[Void],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Let a receipt be void; it stays, with the reason.

        409 `receipt_of_collected` (take the charge back instead), `receipt_void_already`.
        """
        await receipting.void_receipt(
            conn,
            desk_office(actor, None),
            receipt_id,
            reason=data.reason,
            by=staff_of(actor),
            now=now,
        )


controllers: Final = (VoidController,)
