"""Tests of the way from a day's rows to the optimiser's question and back to a draft."""

import io
from uuid import UUID

import msgspec
import pytest

from backend.drafts import (
    Draft,
    DueErrand,
    News,
    PlanInput,
    Running,
    Span,
    WorkingCourier,
    solver,
)
from backend.drafts.answer import make_draft
from backend.drafts.problem import Group, group_errands, make_question
from routing import Limit, Problem, Vehicle, solve, violations
from tests.backend.desk import TODAY

OFFICE = (21.18, 106.06)
HOUR_S = 3600
SHIFT = Span(
    shift_id=UUID(int=200),
    starts_s=8 * HOUR_S,
    ends_s=17 * HOUR_S,
    lunch_early_s=11 * HOUR_S,
    lunch_late_s=13 * HOUR_S,
    lunch_duration_s=2_700,
)


def make_errand(number: int, **changes: object) -> DueErrand:
    errand = DueErrand(
        id=UUID(int=1000 + number),
        service="S1",
        delivery_point_id=UUID(int=2000 + number),
        citizen_id=UUID(int=3000 + number),
        lat=21.17 + number / 300,
        lon=106.05 + number / 400,
        tw_early_s=None,
        tw_late_s=None,
        service_duration_s=300,
        load_g=300,
        load_ml=1500,
        skills=[],
        num_days_late=0,
        num_attempts=0,
    )
    return msgspec.structs.replace(errand, **changes)


def make_courier(number: int = 1, **changes: object) -> WorkingCourier:
    courier = WorkingCourier(
        id=UUID(int=100 + number),
        profile="motorbike",
        capacity_g=40_000,
        capacity_ml=90_000,
        skills=[],
        spans=[SHIFT],
        running=None,
    )
    return msgspec.structs.replace(courier, **changes)


def make_running(**changes: object) -> Running:
    running = Running(
        round_id=UUID(int=400),
        state="published",
        last_lat=21.19,
        last_lon=106.07,
        free_s=15 * HOUR_S,
        now_s=None,
        load_g=39_000,
        load_ml=0,
        has_lunched=True,
    )
    return msgspec.structs.replace(running, **changes)


def make_input(
    errands: list[DueErrand], couriers: list[WorkingCourier], **changes: object
) -> PlanInput:
    asked = PlanInput(
        service_on=TODAY,
        office_lat=OFFICE[0],
        office_lon=OFFICE[1],
        from_s=None,
        errands=errands,
        couriers=couriers,
        seed=1,
        budget_s=1,
    )
    return msgspec.structs.replace(asked, **changes)


def vehicle_of(asked: PlanInput) -> Vehicle:
    problem = make_question(asked).problem
    assert isinstance(problem, Problem)
    return problem.vehicles[0]


SAME_DOOR = {"delivery_point_id": UUID(int=2000), "citizen_id": UUID(int=3000)}
MORNING, NOON = (8 * HOUR_S, 10 * HOUR_S), (11 * HOUR_S, 12 * HOUR_S)
GROUPINGS = [
    ([None, None], [(2, None)]),  # any time: one visit
    ([MORNING, None], [(2, MORNING)]),  # the window that one asked for holds for both
    ([MORNING, (9 * HOUR_S, 12 * HOUR_S)], [(2, (9 * HOUR_S, 10 * HOUR_S))]),  # what they share
    ([MORNING, (9 * HOUR_S + 2_700, 12 * HOUR_S)], [(2, (9 * HOUR_S + 2_700, 10 * HOUR_S))]),
    # a minute less than a quarter of an hour in common is two visits
    ([MORNING, (35_160, 43_200)], [(1, MORNING), (1, (35_160, 43_200))]),
    ([MORNING, NOON], [(1, MORNING), (1, NOON)]),  # nothing in common
]


@pytest.mark.parametrize(("windows", "expected"), GROUPINGS)
def test_errands_of_one_citizen_share_a_visit_when_windows_agree(
    windows: list[tuple[int, int] | None], expected: list[tuple[int, object]]
) -> None:
    """Tests that one door and citizen means one visit, unless the windows do not allow it."""
    errands = [
        make_errand(n, **SAME_DOOR, tw_early_s=tw and tw[0], tw_late_s=tw and tw[1])
        for n, tw in enumerate(windows)
    ]

    groups = group_errands(errands)

    assert [(len(group.errands), group.tw) for group in groups] == expected


