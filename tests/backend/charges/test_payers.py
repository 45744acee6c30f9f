"""Tests that a payer's own number is shown to a desk masked, and whole only where that is kept."""

from datetime import date

import httpx

from backend import charges
from backend.charges import Collection, Source
from backend.house import House
from backend.kit.ids import new_id
from backend.receipts import Item, RangeDraft, allot
from tests.backend.charges.test_http import Office, house, office
from tests.backend.desk import MORNING

__all__ = ["house", "office"]
API = "/api/cash/v1"
NUMBER, COMPANY = "024190000017", "0100047516"


async def read(client: httpx.AsyncClient, path: str, **query: str) -> str:
    """Return an answer's text, which is to be searched whole."""
    answer = await client.get(f"{API}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


async def owe_taxes(house: House, office: Office) -> list[charges.Charge]:
    """Let a person and a company owe a tax each, in an office that has receipts."""
    by, office_id = office.day.dispatcher.id, office.day.office_id
    made = []
    async with house.db.transaction(actor="house", offices="*") as conn:
        payee = charges.Payee(office_id, new_id(), "tax", "THUE-BN", "Thuế mẫu", remit_days=1)
        await charges.save_payee(conn, payee)
        draft = RangeDraft(
            office_id=office_id, kind="tax", template="EBL01", symbol="26TTH", first_number=1,
            last_number=99,
        )  # fmt: skip
        await allot(conn, draft, by=by, now=MORNING)
        for code in (NUMBER, COMPANY):
            new = charges.NewCharge(
                office_id=office_id, id=new_id(), kind="tax", payee_id=payee.id,
                payer_name="Nguyễn Thị Mẫu", items=[Item("Thuế đất", 500_000)],
                due_on=date(2026, 11, 30), made_by=by, external_key=f"TB-{code[-4:]}",
                payer_tax_code=code,
            )  # fmt: skip
            await charges.add_many(conn, [new], now=MORNING)
            found = await charges.find_charge(conn, office_id, new.id)
            assert found is not None
            made.append(found)
    return made


async def list_actions(house: House) -> list[str]:
    async with house.db.transaction(actor="house", offices="*") as conn:
        rows = await conn.fetch(
            "SELECT action FROM identity.audit WHERE action IN ('charge.show', 'receipt.paper')"
        )
    return [row["action"] for row in rows]


async def test_desk_sees_a_payers_number_masked(house: House, office: Office) -> None:
    """Tests that lists and details bear four digits of a person's code, and a company's whole."""
    person, _ = await owe_taxes(house, office)
    for path in ("/charges", f"/charges/{person.id}", "/charges/waiting"):
        text = await read(office.cashier, path)
        assert NUMBER not in text
    assert f"••••••••{NUMBER[-4:]}" in await read(office.cashier, "/charges")
    assert COMPANY in await read(office.cashier, "/charges")
    assert await list_actions(house) == []
    shown = await office.cashier.post(f"{API}/charges/{person.id}/show")
    assert (shown.status_code, shown.json()["payer_tax_code"]) == (200, NUMBER)
    assert shown.headers["cache-control"] == "no-store"
    assert await list_actions(house) == ["charge.show"]
    unknown = await office.cashier.post(f"{API}/charges/{new_id()}/show")
    assert unknown.status_code == 404


async def test_receipts_are_listed_masked_and_their_papers_logged(
    house: House, office: Office
) -> None:
    """Tests that used numbers bear no whole code, and who takes a paper that does is kept."""
    person, _ = await owe_taxes(house, office)
    async with house.db.transaction(actor="house", offices="*") as conn:
        collection = Collection(
            office_id=office.day.office_id, id=new_id(), charge_id=person.id, amount_vnd=500_000
        )
        source = Source(at=MORNING, received_at=MORNING, staff_id=office.day.dispatcher.id)
        outcome = await charges.collect(conn, collection, source)
    day = "2026-11-24"
    text = await read(office.cashier, "/receipts", from_day=day, to_day=day)
    assert (NUMBER in text, f"••••••••{NUMBER[-4:]}" in text) == (False, True)
    paper = await office.cashier.get(f"{API}/receipts/{outcome.receipt_id}/paper")
    assert paper.status_code == 200
    assert await list_actions(house) == ["receipt.paper"]
