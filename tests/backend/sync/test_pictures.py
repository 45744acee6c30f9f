import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from backend import identity
from backend.house import House
from backend.sync.actions import pictures
from tests.backend.desk import MORNING, Day, make_day
from tests.backend.proofs.making import jpeg
from tests.backend.sync.calling import Caller, code_of, enrol
from tests.simulation.keys import Shift, pair_of, write64

PHOTO = jpeg(1280, 960, padding=300_000)
DIGEST = hashlib.sha256(PHOTO).hexdigest()
CHUNK = 128 * 1024


@pytest.fixture
async def day(house: House) -> Day:
    return await make_day(house)


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    caller = await enrol(app, day)
    await caller.talk()
    yield caller
    await caller.client.aclose()


async def patch(
    caller: Caller, offset: int, body: bytes, *, digest: str = DIGEST, **headers: str
) -> httpx.Response:
    said = {
        "upload-offset": str(offset),
        "content-type": "application/offset+octet-stream",
        "tus-resumable": "1.0.0",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return await caller.ask("PATCH", f"/api/sync/v1/blobs/{digest}", body, headers=said)


async def head(caller: Caller, digest: str = DIGEST) -> tuple[int, str | None, str | None]:
    answer = await caller.ask("HEAD", f"/api/sync/v1/blobs/{digest}")
    found = answer.headers
    return answer.status_code, found.get("upload-offset"), found.get("upload-length")


async def send_all(
    caller: Caller, body: bytes, *, digest: str = DIGEST, **headers: str
) -> httpx.Response:
    """Send a picture from where the server has it, a chunk at a time; return the last answer."""
    _, offset, _ = await head(caller, digest)
    at = int(offset or 0)
    while True:
        more = {"upload_length": str(len(body)), **headers} if at == 0 else {}
        answer = await patch(caller, at, body[at : at + CHUNK], digest=digest, **more)
        if answer.status_code != 204:
            return answer
        at = int(answer.headers["upload-offset"])
        if answer.headers["upload-length"] == str(at):
            return answer


async def fetch(day: Day, sql: str) -> list[Any]:
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        return [tuple(row) for row in await conn.fetch(sql)]


def stored(day: Day, digest: str = DIGEST) -> Path:
    return day.house.blob_dir / str(day.office_id) / digest[:2] / digest


async def test_a_picture_comes_in_parts_and_the_feed_tells(phone: Caller, day: Day) -> None:
    """Tests that a picture sent in chunks lies whole in the folder, and its phone hears of it."""
    assert await head(phone) == (404, None, None)
    answer = await patch(phone, 0, PHOTO[:CHUNK], upload_length=str(len(PHOTO)))
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(CHUNK))
    assert await head(phone) == (200, str(CHUNK), str(len(PHOTO)))
    assert (await phone.talk())["feed"] == []
    answer = await send_all(phone, PHOTO)
    assert answer.headers["upload-offset"] == str(len(PHOTO))
    assert stored(day).read_bytes() == PHOTO
    told = [row for row in (await phone.talk())["feed"] if row["kind"] == "blob"]
    assert [row["doc"] for row in told] == [{"sha256": DIGEST}]
    assert told[0]["ref"].replace("-", "") == DIGEST[:32]
    assert await fetch(day, "SELECT 1 FROM proofs.upload") == []
    assert list((day.house.blob_dir / str(day.office_id) / "parts").iterdir()) == []


async def test_a_picture_that_is_there_is_told_again(phone: Caller, day: Day) -> None:
    """Tests that a phone whose news got lost asks, hears it is whole, and is told once more."""
    await send_all(phone, PHOTO)
    await phone.talk()
    assert await head(phone) == (200, str(len(PHOTO)), str(len(PHOTO)))
    assert [row["kind"] for row in (await phone.talk())["feed"]] == ["blob"]
    answer = await patch(phone, 0, PHOTO[:CHUNK], upload_length=str(len(PHOTO)))
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(PHOTO)))
    stored(day).unlink()  # the database alone was put back
    assert (await head(phone))[0] == 404
    assert (await send_all(phone, PHOTO)).status_code == 204
    assert stored(day).read_bytes() == PHOTO


