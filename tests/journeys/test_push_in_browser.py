"""Push as a browser knows it: the page asks, the worker shows. No push service is reached.

That messages are sealed and signed rightly is held by the push service of the tests' own
(`tests/backend/notifications`); here are the page's asking and the worker's showing.
"""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend import identity
from backend.house import House
from backend.kit.clock import now
from tests.backend.desk import make_day
from tests.fakes import Browser
from tests.journeys import courier as acts
from tests.journeys import desks
from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import PHONE, Person, find_chromium, open_people
from tests.serving import LiveServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
ENDPOINT = "https://push.example.com/thu"
LIST_SHOWN = """async () => {
    const found = await (await navigator.serviceWorker.getRegistration('/courier/'))
        .getNotifications();
    return found.map((one) => [one.title, one.body]);
}"""
MESSAGE = {"ref": "thu", "title": "Bưu tá đang đến", "body": "Còn 2 điểm nữa là đến nhà bạn."}


async def stub_subscription(person: Person, subscription: dict[str, object]) -> None:
    """Let the browser answer as one whose push service is reached."""
    answer = json.dumps({name: subscription[name] for name in ("endpoint", "keys")})
    assert person.context is not None
    await person.context.grant_permissions(["notifications", "geolocation"])
    await person.context.add_init_script(
        f"""const answer = {answer};
        const made = {{ endpoint: answer.endpoint, toJSON: () => answer, getKey: () => null,
            unsubscribe: async () => {{ localStorage.removeItem('stub'); return true; }} }};
        PushManager.prototype.subscribe = async (wish) => {{
            window.wish = wish; localStorage.setItem('stub', 'kept'); return made;
        }};
        PushManager.prototype.getSubscription = async () =>
            localStorage.getItem('stub') ? made : null;"""
    )


async def deliver(person: Person, origin: str, message: dict[str, str], scope: str = "/") -> None:
    """Hand a message to the page's service worker as a push service would."""
    assert person.context is not None
    session = await person.context.new_cdp_session(person.page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def look(event: dict[str, Any]) -> None:
        for registration in event["registrations"]:
            if registration["scopeURL"] == f"{origin}{scope}" and not found.done():
                found.set_result(registration["registrationId"])

    session.on("ServiceWorker.workerRegistrationUpdated", look)
    await session.send("ServiceWorker.enable")
    await session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": origin,
            "registrationId": await asyncio.wait_for(found, 20),
            "data": json.dumps(message),
        },
    )


async def shown_to(person: Person) -> list[list[str]]:
    """Return the messages that the phone shows, once there are any."""
    shown: list[list[str]] = []
    for _ in range(600):  # a busy machine takes its time
        shown = await person.page.evaluate(
            """async () => (await (await navigator.serviceWorker.ready).getNotifications())
                .map((one) => [one.title, one.body])"""
        )
        if shown:
            break
        await asyncio.sleep(0.1)
    return shown


async def test_citizen_asks_for_messages_and_sees_one(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that asking keeps a subscription of the errand, and a message shows in its words."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        errand_id = await day.book(conn, "S1")
        token = await identity.make_link(
            conn,
            office_id=day.office_id,
            errand_id=errand_id,
            expires_at=now() + timedelta(days=1),
            now=now(),
        )
    async with open_people(tmp_path) as people:
        citizen = await people.open("cong-dan-tin", PHONE)
        await stub_subscription(citizen, Browser(ENDPOINT).subscription())
        await citizen.go(f"{live_server.url}/t/{token}")
        await citizen.page.evaluate("async () => { await navigator.serviceWorker.ready }")
        await citizen.press("Nhận thông báo")
        await citizen.sees("Máy này đang nhận thông báo về bưu gửi.")
        await citizen.shoot("da-dang-ky")
        row = await admin_conn.fetchrow(
            "SELECT errand_id, endpoint FROM notifications.subscription"
        )
        assert tuple(row) == (errand_id, ENDPOINT)
        assert await citizen.page.evaluate("window.wish.userVisibleOnly")

        await deliver(citizen, live_server.url, MESSAGE)
        assert await shown_to(citizen) == [[MESSAGE["title"], MESSAGE["body"]]]

        await citizen.press("Ngừng nhận thông báo")
        await citizen.page.get_by_role("button", name="Nhận thông báo").wait_for()
        assert citizen.complaints == []


async def test_courier_asks_to_be_woken_and_learns_of_a_change(
    house: House, live_server: LiveServer, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that a courier switches messages on; one says nothing but that the round changed."""
    crew = await desks.found_offices(house)
    mine, url = crew.couriers[0], live_server.url
    async with open_people(tmp_path) as people:
        courier = await people.open("buu-ta-tin", PHONE)
        await stub_subscription(courier, Browser(ENDPOINT).subscription())
        await courier.go(f"{url}/demo/{mine.username}?key={desks.KEY}")
        await acts.enter_pin(courier)
        await courier.go(f"{url}/courier/#/settings")
        await courier.page.evaluate("async () => { await navigator.serviceWorker.ready }")
        wish = courier.page.get_by_role("checkbox", name="Báo khi chuyến có thay đổi")
        assert not await wish.is_checked(), "nobody is asked without having asked"
        await wish.check(force=True)
        await courier.page.wait_for_function("() => window.wish !== undefined")
        for _ in range(100):
            row = await admin_conn.fetchrow(
                "SELECT staff_id, endpoint FROM notifications.subscription WHERE ended_at IS NULL"
            )
            if row:
                break
            await asyncio.sleep(0.1)
        assert tuple(row) == (mine.id, ENDPOINT)
        await courier.shoot("bao-thay-doi")
        assert await find_faults(courier.page) == []

        # In sight the round shows what is new by itself; out of sight the phone says that it did.
        await courier.go(f"{url}/docs/")
        message = {"ref": "x", "title": "Chuyến của bạn có thay đổi", "body": "Mở ứng dụng để xem."}
        await deliver(courier, url, message, "/courier/")
        found: list[list[str]] = []
        for _ in range(600):
            found = await courier.page.evaluate(LIST_SHOWN)
            if found:
                break
            await asyncio.sleep(0.1)
        assert found == [[message["title"], message["body"]]]

        await courier.go(f"{url}/courier/#/settings")
        await acts.enter_pin(courier)
        await courier.press("Đăng xuất")
        await courier.sees("Đăng nhập máy này")
        ended = await admin_conn.fetchval("SELECT ended_at FROM notifications.subscription")
        assert ended is not None, "who has signed out is not woken"
        assert courier.complaints == []
