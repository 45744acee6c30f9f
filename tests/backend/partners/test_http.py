"""The import and the network as a dispatcher's browser calls them."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from backend import dossiers, identity, network
from backend.house import House
from backend.identity import Partner, StaffDraft
from backend.ops.demo_town import make_procedures

PASSWORD = "con nghé ăn lúa bờ tre"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HEADER = "service,procedure_code,citizen_name,address\n"
GOOD = 'S1,2.000815,Nguyễn Thị Kiểm Thử,"Số 1, Phường Kinh Bắc, Bắc Ninh"\n'
VAGUE = "S1,2.000815,Nguyễn Thị Kiểm Thử,TP Bắc Ninh\n"
SAME = {"sec-fetch-site": "same-origin"}
CSV = SAME | {"content-type": "text/csv"}

pytestmark = pytest.mark.store


@pytest.fixture
async def desk(house: House, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a browser in which the dispatcher of an office has signed in."""
    office = network.Office(uuid4(), "T1", "Bưu điện Mẫu", "09187", "Số 1", None, 21.2, 106.06)
    async with house.db.transaction(actor="test", offices="*") as conn:
        await network.load_reference(conn)
        for procedure in make_procedures():
            await dossiers.save_procedure(conn, procedure)
        await network.save_office(conn, office)
        await network.save_territory(conn, office.id, ["09187"])
        partner = Partner(uuid4(), "HCC", "Trung tâm Mẫu", office.id, 21.2, 106.05, "Số 2", True)
        await identity.save_partner(conn, partner)
        draft = StaffDraft(
            office_id=office.id,
            username="dieuphoi",
            display_name="Mẫu",
            role="dispatcher",
            password=PASSWORD,
        )
        await identity.add_staff(conn, draft, now=NOW)
    answer = await client.post(
        "/api/identity/v1/sign-in",
        json={"username": "dieuphoi", "password": PASSWORD},
        headers=SAME,
    )
    assert answer.status_code == 200, answer.text
    return client


async def bring(desk: httpx.AsyncClient, text: str, **headers: str) -> httpx.Response:
    return await desk.post(
        "/api/dispatch/v1/imports?commit=true", content=text.encode(), headers=CSV | headers
    )


async def test_import_over_http_tells_faults_in_the_asked_language(
    desk: httpx.AsyncClient,
) -> None:
    """Tests that a list is booked, its faults come with row, column and a sentence to read."""
    answer = await bring(desk, HEADER + GOOD + VAGUE)
    told = answer.json()
    assert (answer.status_code, told["num_accepted"], told["is_committed"]) == (200, 1, True)
    (fault,) = told["faults"]
    assert (fault["row"], fault["column"], fault["code"]) == (
        3,
        "address",
        "cell_address_too_wide",
    )
    assert "Phường Kinh Bắc" in fault["message"]
    english = await bring(desk, HEADER + GOOD + VAGUE, **{"accept-language": "en"})
    assert english.json()["num_known"] == 1
    assert english.json()["faults"][0]["message"].startswith("The address names no commune")


async def test_import_over_http_refuses_what_is_no_list(desk: httpx.AsyncClient) -> None:
    """Tests that a wrong encoding, a wrong type and too many bytes each get their status."""
    path = "/api/dispatch/v1/imports"
    utf16 = await desk.post(path, content=HEADER.encode("utf-16"), headers=CSV)
    assert (utf16.status_code, utf16.json()["code"]) == (415, "file_encoding")
    as_json = await desk.post(path, json={}, headers=SAME)
    assert (as_json.status_code, as_json.json()["code"]) == (415, "unsupported")
    large = await desk.post(path, content=b"x" * (6 << 20), headers=CSV)
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    foreign = await desk.post(
        path, content=HEADER.encode(), headers=CSV | {"sec-fetch-site": "cross-site"}
    )
    assert (foreign.status_code, foreign.json()["code"]) == (403, "cross_site")


async def test_faults_over_http_are_a_file(desk: httpx.AsyncClient) -> None:
    """Tests that the faults can be taken away as CSV, and nothing is booked by that."""
    answer = await desk.post(
        "/api/dispatch/v1/imports/faults", content=(HEADER + VAGUE).encode(), headers=CSV
    )
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert "cell_address_too_wide" in answer.text


async def test_network_over_http(desk: httpx.AsyncClient, house: House) -> None:
    """Tests that communes and couriers are told, and a pin moves only at a door that is there."""
    communes = (await desk.get("/api/dispatch/v1/communes")).json()
    assert [unit["code"] for unit in communes if unit["is_ours"]] == ["09187"]
    assert len(communes) > 5
    couriers = (await desk.get("/api/dispatch/v1/couriers?service_on=2026-11-23")).json()
    assert couriers == {"service_on": "2026-11-23", "items": []}
    await bring(desk, HEADER + GOOD)
    async with house.db.transaction(actor="test", offices="*") as conn:
        point_id = await conn.fetchval("SELECT id FROM network.delivery_point")
    pin = {"lat": 21.2, "lon": 106.061}
    moved = await desk.post(f"/api/dispatch/v1/points/{point_id}/pin", json=pin, headers=SAME)
    assert (moved.status_code, moved.json()["pin"]) == (200, "door")
    gone = await desk.post(f"/api/dispatch/v1/points/{uuid4()}/pin", json=pin, headers=SAME)
    assert gone.status_code == 404
    wrong = await desk.post(
        f"/api/dispatch/v1/points/{point_id}/pin", json={"lat": 91, "lon": 0}, headers=SAME
    )
    assert (wrong.status_code, wrong.json()["code"]) == (400, "malformed")
