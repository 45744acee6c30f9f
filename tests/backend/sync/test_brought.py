"""The file of unsent facts, brought to the office by hand: kept once, counted never."""

import json
from typing import Any

import pytest
from litestar import Litestar

from backend import sync
from backend.house import House
from backend.kit.errors import Invalid, NotFound
from backend.sync.batch import decode_request
from tests.backend.desk import MORNING, Day, make_day
from tests.backend.sync.calling import Caller, enrol
from tests.simulation.keys import Shift


@pytest.fixture
async def day(house: House) -> Day:
    day = await make_day(house)
    async with house.db.transaction(actor="house", offices="*") as conn:
        await day.book(conn, "S2")
    await day.publish()
    return day


def row_of(raw: bytes, seq: int, **more: Any) -> dict[str, Any]:
    """Return a fact as the phone's export writes it."""
    op = json.loads(raw)
    return {"seq": seq, "id": op["id"], "kind": op["kind"], "hash": "", "photos": ["ab" * 32],
            "recorded_at": op["at"], "raw": raw.decode(), "side": None, **more}  # fmt: skip


async def take(day: Day, file: dict[str, Any] | bytes) -> list[tuple[int, str, str]]:
    content = file if isinstance(file, bytes) else json.dumps(file).encode()
    async with day.house.db.transaction(actor="cli", offices="*") as conn:
        found = await sync.take_file(conn, content, day.house.sealer.agreement, now=MORNING)
    return [(one.seq, one.kind, one.state) for one in found]


async def write_file(caller: Caller, server_key: bytes) -> dict[str, Any]:
    """Return a file with a fact that was sent, one in the clear, one sealed, one nobody opens."""
    stop = next(iter(ref for kind, ref in caller.phone.view if kind == "stop"))
    for number in range(4):
        caller.note(stop, f"Ghi chú {number}")
    request = decode_request(caller.phone.make_request())
    raws = [bytes(raw) for raw in request.ops]
    shift = Shift.begin(caller.pair, server_key)
    rows = [row_of(raw, seq) for seq, raw in enumerate(raws, start=1)]
    for at, iv in ((2, b"a" * 12), (3, b"b" * 12)):
        bound = f"op:{rows[at]['id']}" if at == 2 else "op:another"
        rows[at] |= {"raw": None, "sealed": shift.seal(raws[at], bound, iv), "sealed_side": None}
    left = {"stream": str(request.stream), "op": rows.pop()}
    return {"format": "tannoi-unsent", "v": 1, "app": "0.1.0", "made_at": rows[0]["recorded_at"],
            "stream": str(request.stream), "epoch": 1, "ack": 0, "head": 4,
            "boundary": {"seq": 0, "hash": ""}, "ops": rows, "left": [left]}  # fmt: skip


async def test_a_file_of_unsent_facts_is_kept_once(app: Litestar, day: Day) -> None:
    """Tests that what was sent is known, the rest is kept in the clear or as it came, once."""
    caller = await enrol(app, day)
    await caller.talk()
    file = await write_file(caller, day.house.sealer.agreement.public_key)
    caller.phone.batch_max = 1
    await caller.talk()
    told = [(1, "note.added", "known"), (2, "note.added", "set_aside"),
            (3, "note.added", "set_aside"), (4, "", "unsealable")]  # fmt: skip
    assert await take(day, file) == told
    assert await take(day, file) == told
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        kept = await conn.fetch("SELECT seq, reason FROM sync.op_quarantine ORDER BY seq")
        assert [tuple(row) for row in kept] == [(seq, "brought_by_file") for seq in (2, 3, 4)]
        assert await conn.fetchval("SELECT count(*) FROM sync.effect") == 1
    # The phone may still send what it has; nothing is doubled by the file.
    caller.phone.batch_max = 200
    await caller.talk()
    assert [state for _, _, state in await take(day, file)][:3] == ["known"] * 3
    await caller.client.aclose()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"format":"other"}', b'{"format":"tannoi-unsent","v":2}']
)
async def test_another_file_is_refused(day: Day, content: bytes) -> None:
    """Tests that no other file is taken for one, by its name."""
    with pytest.raises(Invalid, match="not_unsent_file"):
        await take(day, content)


async def test_a_stream_that_never_spoke_is_refused(app: Litestar, day: Day) -> None:
    """Tests that facts without an office are not put into any, unless the phone has another."""
    caller = await enrol(app, day)
    await caller.talk()
    file = await write_file(caller, day.house.sealer.agreement.public_key)
    new = "01a2185c-0000-7000-8000-000000000000"
    assert len(await take(day, file | {"stream": new})) == 4
    with pytest.raises(NotFound):
        await take(day, file | {"stream": new, "left": []})
    await caller.client.aclose()


async def test_a_phone_that_lost_its_counters_is_known_by_its_own_name(
    app: Litestar, day: Day
) -> None:
    """Tests that facts without a stream go to their phone's office, once, and to no stranger's."""
    caller = await enrol(app, day)
    await caller.talk()
    file = await write_file(caller, day.house.sealer.agreement.public_key)
    device = str(caller.device_id)
    lost = file | {"stream": device, "ack": 0, "left": []}
    stranger = "01a2185c-0000-7000-8000-000000000000"
    with pytest.raises(NotFound):
        await take(day, lost | {"device": stranger})
    told = [(1, "note.added", "set_aside"), (2, "note.added", "set_aside"),
            (3, "note.added", "set_aside")]  # fmt: skip
    assert await take(day, lost | {"device": device}) == told
    assert await take(day, lost | {"device": device}) == told
    async with day.house.db.transaction(actor="house", offices="*") as conn:
        kept = await conn.fetch("SELECT seq, device_id FROM sync.op_quarantine ORDER BY seq")
        assert [(row[0], str(row[1])) for row in kept] == [(seq, device) for seq in (1, 2, 3)]
        assert await conn.fetchval("SELECT count(*) FROM sync.effect") == 0
    await caller.client.aclose()
