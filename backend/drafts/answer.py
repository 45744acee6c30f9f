"""From the optimiser's answer to a draft; pure."""

from collections.abc import Iterable

from backend.drafts.model import Cause, Draft, DraftReload, DraftRoute, DraftStop, LeftOut, Totals
from backend.drafts.problem import Question, Working
from routing import Rest, Route, Solution


def make_draft(question: Question, solution: Solution | None) -> Draft:
    """Return the draft that a solution means: routes by courier, causes of what is left out.

    `solution` is None when there was nothing to search.
    """
    routes = [_make_route(question, route) for route in solution.routes] if solution else []
    left_out = [
        LeftOut(errand_id=errand_id, reasons=[Cause(code=code, params={})])
        for errand_id, code in question.left_out.items()
    ]
    for missed in solution.unassigned if solution else ():
        cause = Cause(code=missed.reason.value, params=dict(missed.details))
        left_out.extend(
            LeftOut(errand_id=errand.id, reasons=[cause])
            for errand in question.groups[missed.stop_id].errands
        )
    cost = solution.cost.total if solution else 0
    return Draft(
        routes=routes,
        unassigned=left_out,
        totals=_make_totals(routes, left_out, cost),
        warnings=list(question.warnings),
    )


def _make_totals(routes: list[DraftRoute], left_out: list[LeftOut], cost: int) -> Totals:
    stops = [stop for route in routes for stop in route.stops]
    return Totals(
        num_errands=sum(len(stop.errand_ids) for stop in stops) + len(left_out),
        num_stops=len(stops),
        num_routes=len(routes),
        num_unassigned=len(left_out),
        duration_s=sum(route.duration_s for route in routes),
        distance_m=sum(route.distance_m for route in routes),
        cost=cost,
    )


def _make_route(question: Question, route: Route) -> DraftRoute:
    work = question.working[route.vehicle_id]
    running = work.courier.running
    lunch = _find_lunch(work, route.rests)
    stops: list[DraftStop] = []
    reload: DraftReload | None = None
    for visit in route.visits:
        if visit.stop_id is None:
            reload = DraftReload(
                arrival_s=visit.arrival_s,
                departure_s=visit.departure_s,
                cash_vnd=visit.cash_vnd,
                travel_s=visit.travel_s,
                distance_m=visit.distance_m,
            )
            continue
        group = question.groups[visit.stop_id]
        first = group.errands[0]
        stops.append(
            DraftStop(
                delivery_point_id=first.delivery_point_id,
                citizen_id=first.citizen_id,
                errand_ids=[errand.id for errand in group.errands],
                arrival_s=visit.arrival_s,
                start_s=visit.start_s,
                departure_s=visit.departure_s,
                tw_early_s=group.tw[0] if group.tw else None,
                tw_late_s=group.tw[1] if group.tw else None,
                service_duration_s=group.service_duration_s,
                travel_s=visit.travel_s,
                distance_m=visit.distance_m,
                reload=reload,
            )
        )
        reload = None
    return DraftRoute(
        courier_id=work.courier.id,
        shift_id=work.shift_id,
        round_id=running.round_id if running else None,
        starts_s=route.start_s,
        ends_s=route.end_s,
        lunch_at_s=lunch.start_s if lunch else None,
        lunch_duration_s=lunch.end_s - lunch.start_s if lunch else 0,
        duration_s=route.end_s - route.start_s,
        distance_m=route.distance_m,
        stops=stops,
        start_cash_vnd=route.start_cash_vnd,
        peak_cash_vnd=max([route.start_cash_vnd, *(visit.cash_vnd for visit in route.visits)]),
    )


def _find_lunch(work: Working, rests: Iterable[Rest]) -> Rest | None:
    if work.lunch is None:
        return None
    for rest in rests:
        if rest.end_s - rest.start_s == work.lunch.lunch_duration_s:
            return rest
    return None
