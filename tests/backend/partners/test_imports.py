"""Files of errands: good rows in, faults by row and column, twice is once."""

import csv
import io
import unicodedata
from datetime import date
from uuid import UUID

import msgspec
import pytest

from backend import custody, dossiers, identity, network
from backend.identity import HOUSE
from backend.kit.errors import Refusal
from backend.partners import ImportResult, faults_csv, import_errands
from tests.backend.partners.conftest import NOW, OFFICE, OTHER_OFFICE, PARTNER, Desk

pytestmark = pytest.mark.store

GOOD: dict[str, str] = {
    "service": "S2",
    "dossier_code": "H05.18-261120-0001",
    "procedure_code": "2.000001",
    "citizen_name": "Nguyễn Thị Kiểm Thử",
    "phone": "0912345678",
    "address": "Số 12 ngõ 5, khu Mẫu, Phường Kinh Bắc, tỉnh Bắc Ninh",
    "commune": "",
    "lat": "",
    "lon": "",
    "wanted_on": "2026-11-23",
    "window": "08:00-10:00",
    "fee_vnd": "25000",
    "postage_vnd": "22.000 đ",
    "weight_g": "180",
    "instruction": "Gọi trước khi đến",
    "import_key": "",
    "partner_code": "",
}
PARTNER_2 = UUID(int=4)
S1 = {"service": "S1", "dossier_code": ""}


def make_csv(*changes: dict[str, str], delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, GOOD, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(GOOD | change for change in changes)
    return out.getvalue().encode()


async def bring(desk: Desk, raw: bytes, *, commit: bool = True) -> ImportResult:
    return await import_errands(desk.conn, desk.sealer, desk.actor, raw, commit=commit, now=NOW)


def found(result: ImportResult) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in result.faults]


async def test_import_books_both_services(desk: Desk) -> None:
    """Tests that S1 is booked and S2 lies at the office, taken from the agency on record."""
    result = await bring(desk, make_csv({}, S1))
    assert result == ImportResult(2, 2, 0, [])
    fetched, brought = sorted(
        await dossiers.list_due(desk.conn, OFFICE, date(2026, 11, 23)), key=lambda d: d.service
    )
    assert (fetched.state, fetched.item_id, fetched.fee_due_vnd) == ("booked", None, 25_000)
    assert (brought.state, brought.agency_state) == ("at_office", 9)
    assert (brought.tw_early_s, brought.tw_late_s) == (8 * 3600, 10 * 3600)
    assert (brought.postage_due_vnd, brought.load_g) == (22_000, 180)
    assert brought.delivery_point_id == fetched.delivery_point_id
    assert brought.citizen_id == fetched.citizen_id
    assert brought.item_id is not None
    item = await custody.find_item(desk.conn, OFFICE, brought.item_id)
    assert item is not None
    assert item.holder == custody.Party("office", OFFICE)
    chain = await custody.list_chain(desk.conn, OFFICE, brought.item_id)
    assert [link.to_kind for link in chain] == ["agency", "office"]
    assert chain[1].record_id is not None


async def test_import_without_commit_writes_nothing(desk: Desk) -> None:
    """Tests that judging a file tells the same and books nothing."""
    raw = make_csv({}, {"phone": "12"})
    tried = await bring(desk, raw, commit=False)
    assert (tried.num_accepted, found(tried)) == (1, [(3, "phone", "cell_phone")])
    assert await desk.conn.fetchval("SELECT count(*) FROM dossiers.dossier") == 0
    assert await bring(desk, raw) == tried


async def test_import_twice_makes_no_doubles(desk: Desk) -> None:
    """Tests that rows known by key or by what they say stay out, whatever their spelling."""
    rows = ({}, S1, S1 | {"wanted_on": "2026-11-25"}, S1 | {"import_key": "dòng-4"})
    assert (await bring(desk, make_csv(*rows))).num_accepted == 4
    again = unicodedata.normalize("NFD", make_csv(*rows, delimiter=";").decode()).encode()
    result = await bring(desk, b"\xef\xbb\xbf" + again)
    assert (result.num_accepted, result.num_known, result.faults) == (0, 4, [])
    changed = await bring(desk, make_csv(S1 | {"import_key": "dòng-4", "phone": ""}))
    assert (changed.num_accepted, changed.num_known) == (0, 1)
    assert await desk.conn.fetchval("SELECT count(*) FROM dossiers.dossier") == 4


