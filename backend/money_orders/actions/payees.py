"""What the law wants known of a payee whose cash of a day is large, asked before notes go out."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from backend import network
from backend.kit.clock import service_day
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.kit.text import nfc
from backend.money_orders import rules, store
from backend.money_orders.actions.taking import open_parties
from backend.money_orders.model import Paid, Party, Presented, Said, Source

SAID: Final = "money_orders.payee_said:{office_id}:{order_id}"
PAID: Final = "money_orders.settlement:{office_id}:{id}"


async def is_large(conn: Conn, person_key: str, more_vnd: int, on_day: date) -> bool:
    """Return whether a person's cash of a day reaches what is reported, with this much more.

    Others who add up the same person's sums wait until the transaction ends.
    """
    await store.lock_person(conn, person_key)
    total_vnd = await store.sum_cash(conn, person_key, on_day) + more_vnd
    return total_vnd >= await network.get_number(conn, "aml_cash_day_vnd", on_day)


async def list_missing(
    conn: Conn, sealer: Sealer, shown: Presented, said: Said, source: Source
) -> tuple[str, ...]:
    """Return which fields are missing for an order to be paid, which a right PIN has shown."""
    assert shown.payee_key is not None, "a right PIN shows the order"
    day = service_day(source.at)
    if not await is_large(conn, shown.payee_key, shown.amount_vnd or 0, day):
        return ()
    return tuple(rules.list_missing(await _know(conn, sealer, shown, said, source)))


async def keep_said(conn: Conn, sealer: Sealer, order_id: UUID, said: Said, source: Source) -> None:
    """Keep what a payee said at a door for the fact that follows, which bears none of it."""
    if said == Said():
        return
    said = _tidy(_join(await _find_said(conn, sealer, order_id, source), said))
    place = SAID.format(office_id=source.office_id, order_id=order_id)
    sealed = sealer.seal(msgspec.json.encode(said).decode(), place=place)
    await store.set_payee_said(
        conn, source.office_id, order_id, sealed, by=source.staff_id, at=source.received_at
    )


async def seal_paid(
    conn: Conn,
    sealer: Sealer,
    shown: Presented,
    *,
    id: UUID,
    reference: str,
    said: Said,
    source: Source,
) -> bytes | None:
    """Return who is paid by the settlement `id`, sealed; None where it is not to be reported."""
    assert shown.payee_key is not None, "a right PIN shows the order"
    day = service_day(source.at)
    if not await is_large(conn, shown.payee_key, shown.amount_vnd or 0, day):
        return None
    payee = await _know(conn, sealer, shown, said, source)
    paid = Paid(reference, shown.purpose or "", payee)
    place = PAID.format(office_id=source.office_id, id=id)
    return sealer.seal(msgspec.json.encode(paid).decode(), place=place)


async def find_paid(conn: Conn, sealer: Sealer, office_id: UUID, order_id: UUID) -> Paid | None:
    """Return who was paid an order at this office, where that was kept."""
    found = await store.find_payee_paid(conn, office_id, order_id)
    if found is None:
        return None
    raw = sealer.open(found[1], place=PAID.format(office_id=office_id, id=found[0]))
    return msgspec.json.decode(raw, type=Paid)


async def _know(conn: Conn, sealer: Sealer, shown: Presented, said: Said, source: Source) -> Party:
    """Return the payee by the order, and by what they said here since."""
    assert shown.id is not None, "a right PIN shows the order"
    assert shown.parties_sealed is not None, "a right PIN shows the order"
    payee = open_parties(sealer, shown.id, shown.parties_sealed).payee
    said = _tidy(_join(await _find_said(conn, sealer, shown.id, source), said))
    return msgspec.structs.replace(
        payee,
        birth_on=said.birth_on or payee.birth_on,
        address=said.address or payee.address,
        nationality=said.nationality or payee.nationality,
    )


async def _find_said(conn: Conn, sealer: Sealer, order_id: UUID, source: Source) -> Said:
    sealed = await store.find_payee_said(conn, source.office_id, order_id)
    if sealed is None:
        return Said()
    place = SAID.format(office_id=source.office_id, order_id=order_id)
    return msgspec.json.decode(sealer.open(sealed, place=place), type=Said)


def _join(before: Said, said: Said) -> Said:
    return Said(
        birth_on=said.birth_on or before.birth_on,
        address=said.address.strip() or before.address,
        nationality=said.nationality.strip() or before.nationality,
    )


def _tidy(said: Said) -> Said:
    return msgspec.structs.replace(
        said, address=nfc(said.address), nationality=nfc(said.nationality)
    )
