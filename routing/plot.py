"""Routes as a picture: where they go, and what each vehicle does over the day. SVG or PNG.

It draws what a plan says and judges nothing. Without positions the places are spread so that their
distances come close to the matrix's.

Source
------
Classical scaling: Torgerson (1952), Psychometrika 17(4), 401-419.
"""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from routing.cli_solve import clock
from routing.files import Opened, Positions
from routing.problem import Problem, Vehicle
from routing.solution import Route, Solution, Visit
from routing.wellformed import UNREACHABLE_S, MalformedProblem

SUFFIXES = (".svg", ".png")
COLOURS = (
    "#0b6e4f", "#c1440e", "#1f5fa8", "#8a3ffc", "#9a6700", "#b3005e", "#00798c", "#5b6c00",
    "#6b4226", "#3d3d8f",
)  # fmt: skip
"""Dark enough for white letters; the eleventh route begins again with a broken line."""
DASHES = ("-", "--", ":", "-.")
ACTIVITIES = {
    "travel": "#b8bec4",
    "waiting": "#ffffff",
    "service": "#1f5fa8",
    "rest": "#7fb069",
    "reload": "#e6a117",
    "overtime": "#c1121f",
}
LABELS_MAX = 60
"""With more stops than this their ids would cover the map."""
LEGEND_MAX = 40


def draw(opened: Opened, solution: Solution, path: Path) -> None:
    """Write the picture of a plan.

    Raises
    ------
    MalformedProblem
        E1114 where the file's name ends neither in `.svg` nor in `.png`.
    """
    if path.suffix not in SUFFIXES:
        raise MalformedProblem("E1114", f"a picture is called .svg or .png, not {path.name}")
    # Text stays text in an SVG, and the same plan gives the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "routes", "font.size": 9}):
        height = 0.34 * max(4, len(solution.routes)) + 1.6
        figure = Figure(figsize=(11, 7.5 + height), layout="constrained")
        above, below = figure.subplots(2, 1, height_ratios=[7.5, height])
        _draw_map(above, opened, solution)
        _draw_day(below, opened, solution)
        metadata = {"Date": None} if path.suffix == ".svg" else {}
        figure.savefig(path, format=path.suffix[1:], dpi=110, metadata=metadata)


def _style(nth: int) -> tuple[str, str]:
    return COLOURS[nth % len(COLOURS)], DASHES[nth // len(COLOURS) % len(DASHES)]


def _draw_map(axes: Axes, opened: Opened, solution: Solution) -> None:
    problem = opened.problem
    at = opened.positions
    spread = not _covers(problem, at)
    if spread:
        at = spread_out(problem)
    for nth, route in enumerate(solution.routes):
        colour, dash = _style(nth)
        line = np.array([at[place] for place in _places(problem, route) if place in at])
        axes.plot(line[:, 0], line[:, 1], dash, color=colour, linewidth=1.3, alpha=0.85)
        stops = [visit for visit in route.visits if visit.stop_id is not None]
        dots = np.array([at[visit.location] for visit in stops]).reshape(-1, 2)
        label = f"{route.vehicle_id}: {len(stops)} stops, ends {_moment(opened, route.end_s)}"
        axes.scatter(dots[:, 0], dots[:, 1], s=22, color=colour, zorder=3, label=label)
    _draw_left_out(axes, problem, solution, at)
    homes = np.array([at[d.location] for d in problem.depots if d.location in at]).reshape(-1, 2)
    axes.scatter(
        homes[:, 0], homes[:, 1], s=110, marker="s", color="black", zorder=4, label="office"
    )
    if len(problem.stops) <= LABELS_MAX:
        for stop in problem.stops:
            name = stop.id.rpartition(":")[2]
            axes.annotate(
                name, at[stop.location], xytext=(4, 4), textcoords="offset points", fontsize=7
            )
    _finish_map(axes, opened, solution, at, spread=spread)


def _finish_map(
    axes: Axes, opened: Opened, solution: Solution, at: Positions, *, spread: bool
) -> None:
    if opened.on_earth and not spread:
        middle = float(np.mean([lat for _, lat in at.values()]))
        axes.set_aspect(1 / max(0.05, float(np.cos(np.radians(middle)))))
        axes.set_xlabel("longitude")
        axes.set_ylabel("latitude")
    else:
        axes.set_aspect("equal")
    if spread:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel("no positions known: spread by travel time, neither north nor scale")
    axes.set_title(
        f"{len(solution.routes)} routes, {len(solution.unassigned)} stops left out, "
        f"cost {solution.cost.total:,}",
        loc="left",
    )
    if len(solution.routes) <= LEGEND_MAX:
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=8)