async def test_import_names_rows_that_are_twice_in_a_file(desk: Desk) -> None:
    """Tests that the second of two equal rows is a fault that names the first."""
    result = await bring(desk, make_csv({}, {"citizen_name": "NGUYỄN THỊ KIỂM THỬ"}))
    assert result.num_accepted == 1
    assert found(result) == [(3, "", "row_twice")]
    assert result.faults[0].params == {"first_row": 2}


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"service": ""}, "service", "cell_missing"),
        ({"service": "S3"}, "service", "cell_service"),
        ({"dossier_code": ""}, "dossier_code", "cell_missing"),  # S2 has one
        ({"dossier_code": "123"}, "dossier_code", "cell_dossier_code"),
        ({"procedure_code": "9.999999"}, "procedure_code", "cell_procedure_unknown"),
        ({"procedure_code": "đất đai"}, "procedure_code", "cell_procedure_unknown"),
        (S1 | {"procedure_code": "2.000002"}, "procedure_code", "cell_not_by_post"),
        (S1 | {"procedure_code": "2.000003"}, "procedure_code", "cell_must_appear"),
        ({"citizen_name": ""}, "citizen_name", "cell_missing"),
        ({"citizen_name": "0912345678"}, "citizen_name", "cell_name"),
        ({"citizen_name": "A" * 121}, "citizen_name", "cell_too_long"),
        ({"phone": "9.12E+08"}, "phone", "cell_phone"),  # a spreadsheet rounded it
        ({"address": ""}, "address", "cell_missing"),
        ({"address": "Số 1, TP Bắc Ninh"}, "address", "cell_address_too_wide"),
        ({"address": "Xã Đồng Tiến, tỉnh Bắc Giang"}, "address", "cell_address_ambiguous"),
        ({"address": "P. Kinh Bắc, huyện Yên Thế"}, "address", "cell_address_conflict"),
        ({"address": "Số 9 phố Mẫu"}, "address", "cell_address_unknown"),
        ({"address": "Số 2 Tràng Thi, Hà Nội"}, "address", "cell_address_outside"),
        ({"commune": "Phường Không Có"}, "commune", "cell_commune_unknown"),
        ({"commune": "Vũ Ninh"}, "commune", "cell_commune_conflict"),
        ({"lat": "21.19"}, "lon", "cell_half_position"),
        ({"lat": "bắc", "lon": "106"}, "lat", "cell_not_a_number"),
        ({"lat": "106.05", "lon": "21.19"}, "lat", "cell_position_swapped"),
        ({"lat": "0", "lon": "0"}, "lat", "cell_position_abroad"),
        ({"lat": "nan", "lon": "106.05"}, "lat", "cell_position_abroad"),
        ({"lat": "21.5", "lon": "106.7"}, "lat", "cell_position_far"),  # 70 km away
        ({"wanted_on": "31/02/2026"}, "wanted_on", "cell_date"),
        ({"wanted_on": "mai"}, "wanted_on", "cell_date"),
        ({"wanted_on": "2025-11-23"}, "wanted_on", "cell_date_far"),
        ({"window": "sáng"}, "window", "cell_window"),
        ({"window": "10:00-08:00"}, "window", "cell_window"),
        ({"window": "08:00-08:05"}, "window", "cell_window"),
        ({"window": "08:75-09:00"}, "window", "cell_window"),
        ({"fee_vnd": "-5"}, "fee_vnd", "cell_amount"),
        ({"fee_vnd": "25,5"}, "fee_vnd", "cell_amount"),  # no half đồng
        ({"postage_vnd": "9999999999"}, "postage_vnd", "cell_amount"),
        ({"weight_g": "1.5kg"}, "weight_g", "cell_weight"),
        ({"weight_g": "40000"}, "weight_g", "cell_weight"),
        ({"instruction": "x" * 301}, "instruction", "cell_too_long"),
        ({"partner_code": "SỞ-KHÁC"}, "partner_code", "cell_partner_unknown"),
        ({"citizen_name": "Nguy\ufffdn"}, "citizen_name", "cell_unreadable"),
    ],
)
async def test_import_names_the_cell_at_fault(
    desk: Desk, change: dict[str, str], column: str, code: str
) -> None:
    """Tests that a wrong cell is named by row, column and code, and the good row goes in."""
    result = await bring(desk, make_csv({"dossier_code": "H05-261120-0009"}, change))
    assert result.num_accepted == 1
    assert found(result) == [(3, column, code)]
    for locale in ("vi", "en"):
        assert result.faults[0].message(locale) not in ("", code)


