"""Tests that a file becomes one list, whole or not at all, every fault told by row and cell."""

import io
import unicodedata
import zipfile
from datetime import date

import pytest

from backend import payouts
from backend.kit import sheet_reader
from backend.kit.errors import Conflict, Invalid
from backend.kit.sheet_table import write_sheet
from backend.payouts import Asked
from backend.payouts.model import Upload
from tests.backend.payouts.making import (
    ASKED,
    HEADER,
    HOME,
    NOW,
    PERIOD,
    PROXY,
    Counter,
    file_of,
    number_of,
    row_of,
)

pytestmark = [pytest.mark.anyio, pytest.mark.store]


def told(upload: Upload) -> list[tuple[int, str, str]]:
    return [(fault["row"], fault["column"], fault["code"]) for fault in upload.faults]


async def test_dry_run_writes_nothing_and_keeping_makes_the_list(counter: Counter) -> None:
    """Tests that a file is judged first, and becomes a draft only when that is asked."""
    upload = await counter.bring(file_of(row_of(1), row_of(2)), commit=False)
    assert (upload.state, upload.num_good, upload.total_vnd) == ("judged", 2, 7_000_000)
    assert upload.list_id is None
    async with counter.begin() as conn:
        assert await payouts.list_lists(conn, counter.office_id) == []
        await payouts.keep(
            conn,
            office_id=counter.office_id,
            partner_id=counter.day.partner_id,
            upload_id=upload.id,
            now=NOW,
        )
    await payouts.read(counter.house, counter.office_id, upload.id)
    async with counter.begin() as conn:
        (batch,) = await payouts.list_lists(conn, counter.office_id)
    assert (batch.state, batch.num_rows, batch.total_vnd) == ("draft", 2, 7_000_000)
    assert [row.id_last4 for row in await counter.rows(batch)] == ["0001", "0002"]


async def test_file_with_faults_cannot_be_kept(counter: Counter) -> None:
    """Tests that keeping what has a fault, or was kept, is refused by name."""
    upload = await counter.bring(file_of(row_of(1, "-5")), commit=False)
    assert told(upload) == [(2, "amount_vnd", "cell_amount_negative")]
    with pytest.raises(Conflict) as caught:
        async with counter.begin() as conn:
            await payouts.keep(
                conn,
                office_id=counter.office_id,
                partner_id=counter.day.partner_id,
                upload_id=upload.id,
                now=NOW,
            )
    assert caught.value.code == "upload_not_ready"


async def test_one_fault_keeps_nothing(counter: Counter) -> None:
    """Tests that a list with a fault is not kept in part, and every fault is told."""
    upload = await counter.bring(
        file_of(
            row_of(1),
            row_of(2, "1000.5"),
            row_of(1, 900_000),
            row_of(4, id="12"),
            row_of(5, **PROXY | {"certified": "không"}),
        )
    )
    assert upload.state == "judged"
    assert told(upload) == [
        (3, "amount_vnd", "cell_amount_fraction"),
        (4, "id_number", "person_twice"),
        (5, "id_number", "cell_id_number"),
        (6, "proxy_certified", "proxy_not_certified"),
    ]
    async with counter.begin() as conn:
        assert await payouts.list_lists(conn, counter.office_id) == []
        assert await conn.fetchval("SELECT count(*) FROM payouts.payout") == 0


async def test_same_file_again_makes_no_doubles(counter: Counter) -> None:
    """Tests that a file brought twice is known, as draft and as approved list."""
    raw = file_of(row_of(1), row_of(2))
    first = await counter.bring(raw)
    again = await counter.bring(raw)
    assert (again.state, again.num_known, again.list_id) == ("done", 2, first.list_id)
    batch = await counter.list_of(first.list_id)
    await counter.fund(batch)
    await counter.approve(batch)
    later = await counter.bring(raw)
    assert (later.state, later.num_known, later.list_id) == ("done", 2, first.list_id)
    async with counter.begin() as conn:
        assert await conn.fetchval("SELECT count(*) FROM payouts.payout") == 2
        assert len(await payouts.list_lists(conn, counter.office_id)) == 1


