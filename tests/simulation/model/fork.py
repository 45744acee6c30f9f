"""A phone put back to an older copy of itself: two histories under the same numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

NONE = 0


@dataclass(frozen=True)
class Rules:
    """The rules that bear on forked streams; each may be taken away."""

    compare_hashes: bool = True
    """Off: a known seq is taken for a known op (S7)."""
    one_effect_per_op_id: bool = True
    """Off: an op issued again in a new stream has its effect again (S8)."""


@dataclass(frozen=True)
class Bounds:
    """How far the search goes."""

    num_ops: int = 3
    num_copies: int = 1
    num_lost_max: int = 2


class Disk(NamedTuple):
    """The phone's store: which stream it writes, its op ids in order, what is acknowledged."""

    stream: int
    ops: tuple[int, ...]
    acked: int


class State(NamedTuple):
    """Phone, the copy of it, the server's streams and effects, replies lost."""

    num_born: int
    phone: Disk
    copy: Disk | None
    num_put_back: int
    streams: tuple[tuple[int, ...], ...]
    effects: tuple[int, ...]
    gone: frozenset[int]
    """Ops that only the phone knew when it was put back: S17 lists them, nothing can save them."""
    num_lost: int


Steps = Iterator[tuple[str, State]]


class Fork:
    """The system: its first state, its steps, its invariants."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        """Build the system without some rules, within bounds."""
        self.rules = rules
        self.bounds = bounds
        effects = (0,) * bounds.num_ops
        self.initial = State(0, Disk(0, (), 0), None, 0, ((),), effects, frozenset(), 0)

    def successors(self, state: State) -> Steps:
        """Yield every step that could come next."""
        phone = state.phone
        if state.num_born < self.bounds.num_ops:
            op = state.num_born + 1
            yield (
                f"record op {op}",
                state._replace(num_born=op, phone=phone._replace(ops=(*phone.ops, op))),
            )
        if state.copy is None:
            yield "the phone is copied", state._replace(copy=phone)
        elif state.num_put_back < self.bounds.num_copies and state.copy != phone:
            known = {op for stream in state.streams for op in stream}
            only_here = frozenset(phone.ops) - frozenset(state.copy.ops) - known
            yield (
                "the copy is put back",
                state._replace(
                    phone=state.copy,
                    num_put_back=state.num_put_back + 1,
                    gone=state.gone | only_here,
                ),
            )
        reached = self.exchange(state)
        if reached != state:
            yield "exchange", reached
        if state.num_lost < self.bounds.num_lost_max:
            unheard = reached._replace(phone=phone, num_lost=state.num_lost + 1)
            yield "exchange, reply lost", unheard

    def exchange(self, state: State) -> State:
        """Return the state after one exchange; a fork makes the phone open a new stream."""
        phone = state.phone
        streams = list(state.streams)
        while len(streams) <= phone.stream:
            streams.append(())
        stored, effects, is_fork = streams[phone.stream], list(state.effects), False
        for seq, op in enumerate(phone.ops[phone.acked :], start=phone.acked + 1):
            if seq <= len(stored):
                if self.rules.compare_hashes and stored[:seq] != phone.ops[:seq]:
                    is_fork = True
                    break
                continue
            if self.rules.compare_hashes and stored != phone.ops[: seq - 1]:
                is_fork = True
                break
            if not self.rules.one_effect_per_op_id or effects[op - 1] == 0:
                effects[op - 1] += 1
            stored = (*stored, op)
        streams[phone.stream] = stored
        if is_fork:
            # A number no stream ever had: the phone makes a fresh UUID.
            phone = Disk(len(streams), phone.ops[phone.acked :], 0)
        else:
            phone = phone._replace(acked=min(len(stored), len(phone.ops)))
        return state._replace(phone=phone, streams=tuple(streams), effects=tuple(effects))

    def find_fault(self, state: State) -> str | None:
        """Return the invariant this state breaks."""
        for op, num_effects in enumerate(state.effects, start=1):
            if num_effects > 1:
                return f"op {op} is doubled"
        reached = state
        for _ in range(2 * self.bounds.num_ops + 2):
            reached = self.exchange(reached)
        for op in range(1, state.num_born + 1):
            if reached.effects[op - 1] == 0 and op not in state.gone:
                return f"op {op} is lost: another op stands under its number"
        return None
