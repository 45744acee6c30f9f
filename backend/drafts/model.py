"""Nouns of drafts: what a plan is made from, what it says, and how far its making has come."""

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

Profile = Literal["motorbike", "car", "bicycle", "foot"]
Params = dict[str, int | str]


class DueErrand(msgspec.Struct, frozen=True, kw_only=True):
    """One errand to visit, with the door as it is known."""

    id: UUID
    service: Literal["S1", "S2", "payout.pay", "charge.collect", "order.take", "order.pay"]
    """Papers taken or brought, or the kind of an act of money."""
    delivery_point_id: UUID
    citizen_id: UUID
    lat: float | None
    """None: nobody has set a pin."""
    lon: float | None
    tw_early_s: int | None
    tw_late_s: int | None
    service_duration_s: int
    load_g: int
    load_ml: int
    skills: list[str]
    num_days_late: int
    num_attempts: int
    cash_in_vnd: int = 0
    """What the courier gets at the door, at most."""
    cash_out_vnd: int = 0
    """What the courier pays there."""
    is_frozen: bool = False
    """Its item may not move until a person has decided a fact about it."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A shift: hours of one courier on the service day."""

    shift_id: UUID
    starts_s: int
    ends_s: int
    lunch_early_s: int | None
    lunch_late_s: int | None
    lunch_duration_s: int


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A round that the courier already has: what was promised there stays as it is."""

    round_id: UUID
    state: Literal["published", "open"]
    last_lat: float
    """Where the last of the remaining stops is; the office when none remains."""
    last_lon: float
    free_s: int
    """When the last of the remaining stops is done, as planned."""
    now_s: int | None
    """The clock, where the courier is on the road today."""
    load_g: int
    load_ml: int
    """What the remaining stops need of the vehicle."""
    cash_out_vnd: int = 0
    """What is still to be paid at the remaining stops."""
    has_lunched: bool


class WorkingCourier(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can be sent, with what carries them."""

    id: UUID
    profile: Profile
    capacity_g: int
    capacity_ml: int
    skills: list[str]
    spans: list[Span]
    running: Running | None
    cash_limit_vnd: int | None = None
    """The most cash the courier may have on the way."""


class TravelSource(msgspec.Struct, frozen=True, kw_only=True):
    """Where travel times come from; see the settings `travel…`."""

    engine: str = "straight"
    timeout_s: float = 6.0
    keep_dir: str | None = None
    """Where answers and maps made ready are kept; None keeps nothing."""
    factors: str | None = None
    """A file of learned factors."""
    python: str | None = None
    """Runs an embedded engine; None is this interpreter."""


class PlanInput(msgspec.Struct, frozen=True, kw_only=True):
    """All that a plan is made from; travels to the solving process as JSON."""

    service_on: date
    office_lat: float
    office_lon: float
    from_s: int | None
    errands: list[DueErrand]
    couriers: list[WorkingCourier]
    seed: int
    budget_s: int
    cash_reloads_max: int = 0
    """How often a courier who has not left may come back for more cash."""
    cash_reload_s: int = 600
    """What counting and signing takes there."""
    travel: TravelSource = TravelSource()


class DraftReload(msgspec.Struct, frozen=True, kw_only=True):
    """A call at the office for more cash, seconds after midnight of the service day."""

    arrival_s: int
    departure_s: int
    cash_vnd: int
    """To have on leaving, what is still there included."""
    travel_s: int
    distance_m: int


class DraftStop(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of a draft, seconds after midnight of the service day."""

    delivery_point_id: UUID
    citizen_id: UUID
    errand_ids: list[UUID]
    arrival_s: int
    start_s: int
    departure_s: int
    tw_early_s: int | None
    tw_late_s: int | None
    service_duration_s: int
    travel_s: int
    distance_m: int
    reload: DraftReload | None = None
    """Before this visit: the courier's limit lets no more cash be on the way at once."""


class DraftRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One courier's stops; behind those of `round_id` when that is given."""

    courier_id: UUID
    shift_id: UUID
    round_id: UUID | None
    starts_s: int
    ends_s: int
    lunch_at_s: int | None
    lunch_duration_s: int
    duration_s: int
    distance_m: int
    stops: list[DraftStop]
    start_cash_vnd: int = 0
    """The float: what the round has to pay and did not collect before."""
    peak_cash_vnd: int = 0
    """The most cash on the way."""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why an errand is left out: a code that the screen words, with its numbers."""

    code: str
    params: Params


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """An errand on no route."""

    errand_id: UUID
    reasons: list[Cause]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The draft in figures."""

    num_errands: int
    num_stops: int
    num_routes: int
    num_unassigned: int
    duration_s: int
    distance_m: int
    cost: int


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What the search found: ids and times only, so that it holds nobody's name."""

    routes: list[DraftRoute]
    unassigned: list[LeftOut]
    totals: Totals
    warnings: list[Cause] = []
    """What the plan had to do without, `travel.…`: it stands all the same."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the search is; cost in the optimiser's units, None before the first plan."""

    elapsed_s: float = 0.0
    budget_s: int = 0
    best_cost: int | None = None
    num_stops: int = 0
    num_planned: int = 0
    num_found: int = 0


class News(msgspec.Struct, frozen=True, kw_only=True):
    """One line: how far, and the draft when it is better than the one before."""

    progress: Progress
    draft: Draft | None = None
    is_done: bool = False
