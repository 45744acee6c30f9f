"""Decisions of dispatch: which days can be planned, and whether a draft still holds; pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from backend.dispatch.model import Draft
from backend.dispatch.plan import list_errands
from backend.kit import catalog
from backend.kit.errors import Conflict

DAYS_AHEAD_MAX = 31
DUE = {("S1", "booked"), ("S2", "at_office")}
"""Service and state of what waits for a round."""


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


STEP_S = 600
SPREAD_S = {"planned": 3600, "out": 1800, "near": 1200}
"""Half of what a citizen is told as the window: it narrows as the visit comes nearer."""
Nearness = Literal["planned", "out", "near"]


def narrow(
    planned_at: datetime,
    nearness: Nearness,
    *,
    delay_s: int = 0,
    tw_early_at: datetime | None = None,
    tw_late_at: datetime | None = None,
    now: datetime,
) -> tuple[datetime, datetime]:
    """Return the window to tell a citizen: whole tens of minutes, never a false minute.

    A courier who is late moves it; a window that was asked for bounds it as long as it can be
    kept; it never ends in the past.
    """
    spread_s = SPREAD_S[nearness]
    middle_s = planned_at.timestamp() + (delay_s if nearness != "planned" else 0)
    early_s = (middle_s - spread_s) // STEP_S * STEP_S
    late_s = -((-middle_s - spread_s) // STEP_S) * STEP_S
    if tw_early_at is not None:
        early_s = max(early_s, tw_early_at.timestamp())
    if tw_late_at is not None and middle_s <= tw_late_at.timestamp():
        late_s = min(late_s, tw_late_at.timestamp())
    late_s = max(late_s, -(-(now.timestamp() + STEP_S) // STEP_S) * STEP_S)
    early_s = min(early_s, late_s - STEP_S)
    return datetime.fromtimestamp(early_s, UTC), datetime.fromtimestamp(late_s, UTC)


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
