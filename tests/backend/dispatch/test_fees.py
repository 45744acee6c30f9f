"""Tests of what dossiers cost: collected when these are visited, never for what goes back."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from backend import charges, dispatch, rounds
from backend.dispatch import jobs as dispatch_jobs
from backend.dispatch.model import Solve
from backend.house import House
from tests.backend.desk import MORNING, TODAY, Day, make_day

pytestmark = pytest.mark.anyio

FEE, POSTAGE = 8_000, 25_000


@pytest.fixture
async def day(house: House) -> Day:
    """Return an office with papers to take and a result to bring, both with fee and postage."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S1", owes_postage_vnd=POSTAGE)
        await day.book(conn, "S2", lat=21.19, owes_postage_vnd=POSTAGE)
    return day


async def list_unplanned(day: Day, days: int = 0) -> list[UUID]:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        found = await dispatch.list_unplanned(conn, day.office_id, TODAY + timedelta(days=days))
    return [errand.id for errand in found]


async def list_charges(day: Day, at: int) -> list[charges.Charge]:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return await charges.list_of_dossier(conn, day.office_id, day.errands[at])


async def plan_and_publish(day: Day) -> dispatch.PlanRow:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        plan_id = await dispatch.ask(
            conn,
            office_id=day.office_id,
            service_on=TODAY,
            asked_by=day.dispatcher.id,
            now=MORNING,
            budget_s=1,
        )
    await dispatch_jobs.solve(day.house, msgspec.json.encode(Solve(day.office_id, plan_id)))
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        plan = await dispatch.get_plan(conn, day.office_id, plan_id)
        await dispatch.publish(
            conn, office_id=day.office_id, plan_id=plan_id, by=day.dispatcher.id, now=MORNING
        )
    return plan


async def list_acts(day: Day) -> dict[UUID, list[str]]:
    """Return the kinds of open acts at each stop, by the dossier that is visited there."""
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        rows = await conn.fetch(
            """SELECT s.id, array_agg(a.kind ORDER BY a.id),
                (array_agg(a.errand_id) FILTER (WHERE a.kind <> 'charge.collect'))[1]
            FROM rounds.stop AS s
            JOIN rounds.act AS a ON a.stop_id = s.id AND a.state = 'open'
            GROUP BY s.id"""
        )
    return {row[2]: list(row[1]) for row in rows}


async def test_fee_and_postage_go_where_their_dossier_goes(day: Day) -> None:
    """Tests that a visit is planned once, with its money, and its stop has an act for each part."""
    assert sorted(await list_unplanned(day)) == sorted(day.errands)
    owed = [(c.kind, c.amount_vnd, c.payee_id, c.state) for c in await list_charges(day, 0)]
    assert sorted(owed) == [
        ("fee", FEE, day.partner_id, "due"), ("postage", POSTAGE, None, "due")
    ]  # fmt: skip

    plan = await plan_and_publish(day)

    assert plan.draft is not None
    assert plan.draft.totals.num_stops == 2
    assert sum(route.peak_cash_vnd for route in plan.draft.routes) >= FEE + POSTAGE
    money = ["charge.collect"] * 2
    assert await list_acts(day) == {
        day.errands[0]: ["dossier.accept", *money],
        day.errands[1]: ["result.deliver", *money],
    }
    assert await list_unplanned(day) == []


async def test_money_left_behind_is_fetched_by_itself(day: Day) -> None:
    """Tests that a fee not paid with the papers is due alone once these are taken, not before."""
    await plan_and_publish(day)
    courier = await courier_of(day, day.errands[0])
    await day.accept(day.errands[0], MORNING, courier=courier)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await rounds.release_left_behind(conn, day.office_id, TODAY + timedelta(days=1), MORNING)

    alone = {charge.id for charge in await list_charges(day, 0)}
    assert set(await list_unplanned(day, 1)) == {*alone, day.errands[1]}


async def courier_of(day: Day, errand_id: UUID) -> int:
    """Return which courier's round an errand is on."""
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        courier_id = await conn.fetchval(
            """SELECT r.courier_id FROM rounds.act AS a
            JOIN rounds.stop AS s ON s.id = a.stop_id JOIN rounds.round AS r ON r.id = s.round_id
            WHERE a.errand_id = $1 AND a.state = 'open'""",
            errand_id,
        )
    return day.couriers.index(courier_id)


async def test_nothing_is_owed_for_what_goes_back(day: Day) -> None:
    """Tests that a result that its citizen refuses costs nothing, and its fee is due nowhere."""
    round_id = await day.publish(errands=day.errands[1:])
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        item_id = await conn.fetchval(
            "SELECT item_id FROM dossiers.dossier WHERE id = $1", day.errands[1]
        )
    await day.perform("round.opened", MORNING, round=round_id)
    await day.perform("items.loaded", MORNING, round=round_id, items=[item_id], missing=[])
    await day.perform(
        "visit.failed",
        MORNING,
        reason="REFUSED",
        photos=[],
        note="không nhận",
        invited=False,
        **await day.act_of(day.errands[1]),
    )

    assert [charge.state for charge in await list_charges(day, 1)] == ["cancelled"] * 2
    assert await list_unplanned(day, 30) == [day.errands[0]]


async def test_stop_with_money_can_change_hands(day: Day) -> None:
    """Tests that a stop with acts of papers and of money goes to another courier whole."""
    await day.publish(errands=day.errands[1:], courier=1)
    await day.publish(errands=day.errands[:1])
    stop = await day.act_of(day.errands[0])
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        (fee, _) = await charges.list_of_dossier(conn, day.office_id, day.errands[0])
        await conn.execute(
            "INSERT INTO rounds.act (office_id, id, stop_id, kind, errand_id, state) "
            "VALUES ($1, gen_random_uuid(), $2, 'charge.collect', $3, 'open')",
            day.office_id, stop["stop"], fee.id,
        )  # fmt: skip
        made = await rounds.reassign(
            conn,
            office_id=day.office_id,
            stop_id=stop["stop"],
            courier_id=day.couriers[1],
            by=day.couriers[1],
            now=MORNING,
        )

    assert (await day.act_of(fee.id))["stop"] == made
    assert (await day.act_of(day.errands[0]))["stop"] == made
