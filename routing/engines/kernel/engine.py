"""Runs the compiled search in slices, cooling as the limit is used up."""

import time
import weakref
from collections.abc import Sequence

import numpy as np

from routing.engines import OnPlan, nothing_to_tell
from routing.engines.kernel.build import CannotCompile
from routing.engines.kernel.library import library, told
from routing.engines.kernel.model import Model, Small, make_model
from routing.indexed import Indexed, Plan
from routing.limit import Stopwatch
from routing.mend import tidy

HOT, COOL = 20.0, 0.05
"""First and last temperature, in mean costs of an arc: hot enough to move whole streets from one
courier to another, for rests, reloads and territories make deep valleys."""
CLASSIC_HOT, CLASSIC_COOL = 1.0, 0.02
"""The same where nothing but windows and loads counts."""
GRANULAR_FROM, GRANULAR = 150, 60
"""From so many stops on, only so many nearest stops and the round that knows the place are looked
at first. More is slower and finds no better plans; fewer find worse ones."""
CLASSIC_GRANULAR_FROM, CLASSIC_GRANULAR = 500, 100
EXCHANGES = 10
"""Between two ruins, where nothing but windows and loads counts: exchanges are a hundred times as
cheap, and seldom succeed. On offices with rests and reloads they were measured to lead astray."""
SLICE_S = 0.15
SPARE_NODES = 12
"""Room in a route beyond the stops expected: reloads and crowding."""
CELLS_MAX = 400_000
"""Places of all routes together; beyond it routes have less room than all stops would need."""


