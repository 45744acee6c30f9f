"""An app too old to be understood is asked to renew itself, and loses nothing by it (426)."""

from datetime import date

import pytest
from litestar import Litestar

from backend.house import House
from backend.sync import rules
from tests.backend.desk import make_day
from tests.backend.sync.calling import enrol

NEWEST = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("app", "newest_on", "is_old"),
    [
        ("0.1.0+2026-11-26", NEWEST, False),
        ("0.1.0+2026-05-30", NEWEST, False),  # 180 days
        ("0.1.0+2026-05-29", NEWEST, True),
        ("0.1.0+2027-11-26", NEWEST, False),  # newer than what this house gives out
        ("0.1.0+2020-01-01", None, False),  # no app was built here
        ("2.4.0", NEWEST, False),
        ("0.1.0+2026-13-40", NEWEST, False),
        ("", NEWEST, False),
    ],
)
def test_age_of_an_app(app: str, newest_on: date | None, is_old: bool) -> None:
    """Tests that 180 days of apps still push, and that what says no day is taken."""
    assert rules.is_too_old(app, newest_on) is is_old


@pytest.fixture
def newest(house: House) -> date:
    """Return the day on which the app that the house gives out was built."""
    folder = house.settings.pwa_dir / "courier"
    folder.mkdir(parents=True)
    (folder / "built-on.txt").write_text(f"{NEWEST}\n", encoding="ascii")
    return NEWEST


async def test_too_old_app_is_told_so_and_its_newer_self_sends(
    app: Litestar, house: House, newest: date
) -> None:
    """Tests that it is told so in both languages, and that its facts come with the new app."""
    assert house.app_built_on == newest
    day = await make_day(house)
    phone = await enrol(app, day)
    phone.phone.app = "0.1.0+2026-01-01"
    phone.phone.record("position.logged", {"points": []})
    for locale, word in (("vi", "cập nhật"), ("en", "Renew")):
        answer = await phone.exchange(headers={"accept-language": locale})
        assert (answer.status_code, answer.json()["code"]) == (426, "app_too_old")
        assert word in answer.json()["title"]
    async with house.db.transaction(actor="house", offices="*") as conn:
        assert await conn.fetchval("SELECT count(*) FROM sync.op_log") == 0
    phone.phone.app = "0.1.0+2026-11-20"
    await phone.talk()
    async with house.db.transaction(actor="house", offices="*") as conn:
        assert await conn.fetchval("SELECT count(*) FROM sync.op_log") == 1
    await phone.client.aclose()
