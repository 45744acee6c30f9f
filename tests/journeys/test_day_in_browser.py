"""A day in real browsers: planned at the desk, worked with no signal, seen by the citizen."""

import asyncio
import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from backend.house import House
from backend.kit.clock import now, service_day
from backend.ops import demo_town
from tests.journeys import courier as acts
from tests.journeys.browsing import DESK, PHONE, Person, find_chromium, open_people
from tests.journeys.pictures import make_png
from tests.serving import LiveServer
from tests.simulation import checks

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
LIST = Path(__file__).parent / "data" / "errands_300.csv"
KEY = "synthetic-demo-key"
SETTLE_WAIT_S = 60
PRESS = """(name) => [...document.querySelectorAll('button')]
    .find((one) => one.textContent.trim() === name).click()"""
LIST_ACTS = """
SELECT convert_from(o.raw, 'UTF8')::jsonb ->> 'stop' AS stop, o.kind, d.outcome
FROM sync.op_log AS o
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
JOIN sync.op_decision AS d ON d.office_id = o.office_id AND d.op_id = o.op_id AND d.n = 1
WHERE s.staff_id = $1 AND o.kind IN ('result.delivered', 'dossier.accepted', 'visit.failed')
"""


async def found_town(house: House) -> None:
    """Found the demo's offices and people, with nothing to do yet."""
    async with house.db.transaction(actor="house", offices="*") as conn:
        at = now()
        await demo_town.found(conn, KEY, day=service_day(at), now=at, seed=7)


async def plan_the_day(dispatcher: Person, url: str) -> None:
    """Bring the list in, plan it and publish the plan, all by the screens."""
    page = dispatcher.page
    await dispatcher.go(f"{url}/demo/dieuphoi.kinhbac?key={KEY}")
    await page.wait_for_url("**/dispatch/**")
    await dispatcher.shoot("bang-ngay-trong")
    await dispatcher.go(f"{url}/dispatch/#/imports")
    await page.locator('input[type="file"]').set_input_files(LIST)
    await page.get_by_role("button", name=re.compile(r"Ghi \d+ yêu cầu")).wait_for()
    await dispatcher.shoot("nhap-tep")
    await dispatcher.press(re.compile(r"Ghi \d+ yêu cầu"))
    await dispatcher.sees("Đã ghi 300 yêu cầu")
    await dispatcher.go(f"{url}/dispatch/#/errands")
    await page.get_by_text("LD").first.wait_for()
    await dispatcher.shoot("yeu-cau")
    await dispatcher.go(f"{url}/dispatch/#/plan")
    await dispatcher.press("Lập kế hoạch")
    await dispatcher.sees("Đang tìm tuyến tốt")
    await dispatcher.shoot("dang-lap")
    publish = page.get_by_role("button", name="Phát hành", exact=True)
    await publish.first.wait_for(timeout=90_000)
    await page.get_by_text("Bản nháp").first.wait_for(timeout=90_000)
    await dispatcher.shoot("ban-nhap")
    await publish.first.click()
    await page.get_by_text("Phát hành kế hoạch này?").wait_for()
    await publish.last.click()
    await page.get_by_text(re.compile(r"Đã phát hành")).first.wait_for()
    await dispatcher.go(f"{url}/dispatch/#/board")


async def find_busiest(admin: asyncpg.Connection) -> asyncpg.Record:
    """Return the courier with most to take and to bring: user name, id, round."""
    return await admin.fetchrow(
        """SELECT s.username, s.id, r.id AS round_id
        FROM rounds.round AS r
        JOIN identity.staff AS s ON s.id = r.courier_id
        JOIN rounds.stop AS t ON t.round_id = r.id
        JOIN rounds.act AS a ON a.stop_id = t.id
        GROUP BY s.username, s.id, r.id
        ORDER BY least(count(*) FILTER (WHERE a.kind = 'dossier.accept'),
            count(*) FILTER (WHERE a.kind = 'result.deliver')) DESC LIMIT 1"""
    )


