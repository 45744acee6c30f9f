"""Money leaves with a phone that keeps its storage, or by a dispatcher's word (S18)."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar

from backend import network, rounds
from backend.house import House
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.network import RuleSetting
from tests.backend.desk import MORNING, TODAY, Day, make_day
from tests.backend.dispatch.test_fees import plan_and_publish
from tests.backend.sync.calling import Caller, enrol

LEASES = "/api/sync/v1/leases"
KEPT = {"is_installed": True, "is_persisted": True}


async def make_round(house: House, *, owes_vnd: int | None = 25_000) -> tuple[Day, UUID]:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S1", owes_postage_vnd=owes_vnd)
    await plan_and_publish(day)
    async with house.db.transaction(actor="house", offices="*") as conn:
        round_id = await conn.fetchval("SELECT id FROM rounds.round")
    return day, round_id


async def ask(phone: Caller, said: dict[str, Any] | None) -> tuple[int, str | None]:
    body = b"" if said is None else msgspec.json.encode(said)
    answer = await phone.ask("POST", LEASES, body)
    return answer.status_code, answer.json().get("code")


async def waive(day: Day, round_id: UUID, reason: str = "Máy mượn tạm") -> None:
    async with day.house.db.transaction(actor="staff", offices=[day.office_id]) as conn:
        await rounds.waive_storage(
            conn, day.office_id, round_id, reason=reason, by=new_id(), now=MORNING
        )


def storage_of(phone: Caller) -> str:
    [(_, doc)] = [row for (kind, _), row in phone.phone.view.items() if kind == "round"]
    return str(doc["storage"])


async def test_money_is_lent_to_a_phone_that_keeps_its_storage(app: Litestar, house: House) -> None:
    """Tests that lists wait for both promises, and that an old app, which says none, waits too."""
    day, _ = await make_round(house)
    phone = await enrol(app, day)
    refused = (409, "storage_not_kept")
    assert await ask(phone, None) == refused
    assert await ask(phone, {}) == refused
    assert await ask(phone, {"is_installed": True}) == refused
    assert await ask(phone, {"is_persisted": True}) == refused
    assert await ask(phone, {"is_persisted": "yes"}) == (400, "malformed")
    assert await ask(phone, KEPT) == (200, None)
    await phone.client.aclose()


async def test_dispatcher_lets_one_round_leave(app: Litestar, house: House) -> None:
    """Tests that the word is kept with its reason, told to the phone, and said once."""
    day, round_id = await make_round(house)
    phone = await enrol(app, day)
    await phone.talk()
    assert storage_of(phone) == "required"
    for reason in ("Máy mượn tạm", "Lần nữa"):
        await waive(day, round_id, reason)
    await phone.talk()
    assert storage_of(phone) == "waived"
    assert await ask(phone, {}) == (200, None)
    async with house.db.transaction(actor="house", offices="*") as conn:
        kept = await conn.fetch("SELECT reason FROM rounds.storage_waiver")
        assert [row["reason"] for row in kept] == ["Máy mượn tạm"]
    with pytest.raises(NotFound):
        await waive(day, new_id())
    async with house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute("UPDATE rounds.round SET state = 'closed'")
    with pytest.raises(Conflict, match="round_closed"):
        await waive(day, round_id)
    await phone.client.aclose()


async def test_a_round_without_money_asks_nothing(app: Litestar, house: House) -> None:
    """Tests that papers alone may be fetched with any phone."""
    day, _ = await make_round(house, owes_vnd=None)
    phone = await enrol(app, day)
    assert await ask(phone, None) == (200, None)
    await phone.client.aclose()


async def test_an_office_may_set_the_rule_aside(app: Litestar, house: House) -> None:
    """Tests that the rule is a setting, and that a house of before has it all the same."""
    day, _ = await make_round(house)
    phone = await enrol(app, day)
    free = RuleSetting(rounds.KEPT_STORAGE, TODAY, None, 0, "bưu cục thử")
    async with house.db.transaction(actor="house", offices="*") as conn:
        await network.add_rules(conn, [free])
    await phone.talk()
    assert storage_of(phone) == "free"
    assert await ask(phone, {}) == (200, None)
    await phone.client.aclose()
