"""When each step of a given VROOM route happens, in hundredths of seconds as VROOM counts.

Two ways, as VROOM has them: `soonest` for routes that break no window (earliest end, then latest
start, then everything as soon as it can), `least_broken` for plan mode (least time out of windows,
then shortest route, then earliest starts, then travel before breaks).
"""

import math
from dataclasses import dataclass

from ortools.linear_solver.python import model_builder

from routing.wellformed import MalformedProblem

Window = tuple[int, int]
FOREVER = 1 << 40


@dataclass(frozen=True)
class Piece:
    """A task or break of a route."""

    windows: tuple[Window, ...]
    """For the start, in order; none means any time."""
    action: int
    """Set-up and service."""
    is_break: bool
    low: int = 0
    """The start may not be before, whatever it breaks."""
    high: int = FOREVER


@dataclass(frozen=True)
class Line:
    """A route: its pieces and the ways between those that are no breaks, one more than those."""

    shift: Window
    pieces: tuple[Piece, ...]
    travel: tuple[int, ...]
    start: Piece = Piece((), 0, is_break=False)
    end: Piece = Piece((), 0, is_break=False)

    def legs(self) -> list[list[int]]:
        """Return the breaks on each way, then the task that ends it (none for the last)."""
        legs: list[list[int]] = [[]]
        for at, piece in enumerate(self.pieces):
            legs[-1].append(at)
            if not piece.is_break:
                legs.append([])
        return legs


@dataclass(frozen=True)
class Times:
    """Arrival and start of each piece, and the window chosen where there is one."""

    start: int
    arrival: tuple[int, ...]
    begin: tuple[int, ...]
    window: tuple[Window | None, ...]
    end: int


def soonest(line: Line) -> Times | None:
    """Return the times of a route that breaks no window; None where it must break one."""
    first = _forward(line, line.shift[0])
    if first is None or first.end > line.shift[1]:
        return None
    leave = _latest_start(line, first.end)
    return None if leave is None else _forward(line, max(leave, line.shift[0]))


def _forward(line: Line, leave: int) -> Times | None:
    now = leave
    arrival, begin, chosen = [], [], []
    for leg, travel in zip(line.legs(), line.travel, strict=True):
        left = travel
        for at in leg:
            piece = line.pieces[at]
            if not piece.is_break:
                now += left
                left = 0
            window = next((tw for tw in piece.windows if now <= tw[1]), None)
            if piece.windows and window is None:
                return None
            wanted = now if window is None else max(now, window[0])
            driven = min(left, wanted - now)
            left -= driven
            arrival.append(now + driven)
            begin.append(wanted)
            chosen.append(window)
            now = wanted + piece.action
        now += left
    return Times(leave, tuple(arrival), tuple(begin), tuple(chosen), now)


def _latest_start(line: Line, end: int) -> int | None:
    now = end
    for leg, travel in zip(reversed(line.legs()), reversed(line.travel), strict=True):
        left = travel
        pieces = [line.pieces[at] for at in leg]
        if pieces and not pieces[-1].is_break:
            task = pieces.pop()
            found = _latest_begin(task, now - task.action)
            if found is None:
                return None
            now = found
        for rest in reversed(pieces):
            found = _latest_begin(rest, now - rest.action)
            if found is None:
                return None
            left -= min(left, now - rest.action - found)
            now = found
        now -= left
    return now


def _latest_begin(piece: Piece, candidate: int) -> int | None:
    if not piece.windows:
        return candidate
    window = next((tw for tw in reversed(piece.windows) if tw[0] <= candidate), None)
    return None if window is None else min(candidate, window[1])


def least_broken(line: Line, vehicle_id: str) -> Times:
    """Return the times that break windows least.

    Raises
    ------
    MalformedProblem
        E1117 where fixed times leave no room for the way.

    Source
    ------
    VROOM's `choose_ETA` (its mip.tex), a mixed-integer program; here without its bound on how
    early a vehicle without a time window may start.
    """
    return _Program(line, vehicle_id).times()


