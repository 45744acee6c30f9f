"""How early and how late one can be at each node of a route, by rests taken, and what that costs.

Earliest moments leave nothing out but the price; latest moments are such that the rest of the day
keeps its windows, rests and hours. Under speed bands both are bounds, else exact.
"""

from collections.abc import Sequence

from routing.evaluate import Judge
from routing.rules import release, stability, time_windows
from routing.schedule import service_start
from routing.wellformed import UNREACHABLE_S

NEVER_S = 1 << 50


class Reach:
    """The times of one route, both ways."""

    def __init__(self, judge: Judge, vehicle: int, sequence: Sequence[int]) -> None:
        ix = self.ix = judge.ix
        self.vehicle, self.sequence = vehicle, list(sequence)
        self.asked = ix.vehicles[vehicle]
        self.roads = judge.scheduler.roads
        self.line, parts = judge.line(vehicle, sequence)
        self.nodes: list[int | None] = [
            ix.start_node[vehicle], *self.sequence, ix.end_node[vehicle],
        ]  # fmt: skip
        self.fastest = max([100, *self.roads.speeds])
        self.rests = self.asked.breaks
        self.day_end_s = self.asked.shift_late_s + self.asked.overtime_s_max
        promised = [
            (node, start)
            for node, start in zip(self.sequence, self.line.service_s, strict=True)
            if node in ix.promise
        ]
        self.is_promised = any(ix.promise[node].start_s is not None for node, _ in promised)
        """Then being earlier may cost."""
        self.time_cost = 0
        """What times cost now: lateness, drift, overtime and work."""
        if self.sequence:
            drift = sum(stability.drift_cost(ix, node, start) for node, start in promised)
            self.time_cost = parts["lateness"] + drift + self.end_cost(self.line.end_s)
        self._look_ahead()
        self._look_back()

    def ready(self, leave_s: int, travel_s: int, setup_s: int, taken: int, more: int) -> int:
        """Return when one is ready after a leg with `more` rests; `NEVER_S` if one begins late."""
        if more == 0:
            return self.roads.leg_end(leave_s, travel_s, setup_s)
        first, *others = self.rests[taken : taken + more]
        if leave_s > first.start_late_s:
            return NEVER_S
        ready = self.roads.leg_end_rested(leave_s, travel_s, setup_s, first)
        for rest in others:
            if ready > rest.start_late_s:
                return NEVER_S
            ready = max(ready, rest.early_s) + rest.duration_s
        return ready

    def _served(self, node: int, ready_s: int, released_s: int) -> tuple[int, int]:
        """Return start and end of service; `NEVER_S` when every window is over."""
        if node >= self.ix.n:
            return ready_s, max(ready_s + self.ix.depots[node - self.ix.n].reload_s, released_s)
        stop = self.ix.stops[node]
        start, past = service_start(stop, ready_s)
        return (NEVER_S, NEVER_S) if past else (start, start + stop.service_duration_s)

    def advance(
        self, leave: list[int], travel_s: int, setup_s: int, node: int, released_s: int
    ) -> tuple[int, list[int]]:
        """Return the earliest start at a node and, by rests taken, the earliest leaving."""
        then, earliest = [NEVER_S] * len(leave), NEVER_S
        if travel_s >= UNREACHABLE_S:
            return earliest, then
        for taken, moment in enumerate(leave):
            if moment >= NEVER_S:
                continue
            for more in range(len(leave) - taken):
                ready = self.ready(moment, travel_s, setup_s, taken, more)
                if ready >= NEVER_S:
                    continue
                start, done = self._served(node, ready, released_s)
                earliest = min(earliest, start)
                then[taken + more] = min(then[taken + more], done)
        return earliest, then

    def _look_ahead(self) -> None:
        """Find the earliest leaving of each leg, and what times cost at the very least."""
        ix, line = self.ix, self.line
        leave = [line.start_s] + [NEVER_S] * len(self.rests)
        self.leave = [leave]
        least = 0
        for at, node in enumerate(self.sequence):
            released = release.released_s(ix, self.sequence, at + 1) if node >= ix.n else 0
            setup = self.setup(self.nodes[at], node)
            start, leave = self.advance(leave, line.travel_s[at], setup, node, released)
            self.leave.append(leave)
            least += self.own_cost(node, start) if node < ix.n else 0
        if self.sequence:
            home = line.travel_s[-1]
            end = min(self.ready(m, home, 0, 0, 0) if m < NEVER_S else m for m in leave)
            least += self.end_cost(end)
        self.least_time_cost = least

    def own_cost(self, stop: int, start_s: int) -> int:
        """Return what starting no earlier than this costs at the least at this stop."""
        if start_s >= NEVER_S:
            return 0
        ix, promise = self.ix, self.ix.promise.get(stop)
        total = time_windows.lateness_cost(ix, stop, start_s)
        if promise is not None and promise.start_s is not None and start_s > promise.start_s:
            total += stability.drift_cost(ix, stop, start_s)
        return total

    def end_cost(self, end_s: int) -> int:
        """Return what a day that ends then costs in overtime and in work beyond the fair share."""
        if end_s >= NEVER_S:
            return 0
        weights, fair = self.ix.weights, self.ix.problem.fair_work_s
        cost = weights.overtime_per_s * max(0, end_s - self.asked.shift_late_s)
        if fair is not None:
            work = end_s - self.asked.shift_early_s
            cost += weights.excess_work_per_s * max(0, work - fair)
        return cost

    def setup(self, before: int | None, node: int | None) -> int:
        """Return the seconds of set-up on arrival; an end of the day has none."""
        return 0 if before is None or node is None else int(self.ix.setup[before, node])

    def _look_back(self) -> None:
        """Find, by rests taken, the latest moment to be ready at each node, the end included.

        Beside it the least work from there on and the earliest end, rests aside.
        """
        ix, line = self.ix, self.line
        count = len(self.sequence)
        row = [
            min([self.day_end_s, *(-1 if r.due_s is None else r.due_s for r in self.rests[t:])])
            for t in range(len(self.rests) + 1)
        ]
        self.latest = [row] * (count + 1)
        self.tail, self.floor = [0] * (count + 1), [0] * (count + 1)
        for at in range(count - 1, -1, -1):
            node = self.sequence[at]
            travel = line.travel_s[at + 1] * 100 // self.fastest
            setup = self.setup(node, self.nodes[at + 2])
            row = [
                max(
                    self._leave_by(row[taken + more], travel + setup, taken, more)
                    for more in range(len(row) - taken)
                )
                for taken in range(len(row))
            ]
            if node >= ix.n:
                service = ix.depots[node - ix.n].reload_s
                early = release.released_s(ix, self.sequence, at + 1) - service
                row = [by - service if early + service <= by else -1 for by in row]
            else:
                stop = ix.stops[node]
                service = stop.service_duration_s
                early = stop.tws[0].early_s if stop.tws else 0
                row = [self._ready_by(node, by - service) for by in row]
            self.latest[at] = row
            self.tail[at] = service + travel + setup + self.tail[at + 1]
            self.floor[at] = max(early + self.tail[at], self.floor[at + 1])

    def still_to_rest_s(self, taken: int, end_s: int) -> int:
        """Return how long the rests not yet taken last that a day until then makes due."""
        total = 0
        for rest in self.rests[taken:]:
            if rest.due_s is None or end_s + total > rest.due_s:
                total += rest.duration_s
        return total

    def _leave_by(self, ready_s: int, way_s: int, taken: int, more: int) -> int:
        """Return the latest leaving of a leg with `more` rests so as to be ready by a moment."""
        for rest in reversed(self.rests[taken + 1 : taken + more]):
            if rest.early_s + rest.duration_s > ready_s:
                return -1
            ready_s = min(ready_s - rest.duration_s, rest.start_late_s)
        if more == 0:
            return ready_s - way_s
        first = self.rests[taken]
        if first.early_s + first.duration_s > ready_s:
            return -1
        return min(ready_s - first.duration_s - way_s, first.start_late_s)

    def _ready_by(self, node: int, start_s: int) -> int:
        """Return the latest moment to be ready so as to start service by a moment."""
        windows = self.ix.stops[node].tws
        for tw in reversed(windows):
            if tw.early_s <= start_s:
                return min(tw.late_s, start_s)
        return -1 if windows else start_s
