"""Tests that the literature's files are read with the rounding of their family, and answered."""

import re
from pathlib import Path

import pytest

from routing import Limit, MalformedProblem, evaluate, solve, violations
from routing.files import open_problem, open_solution, read_bytes, written
from routing.formats.lilim import read_lilim
from routing.formats.sol import read_sol, write_sol
from routing.formats.vrplib import read_vrplib
from tests.routing.checker import complaints
from tests.routing.public import published_loggibud_costs, read_amazon, read_loggibud

SHARED = Path(__file__).parents[3] / "shared"
needs_files = pytest.mark.skipif(
    not SHARED.exists(), reason="the public instances are not on this machine"
)
PUBLISHED = sorted((SHARED / "vrp").glob("*/*.sol"))
SMALL = """NAME : small
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 5
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 0 5
DEMAND_SECTION
1 0
2 2
3 3
4 4
DEPOT_SECTION
1
-1
EOF
"""


@needs_files
@pytest.mark.parametrize("answer", PUBLISHED, ids=[path.stem for path in PUBLISHED])
def test_published_answers_cost_what_they_say(answer: Path) -> None:
    """Tests that each answer published beside its instance is sound, at the cost it states."""
    opened = open_problem(answer.with_suffix(".vrp"), "vrplib")
    solution, broken = open_solution(opened, answer)
    assert broken == []
    assert complaints(opened.problem, solution) == []
    text = written(opened, solution, as_json=False).decode()
    stated = read_sol(answer.read_text()).cost
    assert stated is not None
    assert read_sol(text).cost == pytest.approx(stated, abs=0.05)


@needs_files
def test_loggi_file_is_read_packed() -> None:
    """Tests that a packed file of CVRPLIB opens, and every customer is asked for once."""
    opened = open_problem(SHARED / "geo/deliveries/cvrplib_loggi/Loggi-n401-k23.vrp.gz", "vrplib")
    assert len(opened.problem.stops) == 400
    assert (opened.problem.duration_s == opened.problem.duration_s.T).all()


@needs_files
def test_lilim_pairs_are_kept() -> None:
    """Tests that Li and Lim's file gives pairs, and a plan of it keeps their order."""
    problem = read_lilim((SHARED / "vrp/lilim200/LC1_2_1.txt").read_text())
    pairs = {stop.id: stop.picked_up_at for stop in problem.stops if stop.picked_up_at}
    assert len(pairs) * 2 == len(problem.stops)
    solution = solve(problem, limit=Limit(iterations=60), seed=1)
    assert violations(problem, solution) == []
    assert complaints(problem, solution) == []
    assert solution.unassigned == ()


@needs_files
def test_real_days_are_read_for_the_benchmark() -> None:
    """Tests that loggibud's published plans are sound days, and a driver's order is a whole one."""
    day = SHARED / "geo/deliveries/loggibud/cvrp-0-df-0.json.gz"
    asked = read_loggibud(day)
    costs = published_loggibud_costs(day, asked)
    assert len(costs) == 3
    assert all(cost < 10_000_000 for cost in costs.values())  # nothing left out
    route = sorted((SHARED / "geo/deliveries/amazon_lmrrc").glob("*.json"))[0]
    problem, order = read_amazon(route)
    assert sorted(order) == sorted(stop.id for stop in problem.stops)
    assert violations(problem, evaluate(problem, {"van": order})) == []


def test_vrplib_distances_are_rounded_as_its_family_is() -> None:
    """Tests that CVRPLIB's lengths are rounded to the nearest whole: 5, 10 and 5 from the depot."""
    instance = read_vrplib(SMALL)
    assert instance.problem.distance_m[0].tolist() == [0, 5, 10, 5]
    assert not instance.in_tenths
    assert [stop.delivery_g for stop in instance.problem.stops] == [2, 3, 4]


def test_sol_comes_back_as_it_went() -> None:
    """Tests that a plan written as .sol and read again has the same routes and cost."""
    problem = read_vrplib(SMALL).problem
    solution = solve(problem, limit=Limit(iterations=100), seed=1)
    text = write_sol(problem, solution, in_tenths=False)
    again = read_sol(text)
    assert again.cost == solution.cost.total == 30  # 0-2-3-0 is 20, 0-4-0 is 10
    assert sorted(map(sorted, again.routes)) == [[1, 2], [3]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("DIMENSION : 4", ""),  # how many there are is not said
        ("EUC_2D", "GEO"),  # a distance that is not known here
        ("2 3 4", "2 3"),  # a coordinate is missing
        ("CAPACITY : 5", "CAPACITY : five"),
        ("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n9\n"),  # no such place
    ],
)
def test_broken_vrplib_files_are_refused(old: str, new: str) -> None:
    """Tests that a file with something missing or unknown is refused with a code, not half read."""
    with pytest.raises(MalformedProblem) as refused:
        read_vrplib(SMALL.replace(old, new))
    assert re.fullmatch(r"E1\d{3}", refused.value.code)


def test_file_that_is_not_packed_after_all(tmp_path: Path) -> None:
    """Tests that a name that promises gzip and does not keep it is refused by its name."""
    path = tmp_path / "day.vrp.gz"
    path.write_text(SMALL)
    with pytest.raises(MalformedProblem) as refused:
        read_bytes(path)
    assert refused.value.code == "E1114"