def test_other_citizen_at_the_same_door_is_a_visit_of_its_own() -> None:
    """Tests that neighbours behind one pin are two visits at one location."""
    first = make_errand(1)
    second = make_errand(2, delivery_point_id=first.delivery_point_id, lat=first.lat, lon=first.lon)

    problem = make_question(make_input([first, second], [make_courier()])).problem

    assert problem is not None
    assert [stop.location for stop in problem.stops] == [1, 1]


def test_grouping_does_not_depend_on_the_order_of_rows() -> None:
    """Tests that the same rows make the same question however the database returns them."""
    errands = [make_errand(n % 5, id=UUID(int=1000 + n)) for n in range(12)]

    assert group_errands(errands) == group_errands(list(reversed(errands)))


def test_time_at_the_door_is_the_longest_act_and_half_of_the_others() -> None:
    """Tests that one greeting and one identity check serve all acts of a visit."""
    errands = tuple(make_errand(n, service_duration_s=s) for n, s in enumerate((300, 600, 200)))

    assert Group(errands, None).service_duration_s == 600 + 250


def test_results_load_at_the_office_and_papers_at_the_door() -> None:
    """Tests that what is brought leaves with the courier and what is taken comes back."""
    errands = [make_errand(1, service="S2", load_g=200), make_errand(2, load_g=500)]

    problem = make_question(make_input(errands, [make_courier()])).problem

    assert problem is not None
    assert [(stop.delivery_g, stop.pickup_g) for stop in problem.stops] == [(200, 0), (0, 500)]


HOPELESS = [
    (make_errand(1, lat=None, lon=None), [make_courier()], "unassigned.no_pin"),
    (make_errand(1, is_frozen=True), [make_courier()], "unassigned.frozen"),
    (make_errand(1, is_frozen=True, lat=None, lon=None), [], "unassigned.frozen"),  # at any rate
    (make_errand(1), [], "unassigned.no_vehicle"),
    (make_errand(1), [make_courier(spans=[])], "unassigned.no_vehicle"),
    (  # the round takes the whole shift
        make_errand(1),
        [make_courier(running=make_running(free_s=17 * HOUR_S))],
        "unassigned.day_over",
    ),
    (
        make_errand(1, service="S2"),
        [make_courier(running=make_running(state="open"))],
        "unassigned.all_left",
    ),
]


@pytest.mark.parametrize(("errand", "couriers", "code"), HOPELESS)
def test_what_no_search_can_place_is_said_before(
    errand: DueErrand, couriers: list[WorkingCourier], code: str
) -> None:
    """Tests that an errand that nobody can visit has its reason without any search."""
    question = make_question(make_input([errand], couriers))

    assert question.problem is None
    draft = make_draft(question, None)
    assert [(left.errand_id, left.reasons[0].code) for left in draft.unassigned] == [
        (errand.id, code)
    ]


def test_result_goes_only_to_who_is_still_at_the_office() -> None:
    """Tests that with one courier on the road results wait for the other, papers for anyone."""
    left = make_courier(1, running=make_running(state="open"))
    here = make_courier(2)

    problem = make_question(
        make_input([make_errand(1, service="S2"), make_errand(2)], [left, here])
    ).problem

    assert problem is not None
    assert [stop.vehicles for stop in problem.stops] == [(str(here.id),), ()]


def test_courier_with_a_round_goes_on_from_its_last_stop() -> None:
    """Tests that an extension begins where and when the round ends, with what room is left."""
    vehicle = vehicle_of(make_input([make_errand(1)], [make_courier(running=make_running())]))

    assert vehicle.shift_early_s == 15 * HOUR_S
    assert vehicle.start_depot != vehicle.end_depot
    assert vehicle.capacity_g == 1_000
    assert vehicle.breaks == ()


CLOCKS = [
    (14 * HOUR_S, 15 * HOUR_S),  # before the round is done
    (16 * HOUR_S, 16 * HOUR_S),  # the courier is late
    (17 * HOUR_S, 15 * HOUR_S),  # after hours: as planned
]


