"""Which days can be planned, whether a draft still holds, and the rounds it means; pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import get_args
from uuid import UUID

from backend.doorstep import Errand, MoneyKind
from backend.drafts import Draft, DraftRoute, DraftStop
from backend.kit import catalog
from backend.kit.errors import Conflict
from backend.rounds import ActDraft, ActKind, RoundDraft, StopDraft

DAYS_AHEAD_MAX = 31
DUE = {
    ("S1", "booked"),
    ("S2", "at_office"),
    *((kind, "due") for kind in get_args(MoneyKind)),
}
"""Service (of an act of money its kind) and state of what waits for a round."""
FROM_OFFICE = frozenset({"S2", "payout.pay", "order.pay"})
"""What a courier takes along from the office: papers, and cash to pay out."""
ACTS: dict[str, ActKind] = {
    "S1": "dossier.accept",
    "S2": "result.deliver",
    **{kind: kind for kind in get_args(MoneyKind)},
}


def list_errands(draft: Draft) -> dict[UUID, DraftRoute]:
    """Return the route of each errand that the draft places."""
    return {
        errand_id: route
        for route in draft.routes
        for stop in route.stops
        for errand_id in stop.errand_ids
    }


def make_rounds(
    draft: Draft, services: dict[UUID, str], riders: Mapping[UUID, Sequence[Errand]]
) -> list[RoundDraft]:
    """Return the rounds a draft means; `services` is S1, S2 or a kind of money of each errand.

    `riders` is what is collected along with an errand, right behind it.
    """
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
            stops=[_make_stop_draft(stop, services, riders) for stop in route.stops],
        )
        for route in draft.routes
    ]


def _make_stop_draft(
    stop: DraftStop, services: dict[UUID, str], riders: Mapping[UUID, Sequence[Errand]]
) -> StopDraft:
    acts = []
    for errand_id in stop.errand_ids:
        acts.append(ActDraft(errand_id, ACTS[services[errand_id]]))
        acts += [ActDraft(rider.id, rider.kind) for rider in riders.get(errand_id, [])]
    return StopDraft(
        delivery_point_id=stop.delivery_point_id,
        citizen_id=stop.citizen_id,
        planned_s=stop.start_s,
        tw_early_s=stop.tw_early_s,
        tw_late_s=stop.tw_late_s,
        service_duration_s=stop.service_duration_s,
        acts=acts,
        reload_s=stop.reload.arrival_s if stop.reload else None,
        reload_cash_vnd=stop.reload.cash_vnd if stop.reload else None,
    )


def check_day(service_on: date, today: date) -> None:
    """Raise `Conflict` `plan_past_day` or `plan_far_day` for a day that cannot be planned."""
    if service_on < today:
        raise Conflict("plan_past_day", service_on=service_on.isoformat())
    if service_on > today + timedelta(days=DAYS_AHEAD_MAX):
        raise Conflict("plan_far_day", days=DAYS_AHEAD_MAX)


def list_stale_errands(
    draft: Draft, states: dict[UUID, tuple[str, str]], stays: Iterable[UUID]
) -> list[UUID]:
    """Return the placed errands that cannot go any more: gone, changed, or among those that stay.

    `states` is service and state of each errand that is still there; on another round, or frozen,
    it `stays` as it is.
    """
    unmoved = set(stays)
    return sorted(
        errand_id
        for errand_id in list_errands(draft)
        if states.get(errand_id) not in DUE or errand_id in unmoved
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
