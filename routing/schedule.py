"""The exact times of one vehicle's nodes with its rests in the best places.

Everything begins as soon as it can. Rests are placed by a search over all legs, so no other place
for them breaks fewer rules or costs less.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from routing.indexed import Indexed
from routing.problem import Break, Stop
from routing.roads import Roads
from routing.rules import release, stability, time_windows
from routing.solution import Rest
from routing.wellformed import UNREACHABLE_S


class _Label(NamedTuple):
    """One way to have come so far; compared in this order."""

    broken_s: int
    penalty: int
    at_s: int
    rests: tuple[int, ...]
    """The leg of each rest taken."""


@dataclass(slots=True)
class Timeline:
    """What happens on one route, node by node; what each rule checks and prices."""

    ix: Indexed
    vehicle: int
    sequence: list[int]
    start_s: int = 0
    end_s: int = 0
    leave_s: list[int] = field(default_factory=list)
    """When each leg begins; one longer than `sequence` where the way back counts."""
    arrival_s: list[int] = field(default_factory=list)
    service_s: list[int] = field(default_factory=list)
    departure_s: list[int] = field(default_factory=list)
    travel_s: list[int] = field(default_factory=list)
    """Seconds of matrix travel of each leg, the last one back."""
    distance_m: list[int] = field(default_factory=list)
    unreachable: list[int] = field(default_factory=list)
    """Legs without a way."""
    rests: list[Rest] = field(default_factory=list)
    rests_missed: list[Break] = field(default_factory=list)
    rests_late_s: int = 0

    @property
    def stops(self) -> list[int]:
        """The nodes that are stops."""
        return [node for node in self.sequence if node < self.ix.n]


def service_start(stop: Stop, ready_s: int) -> tuple[int, int]:
    """Return when service begins and by how much that is past the last window."""
    for tw in stop.tws:
        if ready_s <= tw.late_s:
            return max(ready_s, tw.early_s), 0
    return ready_s, ready_s - stop.tws[-1].late_s if stop.tws else 0


class Scheduler:
    """Makes timelines for one problem."""

    def __init__(self, ix: Indexed) -> None:
        self.ix = ix
        self.roads = Roads(ix.problem.speed_bands)
        self.fastest = max([100, *self.roads.speeds])
        self.is_promised = {at for at, p in ix.promise.items() if p.start_s is not None}

    def timeline(self, vehicle: int, sequence: Sequence[int]) -> Timeline:
        """Return the timeline of `sequence`, which may break rules; the times are still exact."""
        line = Timeline(self.ix, vehicle, list(sequence))
        self._measure_legs(line)
        labels: list[list[_Label]] = [[] for _ in range(self._num_rests(vehicle) + 1)]
        labels[0].append(_Label(0, 0, self._first_leave(line), ()))
        safe = self._safe_moments(line)
        for leg in range(len(line.sequence) + 1):
            labels = self._advance(line, leg, labels, safe[leg])
        best = min(
            (self._closed(line, label) for row in labels for label in row),
            key=lambda found: found[0],
        )
        self._fill(line, best[1].rests)
        return line

    def _num_rests(self, vehicle: int) -> int:
        return len(self.ix.vehicles[vehicle].breaks)

    def _measure_legs(self, line: Timeline) -> None:
        ix, k = self.ix, line.vehicle
        travel, distance = ix.travel[ix.profile[k]], ix.distance[ix.profile[k]]
        before = ix.start_node[k]
        end = ix.end_node[k]
        for leg, node in enumerate([*line.sequence, end]):
            if node is None:
                line.travel_s.append(0)
                line.distance_m.append(0)
                continue
            seconds = int(travel[before, node])
            if seconds >= UNREACHABLE_S:
                line.unreachable.append(leg)
                seconds = 0
            line.travel_s.append(seconds)
            line.distance_m.append(int(distance[before, node]))
            before = node

    def _first_leave(self, line: Timeline) -> int:
        vehicle = self.ix.vehicles[line.vehicle]
        if vehicle.on_road:
            return vehicle.shift_early_s
        return max(vehicle.shift_early_s, release.released_s(self.ix, line.sequence, 0))

    def _setup(self, line: Timeline, leg: int) -> int:
        if leg == len(line.sequence):
            return 0
        before = line.sequence[leg - 1] if leg else self.ix.start_node[line.vehicle]
        return int(self.ix.setup[before, line.sequence[leg]])

    def _ready(
        self, line: Timeline, leg: int, leave_s: int, taken: int, more: int
    ) -> tuple[int, int]:
        """Return when one is ready after leg `leg` with `more` rests on it, and their lateness."""
        setup = self._setup(line, leg)
        travel = line.travel_s[leg]
        if more == 0:
            return self.roads.leg_end(leave_s, travel, setup), 0
        first, *others = self.ix.vehicles[line.vehicle].breaks[taken : taken + more]
        late = max(0, leave_s - first.start_late_s)
        ready = self.roads.leg_end_rested(leave_s, travel, setup, first)
        for rest in others:
            late += max(0, ready - rest.start_late_s)
            ready = max(ready, rest.early_s) + rest.duration_s
        return ready, late

    def _safe_moments(self, line: Timeline) -> list[int]:
        """Return for each leg the moment after which nothing behind it can be too early.

        Leaving its node then or later, every promised start to come is past the time before which
        it would cost, however short the ways: from there on being earlier is only better.
        """
        safe = [0] * (len(line.sequence) + 1)
        if self.is_promised.isdisjoint(line.sequence):
            return safe
        ix, moment = self.ix, 0
        for leg in range(len(line.sequence) - 1, -1, -1):
            node = line.sequence[leg]
            if node >= ix.n:
                moment -= ix.depots[node - ix.n].reload_s
            else:
                stop = ix.stops[node]
                moment -= stop.service_duration_s
                if node in self.is_promised:
                    promised = ix.promise[node].start_s
                    assert promised is not None
                    moment = max(moment, promised - ix.weights.drift_free_s)
                if stop.tws and moment <= stop.tws[0].early_s:
                    moment = 0
            moment = max(
                0, moment - line.travel_s[leg] * 100 // self.fastest - self._setup(line, leg)
            )
            safe[leg] = moment
        return [*safe[1:], 0]

    def _advance(
        self, line: Timeline, leg: int, labels: list[list[_Label]], safe_s: int
    ) -> list[list[_Label]]:
        found: list[list[_Label]] = [[] for _ in labels]
        for taken, row in enumerate(labels):
            for label in row:
                for more in range(len(labels) - taken):
                    ready, late = self._ready(line, leg, label.at_s, taken, more)
                    found[taken + more].append(
                        self._serve(line, leg, ready, late, label, (leg,) * more)
                    )
        return [self._undominated(row, safe_s) for row in found]

    def _serve(
        self, line: Timeline, leg: int, ready: int, late: int, label: _Label, rests: tuple[int, ...]
    ) -> _Label:
        broken, penalty = label.broken_s + late, label.penalty
        if leg < len(line.sequence):
            node = line.sequence[leg]
            if node < self.ix.n:
                stop = self.ix.stops[node]
                ready, past = service_start(stop, ready)
                broken += past
                penalty += time_windows.lateness_cost(self.ix, node, ready)
                penalty += stability.drift_cost(self.ix, node, ready)
                ready += stop.service_duration_s
            else:
                ready += self.ix.depots[node - self.ix.n].reload_s
                ready = max(ready, release.released_s(self.ix, line.sequence, leg + 1))
        return _Label(broken, penalty, ready, label.rests + rests)

    def _undominated(self, row: list[_Label], safe_s: int) -> list[_Label]:
        """Return the labels of which none is at least as good in rules, cost and for the rest."""
        kept: list[_Label] = []
        for label in sorted(row):
            for one in kept:
                # Where a promise makes earliness cost, being earlier is not always better.
                sooner = one.at_s == label.at_s or safe_s <= one.at_s < label.at_s
                if sooner and one.penalty <= label.penalty:
                    break
            else:
                kept.append(label)
        return kept

    def _closed(self, line: Timeline, label: _Label) -> tuple[tuple[int, int, int], _Label]:
        """Return what the label comes to at the end of the day, for comparison."""
        vehicle, weights = self.ix.vehicles[line.vehicle], self.ix.weights
        broken = label.broken_s + sum(
            rest.duration_s
            for rest in vehicle.breaks[len(label.rests) :]
            if rest.due_s is None or label.at_s > rest.due_s
        )
        overtime = max(0, label.at_s - vehicle.shift_late_s)
        broken += max(0, overtime - vehicle.overtime_s_max)
        penalty = label.penalty + weights.overtime_per_s * overtime
        if self.ix.problem.fair_work_s is not None:
            work = label.at_s - vehicle.shift_early_s
            penalty += weights.excess_work_per_s * max(0, work - self.ix.problem.fair_work_s)
        return (broken, penalty, label.at_s), label

    def _fill(self, line: Timeline, rests: tuple[int, ...]) -> None:
        """Write the times down, resting on the legs chosen."""
        at = line.start_s = self._first_leave(line)
        taken = 0
        for leg in range(len(line.sequence) + 1):
            line.leave_s.append(at)
            more = rests.count(leg)
            ready, late = self._ready(line, leg, at, taken, more)
            line.rests_late_s += late
            self._note_rests(line, leg, at, taken, more)
            taken += more
            at = self._note_visit(line, leg, ready) if leg < len(line.sequence) else ready
        line.end_s = at
        breaks = self.ix.vehicles[line.vehicle].breaks[taken:]
        line.rests_missed = [r for r in breaks if r.due_s is None or line.end_s > r.due_s]

    def _note_visit(self, line: Timeline, leg: int, ready: int) -> int:
        node = line.sequence[leg]
        start = service_start(self.ix.stops[node], ready)[0] if node < self.ix.n else ready
        line.arrival_s.append(ready)
        line.service_s.append(start)
        line.departure_s.append(self._serve(line, leg, ready, 0, _Label(0, 0, 0, ()), ()).at_s)
        return line.departure_s[-1]

    def _note_rests(self, line: Timeline, leg: int, leave_s: int, taken: int, more: int) -> None:
        for nth in range(more):
            rest = self.ix.vehicles[line.vehicle].breaks[taken + nth]
            before = leave_s if nth == 0 else self._ready(line, leg, leave_s, taken, nth)[0]
            begin = max(before, rest.early_s)
            line.rests.append(Rest(start_s=begin, end_s=begin + rest.duration_s, before=leg))