async def test_same_people_in_another_form_are_the_same_file(counter: Counter) -> None:
    """Tests that decomposed text, another order and a spreadsheet say the same list."""
    rows = [row_of(1), row_of(2, **PROXY)]
    first = await counter.bring(file_of(*rows))
    raw = unicodedata.normalize("NFD", file_of(*reversed(rows)).decode()).encode()
    assert raw != file_of(*rows)
    again = await counter.bring(raw)
    assert (again.num_known, again.list_id) == (2, first.list_id)
    cells = [[cell.strip('"') for cell in row.split('","')] for row in rows]
    sheet = write_sheet("T12", [HEADER.split(","), *cells])
    third = await counter.bring(sheet)
    assert (third.state, third.num_known, third.list_id) == ("done", 2, first.list_id)


async def test_corrected_file_takes_the_place_of_the_draft(counter: Counter) -> None:
    """Tests that a draft has the rows of its newest file, under the same id, with its money."""
    batch = await counter.draft(row_of(1), row_of(2))
    await counter.fund(batch, 7_500_000)
    upload = await counter.bring(file_of(row_of(1), row_of(3, 4_000_000)))
    assert upload.list_id == batch.id
    after = await counter.list_of(batch.id)
    assert (after.num_rows, after.total_vnd) == (2, 7_500_000)
    assert [row.amount_vnd for row in await counter.rows(after)] == [3_500_000, 4_000_000]
    async with counter.begin() as conn:
        assert await conn.fetchval("SELECT count(*) FROM payouts.payout") == 2
    await counter.approve(after)


async def test_faulty_file_leaves_the_draft_as_it_was(counter: Counter) -> None:
    """Tests that a draft survives a newer file with a fault in its last row."""
    batch = await counter.draft(row_of(1))
    upload = await counter.bring(file_of(row_of(2), row_of(3, "x")))
    assert upload.state == "judged"
    assert [row.id_last4 for row in await counter.rows(batch)] == ["0001"]
    async with counter.begin() as conn:
        assert await conn.fetchval("SELECT count(*) FROM payouts.payout") == 1


async def test_other_file_does_not_change_an_approved_list(counter: Counter) -> None:
    """Tests that an approved list refuses another content by name (consequence 18)."""
    batch = await counter.approved(row_of(1))
    upload = await counter.bring(file_of(row_of(1, 3_500_001)))
    assert upload.state == "failed"
    assert upload.refusal is not None
    assert upload.refusal["code"] == "list_frozen"
    assert [row.amount_vnd for row in await counter.rows(batch)] == [3_500_000]


async def test_total_must_be_the_money_announced(counter: Counter) -> None:
    """Tests that a list whose total differs from what was declared is told so, and not kept."""
    asked = Asked(scheme="pension", period=PERIOD, declared_vnd=7_000_001)
    upload = await counter.bring(file_of(row_of(1), row_of(2)), asked)
    assert told(upload) == [(0, "amount_vnd", "list_total_differs")]
    asked = Asked(scheme="pension", period=PERIOD, declared_vnd=7_000_000)
    assert (await counter.bring(file_of(row_of(1), row_of(2)), asked)).state == "done"


async def test_person_of_another_list_is_named(counter: Counter) -> None:
    """Tests that arrears of a month already on another list are a fault of their row."""
    await counter.approved(row_of(1))
    asked = Asked(scheme="pension", period="2027-01")
    upload = await counter.bring(
        file_of(row_of(1, period="2027-01"), row_of(2, period="2027-01"), row_of(1)), asked
    )
    assert told(upload) == [(4, "id_number", "person_in_other_list")]


