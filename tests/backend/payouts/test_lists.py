"""Tests that a list is approved by a second person, frozen, changed by deltas, and closes."""

from datetime import date

import asyncpg
import pytest

from backend import doorstep, payouts
from backend.kit.errors import Conflict, Invalid
from backend.payouts import Asked, PayoutList
from backend.payouts.actions import reports
from tests.backend.payouts.making import (
    ASKED,
    HOME,
    NOW,
    PROXY,
    Counter,
    number_of,
    refuse_edit,
    row_of,
)

pytestmark = [pytest.mark.anyio, pytest.mark.store]

SUM = 3_500_000
NEXT = Asked(scheme="pension", period="2027-01")


async def reconcile(counter: Counter, batch: PayoutList) -> reports.Reconciliation:
    fresh = await counter.list_of(batch.id)
    async with counter.begin() as conn:
        return await reports.reconcile(conn, fresh)


async def test_maker_does_not_approve(counter: Counter) -> None:
    """Tests that whoever brought the list cannot approve it (L8, consequence 30)."""
    batch = await counter.draft(row_of(1))
    await counter.fund(batch)
    with pytest.raises(Conflict) as caught:
        await counter.approve(batch, by=counter.officer)
    assert caught.value.code == "approved_by_maker"
    await counter.approve(batch)
    with pytest.raises(Conflict) as caught:
        await counter.approve(batch)
    assert caught.value.code == "list_not_draft"


@pytest.mark.parametrize("amount_vnd", [None, SUM - 1, SUM + 1])
async def test_list_without_its_money_is_not_approved(
    counter: Counter, amount_vnd: int | None
) -> None:
    """Tests that a list is approved only when its money is there to the đồng."""
    batch = await counter.draft(row_of(1))
    if amount_vnd is not None:
        await counter.fund(batch, amount_vnd)
    with pytest.raises(Conflict) as caught:
        await counter.approve(batch)
    assert caught.value.code == "list_not_balanced"
    assert caught.value.params["funded_vnd"] == (amount_vnd or 0)


async def test_money_comes_once_and_is_corrected_by_two(counter: Counter) -> None:
    """Tests that a wrong sum is reversed by two people and booked again under its second number."""
    batch = await counter.draft(row_of(1))
    await counter.fund(batch, SUM + 1)
    with pytest.raises(Conflict) as caught:
        await counter.fund(batch)
    assert caught.value.code == "list_funded"
    with pytest.raises(Invalid) as refused:
        await counter.fund(
            await counter.draft(row_of(1), asked=Asked(scheme="merit", period="2026-12")), 0
        )
    assert refused.value.code == "amount_out_of_range"
    async with counter.begin() as conn:
        await payouts.refund(
            conn,
            office_id=counter.office_id,
            list_id=batch.id,
            by=counter.cashier,
            approved_by=counter.controller,
            reason="ghi nhầm số tiền",
            now=NOW,
        )
    assert await counter.owed_vnd() == 0
    await counter.fund(batch)
    assert await counter.owed_vnd() == SUM
    await counter.approve(batch)
    assert (await reconcile(counter, batch)).difference_vnd == 0
    with pytest.raises(Conflict) as caught:
        await counter.fund(batch)
    assert caught.value.code == "list_not_draft"


async def test_same_people_are_not_approved_twice(counter: Counter) -> None:
    """Tests that two drafts with one person for one month are not both approved."""
    first = await counter.draft(row_of(1))
    second = await counter.draft(row_of(2, period="2027-01"), asked=NEXT)
    async with counter.begin() as conn:
        await conn.execute(
            "INSERT INTO payouts.payout (office_id, id, list_id, upload_id, row_number, period, "
            "person_key, name, search_key, id_sealed, id_last4, amount_vnd, how) "
            "SELECT office_id, gen_random_uuid(), $2, $3, 3, period, person_key, name, "
            "search_key, id_sealed, id_last4, amount_vnd, how FROM payouts.payout "
            "WHERE list_id = $1",
            first.id,
            second.id,
            second.upload_id,
        )
        await conn.execute(
            "UPDATE payouts.list SET num_rows = 2, total_vnd = $2 WHERE id = $1",
            second.id,
            2 * SUM,
        )
    for batch in (first, await counter.list_of(second.id)):
        await counter.fund(batch)
    await counter.approve(first)
    with pytest.raises(Conflict) as caught:
        await counter.approve(second)
    assert caught.value.code == "list_overlaps"


FROZEN = (
    "UPDATE payouts.payout SET amount_vnd = amount_vnd + 1",
    "UPDATE payouts.payout SET name = 'Trần Thị Khác'",
    "UPDATE payouts.payout SET person_key = repeat('0', 64)",
    "UPDATE payouts.payout SET id_kind = 'passport'",
    "UPDATE payouts.payout SET proxy_kind = 'passport'",
    "UPDATE payouts.payout SET list_id = gen_random_uuid()",
    "DELETE FROM payouts.payout",
    "INSERT INTO payouts.payout SELECT (jsonb_populate_record(p, jsonb_build_object("
    "'id', gen_random_uuid(), 'person_key', repeat('1', 64)))).* FROM payouts.payout p",
    "UPDATE payouts.list SET total_vnd = total_vnd + 1",
    "UPDATE payouts.list SET state = 'draft', approved_by = NULL, approved_at = NULL",
    "UPDATE payouts.list SET approved_by = made_by",
    "UPDATE payouts.list SET state = 'discarded'",
    "DELETE FROM payouts.list",
    "TRUNCATE payouts.payout CASCADE",
)