async def test_import_names_all_faults_of_a_row(desk: Desk) -> None:
    """Tests that a row's faults are told all at once."""
    result = await bring(desk, make_csv({"phone": "1", "window": "?", "fee_vnd": "x"}))
    assert {fault.column for fault in result.faults} == {"phone", "window", "fee_vnd"}
    assert (result.num_rows, result.num_accepted) == (1, 0)


@pytest.mark.parametrize(
    ("change", "day", "window"),
    [
        ({"wanted_on": ""}, date(2026, 11, 23), (28_800, 36_000)),  # today
        ({"wanted_on": "25/11/2026"}, date(2026, 11, 25), (28_800, 36_000)),
        ({"window": "8h-9h30"}, date(2026, 11, 23), (28_800, 34_200)),
        ({"window": "13:30 – 15"}, date(2026, 11, 23), (48_600, 54_000)),
        ({"window": ""}, date(2026, 11, 23), (None, None)),
    ],
)
async def test_import_reads_days_and_hours_as_people_write(
    desk: Desk, change: dict[str, str], day: date, window: tuple[int | None, int | None]
) -> None:
    """Tests that usual spellings of dates and hours are understood."""
    assert found(await bring(desk, make_csv(change))) == []
    (dossier,) = await dossiers.list_due(desk.conn, OFFICE, date(2026, 12, 1))
    assert (dossier.wanted_on, (dossier.tw_early_s, dossier.tw_late_s)) == (day, window)


async def test_import_takes_a_position_where_words_do_not_tell(desk: Desk) -> None:
    """Tests that a doubtful address with a position, or with a commune, is taken as it is said."""
    vague = {"address": "Số 1, TP Bắc Ninh"}
    result = await bring(
        desk,
        make_csv(
            vague | {"lat": "21.19", "lon": "106.06"},
            {"address": "Số 2, TP Bắc Ninh", "commune": "9187", "dossier_code": "H05-261120-0002"},
            {"dossier_code": "H05-261120-0003", "lat": "21,195", "lon": "106,06"},
        ),
    )
    assert found(result) == []
    points = await desk.conn.fetch(
        "SELECT commune_code, resolved_by, pin FROM network.delivery_point ORDER BY address_text"
    )
    assert [tuple(point) for point in points] == [
        (None, "unresolved", "street"),
        ("09187", "name", "street"),
        ("09187", "person", "commune"),
    ]


async def test_import_goes_to_the_office_of_the_commune(desk: Desk) -> None:
    """Tests that an actor of several offices books each row where its commune is served."""
    both = msgspec.structs.replace(desk.actor, offices=(OFFICE, OTHER_OFFICE))
    raw = make_csv(
        {},
        {
            "dossier_code": "H05-261120-0002",
            "address": "Số 1, Phường Võ Cường, Bắc Ninh",
            "partner_code": "HCC-T2",
        },
    )
    own = await identity.get_partner(desk.conn, PARTNER)
    other = msgspec.structs.replace(own, id=PARTNER_2, code="HCC-T2", office_id=OTHER_OFFICE)
    await identity.save_partner(desk.conn, other)
    wide = msgspec.structs.replace(desk, actor=both)
    assert found(await bring(wide, raw)) == []
    for office_id in (OFFICE, OTHER_OFFICE):
        assert len(await dossiers.list_due(desk.conn, office_id, date(2026, 11, 23))) == 1


