"""Tests of asking for plans, solving them in the background and publishing them."""

import asyncio
import dataclasses
from datetime import timedelta

import msgspec
import pytest

from backend import custody, dispatch, rounds
from backend.dispatch import jobs as dispatch_jobs
from backend.dispatch import store
from backend.dispatch.model import Solve
from backend.drafts import Draft
from backend.house import House
from backend.kit.errors import Conflict
from backend.rounds import store as round_store
from tests.backend.desk import MORNING, TODAY, Day, make_day
from tests.backend.drafts.roads import PACE_S, Roads, serving
from tests.serving import free_port

pytestmark = pytest.mark.anyio


@pytest.fixture
async def day(house: House) -> Day:
    """Return an office with two couriers and seven errands, one without a pin."""
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        for at in range(6):
            service = "S2" if at % 2 else "S1"
            await day.book(conn, service, lat=21.17 + at / 200, lon=106.05 + at / 300)
        await day.book(conn, "S1", has_pin=False)
    return day


async def ask(day: Day, **changes: object) -> dispatch.PlanRow:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        plan_id = await dispatch.ask(
            conn,
            office_id=day.office_id,
            service_on=TODAY,
            asked_by=day.dispatcher.id,
            now=MORNING,
            budget_s=1,
            **changes,
        )
    return await read(day, plan_id)


async def read(day: Day, plan_id: object) -> dispatch.PlanRow:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return await dispatch.get_plan(conn, day.office_id, plan_id)


async def solve(day: Day, plan: dispatch.PlanRow) -> dispatch.PlanRow:
    payload = msgspec.json.encode(Solve(day.office_id, plan.id))
    await dispatch_jobs.solve(day.house, payload)
    return await read(day, plan.id)


async def publish(day: Day, plan: dispatch.PlanRow) -> list[object]:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return await dispatch.publish(
            conn, office_id=day.office_id, plan_id=plan.id, by=day.dispatcher.id, now=MORNING
        )


async def test_plan_places_what_has_a_pin_and_says_why_the_rest_is_left_out(day: Day) -> None:
    """Tests that a plan is asked for, solved in its own process, and accounts for each errand."""
    asked = await ask(day)
    assert asked.state == "queued"

    plan = await solve(day, asked)

    assert plan.state == "draft"
    assert plan.draft is not None
    placed = {e for r in plan.draft.routes for s in r.stops for e in s.errand_ids}
    assert placed == set(day.errands[:6])
    assert [(left.errand_id, left.reasons[0].code) for left in plan.draft.unassigned] == [
        (day.errands[6], "unassigned.no_pin")
    ]
    assert plan.progress.num_planned == 6


async def freeze(day: Day, errand_id: object, *, is_frozen: bool = True) -> None:
    """Let an errand's item be frozen, as a fact that contradicts the books does."""
    move = custody.freeze if is_frozen else custody.thaw
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        item_id = await conn.fetchval(
            "SELECT item_id FROM dossiers.dossier WHERE id = $1", errand_id
        )
        await move(conn, day.office_id, item_id)


async def test_frozen_item_is_left_out_until_a_person_has_decided(day: Day) -> None:
    """Tests that a plan places no such item and says why, and places it once it may move."""
    frozen = day.errands[1]
    await freeze(day, frozen)
    plan = await solve(day, await ask(day))
    assert plan.draft is not None
    placed = {e for r in plan.draft.routes for s in r.stops for e in s.errand_ids}
    assert placed == {*day.errands[:6]} - {frozen}
    reasons = {left.errand_id: left.reasons[0].code for left in plan.draft.unassigned}
    assert reasons == {frozen: "unassigned.frozen", day.errands[6]: "unassigned.no_pin"}
    await freeze(day, frozen, is_frozen=False)
    plan = await solve(day, await ask(day))
    assert plan.draft is not None
    assert [left.errand_id for left in plan.draft.unassigned] == [day.errands[6]]


async def test_draft_with_an_item_frozen_since_is_stale(day: Day) -> None:
    """Tests that an item frozen between planning and publishing goes out on no round."""
    plan = await solve(day, await ask(day))
    await freeze(day, day.errands[1])
    with pytest.raises(Conflict) as refused:
        await publish(day, plan)
    assert refused.value.code == "plan_stale"
    assert refused.value.params["errand_ids"] == str(day.errands[1])


