"""Tests of households in campaigns: known by their agency's code, paid once."""

from datetime import date

import asyncpg
import pytest

from backend.house import House
from backend.payouts import Asked, PayoutList
from tests.backend.payouts.making import HEADER, PERIOD, Counter, file_of, make_counter, row_of

CAMPAIGN = Asked(
    scheme="campaign", period=PERIOD, reference="QUA-TET-2027", due_on=date(2026, 12, 3)
)
COLUMNS = HEADER + ",Mã hộ,Số nhân khẩu"


@pytest.fixture
async def two(house: House) -> tuple[Counter, Counter]:
    """Return two offices, each with its commune's agency and cash to pay."""
    counters = (await make_counter(house), await make_counter(house, number=2))
    for counter in counters:
        await counter.give_float(5_000_000)
    return counters


async def approved(counter: Counter, at: int, code: str) -> PayoutList:
    """Return an approved list of one household."""
    raw = file_of(row_of(at, 400_000) + f",{code},4", header=COLUMNS)
    upload = await counter.bring(raw, CAMPAIGN)
    assert upload.state == "done", (upload.refusal, upload.faults)
    batch = await counter.list_of(upload.list_id)
    await counter.fund(batch)
    await counter.approve(batch)
    return await counter.list_of(batch.id)


async def pay(counter: Counter, batch: PayoutList) -> tuple[str, str]:
    (payout,) = await counter.rows(batch)
    outcome = await counter.pay(counter.payment(payout))
    return outcome.state, outcome.reason or ""


async def keep_plain(admin: asyncpg.Connection, counter: Counter) -> None:
    """Let a campaign have begun before agencies stood in households' keys."""
    await admin.execute(
        "INSERT INTO payouts.plain_campaign VALUES ($1, $2, $3, $4)",
        counter.office_id, counter.day.partner_id, CAMPAIGN.scheme, CAMPAIGN.reference,
    )  # fmt: skip


async def test_same_code_of_two_communes_is_two_households(two: tuple[Counter, Counter]) -> None:
    """Tests that household 001 of each commune is paid under one campaign's reference."""
    first, second = two
    lists = await approved(first, 1, "001"), await approved(second, 2, "001")
    assert await pay(first, lists[0]) == ("paid", "")
    assert await pay(second, lists[1]) == ("paid", "")


async def test_campaign_begun_before_keeps_its_keys(
    two: tuple[Counter, Counter], admin_conn: asyncpg.Connection
) -> None:
    """Tests that a file brought again finds its list, and a delta its household, as before."""
    first, _ = two
    await keep_plain(admin_conn, first)
    batch = await approved(first, 1, "H-01")
    again = await first.bring(file_of(row_of(1, 400_000) + ",H-01,4", header=COLUMNS), CAMPAIGN)
    assert (again.state, again.list_id) == ("done", batch.id)
    keys = await admin_conn.fetch("SELECT person_key FROM payouts.payout")
    plain = first.house.sealer.index("household:h-01").hex()
    assert [row[0] for row in keys] == [plain]


async def test_campaigns_of_before_are_told_apart(
    two: tuple[Counter, Counter], admin_conn: asyncpg.Connection
) -> None:
    """Tests that the keys of a campaign begun since then name its agency."""
    first, second = two
    await keep_plain(admin_conn, first)
    await approved(first, 1, "001")
    await approved(second, 2, "001")
    rows = await admin_conn.fetch("SELECT person_key FROM payouts.payout ORDER BY office_id")
    index = second.house.sealer.index
    assert [row[0] for row in rows] == [
        index("household:001").hex(), index(f"household:{second.day.partner_id}:001").hex(),
    ]  # fmt: skip
