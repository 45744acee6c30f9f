"""Tests that a picture which has not come is told to a person, by whom and of which phone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from backend.house import House
from tests.backend.desk import MORNING, TODAY, Day, make_client, make_day, sign_in
from tests.backend.sync.calling import EXCHANGE, Caller, enrol
from tests.backend.sync.test_named_pictures import TOLD, UNTOLD, name_of
from tests.backend.sync.test_pictures import patch, send_all

pytestmark = pytest.mark.anyio
MISSING = "/api/dispatch/v1/missing-pictures"
LATE = timedelta(hours=24)


@pytest.fixture
async def day(house: House) -> Day:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S2")
    await day.publish()
    return day


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    """Return a phone whose failed visit named two pictures a day ago; neither was sent."""
    caller = await enrol(app, day)
    await caller.talk()
    app.state.clock.at = MORNING - LATE
    caller.phone.record(
        "visit.failed",
        {
            **{key: str(value) for key, value in (await day.act_of(day.errands[0])).items()},
            "reason": "ABSENT",
            "photos": [name_of(TOLD), name_of(UNTOLD)],
            "note": "",
            "invited": True,
        },
    )
    await caller.talk()
    app.state.clock.at = MORNING
    yield caller
    await caller.client.aclose()


@pytest.fixture
async def desk(app: Litestar, day: Day) -> AsyncIterator[httpx.AsyncClient]:
    assert day.dispatcher.id is not None
    async with make_client(app, await sign_in(day, day.dispatcher.id, "dispatcher")) as client:
        yield client


async def list_missing(desk: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await desk.get(MISSING)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def num_held(desk: httpx.AsyncClient) -> int:
    board = await desk.get("/api/dispatch/v1/board", params={"service_on": str(TODAY)})
    return int(board.json()["num_held"])


async def test_a_picture_is_missed_after_a_day(
    app: Litestar, phone: Caller, day: Day, desk: httpx.AsyncClient
) -> None:
    """Tests that within 24 hours nobody is bothered, then it is told whose, where, since when."""
    app.state.clock.at = MORNING - timedelta(seconds=1)
    before = await num_held(desk)
    assert await list_missing(desk) == []
    app.state.clock.at = MORNING
    first, second = await list_missing(desk)
    assert await num_held(desk) == before + 2
    assert {first["sha256"], second["sha256"]} == {name_of(TOLD), name_of(UNTOLD)}
    assert first["kind"] == "visit.failed"
    assert first["courier_name"] == "Lê Thị Bưu 1"
    assert (first["device_label"], first["device_status"]) == ("Nokia phone", "active")
    assert first["errand_id"] == str(day.errands[0])
    assert first["stop"]["name"] == "Nguyễn Thị Mẫu 1"
    told = (MORNING - LATE).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert first["named_at"] == first["last_seen_at"] == told
    assert (first["num_received"], first["let_go_at"]) == (None, None)


async def test_a_picture_that_comes_is_missed_no_more(
    phone: Caller, desk: httpx.AsyncClient
) -> None:
    """Tests that half a picture shows how far it is, and a whole one leaves the list."""
    await send_all(phone, TOLD, digest=name_of(TOLD))
    length = str(len(UNTOLD))
    await patch(phone, 0, UNTOLD[:50], digest=name_of(UNTOLD), upload_length=length)
    (half,) = await list_missing(desk)
    assert half["sha256"] == name_of(UNTOLD)
    assert (half["num_received"], half["length"]) == (50, len(UNTOLD))
    await send_all(phone, UNTOLD, digest=name_of(UNTOLD))
    assert await list_missing(desk) == []


async def test_a_copy_that_was_let_go_shows(phone: Caller, desk: httpx.AsyncClient) -> None:
    """Tests that the office knows when it need not wait for the phone any more."""
    told = b'"let_go":["%s"],' % name_of(TOLD).encode()
    body = phone.phone.make_request().replace(b'"v":1,', b'"v":1,' + told, 1)
    await phone.ask("POST", EXCHANGE, body)
    let_go = {one["sha256"]: one["let_go_at"] is not None for one in await list_missing(desk)}
    assert let_go == {name_of(TOLD): True, name_of(UNTOLD): False}


async def test_a_person_gives_a_picture_up_once(phone: Caller, desk: httpx.AsyncClient) -> None:
    """Tests that giving up needs words, ends the waiting for that picture, and keeps a late one."""
    before = await num_held(desk)
    op_id = (await list_missing(desk))[0]["op_id"]
    path = f"{MISSING}/{op_id}/{name_of(TOLD)}/look"
    assert (await desk.post(path, json={"note": "x"})).status_code == 400
    assert (await desk.post(path, json={"note": "Máy rơi xuống sông"})).status_code == 204
    assert (await desk.post(path, json={"note": "Máy rơi xuống sông"})).status_code == 404
    odd = f"{MISSING}/{op_id}/zz/look"
    assert (await desk.post(odd, json={"note": "Không phải ảnh"})).status_code == 404
    assert [one["sha256"] for one in await list_missing(desk)] == [name_of(UNTOLD)]
    assert await num_held(desk) == before - 1
    assert (await send_all(phone, TOLD, digest=name_of(TOLD))).status_code == 204


async def test_a_fact_taken_back_misses_nothing(
    app: Litestar, day: Day, desk: httpx.AsyncClient
) -> None:
    """Tests that nobody waits for the picture of what was undone."""
    caller = await enrol(app, day, name="undone")
    await caller.talk()
    app.state.clock.at = MORNING - LATE
    aim = {key: str(value) for key, value in (await day.act_of(day.errands[0])).items()}
    said = {**aim, "reason": "ABSENT", "photos": [name_of(TOLD)], "note": "", "invited": True}
    op_id = caller.phone.record("visit.failed", said)
    caller.phone.record("act.withdrawn", {**aim, "op": op_id})
    await caller.talk()
    app.state.clock.at = MORNING
    assert await list_missing(desk) == []
    await caller.client.aclose()
