"""A courier's tools in Chromium: undo, the file as the last way out, positions, easy reading."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from backend import sync
from backend.house import House
from backend.kit.clock import now
from tests.journeys import courier as acts
from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import SCREENS, Person, find_chromium
from tests.journeys.network import DIES, EXCHANGE, PASSES
from tests.journeys.phone_page import PhonePage, unlock
from tests.journeys.pictures import make_png
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import find_delivery, set_out

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
FACTS = """
SELECT o.kind || ' ' || d.outcome || coalesce(' ' || d.reason, '')
FROM sync.op_log AS o
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
JOIN sync.op_decision AS d ON d.office_id = o.office_id AND d.op_id = o.op_id AND d.n = 1
WHERE s.staff_id = $1 AND o.kind NOT IN ('items.loaded', 'round.opened', 'stop.arrived')
ORDER BY o.seq
"""
POINTS = """
SELECT convert_from(o.raw, 'UTF8') FROM sync.op_log AS o
JOIN sync.stream AS s ON s.office_id = o.office_id AND s.id = o.stream_id
WHERE s.staff_id = $1 AND o.kind = 'position.logged' ORDER BY o.seq
"""
BROUGHT = """
SELECT convert_from(q.raw, 'UTF8') FROM sync.op_quarantine AS q
JOIN identity.device AS d ON d.office_id = q.office_id AND d.id = q.device_id
WHERE d.staff_id = $1 AND q.reason = 'brought_by_file' ORDER BY q.seq
"""
COUNT_LOOKS = """
window.looks = 0;
const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
navigator.geolocation.getCurrentPosition = (...told) => { window.looks += 1; ask(...told); };
"""
VOICES = """
window.said = [];
const voice = { lang: 'vi-VN', localService: true, name: 'Giọng thử' };
const synthesis = { getVoices: () => [voice], cancel: () => {},
    speak: (one) => window.said.push(one.text), addEventListener: () => {} };
Object.defineProperty(window, 'speechSynthesis', { value: synthesis, configurable: true });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
NO_VOICES = "delete window.speechSynthesis;"


async def wait_for_facts(stage: Stage, phone: PhonePage, num: int) -> list[str]:
    """Wait until the office decided `num` facts of a courier; return kind and outcome of each."""
    rows: list[Any] = []
    for at in range(250):
        if at % 20 == 10:  # a hand that takes the phone up wakes it
            await phone.page.evaluate("() => dispatchEvent(new Event('focus'))")
        rows = await stage.admin.fetch(FACTS, phone.courier.staff_id)
        if len(rows) >= num:
            break
        await phone.page.wait_for_timeout(100)
    return [row[0] for row in rows]


def person_of(stage: Stage, phone: PhonePage, name: str) -> Person:
    """Return the phone's page for what a courier does by the words on the buttons."""
    return Person(stage.driver, Path(), {}, name, context=phone.context)


async def test_undo_and_what_comes_after_it(stage: Stage, tmp_path: Path) -> None:
    """Tests that an act is taken back within ten seconds, and later only corrected, with words."""
    phone = await stage.open_phone()
    page, courier = phone.page, person_of(stage, phone, "hoan-tac")
    await page.clock.install()
    await phone.reload()
    await set_out(phone)
    stop, _ = find_delivery(phone)
    photo = make_png(tmp_path / "cua.png")
    await phone.go(f"#/stop/{stop}")
    await acts.deliver(courier, photo)
    undo = page.get_by_role("button", name=re.compile("^Hoàn tác"))
    await undo.wait_for()
    bar = await page.locator(".undo").bounding_box()
    for toast in await page.locator(".toast").all():  # what was said before may still stand there
        box = await toast.bounding_box()
        assert bar is None or box is None or box["y"] + box["height"] <= bar["y"]
    await undo.click()
    await phone.sees("Đã hoàn tác. Việc này coi như chưa làm.")
    await courier.shoot("da-hoan-tac")
    await page.clock.fast_forward("00:11")  # both wait until nothing can be taken back any more
    told = await wait_for_facts(stage, phone, 2)
    assert told == ["result.delivered noop withdrawn", "act.withdrawn applied"]

    # What was done for it is still there: only the last button is pressed again.
    await page.get_by_role("button", name="Trả kết quả", exact=True).click()
    await page.get_by_role("button", name="Hoàn tất trả kết quả").click()
    await undo.wait_for()
    await page.clock.fast_forward("00:11")
    await undo.wait_for(state="detached")
    assert (await wait_for_facts(stage, phone, 3))[2:] == ["result.delivered applied"]
    await page.get_by_role("button", name="Đính chính", exact=True).click()
    await page.locator("label", has_text="Ghi nhầm").click()
    await phone.sees("Điều phối viên xem và mở lại việc.")
    await page.get_by_label("Lý do").fill("Giao nhầm phong bì nhà bên")
    assert await find_faults(page) == []
    await page.get_by_role("button", name="Lưu", exact=True).click()
    assert (await wait_for_facts(stage, phone, 4))[3:] == ["act.corrected held correction_asked"]
    await phone.sees("Chờ điều phối viên đồng ý đính chính")
    await courier.shoot("dinh-chinh-cho-dong-y")
    assert phone.complaints == []


