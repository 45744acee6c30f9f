"""Facts set aside: listed for the dispatcher, opened, looked at, and never counted by that."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar

from backend.house import House
from backend.ops.migrate import MIGRATIONS
from backend.sync import rules
from tests.backend.desk import MORNING, TODAY, Day, make_client, make_day, sign_in
from tests.backend.sync.calling import EXCHANGE, Caller, code_of, enrol
from tests.simulation.keys import Shift, pair_of

ASIDE = "/api/dispatch/v1/set-aside"


@pytest.fixture
async def day(house: House) -> Day:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S2")
    await day.publish()
    return day


@pytest.fixture
async def desk(app: Litestar, day: Day) -> AsyncIterator[httpx.AsyncClient]:
    assert day.dispatcher.id is not None
    async with make_client(app, await sign_in(day, day.dispatcher.id, "dispatcher")) as client:
        yield client


@pytest.fixture
async def lost(app: Litestar, day: Day, desk: httpx.AsyncClient) -> AsyncIterator[Caller]:
    """Return a lost phone with a note and a payment that it has not sent yet."""
    caller = await enrol(app, day)
    await caller.talk()
    stop = next(ref for kind, ref in caller.phone.view if kind == "stop")
    caller.note(stop, "Chuông hỏng")
    caller.phone.record("payout.paid", {"stop": stop, "amount_vnd": 500_000})
    path = f"/api/identity/v1/devices/{caller.device_id}/lost"
    assert (await desk.post(path, json={})).status_code == 204
    yield caller
    await caller.client.aclose()


async def list_aside(desk: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await desk.get(ASIDE, params=query)
    assert answer.status_code == 200, answer.text
    listed: dict[str, Any] = answer.json()
    assert listed["num"] == len(listed["items"])
    items: list[dict[str, Any]] = listed["items"]
    return items


async def num_held(desk: httpx.AsyncClient) -> int:
    answer = await desk.get("/api/dispatch/v1/board", params={"service_on": str(TODAY)})
    return int(answer.json()["num_held"])


async def test_what_a_lost_phone_brings_waits_for_a_person(
    day: Day, desk: httpx.AsyncClient, lost: Caller, admin_conn: asyncpg.Connection
) -> None:
    """Tests that each fact is listed in words' codes, counted, looked at once, and kept."""
    assert await num_held(desk) == 0
    assert code_of(await lost.exchange()) == (403, "device_revoked")
    note, paid = await list_aside(desk)
    assert (note["kind"], note["reason"], note["is_money"]) == ("note.added", "revoked", False)
    assert (note["courier_name"], note["device_label"]) == ("Lê Thị Bưu 1", "Nokia phone")
    assert note["stop"]["name"] == "Nguyễn Thị Mẫu 1"
    assert note["occurred_at"] is not None
    assert (paid["is_money"], paid["amount_vnd"], paid["seq"]) == (True, 500_000, 2)
    assert await num_held(desk) == 2

    look = f"{ASIDE}/{note['id']}/look"
    assert (await desk.post(look, json={})).status_code == 204
    assert code_of(await desk.post(look, json={})) == (409, "aside_looked_at")
    look = f"{ASIDE}/{paid['id']}/look"
    assert code_of(await desk.post(look, json={"note": " "})) == (409, "needs_reason")
    told = {"note": "Đã hỏi người nhận, thủ quỹ đã biết"}
    assert (await desk.post(look, json=told)).status_code == 204
    assert await list_aside(desk) == []
    assert await num_held(desk) == 0
    kept = {one["id"]: one["looked"] for one in await list_aside(desk, looked="true")}
    assert kept[paid["id"]]["note"] == told["note"]
    assert kept[note["id"]]["by_name"] == "Trần Văn Mẫu"
    assert await admin_conn.fetchval("SELECT count(*) FROM sync.effect") == 0
    looks = "SELECT actor_id, object_id FROM identity.audit WHERE action = 'aside.look'"
    seen = {tuple(row) for row in await admin_conn.fetch(looks)}
    assert seen == {(day.dispatcher.id, UUID(one["id"])) for one in (note, paid)}


async def test_content_is_opened_and_who_read_it_is_written_down(
    day: Day, desk: httpx.AsyncClient, lost: Caller, admin_conn: asyncpg.Connection
) -> None:
    """Tests that what a locked phone sealed is read by the house's keys, each reading audited."""
    lost.phone.shift = Shift.begin(pair_of("shift"), day.house.sealer.agreement.public_key)
    lost.phone.is_locked = True
    await lost.exchange()
    note, _ = await list_aside(desk)
    answer = await desk.get(f"{ASIDE}/{note['id']}")
    assert json.loads(answer.json()["raw"])["text"] == "Chuông hỏng"
    read = "SELECT actor_id, object_id FROM identity.audit WHERE action = 'aside.read'"
    assert [tuple(row) for row in await admin_conn.fetch(read)] == [
        (day.dispatcher.id, UUID(note["id"]))
    ]
    nobody = await desk.get(f"{ASIDE}/{UUID(int=7)}")
    assert code_of(nobody) == (404, "not_found")