@pytest.mark.parametrize(("now_s", "start_s"), CLOCKS)
def test_late_courier_goes_on_from_now(now_s: int, start_s: int) -> None:
    """Tests that stops added to a round on the road begin no earlier than they can."""
    running = make_running(state="open", now_s=now_s)
    vehicle = vehicle_of(make_input([make_errand(1)], [make_courier(running=running)]))

    assert vehicle.shift_early_s == start_s


LUNCHES = [
    (None, [(11 * HOUR_S, 13 * HOUR_S)]),  # the day is whole
    (12 * HOUR_S, [(12 * HOUR_S, 13 * HOUR_S)]),  # what is left of the span
    (13 * HOUR_S - 2_700, [(13 * HOUR_S - 2_700, 13 * HOUR_S)]),  # it just fits
    (13 * HOUR_S - 2_699, []),  # it does not any more
]


@pytest.mark.parametrize(("from_s", "expected"), LUNCHES)
def test_lunch_is_due_while_it_still_fits(
    from_s: int | None, expected: list[tuple[int, int]]
) -> None:
    """Tests that a plan begun late keeps the lunch that can still be had."""
    vehicle = vehicle_of(make_input([make_errand(1)], [make_courier()], from_s=from_s))

    assert [(rest.early_s, rest.late_s) for rest in vehicle.breaks] == expected


def test_two_shifts_of_a_day_are_one_round_with_a_pause() -> None:
    """Tests that between a morning and an evening shift nobody is sent anywhere."""
    morning = msgspec.structs.replace(SHIFT, ends_s=12 * HOUR_S, lunch_early_s=None)
    evening = msgspec.structs.replace(
        SHIFT, shift_id=UUID(int=201), starts_s=14 * HOUR_S, lunch_early_s=None
    )
    vehicle = vehicle_of(make_input([make_errand(1)], [make_courier(spans=[evening, morning])]))

    assert (vehicle.shift_early_s, vehicle.shift_late_s) == (8 * HOUR_S, 17 * HOUR_S)
    assert [(rest.early_s, rest.late_s) for rest in vehicle.breaks] == [(12 * HOUR_S, 14 * HOUR_S)]


def test_late_errands_come_first() -> None:
    """Tests that each day late and each failed visit lifts an errand's claim, up to 100."""
    errands = [
        make_errand(1),
        make_errand(2, num_days_late=2, num_attempts=1),
        make_errand(3, num_days_late=30),
    ]

    problem = make_question(make_input(errands, [make_courier()])).problem

    assert problem is not None
    assert [stop.priority for stop in problem.stops] == [0, 60, 100]


def test_draft_accounts_for_every_errand_and_breaks_no_rule() -> None:
    """Tests that a solved question becomes routes and reasons that hold each errand once."""
    errands = [make_errand(n, service="S2" if n % 2 else "S1") for n in range(12)]
    errands.append(make_errand(20, tw_early_s=20 * HOUR_S, tw_late_s=21 * HOUR_S))
    question = make_question(make_input(errands, [make_courier(1), make_courier(2)]))
    assert question.problem is not None

    solution = solve(question.problem, limit=Limit(iterations=50), seed=3)
    draft = make_draft(question, solution)

    assert list(violations(question.problem, solution)) == []
    placed = [e for r in draft.routes for s in r.stops for e in s.errand_ids]
    left = [item.errand_id for item in draft.unassigned]
    assert sorted(placed + left) == sorted(errand.id for errand in errands)
    assert left == [errands[-1].id]
    assert draft.unassigned[0].reasons[0].code.startswith("unassigned.")
    for route in draft.routes:
        starts = [stop.start_s for stop in route.stops]
        assert starts == sorted(starts)
        assert route.starts_s <= starts[0] <= route.ends_s


def test_solving_process_tells_of_each_better_plan_and_ends_with_done() -> None:
    """Tests that news come as lines, the first before any plan, the last with the draft."""
    out = io.BytesIO()

    solver.run(make_input([make_errand(n) for n in range(6)], [make_courier()]), out)

    news = [msgspec.json.decode(line, type=News) for line in out.getvalue().splitlines()]
    assert (news[0].draft, news[0].is_done) == (None, False)
    assert news[-1].is_done
    assert news[-1].draft is not None
    assert news[-1].progress.num_planned == 6
    assert [item.is_done for item in news].count(True) == 1


