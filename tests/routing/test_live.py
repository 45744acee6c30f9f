"""Tests that the running day is repaired soundly and moves little."""

from routing import Limit, evaluate, solve, violations
from routing.generate import Office, generate
from routing.live import (
    Cancelled,
    Delayed,
    Ill,
    Inserted,
    Progress,
    WindowChanged,
    best_places,
    fitting_windows,
    repair,
)
from routing.problem import TimeWindow
from tests.routing.checker import complaints
from tests.routing.small import problem, stop, vehicle

QUICK = Limit(iterations=120)


def test_repair_keeps_every_event_sound() -> None:
    """Tests that a stop cancelled or new, a courier late or ill, leave the day sound."""
    asked = generate(Office(couriers=4, stops=60, seed=2, cash_limit_vnd=400_000_000))
    plan = solve(asked, limit=Limit(iterations=400), seed=1)
    progress = tuple(
        Progress(
            vehicle_id=r.vehicle_id,
            done=tuple(v.stop_id for v in r.visits[:4] if v.stop_id is not None),
            location=r.visits[3].location,
            free_s=r.visits[3].departure_s,
        )
        for r in plan.routes
        if len(r.visits) > 8
    )
    first = plan.routes[0]
    gone = first.visits[6].stop_id
    assert gone is not None
    fresh = stop(5, id="new", service_duration_s=120, territory="t1")
    for events in (
        (Cancelled(stop_id=gone),),
        (Inserted(stop=fresh),),
        (Delayed(vehicle_id=first.vehicle_id, until_s=first.visits[3].departure_s + 1800),),
        (Ill(vehicle_id=first.vehicle_id),),
        (Cancelled(stop_id=gone), Inserted(stop=fresh)),
    ):
        told = []
        repaired = repair(asked, plan, progress, events, limit=QUICK, on_best=told.append)
        assert violations(repaired.problem, repaired.solution) == []
        assert complaints(repaired.problem, repaired.solution) == []
        assert violations(repaired.problem, told[0]) == []


def test_repair_leaves_what_is_on_board_with_its_courier() -> None:
    """Tests that things already loaded do not change courier, however much nearer another is."""
    asked = problem(
        [10, 20, 1000],
        stops=(stop(1, delivery_g=1), stop(2, delivery_g=1), stop(3)),
        vehicles=(vehicle(), vehicle("v2")),
    )
    plan = solve(asked, limit=QUICK)
    runner = plan.routes[0].vehicle_id
    progress = (Progress(vehicle_id=runner, done=("s3",), location=3, free_s=1000),)
    repaired = repair(asked, plan, progress, (), limit=QUICK)
    assert set(repaired.solution.stops_of(runner)) == {"s1", "s2"}


def test_best_places_and_windows_for_a_booking() -> None:
    """Tests that a stop on the way is offered between its neighbours and only when it fits."""
    asked = problem([10, 30], stops=(stop(1), stop(2, tw=(30, 30))))
    plan = evaluate(asked, {"v1": ["s1", "s2"]})
    asked = problem([10, 30, 20], stops=asked.stops)
    fresh = stop(3)
    best = best_places(asked, plan, fresh)[0]
    assert (best.after, best.start_s, best.extra_cost) == ("s1", 20, 0)
    offered = (TimeWindow(0, 5), TimeWindow(15, 25), TimeWindow(35, 90))
    fitting = fitting_windows(asked, plan, fresh, offered)
    assert list(fitting) == [offered[1], offered[2]]


def test_window_change_moves_the_visit() -> None:
    """Tests that a citizen who is home only later is visited later."""
    asked = problem([10, 20])
    plan = solve(asked, limit=QUICK)
    changed = WindowChanged(stop_id="s1", tws=(TimeWindow(25, 60),))
    repaired = repair(asked, plan, (), (changed,), limit=QUICK)
    start = {v.stop_id: v.start_s for r in repaired.solution.routes for v in r.visits}
    assert start["s1"] >= 25
