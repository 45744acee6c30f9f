"""The question asked of the optimiser; knows neither how it is answered nor where it comes from."""

import msgspec

from routing.wellformed import MalformedProblem as MalformedProblem
from routing.wellformed import Matrix, check_problem


class TimeWindow(msgspec.Struct, frozen=True, array_like=True):
    """A span in which service may begin; both ends belong to it."""

    early_s: int
    late_s: int


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One visit to one delivery point."""

    id: str
    location: int
    """Index into the matrices."""
    service_duration_s: int = 0
    """Time at the door."""
    setup_s: int = 0
    """Parking and finding the door: paid on arrival, before service, unless the visit before was
    at the same location."""
    tws: tuple[TimeWindow, ...] = ()
    """Spans for the start of service, apart and in order; none means any time."""
    soft_late_s: int | None = None
    """Service should begin by then; later costs `Weights.lateness_per_s`."""
    release_s: int = 0
    """The trip that carries this stop's things cannot leave the office before."""
    delivery_g: int = 0
    """Loaded at the office."""
    delivery_ml: int = 0
    pickup_g: int = 0
    """Taken at the door, brought to the office."""
    pickup_ml: int = 0
    cash_out_vnd: int = 0
    """Loaded at the office, paid at the door."""
    cash_in_vnd: int = 0
    """Collected at the door."""
    skills: tuple[str, ...] = ()
    """The vehicle must have all of them."""
    vehicles: tuple[str, ...] = ()
    """Only these may come; none named means any."""
    required: bool = True
    """Left out only where no plan serves it."""
    prize: int = 0
    """Worth of visiting an optional stop, in cost units."""
    priority: int = 0
    """0 to 100; of two required stops that cannot both be served the higher is."""
    territory: str | None = None
    known_by: dict[str, int] = {}
    """Percent, 0 to 100, to which each courier (vehicle id) knows this door; not named: 0. Ids of
    couriers who are not there are passed over."""
    picked_up_at: str | None = None
    """Id of the stop where the same vehicle must have fetched what is delivered here; that stop's
    `pickup_…` and this one's `delivery_…` are then the same things and never see the office."""


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """A rest of `duration_s` within `[early_s, late_s]`, never during service, also on the way."""

    early_s: int
    late_s: int
    """The rest is over by then."""
    duration_s: int
    due_s: int | None = None
    """A vehicle back by then needs no rest; None: the rest is always due."""

    @property
    def start_late_s(self) -> int:
        """The last moment at which the rest can begin."""
        return self.late_s - self.duration_s


class Vehicle(msgspec.Struct, frozen=True, kw_only=True):
    """A courier's hours and what carries them."""

    id: str
    start_depot: str
    end_depot: str | None
    """None: the day ends at the last door."""
    shift_early_s: int
    """The vehicle leaves then."""
    shift_late_s: int
    """Work after this is overtime."""
    overtime_s_max: int = 0
    breaks: tuple[Break, ...] = ()
    """In order of time."""
    capacity_g: int | None = None
    """None: no limit."""
    capacity_ml: int | None = None
    cash_limit_vnd: int | None = None
    """Ceiling of cash on board: what is still to be paid plus what was collected."""
    skills: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    profile: str = ""
    """Key into `Problem.profiles`; empty: the problem's own matrices."""
    reload_depots: tuple[str, ...] = ()
    """Where a trip may end and the next begin."""
    reloads_max: int = 0
    stops_max: int | None = None
    distance_m_max: int | None = None
    fixed_cost: int = 0
    """Added to `Weights.vehicle_used` when this vehicle is used."""
    on_road: bool = False
    """The first trip has left: only `loaded` stops have their things on board."""
    loaded: tuple[str, ...] = ()
    carried_g: int = 0
    """Already taken on before the plan begins, until the next reload or the end."""
    carried_ml: int = 0
    carried_cash_vnd: int = 0


class Depot(msgspec.Struct, frozen=True, kw_only=True):
    """Where vehicles start, end and reload."""

    id: str
    location: int
    reload_s: int = 0
    """Time of a reload."""


class Profile(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Travel of another kind of vehicle, same locations."""

    duration_s: Matrix
    distance_m: Matrix


class SpeedBand(msgspec.Struct, frozen=True, kw_only=True):
    """From `from_s` until the next band, `speed_percent` of the matrix's speed."""

    from_s: int
    speed_percent: int


class Closure(msgspec.Struct, frozen=True, array_like=True):
    """No way from one location straight to another, the whole day."""

    from_location: int
    to_location: int


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """What was already told to a citizen and a courier."""

    stop_id: str
    vehicle_id: str
    start_s: int | None = None


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What things cost; a unit has no name: by default ten of them are a second of travel."""

    travel_per_s: int = 10
    distance_per_m: int = 0
    overtime_per_s: int = 30
    lateness_per_s: int = 5
    vehicle_used: int = 12_000
    out_of_territory: int = 1_800
    unfamiliar: int = 0
    """For a door the courier does not know at all, less by percent of `Stop.known_by`."""
    changed_vehicle: int = 3_000
    """For a promised stop on another vehicle."""
    drift_per_s: int = 2
    """For a promised start moved by more than `drift_free_s`."""
    drift_free_s: int = 900
    excess_work_per_s: int = 0
    """For work beyond `Problem.fair_work_s`, from leaving to the end of the day."""
    excess_cash_per_million: int = 0
    """For each begun million đồng paid and collected beyond `Problem.fair_cash_vnd`."""
    missed: int = 10_000_000
    """For a required stop left out, times (100 + priority) / 100."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One service day of one or several offices.

    Times are seconds after midnight of the service day. `duration_s` and `distance_m` are (n, n)
    int64, row = from, column = to, zero diagonal, not symmetric.

    Raises
    ------
    MalformedProblem
        At construction, with a code (`E1102`) and the ids concerned; the table of codes is in
        `docs/routing.md`.
    """

    stops: tuple[Stop, ...]
    vehicles: tuple[Vehicle, ...]
    depots: tuple[Depot, ...]
    duration_s: Matrix
    distance_m: Matrix
    profiles: dict[str, Profile] = {}
    speed_bands: tuple[SpeedBand, ...] = ()
    closures: tuple[Closure, ...] = ()
    promises: tuple[Promise, ...] = ()
    fair_work_s: int | None = None
    fair_cash_vnd: int | None = None
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        check_problem(self)
