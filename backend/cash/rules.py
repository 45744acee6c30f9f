"""Decisions of cash: two counts agree or nothing moves; what keeps a shift or a day open. Pure."""

from collections.abc import Sequence

from backend.cash.model import Count, Notes, Reveal, Shift, Side, total_of
from backend.kit.errors import Conflict, Invalid


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