@pytest.mark.parametrize("offset", [1, CHUNK - 1, CHUNK + 1, 10**9])
async def test_another_offset_is_answered_with_the_true_one(phone: Caller, offset: int) -> None:
    """Tests that only the next byte is taken, whatever the phone believes."""
    await patch(phone, 0, PHOTO[:CHUNK], upload_length=str(len(PHOTO)))
    for wrong in (offset, 0):
        answer = await patch(phone, wrong, b"x" * 10, upload_length=str(len(PHOTO)))
        assert code_of(answer) == (409, "wrong_offset")
        assert answer.headers["upload-offset"] == str(CHUNK)
    answer = await patch(phone, 5, b"x", digest="ab" * 32)
    assert (code_of(answer), answer.headers["upload-offset"]) == ((409, "wrong_offset"), "0")


async def test_a_chunk_sent_twice_at_once_is_written_once(phone: Caller, day: Day) -> None:
    """Tests that of two tabs that send the same chunk one is told where it goes on."""
    await patch(phone, 0, PHOTO[:CHUNK], upload_length=str(len(PHOTO)))
    answers = await asyncio.gather(
        *(patch(phone, CHUNK, PHOTO[CHUNK : 2 * CHUNK]) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409]
    assert (await send_all(phone, PHOTO)).status_code == 204
    assert stored(day).read_bytes() == PHOTO


async def test_two_phones_send_the_same_picture(app: Litestar, phone: Caller, day: Day) -> None:
    """Tests that each sends by itself, one cannot spoil the other's, and both are told."""
    second = await enrol(app, day, courier=1, name="second")
    await second.talk()
    await patch(second, 0, b"x" * CHUNK, upload_length=str(len(PHOTO)))
    answers = await asyncio.gather(*(send_all(one, PHOTO) for one in (phone, phone)))
    assert any(answer.status_code == 204 for answer in answers)
    assert stored(day).read_bytes() == PHOTO
    assert (await head(second))[:2] == (200, str(len(PHOTO)))
    for one in (phone, second):
        assert "blob" in [row["kind"] for row in (await one.talk())["feed"]]


async def test_a_part_survives_a_kill_of_the_server(phone: Caller, day: Day) -> None:
    """Tests that what is in the folder counts: a torn chunk or a lost file is sent again."""
    await patch(phone, 0, PHOTO[:CHUNK], upload_length=str(len(PHOTO)))
    part = next((day.house.blob_dir / str(day.office_id) / "parts").iterdir())
    with part.open("ab") as file:
        file.write(b"half a chunk")  # written, and killed before the commit
    assert (await head(phone))[1] == str(CHUNK)
    part.write_bytes(PHOTO[:1000])  # the disk was older than the database
    assert (await head(phone))[1] == "1000"
    assert (await send_all(phone, PHOTO)).status_code == 204
    assert stored(day).read_bytes() == PHOTO


async def test_a_part_whose_file_is_gone_begins_anew(phone: Caller, day: Day) -> None:
    """Tests that a lost part is not missed: the phone begins at the first byte."""
    await patch(phone, 0, PHOTO[:CHUNK], upload_length=str(len(PHOTO)))
    next((day.house.blob_dir / str(day.office_id) / "parts").iterdir()).unlink()
    assert (await head(phone))[1] == "0"
    assert (await send_all(phone, PHOTO)).status_code == 204


BOMB = jpeg(8000, 5000)


@pytest.mark.parametrize(
    ("body", "digest", "refused"),
    [
        (PHOTO[:-1] + b"x", DIGEST, (422, "wrong_hash")),
        (b"%PDF-1.7", None, (415, "not_a_picture")),
        (BOMB, None, (422, "too_many_pixels")),  # 40 megapixels
    ],
)
async def test_what_is_no_such_picture_begins_anew(
    phone: Caller, day: Day, body: bytes, digest: str | None, refused: tuple[int, str]
) -> None:
    """Tests that a wrong whole is refused by name, kept nowhere, and can be sent again."""
    name = digest or hashlib.sha256(body).hexdigest()
    assert code_of(await send_all(phone, body, digest=name)) == refused
    assert (await head(phone, name))[0] == 404
    assert await fetch(day, "SELECT 1 FROM proofs.blob") == []
    if digest is not None:
        assert (await send_all(phone, PHOTO)).status_code == 204


@pytest.mark.parametrize("is_altered", [False, True])
async def test_a_locked_phone_sends_sealed_pictures(
    phone: Caller, day: Day, is_altered: bool
) -> None:
    """Tests that sealed bytes are judged by what is opened, and an altered seal is refused."""
    shift = Shift.begin(pair_of("shift"), day.house.sealer.agreement.public_key)
    sealed = shift.seal(PHOTO, f"blob:{DIGEST}", bytes(12))
    raw = bytearray(base64.urlsafe_b64decode(sealed["ct"] + "=="))
    raw[9] ^= is_altered
    seal = f"{sealed['eph']};{sealed['iv']}"
    answer = await send_all(phone, bytes(raw), tannoi_seal=seal)
    if is_altered:
        assert code_of(answer) == (422, "unsealable")
        return
    assert answer.status_code == 204
    assert stored(day).read_bytes() == PHOTO


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"upload_length": ""}, (400, "malformed")),
        ({"upload_length": "0"}, (400, "malformed")),
        ({"upload_length": "-5"}, (400, "malformed")),
        ({"upload_length": "5", "upload_offset": "x"}, (400, "malformed")),
        ({"upload_length": str(5 * 1024 * 1024 + 1)}, (413, "too_large")),
        ({"upload_length": "5", "tannoi_seal": "x"}, (400, "malformed")),
        ({"upload_length": "5", "tannoi_seal": f"{write64(bytes(65))};AA"}, (400, "malformed")),
        ({"upload_length": "5", "content_type": "image/png"}, (415, "unsupported")),
        ({"upload_length": "5"}, (413, "too_large")),  # more bytes than the whole has
    ],
)
async def test_half_a_request_is_refused(
    phone: Caller, headers: dict[str, str], refused: tuple[int, str]
) -> None:
    """Tests that headers which are missing, wrong or too large are refused before a byte counts."""
    assert code_of(await patch(phone, 0, b"sixsix", **headers)) == refused


