"""Payouts over HTTP: what an agency and the desk see of lists, and what the desk alone does."""

from typing import Final

from backend.payouts.http import desk, lists

controllers: Final = (*lists.controllers, *desk.controllers)
