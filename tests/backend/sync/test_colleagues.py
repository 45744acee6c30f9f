"""Whom a courier may hand cash to, as the phone asks for it before the round."""

from litestar import Litestar

from backend import identity
from backend.house import House
from tests.backend.desk import MORNING, make_day
from tests.backend.sync.calling import enrol

PATH = "/api/sync/v1/colleagues"


async def test_phone_hears_of_its_offices_other_couriers(app: Litestar, house: House) -> None:
    """Tests that a phone is told those in service but its own, and only over its signature."""
    day = await make_day(house, num_couriers=3)
    phone = await enrol(app, day)
    me, other, gone = day.couriers
    async with house.db.transaction(actor="house", offices="*") as conn:
        await identity.disable_staff(conn, day.dispatcher, gone, now=MORNING)
    answer = await phone.ask("GET", PATH)
    assert answer.status_code == 200, answer.text
    told = [one["id"] for one in answer.json()["colleagues"]]
    assert str(other) in told
    assert not {str(me), str(gone)} & set(told)
    assert (await phone.ask("GET", PATH, signature="v1;x;1;x")).status_code == 401
    await phone.client.aclose()
