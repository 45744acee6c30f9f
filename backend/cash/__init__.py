"""Cash in hands and drawers: floats, hand-overs, blind counts, differences, shifts, days."""

from backend.cash.actions.carriages import begin as send_off
from backend.cash.actions.carriages import end as take_in
from backend.cash.actions.closing import (
    close_shift,
    count_by_cashier,
    count_by_courier,
    settle_shift,
)
from backend.cash.actions.days import close_day, count_drawer, reopen_day, settle_drawer
from backend.cash.actions.handovers import (
    accept,
    approve,
    desk_topic,
    give,
    is_over_limit,
    issue,
    limit_of,
    purse,
    tell_hand,
    void,
)
from backend.cash.actions.shifts import keep_shift
from backend.cash.documents import describe
from backend.cash.floats import Proposal, propose
from backend.cash.model import (
    DENOMINATIONS,
    Arrival,
    Carriage,
    CarriageRoute,
    Handover,
    HandRow,
    Notes,
    Reveal,
    Shift,
    read_notes,
    total_of,
)
from backend.cash.store import (
    find_open_shift_state,
    forecast,
    list_hands,
    note_phone_state,
    take_change,
)

__all__ = [
    "DENOMINATIONS",
    "Arrival",
    "Carriage",
    "CarriageRoute",
    "HandRow",
    "Handover",
    "Notes",
    "Proposal",
    "Reveal",
    "Shift",
    "accept",
    "approve",
    "close_day",
    "close_shift",
    "count_by_cashier",
    "count_by_courier",
    "count_drawer",
    "describe",
    "desk_topic",
    "find_open_shift_state",
    "forecast",
    "give",
    "is_over_limit",
    "issue",
    "keep_shift",
    "limit_of",
    "list_hands",
    "note_phone_state",
    "propose",
    "purse",
    "read_notes",
    "reopen_day",
    "send_off",
    "settle_drawer",
    "settle_shift",
    "take_change",
    "take_in",
    "tell_hand",
    "total_of",
    "void",
]