async def solve_with(day: Day, travel: str) -> Draft:
    """Return the draft of a house whose setting `travel` is this one."""
    settings = msgspec.structs.replace(day.house.settings, travel=travel)
    other = dataclasses.replace(day, house=dataclasses.replace(day.house, settings=settings))
    plan = await solve(other, await ask(other))
    assert (plan.state, plan.draft is not None) == ("draft", True)
    assert plan.draft is not None
    return plan.draft


async def test_plan_goes_by_road_where_a_server_says_so(day: Day) -> None:
    """Tests that the solving process asks the server of the settings, and the house remembers."""
    with serving(roads := Roads()) as url:
        draft = await solve_with(day, f"osrm:{url}")
        again = await solve_with(day, f"osrm:{url}")

    assert draft.warnings == again.warnings == []
    assert set(roads.asked.values()) == {1}
    legs = [stop for route in draft.routes for stop in route.stops if stop.distance_m > 100]
    assert legs
    for stop in legs:
        assert abs(stop.travel_s - stop.distance_m * PACE_S) <= 1


async def test_plan_stands_with_a_warning_when_the_roads_are_gone(day: Day) -> None:
    """Tests that a road engine that is down costs the plan nothing but a warning."""
    draft = await solve_with(day, f"valhalla:http://127.0.0.1:{free_port()}")

    assert [warning.code for warning in draft.warnings] == ["travel.down"]
    assert draft.totals.num_stops == 6


async def test_solving_twice_changes_nothing(day: Day) -> None:
    """Tests that a job run again finds the plan done."""
    plan = await solve(day, await ask(day))

    assert await solve(day, plan) == plan


async def test_plan_taken_over_by_another_worker_ignores_the_first(day: Day) -> None:
    """Tests that a worker thought dead cannot write over the one that took its plan."""
    asked = await ask(day)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        first = await store.begin_solving(conn, day.office_id, asked.id, MORNING)
        second = await store.begin_solving(conn, day.office_id, asked.id, MORNING)
        assert first is not None
        assert second is not None
        assert not await store.write_progress(conn, first, first.progress, None, MORNING)
        assert await store.write_progress(conn, second, second.progress, None, MORNING)


async def test_plan_that_never_solves_is_failed(day: Day) -> None:
    """Tests that after the last try a plan is failed, not stuck."""
    asked = await ask(day)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        for _ in range(dispatch_jobs.TRIES_MAX):
            await store.begin_solving(conn, day.office_id, asked.id, MORNING)

    plan = await solve(day, asked)

    assert (plan.state, plan.failure) == ("failed", "plan_failed")


async def test_plan_without_sign_of_life_is_failed(day: Day) -> None:
    """Tests that a plan whose worker vanished with its job does not stay in solving."""
    asked = await ask(day)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await store.begin_solving(conn, day.office_id, asked.id, MORNING)
        fresh = await store.fail_lost_plans(conn, MORNING, MORNING)
        stale = await store.fail_lost_plans(conn, MORNING + timedelta(seconds=1), MORNING)

    assert (fresh, stale) == ([], [day.office_id])
    assert (await read(day, asked.id)).failure == "plan_lost"


