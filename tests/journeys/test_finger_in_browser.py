"""A finger or a face opens the shift beside the PIN (S19): Chromium with a virtual authenticator.

A credential belongs to a name, not to an address of digits: the server is localhost here.
"""

from typing import Any, Self

import pytest

from tests.journeys.accessibility import find_faults
from tests.journeys.browsing import find_chromium
from tests.journeys.phone_page import DAY, PIN, PhonePage, unlock
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
FINGER = "Mở bằng vân tay hoặc khuôn mặt"
PIN_ONLY = "Chỉ dùng mã PIN"
WRAP_OF_SHIFT = """async () => {
    const names = (await indexedDB.databases()).map((one) => one.name);
    const asked = indexedDB.open(names.find((one) => one.startsWith('tannoi-courier-')));
    const db = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    const get = db.transaction('meta').objectStore('meta').get('shift');
    const shift = await new Promise((done) => { get.onsuccess = () => done(get.result); });
    db.close();
    return shift.key?.by_authenticator ? 'both' : 'pin';
}"""


class Authenticator:
    """The virtual authenticator of a page."""

    def __init__(self, session: Any, id_: str) -> None:
        """Keep the session, without which it would be gone."""
        self._session, self._id = session, id_

    @classmethod
    async def of(cls, phone: PhonePage, *, has_prf: bool = True) -> Self:
        """Give the phone one that sees its owner at every asking."""
        session = await phone.context.new_cdp_session(phone.page)
        await session.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "hasPrf": has_prf,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return cls(session, made["authenticatorId"])

    async def knows_its_owner(self, is_known: bool) -> None:
        """Let the next fingers be the owner's, or a stranger's."""
        what = {"authenticatorId": self._id, "isUserVerified": is_known}
        await self._session.send("WebAuthn.setUserVerified", what)

    async def count(self) -> int:
        """Return how many credentials it holds."""
        what = {"authenticatorId": self._id}
        found = await self._session.send("WebAuthn.getCredentials", what)
        return len(found["credentials"])


async def make_phone(stage: Stage) -> PhonePage:
    """Return a phone out of the box that calls the server by a name."""
    phone = await stage.make_phone()
    phone.way.host = "localhost"
    return phone


async def choose_pin(phone: PhonePage) -> None:
    """Sign in and choose the PIN, twice."""
    page = phone.page
    await page.goto(f"{phone.way.url}{phone.sign_in_path}")
    for words in ("Đặt mã PIN cho ca này", "Nhập lại mã PIN"):
        await page.get_by_role("group", name=words, exact=True).wait_for()
        await page.keyboard.type(PIN)


async def enrol(phone: PhonePage) -> None:
    """Sign in, choose a PIN and a finger beside it."""
    await choose_pin(phone)
    await phone.page.get_by_role("button", name=FINGER).click()
    await phone.sees(DAY)
    await phone.page.evaluate("async () => { await navigator.serviceWorker.ready }")


async def test_finger_opens_in_airplane_mode(stage: Stage) -> None:
    """Tests that the authenticator opens a reloaded phone offline, its facts still there."""
    phone = await make_phone(stage)
    authenticator = await Authenticator.of(phone)
    await enrol(phone)
    assert await authenticator.count() == 1
    assert await phone.page.evaluate(WRAP_OF_SHIFT) == "both"
    await phone.airplane(True)
    await phone.note("ghi trước khi khoá")
    before = await phone.store()
    assert before["head"] > before["ack"]
    await phone.page.goto(f"{phone.way.url}/courier/")
    await phone.page.reload()
    await phone.page.get_by_role("button", name=FINGER).click()
    await phone.sees(DAY)
    assert (await phone.store())["ops"] == before["ops"]
    await phone.note("ghi sau khi mở")
    await phone.airplane(False)
    await stage.wait_for_notes(phone, *phone.saved)
    assert phone.complaints == []


async def test_stranger_is_refused_and_the_pin_opens(stage: Stage) -> None:
    """Tests that an authenticator that refuses costs no try, and the PIN opens all the same."""
    phone = await make_phone(stage)
    authenticator = await Authenticator.of(phone)
    await enrol(phone)
    await phone.airplane(True)
    await phone.note("ghi trước khi khoá")
    await phone.page.goto(f"{phone.way.url}/courier/")
    await authenticator.knows_its_owner(False)
    await phone.page.reload()
    await phone.page.get_by_role("button", name=FINGER).click()
    await phone.sees("Chưa mở được bằng vân tay hoặc khuôn mặt. Hãy nhập mã PIN.")
    await phone.page.keyboard.type("111222")
    await phone.sees("Còn 4 lần nhập trước khi phải đăng nhập lại")  # one wrong PIN, not two
    await unlock(phone.page)
    await phone.sees(DAY)
    await phone.airplane(False)
    await stage.wait_for_notes(phone, *phone.saved)


async def test_finger_is_taken_away(stage: Stage) -> None:
    """Tests that what is switched off opens nothing any more, on screens axe-core agrees with."""
    phone = await make_phone(stage)
    authenticator = await Authenticator.of(phone)
    await choose_pin(phone)
    finger = phone.page.get_by_role("button", name=FINGER)
    await finger.wait_for()
    assert await find_faults(phone.page) == []
    await finger.click()
    await phone.sees(DAY)
    await phone.page.reload()
    await finger.wait_for()
    assert await find_faults(phone.page) == []
    await finger.click()
    await phone.sees(DAY)
    await phone.page.goto(f"{phone.way.url}/courier/#/settings")
    await phone.page.get_by_text(FINGER).wait_for()
    assert await find_faults(phone.page) == []
    await phone.page.get_by_text(FINGER).click()
    await phone.sees("Chỉ mở bằng mã PIN.")
    assert await phone.page.evaluate(WRAP_OF_SHIFT) == "pin"
    assert await authenticator.count() == 0
    await phone.page.goto(f"{phone.way.url}/courier/")
    await phone.page.reload()
    await phone.page.get_by_role("group", name="Nhập mã PIN", exact=True).wait_for()
    assert await phone.page.get_by_role("button", name=FINGER).count() == 0
    await unlock(phone.page)
    await phone.sees(DAY)


async def test_phone_that_cannot_is_not_offered_it(stage: Stage) -> None:
    """Tests that without an authenticator the PIN is all there is to choose."""
    phone = await make_phone(stage)
    await choose_pin(phone)
    await phone.sees(DAY)
    assert await phone.page.evaluate(WRAP_OF_SHIFT) == "pin"
    await phone.page.goto(f"{phone.way.url}/courier/#/settings")
    await phone.page.get_by_role("button", name="Khoá máy").wait_for()
    assert await phone.page.get_by_text(FINGER).count() == 0


async def test_authenticator_without_prf(stage: Stage) -> None:
    """Tests that one that gives out no secret is let go of, and not offered again."""
    phone = await make_phone(stage)
    authenticator = await Authenticator.of(phone, has_prf=False)
    await choose_pin(phone)
    await phone.page.get_by_role("button", name=FINGER).click()
    await phone.sees("Máy này không hỗ trợ cách mở này. Hãy dùng mã PIN.")
    assert await authenticator.count() == 0
    await phone.page.get_by_role("button", name=PIN_ONLY).click()
    await phone.sees(DAY)
    await phone.page.goto(f"{phone.way.url}/courier/#/settings")
    await phone.page.get_by_role("button", name="Khoá máy").wait_for()
    assert await phone.page.get_by_text(FINGER).count() == 0
