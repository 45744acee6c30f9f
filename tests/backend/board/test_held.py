"""Tests of facts that wait for a person: listed with names, decided, told to the phone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar

from backend.house import House
from backend.kit.ids import new_id
from tests.backend.desk import TODAY, Day, make_client, make_day, sign_in

pytestmark = pytest.mark.anyio
API = "/api/dispatch/v1"
EIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
async def day(house: House) -> Day:
    """Return an office whose courier is out with two bookings."""
    day = await make_day(house, num_couriers=1)
    async with house.db.transaction(actor="house", offices="*") as conn:
        for at in range(2):
            await day.book(conn, "S1", lat=21.17 + at / 500)
    round_id = await day.publish()
    await day.perform("round.opened", EIGHT, round=round_id)
    await day.perform("items.loaded", EIGHT, round=round_id, items=[])
    return day


@pytest.fixture
async def desk(app: Litestar, day: Day) -> AsyncIterator[httpx.AsyncClient]:
    """Return the dispatcher's browser, signed in."""
    assert day.dispatcher.id is not None
    async with make_client(app, await sign_in(day, day.dispatcher.id, "dispatcher")) as client:
        yield client


async def hold(day: Day, raw: bytes, kind: str = "visit.failed") -> UUID:
    """Write a fact as the exchange does when it cannot decide it."""
    op_id, stream_id, device_id = new_id(), new_id(), new_id()
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute(
            "INSERT INTO sync.stream (office_id, id, device_id, staff_id, last_seq, last_hash,"
            " head_seq, made_at, last_seen_at) VALUES ($1, $2, $3, $4, 1, $5, 1, $6, $6)",
            day.office_id, stream_id, device_id, day.couriers[0], bytes(32), EIGHT,
        )  # fmt: skip
        await conn.execute(
            "INSERT INTO sync.op_log (office_id, stream_id, seq, op_id, kind, v, raw, hash,"
            " occurred_at, time_quality, received_at)"
            " VALUES ($1, $2, 1, $3, $4, 1, $5, $6, $7, 'suspect', $7)",
            day.office_id, stream_id, op_id, kind, raw.replace(b"OP", str(op_id).encode()),
            bytes(32), EIGHT,
        )  # fmt: skip
        await conn.execute(
            "INSERT INTO sync.effect (office_id, op_id, stream_id, seq) VALUES ($1, $2, $3, 1)",
            day.office_id, op_id, stream_id,
        )  # fmt: skip
        await conn.execute(
            "INSERT INTO sync.op_decision (office_id, op_id, n, outcome, reason, at)"
            " VALUES ($1, $2, 1, 'held', 'suspect_time', $3)",
            day.office_id, op_id, EIGHT,
        )  # fmt: skip
    return op_id


async def failed_visit(day: Day) -> bytes:
    fields = {key: str(value) for key, value in (await day.act_of(day.errands[0])).items()}
    return msgspec.json.encode(
        {
            "id": "OP",
            "kind": "visit.failed",
            "v": 1,
            "reason": "ABSENT",
            "photos": ["ab" * 32],
            "note": "",
            "invited": True,
            **fields,
        }
    )


async def test_held_fact_is_shown_with_courier_and_door(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that a person sees who reported what where, in the phone's own words."""
    op_id = await hold(day, await failed_visit(day))

    (fact,) = (await desk.get(f"{API}/held")).json()["items"]
    board = (await desk.get(f"{API}/board", params={"service_on": str(TODAY)})).json()

    assert fact["op_id"] == str(op_id)
    assert (fact["kind"], fact["reason"]) == ("visit.failed", "suspect_time")
    assert fact["courier_name"] == "Lê Thị Bưu 1"
    assert fact["stop"]["name"] == "Nguyễn Thị Mẫu 1"
    assert '"reason":"ABSENT"' in fact["raw"]
    assert board["num_held"] == 1


async def test_held_fact_that_cannot_be_read_is_shown_all_the_same(
    day: Day, desk: httpx.AsyncClient
) -> None:
    """Tests that bytes that are no fact do not hide the facts beside them."""
    await hold(day, b"\xff\xfe no json", kind="unreadable")
    await hold(day, b'{"stop": 7}')

    items = (await desk.get(f"{API}/held")).json()["items"]

    assert [item["stop"] for item in items] == [None, None]


async def test_fact_let_through_counts_once(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that applying a held fact performs it, and a second decision is refused."""
    op_id = await hold(day, await failed_visit(day))
    decision = {"outcome": "applied", "note": "Đã gọi hỏi bưu tá"}

    first = await desk.post(f"{API}/held/{op_id}", json=decision)
    second = await desk.post(f"{API}/held/{op_id}", json=decision)
    board = (await desk.get(f"{API}/board", params={"service_on": str(TODAY)})).json()

    assert first.status_code == 204, first.text
    assert (second.status_code, second.json()["code"]) == (409, "not_held")
    assert [stop["state"] for stop in board["routes"][0]["stops"]] == ["failed", "open"]
    assert board["num_held"] == 0


async def test_fact_of_a_newer_app_is_not_let_through(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that a person cannot let words pass whose meaning this server does not know."""
    op_id = await hold(day, (await failed_visit(day)).replace(b'"v":1', b'"v":9'))

    answer = await desk.post(f"{API}/held/{op_id}", json={"outcome": "applied", "note": "xem rồi"})

    assert (answer.status_code, answer.json()["code"]) == (409, "unknown_kind")
    board = (await desk.get(f"{API}/board", params={"service_on": str(TODAY)})).json()
    assert (board["num_held"], board["routes"][0]["stops"][0]["state"]) == (1, "open")


async def test_fact_set_aside_changes_nothing(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that a fact set aside leaves the stop as it was, and needs a note."""
    op_id = await hold(day, await failed_visit(day))

    no_note = await desk.post(f"{API}/held/{op_id}", json={"outcome": "noop", "note": ""})
    answer = await desk.post(f"{API}/held/{op_id}", json={"outcome": "noop", "note": "Nhầm điểm"})
    board = (await desk.get(f"{API}/board", params={"service_on": str(TODAY)})).json()

    assert no_note.status_code == 400
    assert answer.status_code == 204
    assert [stop["state"] for stop in board["routes"][0]["stops"]] == ["open", "open"]
    assert board["num_held"] == 0


async def test_held_fact_says_that_its_item_is_frozen(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that a person sees which fact keeps an item from moving, and which does not."""
    ids = [day.office_id, new_id(), day.errands[0]]
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute(
            "INSERT INTO custody.item (office_id, id, kind, code, holder_kind, holder_id,"
            " num_handovers, made_at, is_frozen)"
            " VALUES ($1, $2, 'result', 'LD000000005VN', 'office', $1, 1, $3, true)",
            *ids[:2], EIGHT,
        )  # fmt: skip
        await conn.execute(
            "UPDATE dossiers.dossier SET item_id = $2, item_code = 'LD000000005VN'"
            " WHERE office_id = $1 AND id = $3",
            *ids,
        )
    await hold(day, await failed_visit(day))
    await hold(day, b'{"stop": 7}')

    items = (await desk.get(f"{API}/held")).json()["items"]

    assert sorted(item["is_item_frozen"] for item in items) == [False, True]