async def test_file_of_unsent_facts(stage: Stage, house_of_stage: House, tmp_path: Path) -> None:
    """Tests that the file holds every unsent fact, sealed, for the office to open, each once."""
    phone = await stage.open_phone()
    await phone.page.clock.install()
    await phone.reload()
    await set_out(phone)
    stop, _ = find_delivery(phone)
    phone.way.always(DIES, path=EXCHANGE)
    await phone.note("Chuông hỏng, gọi cửa sau")
    courier = person_of(stage, phone, "xuat-tep")
    await phone.go(f"#/stop/{stop}")
    await acts.fail(courier, make_png(tmp_path / "cua.png"))
    await phone.go("#/outbox")
    store = await phone.store()
    async with phone.page.expect_download() as download:
        await phone.page.get_by_role("button", name="Xuất tệp việc chưa gửi").click()
    saved = await download.value
    await saved.save_as(tmp_path / saved.suggested_filename)
    raw = (tmp_path / saved.suggested_filename).read_bytes()
    assert re.fullmatch(r"tannoi-T\d{4}-\d{8}T\d{4}\.json", saved.suggested_filename)
    await phone.page.screenshot(path=SCREENS / "xuat-tep.png")
    file = json.loads(raw)
    waiting = [op for op in store["ops"] if op["seq"] > store["ack"]]
    assert [(op["seq"], op["id"]) for op in file["ops"]] == [
        (op["seq"], op["id"]) for op in waiting
    ]
    assert "Chuông hỏng" not in raw.decode(), "a file that is lost on the way tells nothing"
    assert all(base64.urlsafe_b64decode(op["sealed"]["ct"] + "==") for op in file["ops"])

    taken = await take(house_of_stage, raw)
    assert [(one.kind, one.state) for one in taken] == [
        (op["kind"], "set_aside") for op in file["ops"]
    ]
    texts = await stage.admin.fetch(BROUGHT, phone.courier.staff_id)
    said = [json.loads(row[0]) for row in texts]
    assert [one["text"] for one in said if one["kind"] == "note.added"] == [
        "Chuông hỏng, gọi cửa sau"
    ]
    assert [one["reason"] for one in said if one["kind"] == "visit.failed"] == ["ABSENT"]

    # The phone comes back: everything counts once, and the file has nothing new to say.
    phone.way.always(PASSES)
    await phone.page.clock.fast_forward("00:11")
    await phone.reload()
    await stage.wait_for_notes(phone, "Chuông hỏng, gọi cửa sau")
    assert sorted(await wait_for_facts(stage, phone, 2)) == [
        "note.added applied", "visit.failed applied",
    ]  # fmt: skip
    assert {one.state for one in await take(house_of_stage, raw)} == {"known"}
    assert phone.complaints == []


async def take(house: House, raw: bytes) -> list[sync.Brought]:
    """Take a file as the office does by `tannoi import unsent`."""
    async with house.db.transaction(actor="cli", offices="*") as conn:
        return await sync.take_file(conn, raw, house.sealer.agreement, now=now())


