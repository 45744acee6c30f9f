"""When each step of a given VROOM route happens, in hundredths of seconds as VROOM counts.

Two ways, as VROOM has them: `soonest` for routes that break no window (earliest end, then latest
start, then everything as soon as it can), `least_broken` for plan mode (least time out of windows,
then shortest route, then earliest starts, then travel before breaks).
"""

from dataclasses import dataclass

from ortools.sat.python import cp_model

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
    VROOM's `choose_ETA`, a mixed-integer program; here CP-SAT in whole hundredths.
    """
    return _Program(line, vehicle_id).times()


class _Program:
    def __init__(self, line: Line, vehicle_id: str) -> None:
        self.line = line
        self.vehicle_id = vehicle_id
        self.model = cp_model.CpModel()
        told = [at for piece in line.pieces for tw in piece.windows for at in tw]
        told += [at for at in line.shift if at < FOREVER]
        bounds = [line.start, *line.pieces, line.end]
        told += [p.low for p in bounds if p.low] + [p.high for p in bounds if p.high < FOREVER]
        told = [at for at in told if at < FOREVER]
        span = sum(line.travel) + sum(piece.action for piece in line.pieces)
        self.zero = max(0, min(told, default=0) - span)
        self.most = max(told, default=0) + span - self.zero
        self.points = [self._point(piece) for piece in bounds]
        self.broken: list[cp_model.IntVar] = []
        self.picked: list[list[cp_model.IntVar]] = []
        self._add_windows()
        self.shares = self._add_ways()

    def _point(self, piece: Piece) -> cp_model.IntVar:
        low = max(0, piece.low - self.zero)
        high = min(self.most, piece.high - self.zero)
        if low > high:
            raise self._impossible()
        return self.model.new_int_var(low, high, "")

    def _impossible(self) -> MalformedProblem:
        return MalformedProblem(
            "E1117", "the steps' service times leave no room for the way", [self.vehicle_id]
        )

    def _add_windows(self) -> None:
        model = self.model
        early, late = self.line.shift
        for at, piece in enumerate(self.line.pieces):
            point = self.points[at + 1]
            options = [model.new_bool_var("") for _ in piece.windows]
            self.picked.append(options)
            if not options:
                continue
            model.add_exactly_one(options)
            out = model.new_int_var(0, self.most * 2, "")
            self.broken.append(out)
            for option, (begin, end) in zip(options, piece.windows, strict=True):
                model.add(out + point >= begin - self.zero).only_enforce_if(option)
                model.add(point - out <= end - self.zero).only_enforce_if(option)
        lead, delay = (model.new_int_var(0, self.most * 2, "") for _ in range(2))
        model.add(lead + self.points[0] >= early - self.zero)
        if late < FOREVER:
            model.add(self.points[-1] - delay <= late - self.zero)
        self.broken += [lead, delay]

    def _add_ways(self) -> list[tuple[int, cp_model.IntVar]]:
        """Split each way over the breaks on it; return (breaks before, share) of each part."""
        model, found = self.model, []
        actions = [0, *(piece.action for piece in self.line.pieces)]
        before = 0
        for leg, travel in zip(self.line.legs(), self.line.travel, strict=True):
            ends = [at + 1 for at in leg]
            if len(ends) == 0 or self.line.pieces[leg[-1]].is_break:
                ends.append(len(self.points) - 1)
            shares = [model.new_int_var(0, travel, "") for _ in ends]
            model.add(sum(shares) == travel)
            for nth, (end, share) in enumerate(zip(ends, shares, strict=True)):
                model.add(self.points[end] - self.points[before] >= share + actions[before])
                found.append((nth, share))
                before = end
        return found

    def _solve(self) -> cp_model.CpSolver:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        if solver.solve(self.model) != cp_model.OPTIMAL:
            raise self._impossible()
        return solver

    def times(self) -> Times:
        """Return the best times."""
        model, points = self.model, self.points
        span = points[-1] - points[0]
        model.minimize(sum(self.broken) * (self.most + 1) + span)
        solver = self._solve()
        model.add(sum(self.broken) == sum(solver.value(out) for out in self.broken))
        model.add(span == solver.value(points[-1]) - solver.value(points[0]))
        model.clear_objective()  # type: ignore[no-untyped-call] # the library's own
        late_driving = sum(nth * share for nth, share in self.shares)
        weight = 1 + sum(self.line.travel) * (1 + len(self.line.pieces))
        model.minimize(sum(points[1:-1]) * weight + late_driving)
        solver = self._solve()
        values = [solver.value(point) + self.zero for point in points]
        actions = [0, *(piece.action for piece in self.line.pieces)]
        share = [solver.value(share) for _, share in self.shares]
        arrival = [values[at] + actions[at] + share[at] for at in range(len(actions))]
        windows = [
            next((tw for tw, on in zip(p.windows, on_off, strict=True) if solver.value(on)), None)
            for p, on_off in zip(self.line.pieces, self.picked, strict=True)
        ]
        return Times(
            values[0], tuple(arrival[:-1]), tuple(values[1:-1]), tuple(windows), arrival[-1]
        )
