"""Tests that whom a list names by a passport is paid by it, and no true paper is refused."""

import pytest

from backend import doorstep, payouts
from backend.kit.errors import Conflict
from backend.payouts import Asked, Authority, Seen
from tests.backend.payouts.making import HOME, NOW, PROXY, Counter, row_of

pytestmark = [pytest.mark.anyio, pytest.mark.store]

SUM = 3_500_000
PASSPORT = {"id": "c01x 00t47", "name": "Karl Mau"}


async def test_list_names_a_person_by_passport(counter: Counter) -> None:
    """Tests that a passport of the list is compared, and no other paper is called wrong."""
    batch = await counter.approved(row_of(1, **PASSPORT), row_of(2))
    first, second = await counter.rows(batch)
    assert (first.id_kind, first.id_last4, second.id_kind) == ("passport", "0T47", "personal")
    await counter.give_float(2 * SUM)
    with pytest.raises(Conflict) as caught:
        await counter.pay(counter.payment(first, identity=Seen("passport", "0147")))
    assert caught.value.code == "identity_differs"
    paid = await counter.pay(counter.payment(first, identity=Seen("passport", "0T47")))
    assert paid.state == "paid"
    other = await counter.pay(counter.payment(second, identity=Seen("passport", "4567")))
    assert other.state == "paid"


async def test_residence_card_is_a_paper(counter: Counter) -> None:
    """Tests that a foreigner's card with a number of its own is taken for what it is."""
    batch = await counter.approved(row_of(1, **PASSPORT))
    (row,) = await counter.rows(batch)
    await counter.give_float(SUM, counter.courier)
    paid = await counter.pay_at_door(row, identity=Seen("residence", "K234"))
    assert (paid.state, paid.reason) == ("paid", None)


async def test_door_is_told_the_kind_of_number(counter: Counter) -> None:
    """Tests that the phone knows which papers it can compare, of payee and proxy."""
    proxy = PROXY | {"proxy_id": "B1234567"}
    batch = await counter.approved(row_of(1, **HOME, **PASSPORT), row_of(2, **HOME, **proxy))
    await counter.place(batch)
    async with counter.begin() as conn:
        ids = [row.id for row in await counter.rows(batch)]
        shown = [one.shown for one in await doorstep.list_errands(conn, counter.office_id, ids)]
    kinds = {(one["id_kind"], one["proxy"] and one["proxy"]["id_kind"]) for one in shown}
    assert kinds == {("passport", None), ("personal", "passport")}


async def test_proxy_shows_the_passport_of_the_list(counter: Counter) -> None:
    """Tests that a proxy named by passport is known by it."""
    batch = await counter.approved(row_of(1, **(PROXY | {"proxy_id": "B1234567"})))
    (row,) = await counter.rows(batch)
    await counter.give_float(SUM)
    by_proxy = {"proxy": Authority("con", "certified")}
    with pytest.raises(Conflict) as caught:
        await counter.pay(counter.payment(row, identity=Seen("passport", "4568"), **by_proxy))
    assert caught.value.code == "identity_differs"
    paid = await counter.pay(counter.payment(row, identity=Seen("passport", "4567"), **by_proxy))
    assert paid.state == "paid"


async def test_kind_is_carried_over_with_the_sum(counter: Counter) -> None:
    """Tests that a carried sum keeps the kind of its person's number."""
    batch = await counter.approved(row_of(1, **PASSPORT))
    async with counter.begin() as conn:
        await payouts.close(
            conn,
            office_id=counter.office_id,
            list_id=batch.id,
            unpaid="carry",
            by=counter.controller,
            now=NOW,
        )
    after = await counter.draft(
        row_of(2, period="2027-01"), asked=Asked(scheme="pension", period="2027-01")
    )
    carried, _ = await counter.rows(after)
    assert (carried.period, carried.id_kind, carried.id_last4) == ("2026-12", "passport", "0T47")