async def test_two_months_stand_in_one_list_before_tet(counter: Counter) -> None:
    """Tests that January and February are two sums of one person in one list."""
    asked = Asked(scheme="pension", period="2027-01", second_period="2027-02")
    batch = await counter.draft(
        row_of(1, period="01/2027"), row_of(1, period="02/2027"), asked=asked
    )
    assert [row.period for row in await counter.rows(batch)] == ["2027-01", "2027-02"]
    with pytest.raises(Invalid) as caught:
        await counter.bring(
            file_of(row_of(1)), Asked(scheme="pension", period="2026-12", second_period="2027-01")
        )
    assert caught.value.code == "periods_not_merged"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked(scheme="campaign", period=PERIOD, due_on=date(2026, 12, 1)), "reference_needed"),
        (Asked(scheme="campaign", period=PERIOD, reference="TET2027"), "due_on_needed"),
        (Asked(scheme="pension", period=PERIOD, reference="X"), "reference_not_taken"),
        (Asked(scheme="merit", period="2025-01"), None),
        (Asked(scheme="merit", period="2024-06"), None),
    ],
)
async def test_what_a_file_is_said_to_be_is_checked(
    counter: Counter, asked: Asked, code: str | None
) -> None:
    """Tests that a campaign needs its code and day, and a monthly list has none."""
    if code is None:
        period = f"{asked.period[5:]}/{asked.period[:4]}"
        upload = await counter.bring(file_of(row_of(1, period=period)), asked, commit=False)
        assert upload.state == "judged"
        return
    with pytest.raises(Invalid) as caught:
        await counter.bring(file_of(row_of(1)), asked)
    assert caught.value.code == code


async def test_campaign_pays_a_household_once(counter: Counter) -> None:
    """Tests that in a campaign the household is what is paid once, not its members."""
    asked = Asked(
        scheme="campaign", period=PERIOD, reference="QUA-TET-2027", due_on=date(2026, 12, 3)
    )
    header = HEADER + ",Mã hộ,Số nhân khẩu"
    raw = file_of(
        row_of(1, 400_000) + ",H001,4",
        row_of(2, 200_000) + ",H002,2",
        row_of(3, 100_000) + ",h001,1",
        header=header,
    )
    upload = await counter.bring(raw, asked)
    assert told(upload) == [(4, "household", "household_twice")]
    raw = file_of(row_of(1, 400_000) + ",H001,4", row_of(1, 200_000) + ",H002,2", header=header)
    upload = await counter.bring(raw, asked)
    assert upload.state == "done"
    batch = await counter.list_of(upload.list_id)
    assert batch.pay_until == date(2026, 12, 16)


async def test_numbers_and_phones_lie_sealed(counter: Counter) -> None:
    """Tests that no identity or phone number can be read from the tables (A15)."""
    await counter.draft(row_of(1, **HOME, **PROXY, phone="0900000001"))
    async with counter.begin() as conn:
        rows = await conn.fetch("SELECT p::text FROM payouts.payout p")
        uploads = await conn.fetch("SELECT u::text, content FROM payouts.upload u")
    text = " ".join(str(row[0]) for row in (*rows, *uploads))
    for secret in (number_of(1), PROXY["proxy_id"], "900000001"):
        assert secret not in text
    assert all(row["content"] is None for row in uploads), "the file is gone once it is kept"


async def test_zero_lost_by_a_spreadsheet_is_the_same_person(counter: Counter) -> None:
    """Tests that an identity number kept as a number in a sheet finds its zero again."""
    first = await counter.draft(row_of(1))
    cells: list[object] = [cell.strip('"') for cell in row_of(1).split('","')]
    cells[1], cells[3] = int(number_of(1)), 3_500_000
    upload = await counter.bring(write_sheet("T12", [HEADER.split(","), cells]))
    assert (upload.num_known, upload.list_id) == (1, first.id)


async def test_fraction_in_a_sheet_is_named(counter: Counter) -> None:
    """Tests that half a đồng in a number cell is a fault of its cell."""
    cells: list[object] = [cell.strip('"') for cell in row_of(1).split('","')]
    cells[3] = 3_500_000.5
    upload = await counter.bring(write_sheet("T12", [HEADER.split(","), [], cells]))
    assert told(upload) == [(3, "amount_vnd", "cell_amount_fraction")]


