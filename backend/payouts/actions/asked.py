"""What a file is said to be: its scheme, its periods, the list it changes."""

from datetime import date
from uuid import UUID

from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.sql import Conn
from backend.payouts import rules, store
from backend.payouts.model import Asked, PayoutList, Scheme


async def read_scheme(conn: Conn, asked: Asked, today: date) -> Scheme:
    """Return the scheme as it stands on the first day of the list's period, or today."""
    first = rules.first_day(asked.period)
    scheme = await store.find_scheme(conn, asked.scheme, max(first, today))
    scheme = scheme or await store.find_scheme(conn, asked.scheme, first)
    if scheme is None:
        raise Invalid("scheme_unknown", scheme=asked.scheme)
    return scheme


def check_asked(asked: Asked, scheme: Scheme) -> None:
    """Refuse what a file is said to be; see `bring`."""
    settings = scheme.settings
    if settings.needs_reference and not asked.reference:
        raise Invalid("reference_needed")
    if asked.reference and not settings.needs_reference:
        raise Invalid("reference_not_taken")
    if settings.late_days is not None and asked.due_on is None:
        raise Invalid("due_on_needed")
    wrong = rules.check_periods(settings, asked.period, asked.second_period)
    if wrong is not None:
        raise Invalid(wrong)


async def find_base(
    conn: Conn, office_id: UUID, partner_id: UUID, asked: Asked
) -> PayoutList | None:
    """Return the first list that a delta changes, or None; raise `NotFound`, `base_not_open`."""
    if asked.base_id is None:
        return None
    base = await store.find_list(conn, office_id, asked.base_id, partner_id)
    if base is None:
        raise NotFound()
    is_same = (base.scheme, base.period, base.reference, base.number) == (
        asked.scheme,
        asked.period,
        asked.reference,
        0,
    )
    if base.state != "approved" or not is_same:
        raise Conflict("base_not_open")
    return base
