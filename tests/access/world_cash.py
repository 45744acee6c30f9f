"""One of each thing that the routes of money can name, in the first office of the world."""

from datetime import date, timedelta
from uuid import UUID

from backend import cash, charges, ledger, money_orders, receipts
from backend.cash.actions import asking, debts
from backend.charges import BankAccount, Collection, NewCharge, Payee, Source
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.ledger import Account, Transfer
from backend.money_orders import NewOrder, Order, Party, Taking
from backend.receipts import Item, NewReceipt, RangeDraft
from backend.sync.actions.desk import ask_release
from tests.backend.cash.carrying import fetch
from tests.backend.desk import MORNING, TODAY, Day


async def add_money(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    """Add receipts, charges and money orders to the first office."""
    await _add_receipt(conn, day, ids)
    await _add_charges(conn, day, ids)
    await _add_orders(conn, day, ids)
    await _add_leases(conn, day, ids)


async def _add_leases(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    """Add a list at a phone, and another one that somebody asks to take."""
    lease_ids = [new_id(), new_id()]
    for lease_id in lease_ids:
        await conn.execute(
            "INSERT INTO sync.lease (office_id, id, subject, subject_id, staff_id, device_id, "
            "issued_by, issued_at, expires_at) VALUES ($1, $2, 'payout', $3, $4, $3, $4, $5, $6)",
            day.office_id,
            lease_id,
            new_id(),
            day.couriers[0],
            MORNING,
            MORNING + timedelta(hours=14),
        )
    asked = await ask_release(
        conn, office_id=day.office_id, lease_id=lease_ids[1], reason="máy mất",
        by=day.dispatcher.id, now=MORNING,
    )  # fmt: skip
    assert day.dispatcher.id is not None
    limit = await asking.propose(
        conn, office_id=day.office_id, kind="set_limit", subject_id=day.couriers[0],
        amount_vnd=5_000_000, reason="đi xa", by=day.dispatcher.id, now=MORNING,
    )  # fmt: skip
    ids |= {
        "lease_id": str(lease_ids[0]),
        "lease_proposal_id": str(asked),
        "cash_proposal_id": str(limit),
    }


async def _add_receipt(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    draft = RangeDraft(
        office_id=day.office_id,
        kind="fee",
        template="EBL01",
        symbol="26TAB",
        first_number=1,
        last_number=1_000,
    )
    await receipts.allot(conn, draft, by=day.dispatcher.id, now=MORNING)
    block = await receipts.lease_block(
        conn,
        day.office_id,
        "fee",
        device_id=new_id(),
        staff_id=day.couriers[0],
        num=10,
        now=MORNING,
    )
    new = NewReceipt(
        office_id=day.office_id,
        id=new_id(),
        kind="fee",
        subject_id=new_id(),
        payer_name="Bí Mật Hoàng",
        items=[Item("Lệ phí", 8_000)],
        occurred_at=MORNING,
        issued_by=day.dispatcher.id,
    )
    receipt = await receipts.issue(conn, new, now=MORNING)
    ids |= {
        "block_id": str(block.id),
        "receipt_id": str(receipt.id),
        "check_code": receipt.check_code,
    }


async def _add_charges(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    """Add a biller, its bills due, collected, in a batch, and a proposal."""
    payee = Payee(day.office_id, new_id(), "biller", "DIEN", "Điện lực (mẫu)")
    await charges.save_payee(conn, payee)
    await charges.save_account(
        conn, BankAccount(day.office_id, "970449", "0123456789012", "BUU CUC MAU")
    )
    news = [
        NewCharge(
            office_id=day.office_id,
            id=new_id(),
            kind="bill",
            payee_id=payee.id,
            payer_name="Bí Mật Hoàng",
            items=[Item("Tiền điện", 20_000)],
            due_on=date(2026, 11, 24),
            made_by=day.dispatcher.id,
            external_key=f"HD-{n}",
        )
        for n in range(4)
    ]
    await charges.add_many(conn, news, now=MORNING)
    source = Source(at=MORNING, received_at=MORNING, staff_id=day.dispatcher.id)
    for new in news[:1]:
        await _collect(conn, new, source)
    batch = await charges.make_batch(
        conn, day.office_id, "bill", payee.id, through_on=date(2026, 11, 24),
        by=day.dispatcher.id, now=MORNING,
    )  # fmt: skip
    for new in news[1:3]:
        await _collect(conn, new, source)
    proposal_id = await charges.propose(
        conn, day.office_id, "take_back", news[2].id, note="thu nhầm", by=day.dispatcher.id,
        now=MORNING,
    )  # fmt: skip
    ids |= {
        "payee_id": str(payee.id),
        "collected_id": str(news[1].id),
        "charge_id": str(news[3].id),
        "batch_id": str(batch.id),
        "reversal_id": str(proposal_id),
    }


async def _collect(conn: Conn, new: NewCharge, source: Source) -> None:
    collection = Collection(
        office_id=new.office_id, id=new_id(), charge_id=new.id, amount_vnd=new.amount_vnd
    )
    await charges.collect(conn, collection, source)


async def _add_orders(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    """Add an order that was booked, and a locked one with a proposal to unlock it."""
    booked = await _book(conn, day)
    locked = await _book(conn, day)
    source = money_orders.Source(
        office_id=day.office_id, at=MORNING, received_at=MORNING, staff_id=day.dispatcher.id
    )
    taking = Taking(
        office_id=day.office_id,
        order_id=locked.id,
        amount_vnd=locked.amount_vnd,
        fee_vnd=locked.fee_vnd,
    )
    await money_orders.take(conn, day.house.sealer, taking, source)
    await conn.execute(
        "UPDATE money_orders.money_order SET num_wrong = 3, locked_at = $2 WHERE id = $1",
        locked.id,
        MORNING,
    )
    unlock_id = await money_orders.propose(
        conn, day.office_id, "unlock", locked.id, note="nhớ nhầm", by=day.dispatcher.id,
        now=MORNING,
    )  # fmt: skip
    ids |= {"order_id": str(booked.id), "unlock_id": str(unlock_id)}


async def _book(conn: Conn, day: Day) -> Order:
    new = NewOrder(
        office_id=day.office_id,
        id=new_id(),
        amount_vnd=1_000_000,
        purpose="Gửi cho gia đình",
        sender=Party(name="Bí Mật Hoàng", id_number="024190000099"),
        payee=Party(name="Bí Mật Hoàng", id_number="027085000999"),
    )
    return await money_orders.book(conn, day.house.sealer, new, by=day.dispatcher.id, now=MORNING)


async def add_cash(conn: Conn, day: Day, ids: dict[str, str]) -> None:
    """Add a drawer with cash, a float that the courier has not counted yet, and a day."""
    assert day.dispatcher.id is not None
    await fetch(conn, day.office_id, {500_000: 100}, by=day.dispatcher.id, slip="BN-1", now=MORNING)
    sent = await cash.send_off(
        conn,
        office_id=day.office_id,
        id=new_id(),
        route="to_vault",
        notes={500_000: 2},
        carrier_id=day.dispatcher.id,
        companion_id=None,
        slip="",
        by=day.dispatcher.id,
        now=MORNING,
    )
    ids["carriage_id"] = str(sent.id)
    offered = await cash.issue(
        conn,
        office_id=day.office_id,
        courier_id=day.couriers[0],
        notes={500_000: 4},
        by=day.dispatcher.id,
        now=MORNING,
    )
    owed = Transfer(
        id=new_id(),
        group_id=new_id(),
        code="opening.shortage",
        debit=Account(day.office_id, "shortage", day.couriers[0]),
        credit=Account(day.office_id, "suspense"),
        amount_vnd=500_000,
        occurred_at=MORNING,
        created_by=day.dispatcher.id,
    )
    await ledger.post(conn, [owed], now=MORNING)
    ids["repayment_id"] = str(new_id())
    await debts.repay(
        conn,
        office_id=day.office_id,
        id=UUID(ids["repayment_id"]),
        owner_id=day.couriers[0],
        notes={500_000: 1},
        by=day.dispatcher.id,
        now=MORNING,
    )
    ids |= {
        "handover_id": str(offered.id),
        "shift_id": str(offered.shift_id),
        "day": TODAY.isoformat(),
    }