def bomb(**parts: bytes) -> bytes:
    """Return a sheet with other parts put in or in the place of its own."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_sheet("a", [["x"]]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            if name.rpartition("/")[2].partition(".")[0] not in parts:
                bad.writestr(name, good.read(name))
        for name, body in parts.items():
            bad.writestr(f"xl/worksheets/{name}.xml", body)
    return out.getvalue()


FAR = b'<worksheet><sheetData><row r="1"><c r="%s"><v>1</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04 no package", "file_sheet_unreadable"),
        (write_sheet("a", []), "file_empty"),
        (write_sheet("a", [["ho_ten", "so_cccd"]]), "file_empty"),
        (write_sheet("a", [["ho_ten", "luong"], ["x", 1]]), "file_columns_missing"),
        (bomb(big=b" " * (300 << 20)), "file_unpacked_too_large"),
        (bomb(sheet1=b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>"), "file_has_entities"),
        (bomb(sheet1=FAR % b"XFD1048576"), "file_sheet_too_wide"),
        (bomb(sheet1=FAR % b"A1048576"), "file_sheet_too_wide"),
        (bomb(sheet1=FAR % b"ZZ1"), "file_sheet_too_wide"),
        (bomb(sheet1=b"<worksheet><sheetData><row"), "file_sheet_unreadable"),
        ("Họ tên,Số định danh\n".encode("utf-16"), "file_encoding"),
        (b"ho_ten,so_cccd,diem\nx,1,2\n", "file_columns_unknown"),
        (b"so_cccd,so_cccd\n1,2\n", "file_column_twice"),
        (b'so_cccd,ho_ten\n"1,2\n', "file_quotes"),
    ],
)
async def test_malicious_and_broken_files_are_refused_whole(
    counter: Counter, raw: bytes, code: str
) -> None:
    """Tests that bombs, entities and broken files are refused by name, nothing harmed (T13)."""
    if not raw:
        with pytest.raises(Invalid) as caught:
            await counter.bring(raw)
        assert caught.value.code == code
        return
    upload = await counter.bring(raw)
    assert upload.state == "failed"
    assert upload.refusal is not None
    assert upload.refusal["code"] == code
    assert (await counter.bring(file_of(row_of(1)))).state == "done"


async def test_reader_that_is_killed_is_told(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a reader that dies at its limit refuses the file and nothing else."""
    monkeypatch.setattr("backend.kit.sheet_table.READER", "backend.kit.nothing_like_it")
    upload = await counter.bring(write_sheet("a", [["ho_ten", "so_cccd"], ["x", 1]]))
    assert upload.refusal is not None
    assert upload.refusal["code"] == "file_sheet_unreadable"
    assert sheet_reader.UNPACKED_BYTES_MAX == 256 << 20


async def test_worker_that_died_on_a_file_is_taken_over(counter: Counter) -> None:
    """Tests that a second run begins anew, writes each row once, and gives up after three."""
    async with counter.begin() as conn:
        upload_id = await payouts.bring(
            conn,
            counter.house.sealer,
            office_id=counter.office_id,
            partner_id=counter.day.partner_id,
            by=counter.officer,
            asked=ASKED,
            raw=file_of(row_of(1), row_of(2)),
            commit=True,
            now=NOW,
        )
        await conn.execute("UPDATE payouts.upload SET state = 'working', num_tries = 1")
    await payouts.read(counter.house, counter.office_id, upload_id)
    await payouts.read(counter.house, counter.office_id, upload_id)
    async with counter.begin() as conn:
        assert await conn.fetchval("SELECT count(*) FROM payouts.payout") == 2
        await conn.execute("UPDATE payouts.upload SET state = 'working', num_tries = 3")
    await payouts.read(counter.house, counter.office_id, upload_id)
    async with counter.begin() as conn:
        upload = await payouts.find_upload(conn, counter.office_id, upload_id)
    assert upload is not None
    assert upload.refusal is not None
    assert upload.refusal["code"] == "upload_lost"
