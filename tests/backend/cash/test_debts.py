"""What counts left open ends by notes, or by two people; limits are set by two people."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from backend.cash.actions import debts
from backend.cash.model import DebtLine
from backend.kit.ids import new_id
from tests.backend.cash.test_http import API, Desk, desk, read
from tests.backend.desk import MORNING

__all__ = ["desk"]


async def come_home_short(desk: Desk, num_missing: int = 1) -> None:
    """Let the courier bring notes of 500,000 too few, and the controller book that."""
    shift, _ = await desk.go_out()
    notes = {500_000: 20 - num_missing}
    await desk.count(notes)
    said = {"notes": {str(value): num for value, num in notes.items()}}
    counted = await desk.cashier.post(f"{API}/shifts/{shift}/count", json=said)
    assert counted.status_code == 201, counted.text
    settled = await desk.controller.post(
        f"{API}/shifts/{shift}/settle", json={"reason": "đếm thiếu"}
    )
    assert settled.status_code == 200, settled.text


async def ask(desk: Desk, **said: object) -> tuple[int, str]:
    """Let the cashier ask; return the status and the proposal, or the code of the refusal."""
    answer = await desk.cashier.post(f"{API}/proposals", json={"reason": "có biên bản", **said})
    body = answer.json()
    return answer.status_code, body.get("proposal_id") or body["code"]


async def allow(desk: Desk, proposal_id: str, *, is_allowed: bool = True) -> int:
    path = f"{API}/proposals/{proposal_id}/decide"
    return (await desk.controller.post(path, json={"is_allowed": is_allowed})).status_code


async def repay(
    desk: Desk, notes: dict[str, int], id: UUID | None = None
) -> tuple[int, str | None]:
    path = f"{API}/debts/{desk.courier}/repay"
    said = {"id": str(id or new_id()), "notes": notes}
    answer = await desk.cashier.post(path, json=said)
    return answer.status_code, None if answer.status_code == 204 else answer.json()["code"]


async def debt_vnd(desk: Desk) -> int:
    told = await read(desk.cashier, "/debts")
    return sum(one["amount_vnd"] for one in told["debts"])


async def test_a_shortage_is_paid_back_in_notes(desk: Desk) -> None:
    """Tests that notes lessen the debt and fill the drawer, and never more than is owed."""
    await come_home_short(desk, num_missing=2)
    told = await read(desk.controller, "/debts")
    (owed,) = told["debts"]
    assert (owed["owner_id"], owed["amount_vnd"]) == (str(desk.courier), 1_000_000)
    assert owed["since"] is not None
    before = (await read(desk.cashier, "/desk"))["drawer_vnd"]
    assert await repay(desk, {"500000": 3}) == (409, "over_debt")
    assert await repay(desk, {}) == (422, "nothing_counted")
    assert await repay(desk, {"300000": 1}) == (422, "unknown_denomination")
    assert await repay(desk, {"500000": 1, "100000": 2}) == (204, None)
    assert await debt_vnd(desk) == 300_000
    assert await repay(desk, {"100000": 3}) == (204, None)
    assert (await read(desk.controller, "/debts"))["debts"] == []
    assert (await read(desk.cashier, "/desk"))["drawer_vnd"] == before + 1_000_000


async def test_a_repayment_asked_again_is_taken_once(desk: Desk) -> None:
    """Tests that the same id takes notes once, and nothing else under it."""
    await come_home_short(desk, num_missing=2)
    drawer = (await read(desk.cashier, "/desk"))["drawer_vnd"]
    id = new_id()
    for _ in range(3):
        assert await repay(desk, {"100000": 2}, id) == (204, None)
    assert await repay(desk, {"100000": 3}, id) == (409, "transfer_differs")
    assert await debt_vnd(desk) == 800_000
    assert (await read(desk.cashier, "/desk"))["drawer_vnd"] == drawer + 200_000


async def test_two_repayments_at_once_never_pay_more_than_is_owed(desk: Desk) -> None:
    """Tests that of eight people paying the whole debt at once one does, the rest are refused."""
    await come_home_short(desk)
    found = await asyncio.gather(*(repay(desk, {"500000": 1}) for _ in range(8)))
    assert sorted(found, key=str) == [(204, None)] + [(409, "over_debt")] * 7
    assert await debt_vnd(desk) == 0


async def test_the_lines_of_a_debt_and_the_slip_of_a_repayment(desk: Desk) -> None:
    """Tests that each đồng of a debt has its line, and notes taken have a paper that names them."""
    await come_home_short(desk)
    id = new_id()
    assert await repay(desk, {"100000": 2, "50000": 1}, id) == (204, None)
    lines = await read(desk.controller, f"/debts/{desk.courier}/lines")
    assert [(one["code"], one["amount_vnd"], one["after_vnd"]) for one in lines] == [
        ("difference.short", 500_000, 500_000),
        ("debt.repaid", -250_000, 250_000),
    ]
    assert lines[0]["reason"] == "đếm thiếu"
    assert lines[0]["approved_by"] == "Mẫu controller"
    slip = await desk.cashier.get(f"{API}/debts/repayments/{id}/slip")
    assert (slip.status_code, slip.content[:5]) == (200, b"%PDF-")
    async with desk.day.house.db.transaction(actor="house", offices="*") as conn:
        paid = await debts.get_repayment(conn, desk.day.office_id, id)
    assert (paid.amount_vnd, paid.left_vnd, paid.notes) == (
        250_000, 250_000, {100_000: 2, 50_000: 1},
    )  # fmt: skip
    for other in (UUID(lines[0]["id"]), new_id()):
        missing = await desk.cashier.get(f"{API}/debts/repayments/{other}/slip")
        assert missing.status_code == 404
    nobody = await desk.cashier.get(f"{API}/debts/{new_id()}/lines")
    assert nobody.status_code == 404


@pytest.mark.parametrize(
    ("moved", "since"),
    [
        ([], None),
        ([500], 0),
        ([500, 300], 0),
        ([500, 300, -400], 0),
        ([500, 300, -500], 1),
        ([500, -500, 300], 2),
        ([500, -600, 300, 100], 2),
        ([500, -500], None),
    ],
)
def test_a_debt_is_as_old_as_its_oldest_unpaid_part(moved: list[int], since: int | None) -> None:
    """Tests that what is paid ends the oldest shortages first."""
    lines = [
        DebtLine(
            id=new_id(), code="x", amount_vnd=amount_vnd, after_vnd=0,
            at=MORNING + timedelta(days=day), made_by=None, approved_by=None, reason="",
        )
        for day, amount_vnd in enumerate(moved)
    ]  # fmt: skip
    expected = None if since is None else MORNING + timedelta(days=since)
    assert debts.find_since(lines) == expected


async def test_nobody_asks_or_decides_what_concerns_themselves(desk: Desk) -> None:
    """Tests that a cashier neither asks for the own debt's end, nor a controller allows it."""
    said = {"reason": "có biên bản", "kind": "set_limit", "amount_vnd": 1_000_000}
    for client in (desk.cashier, desk.controller):
        people = await read(client, "/people")
        own = {one["role"]: one["id"] for one in people["staff"]}
    answer = await desk.cashier.post(f"{API}/proposals", json=said | {"subject_id": own["cashier"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "own_matter")
    status, asked = await ask(desk, **said | {"subject_id": own["controller"]})
    assert status == 201
    assert await allow(desk, asked) == 409
    assert len(await read(desk.cashier, "/proposals")) == 1


async def test_a_debt_is_written_off_by_two_people(desk: Desk) -> None:
    """Tests that the office bears it, in parts, and that nothing is posted before the word."""
    await come_home_short(desk)
    mine = {"kind": "write_off", "subject_id": str(desk.courier)}
    assert await ask(desk, **mine, amount_vnd=600_000) == (409, "over_debt")
    status, first = await ask(desk, **mine, amount_vnd=200_000)
    assert status == 201
    assert await ask(desk, **mine, amount_vnd=100_000) == (409, "already_asked")
    assert await debt_vnd(desk) == 500_000
    assert await allow(desk, first) == 204
    assert await allow(desk, first) == 409
    assert await debt_vnd(desk) == 300_000
    told = await read(desk.cashier, "/debts")
    assert (told["surplus_vnd"], told["loss_vnd"]) == (0, 200_000)
    _, second = await ask(desk, **mine, amount_vnd=300_000)
    assert await allow(desk, second, is_allowed=False) == 204
    assert await debt_vnd(desk) == 300_000
    _, third = await ask(desk, **mine, amount_vnd=300_000)
    assert await repay(desk, {"100000": 1}) == (204, None)
    assert await allow(desk, third) == 409  # less is owed by now
    assert await debt_vnd(desk) == 200_000


async def test_a_surplus_is_given_back_or_taken(desk: Desk) -> None:
    """Tests that notes nobody owns leave the drawer, or become income, by two people only."""
    await come_home_short(desk, num_missing=-2)  # a million too much
    assert (await read(desk.cashier, "/debts"))["surplus_vnd"] == 1_000_000
    drawer = (await read(desk.cashier, "/desk"))["drawer_vnd"]
    over = {"kind": "return_surplus", "amount_vnd": 1_200_000}
    assert await ask(desk, **over) == (409, "over_surplus")
    _, back = await ask(desk, kind="return_surplus", amount_vnd=400_000)
    assert await allow(desk, back) == 204
    assert (await read(desk.cashier, "/desk"))["drawer_vnd"] == drawer - 400_000
    _, taken = await ask(desk, kind="take_surplus", amount_vnd=600_000)
    assert await allow(desk, taken) == 204
    assert (await read(desk.cashier, "/debts"))["surplus_vnd"] == 0
    assert (await read(desk.cashier, "/desk"))["drawer_vnd"] == drawer - 400_000


async def test_a_limit_is_set_by_two_people_and_remembered(desk: Desk) -> None:
    """Tests that a float over the new limit waits, and that the proposals are the history."""
    office_id = desk.day.office_id
    for limit_vnd in (9_000_000, 8_000_000):
        said = {"kind": "set_limit", "subject_id": str(desk.courier), "amount_vnd": limit_vnd}
        _, asked = await ask(desk, **said)
        assert await allow(desk, asked) == 204
    sent = await desk.cashier.post(
        f"{API}/floats", json={"courier_id": str(desk.courier), "notes": {"500000": 17}}
    )
    assert sent.json()["state"] == "to_approve"  # 8,500,000
    async with desk.day.house.db.transaction(actor="house", offices="*") as conn:
        kept = await conn.fetch(
            "SELECT amount_vnd, made_by <> decided_by AS are_two FROM cash.proposal "
            "WHERE office_id = $1 AND kind = 'set_limit' ORDER BY made_at, id",
            office_id,
        )
    assert sorted(tuple(row) for row in kept) == [(8_000_000, True), (9_000_000, True)]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"kind": "reopen_day"}, 409, "proposal_incomplete"),
        ({"kind": "reopen_day", "day": "2026-11-24"}, 409, "day_not_closed"),
        ({"kind": "write_off", "amount_vnd": 1}, 409, "proposal_incomplete"),
        ({"kind": "set_limit", "subject_id": str(UUID(int=5))}, 409, "proposal_incomplete"),
        ({"kind": "take_surplus", "amount_vnd": 1}, 409, "over_surplus"),
        ({"kind": "take_surplus", "amount_vnd": -1}, 400, "malformed"),
        ({"kind": "take_surplus", "amount_vnd": 0.5}, 400, "malformed"),
        ({"kind": "borrow", "amount_vnd": 1}, 400, "malformed"),
        ({"kind": "take_surplus", "amount_vnd": 1, "reason": " x "}, 409, "needs_reason"),
        (
            {"kind": "set_limit", "subject_id": str(UUID(int=5)), "amount_vnd": 1},
            404,
            "not_found",
        ),
    ],
)
async def test_what_cannot_be_asked(
    desk: Desk, said: dict[str, object], status: int, code: str
) -> None:
    """Tests that each is refused by its name, and nothing waits afterwards."""
    assert await ask(desk, **said) == (status, code)
    assert await read(desk.controller, "/proposals") == []


async def test_the_database_itself_wants_a_second_person(desk: Desk) -> None:
    """Tests that no code of ours could write one person as both."""
    said = {"kind": "set_limit", "subject_id": str(desk.courier), "amount_vnd": 9_000_000}
    _, asked = await ask(desk, **said)
    async with desk.day.house.db.transaction(actor="house", offices="*") as conn:
        with pytest.raises(asyncpg.CheckViolationError):
            await conn.execute(
                "UPDATE cash.proposal SET decided_by = made_by, decided_at = now(), "
                "is_allowed = true WHERE id = $1",
                UUID(asked),
            )
