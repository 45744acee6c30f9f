"""OR-Tools' routing search over all the rules: the reference engine, slow from 100 stops on.

Every rule is exact: most are told in the model's own words (`model`, `times`, `loads`), the others
by asking the judge for each complete route (`times`).

Source
------
Guided local search: Voudouris and Tsang (1999), EJOR 113(2), 469-499.
"""

from ortools.constraint_solver import routing_enums_pb2

from routing.engines import OnPlan
from routing.engines.ortools import loads, times
from routing.engines.ortools.model import Model, pywrapcp
from routing.evaluate import Judge
from routing.indexed import Plan
from routing.limit import Stopwatch
from routing.mend import mend


def run(
    judge: Judge, watch: Stopwatch, *, seed: int, start: Plan | None, on_plan: OnPlan
) -> Plan | None:
    """Return the best plan of a guided local search.

    `seed` has no say: this search has no chance in it. An iteration is one solution visited.
    """
    model = Model(judge)
    kept = times.add(model)
    loads.add(model)
    routing = model.routing
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    strategies = routing_enums_pb2.FirstSolutionStrategy
    parameters.first_solution_strategy = strategies.PARALLEL_CHEAPEST_INSERTION
    metaheuristics = routing_enums_pb2.LocalSearchMetaheuristic
    parameters.local_search_metaheuristic = metaheuristics.GUIDED_LOCAL_SEARCH
    if watch.limit.iterations is not None:
        parameters.solution_limit = max(1, watch.limit.iterations)
        # A search that no longer finds solutions must end as well, and by count.
        most = 400 * max(1, watch.limit.iterations)
        routing.AddSearchMonitor(model.solver.FailuresLimit(most))
        routing.AddSearchMonitor(model.solver.BranchesLimit(most))
    if watch.timed:
        parameters.time_limit.FromMilliseconds(
            int(min(86_400.0, 20 * max(0.1, watch.seconds_left())) * 1000)
        )
        routing.AddSearchMonitor(model.solver.CustomLimit(watch.over))
    best: tuple[int, Plan] | None = None

    def tell() -> None:
        nonlocal best
        cost = routing.CostVar().Max()
        if best is None or cost < best[0]:
            best = (cost, model.plan(None))
            on_plan(best[1])

    routing.AddAtSolutionCallback(tell)
    routing.CloseModelWithParameters(parameters)
    if start is None and kept:
        # What its own insertion builds the judge may refuse as a whole; ours is sound.
        start = mend(judge, [[] for _ in judge.ix.vehicles], tries_max=judge.ix.n)
    begun = model.assignment(start) if start is not None else None
    if begun is not None:
        routing.SolveFromAssignmentWithParameters(begun, parameters)
    else:
        routing.SolveWithParameters(parameters)
    del kept
    return None if best is None else best[1]
