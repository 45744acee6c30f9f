"""The way down: rows of one courier's feed are numbered and trimmed, a phone follows by cursor.

The server may be put back to a backup at any moment between transactions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Rules:
    """The rules that bear on the way down; each may be taken away."""

    number_under_lock: bool = True
    """Off: numbers come from a sequence, before the commit."""
    reset_below_floor: bool = True
    reset_above_head: bool = True
    epoch_after_restore: bool = True


@dataclass(frozen=True)
class Bounds:
    """How far the search goes."""

    num_writers: int = 3
    num_rows_per_page: int = 2
    num_trims: int = 1
    num_restores: int = 1


class Store(NamedTuple):
    """The committed database: highest number, highest number trimmed, rows, writers' documents."""

    head: int
    floor: int
    rows: tuple[tuple[int, int], ...]
    """(number, writer), sorted."""
    docs: frozenset[int]


class State(NamedTuple):
    """Writers, database, its backup, phone, faults used up."""

    numbers: tuple[int, ...]
    """Per writer: 0 not begun, -1 ended, otherwise the number its open transaction took."""
    sequence: int
    """The highest number any transaction took."""
    store: Store
    backup: Store
    epoch: int
    cursor: int
    epoch_of_phone: int
    view: frozenset[int]
    num_trims: int
    num_restores: int


NOT_BEGUN, ENDED = 0, -1
Steps = Iterator[tuple[str, State]]


class Feed:
    """The system: its first state, its steps, its invariants."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        """Build the system without some rules, within bounds."""
        self.rules = rules
        self.bounds = bounds
        empty = Store(0, 0, (), frozenset())
        idle = (NOT_BEGUN,) * bounds.num_writers
        self.initial = State(idle, 0, empty, empty, 1, 0, 1, frozenset(), 0, 0)

    def successors(self, state: State) -> Steps:
        """Yield every step that could come next."""
        for writer, number in enumerate(state.numbers):
            if number == NOT_BEGUN:
                yield from self._begin(state, writer)
            elif number != ENDED:
                yield from self._end(state, writer, number)
        polled = self.poll(state)
        if polled != state:
            yield f"phone polls, cursor {polled.cursor}", polled
        yield from self._store_steps(state)

    def find_fault(self, state: State) -> str | None:
        """Return the invariant this state breaks."""
        if self.rules.number_under_lock:
            numbers = [number for number, _ in state.store.rows]
            wanted = list(range(state.store.floor + 1, state.store.head + 1))
            if numbers != wanted:
                return f"the feed has a gap: {numbers} where {wanted} should be"
        if any(number > 0 for number in state.numbers):
            return None  # judged when the open transactions have ended
        reached = state
        for _ in range(2 * self.bounds.num_writers + 2):
            reached = self.poll(reached)
        missed = sorted(state.store.docs - reached.view)
        if missed:
            return f"row of writer {missed[0]} is never seen"
        left = sorted(reached.view - state.store.docs)
        if left:
            return f"row of writer {left[0]} stays on the phone though the server has it not"
        return None

    def poll(self, state: State) -> State:
        """Return the state after one exchange that nothing disturbs."""
        store = state.store
        is_reset = (
            state.epoch_of_phone != state.epoch
            or (self.rules.reset_below_floor and state.cursor < store.floor)
            or (self.rules.reset_above_head and state.cursor > store.head)
        )
        if is_reset:
            return state._replace(
                cursor=store.head, epoch_of_phone=state.epoch, view=frozenset(store.docs)
            )
        page = [row for row in store.rows if row[0] > state.cursor]
        page = page[: self.bounds.num_rows_per_page]
        if not page:
            return state
        return state._replace(cursor=page[-1][0], view=state.view | {writer for _, writer in page})

    def _begin(self, state: State, writer: int) -> Steps:
        if self.rules.number_under_lock and any(number > 0 for number in state.numbers):
            return  # waits for the row lock
        # A counter in a row goes back with its transaction, a sequence does not.
        taken = state.store.head if self.rules.number_under_lock else state.sequence
        begun = _put(state.numbers, writer, taken + 1)
        yield (
            f"writer {writer} takes {taken + 1}",
            state._replace(numbers=begun, sequence=taken + 1),
        )

    def _end(self, state: State, writer: int, number: int) -> Steps:
        store = state.store
        ended = _put(state.numbers, writer, ENDED)
        committed = store._replace(
            head=max(store.head, number),
            rows=tuple(sorted((*store.rows, (number, writer)))),
            docs=store.docs | {writer},
        )
        yield f"writer {writer} commits", state._replace(numbers=ended, store=committed)
        yield f"writer {writer} rolls back", state._replace(numbers=ended)

    def _store_steps(self, state: State) -> Steps:
        store = state.store
        is_quiet = all(number <= 0 for number in state.numbers)
        if store.rows and is_quiet and state.num_trims < self.bounds.num_trims:
            floor = store.rows[0][0]
            trimmed = store._replace(floor=floor, rows=store.rows[1:])
            yield (
                f"rows to {floor} are trimmed",
                state._replace(store=trimmed, num_trims=state.num_trims + 1),
            )
        if not is_quiet:
            return
        if store != state.backup:
            yield "backup", state._replace(backup=store)
            if state.num_restores < self.bounds.num_restores:
                epoch = state.epoch + (1 if self.rules.epoch_after_restore else 0)
                yield (
                    "restore",
                    state._replace(
                        store=state.backup, epoch=epoch, num_restores=state.num_restores + 1
                    ),
                )


def _put(numbers: tuple[int, ...], writer: int, number: int) -> tuple[int, ...]:
    return (*numbers[:writer], number, *numbers[writer + 1 :])
