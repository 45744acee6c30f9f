"""From the optimiser's answer to a draft, whether it still holds, and to rounds; pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from backend.dispatch.model import Cause, Draft, DraftRoute, DraftStop, LeftOut, Totals
from backend.dispatch.problem import Question, Working
from backend.kit import catalog
from backend.kit.errors import Conflict
from backend.rounds import ActDraft, RoundDraft, StopDraft
from routing import Rest, Route, Solution

DAYS_AHEAD_MAX = 31
DUE = {("S1", "booked"), ("S2", "at_office")}
"""Service and state of what waits for a round."""


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
    return Draft(routes=routes, unassigned=left_out, totals=_make_totals(routes, left_out, cost))


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
    stops = []
    for visit in route.visits:
        if visit.stop_id is None:
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
            )
        )
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
    )


def _find_lunch(work: Working, rests: Iterable[Rest]) -> Rest | None:
    if work.lunch is None:
        return None
    for rest in rests:
        if rest.end_s - rest.start_s == work.lunch.lunch_duration_s:
            return rest
    return None


def list_errands(draft: Draft) -> dict[UUID, DraftRoute]:
    """Return the route of each errand that the draft places."""
    return {
        errand_id: route
        for route in draft.routes
        for stop in route.stops
        for errand_id in stop.errand_ids
    }


def make_rounds(draft: Draft, services: dict[UUID, str]) -> list[RoundDraft]:
    """Return the rounds a draft means; `services` is S1 or S2 of each placed errand."""
    return [
        RoundDraft(
            courier_id=route.courier_id,
            shift_id=route.shift_id,
            starts_s=route.starts_s,
            ends_s=route.ends_s,
            lunch_at_s=route.lunch_at_s,
            lunch_duration_s=route.lunch_duration_s,
            duration_s=route.duration_s,
            distance_m=route.distance_m,
            stops=[_make_stop_draft(stop, services) for stop in route.stops],
        )
        for route in draft.routes
    ]


def _make_stop_draft(stop: DraftStop, services: dict[UUID, str]) -> StopDraft:
    return StopDraft(
        delivery_point_id=stop.delivery_point_id,
        citizen_id=stop.citizen_id,
        planned_s=stop.start_s,
        tw_early_s=stop.tw_early_s,
        tw_late_s=stop.tw_late_s,
        service_duration_s=stop.service_duration_s,
        acts=[
            ActDraft(
                errand_id,
                "dossier.accept" if services[errand_id] == "S1" else "result.deliver",
            )
            for errand_id in stop.errand_ids
        ],
    )


def check_day(service_on: date, today: date) -> None:
    """Raise `Conflict` `plan_past_day` or `plan_far_day` for a day that cannot be planned."""
    if service_on < today:
        raise Conflict("plan_past_day", service_on=service_on.isoformat())
    if service_on > today + timedelta(days=DAYS_AHEAD_MAX):
        raise Conflict("plan_far_day", days=DAYS_AHEAD_MAX)


def list_stale_errands(
    draft: Draft, states: dict[UUID, tuple[str, str]], taken: Iterable[UUID]
) -> list[UUID]:
    """Return the placed errands that cannot go any more: gone, changed, or on another round.

    `states` is service and state of each errand that is still there.
    """
    on_round = set(taken)
    return sorted(
        errand_id
        for errand_id in list_errands(draft)
        if states.get(errand_id) not in DUE or errand_id in on_round
    )


def list_stale_couriers(
    draft: Draft,
    running: dict[UUID, tuple[UUID, str]],
    at_work: Iterable[UUID],
    delivered: Iterable[UUID],
) -> list[UUID]:
    """Return the couriers whose day is no longer what was planned with.

    `running` is id and state of each courier's round; `delivered` are the errands whose things
    lie at the office. Stale is who is not at work any more, has got another round or closed it
    since, or has left the office without what the draft gives them.
    """
    working, from_office = set(at_work), set(delivered)
    stale = []
    for route in draft.routes:
        round_id, state = running.get(route.courier_id, (None, None))
        gets = {errand_id for stop in route.stops for errand_id in stop.errand_ids}
        has_left = state == "open" and bool(gets & from_office)
        is_other = round_id != route.round_id or state == "closed"
        if route.courier_id not in working or is_other or has_left:
            stale.append(route.courier_id)
    return stale


catalog.add(
    {
        "plan_past_day": (
            "Ngày {service_on} đã qua, không lập kế hoạch được nữa.",
            "{service_on} is past and cannot be planned.",
        ),
        "plan_far_day": (
            "Chỉ lập kế hoạch trước tối đa {days} ngày.",
            "Plans reach at most {days} days ahead.",
        ),
        "plan_no_couriers": (
            "Ngày {service_on} chưa có bưu tá nào được xếp ca.",
            "No courier has a shift on {service_on}.",
        ),
        "plan_no_errands": (
            "Không còn việc nào chờ xếp tuyến cho ngày {service_on}.",
            "No errand waits for a round on {service_on}.",
        ),
        "plan_already_published": (
            "Kế hoạch này đã được phát hành.",
            "This plan has already been published.",
        ),
        "plan_not_ready": (
            "Kế hoạch chưa sẵn sàng để phát hành.",
            "The plan is not ready to be published.",
        ),
        "plan_empty": (
            "Kế hoạch không xếp được điểm nào nên không có gì để phát hành.",
            "The plan places no stop, so there is nothing to publish.",
        ),
        "plan_stale": (
            "Tình hình đã thay đổi từ khi lập kế hoạch: {num_errands} việc và {num_couriers} bưu "
            "tá không còn như trước. Hãy lập lại kế hoạch.",
            "Things have changed since the plan was made: {num_errands} errands and "
            "{num_couriers} couriers are no longer as they were. Plan again.",
        ),
    }
)
