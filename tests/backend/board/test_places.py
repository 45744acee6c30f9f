"""Tests of where couriers are said to be: by their leave, on an open round, and not for long."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from backend import identity, rounds
from backend.dispatch import jobs as dispatch_jobs
from backend.house import House
from backend.kit.ids import new_id
from tests.backend.desk import MORNING, TODAY, Clock, Day, make_client, make_day, sign_in

pytestmark = pytest.mark.anyio
NINE = MORNING + timedelta(hours=2, minutes=30)
HERE = {"lat": 21.18, "lon": 106.07, "accuracy_m": 12.0}
THERE = {"lat": 21.19, "lon": 106.08, "accuracy_m": None}


@pytest.fixture
async def day(house: House) -> Day:
    """Return an office with a round that is out since half past six."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S1")
    return day


@pytest.fixture
async def desk(app: Litestar, day: Day) -> AsyncIterator[httpx.AsyncClient]:
    """Return the dispatcher's browser, signed in."""
    assert day.dispatcher.id is not None
    async with make_client(app, await sign_in(day, day.dispatcher.id, "dispatcher")) as client:
        yield client


async def set_out(day: Day) -> Any:
    round_id = await day.publish(errands=day.errands[:1])
    await day.perform("round.opened", MORNING, round=round_id)
    return round_id


async def log(day: Day, at: datetime, *points: dict[str, Any]) -> None:
    await day.perform("position.logged", at, points=list(points))


def point(at: datetime, place: dict[str, Any]) -> dict[str, Any]:
    return {"at": at.isoformat(), **place}


async def place_of(desk: httpx.AsyncClient) -> dict[str, Any] | None:
    answer = await desk.get("/api/dispatch/v1/board", params={"service_on": TODAY.isoformat()})
    assert answer.status_code == 200, answer.text
    (route,) = answer.json()["routes"]
    found: dict[str, Any] | None = route["place"]
    return found


async def test_board_shows_the_newest_place(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that the newest point is shown with its time, and an older one does not replace it."""
    await set_out(day)
    assert await place_of(desk) is None
    earlier = NINE - timedelta(minutes=4)
    await log(day, NINE, point(NINE - timedelta(minutes=1), THERE), point(earlier, HERE))
    await log(day, NINE + timedelta(seconds=1), point(earlier, HERE))
    found = await place_of(desk)
    assert found is not None
    assert (found["lat"], found["lon"], found["accuracy_m"]) == (21.19, 106.08, None)
    assert datetime.fromisoformat(found["seen_at"]) == NINE - timedelta(minutes=1)


async def test_age_is_by_the_corrected_clock(
    house: House, day: Day, desk: httpx.AsyncClient
) -> None:
    """Tests that a phone whose clock is an hour ahead does not make its place any newer."""
    await set_out(day)
    ahead = NINE + timedelta(hours=1)
    fact = {
        "id": new_id(), "kind": "position.logged", "v": 1, "at": ahead.isoformat(),
        "points": [point(ahead - timedelta(minutes=3), HERE)],
    }  # fmt: skip
    await perform(house, day, fact, quality="corrected")
    found = await place_of(desk)
    assert found is not None
    assert datetime.fromisoformat(found["seen_at"]) == NINE - timedelta(minutes=3)


async def perform(house: House, day: Day, fact: dict[str, Any], *, quality: str) -> None:
    shape = rounds.KINDS["position.logged"][0]
    async with house.db.transaction(actor="house", offices="*") as conn:
        context = rounds.Context(
            office_id=day.office_id,
            courier_id=day.couriers[0],
            op_id=fact["id"],
            occurred_at=NINE,
            received_at=NINE,
            time_quality=quality,  # type: ignore[arg-type]  # one of the three
            sealer=house.sealer,
        )
        op = msgspec.convert(fact, shape)
        assert (await rounds.perform(conn, op, context)).outcome == "applied"


async def test_untrusted_clock_tells_no_place(
    house: House, day: Day, desk: httpx.AsyncClient
) -> None:
    """Tests that a place whose age nobody knows is not shown."""
    await set_out(day)
    fact = {"id": new_id(), "kind": "position.logged", "v": 1, "at": NINE.isoformat()}
    await perform(house, day, {**fact, "points": [point(NINE, HERE)]}, quality="suspect")
    assert await place_of(desk) is None


async def test_no_place_without_an_open_round(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that a place before, or outside of, a round is not kept, and goes with its end."""
    round_id = await day.publish(errands=day.errands[:1])
    await log(day, NINE, point(NINE, HERE))
    await day.perform("round.opened", NINE + timedelta(minutes=1), round=round_id)
    await log(day, NINE + timedelta(minutes=2), point(NINE, HERE))  # still at home
    assert await place_of(desk) is None
    await log(day, NINE + timedelta(minutes=9), point(NINE + timedelta(minutes=8), HERE))
    assert await place_of(desk) is not None
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute("UPDATE rounds.round SET state = 'closed', closed_at = $1", NINE)
    assert await place_of(desk) is None
    await dispatch_jobs.forget_places(day.house)
    assert await num_kept(day) == 0


async def num_kept(day: Day) -> int:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return int(await conn.fetchval("SELECT count(*) FROM rounds.last_place"))


async def test_switched_off_is_no_place(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that a courier who switches the log off is shown nowhere from then on."""
    await set_out(day)
    await log(day, NINE, point(NINE, HERE))
    await log(day, NINE + timedelta(minutes=1))
    assert await place_of(desk) is None
    assert await num_kept(day) == 0


async def test_place_is_kept_as_long_as_the_setting_says(
    app: Litestar, day: Day, desk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that an old place is neither shown nor kept, though the round is still open."""
    round_id = await day.publish(errands=day.errands[:1])
    await day.perform("round.opened", MORNING - timedelta(hours=2), round=round_id)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute(
            "INSERT INTO network.rule_setting (name, valid_from, value, source)"
            " VALUES ($1, '2026-11-01', '1', 'test')",
            rounds.PLACE_HOURS,
        )
    await log(day, MORNING, point(MORNING - timedelta(hours=1), HERE))
    clock = app.state.clock
    assert isinstance(clock, Clock)
    clock.at = MORNING
    assert await place_of(desk) is not None
    monkeypatch.setattr(dispatch_jobs, "now", lambda: clock.at)
    await dispatch_jobs.forget_places(day.house)
    assert await num_kept(day) == 1
    clock.at += timedelta(seconds=1)
    assert await place_of(desk) is None
    await dispatch_jobs.forget_places(day.house)
    assert await num_kept(day) == 0


async def test_place_of_another_office_is_not_seen(day: Day, house: House) -> None:
    """Tests that the wall of the office stands before places too (A4)."""
    await set_out(day)
    await log(day, NINE, point(NINE, HERE))
    async with house.db.transaction(actor="staff", offices=[new_id()]) as conn:
        assert await conn.fetchval("SELECT count(*) FROM rounds.last_place") == 0
    assert "board.read" in identity.PERMISSIONS
    assert "courier" not in identity.PERMISSIONS["board.read"]
