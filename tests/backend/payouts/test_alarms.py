"""Tests that a list's calendar is asked aloud: before its days, once, and until it is done."""

from datetime import date
from typing import Literal

import msgspec
import pytest

from backend import payouts
from backend.network.law import CALENDAR
from backend.network.rules import WorkingDays
from backend.payouts import Asked, PayoutList, rules
from backend.payouts.actions.alarms import ListAlarm
from tests.backend.payouts.making import Counter, day_at, number_of, row_of
from tests.backend.payouts.nouns import MONTHLY, SETTINGS

WORKING = WorkingDays(CALENDAR)
SUM = 3_500_000
NEXT = Asked(scheme="pension", period="2027-01")


def days_of(period: str, second: str | None = None, **changes: object) -> dict[str, str]:
    """Return by kind: last day, first day of warning, last day of telling."""
    calendar = msgspec.structs.replace(MONTHLY, **changes)
    settings = msgspec.structs.replace(SETTINGS, calendar=calendar)
    found = rules.watches(settings, period, second, WORKING)
    return {
        watch.kind: " ".join(
            "-" if day is None else day.isoformat()
            for day in (watch.due_on, watch.warn_from, watch.until)
        )
        for watch in found
    }


def test_days_step_over_holidays_and_weekends() -> None:
    """Tests that a last day off is the working day before, and warnings count working days."""
    assert days_of("2026-12") == {
        # before Wednesday the 25th: the 24th is Culture Day
        "money_missing": "2026-11-23 2026-11-16 -",
        "approval_missing": "2026-11-23 2026-11-16 -",
        "commune_unpaid": "2026-12-10 2026-12-08 2026-12-10",
        # before Sunday the 20th
        "not_settled": "2026-12-18 2026-12-15 -",
        # the list of January, until January is over
        "list_missing": "2026-12-24 2026-12-17 2027-01-31",
    }


def test_days_of_a_february_with_tet() -> None:
    """Tests that the commune's last day comes before Tết, and February's 24th is March's."""
    found = days_of("2027-02")
    # the 5th to the 11th are off: nobody is paid on the 10th
    assert found["commune_unpaid"] == "2027-02-04 2027-02-02 2027-02-10"
    assert found["not_settled"] == "2027-02-19 2027-02-16 -"
    assert days_of("2027-03")["money_missing"] == "2027-02-24 2027-02-17 -"


def test_month_without_such_a_day_has_its_last() -> None:
    """Tests that a calendar with the 31st holds in February and April too."""
    found = days_of("2027-03", list_before_day=31, back_before_day=31)
    assert found["money_missing"].startswith("2027-02-26 ")  # before Sunday the 28th
    assert found["not_settled"].startswith("2027-03-30 ")
    assert days_of("2027-04", back_before_day=31)["not_settled"].startswith("2027-04-29 ")
    leap = days_of("2028-03", list_before_day=30)
    assert leap["money_missing"].startswith("2028-02-28 ")  # before the 29th


def test_two_months_in_one_list_are_followed_by_the_third() -> None:
    """Tests that after January and February paid together the list of March is due."""
    found = days_of("2027-01", "2027-02")
    assert found["list_missing"] == "2027-02-24 2027-02-17 2027-03-31"


def test_lead_times_are_the_schemes() -> None:
    """Tests that a scheme says how long before a day it warns; without a calendar it never does."""
    found = days_of("2026-12", list_warn_days=1, commune_warn_days=0, back_warn_days=4)
    assert found["money_missing"].startswith("2026-11-23 2026-11-20")
    assert found["commune_unpaid"].startswith("2026-12-10 2026-12-10")
    assert found["not_settled"].startswith("2026-12-18 2026-12-14")
    one_off = msgspec.structs.replace(SETTINGS, calendar=None)
    assert rules.watches(one_off, "2026-12", None, WORKING) == []


# What follows is asked of the database.


async def told(counter: Counter, on: date, *, raised: int | None = None) -> list[ListAlarm]:
    """Raise the alarms of a day, see how many are new, and return those that hold."""
    async with counter.begin() as conn:
        num = await payouts.raise_alarms(conn, now=day_at(on))
        if raised is not None:
            assert num == raised
        return await payouts.list_alarms(conn, counter.office_id, now=day_at(on))


def said(alarms: list[ListAlarm]) -> list[tuple[str, str, bool]]:
    return [(one.kind, one.due_on.isoformat(), one.is_late) for one in alarms]


async def close(counter: Counter, batch: PayoutList, unpaid: Literal["carry", "give_back"]) -> None:
    async with counter.begin() as conn:
        await payouts.close(
            conn,
            office_id=counter.office_id,
            list_id=batch.id,
            unpaid=unpaid,
            by=counter.controller,
            now=day_at(date(2026, 12, 18)),
        )