async def test_import_by_the_house_needs_an_office(desk: Desk) -> None:
    """Tests that without an office of one's own a commune nobody serves is a fault."""
    house = msgspec.structs.replace(desk, actor=HOUSE)
    result = await bring(house, make_csv({"address": "Xã Yên Phong, tỉnh Bắc Ninh"}, {}))
    assert found(result) == [(2, "address", "cell_not_served")]
    assert result.num_accepted == 1


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 422, "file_empty"),
        (b"\xef\xbb\xbf \r\n", 422, "file_empty"),
        (make_csv(), 422, "file_empty"),  # a header alone
        ("họ tên".encode("utf-16"), 415, "file_encoding"),
        (make_csv({}).decode().encode("cp1258", "replace"), 415, "file_encoding"),
        (make_csv({}).decode("cp1252", "replace").encode(), 415, "file_garbled"),
        (b"PK\x03\x04 a spreadsheet", 415, "file_is_spreadsheet"),
        (b"service,address\nS1,x\n", 422, "file_columns_missing"),
        (make_csv({}).replace(b"window", b"m\xc3\xa0u"), 422, "file_columns_unknown"),
        (make_csv({}).replace(b"window", b"phone"), 422, "file_column_twice"),
        (make_csv({}) + b'S1,"never closed\n', 422, "file_quotes"),
        (b"x" * (5 * 2**20 + 1), 413, "file_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_import_refuses_what_is_no_table(
    desk: Desk, raw: bytes, status: int, code: str
) -> None:
    """Tests that a file of another kind, encoding or shape is refused with its reason."""
    with pytest.raises(Refusal) as refused:
        await bring(desk, raw)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert await desk.conn.fetchval("SELECT count(*) FROM dossiers.dossier") == 0


async def test_import_reads_vietnamese_headings(desk: Desk) -> None:
    """Tests that headings in Vietnamese, with marks, and Excel's own first line are understood."""
    raw = (
        "sep=;\r\nDịch vụ;Mã hồ sơ;Mã thủ tục;Họ và tên;Số điện thoại;Địa chỉ;Xã, phường\r\n"
        "Trả kết quả;H05.18-261120-0007;2.000001.000.00.00.H05;Trần Văn Mẫu;912345678;"
        "Số 7 ngõ Mẫu;Phường Vũ Ninh\r\n;;;;;;\r\n"
    )
    result = await bring(desk, raw.encode("utf-8-sig"))
    assert result == ImportResult(1, 1, 0, [])
    (dossier,) = await dossiers.list_due(desk.conn, OFFICE, date(2026, 11, 23))
    point = await network.get_point(desk.conn, OFFICE, dossier.delivery_point_id)
    assert (point.commune_code, point.resolved_by, point.pin) == ("09169", "person", "commune")


async def test_faults_csv_runs_no_formula(desk: Desk) -> None:
    """Tests that the file of faults names row and column, and disarms what a sheet would run."""
    result = await bring(desk, make_csv({"phone": "=HYPERLINK(1)"}))
    text = faults_csv(result.faults).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["row"], line["column"], line["value"]) == ("2", "phone", "'=HYPERLINK(1)")
    assert "điện thoại" in line["message_vi"]


async def test_import_writes_who_did_it(desk: Desk) -> None:
    """Tests that an import is on record with its actor."""
    await bring(desk, make_csv({}))
    row = await desk.conn.fetchrow(
        "SELECT actor_id, office_id FROM identity.audit WHERE action = 'errands.import'"
    )
    assert tuple(row) == (desk.actor.id, OFFICE)