async def test_a_chunk_too_large_is_refused(phone: Caller) -> None:
    """Tests that nobody sends a picture in one piece past the size of a chunk."""
    answer = await patch(phone, 0, bytes(256 * 1024 + 1), upload_length=str(len(PHOTO)))
    assert code_of(answer) == (413, "too_large")


async def test_a_phone_has_a_quota(
    app: Litestar, phone: Caller, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a phone may begin so many pictures a day, and keep so many unfinished."""
    monkeypatch.setattr(pictures, "PICTURES_PER_DAY", 4)
    monkeypatch.setattr(pictures, "UPLOADS_OPEN_MAX", 2)
    for number in range(4):
        answer = await patch(phone, 0, b"x", digest=f"{number:02d}" * 32, upload_length="9")
        assert answer.status_code == 204
        app.state.clock.at += timedelta(seconds=1)
    answer = await patch(phone, 0, b"x", digest="ff" * 32, upload_length="9")
    assert code_of(answer) == (429, "picture_quota")
    assert int(answer.headers["retry-after"]) > 0
    assert "ảnh" in answer.json()["title"]
    assert await fetch(day, "SELECT count(*) FROM proofs.upload") == [(2,)]
    assert len(list((day.house.blob_dir / str(day.office_id) / "parts").iterdir())) == 2


async def test_a_full_disk_is_busy_and_nothing_counts(
    phone: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a disk without room answers 503, and the phone goes on once there is (R10)."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("backend.proofs.BlobFolder.write_part", full)
        answer = await patch(phone, 0, PHOTO[:CHUNK], upload_length=str(len(PHOTO)))
    assert code_of(answer) == (503, "busy")
    assert (await send_all(phone, PHOTO)).status_code == 204


async def test_a_phone_without_a_session_sends_pictures_until_it_is_lost(
    phone: Caller, day: Day
) -> None:
    """Tests that the signature alone brings pictures, and a lost phone's strange ones none."""
    path = f"/api/sync/v1/blobs/{DIGEST}"
    said = {
        "upload-offset": "0",
        "upload-length": str(len(PHOTO)),
        "content-type": "application/offset+octet-stream",
    }
    answer = await phone.ask("PATCH", path, PHOTO[:9], headers=said, with_session=False)
    assert answer.status_code == 204
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        await identity.lose_device(conn, day.dispatcher, phone.device_id, now=MORNING)
    answer = await phone.ask("PATCH", path, PHOTO[:9], headers=said)
    assert code_of(answer) == (403, "device_revoked")
