"""Tests of the dispatcher's screens over HTTP."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from litestar import Litestar

from backend import proofs
from backend.board import news
from backend.dispatch import jobs as dispatch_jobs
from backend.dispatch.model import Solve
from backend.house import House
from backend.kit import live
from backend.kit.ids import new_id
from backend.proofs import Blob, BlobFolder
from tests.backend.desk import MORNING, TODAY, Clock, Day, make_client, make_day, sign_in
from tests.backend.proofs.making import jpeg

pytestmark = pytest.mark.anyio
API = "/api/dispatch/v1"
EIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PICTURE = jpeg(640, 480)


@pytest.fixture
async def day(house: House) -> Day:
    """Return an office with two couriers and four bookings."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        for at in range(4):
            await day.book(conn, "S1", lat=21.17 + at / 500)
    return day


@pytest.fixture
async def desk(app: Litestar, day: Day) -> AsyncIterator[httpx.AsyncClient]:
    """Return the dispatcher's browser, signed in."""
    assert day.dispatcher.id is not None
    session = await sign_in(day, day.dispatcher.id, "dispatcher")
    async with make_client(app, session) as client:
        yield client


async def get(desk: httpx.AsyncClient, path: str, **params: object) -> dict[str, object]:
    answer = await desk.get(f"{API}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def set_out(day: Day) -> None:
    round_id = await day.publish(errands=day.errands[:3])
    await day.perform("round.opened", EIGHT, round=round_id)
    await day.perform("items.loaded", EIGHT, round=round_id, items=[])


async def test_board_shows_the_day_as_it_stands(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that rounds, states, figures and what is not planned are on the board."""
    await set_out(day)
    await day.accept(day.errands[0], EIGHT + timedelta(minutes=6))
    await day.fail(day.errands[1], EIGHT + timedelta(minutes=40))

    board = await get(desk, "/board", service_on=TODAY)

    (route,) = board["routes"]
    assert route["state"] == "open"
    assert route["courier"]["badge"] == "BT-101"
    assert [stop["state"] for stop in route["stops"]] == ["done", "failed", "open"]
    assert [stop["position"] for stop in route["stops"]] == [1, 2, 3]
    assert route["stops"][1]["acts"][0]["reason"] == "ABSENT"
    assert route["polyline"][0] == route["polyline"][-1] == [21.18, 106.06]
    assert len(route["polyline"]) == 5
    assert route["phone"] is None
    assert board["totals"] == {"num_stops": 3, "num_done": 1, "num_failed": 1, "num_unsent": 0}
    # One was never planned; the one that failed comes back on a later day.
    assert (board["num_unplanned"], board["num_held"]) == (1, 0)


async def test_board_shows_what_a_phone_has_not_sent(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that facts still on a phone are counted from what the phone said of itself (S17)."""
    await set_out(day)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute(
            "INSERT INTO sync.stream (office_id, id, device_id, staff_id, last_seq, last_hash,"
            " head_seq, made_at, last_seen_at, app_version)"
            " VALUES ($1, $2, $2, $3, 4, $4, 7, $5, $5, '1.0')",
            day.office_id,
            new_id(),
            day.couriers[0],
            bytes(32),
            EIGHT,
        )

    board = await get(desk, "/board", service_on=TODAY)

    assert board["routes"][0]["phone"]["num_unsent"] == 3
    assert board["totals"]["num_unsent"] == 3


async def test_plan_over_http_from_asking_to_rounds(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that a dispatcher asks, reads the draft with names and doors, and publishes once."""
    asked = await desk.post(f"{API}/plans", json={"service_on": str(TODAY), "budget_s": 1})
    assert asked.status_code == 202, asked.text
    plan_id = asked.json()["id"]
    payload = msgspec.json.encode({"office_id": day.office_id, "plan_id": plan_id})
    assert msgspec.json.decode(payload, type=Solve).office_id == day.office_id
    await dispatch_jobs.solve(day.house, payload)

    plan = await get(desk, f"/plans/{plan_id}")
    published = await desk.post(f"{API}/plans/{plan_id}/publish", json={})
    again = await desk.post(f"{API}/plans/{plan_id}/publish", json={})
    listed = await get(desk, "/plans", service_on=TODAY)

    stops = [stop for route in plan["routes"] for stop in route["stops"]]
    assert {stop["name"] for stop in stops} == {f"Nguyễn Thị Mẫu {n}" for n in range(1, 5)}
    assert plan["totals"]["num_unassigned"] == 0
    assert published.status_code == 200, published.text
    assert (again.status_code, again.json()["code"]) == (409, "plan_already_published")
    assert [item["state"] for item in listed["items"]] == ["published"]
    assert (await get(desk, "/board", service_on=TODAY))["num_unplanned"] == 0


async def test_errands_are_found_by_words_and_page(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that words without tone marks find an errand, and pages follow one another."""
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        wanted = await day.book(conn, "S2", name="Đặng Thị Ưởng", address="Ngõ 5 phố Vũ Ninh")

    found = await get(desk, "/errands", q="dang thi uong")
    nothing = await get(desk, "/errands", q="100%")
    first = await get(desk, "/errands", service_on=TODAY, limit=3)
    second = await get(desk, "/errands", service_on=TODAY, limit=3, after=first["next"])
    results = await get(desk, "/errands", state="at_office")

    assert [item["id"] for item in found["items"]] == [str(wanted)]
    assert nothing["items"] == []
    assert len(first["items"]) == 3
    assert len(second["items"]) == 2
    assert second["next"] is None
    assert [item["id"] for item in results["items"]] == [str(wanted)]


async def test_errand_tells_its_whole_history(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that custody, events, attempts, proofs and the phone are there, and who looked too."""
    await set_out(day)
    await day.accept(day.errands[0], EIGHT)
    await day.fail(day.errands[1], EIGHT)

    taken = await get(desk, f"/errands/{day.errands[0]}")
    failed = await get(desk, f"/errands/{day.errands[1]}")

    assert [(link["from_name"], link["to_name"]) for link in taken["custody"]] == [
        (None, "Nguyễn Thị Mẫu 1"),
        ("Nguyễn Thị Mẫu 1", "Lê Thị Bưu 1"),
    ]
    assert taken["phone"] == "+84900000001"
    assert "accepted" in [event["code"] for event in taken["events"]]
    assert any(proof["url"] for proof in taken["proofs"])
    assert failed["attempts"][0]["reason"] == "ABSENT"
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        looked = await conn.fetchval(
            "SELECT count(*) FROM identity.audit WHERE action = 'errands.read' AND actor_id = $1",
            day.dispatcher.id,
        )
    assert looked == 2


async def test_picture_is_shown_once_it_has_come(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that a proof answers 404 while its bytes are on the phone, then the picture."""
    await set_out(day)
    await day.accept(day.errands[0], EIGHT)
    sha256 = hashlib.sha256(PICTURE).digest()
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        photo = new_id()
        await proofs.keep(
            conn,
            [
                proofs.Proof(
                    office_id=day.office_id,
                    id=photo,
                    errand_id=day.errands[0],
                    op_id=None,
                    kind="photo",
                    sha256=sha256,
                    data={},
                    occurred_at=EIGHT,
                    received_at=EIGHT,
                )
            ],
        )
    missing = await desk.get(f"{API}/proofs/{photo}")
    BlobFolder(day.house.blob_dir).store(day.office_id, sha256, PICTURE)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        blob = Blob(sha256, len(PICTURE), "image/jpeg", EIGHT, day.couriers[0])
        await proofs.add_blob(conn, day.office_id, blob)
    shown = await desk.get(f"{API}/proofs/{photo}")

    assert missing.status_code == 404
    assert (shown.status_code, shown.content) == (200, PICTURE)
    assert shown.headers["content-type"] == "image/jpeg"
    assert "sandbox" in shown.headers["content-security-policy"]


async def test_booking_at_the_desk_and_the_citizens_link(
    day: Day, desk: httpx.AsyncClient, app: Litestar
) -> None:
    """Tests that an errand is booked from a form, and its link opens it for the citizen."""
    form = {
        "procedure_code": "2.000001",
        "citizen": {"name": "Phạm Văn Mẫu", "phone": "0912 345 678"},
        "address": "Số 9 đường Ngô Gia Tự, phường Kinh Bắc, Bắc Ninh",
        "wanted_on": str(TODAY),
        "tw_early_s": 28_800,
        "tw_late_s": 36_000,
    }
    booked = await desk.post(f"{API}/errands", json=form)
    assert booked.status_code == 201, booked.text
    made = await desk.post(f"{API}/errands/{booked.json()['id']}/link", json={})

    assert booked.json()["phone"] == "+84912345678"
    path = made.json()["url"].removeprefix("https://tannoi.test")
    async with make_client(app) as citizen:
        page = await citizen.get(path)
    assert "Bưu điện đã nhận yêu cầu của bạn." in page.text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"procedure_code": "9.999999"}, "procedure_unknown"),
        ({"tw_early_s": 36_000, "tw_late_s": 36_000}, "window_invalid"),
        ({"tw_early_s": 36_000}, "window_invalid"),
        ({"partner_id": str(new_id())}, "partner_unknown"),
        ({"citizen": {"name": "Mẫu", "phone": "12"}}, "phone_invalid"),
        ({"lat": 21.1}, "not_on_earth"),
    ],
)
async def test_booking_refuses(
    desk: httpx.AsyncClient, change: dict[str, object], code: str
) -> None:
    """Tests that a booking wrong in its content is refused with its reason, nothing written."""
    form = {
        "procedure_code": "2.000001",
        "citizen": {"name": "Phạm Văn Mẫu"},
        "address": "Số 9 đường Ngô Gia Tự, phường Kinh Bắc, Bắc Ninh",
        "wanted_on": str(TODAY),
        **change,
    }
    answer = await desk.post(f"{API}/errands", json=form)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len((await get(desk, "/errands"))["items"]) == 4


