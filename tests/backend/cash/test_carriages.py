"""Tests that cash between drawer, vault and bank is always somebody's, and ends by two people."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from backend.cash.actions import carriages
from backend.kit.ids import new_id
from backend.ledger import Account
from tests.backend.cash.test_http import API, DAY, SIGNED, Desk, desk, read
from tests.backend.cash.test_invariants import list_broken
from tests.backend.desk import MORNING

__all__ = ["desk"]
LARGE = {"500000": 1_001}  # 500,500,000: more than one person may carry


async def send(desk: Desk, **said: object) -> tuple[int, str]:
    """Send cash off as the cashier; return the status and the id, or the code of the refusal."""
    people = {one["role"]: one["id"] for one in (await read(desk.cashier, "/people"))["staff"]}
    body = {
        "id": str(new_id()),
        "route": "to_bank",
        "notes": {"500000": 10},
        "carrier_id": people["cashier"],
        **said,
    }
    answer = await desk.cashier.post(f"{API}/carriages", json=body)
    return answer.status_code, answer.json().get("id") or answer.json()["code"]


async def end(desk: Desk, id: str, **found: object) -> tuple[int, object]:
    """Take cash in as the controller; return the status and what is missing, or the code."""
    body = {"notes": {}, **found}
    answer = await desk.controller.post(f"{API}/carriages/{id}/end", json=body)
    told = answer.json()
    return answer.status_code, told.get("missing_vnd", told.get("code"))


async def balances(desk: Desk) -> tuple[int, int, int, int]:
    """Return drawer, vault, on the way, bank."""
    seen = await read(desk.cashier, "/desk")
    return seen["drawer_vnd"], seen["vault_vnd"], seen["on_way_vnd"], seen["bank_vnd"]


async def test_a_deposit_is_on_its_way_until_a_second_person_has_the_slip(desk: Desk) -> None:
    """Tests that each account has it in turn, a slip counts once, and nobody ends their own."""
    assert await balances(desk) == (50_000_000, 0, 0, -50_000_000)
    status, id = await send(desk)
    assert status == 201
    assert await balances(desk) == (45_000_000, 0, 5_000_000, -50_000_000)
    own = await desk.cashier.post(f"{API}/carriages/{id}/end", json={"notes": {}})
    assert own.status_code == 403
    assert await end(desk, id, bank_vnd=5_000_000) == (422, "slip_missing")
    assert await end(desk, id, bank_vnd=5_000_001, slip="NT-1") == (409, "over_carried")
    assert await end(desk, id, bank_vnd=4_000_000, slip="NT-1") == (409, "needs_reason")
    assert await end(desk, id, bank_vnd=5_000_000, slip="NT-1") == (200, 0)
    assert await end(desk, id, bank_vnd=5_000_000, slip="NT-1") == (409, "not_on_way")
    assert await balances(desk) == (45_000_000, 0, 0, -45_000_000)
    _, second = await send(desk)
    assert await end(desk, second, bank_vnd=5_000_000, slip="NT-1") == (409, "already_posted")
    assert await end(desk, second, bank_vnd=5_000_000, slip="NT-2") == (200, 0)
    rows = await read(desk.controller, "/carriages")
    assert [(one["slip"], one["arrived_vnd"], one["back_vnd"]) for one in rows] == [
        ("NT-2", 5_000_000, 0), ("NT-1", 5_000_000, 0), ("BN-1", 50_000_000, 0),
    ]  # fmt: skip


async def test_what_the_bank_did_not_take_comes_back_and_the_rest_is_the_carriers(
    desk: Desk, admin_conn: asyncpg.Connection
) -> None:
    """Tests that a bundle short of a note is split to the đồng between bank, drawer and carrier."""
    _, id = await send(desk)
    said = {"bank_vnd": 4_000_000, "slip": "NT-3", "notes": {"500000": 1}}
    assert await end(desk, id, **said) == (409, "needs_reason")
    assert await end(desk, id, **said, reason="bó tiền thiếu một tờ") == (200, 500_000)
    assert await balances(desk) == (45_500_000, 0, 0, -46_000_000)
    (owed,) = (await read(desk.controller, "/debts"))["debts"]
    assert (owed["name"], owed["amount_vnd"]) == ("Mẫu cashier", 500_000)
    (seen,) = (await read(desk.controller, "/desk"))["differences"]
    assert (seen["subject"], seen["reason"]) == ("carriage", "bó tiền thiếu một tờ")
    assert await list_broken(admin_conn) == set()


async def test_vault_and_back(desk: Desk) -> None:
    """Tests that the vault holds what was counted into it, and gives no more."""
    _, id = await send(desk, route="to_vault", notes={"500000": 60})
    assert await end(desk, id, notes={"500000": 60}, bank_vnd=1) == (422, "no_bank_here")
    assert await end(desk, id, notes={"500000": 60}) == (200, 0)
    assert await balances(desk) == (20_000_000, 30_000_000, 0, -50_000_000)
    assert await send(desk, route="from_vault", notes={"500000": 61}) == (409, "not_covered")
    _, back = await send(desk, route="from_vault", notes={"500000": 60})
    assert await end(desk, back, notes={"500000": 60}) == (200, 0)
    assert await balances(desk) == (50_000_000, 0, 0, -50_000_000)


async def test_a_day_does_not_close_over_cash_on_its_way(desk: Desk) -> None:
    """Tests that the drawer's day waits for the arrival."""
    _, id = await send(desk)
    notes = {"notes": {"500000": 90}}
    for client in (desk.cashier, desk.controller):
        counted = await client.post(f"{API}/days/count", params=DAY, json=notes)
        assert counted.status_code == 201, counted.text
    closed = await desk.controller.post(f"{API}/days/close", params=DAY, json=SIGNED)
    assert (closed.status_code, closed.json()["code"]) == (409, "cash_on_way")
    assert await end(desk, id, bank_vnd=5_000_000, slip="NT-4") == (200, 0)
    closed = await desk.controller.post(f"{API}/days/close", params=DAY, json=SIGNED)
    assert closed.status_code == 204, closed.text