async def test_positions_are_logged_in_sight_only(stage: Stage) -> None:
    """Tests that positions are asked for in an open round only, in sight, until stopped."""
    phone = await stage.open_phone()
    page = phone.page
    await page.clock.install()
    await page.add_init_script(COUNT_LOOKS)
    await phone.reload()

    async def num_looks() -> int:
        return int(await page.evaluate("() => window.looks"))

    await phone.go("#/settings")
    await page.get_by_role("checkbox", name="Ghi vị trí trong ca").check(force=True)
    await page.clock.fast_forward("02:00")
    assert await num_looks() == 0, "there is no round yet"
    await set_out(phone)
    bar = page.get_by_text("Đang ghi vị trí trong ca")
    for place in ("#/", "#/outbox", "#/settings"):
        await phone.go(place)
        await bar.wait_for()
    await page.screenshot(path=SCREENS / "dang-ghi-vi-tri.png")
    assert await find_faults(page) == []
    before = await num_looks()
    await page.clock.fast_forward("01:05")
    await page.wait_for_function("(before) => window.looks > before", arg=before)
    await page.get_by_role("button", name="Dừng", exact=True).click()
    await bar.wait_for(state="detached")
    assert not await page.get_by_role("checkbox", name="Ghi vị trí trong ca").is_checked()
    after = await num_looks()
    await page.clock.fast_forward("30:00")
    assert await num_looks() == after
    assert await wait_for_facts(stage, phone, 2) == 2 * ["position.logged applied"]
    (raw,), (last,) = await stage.admin.fetch(POINTS, phone.courier.staff_id)
    points = json.loads(raw)["points"]
    assert [(one["lat"], one["lon"]) for one in points] == [(21.186, 106.061)]
    assert json.loads(last)["points"] == [], "switched off: the office shows no place any more"

    await page.get_by_role("checkbox", name="Ghi vị trí trong ca").check(force=True)
    await bar.wait_for()
    await page.get_by_role("button", name="Khoá máy").click()
    await page.get_by_role("group", name=re.compile("PIN")).wait_for()
    locked = await num_looks()
    locked_at = str(await page.evaluate("() => new Date().toISOString()"))
    await page.clock.fast_forward("30:00")
    assert await num_looks() == locked, "a phone that is put away asks for nothing"
    await unlock(page)
    await bar.wait_for()
    await page.get_by_role("button", name="Dừng", exact=True).click()
    assert await wait_for_facts(stage, phone, 4) == 4 * ["position.logged applied"]
    _, _, (raw,), _ = await stage.admin.fetch(POINTS, phone.courier.staff_id)
    seen_at = [one["at"] for one in json.loads(raw)["points"]]
    assert seen_at[0] <= locked_at, "what was seen before the phone was put away is not forgotten"
    assert phone.complaints == []


async def test_easy_reading(stage: Stage) -> None:
    """Tests that the easy mode is large, stays, reads a stop aloud, and does without a voice."""
    phone = await stage.open_phone()
    page = phone.page
    await page.add_init_script(VOICES)
    await phone.go("#/settings")
    await page.get_by_role("checkbox", name="Chế độ dễ đọc").check(force=True)
    await phone.reload()
    stop, _ = find_delivery(phone)
    for place in ("#/", "#/bag", f"#/stop/{stop}"):
        await phone.go(place)
        assert await find_faults(page) == [], place
        name = place.split("/")[1] or "chuyen"
        await page.screenshot(path=SCREENS / f"de-doc-{name}.png")
    heights = await page.locator("main .button:visible").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 56
    await page.get_by_role("button", name="Nghe đọc").click()
    name, address = (
        await page.locator("p.name").inner_text(),
        await page.locator("p.name + div p").inner_text(),
    )
    await page.wait_for_function("() => window.said.length === 1")
    (said,) = await page.evaluate("() => window.said")
    assert name in said
    assert address in said
    assert "Trả kết quả" in said

    await page.add_init_script(NO_VOICES)
    await phone.reload()
    await page.get_by_role("button", name="Nghe đọc").click()
    await phone.sees("Máy này chưa có giọng đọc tiếng Việt.")
    assert phone.complaints == []
