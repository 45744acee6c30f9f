"""What a phone is told of its round."""

from datetime import date

import pytest

from backend import network
from backend.house import House
from backend.rounds.documents import list_documents
from tests.backend.desk import Day, make_day


@pytest.fixture
async def day(house: House) -> Day:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S2")
    await day.publish()
    return day


async def test_round_says_when_to_come_again(day: Day) -> None:
    """Tests that a phone promises no holiday: the round bears the next days by the calendar."""
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        rounds = await conn.fetch("SELECT id, office_id, courier_id, service_on FROM rounds.round")
        assert rounds
        for row in rounds:
            (doc,) = await list_documents(
                conn, day.house.sealer, row["office_id"], row["courier_id"], rounds=[row["id"]]
            )
            assert doc.doc is not None
            today: date = row["service_on"]
            assert doc.doc["again_on"] == {
                "next": await network.add_working_days(conn, today, 1),
                "invited": await network.add_working_days(conn, today, 2),
            }