@pytest.mark.anyio
@pytest.mark.store
async def test_money_is_asked_for_until_it_came(counter: Counter) -> None:
    """Tests that a draft whose money is not all in is told before and after its day, once each."""
    batch = await counter.draft(row_of(1))
    assert await told(counter, date(2026, 11, 13), raised=0) == []
    (near,) = await told(counter, date(2026, 11, 16), raised=1)
    assert (near.kind, near.amount_vnd, near.is_late) == ("money_missing", SUM, False)
    assert (near.due_on, near.list_id) == (date(2026, 11, 23), batch.id)
    await told(counter, date(2026, 11, 23), raised=0)
    assert said(await told(counter, date(2026, 11, 24), raised=1)) == [
        ("money_missing", "2026-11-23", True)
    ]
    await told(counter, date(2026, 11, 25), raised=0)
    await counter.fund(batch, SUM - 1)
    (short,) = await told(counter, date(2026, 11, 25), raised=0)
    assert short.amount_vnd == 1


@pytest.mark.anyio
@pytest.mark.store
async def test_approval_is_asked_for_once_the_money_is_there(counter: Counter) -> None:
    """Tests that a funded draft waits aloud for the agency's word, and an approved one for none."""
    batch = await counter.draft(row_of(1))
    await counter.fund(batch)
    assert said(await told(counter, date(2026, 11, 20), raised=1)) == [
        ("approval_missing", "2026-11-23", False)
    ]
    await counter.approve(batch)
    assert await told(counter, date(2026, 11, 30), raised=0) == []


@pytest.mark.anyio
@pytest.mark.store
async def test_commune_days_end_with_people_unpaid(counter: Counter) -> None:
    """Tests that who is to be paid in the commune is counted, and nobody after its days."""
    batch = await counter.approved(
        row_of(1, how="điểm chi trả"), row_of(2, how="điểm chi trả"), row_of(3)
    )
    assert await told(counter, date(2026, 12, 7), raised=0) == []
    (near,) = await told(counter, date(2026, 12, 8), raised=1)
    assert (near.kind, near.num, near.amount_vnd) == ("commune_unpaid", 2, 2 * SUM)
    first, second, _ = await counter.rows(batch)
    await counter.stop(batch, number_of(1), "dừng")
    (near,) = await told(counter, date(2026, 12, 10), raised=0)
    assert (near.num, near.is_late) == (1, False)
    await counter.stop(batch, number_of(2), "đã mất")
    assert {first.state, second.state} == {"unpaid"}, "as they were read"
    assert await told(counter, date(2026, 12, 10), raised=0) == []


@pytest.mark.anyio
@pytest.mark.store
async def test_commune_days_that_passed_are_no_alarm(counter: Counter) -> None:
    """Tests that after the commune's days its unpaid are the counter's: nothing is raised late."""
    await counter.approved(row_of(1, how="điểm chi trả"))
    assert await told(counter, date(2026, 12, 11), raised=0) == []


@pytest.mark.anyio
@pytest.mark.store
async def test_list_is_to_be_settled_before_the_twentieth(counter: Counter) -> None:
    """Tests that an open list is told before and after its weekend, a closed one never."""
    batch = await counter.approved(row_of(1), row_of(2))
    asked = Asked(scheme="merit", period="2026-12")
    settled = await counter.approved(row_of(3), asked=asked)
    await close(counter, settled, "give_back")
    assert await told(counter, date(2026, 12, 14), raised=0) == []
    (near,) = await told(counter, date(2026, 12, 15), raised=1)
    assert (near.kind, near.list_id) == ("not_settled", batch.id)
    assert (near.num, near.amount_vnd, near.is_late) == (2, 2 * SUM, False)
    kinds = [one.kind for one in await told(counter, date(2026, 12, 19), raised=3)]
    assert kinds == ["not_settled", "list_missing", "list_missing"]
    await close(counter, batch, "carry")
    assert "not_settled" not in [one.kind for one in await told(counter, date(2026, 12, 21))]


@pytest.mark.anyio
@pytest.mark.store
async def test_next_list_is_missed_until_it_is_brought(counter: Counter) -> None:
    """Tests that the list of the next month is asked for until it is there or the month over."""
    batch = await counter.approved(row_of(1))
    await close(counter, batch, "carry")
    (near,) = await told(counter, date(2026, 12, 17), raised=1)
    assert (near.kind, near.period, near.list_id) == ("list_missing", "2027-01", batch.id)
    (late,) = await told(counter, date(2027, 1, 31), raised=1)
    assert late.is_late
    assert await told(counter, date(2027, 2, 1), raised=0) == []
    await counter.draft(row_of(2, period="2027-01"), asked=NEXT)
    kinds = [one.kind for one in await told(counter, date(2026, 12, 18))]
    assert kinds == ["money_missing"]


@pytest.mark.anyio
@pytest.mark.store
async def test_alarms_are_not_another_agencys(counter: Counter) -> None:
    """Tests that an officer reads the alarms of their own agency's lists alone."""
    await counter.draft(row_of(1))
    on = day_at(date(2026, 11, 20))
    async with counter.begin() as conn:
        await payouts.raise_alarms(conn, now=on)
        own = await payouts.list_alarms(conn, counter.office_id, counter.day.partner_id, now=on)
        others = await payouts.list_alarms(conn, counter.office_id, counter.officer, now=on)
    assert ([one.kind for one in own], others) == (["money_missing"], [])
