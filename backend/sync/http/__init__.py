"""The calls of phones, and what the office asks about them."""

from typing import Final

from backend.sync.http import desk, lists, office, orders, phone, pictures

controllers: Final = (
    *phone.controllers,
    *lists.controllers,
    *orders.controllers,
    *pictures.controllers,
    *office.controllers,
    *desk.controllers,
)
