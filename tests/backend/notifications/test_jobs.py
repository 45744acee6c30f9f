"""Tests of messages on their way to browsers, through a push service of the tests' own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import pytest

from backend import notifications
from backend.dispatch import REASSIGNED, Reassigned
from backend.house import House
from backend.kit import jobs
from backend.kit.circuit import FAILURES_MAX, PROBE_S
from backend.kit.sql import Conn
from backend.notifications import PushKey, PushKeys, Subscribe
from backend.notifications import jobs as notification_jobs
from backend.notifications.actions import SEND
from backend.notifications.model import Send
from backend.tracking import RECORDED
from tests.backend.desk import MORNING, Day, make_day
from tests.fakes import VAPID_PRIVATE_KEY, Browser, PushService, push_service, to_text

pytestmark = pytest.mark.anyio
EIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    """Return a push service that knows the house's key."""
    key = PushKey(VAPID_PRIVATE_KEY, "mailto:thu@tannoi.test")
    async with push_service(key.public) as service:
        yield service


@pytest.fixture
async def day(house: House) -> Day:
    """Return an office with a courier and nine bookings."""
    day = await make_day(house, num_couriers=1)
    async with house.db.transaction(actor="house", offices="*") as conn:
        for at in range(9):
            await day.book(conn, "S1", lat=21.17 + at / 500)
    return day


async def subscribe(day: Day, errand_id: UUID, browser: Browser, locale: str = "vi") -> None:
    wish = msgspec.convert(browser.subscription(locale), Subscribe)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await notifications.subscribe(
            conn, office_id=day.office_id, errand_id=errand_id, wish=wish, now=MORNING
        )


async def run_jobs(house: House) -> None:
    """Run every job that waits, once each, until none is left; failed ones stay out."""
    done: set[int] = set()
    while True:
        rows = await house.db.pool.fetch(
            "SELECT id, entrypoint, payload FROM pgqueuer WHERE entrypoint = ANY($1) ORDER BY id",
            list(notification_jobs.HANDLERS),
        )
        waiting = [row for row in rows if row["id"] not in done]
        if not waiting:
            return
        for row in waiting:
            done.add(row["id"])
            try:
                await notification_jobs.HANDLERS[row["entrypoint"]](house, row["payload"])
            except notification_jobs.TryLater:
                continue


def words(browser: Browser) -> list[tuple[object, object]]:
    return [(message["title"], message["body"]) for message in browser.got]


def kinds(browser: Browser) -> list[object]:
    return [message["kind"] for message in browser.got]


async def test_citizen_is_told_the_day_in_vietnamese(day: Day, service: PushService) -> None:
    """Tests that each step of a visit reaches the browser, sealed for it, in native words."""
    errand_id = day.errands[8]
    browser = service.add_browser("a")
    await subscribe(day, errand_id, browser)
    round_id = await day.publish()
    await run_jobs(day.house)
    await day.perform("round.opened", EIGHT, round=round_id)
    await day.perform("items.loaded", EIGHT, round=round_id, items=[])
    await run_jobs(day.house)
    for other in day.errands[:3]:
        await day.accept(other, EIGHT)
    await run_jobs(day.house)
    for other in day.errands[3:8]:
        await day.fail(other, EIGHT)
    await day.fail(errand_id, EIGHT)
    await run_jobs(day.house)

    assert words(browser)[0] == (
        "Đã bật thông báo",
        "Bưu điện sẽ báo cho bạn khi có lịch hẹn, khi bưu tá lên đường và khi việc xong.",
    )
    assert "planned" in kinds(browser)
    planned = words(browser)[kinds(browser).index("planned")]
    assert planned[0] == "Bưu tá đến ngày 24/11"
    assert planned[1].endswith("Bạn nhớ để sẵn hồ sơ và giấy tờ tuỳ thân.")
    failed = words(browser)[kinds(browser).index("failed")]
    assert failed[1].startswith("Bưu tá đã đến nhưng không có ai ở nhà. Đây là giấy mời lần 1.")
    assert "Bưu cục Mẫu 1" in failed[1]
    assert kinds(browser).count("next") == 1
    assert service.num_refused == 0


async def test_message_is_told_once_however_often_jobs_run(day: Day, service: PushService) -> None:
    """Tests that running each job twice and subscribing twice tells nothing twice."""
    browser = service.add_browser("a")
    for _ in range(2):
        await subscribe(day, day.errands[0], browser)
    await day.publish()
    for _ in range(2):
        await run_jobs(day.house)

    assert sorted(map(str, kinds(browser))) == ["booked", "planned"]
    assert len({message["id"] for message in browser.got}) == 2


async def test_message_in_english(day: Day, service: PushService) -> None:
    """Tests that a browser is told in the language it asked for."""
    browser = service.add_browser("a")
    await subscribe(day, day.errands[0], browser, "en")
    await run_jobs(day.house)

    assert words(browser)[0][0] == "Messages are on"