def test_cash_reaches_the_optimiser() -> None:
    """Tests that payouts and charges are cash at their doors, under the courier's limit."""
    paid = make_errand(1, service="payout.pay", cash_out_vnd=3_500_000)
    owed = make_errand(2, service="charge.collect", cash_in_vnd=120_000)
    asked = make_input([paid, owed], [make_courier(cash_limit_vnd=5_000_000)])
    question = make_question(asked)
    assert question.problem is not None
    cash = {(stop.cash_out_vnd, stop.cash_in_vnd) for stop in question.problem.stops}
    assert cash == {(3_500_000, 0), (0, 120_000)}
    assert question.problem.vehicles[0].cash_limit_vnd == 5_000_000


def test_draft_tells_float_and_peak_of_each_round() -> None:
    """Tests that a round starts with what it pays out, and that its peak counts what it takes."""
    errands = [
        make_errand(1, service="payout.pay", cash_out_vnd=3_500_000),
        make_errand(2, service="payout.pay", cash_out_vnd=2_000_000),
        make_errand(3, service="charge.collect", cash_in_vnd=700_000),
    ]
    question = make_question(make_input(errands, [make_courier(cash_limit_vnd=20_000_000)]))
    assert question.problem is not None
    solution = solve(question.problem, limit=Limit(iterations=200))
    (route,) = make_draft(question, solution).routes
    assert route.start_cash_vnd == 5_500_000
    assert 5_500_000 <= route.peak_cash_vnd <= 6_200_000


def make_draft_of(asked: PlanInput) -> Draft:
    """Return the draft of a day, held against the judge."""
    question = make_question(asked)
    assert question.problem is not None
    solution = solve(question.problem, limit=Limit(iterations=300))
    assert violations(question.problem, solution) == []
    return make_draft(question, solution)


def test_a_courier_comes_back_for_more_cash_than_the_limit() -> None:
    """Tests that payouts over the limit are paid in two trips, each within it, none left out."""
    errands = [make_errand(n, service="payout.pay", cash_out_vnd=80_000_000) for n in range(1, 5)]
    asked = make_input(errands, [make_courier(cash_limit_vnd=200_000_000)])
    without = make_draft_of(asked)
    assert len(without.unassigned) == 2
    draft = make_draft_of(msgspec.structs.replace(asked, cash_reloads_max=1))
    assert draft.unassigned == []
    (route,) = draft.routes
    assert (route.start_cash_vnd, route.peak_cash_vnd) == (160_000_000, 160_000_000)
    reloads = [stop.reload for stop in route.stops]
    assert [reload is None for reload in reloads] == [True, True, False, True]
    reload = reloads[2]
    assert reload is not None
    assert reload.cash_vnd == 160_000_000
    assert reload.departure_s - reload.arrival_s >= asked.cash_reload_s
    assert route.stops[1].departure_s <= reload.arrival_s
    assert reload.departure_s <= route.stops[2].arrival_s


def test_nobody_comes_back_without_need() -> None:
    """Tests that a day within the limits is asked without calls for more cash."""
    errands = [make_errand(n, service="payout.pay", cash_out_vnd=80_000_000) for n in (1, 2)]
    asked = make_input(errands, [make_courier(cash_limit_vnd=200_000_000)])
    question = make_question(msgspec.structs.replace(asked, cash_reloads_max=1))
    assert question.problem is not None
    assert [vehicle.reloads_max for vehicle in question.problem.vehicles] == [0]


def test_no_round_carries_more_cash_than_its_limit() -> None:
    """Tests that two large payouts go with two couriers, or stay with the reason, never over."""
    errands = [make_errand(n, service="payout.pay", cash_out_vnd=150_000_000) for n in range(1, 4)]
    couriers = [make_courier(n, cash_limit_vnd=200_000_000) for n in (1, 2)]
    question = make_question(make_input(errands, couriers))
    assert question.problem is not None
    solution = solve(question.problem, limit=Limit(iterations=300))
    assert violations(question.problem, solution) == []
    draft = make_draft(question, solution)
    assert [route.peak_cash_vnd for route in draft.routes] == [150_000_000, 150_000_000]
    assert len(draft.unassigned) == 1
