"""Decisions of cash: two counts agree or nothing moves; what keeps a shift or a day open. Pure."""

from collections.abc import Sequence
from typing import Final

from backend.cash.model import Count, Notes, Reveal, Shift, Side, total_of
from backend.kit import catalog
from backend.kit.errors import Conflict, Invalid

catalog.add(
    {
        "drawer_moved": (
            "Quỹ đã thay đổi sau khi đếm: hai bên hãy đếm lại.",
            "The drawer's cash changed after it was counted: both sides count again.",
        ),
        "days_not_counted": (
            "Còn {num} ngày chưa kiểm quỹ hoặc chưa khoá, sớm nhất là {first_day}: khoá các ngày"
            " đó trước, hoặc đồng ý khoá cùng.",
            "{num} days were not counted, or not closed, the first of them {first_day}: close"
            " those first, or agree to close them along.",
        ),
    }
)
DRAWER_SIDES: Final[tuple[Side, Side]] = ("cashier", "controller")


def check_notes(notes: Notes, amount_vnd: int) -> None:
    """Refuse notes that do not make the amount: `nothing_counted`, `notes_differ_from_amount`."""
    counted = total_of(notes)
    if counted == 0:
        raise Invalid("nothing_counted")
    if counted != amount_vnd:
        raise Invalid("notes_differ_from_amount", notes_vnd=counted, amount_vnd=amount_vnd)


def reveal(counts: Sequence[Count], side: Side, other: Side) -> Reveal:
    """Return what one side may see of a blind count: all of it once both have counted.

    `counts` holds the newest of each side first. Raises `Conflict` `count_missing` for a side that
    has not counted.
    """
    own = next((count for count in counts if count.side == side), None)
    if own is None:
        raise Conflict("count_missing")
    theirs = next((count for count in counts if count.side == other), None)
    if theirs is None:
        return Reveal(own_vnd=own.total_vnd, is_complete=False)
    return Reveal(
        own_vnd=own.total_vnd,
        is_complete=True,
        other_vnd=theirs.total_vnd,
        expected_vnd=max(own, theirs, key=lambda count: count.at).expected_vnd,
    )


def has_drawer_moved(counts: Sequence[Count], state: str, *, balance_vnd: int) -> bool:
    """Return whether the books of a drawer changed after both sides counted it (L10).

    Once its difference is settled what was counted is what is expected. Before that both sides
    have counted against the same figure: who counts alone again has not counted by two.
    """
    newest = {side: next(c for c in counts if c.side == side) for side in DRAWER_SIDES}
    if state == "verified":
        return newest["cashier"].total_vnd != balance_vnd
    return any(count.expected_vnd != balance_vnd for count in newest.values())


def find_drawer_difference(counts: Sequence[Count], state: str, *, balance_vnd: int) -> int:
    """Return what a drawer counted by two has over (positive) or lacks; never nothing.

    Raises `Conflict`: `day_closed`, `count_missing`, `counts_differ`, `drawer_moved` (its books
    changed since, so that what was counted says nothing of them), `no_difference`.
    """
    if state == "closed":
        raise Conflict("day_closed")
    seen = reveal(counts, "cashier", "controller")
    if not seen.is_complete:
        raise Conflict("count_missing")
    if not seen.agrees:
        raise Conflict("counts_differ")
    if has_drawer_moved(counts, state, balance_vnd=balance_vnd):
        raise Conflict("drawer_moved")
    if seen.own_vnd == balance_vnd:
        raise Conflict("no_difference")
    return seen.own_vnd - balance_vnd


def check_drawer_right(counts: Sequence[Count], state: str, *, balance_vnd: int) -> None:
    """Refuse a day whose drawer does not hold what the books say, as two have counted.

    Raises `Conflict`: `day_closed`, `count_missing`, `drawer_moved`, `difference_open`.
    """
    if state == "closed":
        raise Conflict("day_closed")
    seen = reveal(counts, "cashier", "controller")
    if not seen.is_complete:
        raise Conflict("count_missing")
    if state == "verified" and seen.own_vnd == balance_vnd:
        return
    if has_drawer_moved(counts, state, balance_vnd=balance_vnd):
        raise Conflict("drawer_moved")
    raise Conflict("difference_open", difference_vnd=seen.own_vnd - balance_vnd)


def check_close(shift: Shift, *, hand_vnd: int, num_pending: int) -> None:
    """Refuse to close a shift with anything left open (L11).

    Raises `Conflict`: `count_missing`, `handovers_pending`, `facts_unsent`, `facts_held`,
    `leases_out`, `hand_not_empty`.
    """
    if shift.state != "verified":
        raise Conflict("count_missing")
    if num_pending:
        raise Conflict("handovers_pending", num=num_pending)
    if shift.head > shift.ack:
        raise Conflict("facts_unsent", num=shift.head - shift.ack)
    if shift.num_held:
        raise Conflict("facts_held", num=shift.num_held)
    if shift.num_leases:
        raise Conflict("leases_out", num=shift.num_leases)
    if hand_vnd:
        raise Conflict("hand_not_empty", amount_vnd=hand_vnd)