async def test_dead_solving_process_is_a_failed_try(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a process that ends without an answer makes the job be tried again."""
    monkeypatch.setattr(dispatch_jobs, "SOLVER", "backend.no_such_module")
    asked = await ask(day)

    with pytest.raises(dispatch_jobs.SolverDied):
        await solve(day, asked)
    monkeypatch.undo()

    assert (await solve(day, asked)).state == "draft"


async def test_discarded_plan_stops_its_search(day: Day) -> None:
    """Tests that throwing a plan away while it is solved ends the work without an error."""
    asked = await ask(day)

    async def discard() -> None:
        while (await read(day, asked.id)).state == "queued":  # noqa: ASYNC110 (a row, no event)
            await asyncio.sleep(0.01)
        async with day.house.db.transaction(actor="house", offices="*") as conn:
            await dispatch.discard(conn, day.office_id, asked.id)

    plan, _ = await asyncio.gather(solve(day, asked), discard())

    assert plan.state == "discarded"


async def test_publish_makes_rounds_once(day: Day) -> None:
    """Tests that publishing makes a round a route with its stops, and refuses a second time."""
    plan = await solve(day, await ask(day))

    made = await publish(day, plan)

    assert plan.draft is not None
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        found = await rounds.list_rounds(conn, day.office_id, TODAY)
        stops = [s for r in found for s in await rounds.list_stops(conn, day.office_id, r.id)]
    assert {r.id for r in found} == set(made)
    assert len(stops) == plan.draft.totals.num_stops
    with pytest.raises(Conflict) as caught:
        await publish(day, plan)
    assert caught.value.code == "plan_already_published"


async def test_two_dispatchers_publish_at_once(day: Day) -> None:
    """Tests that of two who publish one plan in the same moment, one succeeds."""
    plan = await solve(day, await ask(day))

    outcomes = await asyncio.gather(publish(day, plan), publish(day, plan), return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "list"]


async def test_publish_refuses_what_has_changed(day: Day) -> None:
    """Tests that a draft with an errand cancelled since is refused with its id, nothing made."""
    plan = await solve(day, await ask(day))
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await conn.execute(
            "UPDATE dossiers.dossier SET state = 'cancelled' WHERE id = $1", day.errands[0]
        )

    with pytest.raises(Conflict) as caught:
        await publish(day, plan)

    assert caught.value.code == "plan_stale"
    assert caught.value.params["errand_ids"] == str(day.errands[0])
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        assert await rounds.list_rounds(conn, day.office_id, TODAY) == []


async def test_second_plan_adds_behind_what_was_promised(day: Day) -> None:
    """Tests that new errands come behind the remaining stops, whose order and times stay."""
    await publish(day, await solve(day, await ask(day)))
    before = await list_stops(day)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        late = [await day.book(conn, "S1", lat=21.19, lon=106.07) for _ in range(2)]

    plan = await solve(day, await ask(day))
    await publish(day, plan)

    after = await list_stops(day)
    assert plan.draft is not None
    assert all(route.round_id is not None for route in plan.draft.routes)
    assert {e for r in plan.draft.routes for s in r.stops for e in s.errand_ids} == set(late)
    assert [stop for stop in after if stop[0] in {known[0] for known in before}] == before
    for round_id in {stop[1] for stop in after}:
        times = [stop[3] for stop in after if stop[1] == round_id]
        assert times == sorted(times)


async def test_result_does_not_go_to_who_has_left(day: Day) -> None:
    """Tests that what lies at the office is not given to couriers on the road, and says why."""
    await publish(day, await solve(day, await ask(day)))
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        for made in await rounds.list_rounds(conn, day.office_id, TODAY):
            await round_store.queries.run(
                conn, "set_round_state", office_id=day.office_id, id=made.id, state="open",
                at=MORNING,
            )  # fmt: skip
        result = await day.book(conn, "S2", lat=21.19)
        papers = await day.book(conn, "S1", lat=21.19)

    plan = await solve(day, await ask(day))

    assert plan.draft is not None
    reasons = {left.errand_id: left.reasons[0].code for left in plan.draft.unassigned}
    idle = set(day.couriers) - {r.courier_id for r in plan.draft.routes if r.round_id}
    if not idle:
        assert reasons[result] == "unassigned.all_left"
    placed = {e for r in plan.draft.routes for s in r.stops for e in s.errand_ids}
    assert papers in placed


@pytest.mark.parametrize(
    ("service_on", "code"),
    [
        (TODAY - timedelta(days=1), "plan_past_day"),
        (TODAY + timedelta(days=32), "plan_far_day"),
        (TODAY + timedelta(days=1), "plan_no_couriers"),
    ],
)
async def test_ask_refuses_days(day: Day, service_on: object, code: str) -> None:
    """Tests that days past, too far, and without couriers are refused."""
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        with pytest.raises(Conflict) as caught:
            await dispatch.ask(
                conn,
                office_id=day.office_id,
                service_on=service_on,
                asked_by=day.dispatcher.id,
                now=MORNING,
            )
    assert caught.value.code == code


async def list_stops(day: Day) -> list[tuple[object, ...]]:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return [
            (stop.id, stop.round_id, stop.position, stop.planned_at)
            for made in await rounds.list_rounds(conn, day.office_id, TODAY)
            for stop in await rounds.list_stops(conn, day.office_id, made.id)
        ]
