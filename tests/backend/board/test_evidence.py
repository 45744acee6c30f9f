"""Tests of the proof sheet: each visit of an errand with what proves it, as PDF."""

import hashlib
import io
import re
import zlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pypdf
import pytest
from litestar import Litestar

from backend import dossiers, proofs
from backend.house import House
from backend.kit.ids import new_id
from backend.proofs import Blob, BlobFolder, Proof
from tests.backend.desk import Day, make_client, make_day, sign_in
from tests.backend.proofs.making import jpeg, png
from tests.backend.sync.calling import Caller, enrol
from tests.backend.sync.test_named_pictures import name_of
from tests.backend.sync.test_pictures import send_all

pytestmark = pytest.mark.anyio
ERRANDS = "/api/dispatch/v1/errands"
CAME, AWAY = jpeg(640, 480, padding=50), jpeg(640, 480, padding=60)
STROKES = "M1 1 L90 40"


@pytest.fixture
async def day(house: House) -> Day:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        for _ in range(2):
            await day.book(conn, "S2")
    return day


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    """Return a phone that told of a visit in vain with two photos, and of a result handed over."""
    round_id = await day.publish()
    caller = await enrol(app, day)
    await caller.talk()
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        found = [await dossiers.find_dossier(conn, day.office_id, id) for id in day.errands]
    items = [str(one.item_id) for one in found if one is not None]
    absent, met = [await acts_of(day, errand_id) for errand_id in day.errands]
    record = caller.phone.record
    record("round.opened", {"round": str(round_id)})
    record("items.loaded", {"round": str(round_id), "items": items, "missing": []})
    place = {"lat": 21.18123, "lon": 106.06, "accuracy_m": 12.0}
    record("stop.arrived", {"stop": absent["stop"], **place})
    photos = [name_of(CAME), name_of(AWAY)]
    said = {"reason": "ABSENT", "note": "Cổng khoá", "invited": True, "photos": photos}
    record("visit.failed", {**absent, **said})
    record("stop.arrived", {"stop": met["stop"]})
    record(
        "result.delivered",
        {
            **met,
            "is_seal_whole": True,
            "identity": {"method": "cccd", "last4": "0017"},
            "proxy": {"relation": "con trai", "authority": "certified"},
            "reclaimed": [{"paper": "giay_hen", "is_taken": False, "reason": "đã mất"}],
            "sign_citizen": STROKES,
            "photos": [],
        },
    )
    reply = await caller.talk()
    assert {one["outcome"] for one in reply["decisions"]} == {"applied"}, reply["decisions"]
    await send_all(caller, CAME, digest=name_of(CAME))
    yield caller
    await caller.client.aclose()


@pytest.fixture
async def desk(app: Litestar, day: Day) -> AsyncIterator[httpx.AsyncClient]:
    assert day.dispatcher.id is not None
    async with make_client(app, await sign_in(day, day.dispatcher.id, "dispatcher")) as client:
        yield client


async def acts_of(day: Day, errand_id: UUID) -> dict[str, str]:
    return {key: str(value) for key, value in (await day.act_of(errand_id)).items()}


async def read(desk: httpx.AsyncClient, errand_id: UUID) -> str:
    answer = await desk.get(f"{ERRANDS}/{errand_id}/proofs.pdf")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def fetch(day: Day, sql: str, *values: object) -> Any:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return await conn.fetch(sql, *values)


async def test_visit_in_vain_is_proved(day: Day, phone: Caller, desk: httpx.AsyncClient) -> None:
    """Tests that reason, note, invitation, place, photos come and away, and the rule are told."""
    text = await read(desk, day.errands[0])

    assert "Lượt 1: Không thành" in text
    assert "Lý do: Vắng nhà" in text
    assert "Ghi chú: Cổng khoá" in text
    assert "Giấy mời: lần 1" in text
    assert "Bưu tá: Lê Thị Bưu 1" in text
    assert "21.18123, 106.06000 (± 12 m)" in text
    assert "Số ảnh: 2 ảnh, 1 ảnh đã về" in text
    assert text.count("ảnh chưa về") == 2  # under the picture, and beside the rule
    assert f"SHA-256 {name_of(CAME)[:16]}…" in text
    assert "ảnh bắt buộc có báo, ảnh chưa về" in text
    assert "DỮ LIỆU MẪU" in text
    (audited,) = await fetch(
        day, "SELECT actor_id, object_id FROM identity.audit WHERE action = 'proofs.print'"
    )
    assert tuple(audited) == (day.dispatcher.id, day.errands[0])