@pytest.mark.parametrize("statement", FROZEN)
async def test_database_refuses_to_change_an_approved_list(
    counter: Counter, admin_conn: asyncpg.Connection, statement: str
) -> None:
    """Tests that neither the app's role nor the owner's edit touches what was approved (18)."""
    batch = await counter.approved(row_of(1))
    async with counter.begin() as conn:
        state = await refuse_edit(conn, statement)
    assert state in ("TN010", "42501", "23514"), state
    if not statement.startswith(("TRUNCATE", "DELETE FROM payouts.list")):
        assert await refuse_edit(admin_conn, statement) in ("TN010", "23514")
    (row,) = await counter.rows(batch)
    assert row.amount_vnd == SUM


async def test_every_column_of_a_payout_is_frozen_or_says_how_it_stands(
    admin_conn: asyncpg.Connection,
) -> None:
    """Tests that a column is either refused by the trigger or granted to the app, never both."""
    rows = await admin_conn.fetch(
        """
        SELECT a.attname::text AS name, a.attnum = ANY (t.tgattr) AS is_frozen,
            has_column_privilege('tannoi_app', a.attrelid, a.attnum, 'UPDATE') AS is_granted
        FROM pg_attribute a
        JOIN pg_trigger t ON t.tgrelid = a.attrelid AND t.tgname = 'payout_edited'
        WHERE a.attrelid = 'payouts.payout'::regclass AND a.attnum > 0 AND NOT a.attisdropped
        """
    )
    assert len(rows) > 30
    assert [row["name"] for row in rows if row["is_frozen"] == row["is_granted"]] == []


async def test_home_payouts_come_to_their_doors(counter: Counter) -> None:
    """Tests that on approval home payouts get due, shown without any identity number."""
    batch = await counter.approved(row_of(1, **HOME, **PROXY, phone="0900000001"), row_of(2))
    await counter.place(batch)
    home, desk = await counter.rows(batch)
    async with counter.begin() as conn:
        errands = await doorstep.list_errands(conn, counter.office_id, [home.id, desk.id])
        early = await doorstep.list_due(conn, counter.office_id, date(2026, 12, 1))
    (errand,) = errands
    assert early == []
    assert (errand.kind, errand.subject_id, errand.wanted_on, errand.cash_out_vnd) == (
        "payout.pay",
        batch.id,
        date(2026, 12, 2),
        SUM,
    )
    assert errand.shown["proxy"]["valid_to"] == "2026-12-31"
    text = str(errand.shown)
    assert number_of(1) not in text
    assert PROXY["proxy_id"] not in text
    assert errand.citizen_id == home.citizen_id


async def test_same_person_is_the_same_citizen_next_month(counter: Counter) -> None:
    """Tests that a payee without a phone is not made anew each month."""
    seen = []
    for period in ("2026-12", "2027-01"):
        asked = Asked(scheme="pension", period=period)
        batch = await counter.approved(row_of(1, period=period, **HOME), asked=asked)
        await counter.place(batch)
        seen += [(row.citizen_id, row.delivery_point_id) for row in await counter.rows(batch)]
    assert seen[0] == seen[1]
    assert None not in seen[0]


async def test_draft_is_given_up_unless_it_has_money(counter: Counter) -> None:
    """Tests that a draft can be discarded and brought anew, and one with money cannot."""
    batch = await counter.draft(row_of(1))

    async def discard() -> None:
        async with counter.begin() as conn:
            await payouts.discard(
                conn, office_id=counter.office_id, list_id=batch.id, by=counter.officer, now=NOW
            )

    await counter.fund(batch)
    with pytest.raises(Conflict) as caught:
        await discard()
    assert caught.value.code == "list_funded"
    batch = await counter.draft(row_of(2, period="2027-01"), asked=NEXT)
    await discard()
    assert await counter.rows(batch) == []
    assert (await counter.draft(row_of(2, period="2027-01"), asked=NEXT)).id != batch.id


async def test_every_scheme_is_data(counter: Counter) -> None:
    """Tests that the five schemes are rows with a source, and each unsure fact has its mark."""
    async with counter.begin() as conn:
        schemes = {scheme.code: scheme for scheme in await payouts.list_schemes(conn)}
    assert sorted(schemes) == ["campaign", "disbursement", "merit", "pension", "social"]
    for scheme in schemes.values():
        assert scheme.source
        assert {"form", "fee_bp", "amount_max_vnd"} <= set(scheme.settings.marks)
    calendar = schemes["pension"].settings.calendar
    assert calendar is not None
    assert (calendar.list_before_day, calendar.back_before_day) == (25, 20)
    assert (calendar.commune_days, calendar.office_days) == ((2, 10), (11, 25))
    assert ASKED.scheme == "pension"


async def test_money_over_the_cap_of_one_transfer_comes_in_parts(counter: Counter) -> None:
    """Tests that a list of more than 50 billion đồng is funded and given back (L1)."""
    over_vnd = 50_000_000_001
    batch = await counter.draft(*(row_of(at, 99_000_000) for at in range(1, 507)))
    assert batch.total_vnd > over_vnd
    await counter.fund(batch)
    assert await counter.owed_vnd() == batch.total_vnd
    await counter.approve(batch)
    report = await reconcile(counter, batch)
    assert (report.rows.funded_vnd, report.difference_vnd) == (batch.total_vnd, 0)
    async with counter.begin() as conn:
        back_vnd = await payouts.close(
            conn,
            office_id=counter.office_id,
            list_id=batch.id,
            unpaid="give_back",
            by=counter.controller,
            now=NOW,
        )
    assert back_vnd == batch.total_vnd
    assert await counter.owed_vnd() == 0
    report = await reconcile(counter, batch)
    assert (report.ledger.given_back_vnd, report.difference_vnd) == (batch.total_vnd, 0)