async def test_other_office_does_not_exist(day: Day, desk: httpx.AsyncClient, house: House) -> None:
    """Tests that another office's errand, plan and board are 404, by id and by name (A4)."""
    other = await make_day(house, number=2)
    async with house.db.transaction(actor="house", offices="*") as conn:
        foreign = await other.book(conn, "S1", address="Số 77 đường Khác, Bắc Ninh")

    answers = [
        await desk.get(f"{API}/errands/{foreign}"),
        await desk.get(f"{API}/errands/{foreign}", params={"office": str(other.office_id)}),
        await desk.post(f"{API}/errands/{foreign}/link", json={}),
        await desk.get(f"{API}/board", params={"office": str(other.office_id)}),
        await desk.get(f"{API}/live", params={"office": str(other.office_id)}),
    ]

    assert {answer.status_code for answer in answers} == {404}


async def test_stream_says_when_to_read_again(day: Day, house: House) -> None:
    """Tests that news of board and plans reach an open screen, and a closing house ends it."""
    await house.hub.open()
    stream = news.follow(house, day.office_id)
    hello = await anext(stream)
    while not await is_listening(house):
        continue
    async with house.db.transaction(actor="house", offices="*") as conn:
        await live.publish(conn, f"board:{day.office_id}")
        await live.publish(conn, f"plan:{day.office_id}")
        await live.publish(conn, "board:another")
    told = {(await anext(stream)).event, (await anext(stream)).event}
    await house.hub.close()

    assert hello.event == "hello"
    assert told == {"board", "plan"}
    assert [message async for message in stream] == []


async def is_listening(house: House) -> bool:
    count = await house.db.pool.fetchval(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    )
    return bool(count)


def test_clock_is_the_tests_own(clock: Clock) -> None:
    """Tests that requests are judged at the instant that a test sets."""
    assert clock() == MORNING
