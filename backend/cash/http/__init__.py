"""Cash over HTTP, for the cashier and the controller."""

from backend.cash.http.carriages import CarriageController
from backend.cash.http.closing import ClosingController
from backend.cash.http.debts import DebtController
from backend.cash.http.desk import CashController
from backend.cash.http.looking import LookingController
from backend.cash.http.nights import NightController
from backend.cash.http.people import PeopleController

controllers = (
    CashController,
    LookingController,
    ClosingController,
    CarriageController,
    DebtController,
    NightController,
    PeopleController,
)