async def test_what_nobody_can_open_is_listed_all_the_same(
    day: Day, desk: httpx.AsyncClient, lost: Caller
) -> None:
    """Tests that facts sealed for another key wait for a person, with no kind to tell."""
    lost.phone.shift = Shift.begin(pair_of("shift"), pair_of("another house").public_key)
    lost.phone.is_locked = True
    await lost.exchange()
    first, second = await list_aside(desk)
    assert (first["kind"], first["stop"], first["is_money"]) == ("", None, False)
    assert second["seq"] == 2
    content = (await desk.get(f"{ASIDE}/{first['id']}")).json()
    assert (json.loads(content["raw"])["seq"], content["side"]) == (1, None)


async def test_an_altered_fact_waits_though_its_id_was_recorded(
    app: Litestar, day: Day, desk: httpx.AsyncClient
) -> None:
    """Tests that only the same bytes count as recorded: a changed fact is shown (T2)."""
    caller = await enrol(app, day)
    await caller.talk()
    stop = next(ref for kind, ref in caller.phone.view if kind == "stop")
    caller.note(stop, "Thật")
    body = caller.phone.make_request()
    await caller.talk()
    changed = body.replace("Thật".encode(), "Thầm".encode())
    assert changed != body
    answer = await caller.ask("POST", EXCHANGE, changed)
    assert answer.json()["fork"]
    [altered] = await list_aside(desk)
    assert (altered["reason"], altered["kind"]) == ("fork", "note.added")
    await caller.client.aclose()


@pytest.mark.parametrize(
    ("first", "last", "aside", "left"),
    [
        (3, 5, [], [(3, 5)]),  # nothing came
        (3, 5, [3, 4, 5], []),  # all of it was set aside
        (3, 5, [4], [(3, 3), (5, 5)]),  # the middle
        (3, 5, [3], [(4, 5)]),
        (3, 5, [5], [(3, 4)]),
        (3, 9, [4, 5, 8], [(3, 3), (6, 7), (9, 9)]),
        (3, 5, [1, 2, 6], [(3, 5)]),  # of elsewhere in the stream
    ],
)
def test_numbers_set_aside_are_not_missing(
    first: int, last: int, aside: list[int], left: list[tuple[int, int]]
) -> None:
    """Tests that what is missing is what was neither recorded nor set aside."""
    assert rules.find_missing(first, last, aside) == left


async def test_older_rows_are_read_by_the_migration(
    day: Day, admin_conn: asyncpg.Connection
) -> None:
    """Tests that rows from before tell id, kind and time now; unreadable ones stay, untold."""
    raws = [
        b'{"id":"01a207c9-6c85-76e4-b582-1a5ee986d7ff","kind":"note.added",'
        b'"at":"2026-11-24T08:00:00+07:00"}',
        b'{"id":"no id","kind":"note.added"}',
        b"\xff\xfe",
        b"[" * 9,
    ]
    for number, raw in enumerate(raws, start=1):
        await admin_conn.execute(
            "INSERT INTO sync.op_quarantine (office_id, id, device_id, stream_id, seq, raw, "
            "reason, received_at) VALUES ($1, $2, $2, $2, $3, $4, 'revoked', $5)",
            day.office_id, UUID(int=number), number, raw, MORNING,
        )  # fmt: skip
    await admin_conn.execute(find_fill(MIGRATIONS / "0050_pre_sync_set_aside.sql"))
    told = await admin_conn.fetch(
        "SELECT op_id, kind, told_at IS NULL FROM sync.op_quarantine ORDER BY seq"
    )
    assert [tuple(row) for row in told] == [
        (UUID("01a207c9-6c85-76e4-b582-1a5ee986d7ff"), "note.added", False),
        *[(None, "", True)] * 3,
    ]
    with pytest.raises(asyncpg.RestrictViolationError):
        await admin_conn.execute("DELETE FROM sync.op_quarantine")


def find_fill(path: Path) -> str:
    """Return the statements of a migration that fill the new columns."""
    text = path.read_text(encoding="utf-8")
    first = text.index("ALTER TABLE sync.op_quarantine DISABLE TRIGGER")
    last = text.index("-- Somebody has looked at")
    return text[first:last]
