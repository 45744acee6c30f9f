"""What a phone asks at a payee's door, while the notes are still in the courier's hand."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody

from backend import identity, money_orders, rounds
from backend.dossiers import Identity
from backend.house import House
from backend.identity import Actor
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.money_orders import Said

PIN_RATE: Final = (30, 60)


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which paper of the payee was looked at, and the end of its number."""

    method: Literal["cccd", "passport", "vneid", "residence"]
    last4: Annotated[str, msgspec.Meta(pattern="^[0-9A-Z]{4}$")]


class SaidIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the payee says where the law wants it of a large sum."""

    birth_on: date | None = None
    address: Annotated[str, msgspec.Meta(max_length=300)] = ""
    nationality: Annotated[str, msgspec.Meta(max_length=60)] = ""


class AskedPay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A money order about to be paid: the act, the PIN that the payee typed, the paper."""

    stop: UUID
    act: UUID
    pin: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]
    amount_vnd: Annotated[int, msgspec.Meta(ge=1, le=50_000_000_000)]
    identity: Seen
    said: SaidIn | None = None


class Granted(msgspec.Struct, frozen=True):
    """The order would be paid; the fact of paying it bears this instead of the PIN."""

    grant: str


def _said(said: SaidIn | None) -> Said:
    if said is None:
        return Said()
    return Said(birth_on=said.birth_on, address=said.address, nationality=said.nationality)


class OrderController(Controller):
    """A money order at its payee's door: the PIN is known to the house alone."""

    path = "/api/sync/v1/orders"
    tags = ("sync",)

    @post(
        "/judge",
        operation_id="sync_judge_order",
        opt={"permission": "phone.order", "signed": True},
        status_code=200,
    )
    async def judge(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[AskedPay],
        state: State,
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> Granted:
        """Say whether a money order of the courier's round would be paid now; wrong PINs count.

        409 `wrong_pin`, `pin_locked`, `wrong_identity`, `paper_of_other_kind`,
        `order_amount_differs`, `order_settled`, `order_not_taken`, `not_field_device`,
        `unknown_act`, `not_your_round`, `already_done`, `aml_fields_missing` (with `fields`).
        """
        if actor.office_id is None or actor.id is None or actor.device_id is None:
            raise NotFound()
        if not actor.is_field:
            raise Conflict("not_field_device")
        await identity.count_hit(request, "order-pin", PIN_RATE)
        house: House = state.house
        context = rounds.Context(
            office_id=actor.office_id,
            courier_id=actor.id,
            device_id=actor.device_id,
            op_id=new_id(),
            occurred_at=now,
            received_at=now,
            time_quality="good",
            sealer=house.sealer,
        )
        asked = rounds.OrderAsked(
            data.stop,
            data.act,
            data.pin,
            data.amount_vnd,
            Identity(data.identity.method, data.identity.last4),
            _said(data.said),
        )
        async with house.phones.transaction(actor=actor.label, offices=actor.offices) as conn:
            judged = await rounds.judge_order(conn, asked, context)
        # Refused after the commit: the try was counted.
        if judged.missing:
            raise money_orders.refuse_missing(judged.missing)
        if judged.reason:
            raise Conflict(judged.reason)
        return Granted(judged.grant.hex())


controllers: Final = (OrderController,)
