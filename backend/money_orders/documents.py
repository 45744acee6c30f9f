"""Files of money orders: what the law wants reported, with the fields it names."""

from datetime import date
from typing import Final
from uuid import UUID

from backend import network
from backend.kit import pdf
from backend.kit.csv_table import write_table
from backend.kit.pdf import Column, Section, Sheet, Signature
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.money_orders import store
from backend.money_orders.actions import payees
from backend.money_orders.actions.taking import open_parties
from backend.money_orders.model import Flag, Party

COLUMNS: Final = (
    "STT", "Ngày", "Loại", "Họ tên", "Ngày sinh", "Số giấy tờ", "Địa chỉ", "Quốc tịch",
    "Mục đích", "Số tham chiếu", "Số tiền (đồng)",
)  # fmt: skip
KINDS: Final = {"cash_day": "Tiền mặt giá trị lớn", "transfer": "Chuyển tiền giá trị lớn"}


async def make_flag_report(
    conn: Conn, sealer: Sealer, office_id: UUID, from_day: date, to_day: date, *, maker: str
) -> tuple[bytes, bytes, int]:
    """Return what is to be reported of some days as CSV and PDF, and how many rows it has.

    Of an order that another office took and this one paid, the payee stands in the paying office's
    own book; of any other of its, the parties are behind the wall.
    """
    flags = await store.list_flags(conn, office_id, from_day, to_day)
    rows = [await _row(conn, sealer, n, flag) for n, flag in enumerate(flags, 1)]
    letterhead = await network.get_letterhead(conn, office_id, to_day)
    sheet = Sheet(
        letterhead=letterhead,
        title="Báo cáo giao dịch giá trị lớn",
        subtitle=f"Từ ngày {from_day:%d/%m/%Y} đến ngày {to_day:%d/%m/%Y}",
        sections=[
            Section(
                columns=[Column(name, "right" if "đồng" in name else "left") for name in COLUMNS],
                rows=rows,
            )
        ],
        place_and_day=pdf.say_place_and_day(letterhead.office, to_day),
        signatures=[Signature("Người lập", maker), Signature("Thủ trưởng đơn vị")],
        is_landscape=True,
    )
    return write_table(COLUMNS, rows), await pdf.make_sheet(sheet), len(rows)


async def _row(conn: Conn, sealer: Sealer, n: int, flag: Flag) -> list[str]:
    order = await store.find_order(conn, flag.office_id, flag.order_id)
    reference, purpose, party = str(flag.order_id), "", Party(name="", id_number="")
    is_sender = order is not None and flag.person_key == order.sender_key
    if order is not None:
        parties = open_parties(sealer, order.id, order.parties_sealed)
        party = parties.sender if is_sender else parties.payee
        reference, purpose = order.reference, order.purpose
    paid = await payees.find_paid(conn, sealer, flag.office_id, flag.order_id)
    if paid is not None and not is_sender:
        reference, purpose, party = paid.reference, paid.purpose, paid.payee
    return [
        str(n),
        f"{flag.on_day:%d/%m/%Y}",
        KINDS[flag.kind],
        party.name,
        "" if party.birth_on is None else f"{party.birth_on:%d/%m/%Y}",
        party.id_number,
        party.address,
        party.nationality,
        purpose,
        reference,
        str(flag.total_vnd),
    ]
