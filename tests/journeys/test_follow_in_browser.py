"""A change at the office is asked for at once, also after its stream of news was refused (S13)."""

import asyncio
from collections.abc import Callable

import pytest

from backend.kit.live import CHANNEL
from tests.journeys.browsing import find_chromium
from tests.journeys.network import EXCHANGE, PASSES, Fate, says
from tests.journeys.phone_page import PhonePage
from tests.journeys.stage import Stage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine"),
]
WAKE = "/api/sync/v1/wake"


def num_asked(phone: PhonePage, path: str) -> int:
    """Return how often the phone has asked for this path."""
    return sum(seen.startswith(path) for _, seen in phone.way.seen)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(300):
        if is_so():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("never so")


async def rest(phone: PhonePage) -> int:
    """Wait until the phone asks nothing more by itself; return how often it has exchanged."""
    while True:
        num = num_asked(phone, EXCHANGE)
        await asyncio.sleep(2)
        if num == num_asked(phone, EXCHANGE):
            return num


@pytest.mark.parametrize("trouble", ["no session", "office restarts"])
async def test_stream_of_news_comes_back(stage: Stage, trouble: str) -> None:
    """Tests that a stream which was refused is opened again, with no finger on the glass."""
    phone = await stage.open_phone()
    refusals = [says(401 if trouble == "no session" else 503)]

    def fate(_: str, path: str) -> Fate:
        return refusals.pop() if path.startswith(WAKE) and refusals else PASSES

    phone.way.fate = fate
    if trouble == "no session":
        await stage.admin.execute(
            "DELETE FROM identity.session WHERE staff_id = $1", phone.courier.staff_id
        )
    num_before = num_asked(phone, WAKE)
    await phone.reload()
    await until(lambda: num_asked(phone, WAKE) >= num_before + 2)
    num_exchanges = await rest(phone)
    topic = f"phone:{phone.courier.staff_id}"
    await stage.admin.execute("SELECT pg_notify($1, $2)", CHANNEL, topic)
    await until(lambda: num_asked(phone, EXCHANGE) > num_exchanges)
    assert phone.complaints == []
