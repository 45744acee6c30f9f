"""What acts of money are due at which door: paying, collecting, taking and bringing transfers."""

from backend.doorstep.model import Errand, ErrandState, MoneyKind, NewErrand
from backend.doorstep.news import SETTLED, Settled, tell_settled
from backend.doorstep.store import (
    finish,
    list_due,
    list_errands,
    list_riding,
    lock,
    lock_all,
    put_off,
    reopen,
    save,
    unfail,
    withdraw,
)

__all__ = [
    "SETTLED",
    "Errand",
    "ErrandState",
    "MoneyKind",
    "NewErrand",
    "Settled",
    "finish",
    "list_due",
    "list_errands",
    "list_riding",
    "lock",
    "lock_all",
    "put_off",
    "reopen",
    "save",
    "tell_settled",
    "unfail",
    "withdraw",
]
