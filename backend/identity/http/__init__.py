"""Identity over HTTP: who is behind a request, signing in and out, phones, one-time codes."""

from typing import Final

from backend.identity.access import check_routes, permission_guard
from backend.identity.http.desk import DeskController, PhoneController
from backend.identity.http.factors import FactorController
from backend.identity.http.sessions import DemoController, SessionController
from backend.identity.requests import authentication_middleware, dependencies

__all__ = [
    "authentication_middleware",
    "check_routes",
    "controllers",
    "dependencies",
    "permission_guard",
]

controllers: Final = (
    SessionController,
    FactorController,
    PhoneController,
    DeskController,
    DemoController,
)
