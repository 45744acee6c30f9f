"""A phone reported lost, in Chromium: its facts reach the office, then nothing is left (S21)."""

import re

import pytest

from tests.journeys.browsing import SCREENS, find_chromium
from tests.journeys.network import DIES, EXCHANGE, PASSES
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
LOSE = """
UPDATE identity.device SET status = 'lost', is_field = false, revoked_at = now()
WHERE staff_id = $1
"""
LEFT = """async () => ({
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
SET_ASIDE = """
SELECT q.seq FROM sync.op_quarantine AS q
JOIN identity.device AS d ON d.office_id = q.office_id AND d.id = q.device_id
WHERE d.staff_id = $1 ORDER BY q.seq
"""


@pytest.mark.parametrize("has_queue", [True, False], ids=["with a queue", "all sent"])
async def test_lost_phone_shows_and_keeps_nothing(stage: Stage, has_queue: bool) -> None:
    """Tests that a lost phone, open at a stop, hands over its facts and forgets every name."""
    phone = await stage.open_phone()
    await phone.note("Đã gửi trước đó")
    await stage.wait_for_notes(phone, "Đã gửi trước đó")
    if has_queue:
        phone.way.always(DIES, path=EXCHANGE)
        await phone.note("Chưa gửi khi mất máy")
    assert "Công dân thử" in await phone.page.inner_text("body")
    await stage.admin.execute(LOSE, phone.courier.staff_id)
    phone.way.always(PASSES)
    await phone.page.evaluate("() => dispatchEvent(new Event('focus'))")
    await phone.sees("Máy này đã bị thu hồi")
    SCREENS.mkdir(parents=True, exist_ok=True)
    await phone.page.screenshot(path=SCREENS / "may-bi-thu-hoi.png")
    assert not re.search("Công dân thử|Chưa gửi khi", await phone.page.inner_text("body"))
    for _ in range(40):
        left = await phone.page.evaluate(LEFT)
        if not any(left.values()):
            break
        await phone.page.wait_for_timeout(250)
    assert left == {"databases": 0, "caches": 0, "workers": 0}
    aside = [row[0] for row in await stage.admin.fetch(SET_ASIDE, phone.courier.staff_id)]
    assert set(aside) >= ({2} if has_queue else set())
    assert phone.complaints == []