async def test_delivery_is_proved(day: Day, phone: Caller, desk: httpx.AsyncClient) -> None:
    """Tests that receiver, last four, seal and papers stand there, and the place in the chain."""
    text = await read(desk, day.errands[1])

    assert "Lượt 1: Xong một phần" in text
    assert "Nguyễn Thị Mẫu 2: con trai, giấy uỷ quyền có chứng thực" in text
    assert "căn cước •••• 0017" in text
    assert re.search(r"\b[0-9]{12}\b", text) is None
    assert "Niêm phong: còn nguyên" in text
    assert "Giấy hẹn trả kết quả: chưa thu (đã mất)" in text
    assert "Chữ ký người dân" in text
    ((stream_id, seq, digest),) = await fetch(
        day, "SELECT stream_id, seq, hash FROM sync.op_log WHERE kind = 'result.delivered'"
    )
    bare = text.replace(" ", "")
    assert f"{stream_id}{seq}{digest.hex()}" in bare


async def test_visit_taken_back_is_marked(day: Day, phone: Caller, desk: httpx.AsyncClient) -> None:
    """Tests that a visit taken back stays on the sheet under a mark, and its correction too."""
    ((op_id, raw),) = await fetch(
        day, "SELECT op_id, raw FROM sync.op_log WHERE kind = 'visit.failed'"
    )
    told = msgspec.json.decode(raw)
    phone.phone.record(
        "act.corrected",
        {
            "stop": told["stop"],
            "act": told["act"],
            "op": str(op_id),
            "wrong": "not_so",
            "reason": "Bấm nhầm người",
        },
    )
    await phone.talk()

    text = await read(desk, day.errands[0])

    assert "ĐÃ RÚT LẠI: Bấm nhầm người" in text
    assert "Lý do: Vắng nhà" in text
    assert "Đính chính việc đã báo" in text


async def test_sheet_speaks_english(day: Day, phone: Caller, desk: httpx.AsyncClient) -> None:
    """Tests that a reader whose language is English is told in English."""
    await fetch(day, "UPDATE identity.staff SET locale = 'en' WHERE id = $1", day.dispatcher.id)

    text = await read(desk, day.errands[0])

    assert "Reason: Nobody in" in text
    assert "the photo has not come" in text


@pytest.mark.parametrize(
    ("side", "num_drawn"), [(240, 1), (4000, 0)], ids=["a small one", "one of sixteen megapixels"]
)
async def test_picture_is_drawn(
    day: Day, phone: Caller, desk: httpx.AsyncClient, side: int, num_drawn: int
) -> None:
    """Tests that a photo that came is in the sheet, but one that must be unpacked is named only."""
    rows = zlib.compress((b"\x00" + bytes(3 * side)) * side)
    picture = png(side, side, rows)
    errand_id = day.errands[1]
    digest = hashlib.sha256(picture).digest()
    ((op_id, at),) = await fetch(
        day, "SELECT op_id, occurred_at FROM sync.op_log WHERE kind = 'result.delivered'"
    )
    BlobFolder(day.house.blob_dir).store(day.office_id, digest, picture)
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        photo = Proof(
            office_id=day.office_id, id=new_id(), errand_id=errand_id, op_id=op_id, kind="photo",
            sha256=digest, data={}, occurred_at=at, received_at=at,
        )  # fmt: skip
        await proofs.keep(conn, [photo])
        blob = Blob(digest, len(picture), "image/png", at, day.couriers[0])
        await proofs.add_blob(conn, day.office_id, blob)

    answer = await desk.get(f"{ERRANDS}/{errand_id}/proofs.pdf")

    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert answer.content.count(b"/Subtype/Image") == num_drawn
    text = " ".join(page.extract_text() for page in pages)
    assert ("ảnh lớn, xem trên hệ thống" in text) == (num_drawn == 0)


async def test_errand_without_a_visit_says_so(day: Day, desk: httpx.AsyncClient) -> None:
    """Tests that an errand nobody went to has a sheet that says just that."""
    assert "Chưa có lượt đến nào." in await read(desk, day.errands[0])


async def test_other_office_has_no_sheet(day: Day, desk: httpx.AsyncClient, house: House) -> None:
    """Tests that another office's errand is 404, by id and by the office's name."""
    other = await make_day(house, number=2)
    async with house.db.transaction(actor="house", offices="*") as conn:
        foreign = await other.book(conn, "S1", address="Số 77 đường Khác, Bắc Ninh")

    answers = [
        await desk.get(f"{ERRANDS}/{foreign}/proofs.pdf"),
        await desk.get(f"{ERRANDS}/{foreign}/proofs.pdf", params={"office": str(other.office_id)}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
