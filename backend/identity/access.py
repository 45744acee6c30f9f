"""Who may do what: one table, one function, and the guard that asks them (A4).

A route without a declared permission does not start; nothing is allowed by silence.
"""

from typing import Final, Literal, get_args
from uuid import UUID

from backend.identity.model import Actor, Role

Permission = Literal[
    "me.read",
    "me.sign_out",
    "phone.exchange",
    "phone.snapshot",
    "phone.blob",
    "phone.wake",
    "errands.read",
    "couriers.read",
    "board.read",
    "plans.read",
    "communes.read",
    "custody.read",
    "errands.write",
    "errands.import",
    "plans.make",
    "plans.publish",
    "held.decide",
    "links.make",
    "points.pin",
    "codes.make",
    "staff.write",
    "agency.read",
    "agency.receive",
    "agency.hand_over",
    "agency.answer",
]
# What a route may declare besides: open to all, or opened by the token in its path.
OPEN: Final = frozenset({"public", "citizen_link"})

ALL_STAFF: Final[frozenset[Role]] = frozenset(get_args(Role))
COURIERS: Final[frozenset[Role]] = frozenset({"courier"})
DESK_READERS: Final[frozenset[Role]] = frozenset({"dispatcher", "controller", "administrator"})
DESK_WRITERS: Final[frozenset[Role]] = frozenset({"dispatcher", "administrator"})
ADMINISTRATORS: Final[frozenset[Role]] = frozenset({"administrator"})
AGENCY: Final[frozenset[Role]] = frozenset({"agency_officer"})

PERMISSIONS: Final[dict[Permission, frozenset[Role]]] = {
    "me.read": ALL_STAFF,
    "me.sign_out": ALL_STAFF,
    "phone.exchange": COURIERS,
    "phone.snapshot": COURIERS,
    "phone.blob": COURIERS,
    "phone.wake": COURIERS,
    "errands.read": DESK_READERS,
    "couriers.read": DESK_READERS,
    "board.read": DESK_READERS,
    "plans.read": DESK_READERS,
    "communes.read": DESK_READERS,
    "custody.read": DESK_READERS,
    "errands.write": DESK_WRITERS,
    "errands.import": DESK_WRITERS,
    "plans.make": DESK_WRITERS,
    "plans.publish": DESK_WRITERS,
    "held.decide": DESK_WRITERS,
    "links.make": DESK_WRITERS,
    "points.pin": DESK_WRITERS,
    "codes.make": DESK_WRITERS,
    "staff.write": ADMINISTRATORS,
    "agency.read": AGENCY,
    "agency.receive": AGENCY,
    "agency.hand_over": AGENCY,
    "agency.answer": AGENCY,
}


def can(actor: Actor, permission: Permission, *, office_id: UUID | None = None) -> bool:
    """Return whether `actor` may use `permission`, on things of `office_id` where one is named."""
    if actor.kind == "house":
        return True
    if actor.role is None or actor.role not in PERMISSIONS[permission]:
        return False
    return office_id is None or actor.offices == "*" or office_id in actor.offices


def list_permissions(role: Role) -> list[Permission]:
    """Return what a role may do, in the order of the table."""
    return [permission for permission, roles in PERMISSIONS.items() if role in roles]
