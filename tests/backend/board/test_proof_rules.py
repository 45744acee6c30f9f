"""Tests of the office's proof rules over HTTP: read by the desk, set by an administrator."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from backend import identity
from backend.house import House
from backend.identity import StaffDraft
from tests.backend.desk import MORNING, Day, make_client, make_day, sign_in

pytestmark = pytest.mark.anyio
PATH = "/api/dispatch/v1/proof-rules"
OFF = {"act": None, "ending": "failed", "reason": "ABSENT", "proof": "photo", "demand": "off"}


@pytest.fixture
async def day(house: House) -> Day:
    """Return an office."""
    return await make_day(house)


async def add_administrator(day: Day) -> UUID:
    """Add an administrator of the office."""
    draft = StaffDraft(
        office_id=day.office_id,
        username="quantri.mau",
        role="administrator",
        display_name="Ngô Thị Mẫu",
        is_demo=True,
    )
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return (await identity.add_staff(conn, draft, now=MORNING)).id


async def set_rules(client: httpx.AsyncClient, *rules: dict[str, Any]) -> httpx.Response:
    """Ask for rules as the screen does."""
    return await client.put(PATH, json={"rules": list(rules), "reason": "Ảnh không cần thiết"})


async def test_administrator_sets_what_the_desk_reads(app: Litestar, day: Day) -> None:
    """Tests that a rule counts from tomorrow, stands in the table, and only one role sets it."""
    assert day.dispatcher.id is not None
    boss = await add_administrator(day)
    clerk = await sign_in(day, day.dispatcher.id, "dispatcher")
    chief = await sign_in(day, boss, "administrator")
    async with make_client(app, clerk) as desk, make_client(app, chief) as admin:
        before = (await desk.get(PATH)).json()
        assert (before["valid_from"], before["rules"]) == (None, [])
        assert (await set_rules(desk, OFF)).status_code == 403
        answer = await set_rules(admin, OFF)
        assert answer.status_code == 200, answer.text
        table = (await desk.get(PATH)).json()
        assert table == answer.json()
        assert (table["valid_from"], table["rules"]) == ("2026-11-25", [OFF])
        changed = [line for line in table["lines"] if line["demand"] != line["usual"]]
        assert {(line["reason"], line["proof"]) for line in changed} == {("ABSENT", "photo")}
        assert len(changed) == 6, "every act that can end so"
        assert (await set_rules(admin)).json()["rules"] == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"reason": "DAMAGED", "act": "payout.pay"}, 422, "reason_not_of_act"),
        ({"ending": "done", "reason": None, "act": "order.pay"}, 422, "proof_not_possible"),
        ({"reason": None}, 422, "reason_of_ending"),
        ({"reason": "BORED"}, 400, "malformed"),
        ({"demand": "maybe"}, 400, "malformed"),
    ],
)
async def test_bad_rules_are_refused_whole(
    app: Litestar, day: Day, changes: dict[str, Any], status: int, code: str
) -> None:
    """Tests that of rules of which one is none, nothing is set."""
    chief = await sign_in(day, await add_administrator(day), "administrator")
    async with make_client(app, chief) as admin:
        answer = await set_rules(admin, OFF, {**OFF, **changes})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert (await admin.get(PATH)).json()["rules"] == []
