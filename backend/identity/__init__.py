"""Staff, phones, citizens and agencies: who is who, and who may do what."""

from backend.identity.access import PERMISSIONS, Permission, can, check_sees, desk_office
from backend.identity.actions.audit import write as audit
from backend.identity.actions.citizens import (
    find_link,
    get_citizen,
    list_citizens,
    list_citizens_by_phone,
    make_link,
    open_phone,
    save_citizen,
)
from backend.identity.actions.devices import (
    enrol,
    find_device,
    list_devices,
    lose_device,
    make_code,
    resume,
)
from backend.identity.actions.people import (
    add_staff,
    disable_staff,
    get_me,
    get_partner,
    get_staff,
    list_partners,
    list_staff,
    save_partner,
    set_password,
)
from backend.identity.actions.sessions import find_login, sign_in
from backend.identity.model import (
    HOUSE,
    PUBLIC,
    Actor,
    AuditEntry,
    Citizen,
    CitizenDraft,
    Device,
    Link,
    Partner,
    Role,
    Staff,
    StaffDraft,
)
from backend.identity.requests import count_hit
from backend.identity.rules import read_phone
from backend.identity.signatures import signed_text

__all__ = [
    "HOUSE",
    "PERMISSIONS",
    "PUBLIC",
    "Actor",
    "AuditEntry",
    "Citizen",
    "CitizenDraft",
    "Device",
    "Link",
    "Partner",
    "Permission",
    "Role",
    "Staff",
    "StaffDraft",
    "add_staff",
    "audit",
    "can",
    "check_sees",
    "count_hit",
    "desk_office",
    "disable_staff",
    "enrol",
    "find_device",
    "find_link",
    "find_login",
    "get_citizen",
    "get_me",
    "get_partner",
    "get_staff",
    "list_citizens",
    "list_citizens_by_phone",
    "list_devices",
    "list_partners",
    "list_staff",
    "lose_device",
    "make_code",
    "make_link",
    "open_phone",
    "read_phone",
    "resume",
    "save_citizen",
    "save_partner",
    "set_password",
    "sign_in",
    "signed_text",
]
