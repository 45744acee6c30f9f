"""Tests that notes which a courier paid out wrongly, or too early for the books, are settled."""

from uuid import UUID

import asyncpg
import pytest

from backend import money_orders
from backend.kit.errors import Refusal
from backend.money_orders import Order
from tests.backend.money_orders.counter import SEALER, Desk
from tests.backend.receipts.numbers import NOW


@pytest.fixture
async def desk(conn: asyncpg.Connection) -> Desk:
    desk = Desk()
    await desk.open(conn)
    return desk


@pytest.fixture
async def far(conn: asyncpg.Connection) -> Desk:
    """Return another office, whose courier has no cash yet."""
    far = Desk()
    await far.open(conn)
    return far


async def refused(conn: asyncpg.Connection, work) -> str:
    with pytest.raises(Refusal) as caught:
        async with conn.transaction():
            await work
    return caught.value.code


async def pay_at_door(
    conn: asyncpg.Connection, far: Desk, order: Order, pin: str, *, last4: str = "0123"
) -> tuple[UUID, str]:
    """Let a courier hand an order out; return the doubt's id and its reason."""
    paying = far.paying(order, pin, id_number="", last4=last4)
    outcome = await money_orders.pay(conn, SEALER, paying, far.door(op_id=paying.id))
    assert outcome.kind == "in_doubt"
    return paying.id, outcome.reason


async def settle(conn: asyncpg.Connection, far: Desk, doubt_id: UUID, kind: str) -> None:
    proposal = await money_orders.propose(
        conn, far.office_id, kind, doubt_id, note="đã đối chiếu", by=far.cashier, now=NOW
    )
    await money_orders.approve(conn, far.office_id, proposal, by=far.controller, now=NOW)


async def test_more_than_the_hand_had_is_in_doubt_all_the_same(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that a payment which the books do not cover is kept, and settled once they do."""
    order, pin = await desk.send(conn)
    doubt_id, reason = await pay_at_door(conn, far, order, pin)
    assert reason == "not_covered"
    (doubt,) = await money_orders.list_doubts(conn, far.office_id)
    assert (doubt.id, doubt.transfer_id, doubt.order_id) == (doubt_id, None, order.id)
    assert await refused(conn, settle(conn, far, doubt_id, "valid")) == "not_covered"
    await far.fill(conn, 2_000_000, hand=True)  # the float that was told of late
    await settle(conn, far, doubt_id, "valid")
    paid = await desk.find(conn, order)
    assert (paid.state, paid.settled_office_id) == ("paid", far.office_id)
    for kind in ("suspense", "drawer"):
        assert await far.balance(conn, kind) == 0
    assert await far.balance(conn, "hand", far.courier) == 0
    assert await far.balance(conn, "clearing") + await desk.balance(conn, "clearing") == 0
    assert await money_orders.list_doubts(conn, far.office_id) == []
    assert await far.pay(conn, order, pin) == "order_settled"


async def test_courier_owes_what_went_to_another(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that notes given to the wrong person are the courier's debt, the order still due."""
    await far.fill(conn, 5_000_000, hand=True)
    order, pin = await desk.send(conn)
    doubt_id, reason = await pay_at_door(conn, far, order, pin, last4="9999")
    assert reason == "wrong_identity"
    await settle(conn, far, doubt_id, "courier_owes")
    assert await far.balance(conn, "shortage", far.courier) == 2_000_000
    assert await far.balance(conn, "suspense") == 0
    assert await far.balance(conn, "drawer") == 0
    await far.fill(conn, 2_000_000)
    assert await far.pay(conn, order, pin) == "applied"


async def test_notes_that_came_back_are_in_the_drawer(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that recovered notes are in the drawer, and nobody's debt."""
    await far.fill(conn, 5_000_000, hand=True)
    order, pin = await desk.send(conn)
    doubt_id, _ = await pay_at_door(conn, far, order, pin, last4="9999")
    await settle(conn, far, doubt_id, "bring_home")
    assert await far.balance(conn, "drawer") == 2_000_000
    assert await far.balance(conn, "suspense") == 0
    ended = settle(conn, far, doubt_id, "courier_owes")
    assert await refused(conn, ended) == "order_proposal_ended"


async def test_only_an_order_that_waits_can_be_paid_in_doubt(
    conn: asyncpg.Connection, desk: Desk, far: Desk
) -> None:
    """Tests that notes are no payment of an order that was paid, or that nobody named."""
    await far.fill(conn, 20_000_000, hand=True)
    await far.fill(conn, 5_000_000)
    order, pin = await desk.send(conn)
    twice, _ = await pay_at_door(conn, far, order, pin, last4="9999")
    assert await far.pay(conn, order, pin) == "applied"
    no = settle(conn, far, twice, "valid")
    assert await refused(conn, no) == "order_settlement_not_possible"
    nobody, reason = await pay_at_door(conn, far, order, f"{(int(pin) + 1) % 1_000_000:06d}")
    assert reason == "wrong_pin"
    no = settle(conn, far, nobody, "valid")
    assert await refused(conn, no) == "order_settlement_not_possible"
    assert await far.balance(conn, "suspense") == 4_000_000


async def test_notes_taken_are_owed_by_no_courier(conn: asyncpg.Connection, desk: Desk) -> None:
    """Tests that what was taken at a door can only go back to whoever gave it."""
    order = await desk.book(conn)
    source = desk.door()
    await money_orders.take(conn, SEALER, desk.taking(order, amount_vnd=5), source)
    assert source.op_id is not None
    for kind in ("courier_owes", "valid"):
        no = settle(conn, desk, source.op_id, kind)
        assert await refused(conn, no) == "order_settlement_not_possible"
