"""Runs the compiled search in slices, cooling as the limit is used up."""

import time

import numpy as np

from routing.engines import OnPlan, nothing_to_tell
from routing.engines.kernel.model import LEFT_OUT, Model, make_model
from routing.engines.kernel.route import loads_fit, refresh
from routing.engines.kernel.search import Best, make_work, search
from routing.engines.kernel.state import (
    FROZEN,
    PENALTY,
    WAY_COST,
    make_state,
    plan_of,
    positions_needed,
)
from routing.indexed import Indexed, Plan
from routing.limit import Stopwatch
from routing.mend import tidy

HOT, COOL = 2.0, 0.02
"""First and last temperature, in mean costs of an arc."""
GRANULAR_FROM = 500
"""From so many stops on, only places next to the nearest stops are looked at first."""
GRANULAR = 60
SLICE_S = 0.15


class Kernel:
    """A search under way; can be asked for its best plan at any time and run on."""

    def __init__(
        self,
        ix: Indexed,
        *,
        start: Plan | None = None,
        seed: int = 0,
        frozen: list[int] | None = None,
        model: Model | None = None,
    ) -> None:
        self.ix = ix
        self.seed = seed
        self.model = make_model(ix) if model is None else model
        plan = start if start is not None else [[] for _ in ix.vehicles]
        room = positions_needed(self.model, plan)
        self.state = make_state(self.model, room)
        self.backup = make_state(self.model, room)
        self.work = make_work(self.model, self.state)
        self.best_found = Best(
            routes=np.zeros_like(self.state.routes),
            length=np.zeros_like(self.state.length),
            cost=np.zeros(2, np.int64),
        )
        if frozen is not None:
            self.state.fixed[:, FROZEN] = frozen
        self.granular = GRANULAR if ix.n >= GRANULAR_FROM else 0
        self.steps_done = 0
        self._slices = 0
        self.load(plan)
        self.scale = self._scale()

    def load(self, plan: Plan) -> None:
        """Take a plan over; routes that break rules lose stops from their end until they do not."""
        state = self.state
        state.owner[:] = -1
        for k, sequence in enumerate(plan):
            self._load_route(k, sequence)
        left_out = self.model.node[: self.ix.n, LEFT_OUT][state.owner < 0].sum()
        cost = int(state.fixed[:, [WAY_COST, PENALTY]].sum() + left_out)
        best = self.best_found
        best.cost[:] = cost
        best.routes[:] = state.routes
        best.length[:] = state.length

    def _load_route(self, k: int, sequence: list[int]) -> None:
        state, kept = self.state, list(sequence)
        while True:
            state.routes[k, : len(kept)] = kept
            state.length[k] = len(kept)
            sound = refresh(self.model, state, k, self.work.labels)
            allowed = all(node >= self.ix.n or self.ix.allowed[node, k] for node in kept)
            if not kept or (sound and allowed and loads_fit(self.model, state, k)):
                return
            lost = [kept.pop()] if allowed else [
                node for node in kept if node < self.ix.n and not self.ix.allowed[node, k]
            ]  # fmt: skip
            state.owner[[node for node in lost if node < self.ix.n]] = -1
            kept = tidy(self.ix, [node for node in kept if node not in lost])

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
        return int(self.best_found.cost[0])

    def best(self) -> Plan:
        """Return the best plan so far."""
        plan = plan_of(self.best_found.routes, self.best_found.length)
        return [tidy(self.ix, sequence) for sequence in plan]

    def current(self) -> Plan:
        """Return the plan the search stands at."""
        return plan_of(self.state.routes, self.state.length)

    def step(self, steps: int, warm: float, cool: float) -> None:
        """Make steps at temperatures given in mean arc costs."""
        self._slices += 1
        search(
            self.model, self.state, self.backup, self.best_found, self.work, steps,
            (self.seed * 1_000_003 + self._slices) & 0x7FFFFFFF,
            max(1e-3, warm * self.scale), max(1e-3, cool * self.scale), self.granular,
        )  # fmt: skip
        self.steps_done += steps

    def run(
        self,
        watch: Stopwatch,
        *,
        on_plan: OnPlan = nothing_to_tell,
        hot: float = HOT,
        cool: float = COOL,
        on_slice: OnPlan = nothing_to_tell,
    ) -> None:
        """Search until the limit, telling of each better plan and of where each slice stands."""
        if self.ix.n == 0:
            return
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
            before = time.process_time()
            self.step(steps, hot * (cool / hot) ** spent, hot * (cool / hot) ** until)
            if watch.timed:
                took = max(1e-5, time.process_time() - before)
                steps = max(2, min(20 * steps, int(steps * slice_s / took)))
            on_slice(self.current())
            if self.cost < known:
                known = self.cost
                on_plan(self.best())
