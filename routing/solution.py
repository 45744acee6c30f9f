"""The answer: routes, what is left out and why, and what it all costs."""

from enum import StrEnum

import msgspec


class Reason(StrEnum):
    """Why a stop is on no route; the value is the key of the sentence for people."""

    NO_VEHICLE = "unassigned.no_vehicle"
    NO_SKILL = "unassigned.no_skill"
    NOT_ALLOWED = "unassigned.not_allowed"
    OVER_CAPACITY = "unassigned.over_capacity"
    OVER_CASH_LIMIT = "unassigned.over_cash_limit"
    UNREACHABLE = "unassigned.unreachable"
    WINDOW_UNREACHABLE = "unassigned.window_unreachable"
    SHIFT_TOO_SHORT = "unassigned.shift_too_short"
    RELEASED_TOO_LATE = "unassigned.released_too_late"
    NOT_ON_BOARD = "unassigned.not_on_board"
    PARTNER_LEFT_OUT = "unassigned.partner_left_out"
    NO_ROOM = "unassigned.no_room"
    NOT_WORTH_IT = "unassigned.not_worth_it"


REASON_CODES = {reason: f"U{2101 + at}" for at, reason in enumerate(Reason)}
"""`U2101` and so on, in the order of `Reason`."""


class Unassigned(msgspec.Struct, frozen=True, kw_only=True):
    """A stop that is on no route."""

    stop_id: str
    code: str
    """`U2101` and so on."""
    reason: Reason
    """Also the key of the sentence for people."""
    details: dict[str, int | str] = {}
    """What the sentence names: seconds, đồng, skills."""


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """A break taken on the leg that ends at the visit (or end of route) `before`."""

    start_s: int
    end_s: int
    before: int
    """Index into `Route.visits`; its length means on the way to the end."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One call: at a door, or at a depot to reload."""

    stop_id: str | None
    """None for a reload."""
    depot_id: str | None = None
    """Set for a reload."""
    location: int
    arrival_s: int
    """With set-up and rests on the way behind it, before any waiting."""
    start_s: int
    departure_s: int
    lateness_s: int = 0
    """Past the preferred time."""
    travel_s: int = 0
    """From the visit before."""
    distance_m: int = 0
    load_g: int = 0
    """On board when leaving."""
    load_ml: int = 0
    cash_vnd: int = 0

    @property
    def waiting_s(self) -> int:
        """Early arrival."""
        return max(0, self.start_s - self.arrival_s)


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """The ordered visits of one vehicle that has any."""

    vehicle_id: str
    start_s: int
    end_s: int
    visits: tuple[Visit, ...]
    rests: tuple[Rest, ...] = ()
    travel_s: int = 0
    distance_m: int = 0
    overtime_s: int = 0
    start_load_g: int = 0
    start_load_ml: int = 0
    start_cash_vnd: int = 0
    """Float for the first trip."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Cost by part, in the units of `Weights`."""

    travel: int = 0
    vehicles: int = 0
    overtime: int = 0
    lateness: int = 0
    territory: int = 0
    stability: int = 0
    balance: int = 0
    optional: int = 0
    """Prizes of optional stops left out."""
    missed: int = 0
    """Required stops left out."""

    @property
    def total(self) -> int:
        """Their sum."""
        return sum(getattr(self, name) for name in self.__struct_fields__)


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule."""

    code: str
    """`V3101` and so on; the table is in `docs/routing.md`."""
    key: str
    """Key of the sentence for people."""
    vehicle_id: str | None = None
    stop_id: str | None = None
    amount: int = 0
    """By how much: seconds, grams, millilitres or đồng."""


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """A judged plan."""

    routes: tuple[Route, ...]
    unassigned: tuple[Unassigned, ...]
    cost: Cost

    def stops_of(self, vehicle_id: str) -> tuple[str, ...]:
        """Return the ids of the stops on a vehicle's route, in order."""
        for route in self.routes:
            if route.vehicle_id == vehicle_id:
                return tuple(v.stop_id for v in route.visits if v.stop_id is not None)
        return ()
