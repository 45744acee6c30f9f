"""From the rows of a day to the optimiser's question; pure, and the same for the same rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from backend.drafts import travel
from backend.drafts.model import Cause, DueErrand, PlanInput, Span, WorkingCourier
from routing import Break, Depot, Problem, Stop, TimeWindow, Vehicle, Weights

OFFICE = "office"
SETUP_S = 60
"""To park and find the door; a second household behind the same pin does not cost it again."""
SHARE_S = 15 * 60
"""Two errands share a visit when their windows leave at least this much in common."""
NO_PIN = "unassigned.no_pin"
FROZEN = "unassigned.frozen"
NO_COURIER = "unassigned.no_vehicle"
ALL_LEFT = "unassigned.all_left"
DAY_OVER = "unassigned.day_over"
FROM_OFFICE = frozenset({"S2", "payout.pay", "order.pay"})
"""What is taken along from the office: papers, and cash to pay out."""
PRIORITY_LATE = 20
"""Each day that an errand is late, and each visit that failed, lifts its claim by so much."""


@dataclass(frozen=True)
class Group:
    """The errands of one visit: same door, same citizen, windows that agree."""

    errands: tuple[DueErrand, ...]
    tw: tuple[int, int] | None

    @property
    def service_duration_s(self) -> int:
        """The longest act whole and half of each other: one greeting, one identity check."""
        durations = sorted((errand.service_duration_s for errand in self.errands), reverse=True)
        return durations[0] + sum(durations[1:]) // 2


@dataclass(frozen=True)
class Working:
    """A courier as the optimiser sees them: when they are free and where."""

    courier: WorkingCourier
    shift_id: UUID
    start_s: int
    end_s: int
    breaks: tuple[Break, ...]
    lunch: Span | None
    """The shift whose lunch is still to come."""

    @property
    def is_on_road(self) -> bool:
        """Whether the courier has left the office with what they have."""
        return self.courier.running is not None and self.courier.running.state == "open"


@dataclass(frozen=True)
class Question:
    """The problem, and how its ids lead back to errands and couriers."""

    problem: Problem | None
    """None when there is nobody to send or nothing to send them for."""
    groups: dict[str, Group]
    working: dict[str, Working]
    left_out: dict[UUID, str]
    """Errands that no search can place, with the code that says why."""
    warnings: tuple[Cause, ...] = ()
    """What the question had to be made without."""


def make_question(asked: PlanInput) -> Question:
    """Return the optimiser's question for a day.

    Doors without a pin, and items that may not move, are left out of it.
    """
    working = {str(w.courier.id): w for c in asked.couriers if (w := _make_working(c, asked))}
    nobody = DAY_OVER if any(courier.spans for courier in asked.couriers) else NO_COURIER
    left_out = {
        e.id: code for e in asked.errands if (code := _hopeless(e, working.values(), nobody))
    }
    errands = [e for e in asked.errands if e.id not in left_out]
    groups = {f"s{n}": group for n, group in enumerate(group_errands(errands))}
    if not groups:
        return Question(None, groups, working, left_out)
    problem, warnings = _make_problem(asked, groups, working)
    return Question(problem, groups, working, left_out, warnings)


def _hopeless(errand: DueErrand, working: Collection[Working], nobody: str) -> str | None:
    if errand.is_frozen:
        return FROZEN
    if errand.lat is None:
        return NO_PIN
    if not working:
        return nobody
    if errand.service in FROM_OFFICE and all(w.is_on_road for w in working):
        return ALL_LEFT
    return None


def _make_problem(
    asked: PlanInput, groups: dict[str, Group], working: dict[str, Working]
) -> tuple[Problem, tuple[Cause, ...]]:
    places = travel.Places(asked.office_lat, asked.office_lon)
    home = tuple(key for key, work in working.items() if not work.is_on_road)
    only = home if len(home) < len(working) else ()
    stops = tuple(_make_stop(key, group, places, only) for key, group in groups.items())
    depots = [Depot(id=OFFICE, location=0, reload_s=asked.cash_reload_s)]
    reloads_max = asked.cash_reloads_max if _may_run_short(stops, working) else 0
    vehicles = []
    for key, work in working.items():
        running = work.courier.running
        start = OFFICE
        if running is not None:
            start = f"after:{key}"
            location = places.find(running.last_lat, running.last_lon)
            depots.append(Depot(id=start, location=location))
        vehicles.append(_make_vehicle(key, work, start, reloads_max))
    matrices = places.matrices({w.courier.profile for w in working.values()}, asked.travel)
    problem = Problem(
        stops=stops,
        vehicles=tuple(vehicles),
        depots=tuple(depots),
        duration_s=matrices.duration_s,
        distance_m=matrices.distance_m,
        profiles=matrices.profiles,
        speed_bands=matrices.speed_bands,
        weights=Weights(vehicle_used=0),
    )
    return problem, matrices.warnings


def group_errands(errands: list[DueErrand]) -> list[Group]:
    """Return the visits that errands with a pin make together, in a fixed order.

    Errands of one citizen at one door share a visit while their windows leave `SHARE_S` in
    common; otherwise there are two visits.
    """
    doors: dict[tuple[UUID, UUID], list[DueErrand]] = defaultdict(list)
    for errand in sorted(errands, key=lambda e: (e.tw_early_s or 0, e.id)):
        if errand.lat is not None:
            doors[errand.delivery_point_id, errand.citizen_id].append(errand)
    groups: list[Group] = []
    for door in sorted(doors):
        made: list[Group] = []
        for errand in doors[door]:
            for at, group in enumerate(made):
                agreed = _agree(group.tw, errand)
                if agreed is not None:
                    made[at] = Group((*group.errands, errand), agreed[0])
                    break
            else:
                made.append(Group((errand,), _window(errand)))
        groups.extend(made)
    return groups


def _window(errand: DueErrand) -> tuple[int, int] | None:
    if errand.tw_early_s is None or errand.tw_late_s is None:
        return None
    return errand.tw_early_s, errand.tw_late_s


def _agree(tw: tuple[int, int] | None, errand: DueErrand) -> tuple[tuple[int, int] | None] | None:
    """Return the common window (in a tuple, as None means any time), or None without one."""
    other = _window(errand)
    if tw is None or other is None:
        return (tw or other,)
    common = max(tw[0], other[0]), min(tw[1], other[1])
    return (common,) if common[1] - common[0] >= SHARE_S else None


def _make_stop(key: str, group: Group, places: travel.Places, home: tuple[str, ...]) -> Stop:
    """Return the visit; what is delivered lies at the office, so only who is still there brings it.

    `home` names those couriers, and is empty when nobody has left.
    """
    first = group.errands[0]
    assert first.lat is not None
    assert first.lon is not None
    delivered = [e for e in group.errands if e.service in FROM_OFFICE]
    fetched = [e for e in group.errands if e.service == "S1"]
    urgency = max(e.num_days_late + e.num_attempts for e in group.errands)
    return Stop(
        id=key,
        location=places.find(first.lat, first.lon),
        service_duration_s=group.service_duration_s,
        setup_s=SETUP_S,
        tws=() if group.tw is None else (TimeWindow(*group.tw),),
        delivery_g=sum(e.load_g for e in delivered),
        delivery_ml=sum(e.load_ml for e in delivered),
        pickup_g=sum(e.load_g for e in fetched),
        pickup_ml=sum(e.load_ml for e in fetched),
        cash_out_vnd=sum(e.cash_out_vnd for e in group.errands),
        cash_in_vnd=sum(e.cash_in_vnd for e in group.errands),
        skills=tuple(sorted({skill for e in group.errands for skill in e.skills})),
        vehicles=home if delivered else (),
        priority=min(100, PRIORITY_LATE * urgency),
    )


def _make_working(courier: WorkingCourier, asked: PlanInput) -> Working | None:
    """Return when the courier is free, or None when the day has no time left for them."""
    spans = sorted(courier.spans, key=lambda span: span.starts_s)
    if not spans:
        return None
    start_s = max(spans[0].starts_s, asked.from_s or 0)
    end_s = spans[-1].ends_s
    if courier.running is not None:
        start_s = max(start_s, courier.running.free_s)
        # After hours the clock says nothing of the day any more, so the planned times hold.
        if courier.running.now_s is not None and courier.running.now_s < end_s:
            start_s = max(start_s, courier.running.now_s)
    if start_s >= end_s:
        return None
    breaks, lunch = [], None
    for span, after in zip(spans, [*spans[1:], None], strict=True):
        rest = _make_lunch(span, start_s)
        if rest is not None and not (courier.running and courier.running.has_lunched):
            breaks.append(rest)
            lunch = lunch or span
        if after is not None and start_s < span.ends_s < after.starts_s:
            gap_s = after.starts_s - span.ends_s
            gap = Break(
                early_s=span.ends_s, late_s=after.starts_s, duration_s=gap_s, due_s=span.ends_s
            )
            breaks.append(gap)
    return Working(courier, spans[0].shift_id, start_s, end_s, tuple(breaks), lunch)


def _make_lunch(span: Span, start_s: int) -> Break | None:
    if span.lunch_early_s is None or span.lunch_late_s is None or span.lunch_duration_s == 0:
        return None
    if start_s + span.lunch_duration_s > span.lunch_late_s:
        return None
    return Break(
        early_s=max(span.lunch_early_s, start_s),
        late_s=span.lunch_late_s,
        duration_s=span.lunch_duration_s,
        due_s=span.lunch_early_s if start_s <= span.lunch_early_s else start_s,
    )


def _may_run_short(stops: Iterable[Stop], working: dict[str, Working]) -> bool:
    """Return whether some courier's limit may be too little for what the day pays out."""
    limits = [
        work.courier.cash_limit_vnd
        for work in working.values()
        if work.courier.cash_limit_vnd is not None
    ]
    return bool(limits) and sum(stop.cash_out_vnd for stop in stops) > min(limits)


def _make_vehicle(key: str, work: Working, start: str, reloads_max: int) -> Vehicle:
    courier = work.courier
    running = courier.running
    carried_g = running.load_g if running else 0
    carried_ml = running.load_ml if running else 0
    return Vehicle(
        id=key,
        start_depot=start,
        end_depot=OFFICE,
        shift_early_s=work.start_s,
        shift_late_s=work.end_s,
        breaks=work.breaks,
        capacity_g=max(0, courier.capacity_g - carried_g),
        capacity_ml=max(0, courier.capacity_ml - carried_ml),
        skills=tuple(courier.skills),
        profile=courier.profile,
        cash_limit_vnd=courier.cash_limit_vnd,
        carried_cash_vnd=running.cash_out_vnd if running else 0,
        reload_depots=(OFFICE,) if reloads_max and not work.is_on_road else (),
        reloads_max=0 if work.is_on_road else reloads_max,
    )
