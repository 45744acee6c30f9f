"""Which notes a round needs so that every payment can be made exactly: a small integer programme.

Payments of one amount are paid with the same notes, so the model stays small; where the drawer is
too short of some note for that, they are told apart. Solved by CP-SAT (OR-Tools), pure.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from backend.cash.model import DENOMINATIONS, Notes
from backend.kit.errors import Conflict

SMALL_VND: Final = 50_000
"""Change is given in notes up to this."""
SEARCH_S: Final = 2.0
NUM_APART_MAX: Final = 300


class Part(msgspec.Struct, frozen=True):
    """How payments of one amount are made up."""

    amount_vnd: int
    num: int
    notes: Notes
    """Of each of them."""


class Proposal(msgspec.Struct, frozen=True):
    """A float: its notes, what each payment takes of them, and the change beside."""

    notes: Notes
    total_vnd: int
    parts: list[Part]
    change: Notes
    is_proven: bool
    """Whether no float with fewer notes exists."""


def propose(
    payments_vnd: Sequence[int],
    *,
    change_vnd: int = 0,
    available: Mapping[int, int] | None = None,
) -> Proposal:
    """Return the float with the fewest notes with which every payment can be made exactly.

    Parameters
    ----------
    payments_vnd
        What the round pays out, one entry a payment; nothing collected on the way is counted on.
    change_vnd
        What is taken along besides, in notes of 50 000 đ or less, to give change.
    available
        How many of each note the drawer has; None: as many as needed.

    Raises
    ------
    Conflict
        `amount_not_payable` for an amount that no notes make (not a multiple of 200 or 500 đ),
        `notes_not_enough` when the drawer's notes cannot make them all.
    """
    counts = Counter(amount for amount in payments_vnd if amount > 0)
    for amount in counts:
        if not _is_payable(amount):
            raise Conflict("amount_not_payable", amount_vnd=amount)
    grouped = list(counts.items())
    found = _solve(grouped, change_vnd, available)
    if found is None and sum(counts.values()) <= NUM_APART_MAX:
        apart = [(amount, 1) for amount, num in grouped for _ in range(num)]
        found = _solve(apart, change_vnd, available)
    if found is None:
        raise Conflict("notes_not_enough")
    return found


def _is_payable(amount_vnd: int) -> bool:
    """Return whether notes make this amount: any multiple of 100 but 100 and 300 themselves."""
    return amount_vnd % 100 == 0 and amount_vnd not in (100, 300)


def _solve(
    groups: Sequence[tuple[int, int]], change_vnd: int, available: Mapping[int, int] | None
) -> Proposal | None:
    from ortools.sat.python import cp_model  # rarely needed, and slow to load

    model = cp_model.CpModel()
    uses = [
        {value: model.new_int_var(0, amount // value, "") for value in DENOMINATIONS}
        for amount, _ in groups
    ]
    for (amount, _), use in zip(groups, uses, strict=True):
        model.add(sum(value * num for value, num in use.items()) == amount)
    change = {
        value: model.new_int_var(0, change_vnd // value, "")
        for value in DENOMINATIONS
        if value <= SMALL_VND
    }
    # Change is for many hands: no note of it makes more than half of the whole.
    model.add(sum(value * num for value, num in change.items()) == change_vnd)
    for value, num in change.items():
        if change_vnd >= 4 * value:
            model.add(2 * value * num <= change_vnd)
    totals = {
        value: sum(num * use[value] for (_, num), use in zip(groups, uses, strict=True))
        + change.get(value, 0)
        for value in DENOMINATIONS
    }
    if available is not None:
        for value, total in totals.items():
            model.add(total <= available.get(value, 0))
    model.minimize(sum(totals.values()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = SEARCH_S
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    parts = [
        Part(amount, num, {v: n for v in DENOMINATIONS if (n := solver.value(use[v]))})
        for (amount, num), use in zip(groups, uses, strict=True)
    ]
    notes = {v: n for v in DENOMINATIONS if (n := int(solver.value(totals[v])))}
    return Proposal(
        notes=notes,
        total_vnd=sum(v * n for v, n in notes.items()),
        parts=parts,
        change={v: n for v, var in change.items() if (n := solver.value(var))},
        is_proven=status == cp_model.OPTIMAL,
    )
