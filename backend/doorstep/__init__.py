"""What acts of money are due at which door: paying, collecting, taking and bringing transfers."""

from backend.doorstep.model import Errand, ErrandState, MoneyKind, NewErrand
from backend.doorstep.store import (
    finish,
    list_due,
    list_errands,
    lock,
    put_off,
    reopen,
    save,
    withdraw,
)

__all__ = [
    "Errand",
    "ErrandState",
    "MoneyKind",
    "NewErrand",
    "finish",
    "list_due",
    "list_errands",
    "lock",
    "put_off",
    "reopen",
    "save",
    "withdraw",
]
