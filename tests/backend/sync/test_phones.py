import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from backend.house import House
from backend.ops import commands
from tests.backend.desk import MORNING, TODAY, Day, make_client, make_day, sign_in
from tests.backend.sync.calling import EXCHANGE, Caller, code_of, enrol, register
from tests.simulation import keys
from tests.simulation.phone import Phone


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
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    caller = await enrol(app, day)
    await caller.talk()
    yield caller
    await caller.client.aclose()


async def list_phones(desk: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await desk.get("/api/sync/v1/phones")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["phones"]
    return found


def stop_of(caller: Caller) -> str:
    return next(ref for kind, ref in caller.phone.view if kind == "stop")


async def test_the_office_sees_what_is_still_out_there(
    desk: httpx.AsyncClient, phone: Caller
) -> None:
    """Tests that head, ack and what is held are told for each phone (S4, S17)."""
    for number in range(3):
        phone.note(stop_of(phone), f"Số {number}")
    phone.phone.record("item.lost", {})
    phone.phone.batch_max = 2
    await phone.talk()
    [seen] = await list_phones(desk)
    assert (seen["head"], seen["ack"], seen["num_held"], seen["missing"]) == (4, 2, 0, [])
    assert seen["device_id"] == str(phone.device_id)
    assert (seen["label"], seen["status"], seen["is_field"], seen["has_key"]) == (
        "Nokia phone",
        "active",
        True,
        True,
    )
    await phone.talk()
    [seen] = await list_phones(desk)
    assert (seen["head"], seen["ack"], seen["num_held"]) == (4, 4, 1)


async def test_a_phone_that_never_called_is_listed(
    app: Litestar, day: Day, desk: httpx.AsyncClient
) -> None:
    """Tests that an enrolled phone is shown before its first exchange."""
    await enrol(app, day, has_key=False)
    [seen] = await list_phones(desk)
    assert (seen["last_seen_at"], seen["head"], seen["has_key"]) == (None, 0, False)


async def test_a_wiped_phone_leaves_its_missing_numbers(
    app: Litestar, desk: httpx.AsyncClient, phone: Caller
) -> None:
    """Tests that what a phone spoke of and lost is listed by number: loss is never silent (S17)."""
    for number in range(5):
        phone.note(stop_of(phone), f"Số {number}")
    phone.phone.batch_max = 2
    await phone.talk()  # says that it has five, sends two
    lost = phone.phone
    app.state.clock.at += timedelta(minutes=10)
    phone.phone = Phone(lost.clock, lost.rnd)  # the browser's storage was cleared
    await phone.talk()
    [seen] = await list_phones(desk)
    assert [(m["from_seq"], m["to_seq"]) for m in seen["missing"]] == [(3, 5)]
    assert seen["missing"][0]["stream"] == str(lost.stream)
    assert seen["missing"][0]["last_contact_at"].startswith(MORNING.isoformat()[:16])
    assert (seen["head"], seen["ack"]) == (0, 0)


async def test_a_forked_phone_misses_nothing(
    app: Litestar, desk: httpx.AsyncClient, phone: Caller
) -> None:
    """Tests that a phone which issues its facts again in a new stream lost none."""
    stop = stop_of(phone)
    twin = Phone(phone.phone.clock, random.Random("phone"))
    assert twin.stream == phone.phone.stream
    phone.note(stop, "Máy thật")
    await phone.talk()
    twin.rnd = random.Random(99)
    phone.phone = twin
    for number in range(3):
        phone.note(stop, f"Máy chép {number}")
    assert (await phone.talk())["fork"]
    [seen] = await list_phones(desk)
    assert (seen["missing"], seen["num_set_aside"]) == ([], 3)
    app.state.clock.at += timedelta(minutes=1)
    assert (await phone.talk())["ack"] == 3
    [seen] = await list_phones(desk)
    # Recorded under the same ids in the new stream, they wait for nobody.
    assert (seen["missing"], seen["num_set_aside"], seen["head"]) == ([], 0, 3)


@pytest.fixture
async def spoken(app: Litestar, phone: Caller) -> Caller:
    """Return a phone that spoke of five facts and sent two; five minutes have gone by."""
    for number in range(5):
        phone.note(stop_of(phone), f"Số {number}")
    phone.phone.batch_max = 2
    await phone.talk()
    app.state.clock.at += timedelta(minutes=5)
    return phone


def ranges_of(seen: dict[str, Any]) -> list[tuple[int, int, bool]]:
    return [(one["from_seq"], one["to_seq"], one["may_come"]) for one in seen["missing"]]


async def num_unsent(desk: httpx.AsyncClient) -> int:
    """Return what the board says is still on phones."""
    answer = await desk.get("/api/dispatch/v1/board", params={"service_on": str(TODAY)})
    return int(answer.json()["totals"]["num_unsent"])


async def test_a_phone_enrolled_anew_in_a_cleared_browser_leaves_its_missing_numbers(
    app: Litestar, day: Day, desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that a new device in the same browser retires the old one, whose loss is listed.

    The browser's storage is gone with the key, its cookies are not (S17).
    """
    assert await num_unsent(desk) == 3
    other = keys.write64(keys.pair_of("another").public_key)
    assert code_of(await register(spoken, other)) == (409, "key_known")
    anew = await enrol(app, day, name="anew", before=spoken)
    await anew.talk()
    seen, old = await list_phones(desk)
    assert (seen["device_id"], seen["status"], seen["missing"]) == (
        str(anew.device_id),
        "active",
        [],
    )
    assert (old["device_id"], old["status"]) == (str(spoken.device_id), "retired")
    assert (ranges_of(old), old["num_unsent"]) == ([(3, 5, False)], 0)
    assert await num_unsent(desk) == 0
    assert code_of(await spoken.exchange()) == (403, "device_revoked")
    await anew.client.aclose()


async def test_an_older_phone_in_use_may_still_send(
    app: Litestar, day: Day, desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that of two phones the older one's numbers are listed as ones that may come."""
    second = await enrol(app, day, name="second")
    await second.talk()
    second.note(stop_of(spoken), "Máy mới")
    second.phone.batch_max = 0
    await second.talk()
    new, old = await list_phones(desk)
    assert (old["status"], ranges_of(old), old["num_unsent"]) == ("active", [(3, 5, True)], 3)
    assert (ranges_of(new), new["num_unsent"]) == ([], 1)
    assert await num_unsent(desk) == 4
    spoken.phone.batch_max = 200
    await spoken.talk()
    _, old = await list_phones(desk)
    assert (ranges_of(old), old["num_unsent"]) == ([], 0)
    assert await num_unsent(desk) == 1
    await second.client.aclose()


async def test_a_lost_phone_misses_what_it_has_not_brought(
    desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that numbers set aside are not missing, and those that nobody brought are."""
    path = f"/api/identity/v1/devices/{spoken.device_id}/lost"
    assert (await desk.post(path, json={})).status_code == 204
    [seen] = await list_phones(desk)
    assert (ranges_of(seen), seen["num_set_aside"]) == ([(3, 5, False)], 0)
    spoken.phone.batch_max = 1
    assert code_of(await spoken.exchange()) == (403, "device_revoked")
    [seen] = await list_phones(desk)
    assert (ranges_of(seen), seen["num_set_aside"]) == ([(4, 5, False)], 1)
    assert await num_unsent(desk) == 0


@pytest.mark.parametrize(
    ("head", "left"),
    [
        (5, []),  # all it spoke of is still there, and comes in the new stream
        (4, [(3, 5, False)]),  # put back to an older copy: the fifth is nowhere
    ],
)
async def test_a_phone_enrolled_anew_with_its_facts_misses_none(
    app: Litestar,
    day: Day,
    desk: httpx.AsyncClient,
    spoken: Caller,
    head: int,
    left: list[tuple[int, int, bool]],
) -> None:
    """Tests that an old stream is let go of only by a phone that has all of it."""
    anew = await enrol(app, day, name="anew", before=spoken)
    body = spoken.phone.make_request().replace(b'"head":5', b'"head":%d' % head)
    assert code_of(await anew.ask("POST", EXCHANGE, body)) == (403, "not_your_stream")
    old = (await list_phones(desk))[1]
    assert ranges_of(old) == left
    await anew.client.aclose()


async def test_a_colleague_lets_go_of_no_stream(
    app: Litestar, day: Day, desk: httpx.AsyncClient, spoken: Caller
) -> None:
    """Tests that another courier's phone cannot hide what is missing, nor retire the phone."""
    other = await enrol(app, day, courier=1, name="a colleague's", before=spoken)
    body = spoken.phone.make_request()
    assert code_of(await other.ask("POST", EXCHANGE, body)) == (403, "not_your_stream")
    seen = next(one for one in await list_phones(desk) if one["device_id"] == str(spoken.device_id))
    assert (seen["status"], seen["num_unsent"]) == ("active", 3)
    await other.client.aclose()


async def test_only_the_desk_sees_phones(phone: Caller) -> None:
    """Tests that a courier is not told of phones."""
    assert code_of(await phone.ask("GET", "/api/sync/v1/phones")) == (403, "not_allowed")


async def test_bump_epoch_resets_every_phone(phone: Caller, admin_url: str) -> None:
    """Tests that after `tannoi bump-epoch` a phone reads its day anew and keeps its facts (S11)."""

    class Restored:
        """A place whose database was put back."""

    Restored.admin_url = admin_url  # type: ignore[attr-defined]
    epoch = await commands.bump_epoch(Restored)  # type: ignore[arg-type]
    assert epoch > 1
    phone.note(stop_of(phone), "Giữ lại")
    reply = await phone.talk()
    assert (reply["reset"], reply["epoch"], reply["ack"]) == (True, epoch, 1)
    assert phone.phone.num_resets == 2


async def test_second_restore_of_one_backup_has_an_epoch_of_its_own(
    phone: Caller, admin_url: str, admin_conn: asyncpg.Connection
) -> None:
    """Tests that phones notice it when the backup they were restored to is put back again.

    One more than the backup's epoch would be the number that they know already.
    """

    class Restored:
        """A place whose database was put back."""

    Restored.admin_url = admin_url  # type: ignore[attr-defined]
    first = await commands.bump_epoch(Restored)  # type: ignore[arg-type]
    await phone.talk()
    await asyncio.sleep(0.002)
    await admin_conn.execute("UPDATE sync.epoch SET epoch = 1")  # the same backup again
    second = await commands.bump_epoch(Restored)  # type: ignore[arg-type]
    assert second > first
    assert (await phone.talk())["reset"]
