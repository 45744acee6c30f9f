"""Tests of what the cashier's screens are told: blind counts, lines that add up, a day's sheet."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from backend import cash, identity
from backend.house import House
from backend.kit.ids import new_id
from tests.backend.cash.carrying import fetch
from tests.backend.desk import MORNING, TODAY, Clock, Day, make_client, make_day, sign_in

API = "/api/cash/v1"
FLOAT: cash.Notes = {500_000: 20}  # 10,000,000
SIGNED = {"sign_cashier": "M1 1 L9 9", "sign_controller": "M1 9 L9 1"}
DAY = {"day": TODAY.isoformat()}


class Desk:
    """An office with a cashier and a controller at their screens; its drawer holds 50 million."""

    def __init__(self, day: Day, cashier: httpx.AsyncClient, controller: httpx.AsyncClient) -> None:
        self.day, self.cashier, self.controller = day, cashier, controller
        self.courier = day.couriers[0]

    async def go_out(self) -> tuple[UUID, UUID]:
        """Give the courier a float; return shift and hand-over."""
        sent = await self.cashier.post(
            f"{API}/floats", json={"courier_id": str(self.courier), "notes": {"500000": 20}}
        )
        assert sent.status_code == 201, sent.text
        handover = UUID(sent.json()["id"])
        async with self.day.house.db.transaction(actor="house", offices="*") as conn:
            await cash.accept(
                conn, self.day.office_id, handover, by=self.courier, notes=FLOAT,
                occurred_at=MORNING, now=MORNING,
            )  # fmt: skip
        return UUID(sent.json()["shift_id"]), handover

    async def count(self, notes: cash.Notes) -> None:
        """Let the courier count."""
        async with self.day.house.db.transaction(actor="house", offices="*") as conn:
            await cash.count_by_courier(
                conn, office_id=self.day.office_id, courier_id=self.courier, notes=notes,
                amount_vnd=cash.total_of(notes), occurred_at=MORNING, now=MORNING,
                count_id=new_id(),
            )  # fmt: skip


@pytest.fixture
async def desk(house: House, app: Litestar, clock: Clock) -> AsyncIterator[Desk]:
    day = await make_day(house)
    people = {}
    async with house.db.transaction(actor="house", offices="*") as conn:
        for role in ("cashier", "controller"):
            draft = identity.StaffDraft(
                office_id=day.office_id, username=role, display_name=f"Mẫu {role}", role=role
            )
            people[role] = (await identity.add_staff(conn, draft, now=MORNING)).id
        await fetch(
            conn, day.office_id, {500_000: 100}, by=people["cashier"], slip="BN-1", now=MORNING,
            second=people["controller"],
        )  # fmt: skip
    clients = {}
    for role, id in people.items():
        clients[role] = make_client(app, await sign_in(day, id, role))
        async with house.db.transaction(actor="house", offices="*") as conn:
            await conn.execute(
                "INSERT INTO identity.factor "
                "(office_id, id, staff_id, secret_sealed, made_at, confirmed_at) "
                "VALUES ($1, $2, $3, '\\x00', $4, $4)",
                day.office_id,
                new_id(),
                id,
                MORNING,
            )
            await conn.execute(
                "UPDATE identity.session SET factor_at = $2 WHERE staff_id = $1", id, MORNING
            )
    async with clients["cashier"], clients["controller"]:
        yield Desk(day, clients["cashier"], clients["controller"])


async def read(client: httpx.AsyncClient, path: str, **query: str) -> dict:
    answer = await client.get(f"{API}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_shift_tells_nothing_before_both_have_counted(desk: Desk) -> None:
    """Tests that a shift names who has counted, and sums only when both have."""
    shift, _ = await desk.go_out()
    await desk.count({500_000: 19, 200_000: 2, 50_000: 1})
    seen = await read(desk.cashier, f"/shifts/{shift}")
    assert seen["count"] == {
        "sides": ["courier"], "counts": [], "expected_vnd": None, "difference_vnd": None
    }  # fmt: skip
    assert "9950000" not in str(seen)
    await desk.cashier.post(
        f"{API}/shifts/{shift}/count", json={"notes": {"500000": 19, "200000": 2, "50000": 1}}
    )
    count = (await read(desk.controller, f"/shifts/{shift}"))["count"]
    assert (count["expected_vnd"], count["difference_vnd"]) == (10_000_000, -50_000)
    assert [side["total_vnd"] for side in count["counts"]] == [9_950_000, 9_950_000]
    assert count["counts"][1]["notes"] == {"500000": 19, "200000": 2, "50000": 1}


async def test_lines_add_up_to_the_balance(desk: Desk) -> None:
    """Tests that a drawer's lines run from its opening to its balance, reservations aside."""
    _, handover = await desk.go_out()
    await desk.cashier.post(
        f"{API}/floats", json={"courier_id": str(desk.courier), "notes": {"200000": 5}}
    )
    seen = await read(desk.cashier, "/drawer/lines")
    assert (seen["opening_vnd"], seen["closing_vnd"]) == (0, 40_000_000)
    assert (seen["balance_vnd"], seen["free_vnd"]) == (40_000_000, 39_000_000)
    told = [(line["code"], line["phase"], line["after_vnd"]) for line in seen["lines"]]
    assert told == [
        ("carry.in", "single", 50_000_000),
        ("float.issue", "pending", 50_000_000),
        ("float.issue", "post", 40_000_000),
        ("float.issue", "pending", 40_000_000),
    ]
    assert {line["made_by"] for line in seen["lines"]} >= {"Mẫu cashier"}
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    later = await read(desk.cashier, "/drawer/lines", day=tomorrow)
    assert (later["opening_vnd"], later["lines"]) == (40_000_000, [])
    slip = await read(desk.cashier, f"/handovers/{handover}")
    assert [side["notes"] for side in slip["counts"]] == [{"500000": 20}, {"500000": 20}]


