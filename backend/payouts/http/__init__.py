"""Payouts over HTTP: what an agency and the desk see of lists, and what the desk alone does."""

from typing import Final

from backend.payouts.http import desk, files, lists, reports

controllers: Final = (
    *files.controllers,
    *lists.controllers,
    *reports.controllers,
    *desk.controllers,
)
