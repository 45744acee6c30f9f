"""What the law limits in one person's day: ceilings, and sums whose sender must be known well."""

from collections.abc import Sequence
from datetime import date
from typing import cast
from uuid import UUID

import msgspec

from backend import network
from backend.kit.sql import Conn
from backend.money_orders import rules, store
from backend.money_orders.model import Parties


async def list_fees(conn: Conn, on_day: date) -> Sequence[Sequence[int]]:
    """Return the table of fees of a day: the largest amount and its fee, đồng."""
    rule = await network.get_rule(conn, "order_fees_vnd", on_day)
    return cast(Sequence[Sequence[int]], rule.value)


async def check_sums(
    conn: Conn,
    sender_key: str,
    parties: Parties,
    amount_vnd: int,
    *,
    order_id: UUID,
    on_day: date,
) -> None:
    """Refuse what is above the ceilings, and large sums whose people are not known enough.

    Asked when an order is booked and again when it is taken, so that no order of many passes by
    having been booked before the others. What else the sender booked on the day counts as if it
    were taken; what they were paid counts for the fields alone. Others who ask about the same
    sender wait until the transaction ends.

    Raises `Conflict`: `order_over_ceiling`, `aml_fields_missing`.
    """
    await store.lock_person(conn, sender_key)
    rule = await network.get_rule(conn, "order_ceiling_vnd", on_day)
    ceilings = msgspec.convert(rule.value, dict[str, int])
    booked_vnd = await store.sum_booked(conn, sender_key, on_day, except_id=order_id)
    sent_vnd = booked_vnd + await store.sum_sent(conn, sender_key, on_day)
    rules.check_ceilings(
        amount_vnd, sent_vnd, order=ceilings["order"], sender_day=ceilings["sender_day"]
    )
    cash_vnd = await network.get_number(conn, "aml_cash_day_vnd", on_day)
    transfer_vnd = await network.get_number(conn, "aml_transfer_vnd", on_day)
    day_vnd = booked_vnd + await store.sum_cash(conn, sender_key, on_day)
    rules.check_aml(day_vnd + amount_vnd, cash_vnd, parties.sender)
    if rules.check_aml(amount_vnd, transfer_vnd, parties.sender):
        rules.check_aml(amount_vnd, transfer_vnd, parties.payee)
