"""What an agency owes for paying out: posted once its list has ended, as a debt of its own."""

from datetime import datetime
from uuid import UUID

from backend import ledger
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer
from backend.payouts import rules, store
from backend.payouts.model import PayoutList
from backend.payouts.store import queries


def receivable(batch: PayoutList) -> Account:
    """Return the account of what an agency owes the post under a scheme."""
    return Account(batch.office_id, "receivable", batch.partner_id, batch.scheme)


async def post_fee(conn: Conn, batch: PayoutList, *, by: UUID, now: datetime) -> int:
    """Post the fee for all that a list paid, once; return what was posted now, đồng.

    The list is locked and ending: what it paid stands from now on.
    """
    if await store.sum_fees(conn, batch) is not None:
        return 0
    scheme = await store.scheme_of(conn, batch)
    paid = [one for one in await store.sum_rows(conn, batch) if one.state == "paid"]
    num_paid, paid_vnd = sum(one.num for one in paid), sum(one.amount_vnd for one in paid)
    fee_vnd = rules.fee_of(scheme.settings, num_paid=num_paid, paid_vnd=paid_vnd)
    # A list without a fee says so too, so that none can be forgotten.
    for n, part_vnd in enumerate(rules.parts_of(fee_vnd) or [0], start=1):
        transfer = _transfer(batch, n, part_vnd, by=by, now=now)
        if part_vnd:
            await ledger.post(conn, [transfer], now=now)
        await queries.run(
            conn,
            "add_fee",
            office_id=batch.office_id,
            list_id=batch.id,
            n=n,
            num_paid=num_paid,
            paid_vnd=paid_vnd,
            amount_vnd=part_vnd,
            transfer_id=transfer.id if part_vnd else None,
            by=by,
            at=now,
        )
    return fee_vnd


def _transfer(batch: PayoutList, n: int, amount_vnd: int, *, by: UUID, now: datetime) -> Transfer:
    return Transfer(
        # Under its own name, beside the ids of what came and went back.
        id=ledger.transfer_id(ledger.transfer_id(batch.id), n),
        group_id=batch.id,
        code=f"fee.{batch.scheme}",
        debit=receivable(batch),
        credit=Account(batch.office_id, "service_revenue"),
        amount_vnd=amount_vnd,
        occurred_at=now,
        created_by=by,
        business_key=rules.numbered_key(batch.id, n),
    )
