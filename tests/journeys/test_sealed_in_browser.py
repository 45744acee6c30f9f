"""A stolen phone tells nothing (T1): no name, number or address lies readable in its profile.

Two ends of a day: the browser killed in the middle of the shift, and the shift closed as it should
be. Words are looked for as UTF-8 and as the UTF-16 that Chromium's databases use; they are random,
so that no packing shortens them.
"""

import random
import re
import string
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.house import House
from backend.identity.rules import phone_place
from tests.journeys import courier as acts
from tests.journeys.browsing import Person, find_chromium
from tests.journeys.phone_page import DAY, PhonePage
from tests.journeys.pictures import make_png
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
LEAVE_TWO = """
WITH gone AS (
    UPDATE rounds.stop SET state = 'removed' WHERE round_id = $1 AND NOT id = ANY($2) RETURNING id
)
UPDATE rounds.act SET state = 'removed' WHERE stop_id IN (SELECT id FROM gone)
"""
PLANT = """async (words) => {
    localStorage.setItem('planted', words[0]);
    await new Promise((done) => {
        const asked = indexedDB.open('planted', 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore('s', { autoIncrement: true });
        asked.onsuccess = () => {
            const tx = asked.result.transaction('s', 'readwrite', { durability: 'strict' });
            // The end of a block of the store's log may part a word: not each of twenty.
            for (let n = 0; n < 20; n += 1) tx.objectStore('s').add({ name: `Mẫu ${words[1]}` });
            tx.oncomplete = () => { asked.result.close(); done(); };
        };
    });
}"""


@dataclass(frozen=True)
class Secrets:
    """What must not be found: words of the citizens of one courier's day."""

    names: list[str]
    phones: list[str]
    addresses: list[str]
    proxy: str

    def words(self) -> list[str]:
        """Return all of them."""
        return [*self.names, *self.phones, *self.addresses, self.proxy]


def word(rnd: random.Random) -> str:
    """Return a word that stands nowhere else."""
    return "".join(rnd.choices(string.ascii_uppercase + string.digits, k=14))


async def rename(stage: Stage, house: House, phone: PhonePage, rnd: random.Random) -> Secrets:
    """Leave the courier two stops, one of each kind, whose people have names of their own."""
    visits = [
        next(one for one in phone.courier.visits if one.kind == kind)
        for kind in ("result.deliver", "dossier.accept")
    ]
    await stage.admin.execute(LEAVE_TWO, phone.courier.round_id, [one.stop_id for one in visits])
    names, phones, addresses = [], [], []
    for visit in visits:
        names.append(word(rnd))
        phones.append(f"+849{rnd.randrange(10**7, 10**8)}")
        addresses.append(word(rnd))
        sealed = house.sealer.seal(phones[-1], place=phone_place(visit.citizen_id))
        await stage.admin.execute(
            "UPDATE identity.citizen SET name = $2, phone_sealed = $3 WHERE id = $1",
            visit.citizen_id,
            f"Mẫu {names[-1]}",
            sealed,
        )
        await stage.admin.execute(
            "UPDATE network.delivery_point SET address_text = $2 WHERE id = $1",
            visit.point_id,
            f"Số 5 ngõ {addresses[-1]}",
        )
    return Secrets(names, phones, addresses, word(rnd))


def find_words(profile: Path, words: list[str]) -> list[str]:
    """Return every word that lies in a file of the profile, with the file."""
    wanted = [(one, form) for one in words for form in (one.encode(), one.encode("utf-16-le"))]
    found = []
    for file in sorted(path for path in profile.rglob("*") if path.is_file()):
        raw = file.read_bytes()
        found += [f"{one} in {file.relative_to(profile)}" for one, form in wanted if form in raw]
    return found


async def work(phone: PhonePage, person: Person, secrets: Secrets, photo: Path) -> None:
    """See every word on the screen, and hand a result to a proxy, with no signal."""
    page = phone.page
    await phone.airplane(True)
    await acts.open_next(person, "Trả kết quả")
    body = await page.inner_text("body")
    assert secrets.names[0] in body
    assert secrets.addresses[0] in body
    call = page.get_by_role("link", name="Gọi").or_(page.get_by_role("button", name="Gọi"))
    await call.first.wait_for()
    await page.get_by_role("button", name="Trả kết quả", exact=True).click()
    await page.locator("label", has_text="Người được uỷ quyền").click()
    await page.get_by_label("Họ tên người được uỷ quyền").fill(f"Mẫu {secrets.proxy}")
    await page.get_by_label("Quan hệ với công dân").fill("con trai")
    await page.locator("label", has_text="Viết tay, có chữ ký").click()
    await page.get_by_label(re.compile("4 ký tự cuối")).fill("0017")
    await person.press("Tiếp tục")
    await acts.choose(person, "Niêm phong còn nguyên, đúng số")
    await person.press("Tiếp tục")
    await acts.sign(person)
    await page.locator('input[type="file"]').set_input_files(photo)
    await page.get_by_text("Chụp thêm").wait_for()
    await person.press("Tiếp tục")
    await person.press("Hoàn tất trả kết quả")
    await page.get_by_role("heading", name="Biên nhận").wait_for()


async def end_the_day(phone: PhonePage, person: Person, photo: Path) -> None:
    """Go on with the signal back: the last stop, the round closed, the shift ended."""
    page = phone.page
    await phone.airplane(False)
    await acts.open_next(person, "Nhận hồ sơ")
    await acts.fail(person, photo)
    await phone.go("#/close")
    await page.get_by_role("button", name="Đóng chuyến").click()
    await page.get_by_role("button", name="Đóng chuyến, kết thúc ca").click()
    await page.get_by_role("group", name=re.compile("PIN")).wait_for()


async def test_profile_tells_nothing(stage: Stage, house_of_stage: House, tmp_path: Path) -> None:
    """Tests that neither in the middle of a shift nor after its close a person can be read."""
    seed = random.randrange(10**9)
    print(f"SEED={seed}")
    stage.pass_over("result.deliver", "dossier.accept")
    phone = await stage.make_phone(is_kept=True)
    assert phone.profile is not None
    secrets = await rename(stage, house_of_stage, phone, random.Random(seed))
    photo = make_png(tmp_path / "door.png")
    await phone.sign_in()
    person = Person(stage.driver, phone.profile, {}, "buu-ta-kin", context=phone.context)
    await acts.set_out(person)
    await work(phone, person, secrets, photo)
    phone.kill()
    assert find_words(phone.profile, secrets.words()) == []

    await phone.open()
    await phone.go("#/")
    await phone.sees(DAY)
    person = Person(stage.driver, phone.profile, {}, "buu-ta-kin", context=phone.context)
    await end_the_day(phone, person, photo)
    await phone.quit()
    assert find_words(phone.profile, secrets.words()) == []

    # The same search sees what is planted, in both of the browser's stores.
    await phone.open()
    planted = [word(random.Random(seed + 1)), word(random.Random(seed + 2))]
    await phone.page.goto(f"{phone.way.url}/courier/")
    await phone.page.evaluate(PLANT, planted)
    await phone.quit()
    found = find_words(phone.profile, planted)
    assert all(any(found_one.startswith(one) for found_one in found) for one in planted), found
