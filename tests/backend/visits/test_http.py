"""Tests of the citizen's page: what it says when, and what it never says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from backend import rounds
from backend.house import House
from tests.backend.desk import Clock, Day, make_client, make_day
from tests.fakes import Browser

pytestmark = pytest.mark.anyio
EIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
API = "/api/citizen/v1"


@pytest.fixture
async def day(house: House) -> Day:
    """Return an office with two couriers and eight bookings on the first one's round."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        for at in range(8):
            await day.book(conn, "S1", lat=21.17 + at / 500)
    return day


@pytest.fixture
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with make_client(app) as client:
        yield client


async def read(browser: httpx.AsyncClient, token: str) -> dict[str, object]:
    answer = await browser.get(f"{API}/visits/{token}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def set_out(day: Day) -> None:
    round_id = await day.publish()
    await day.perform("round.opened", EIGHT, round=round_id)
    await day.perform("items.loaded", EIGHT, round=round_id, items=[])


async def test_budget_lets_more_through_as_the_courier_comes_nearer(
    day: Day, browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Tests that window, number of stops and courier show one after the other, never before."""
    token = await day.link(day.errands[7])
    seen = [await read(browser, token)]
    round_id = await day.publish()
    seen.append(await read(browser, token))
    clock.at = EIGHT
    await day.perform("round.opened", EIGHT, round=round_id)
    await day.perform("items.loaded", EIGHT, round=round_id, items=[])
    seen.append(await read(browser, token))
    for errand_id in day.errands[:2]:
        await day.fail(errand_id, EIGHT)
    seen.append(await read(browser, token))

    assert [visit["stage"] for visit in seen] == ["booked", "planned", "on_the_way", "near"]
    assert [visit["stops_away"] for visit in seen] == [None, None, None, 5]
    assert [visit["courier"] for visit in seen[:3]] == [None, None, None]
    assert seen[3]["courier"] == {"first_name": "1", "badge": "BT-101"}
    assert seen[0]["window"] is None
    widths = [width(visit["window"]) for visit in seen[1:]]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]


def width(window: dict[str, str]) -> timedelta:
    return datetime.fromisoformat(window["late"]) - datetime.fromisoformat(window["early"])


async def test_nothing_of_anybody_else_is_in_the_page(
    day: Day, browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Tests that data and page hold no other address, name, phone, position or id of the round."""
    token = await day.link(day.errands[7])
    await set_out(day)
    clock.at = EIGHT
    data = (await browser.get(f"{API}/visits/{token}")).text
    page = (await browser.get(f"/t/{token}")).text

    for text in (data, page):
        assert "đường Mẫu" not in text
        assert "Nguyễn Thị Mẫu" not in text
        assert "+8490" not in text
        assert "21.1" not in text
        for other in (*day.errands[:7], *day.couriers):
            assert str(other) not in text


async def test_page_leaves_the_receipt_after_the_visit(
    day: Day, browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Tests that once the papers are taken the courier leaves the page and a receipt stays."""
    token = await day.link(day.errands[0])
    await set_out(day)
    await day.accept(day.errands[0], EIGHT)
    clock.at = EIGHT + timedelta(minutes=5)

    visit = await read(browser, token)

    assert visit["stage"] == "accepted"
    assert visit["courier"] is None
    assert visit["window"] is None
    assert visit["receipt"]["papers"] == ["Tờ khai × 1"]
    assert visit["receipt"]["item_code"]
    page = (await browser.get(f"/t/{token}")).text
    assert "Biên nhận" in page
    assert visit["receipt"]["item_code"] in page


async def test_reassigned_visit_leaks_nothing_of_the_first_courier(
    day: Day, browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Tests that after a stop goes to another courier, the page tells of neither before time."""
    token = await day.link(day.errands[0])
    await set_out(day)
    clock.at = EIGHT
    assert (await read(browser, token))["courier"]["badge"] == "BT-101"
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await rounds.remove_errands(conn, day.office_id, [day.errands[0]], EIGHT)
    loose = (await browser.get(f"{API}/visits/{token}")).text
    await day.publish(errands=[day.errands[0]], courier=1)
    given = (await browser.get(f"{API}/visits/{token}")).text

    for text in (loose, given):
        assert "BT-1" not in text
        assert '"courier":null' in text


async def test_page_says_the_state_in_words_without_script(
    day: Day, browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Tests that the page is complete in itself, small, in the language asked for."""
    token = await day.link(day.errands[0])
    await set_out(day)
    clock.at = EIGHT

    vi = await browser.get(f"/t/{token}")
    en = await browser.get(f"/t/{token}", headers={"accept-language": "en-GB,en;q=0.9"})

    assert vi.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in vi.headers["content-security-policy"]
    assert vi.headers["cache-control"] == "no-store"
    assert len(vi.content) < 50_000
    assert "<h1>Bưu tá sắp đến chỗ bạn.</h1>" in vi.text
    assert "Bạn là điểm kế tiếp." in vi.text
    assert "<script" not in vi.text
    assert '<html lang="en">' in en.text
    assert "<h1>The courier is near.</h1>" in en.text


async def test_page_of_the_built_app_carries_the_state(
    day: Day, browser: httpx.AsyncClient
) -> None:
    """Tests that the built page is served with the state where its marker stands."""
    dist = day.house.settings.pwa_dir
    dist.mkdir()
    (dist / "index.html").write_text(
        '<!doctype html><html lang="vi"><body><main id="state"><!--state--></main>'
        '<script type="module" src="/assets/citizen.js"></script></body></html>',
        encoding="utf-8",
    )

    page = (await browser.get(f"/t/{await day.link(day.errands[0])}")).text

    assert '<main id="state"><h1>Bưu điện đã nhận yêu cầu của bạn.</h1>' in page
    assert "/assets/citizen.js" in page


async def test_text_of_people_is_never_markup(day: Day, browser: httpx.AsyncClient) -> None:
    """Tests that names of papers, procedures and offices reach the page as text only."""
    evil = "<img src=x onerror=alert(1)>&\"'"
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute("UPDATE network.office SET name = $1, phone = $1", evil)
        await conn.execute(
            "UPDATE dossiers.dossier SET procedure_name = $1, checklist = $2",
            evil,
            [{"paper": "x", "name": evil, "form": "original", "count": 1}],
        )
    token = await day.link(day.errands[0])
    page = (await browser.get(f"/t/{token}")).text
    await set_out(day)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute("UPDATE identity.staff SET display_name = $1, badge = $1", evil)
    page += (await browser.get(f"/t/{token}")).text

    assert "<img" not in page
    assert "&lt;img" in page


async def test_unknown_and_ended_links_are_one_page(
    day: Day, browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Tests that links never made, ended and expired answer alike, as page and as data."""
    ended = await day.link(day.errands[0])
    expired = await day.link(day.errands[0])
    answers = [await browser.get(f"/t/{token}") for token in (ended, "A" * 22, "x")]
    clock.at += timedelta(days=31)
    answers.append(await browser.get(f"/t/{expired}"))
    data = await browser.get(f"{API}/visits/{expired}")

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "Liên kết này không đúng hoặc đã hết hạn." in answers[0].text
    assert (data.status_code, data.json()["code"]) == (404, "not_found")


async def test_instruction_is_taken_until_the_round_is_out(
    day: Day, browser: httpx.AsyncClient
) -> None:
    """Tests that the citizen can say which bell to ring until the courier has set out."""
    token = await day.link(day.errands[0])
    path = f"{API}/visits/{token}/instruction"
    first = await browser.post(path, json={"text": "  Tầng 3,\n chuông bên trái "})
    told = await read(browser, token)
    await set_out(day)
    late = await browser.post(path, json={"text": "Tầng 4"})

    assert first.status_code == 204
    assert told["instruction"] == "Tầng 3, chuông bên trái"
    assert told["can_instruct"] is True
    assert (late.status_code, late.json()["code"]) == (409, "too_late_to_instruct")
    assert (await read(browser, token))["can_instruct"] is False


async def test_subscribing_takes_only_push_services(day: Day, browser: httpx.AsyncClient) -> None:
    """Tests that an endpoint that leads inwards, or keys that are none, are refused."""
    path = f"{API}/visits/{await day.link(day.errands[0])}/push"
    good = Browser("https://push.example.com/abc").subscription()
    inward = Browser("https://10.0.0.7/abc").subscription()
    no_point = {**good, "keys": {**good["keys"], "p256dh": "A" * 87}}
    answers = [await browser.post(path, json=wish) for wish in (good, good, inward, no_point)]
    stop = await browser.post(f"{path}/stop", json={"endpoint": good["endpoint"]})

    assert [answer.status_code for answer in answers] == [204, 204, 422, 422]
    assert answers[2].json()["code"] == "push_endpoint"
    assert stop.status_code == 204


async def test_code_alone_shows_stage_day_and_office(day: Day, browser: httpx.AsyncClient) -> None:
    """Tests that a code tells three things and no more, however it is written (A7)."""
    await set_out(day)
    await day.accept(day.errands[0], EIGHT)
    code = await item_code(day, day.errands[0])

    answer = await browser.get(f"{API}/codes/{code[:2].lower()} {code[2:]}")

    assert answer.json() == {"stage": "accepted", "on": "2026-11-24", "office": "Bưu cục Mẫu 1"}


async def test_codes_unknown_ended_and_foreign_are_alike(
    day: Day, browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Tests that status and body of codes that show nothing differ in nothing but their id."""
    await set_out(day)
    await day.accept(day.errands[0], EIGHT)
    code = await item_code(day, day.errands[0])
    clock.at += timedelta(days=91)

    texts = (code, "LD000000000VN", "RR123456785DE", "không phải mã", "x" * 300)
    answers = [await browser.get(f"{API}/codes/{text}") for text in texts]

    assert {answer.status_code for answer in answers} == {404}
    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert len({len(answer.content) for answer in answers}) == 1


async def test_codes_cannot_be_tried_in_bulk(day: Day, browser: httpx.AsyncClient) -> None:
    """Tests that ten misses in a minute close the look-up to an address, not to others."""
    statuses = []
    for number in range(12):
        answer = await browser.get(f"{API}/codes/LD{number:09d}VN")
        statuses.append(answer.status_code)

    assert statuses == [404] * 10 + [429] * 2


async def item_code(day: Day, errand_id: UUID) -> str:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return await conn.fetchval(
            "SELECT item_code FROM dossiers.dossier WHERE id = $1", errand_id
        )