async def close(desk: Desk) -> None:
    """Count the drawer by two and close the day."""
    for client in (desk.cashier, desk.controller):
        counted = await client.post(
            f"{API}/days/count", params=DAY, json={"notes": {"500000": 100}}
        )
        assert counted.status_code == 201, counted.text
    closed = await desk.controller.post(f"{API}/days/close", params=DAY, json=SIGNED)
    assert closed.status_code == 204, closed.text


async def test_day_is_counted_blind_closed_and_opened_again(desk: Desk) -> None:
    """Tests that a day opened again is counted anew, and its sheet adds up."""
    await desk.cashier.post(f"{API}/days/count", params=DAY, json={"notes": {"500000": 1}})
    first = await read(desk.controller, "/days", **DAY)
    assert (first["count"]["sides"], first["count"]["counts"]) == (["cashier"], [])
    assert first["cashier_id"] is None
    await close(desk)
    closed = await read(desk.controller, "/days", **DAY)
    assert (closed["state"], closed["cashier"]) == ("closed", "Mẫu cashier")
    sheet = await read(desk.controller, "/days/figures", **DAY)
    assert (sheet["opening_vnd"], sheet["closing_vnd"]) == (0, 50_000_000)
    assert sheet["movements"] == [
        {"code": "carry.in", "num": 1, "in_vnd": 50_000_000, "out_vnd": 0}
    ]
    paper = await desk.controller.get(f"{API}/days/sheet", params=DAY)
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    ask = {"kind": "reopen_day", "reason": "quên một giấy nộp", **DAY}
    asked = await desk.cashier.post(f"{API}/proposals", json=ask)
    assert asked.status_code == 201, asked.text
    again = await desk.cashier.post(f"{API}/proposals", json=ask)
    assert (again.status_code, again.json()["code"]) == (409, "already_asked")
    path = f"{API}/proposals/{asked.json()['proposal_id']}/decide"
    own = await desk.cashier.post(path, json={"is_allowed": True})
    assert own.status_code == 403  # a cashier allows nothing
    (waiting,) = await read(desk.controller, "/proposals")
    assert (waiting["kind"], waiting["day"], waiting["made_by_name"]) == (
        "reopen_day",
        DAY["day"],
        "Mẫu cashier",
    )
    opened = await desk.controller.post(path, json={"is_allowed": True})
    assert opened.status_code == 204, opened.text
    assert await read(desk.controller, "/proposals") == []
    assert (await read(desk.cashier, "/days", **DAY))["state"] == "counted"
    await close(desk)


async def test_names_behind_ids_are_told(desk: Desk) -> None:
    """Tests that a desk learns who is who at its own office, and nothing of another's people."""
    other = await make_day(desk.day.house, number=2)
    people = await read(desk.cashier, "/people")
    names = {row["id"]: row for row in people["staff"]}
    assert names[str(desk.courier)]["role"] == "courier"
    assert {"Mẫu cashier", "Mẫu controller"} <= {row["display_name"] for row in people["staff"]}
    assert str(other.couriers[0]) not in names
    assert [row["id"] for row in people["agencies"]] == [str(desk.day.partner_id)]
