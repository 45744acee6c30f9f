"""Cash carried between drawer, vault and bank: sent off by one, taken in by another (L5, L8).

While it is on its way it stands on `in_transit` under whoever carries it, so that it is always
somebody's. What neither arrived nor came back is the carrier's shortage (L10).
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from backend import ledger
from backend.cash import store
from backend.cash.actions.handovers import check_company, desk_topic, tell_hand
from backend.cash.model import Arrival, Carriage, CarriageRoute, Notes, total_of
from backend.cash.store import queries
from backend.kit import live
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, AccountKind, Transfer

ENDS: Final[dict[CarriageRoute, tuple[AccountKind, AccountKind]]] = {
    "from_bank": ("bank", "drawer"),
    "to_bank": ("drawer", "bank"),
    "to_vault": ("drawer", "vault"),
    "from_vault": ("vault", "drawer"),
}
"""From where, to where."""
REASON_MIN: Final = 3


async def begin(
    conn: Conn,
    *,
    office_id: UUID,
    id: UUID,
    route: CarriageRoute,
    notes: Notes,
    carrier_id: UUID,
    companion_id: UUID | None,
    slip: str,
    by: UUID,
    now: datetime,
) -> Carriage:
    """Send cash off, counted; asked again under the same id it is the same carriage.

    Raises `Invalid` `nothing_counted`, `slip_missing` (money from the bank has one), `Conflict`
    `companion_missing` (too much for one person), `companion_carries`, `already_posted` (a slip
    counts once), `not_covered`, `transfer_differs`.
    """
    amount_vnd = total_of(notes)
    if amount_vnd == 0:
        raise Invalid("nothing_counted")
    if route == "from_bank" and not slip.strip():
        raise Invalid("slip_missing")
    await check_company(conn, amount_vnd, carrier_id, companion_id, now)
    made = Carriage(
        office_id, id, route, "on_way", amount_vnd, slip.strip(), carrier_id, companion_id, by, now,
        None, None, None, None, "",
    )  # fmt: skip
    if not await _add(conn, made):
        known = await lock(conn, office_id, id)
        if (known.route, known.amount_vnd, known.carrier_id) != (route, amount_vnd, carrier_id):
            raise Conflict("transfer_differs")
        return known
    source, _ = ENDS[route]
    code = "bank.withdrawal" if source == "bank" else "carry.out"
    key = f"{office_id}:{made.slip}" if source == "bank" else None
    leg = _leg(made, 0, code, _on_way(made), _end(made, source), amount_vnd, now, key=key)
    await ledger.post(conn, [leg], now=now)
    await _count(conn, made, 0, notes, by, now, expected_vnd=amount_vnd)
    await live.publish(conn, desk_topic(office_id))
    return made


async def end(
    conn: Conn, office_id: UUID, id: UUID, *, found: Arrival, by: UUID, now: datetime
) -> int:
    """Say what arrived and what came back; return what is missing, the carrier's from now on.

    Raises `NotFound`; `Conflict` `not_on_way`, `approved_by_maker`, `own_matter` (the carrier),
    `over_carried`, `needs_reason` (something is missing), `already_posted` (a slip counts once);
    `Invalid` `slip_missing`, `no_bank_here`.
    """
    carried = await lock(conn, office_id, id)
    check_arrival(carried, found, by=by)
    slip = found.slip.strip() or carried.slip
    counted_vnd = total_of(found.notes)
    missing_vnd = carried.amount_vnd - counted_vnd - found.bank_vnd
    is_out = carried.route == "to_bank"  # then what was counted at the office is what came back
    arrived_vnd, back_vnd = (
        (found.bank_vnd, counted_vnd) if is_out else (counted_vnd, found.bank_vnd)
    )
    legs = _list_legs(carried, found, slip, arrived_vnd, back_vnd, missing_vnd, by, now)
    await ledger.post(conn, legs, now=now)
    if missing_vnd:
        await _keep_difference(conn, carried, legs[-1], now)
    if counted_vnd:
        expected_vnd = carried.amount_vnd - found.bank_vnd
        await _count(conn, carried, 1, found.notes, by, now, expected_vnd=expected_vnd)
    await queries.run(
        conn,
        "end_carriage",
        office_id=office_id,
        id=id,
        slip=slip,
        by=by,
        at=now,
        arrived_vnd=arrived_vnd,
        back_vnd=back_vnd,
        reason=found.reason.strip(),
    )
    await live.publish(conn, desk_topic(office_id))
    return missing_vnd


def _list_legs(
    carried: Carriage,
    found: Arrival,
    slip: str,
    arrived_vnd: int,
    back_vnd: int,
    missing_vnd: int,
    by: UUID,
    now: datetime,
) -> list[Transfer]:
    """Return what ends a carriage: what arrived, what came back, what is missing at the last."""
    source, target = ENDS[carried.route]
    is_out = target == "bank"
    way, legs = _on_way(carried), []
    if arrived_vnd:
        code = "bank.deposit" if is_out else "carry.in"
        key = f"{carried.office_id}:{slip}" if is_out else None
        to = _end(carried, target)
        legs.append(_leg(carried, 1, code, to, way, arrived_vnd, now, by=by, key=key))
    if back_vnd:
        to = _end(carried, source)
        legs.append(_leg(carried, 2, "carry.back", to, way, back_vnd, now, by=by))
    if missing_vnd:
        debt = Account(carried.office_id, "shortage", carried.carrier_id)
        reason = found.reason.strip()
        short = "difference.short"
        legs.append(_leg(carried, 3, short, debt, way, missing_vnd, now, by=by, reason=reason))
    return legs


async def _keep_difference(conn: Conn, carried: Carriage, short: Transfer, now: datetime) -> None:
    await store.add_difference(
        conn,
        office_id=carried.office_id,
        id=new_id(),
        subject="carriage",
        subject_id=carried.id,
        amount_vnd=-short.amount_vnd,
        owner_id=carried.carrier_id,
        reason=short.reason,
        made_by=carried.made_by,
        approved_by=short.approved_by,
        at=now,
        transfer_id=short.id,
    )
    await tell_hand(conn, carried.office_id, carried.carrier_id)


def check_arrival(carried: Carriage, found: Arrival, *, by: UUID) -> None:
    """Refuse what may not be said of carried cash; the refusals are those of `end`."""
    if carried.state != "on_way":
        raise Conflict("not_on_way")
    if by == carried.made_by:
        raise Conflict("approved_by_maker")
    if by == carried.carrier_id:
        raise Conflict("own_matter")
    if found.bank_vnd and "bank" not in ENDS[carried.route]:
        raise Invalid("no_bank_here")
    if carried.route == "to_bank" and found.bank_vnd and not found.slip.strip():
        raise Invalid("slip_missing")
    missing_vnd = carried.amount_vnd - total_of(found.notes) - found.bank_vnd
    if missing_vnd < 0:
        raise Conflict("over_carried", amount_vnd=carried.amount_vnd)
    if missing_vnd and len(found.reason.strip()) < REASON_MIN:
        raise Conflict("needs_reason")


async def lock(conn: Conn, office_id: UUID, id: UUID) -> Carriage:
    """Return a carriage, locked; raise `NotFound`."""
    found = await queries.one(conn, "lock_carriage", Carriage, office_id=office_id, id=id)
    if found is None:
        raise NotFound()
    return found


async def list_carriages(conn: Conn, office_id: UUID, since: datetime) -> list[Carriage]:
    """Return what is on its way, and what was sent off since an instant; newest first."""
    return await queries.list(conn, "list_carriages", Carriage, office_id=office_id, since=since)


async def _add(conn: Conn, made: Carriage) -> bool:
    added = await queries.value(
        conn,
        "add_carriage",
        office_id=made.office_id,
        id=made.id,
        route=made.route,
        amount_vnd=made.amount_vnd,
        slip=made.slip,
        carrier_id=made.carrier_id,
        companion_id=made.companion_id,
        by=made.made_by,
        at=made.made_at,
    )
    return added is not None


def _on_way(carried: Carriage) -> Account:
    return Account(carried.office_id, "in_transit", carried.carrier_id)


def _end(carried: Carriage, kind: AccountKind) -> Account:
    return Account(carried.office_id, kind)


def _leg(
    carried: Carriage,
    n: int,
    code: str,
    debit: Account,
    credit: Account,
    amount_vnd: int,
    now: datetime,
    *,
    by: UUID | None = None,
    key: str | None = None,
    reason: str = "",
) -> Transfer:
    return Transfer(
        id=ledger.transfer_id(carried.id, n),
        group_id=carried.id,
        code=code,
        debit=debit,
        credit=credit,
        amount_vnd=amount_vnd,
        business_key=key,
        occurred_at=now,
        created_by=carried.made_by,
        approved_by=by,
        reason=reason,
    )


async def _count(
    conn: Conn,
    carried: Carriage,
    n: int,
    notes: Notes,
    by: UUID,
    now: datetime,
    *,
    expected_vnd: int,
) -> None:
    await store.add_count(
        conn,
        carried.office_id,
        ledger.transfer_id(carried.id, 10 + n),
        subject="carriage",
        subject_id=carried.id,
        side="controller" if n else "cashier",
        by=by,
        at=now,
        notes=notes,
        expected_vnd=expected_vnd,
    )
