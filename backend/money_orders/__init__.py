"""Money orders: taken at a door or counter, paid anywhere against PIN, or given back."""

from backend.money_orders.actions.deciding import approve, propose
from backend.money_orders.actions.paying import judge, pay, refund
from backend.money_orders.actions.taking import book, cancel, make_pin, open_parties, take
from backend.money_orders.documents import make_flag_report
from backend.money_orders.model import (
    Doubt,
    Flag,
    IdMethod,
    Judged,
    NewOrder,
    Order,
    Outcome,
    Parties,
    Party,
    Paying,
    Said,
    SenderDoor,
    Settlement,
    Source,
    Taking,
)
from backend.money_orders.rules import refuse_missing
from backend.money_orders.store import (
    find_order,
    list_doubts,
    list_flags,
    list_orders,
    list_settlements,
    sum_cash,
)

__all__ = [
    "Doubt",
    "Flag",
    "IdMethod",
    "Judged",
    "NewOrder",
    "Order",
    "Outcome",
    "Parties",
    "Party",
    "Paying",
    "Said",
    "SenderDoor",
    "Settlement",
    "Source",
    "Taking",
    "approve",
    "book",
    "cancel",
    "find_order",
    "judge",
    "list_doubts",
    "list_flags",
    "list_orders",
    "list_settlements",
    "make_flag_report",
    "make_pin",
    "open_parties",
    "pay",
    "propose",
    "refund",
    "refuse_missing",
    "sum_cash",
    "take",
]
