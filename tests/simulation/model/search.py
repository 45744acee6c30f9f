"""Visit every state a small system can reach, and give the shortest way to a broken one."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

State = TypeVar("State", bound=Hashable)
Successors = Callable[[State], Iterable[tuple[str, State]]]


@dataclass(frozen=True)
class Verdict:
    """What a search found."""

    num_states: int
    num_steps: int
    fault: str | None
    """The broken invariant; None when no visited state breaks one."""
    trace: tuple[str, ...]
    """The steps to the broken state, the fewest possible."""
    is_whole: bool
    """False when the search stopped at its limit with states unvisited."""

    def __str__(self) -> str:
        """Return one line for a report."""
        size = f"{self.num_states:,} states, {self.num_steps:,} steps"
        if self.fault is not None:
            return f"{size}: {self.fault}; trace: {' > '.join(self.trace)}"
        return f"{size}: no violation" + ("" if self.is_whole else " so far, stopped at the limit")


def explore(
    initial: State,
    successors: Successors[State],
    find_fault: Callable[[State], str | None],
    *,
    limit: int = 5_000_000,
) -> Verdict:
    """Return the verdict of a breadth-first search from `initial`.

    Parameters
    ----------
    successors
        Named steps out of a state.
    find_fault
        The sentence of the invariant a state breaks; None when it breaks none.
    limit
        States after which the search gives up.
    """
    came_from: dict[State, tuple[str, State] | None] = {initial: None}
    queue = deque([initial])
    num_steps = 0
    while queue:
        state = queue.popleft()
        fault = find_fault(state)
        if fault is not None:
            trace = _walk_back(came_from, state)
            return Verdict(len(came_from), num_steps, fault, trace, is_whole=False)
        if len(came_from) > limit:
            return Verdict(len(came_from), num_steps, None, (), is_whole=False)
        for name, reached in successors(state):
            num_steps += 1
            if reached not in came_from:
                came_from[reached] = (name, state)
                queue.append(reached)
    return Verdict(len(came_from), num_steps, None, (), is_whole=True)


def _walk_back(came_from: dict[State, tuple[str, State] | None], state: State) -> tuple[str, ...]:
    names: list[str] = []
    step = came_from[state]
    while step is not None:
        names.append(step[0])
        step = came_from[step[1]]
    return tuple(reversed(names))
