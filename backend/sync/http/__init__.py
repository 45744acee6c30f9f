"""The calls of phones, and what the office asks about them."""

from typing import Final

from backend.sync.http import phone, pictures

controllers: Final = (*phone.controllers, *pictures.controllers)
