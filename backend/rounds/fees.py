"""What a dossier costs at the door: the agency's fee and our postage, each a charge of its own."""

from collections.abc import Iterable
from uuid import UUID

from backend import charges, dossiers
from backend.charges import Charge, Door, NewCharge
from backend.dossiers import Dossier, NewDossier, Source
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.receipts import Item

SERVICE_S = 60
"""Notes counted and a number written; the greeting is the dossier's own."""
RETURNED = "Hồ sơ trả lại cơ quan"


async def owe(conn: Conn, booked: Iterable[tuple[NewDossier, str]], source: Source) -> None:
    """Let the citizens of new dossiers, each with a payer's name, owe what these cost.

    The charges are due at the dossier's door, on its day and in its window: one visit, one stop.
    """
    new: list[NewCharge] = []
    for dossier, payer_name in booked:
        if dossier.fee_vnd > 0:
            await charges.save_partner_payee(conn, dossier.office_id, dossier.partner_id)
        new += list_charges(dossier, payer_name, source)
    if new:
        await charges.add_many(conn, new, now=source.received_at)


def list_charges(dossier: NewDossier, payer_name: str, source: Source) -> list[NewCharge]:
    """Return what a new dossier costs its citizen; nothing for what is free."""
    name = dossier.procedure.name
    fee = (dossier.partner_id, Item(f"Lệ phí: {name}"[:200], dossier.fee_vnd))
    postage = (None, Item("Cước bưu chính", dossier.postage_due_vnd))
    return [
        NewCharge(
            office_id=dossier.office_id,
            id=new_id(),
            kind="postage" if payee_id is None else "fee",
            payee_id=payee_id,
            payer_name=payer_name,
            items=[item],
            due_on=dossier.wanted_on,
            made_by=source.staff_id or dossier.office_id,
            external_key=str(dossier.id),
            dossier_id=dossier.id,
            citizen_id=dossier.citizen_id,
            door=_door_of(dossier),
            is_demo=dossier.is_demo,
        )
        for payee_id, item in (fee, postage)
        if item.amount_vnd > 0
    ]


def _door_of(dossier: NewDossier) -> Door:
    return Door(
        citizen_id=dossier.citizen_id,
        delivery_point_id=dossier.delivery_point_id,
        wanted_on=dossier.wanted_on,
        service_duration_s=SERVICE_S,
        tw_early_s=dossier.tw_early_s,
        tw_late_s=dossier.tw_late_s,
    )


def is_forgotten(charge: Charge) -> bool:
    """Return whether this is owed no more because its dossier goes back."""
    return charge.state == "cancelled" and charge.ended_reason == RETURNED


async def forget_returned(conn: Conn, office_id: UUID, dossier_id: UUID, source: Source) -> None:
    """Let a citizen owe nothing more for a dossier that goes back to its agency."""
    dossier: Dossier = await dossiers.get_locked(conn, office_id, dossier_id)
    if dossier.state != "returning":
        return
    for charge in await charges.list_of_dossier(conn, office_id, dossier_id):
        if charge.state == "due":
            await charges.cancel(
                conn, office_id, charge.id, reason=RETURNED, now=source.received_at
            )