async def test_browser_that_is_gone_is_told_no_more(day: Day, service: PushService) -> None:
    """Tests that 410 ends the subscription, and later news finds nobody to tell."""
    browser = service.add_browser("a")
    browser.status = 410
    await subscribe(day, day.errands[0], browser)
    await run_jobs(day.house)
    await day.publish()
    await run_jobs(day.house)

    async with day.house.db.transaction(actor="house", offices="*") as conn:
        assert await states(conn) == ["gone"]
        left = await notifications.num_subscriptions(conn, day.office_id, day.errands[0])
    assert left == 0


async def test_busy_push_service_is_tried_later(day: Day, service: PushService) -> None:
    """Tests that a message refused for now waits, and is told when the job comes again."""
    browser = service.add_browser("a")
    browser.status = 503
    await subscribe(day, day.errands[0], browser)
    await run_jobs(day.house)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        assert await states(conn) == ["queued"]
    browser.status = 201
    await run_jobs(day.house)

    assert kinds(browser) == ["booked"]


async def test_push_service_that_is_down_is_left_alone(day: Day, service: PushService) -> None:
    """Tests that a service which failed ten times in a row is asked once, and then no more (R5)."""
    browser = service.add_browser("a")
    await subscribe(day, day.errands[0], browser)
    circuit = day.house.circuits.of(urlsplit(browser.endpoint).netloc)
    for _ in range(FAILURES_MAX):
        circuit.note(is_answered=False)
    browser.status = 503
    await run_jobs(day.house)
    browser.status = 201
    await run_jobs(day.house)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        assert await states(conn) == ["queued"]
    assert browser.got == []
    circuit.asked_s -= PROBE_S
    await run_jobs(day.house)

    assert kinds(browser) == ["booked"]
    assert not circuit.is_open


async def test_message_taken_by_another_sender_waits(day: Day, service: PushService) -> None:
    """Tests that while one sender is at a message a second one leaves it alone."""
    browser = service.add_browser("a")
    await subscribe(day, day.errands[0], browser)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute("UPDATE notifications.message SET state = 'sending', taken_at = now()")
        message_id = await conn.fetchval("SELECT id FROM notifications.message")

    with pytest.raises(notification_jobs.TryLater):
        await notification_jobs.send(
            day.house, msgspec.json.encode(Send(day.office_id, message_id))
        )

    assert browser.got == []


async def test_stranger_with_another_key_is_refused(day: Day, service: PushService) -> None:
    """Tests that the push service takes messages signed by our key only; checks the checker."""
    service.sender_point = to_text(bytes(65))
    browser = service.add_browser("a")
    await subscribe(day, day.errands[0], browser)
    await run_jobs(day.house)

    assert (browser.got, service.num_refused) == ([], 1)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        assert await states(conn) == ["failed"]


async def test_courier_is_woken_when_stops_are_given(day: Day, service: PushService) -> None:
    """Tests that publishing a plan wakes the phone of who got stops."""
    browser = service.add_browser("phone")
    keys = msgspec.convert(browser.subscription()["keys"], PushKeys)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await notifications.subscribe_staff(
            conn,
            office_id=day.office_id,
            staff_id=day.couriers[0],
            wish=Subscribe(browser.endpoint, keys, "vi"),
            now=MORNING,
        )
        await notifications.tell_staff(conn, day.office_id, "wake", "p1", day.couriers, MORNING)
        await notifications.tell_staff(conn, day.office_id, "wake", "p1", day.couriers, MORNING)
    await run_jobs(day.house)

    assert words(browser) == [("Chuyến của bạn có thay đổi", "Mở ứng dụng để xem.")]


async def test_both_couriers_of_a_stop_that_changes_hands_are_woken(
    house: House, service: PushService
) -> None:
    """Tests that who lost a stop and who got it are told, once each, and nobody else."""
    day = await make_day(house, num_couriers=3)
    async with house.db.transaction(actor="house", offices="*") as conn:
        for _ in range(3):
            await day.book(conn, "S1")
    stops = []
    for at, errand_id in enumerate(day.errands[:3]):
        await day.publish(errands=[errand_id], courier=at)
        stops.append((await day.act_of(errand_id))["stop"])
    await run_jobs(house)
    browsers = []
    for at, courier_id in enumerate(day.couriers[:3]):
        browsers.append(service.add_browser(f"phone{at}"))
        wish = msgspec.convert(browsers[-1].subscription(), Subscribe)
        async with house.db.transaction(actor="house", offices="*") as conn:
            await notifications.subscribe_staff(
                conn, office_id=day.office_id, staff_id=courier_id, wish=wish, now=MORNING
            )
    async with house.db.transaction(actor="house", offices="*") as conn:
        for _ in range(2):
            news = Reassigned(day.office_id, stops[0], stops[1])
            await jobs.enqueue(conn, REASSIGNED, news)
    await run_jobs(house)

    assert [kinds(browser) for browser in browsers] == [["wake"], ["wake"], []]


async def states(conn: Conn) -> list[str]:
    rows = await conn.fetch("SELECT state FROM notifications.message ORDER BY id")
    return [row["state"] for row in rows]


def test_handlers_name_the_jobs_of_other_rooms() -> None:
    """Tests that what rooms below enqueue has somebody who runs it."""
    assert {RECORDED, SEND} <= set(notification_jobs.HANDLERS)
