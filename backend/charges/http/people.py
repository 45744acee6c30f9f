"""A payer's own number in full, to whoever asks for it; that it was shown is kept (A6)."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend import identity
from backend.charges import store
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit.errors import NotFound
from backend.kit.sql import Conn


class PayerOut(msgspec.Struct, frozen=True):
    """Who is to pay."""

    payer_name: str
    payer_tax_code: str


class PayerController(Controller):
    """Who is to pay a charge."""

    path = "/api/cash/v1/charges"
    tags = ("charges",)

    @post(
        "/{charge_id:uuid}/show",
        operation_id="charges_show_payer",
        opt={"permission": "charges.read"},
        status_code=200,
    )
    async def show(
        self,
        charge_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Response[PayerOut]:
        """Return the payer's tax code in full; that it was shown is kept."""
        office_id = desk_office(actor, None)
        charge = await store.find_charge(conn, office_id, charge_id)
        if charge is None:
            raise NotFound()
        entry = AuditEntry(
            office_id=office_id,
            at=now,
            actor_id=actor.id,
            action="charge.show",
            outcome="granted",
            object_kind="charge",
            object_id=charge_id,
        )
        await identity.audit(conn, entry)
        shown = PayerOut(charge.payer_name, charge.payer_tax_code)
        return Response(shown, status_code=200, headers={"cache-control": "no-store"})


controllers: Final = (PayerController,)
