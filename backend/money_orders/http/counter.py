"""The counter of money orders: taken, presented and paid, given back, unlocked."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import identity
from backend.house import House
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit.errors import Conflict, NotFound
from backend.kit.sql import Conn
from backend.money_orders import rules, store
from backend.money_orders.actions import deciding, paying, taking
from backend.money_orders.http.wire import (
    Made,
    OrderIn,
    OrderList,
    OrderOut,
    PartiesOut,
    PayIn,
    PinOut,
    PresentedOut,
    PresentIn,
    ProposeIn,
    RefundIn,
    TakeIn,
    order_out,
    party_out,
    said_of,
    source_of,
    staff_of,
)
from backend.money_orders.model import NewOrder, OrderState, Paying, Said, Taking

READ: Final = {"permission": "orders.read"}
TAKE: Final = {"permission": "orders.take"}
PAY: Final = {"permission": "orders.pay"}
APPROVE: Final = {"permission": "orders.unlock", "approval": True}
PIN_RATE: Final = (30, 60)


class OrderController(Controller):
    """The counter."""

    path = "/api/cash/v1/orders"
    tags = ("money_orders",)

    @get(operation_id="orders_list", opt=READ)
    async def list_orders(
        self,
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        order_state: FromQuery[OrderState | None] = None,
    ) -> OrderList:
        """Return the office's own orders, and what waits for two people."""
        office_id = desk_office(actor, None)
        orders = await store.list_orders(conn, office_id, state=order_state)
        return OrderList(
            [order_out(state.house, order) for order in orders],
            await store.list_doubts(conn, office_id),
            await store.list_proposals(conn, office_id),
        )

    @post(operation_id="orders_book", opt=TAKE)
    async def book(
        self,
        data: JSONBody[OrderIn],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> OrderOut:
        """Book an order with its fee. 422 by field, 409 `order_over_ceiling`, …."""
        office_id = desk_office(actor, None)
        names = (name for name in data.__struct_fields__ if name != "sender_door")
        new = NewOrder(office_id=office_id, **{name: getattr(data, name) for name in names})
        house: House = state.house
        door = None
        if data.sender_door is not None:
            door = await taking.make_sender_door(
                conn,
                house.sealer,
                new,
                address=data.sender_door.address,
                wanted_on=data.sender_door.wanted_on,
                now=now,
            )
        order = await taking.book(conn, house.sealer, new, by=staff_of(actor), now=now, door=door)
        return order_out(house, order)

    @post("/{order_id:uuid}/take", operation_id="orders_take", opt=TAKE, status_code=204)
    async def take(
        self,
        order_id: FromPath[UUID],
        data: JSONBody[TakeIn],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Take the cash into the drawer. 409 `order_not_booked`, `order_amount_differs`."""
        source = source_of(actor, now)
        wanted = Taking(
            office_id=source.office_id,
            order_id=order_id,
            amount_vnd=data.amount_vnd,
            fee_vnd=data.fee_vnd,
        )
        await taking.take(conn, state.house.sealer, wanted, source)

    @post("/{order_id:uuid}/pin", operation_id="orders_make_pin", opt=TAKE)
    async def make_pin(
        self,
        order_id: FromPath[UUID],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
    ) -> Response[PinOut]:
        """Return the PIN of an order, this once. 409 `pin_shown`, `order_settled`."""
        office_id = desk_office(actor, None)
        pin = await taking.make_pin(conn, state.house.sealer, office_id, order_id)
        order = await store.find_order(conn, office_id, order_id)
        assert order is not None, "its PIN was made just now"
        headers = {"cache-control": "no-store"}
        return Response(PinOut(order.reference, pin), status_code=201, headers=headers)

    @post("/{order_id:uuid}/cancel", operation_id="orders_cancel", opt=TAKE, status_code=204)
    async def cancel(
        self,
        order_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Let an order go that was never taken. 409 `order_not_booked`."""
        await taking.cancel(conn, desk_office(actor, None), order_id, now=now)

    @post("/{order_id:uuid}/show", operation_id="orders_show", opt=READ, status_code=200)
    async def show(
        self,
        order_id: FromPath[UUID],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> PartiesOut:
        """Return both sides in full; that they were shown is kept (A6)."""
        house: House = state.house
        office_id = desk_office(actor, None)
        order = await store.find_order(conn, office_id, order_id)
        if order is None:
            raise NotFound()
        entry = AuditEntry(
            office_id=office_id,
            at=now,
            actor_id=actor.id,
            action="order.show",
            outcome="granted",
            object_kind="money_order",
            object_id=order_id,
        )
        await identity.audit(conn, entry)
        parties = taking.open_parties(house.sealer, order.id, order.parties_sealed)
        return PartiesOut(parties.sender, parties.payee)

    @post("/present", operation_id="orders_present", opt=PAY, status_code=200)
    async def present(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[PresentIn],
        state: State,
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> PresentedOut:
        """Show who is to be paid to whoever knows reference and PIN. 409 `wrong_pin`, `pin_locked`.

        A wrong PIN is counted, of whatever office the order is.
        """
        await identity.count_hit(request, "order-pin", PIN_RATE)
        house: House = state.house
        source = source_of(actor, now)
        async with house.db.transaction(actor=actor.label, offices=actor.offices) as conn:
            shown, _ = await paying.present(conn, house.sealer, data.reference, data.pin, source)
            missing = await paying.list_missing(conn, house.sealer, shown, source)
        if shown.outcome != "right":
            raise Conflict("wrong_pin" if shown.outcome == "wrong" else "pin_locked")
        assert shown.id is not None, "a right PIN shows the order"
        assert shown.state is not None, "a right PIN shows the order"
        parties = taking.open_parties(house.sealer, shown.id, shown.parties_sealed or b"")
        return PresentedOut(
            shown.amount_vnd or 0,
            shown.purpose or "",
            shown.state,
            party_out(parties.payee),
            list(missing),
        )

    @post("/pay", operation_id="orders_pay", opt=PAY, status_code=204)
    async def pay(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[PayIn],
        state: State,
        actor: NamedDependency[Actor],
        now: NamedDependency[datetime],
    ) -> None:
        """Pay an order of any office out of the drawer, against PIN and identity.

        409 `wrong_pin`, `pin_locked`, `wrong_identity`, `order_settled`, `order_not_taken`,
        `order_amount_differs`, `not_covered`, `aml_fields_missing` (which of the payee's, by name).
        """
        await identity.count_hit(request, "order-pin", PIN_RATE)
        house: House = state.house
        fields = {name: getattr(data, name) for name in data.__struct_fields__ if name != "said"}
        said = Said() if data.said is None else said_of(data.said)
        async with house.db.transaction(actor=actor.label, offices=actor.offices) as conn:
            wanted = Paying(**fields, said=said)
            outcome = await paying.pay(conn, house.sealer, wanted, source_of(actor, now))
        # Refused after the commit: the try was counted.
        if outcome.missing:
            raise rules.refuse_missing(outcome.missing)
        if outcome.kind != "applied":
            raise Conflict(outcome.reason)

    @post("/{order_id:uuid}/refund", operation_id="orders_refund", opt=PAY, status_code=204)
    async def refund(
        self,
        order_id: FromPath[UUID],
        data: JSONBody[RefundIn],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Give an order back to its sender. 409 `wrong_identity`, `order_settled`, …."""
        source = source_of(actor, now)
        await paying.refund(
            conn,
            state.house.sealer,
            source.office_id,
            order_id,
            id=data.id,
            method=data.method,
            id_number=data.id_number,
            source=source,
        )

    @post("/proposals", operation_id="orders_propose", opt=TAKE)
    async def propose(
        self,
        data: JSONBody[ProposeIn],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> Made:
        """Ask for an order to be unlocked, or notes in doubt to come home. 409 by its state."""
        id = await deciding.propose(
            conn,
            desk_office(actor, None),
            data.kind,
            data.subject_id,
            note=data.note,
            by=staff_of(actor),
            now=now,
        )
        return Made(id)

    @post(
        "/proposals/{proposal_id:uuid}/approve",
        operation_id="orders_approve",
        opt=APPROVE,
        status_code=204,
    )
    async def approve(
        self,
        proposal_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Do what another person proposed. 409 `approved_by_maker`, `order_proposal_ended`."""
        office_id = desk_office(actor, None)
        await deciding.approve(conn, office_id, proposal_id, by=staff_of(actor), now=now)

    @post(
        "/proposals/{proposal_id:uuid}/refuse",
        operation_id="orders_refuse",
        opt=TAKE,
        status_code=204,
    )
    async def refuse(
        self,
        proposal_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
    ) -> None:
        """Let a proposal go. 409 `order_proposal_ended`."""
        office_id = desk_office(actor, None)
        await deciding.refuse(conn, office_id, proposal_id, by=staff_of(actor), now=now)


controllers: Final = (OrderController,)
