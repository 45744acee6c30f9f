"""What a desk does with charges, and what a bank tells."""

from typing import Final

from backend.charges.http import bank, desk, payees, people, receipts, remit

controllers: Final = (
    *desk.controllers,
    *payees.controllers,
    *people.controllers,
    *receipts.controllers,
    *remit.controllers,
    *bank.controllers,
)