class _Program:
    """The mixed-integer program of one route; goals are met one after the other."""

    def __init__(self, line: Line, vehicle_id: str) -> None:
        self.line = line
        self.vehicle_id = vehicle_id
        self.model = model_builder.Model()  # type: ignore[no-untyped-call] # the library's own
        bounds = [line.start, *line.pieces, line.end]
        told = [at for piece in line.pieces for tw in piece.windows for at in tw]
        told += [at for piece in bounds for at in (piece.low, piece.high) if 0 < at < FOREVER]
        told += [at for at in line.shift if at < FOREVER]
        span = sum(line.travel) + sum(piece.action for piece in line.pieces)
        self.zero = max(0, min(told, default=0) - span)
        # Small numbers keep the program exact: mostly all of them are whole seconds.
        self.unit = math.gcd(*told, *line.travel, *(p.action for p in line.pieces), self.zero) or 1
        self.most = self._scaled(max(told, default=0) + span)
        self.points = [self._point(piece) for piece in bounds]
        self.broken: list[model_builder.Variable] = []
        self.picked = [self._add_windows(at) for at in range(len(line.pieces))]
        self._add_shift()
        self.shares = self._add_ways()

    def _scaled(self, moment: int) -> int:
        return (moment - self.zero) // self.unit

    def _point(self, piece: Piece) -> model_builder.Variable:
        low = max(0, self._scaled(max(piece.low, self.zero)))
        high = min(self.most, self._scaled(piece.high))
        if low > high:
            raise self._impossible()
        return self.model.new_num_var(low, high, "")

    def _impossible(self) -> MalformedProblem:
        return MalformedProblem(
            "E1117", "the steps' service times leave no room for the way", [self.vehicle_id]
        )

    def _outside(self) -> model_builder.Variable:
        return self.model.new_num_var(0, 2 * self.most, "")

    def _add_windows(self, at: int) -> list[model_builder.Variable]:
        piece, point = self.line.pieces[at], self.points[at + 1]
        if not piece.windows:
            return []
        pairs = [(self.model.new_bool_var(""), tw) for tw in piece.windows]
        self.model.add(sum(option for option, _ in pairs) == 1)
        out = self._outside()
        self.model.add(out + point >= sum(on * self._scaled(tw[0]) for on, tw in pairs))
        self.model.add(point - out <= sum(on * self._scaled(tw[1]) for on, tw in pairs))
        self.broken.append(out)
        return [option for option, _ in pairs]

    def _add_shift(self) -> None:
        early, late = self.line.shift
        lead, delay = self._outside(), self._outside()
        self.model.add(lead + self.points[0] >= self._scaled(early))
        if late < FOREVER:
            self.model.add(self.points[-1] - delay <= self._scaled(late))
        self.broken += [lead, delay]

    def _add_ways(self) -> list[tuple[int, model_builder.Variable]]:
        """Split each way over the breaks on it; return (breaks before, share) of each part."""
        found = []
        actions = [0, *(piece.action // self.unit for piece in self.line.pieces)]
        before = 0
        for leg, whole in zip(self.line.legs(), self.line.travel, strict=True):
            travel = whole // self.unit
            ends = [at + 1 for at in leg]
            if not ends or self.line.pieces[leg[-1]].is_break:
                ends.append(len(self.points) - 1)
            shares = [self.model.new_num_var(0, travel, "") for _ in ends]
            self.model.add(sum(shares) == travel)
            for nth, (end, share) in enumerate(zip(ends, shares, strict=True)):
                self.model.add(self.points[end] - self.points[before] - share >= actions[before])
                found.append((nth, share))
                before = end
        return found

    def _minimise(self, goal: model_builder.LinearExprT) -> model_builder.Solver:
        """Return the solution under a goal that later goals may not worsen."""
        self.model.minimize(goal)
        solver = model_builder.Solver("scip")
        if solver.solve(self.model) != model_builder.SolveStatus.OPTIMAL:
            raise self._impossible()
        self.model.add(goal <= round(solver.objective_value))
        return solver

    def times(self) -> Times:
        """Return the best times."""
        points = self.points
        self._minimise(sum(self.broken))
        self._minimise(points[-1] - points[0])
        if len(points) > 2:
            solver = self._minimise(sum(points[1:-1]))
        later = [nth * share for nth, share in self.shares if nth]
        solver = self._minimise(sum(later) if later else points[0])

        def value(of: model_builder.Variable) -> int:
            return round(solver.value(of)) * self.unit

        moments = [value(point) + self.zero for point in points]
        actions = [0, *(piece.action for piece in self.line.pieces)]
        arrival = [
            moments[at] + actions[at] + value(share) for at, (_, share) in enumerate(self.shares)
        ]
        windows = [
            next((tw for tw, on in zip(piece.windows, columns, strict=True) if value(on)), None)
            for piece, columns in zip(self.line.pieces, self.picked, strict=True)
        ]
        return Times(
            moments[0], tuple(arrival[:-1]), tuple(moments[1:-1]), tuple(windows), moments[-1]
        )