async def test_much_cash_is_carried_by_two(desk: Desk) -> None:
    """Tests that the rule of a trip asks for a companion, in a carriage and in a float alike."""
    people = {one["role"]: one["id"] for one in (await read(desk.cashier, "/people"))["staff"]}
    much = {"route": "from_bank", "slip": "BN-9", "notes": LARGE}
    assert await send(desk, **much) == (409, "companion_missing")
    same = {"companion_id": people["cashier"]}
    assert await send(desk, **much, **same) == (409, "companion_carries")
    assert await send(desk, **much, companion_id=str(new_id())) == (404, "not_found")
    status, id = await send(desk, **much, companion_id=people["controller"])
    assert status == 201
    assert await end(desk, id, notes=LARGE) == (200, 0)
    float_ = {"courier_id": str(desk.courier), "notes": LARGE}
    refused = await desk.cashier.post(f"{API}/floats", json=float_)
    assert (refused.status_code, refused.json()["code"]) == (409, "companion_missing")
    sent = await desk.cashier.post(
        f"{API}/floats", json=float_ | {"companion_id": people["controller"]}
    )
    assert (sent.status_code, sent.json()["state"]) == (201, "to_approve")
    assert sent.json()["companion"] == "Mẫu controller"


async def test_the_carrier_does_not_say_what_arrived(desk: Desk) -> None:
    """Tests that a controller who carries cannot end it."""
    people = {one["role"]: one["id"] for one in (await read(desk.cashier, "/people"))["staff"]}
    _, id = await send(desk, carrier_id=people["controller"])
    assert await end(desk, id, bank_vnd=5_000_000, slip="NT-5") == (409, "own_matter")


async def test_sent_off_again_after_a_lost_answer_it_is_the_same(desk: Desk) -> None:
    """Tests that an id is one carriage, whatever is asked under it."""
    id = str(new_id())
    for _ in range(3):
        assert await send(desk, id=id) == (201, id)
    assert await send(desk, id=id, notes={"500000": 11}) == (409, "transfer_differs")
    assert await balances(desk) == (45_000_000, 0, 5_000_000, -50_000_000)


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"notes": {}}, 422, "nothing_counted"),
        ({"notes": {"300000": 1}}, 422, "unknown_denomination"),
        ({"notes": {"500000": 101}}, 409, "not_covered"),
        ({"route": "from_bank"}, 422, "slip_missing"),
        ({"route": "from_bank", "slip": "BN-1"}, 409, "already_posted"),
        ({"route": "to_moon"}, 400, "malformed"),
        ({"carrier_id": str(UUID(int=5))}, 404, "not_found"),
    ],
)
async def test_what_cannot_be_sent_off(
    desk: Desk, said: dict[str, object], status: int, code: str
) -> None:
    """Tests that each is refused by its name and moves nothing."""
    assert await send(desk, **said) == (status, code)
    assert await balances(desk) == (50_000_000, 0, 0, -50_000_000)
    assert [one["state"] for one in await read(desk.cashier, "/carriages")] == ["ended"]


async def test_two_ends_at_once_are_one(desk: Desk) -> None:
    """Tests that of five arrivals of the same cash one is posted."""
    _, id = await send(desk)
    found = await asyncio.gather(
        *(end(desk, id, bank_vnd=5_000_000, slip="NT-6") for _ in range(5))
    )
    assert sorted(found, key=str) == [(200, 0)] + [(409, "not_on_way")] * 4
    assert await balances(desk) == (45_000_000, 0, 0, -45_000_000)


async def test_in_transit_stands_under_its_carrier(desk: Desk) -> None:
    """Tests that cash on its way is a named person's, and a forged carriage breaks an invariant."""
    _, id = await send(desk)
    office_id = desk.day.office_id
    async with desk.day.house.db.transaction(actor="house", offices="*") as conn:
        carried = await carriages.lock(conn, office_id, UUID(id))
        account = Account(office_id, "in_transit", carried.carrier_id)
        assert carried.made_at == MORNING
        assert (
            await conn.fetchval(
                "SELECT dp - cp FROM ledger.balance WHERE account_id = $1", account.id
            )
            == 5_000_000
        )
        found = await carriages.list_carriages(conn, office_id, MORNING + timedelta(days=1))
        assert [one.id for one in found] == [carried.id]  # what is on its way is always listed
