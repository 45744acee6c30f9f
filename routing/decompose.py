"""Many offices at once, one process a core; each office is a problem of its own.

It knows no borders between offices: their stops stay with them.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from routing.limit import Limit
from routing.problem import Problem
from routing.solution import Solution
from routing.solve import solve

OnDone = Callable[[int, int], None]
"""Called with the offices done and all there are."""


def _solve_one(
    number: int, problem: Problem, limit: Limit, seed: int, engine: str | None
) -> tuple[int, Solution]:
    return number, solve(problem, limit=limit, seed=seed + number, engine=engine)


def solve_all(
    problems: Sequence[Problem],
    *,
    limit: Limit,
    cores: int,
    seed: int = 0,
    engine: str | None = None,
    on_done: OnDone | None = None,
) -> list[Solution]:
    """Return each office's best plan, found within `limit` an office, in the order given.

    Large offices begin first, so that no core is left alone with one at the end.
    """
    answers: dict[int, Solution] = {}
    order = sorted(range(len(problems)), key=lambda n: -len(problems[n].stops))
    if cores <= 1:
        for number in order:
            answers[number] = _solve_one(number, problems[number], limit, seed, engine)[1]
            if on_done is not None:
                on_done(len(answers), len(problems))
    else:
        with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
            waiting = [
                pool.submit(_solve_one, number, problems[number], limit, seed, engine)
                for number in order
            ]
            for finished in as_completed(waiting):
                number, solution = finished.result()
                answers[number] = solution
                if on_done is not None:
                    on_done(len(answers), len(problems))
    return [answers[number] for number in range(len(problems))]