class Kernel:
    """A search under way; can be asked for its best plan at any time and run on.

    Raises
    ------
    CannotCompile
        Where `supports` says no because the kernel cannot be had on this machine.
    """

    def __init__(
        self,
        ix: Indexed,
        *,
        start: Plan | None = None,
        seed: int = 0,
        frozen: list[int] | None = None,
        model: Model | None = None,
    ) -> None:
        functions = library()
        if functions is None:
            raise CannotCompile("there is no kernel on this machine")
        self.ix = ix
        self.seed = seed
        self.model = make_model(ix) if model is None else model
        self._functions = functions
        plan = start if start is not None else [[] for _ in ix.vehicles]
        self.room = _positions_needed(ix, plan)
        self._engine = functions.kernel_new(told(self.model), self.room)
        weakref.finalize(self, functions.kernel_free, self._engine)
        self.is_classic = bool(functions.kernel_is_lean(self._engine))
        granular, least = (
            (CLASSIC_GRANULAR, CLASSIC_GRANULAR_FROM)
            if self.is_classic
            else (GRANULAR, GRANULAR_FROM)
        )
        functions.kernel_look_near(self._engine, granular if ix.n >= least else 0)
        self.steps_done = 0
        self._slices = 0
        self.load(plan, frozen)
        self.scale = self._scale()

    def load(self, plan: Plan, frozen: list[int] | None = None) -> None:
        """Take a plan over; routes that break rules lose stops from their end until they do not."""
        for k, sequence in enumerate(plan):
            self._load_route(k, sequence, 0 if frozen is None else frozen[k])
        self._functions.kernel_begin(self._engine)

    def price(self, vehicle: int, sequence: Sequence[int]) -> int | None:
        """Return the cost of one route by the kernel's sums, never less than the judge's.

        None where it breaks a rule the kernel knows. The plan under search is lost.
        """
        nodes = np.array(sequence, np.int32)
        put = self._functions.kernel_set_route(self._engine, vehicle, nodes, len(nodes), 0)
        return int(self._functions.kernel_route_cost(self._engine, vehicle)) if put else None

    def _load_route(self, k: int, sequence: list[int], frozen: int) -> None:
        ix, kept = self.ix, list(sequence)
        while True:
            nodes = np.array(kept, np.int32)
            if self._functions.kernel_set_route(self._engine, k, nodes, len(kept), frozen):
                return
            if not kept:
                return
            strangers = {node for node in kept if node < ix.n and not ix.allowed[node, k]}
            lost = strangers or {kept[-1]}
            kept = tidy(ix, [node for node in kept if node not in lost])

    def _scale(self) -> float:
        """Return the mean cost of an arc between neighbours."""
        near = self.model.near
        if near.shape[1] < 3:
            return 1.0
        reach = min(near.shape[1], 12)
        costs = self.model.arc[0][np.arange(self.ix.n)[:, None], near[:, 1:reach]]
        return max(1.0, float(np.mean(np.minimum(costs, np.quantile(costs, 0.95)))))

    @property
    def cost(self) -> int:
        """Cost of the best plan by the kernel's own sums; never less than the judge's."""
        return int(self._functions.kernel_cost(self._engine))

    def best(self) -> Plan:
        """Return the best plan so far."""
        return [tidy(self.ix, sequence) for sequence in self._plan(now=False)]

    def current(self) -> Plan:
        """Return the plan the search stands at."""
        return self._plan(now=True)

    def _plan(self, *, now: bool) -> Plan:
        nodes: Small = np.zeros((len(self.ix.vehicles), self.room), np.int32)
        length: Small = np.zeros(len(self.ix.vehicles), np.int32)
        self._functions.kernel_plan(self._engine, now, nodes, length)
        return [nodes[k, : length[k]].tolist() for k in range(len(length))]

    def step(self, steps: int, warm: float, cool: float) -> None:
        """Make steps at temperatures given in mean arc costs."""
        self._slices += 1
        self._functions.kernel_search(
            self._engine, steps, (self.seed * 1_000_003 + self._slices) & 0x7FFFFFFFFFFFFFFF,
            max(1e-3, warm * self.scale), max(1e-3, cool * self.scale),
            EXCHANGES if self.is_classic else 0,
        )  # fmt: skip
        self.steps_done += steps

    def run(
        self,
        watch: Stopwatch,
        *,
        on_plan: OnPlan = nothing_to_tell,
        hot: float | None = None,
        span: tuple[float, float] = (0.0, 1.0),
        on_slice: OnPlan = nothing_to_tell,
    ) -> None:
        """Search until the limit, telling of each better plan and of where each slice stands.

        Parameters
        ----------
        hot
            First temperature in mean costs of an arc; None: that of a search from nothing.
        span
            Which part of the cooling this is: from 0, hot, to 1, cold.
        """
        if self.ix.n == 0:
            return
        usual, cool = (CLASSIC_HOT, CLASSIC_COOL) if self.is_classic else (HOT, COOL)
        hot = usual if hot is None else max(cool, hot)
        known, steps = self.cost, 20
        whole_s = max(1e-6, watch.seconds_left()) if watch.timed else 0.0
        most = watch.limit.iterations
        begun = self.steps_done
        while True:
            done = self.steps_done - begun
            spent = 1 - watch.seconds_left() / whole_s if watch.timed else 0.0
            if most is not None:
                steps = min(500 if not watch.timed else steps, most - done)
                spent = max(spent, done / max(1, most))
            if spent >= 1 or steps <= 0:
                return
            slice_s = min(SLICE_S, 0.01 * whole_s)
            until = min(1.0, spent + (0.01 if watch.timed else steps / max(1, most or 1)))
            before = time.thread_time()
            begin, end = (span[0] + (span[1] - span[0]) * part for part in (spent, until))
            self.step(steps, hot * (cool / hot) ** begin, hot * (cool / hot) ** end)
            if watch.timed:
                took = max(1e-5, time.thread_time() - before)
                steps = max(2, min(20 * steps, int(steps * slice_s / took)))
            on_slice(self.current())
            if self.cost < known:
                known = self.cost
                on_plan(self.best())


def _positions_needed(ix: Indexed, plan: Plan) -> int:
    """Return the room to give each route: for all stops, unless that would be too much memory."""
    longest = max((len(sequence) for sequence in plan), default=0)
    fair = 6 * ix.n // max(1, len(ix.vehicles)) + 60
    usual = max(fair, CELLS_MAX // max(1, len(ix.vehicles)))
    return max(longest, min(ix.n, usual)) + SPARE_NODES