def _draw_left_out(axes: Axes, problem: Problem, solution: Solution, at: Positions) -> None:
    visited = {visit.stop_id for route in solution.routes for visit in route.visits}
    left = [at[stop.location] for stop in problem.stops if stop.id not in visited]
    if left:
        dots = np.array(left)
        axes.scatter(
            dots[:, 0], dots[:, 1], s=34, marker="x", color="#c1121f", zorder=3, label="left out"
        )


def _covers(problem: Problem, at: Positions) -> bool:
    """Whether every stop has a position; a depot that is nowhere needs none."""
    return bool(at) and all(stop.location in at for stop in problem.stops)


def _places(problem: Problem, route: Route) -> list[int]:
    """Return the locations of a route from where it starts to where it ends."""
    depots = {depot.id: depot.location for depot in problem.depots}
    vehicle = _vehicle(problem, route)
    end = [] if vehicle.end_depot is None else [depots[vehicle.end_depot]]
    return [depots[vehicle.start_depot], *(visit.location for visit in route.visits), *end]


def _vehicle(problem: Problem, route: Route) -> Vehicle:
    return next(v for v in problem.vehicles if v.id == route.vehicle_id)


def spread_out(problem: Problem) -> Positions:
    """Return positions whose distances come close to the travel times."""
    duration = np.asarray(problem.duration_s, np.float64)
    if len(duration) < 2:
        return dict.fromkeys(range(len(duration)), (0.0, 0.0))
    ways = (duration + duration.T) / 2
    there = ways[ways < UNREACHABLE_S / 2]
    ways = np.minimum(ways, there.max(initial=1.0))
    middle = np.eye(len(ways)) - 1 / len(ways)
    values, vectors = np.linalg.eigh(-0.5 * middle @ (ways**2) @ middle)
    axes = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0))
    # The longer axis lies down, and the sign is fixed so that the picture is always the same.
    found = axes[:, ::-1] * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]][::-1] + 0.5)
    return {place: (float(x), float(y)) for place, (x, y) in enumerate(found)}


def _moment(opened: Opened, at_s: int) -> str:
    if opened.form not in ("own", "vroom"):
        return f"{at_s:,}"
    return clock(at_s)


def _draw_day(axes: Axes, opened: Opened, solution: Solution) -> None:
    problem = opened.problem
    for nth, route in enumerate(solution.routes):
        _draw_route(axes, problem, route, nth)
    axes.set_yticks(range(len(solution.routes)), [r.vehicle_id for r in solution.routes])
    axes.set_ylim(max(0.6, len(solution.routes) - 0.4), -0.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: _moment(opened, int(at))))
    if opened.form in ("own", "vroom"):
        span = axes.get_xlim()
        hours = (span[1] - span[0]) / 3600
        step = next((s for s in (300, 900, 1800, 3600, 7200, 21600) if s / 300 >= hours), 86400)
        axes.xaxis.set_major_locator(MultipleLocator(step))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(10))
    axes.grid(axis="x", color="#e3e6e8", linewidth=0.6)
    axes.set_axisbelow(True)
    patches = [
        Patch(facecolor=colour, edgecolor="#70777d", linewidth=0.5, label=name)
        for name, colour in ACTIVITIES.items()
    ]
    axes.legend(
        handles=patches, loc="upper center", bbox_to_anchor=(0.5, -0.09), ncols=6, frameon=False
    )
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _draw_route(axes: Axes, problem: Problem, route: Route, row: int) -> None:
    vehicle = _vehicle(problem, route)
    left = route.start_s
    spans: dict[str, list[tuple[int, int]]] = {name: [] for name in ACTIVITIES}
    for visit in route.visits:
        spans["travel"].append((left, visit.arrival_s))
        spans["waiting"].append((visit.arrival_s, visit.start_s))
        spans[_doing(visit)].append((visit.start_s, visit.departure_s))
        left = visit.departure_s
    spans["travel"].append((left, route.end_s))
    spans["rest"] = [(rest.start_s, rest.end_s) for rest in route.rests]
    _bars(axes, spans["travel"], row, "travel", 0.34)
    _bars(axes, spans["waiting"], row, "waiting", 0.34)
    for name in ("service", "reload", "rest"):
        _bars(axes, spans[name], row, name, 0.7)
    over = max(route.start_s, min(route.end_s, vehicle.shift_late_s))
    if over < route.end_s:
        axes.broken_barh(
            [(over, route.end_s - over)], (row + 0.36, 0.1), facecolors=ACTIVITIES["overtime"]
        )


def _doing(visit: Visit) -> str:
    return "reload" if visit.stop_id is None else "service"


def _bars(axes: Axes, spans: Sequence[tuple[int, int]], row: int, name: str, height: float) -> None:
    drawn = [(start, end - start) for start, end in spans if end > start]
    if drawn:
        axes.broken_barh(
            drawn, (row - height / 2, height), facecolors=ACTIVITIES[name], edgecolors="#70777d",
            linewidth=0.3, zorder=2 if height < 0.5 else 3,
        )  # fmt: skip