async def wait_for_ops(admin: asyncpg.Connection, courier_id: Any, num: int) -> list[str]:
    """Wait until the server has `num` facts of a courier; return their outcomes in order."""
    for _ in range(SETTLE_WAIT_S * 5):
        rows = await admin.fetch(
            """SELECT o.kind || ' ' || d.outcome || coalesce(' ' || d.reason, '')
            FROM sync.op_log AS o
            JOIN sync.stream AS s ON s.id = o.stream_id
            JOIN sync.op_decision AS d ON d.op_id = o.op_id AND d.n = 1
            WHERE s.staff_id = $1 ORDER BY o.seq""",
            courier_id,
        )
        if len(rows) >= num:
            break
        await asyncio.sleep(0.2)
    return [row[0] for row in rows]


async def make_link(dispatcher: Person, url: str, errand_id: Any) -> str:
    """Return the path of a citizen's page, made as the dispatcher's screen makes it."""
    made: str = await dispatcher.page.evaluate(
        """async (path) => (await (await fetch(path, {
            method: 'POST', headers: {'content-type': 'application/json'}, body: '{}',
        })).json()).url""",
        f"{url}/api/dispatch/v1/errands/{errand_id}/link",
    )
    return made


async def test_a_day_with_no_signal(
    house: House,
    live_server: LiveServer,
    live_worker: Any,
    admin_conn: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    """Tests that work done offline, through a kill, reaches desk and citizen exactly once."""
    await found_town(house)
    photo = make_png(tmp_path / "door.png")
    url = live_server.url
    async with open_people(tmp_path) as people:
        dispatcher = await people.open("dieu-phoi", DESK)
        await plan_the_day(dispatcher, url)
        busiest = await find_busiest(admin_conn)

        courier = await people.open("buu-ta", PHONE)
        await courier.go(f"{url}/demo/{busiest['username']}?key={KEY}")
        await acts.enter_pin(courier)
        await acts.set_out(courier)
        assert await wait_for_ops(admin_conn, busiest["id"], 2) == [
            "items.loaded applied",
            "round.opened applied",
        ]
        await courier.keep_cookies()
        await look_at_readiness(courier, url)
        visited = await work_with_no_signal(courier, url, photo)
        assert len(await wait_for_ops(admin_conn, busiest["id"], 0)) == 2

        # The phone dies in the middle of a save, and comes back with all of it.
        await courier.page.evaluate(PRESS, "Hoàn tất trả kết quả")
        courier.kill()
        await courier.open()
        await courier.context.set_offline(True)
        await courier.go(f"{url}/courier/")
        await acts.enter_pin(courier)
        await find_all_again(courier, url, visited)

        # The server dies while the signal comes back.
        await asyncio.to_thread(live_server.kill)
        await courier.context.set_offline(False)
        await courier.page.wait_for_timeout(1500)
        await courier.shoot("may-chu-chet")
        await asyncio.to_thread(live_server.start)
        await courier.page.reload()
        await acts.enter_pin(courier)
        await see_each_once(admin_conn, busiest, visited)
        await courier.sees("Đã gửi hết")
        await courier.shoot("da-gui-het")
        await see_it_everywhere(people, dispatcher, url, admin_conn, busiest["round_id"])
        for person in people.list:
            assert person.complaints == [], person.name
    await check_books(admin_conn)


async def look_at_readiness(courier: Person, url: str) -> None:
    """Look at what the phone has for a day with no signal."""
    await courier.go(f"{url}/courier/#/ready")
    await courier.page.get_by_role("heading").first.wait_for()
    await courier.page.wait_for_timeout(600)
    await courier.shoot("san-sang")


async def work_with_no_signal(courier: Person, url: str, photo: Path) -> dict[str, str]:
    """Serve four stops and half of a fifth in airplane mode; return each one's fact by stop."""
    assert courier.context is not None
    await courier.context.set_offline(True)
    await courier.page.reload()
    await acts.enter_pin(courier)
    visited = {}
    for kind, act, done in (
        ("Trả kết quả", acts.deliver, "result.delivered"),
        ("Trả kết quả", acts.deliver, "result.delivered"),
        ("Nhận hồ sơ", acts.accept, "dossier.accepted"),
        ("Trả kết quả", acts.fail, "visit.failed"),
    ):
        visited[await acts.open_next(courier, kind, visited)] = done
        await courier.shoot("diem-dung")
        await act(courier, photo)
    await courier.go(f"{url}/courier/#/outbox")
    await courier.page.wait_for_timeout(500)
    await courier.shoot("cho-gui")
    visited[await acts.open_next(courier, "Trả kết quả", visited)] = "result.delivered"
    await acts.prepare_delivery(courier, photo)
    return visited


async def find_all_again(courier: Person, url: str, visited: dict[str, str]) -> None:
    """See the four acts of before the kill, and the fifth: whole, or to be finished."""
    page = courier.page
    await page.get_by_text("Tất cả các điểm").wait_for()
    await courier.shoot("mo-lai")
    for stop in list(visited)[:4]:
        row = page.locator(f'a[href="#/stop/{stop}"]').last
        words = await row.inner_text()
        # Where a fee is still to be taken at this door, the act alone is marked.
        marks = row.get_by_role("img", name=re.compile("^(Xong|Chưa được)$"))
        assert re.search("Xong|Chưa được", words) or await marks.count(), f"gone: {words}"
    await page.goto(f"{url}/courier/#/stop/{list(visited)[4]}")
    await page.get_by_text("Việc tại điểm này").wait_for()
    again = page.get_by_role("button", name="Trả kết quả", exact=True)
    if await again.count():
        await again.first.click()
        for _ in range(8):  # what was entered before the kill still stands there
            last = page.get_by_role("button", name="Hoàn tất trả kết quả")
            await last.or_(page.get_by_role("button", name="Tiếp tục")).first.wait_for()
            if await last.count():
                break
            await courier.press("Tiếp tục")
        await last.click()
        await page.get_by_role("heading", name="Biên nhận").wait_for()


async def see_each_once(
    admin: asyncpg.Connection, courier: asyncpg.Record, visited: dict[str, str]
) -> None:
    """Wait until every act has reached the office: at its own stop, applied, once."""
    found: list[asyncpg.Record] = []
    for _ in range(SETTLE_WAIT_S * 5):
        found = await admin.fetch(LIST_ACTS, courier["id"])
        if len(found) >= len(visited):
            break
        await asyncio.sleep(0.2)
    told = [(row["stop"], row["kind"], row["outcome"]) for row in found]
    assert sorted(told) == sorted((stop, kind, "applied") for stop, kind in visited.items())
    others = await admin.fetchval(
        """SELECT count(*) FROM rounds.act AS a JOIN rounds.stop AS t ON t.id = a.stop_id
        WHERE t.round_id = $1 AND a.state <> 'open' AND NOT t.id::text = ANY($2)""",
        courier["round_id"],
        list(visited),
    )
    assert others == 0, "an act was done at a stop nobody went to"


async def see_it_everywhere(
    people: Any, dispatcher: Person, url: str, admin: asyncpg.Connection, round_id: Any
) -> None:
    """Look at the day as the dispatcher and a citizen see it."""
    await dispatcher.page.wait_for_timeout(1500)
    await dispatcher.shoot("bang-ngay")
    errand_id = await admin.fetchval(
        """SELECT a.errand_id FROM rounds.act AS a
        JOIN rounds.stop AS s ON s.id = a.stop_id
        WHERE s.round_id = $1 AND a.state = 'done' AND a.kind = 'result.deliver' LIMIT 1""",
        round_id,
    )
    await dispatcher.go(f"{url}/dispatch/#/errands/{errand_id}")
    await dispatcher.page.wait_for_timeout(1000)
    await dispatcher.shoot("chi-tiet")
    citizen = await people.open("cong-dan", PHONE)
    await citizen.go(await make_link(dispatcher, url, errand_id))
    await citizen.page.wait_for_timeout(800)
    await citizen.shoot("da-giao")
    words = await citizen.page.inner_text("body")
    assert "Kết quả đã được trao" in words
    name = await admin.fetchval(
        """SELECT z.name FROM dossiers.dossier AS d
        JOIN identity.citizen AS z ON z.id = d.citizen_id WHERE d.id <> $1 LIMIT 1""",
        errand_id,
    )
    assert name not in words


async def check_books(admin: asyncpg.Connection) -> None:
    """One holder an item, every invariant holds, every picture named has arrived."""
    assert await checks.find_violations(admin) == {}
    missing = await admin.fetchval(
        """SELECT count(*) FROM proofs.proof AS p WHERE p.sha256 IS NOT NULL
        AND NOT EXISTS (SELECT FROM proofs.blob AS b WHERE b.sha256 = p.sha256)"""
    )
    assert missing == 0
