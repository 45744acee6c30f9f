"""The solving process: one day in by standard input, progress and drafts out, line by line.

A process of its own, so that the search takes neither the worker's loop nor its memory with it,
and can be stopped at any moment. It knows no database.
"""

import os
import sys
import time
from typing import BinaryIO

import msgspec

from backend.drafts.answer import make_draft
from backend.drafts.model import News, PlanInput, Progress
from backend.drafts.problem import Question, make_question
from routing import Limit, Solution, solve

TELL_S = 0.5
"""News at most this often; the first plan at once."""
NICENESS = 5
"""Screens and phones go first on a machine with few cores."""


class Teller:
    """Writes news of one search as it finds better plans."""

    def __init__(self, question: Question, budget_s: int, out: BinaryIO) -> None:
        self._question = question
        self._budget_s = budget_s
        self._out = out
        self._begin = time.perf_counter()
        self._told_s = -TELL_S
        self._num_found = 0

    def better(self, solution: Solution) -> None:
        """Tell of a better plan, unless the last news is very fresh."""
        self._num_found += 1
        if self._elapsed_s() - self._told_s >= TELL_S:
            self.tell(solution)

    def tell(self, solution: Solution | None, *, is_done: bool = False) -> None:
        """Write the state of the search; a broken pipe ends the process, nobody listens."""
        draft = None
        if solution is not None or is_done:
            draft = make_draft(self._question, solution)
        self._told_s = self._elapsed_s()
        progress = Progress(
            elapsed_s=round(self._told_s, 1),
            budget_s=self._budget_s,
            best_cost=solution.cost.total if solution else None,
            num_stops=len(self._question.groups),
            num_planned=draft.totals.num_stops if draft else 0,
            num_found=self._num_found,
        )
        line = msgspec.json.encode(News(progress=progress, draft=draft, is_done=is_done))
        self._out.write(line + b"\n")
        self._out.flush()

    def _elapsed_s(self) -> float:
        return time.perf_counter() - self._begin


def run(asked: PlanInput, out: BinaryIO) -> None:
    """Solve the day and write news until the last line, which is done."""
    question = make_question(asked)
    teller = Teller(question, asked.budget_s, out)
    teller.tell(None)
    solution = None
    if question.problem is not None:
        solution = solve(
            question.problem,
            limit=Limit(seconds=asked.budget_s),
            seed=asked.seed,
            on_best=teller.better,
        )
    teller.tell(solution, is_done=True)


def main() -> int:
    """Read the day, solve it, and return the exit code."""
    os.nice(NICENESS)
    try:
        run(msgspec.json.decode(sys.stdin.buffer.read(), type=PlanInput), sys.stdout.buffer)
    except BrokenPipeError:
        # The worker is gone; its successor begins anew.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0
