"""Tests that a float is proposed from what a round pays and takes."""

import asyncpg
import msgspec
import pytest
from litestar import Litestar

from backend import doorstep, rounds
from backend.dispatch.float_http import find_change
from backend.dispatch.store import PaymentRow
from backend.doorstep import NewErrand
from backend.house import House
from backend.identity import StaffDraft, add_staff
from backend.kit.ids import new_id
from tests.backend.desk import MORNING, TODAY, Day, make_client, make_day, sign_in

PATH = "/api/cash/v1/floats/proposal"


@pytest.mark.parametrize(
    ("taken", "change"), [([], 0), ([8_000], 10_000), ([30_000, 60_000], 90_000),
                          ([800_000, 900_000], 1_000_000)],
)  # fmt: skip
def test_change_is_what_is_collected_within_bounds(taken: list[int], change: int) -> None:
    """Tests that change covers what is collected, in whole tens of thousands, up to a million."""
    assert find_change([PaymentRow("charge.collect", 0, amount) for amount in taken]) == change


async def add_money(conn: asyncpg.Connection, day: Day, stop_id: object, **changes: object) -> None:
    """Put an act of money on a stop that is out."""
    stop = await conn.fetchrow(
        "SELECT citizen_id, delivery_point_id FROM rounds.stop WHERE id = $1", stop_id
    )
    new = NewErrand(
        office_id=day.office_id, id=new_id(), kind="payout.pay", citizen_id=stop[0],
        delivery_point_id=stop[1], wanted_on=TODAY, service_duration_s=240,
    )  # fmt: skip
    new = msgspec.structs.replace(new, **changes)
    await doorstep.save(conn, [new])
    await conn.execute(
        "INSERT INTO rounds.act (office_id, id, stop_id, kind, errand_id, state) "
        "VALUES ($1, $2, $3, $4, $5, 'open')",
        day.office_id, new_id(), stop_id, new.kind, new.id,
    )  # fmt: skip


async def test_float_covers_every_payment_of_the_round(house: House, app: Litestar) -> None:
    """Tests that payouts and transfers of a courier's open acts make the float, with change."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn)
        draft = StaffDraft(
            office_id=day.office_id, username="thuquy", display_name="Mẫu", role="cashier"
        )
        cashier = await add_staff(conn, draft, now=MORNING)
    await day.publish()
    async with house.db.transaction(actor="house", offices="*") as conn:
        stop_id = await conn.fetchval("SELECT id FROM rounds.stop")
        await add_money(conn, day, stop_id, cash_out_vnd=3_450_000)
        await add_money(conn, day, stop_id, kind="order.pay", cash_out_vnd=2_000_000)
        await add_money(conn, day, stop_id, kind="charge.collect", cash_in_vnd=48_000)
    async with make_client(app, await sign_in(day, cashier.id, "cashier")) as desk:
        query = {"courier_id": str(day.couriers[0]), "service_on": TODAY.isoformat()}
        found = (await desk.get(PATH, params=query)).json()
        nobody = (await desk.get(PATH, params={**query, "courier_id": str(day.couriers[1])})).json()
        stranger = await desk.get(PATH, params={**query, "courier_id": str(new_id())})
    assert (found["num_payments"], found["num_collections"]) == (2, 1)
    assert found["total_vnd"] == 3_450_000 + 2_000_000 + 50_000
    assert sum(int(value) * num for value, num in found["notes"].items()) == 5_500_000
    assert sum(int(value) * num for value, num in found["change"].items()) == 50_000
    assert {part["amount_vnd"]: part["num"] for part in found["parts"]} == {
        3_450_000: 1, 2_000_000: 1
    }  # fmt: skip
    assert found["is_proven"]
    assert (nobody["num_payments"], nobody["total_vnd"], nobody["notes"]) == (0, 0, {})
    assert stranger.status_code == 404


async def test_forecast_is_of_doors_and_lists(house: House, app: Litestar) -> None:
    """Tests that a day's need is the sum of its places, seen by who reads cash alone."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        draft = StaffDraft(
            office_id=day.office_id, username="thuquy", display_name="Mẫu", role="cashier"
        )
        cashier = await add_staff(conn, draft, now=MORNING)
        new = NewErrand(
            office_id=day.office_id, id=new_id(), kind="payout.pay", citizen_id=new_id(),
            delivery_point_id=new_id(), wanted_on=TODAY, service_duration_s=240,
            cash_out_vnd=3_500_000,
        )  # fmt: skip
        await doorstep.save(conn, [new])
    async with make_client(app, await sign_in(day, cashier.id, "cashier")) as client:
        (told,) = (await client.get("/api/cash/v1/forecast")).json()
    assert told == {
        "day": TODAY.isoformat(), "door_vnd": 3_500_000, "point_vnd": 0, "counter_vnd": 0,
        "out_vnd": 3_500_000, "in_vnd": 0, "num": 1,
    }  # fmt: skip


async def test_float_is_of_the_trip_that_comes_next(house: House, app: Litestar) -> None:
    """Tests that a round with a call for more cash is floated in parts, and told to the phone."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn)
        await day.book(conn, lat=21.19)
        draft = StaffDraft(
            office_id=day.office_id, username="thuquy", display_name="Mẫu", role="cashier"
        )
        cashier = await add_staff(conn, draft, now=MORNING)
    round_id = await day.publish()
    async with house.db.transaction(actor="house", offices="*") as conn:
        first, second = [
            row["id"] for row in await conn.fetch("SELECT id FROM rounds.stop ORDER BY position")
        ]
        await add_money(conn, day, first, cash_out_vnd=160_000_000)
        await add_money(conn, day, second, cash_out_vnd=90_000_000)
        await conn.execute(
            "UPDATE rounds.stop SET reload_at = $2, reload_cash_vnd = 90000000 WHERE id = $1",
            second,
            MORNING,
        )
        docs = await rounds.list_documents(
            conn, house.sealer, day.office_id, day.couriers[0], with_stops_of=[round_id]
        )
    assert [one.doc and one.doc["reload_cash_vnd"] for one in docs] == [None, 90_000_000]
    assert docs[1].doc is not None
    assert docs[1].doc["reload_at"] == MORNING
    async with make_client(app, await sign_in(day, cashier.id, "cashier")) as desk:
        query = {"courier_id": str(day.couriers[0]), "service_on": TODAY.isoformat()}
        morning = (await desk.get(PATH, params=query)).json()
        async with house.db.transaction(actor="house", offices="*") as conn:
            await conn.execute(
                "UPDATE rounds.act SET state = 'done', ended_at = $2 "
                "WHERE stop_id = $1 AND kind = 'payout.pay'",
                first,
                MORNING,
            )
        later = (await desk.get(PATH, params=query)).json()
    assert (morning["num_payments"], morning["total_vnd"]) == (1, 160_000_000)
    assert (later["num_payments"], later["total_vnd"]) == (1, 90_000_000)
