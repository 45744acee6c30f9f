"""The calls of phones, and what the office asks about them."""

from typing import Final

from backend.sync.http import lists, office, phone, pictures

controllers: Final = (
    *phone.controllers,
    *lists.controllers,
    *pictures.controllers,
    *office.controllers,
)
