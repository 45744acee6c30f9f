import base64
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.sync import seals
from tests.backend.day import SEALER, Day, deliver_op, load_op, open_day, visit_of
from tests.simulation import checks, keys
from tests.simulation.keys import Shift, pair_of

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
SEALED = json.loads((VECTORS / "shift_seal.json").read_text())
APPLIED = ("applied", None)


class House:
    """The house of the vectors, whose key is known."""

    def __init__(self) -> None:
        self.pair = pair_of("vector house")

    def agree(self, point: bytes) -> list[bytes]:
        other = keys.ec.EllipticCurvePublicKey.from_encoded_point(keys.CURVE, point)
        return [self.pair.private.exchange(keys.ec.ECDH(), other)]


def read64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def opener() -> seals.Opener:
    return seals.Opener(House())  # type: ignore[arg-type]  # agrees as the house's own does


@pytest.mark.parametrize("part", SEALED["sealed"], ids=lambda part: part["bound"].split(":")[0])
def test_the_house_opens_what_the_vectors_seal(part: dict[str, str]) -> None:
    """Tests that the house opens a phone's seals with the key both agree on (S19)."""
    fields = {"eph": read64(part["eph"]), "iv": read64(part["iv"]), "sealed": read64(part["ct"])}
    assert opener().open(**fields, bound=part["bound"]) == part["raw"].encode()
    shared = House().agree(fields["eph"])[0]
    assert seals.shift_key(shared, fields["eph"]) == read64(SEALED["key"])
    with pytest.raises(seals.Unsealable):
        opener().open(**fields, bound=part["bound"] + "x")
    sealed = bytearray(fields["sealed"])
    sealed[0] ^= 1
    with pytest.raises(seals.Unsealable):
        opener().open(**{**fields, "sealed": bytes(sealed)}, bound=part["bound"])


def test_a_sealed_fact_is_told_from_one_in_the_clear() -> None:
    """Tests that only what has exactly the parts of a seal is taken for sealed."""
    found = seals.read_sealed_op(SEALED["sealed_op"].encode())
    assert found is not None
    assert found.seq == 7
    assert opener().open_text(found, f"op:{found.id}") == SEALED["sealed"][0]["raw"].encode()
    for raw in (b'{"id":"x"}', b'{"eph":1}', b'{"kind":"x","eph":"a"}', b'["eph"]', b'"eph"'):
        assert seals.read_sealed_op(raw) is None


@pytest.mark.parametrize(
    "change",
    [
        {"eph": "AAAA"},  # no point
        {"eph": keys.write64(b"\x04" + bytes(64))},  # not of the curve
        {"iv": "AAAA"},
        {"iv": "ä"},
        {"ct": ""},
        {"ct": "AAAA"},
    ],
)
def test_nonsense_is_unsealable(change: dict[str, str]) -> None:
    """Tests that whatever stands in a seal, the answer is that it cannot be opened."""
    part = seals.SealedSide(
        **{**{k: SEALED["sealed"][1][k] for k in ("eph", "iv", "ct")}, **change}
    )
    with pytest.raises(seals.Unsealable):
        opener().open_text(part, SEALED["sealed"][1]["bound"])


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


def begin_shift(name: str = "shift") -> Shift:
    return Shift.begin(pair_of(name), SEALER.agreement.public_key)


async def test_a_locked_phone_sends_sealed_and_sees_nothing(day: Day) -> None:
    """Tests that sealed facts are recorded as the bytes that were hashed, with their sides."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record(*load_op(courier))
    kind, fields = deliver_op(visit_of(courier, "result.deliver"))
    phone.record(kind, fields, side={"name": "Ngô Văn Mẫu"})
    phone.shift, phone.is_locked = begin_shift(), True
    body = phone.make_request()
    assert b"result.delivered" not in body
    assert "Ngô Văn Mẫu".encode() not in body
    reply = await day.talk(phone, courier)
    assert (reply["ack"], reply["ack_only"], reply["feed"], reply["decisions"]) == (2, True, [], [])
    rows = await day.admin.fetch("SELECT raw FROM sync.op_log ORDER BY seq")
    assert [row["raw"] for row in rows] == [phone.disk.stores["ops"][seq][1] for seq in (1, 2)]
    assert b"Ng" in await day.admin.fetchval("SELECT raw FROM sync.op_side")
    # Unlocked again, it learns what became of them.
    phone.is_locked = False
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": "Mở khoá"})
    request = json.loads(phone.make_request()) | {"decided": 0}
    reply = await day.send_body(json.dumps(request).encode(), courier)
    assert [(d["seq"], d["outcome"]) for d in reply["decisions"]][:2] == [
        (1, "applied"),
        (2, "applied"),
    ]


async def test_facts_sealed_for_nobody_are_set_aside(day: Day) -> None:
    """Tests that what no key opens is kept, answered as a fork, and arrives in a new stream."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    stop = str(courier.visits[0].stop_id)
    phone.record("note.added", {"stop": stop, "text": "Đọc được"})
    phone.shift, phone.is_locked = begin_shift(), True
    phone.batch_max = 1
    assert (await day.talk(phone, courier))["ack"] == 1
    phone.batch_max = 50
    phone.record("note.added", {"stop": stop, "text": "Hỏng"})
    phone.record("note.added", {"stop": stop, "text": "Sau đó"})
    phone.shift = Shift(phone.shift.public_key, bytes(32))  # another key than both agreed on
    reply = await day.send(phone, courier)
    assert (reply["ack"], reply["fork"]) == (1, True)
    kept = await day.admin.fetch("SELECT seq, reason FROM sync.op_quarantine ORDER BY seq")
    assert [tuple(row) for row in kept] == [(2, "unsealable"), (3, "unsealable")]
    phone.take_reply(reply, phone.request)
    phone.shift = begin_shift("second")
    reply = await day.talk(phone, courier)
    assert (reply["ack"], reply["fork"]) == (3, False)
    assert await day.admin.fetchval("SELECT count(*) FROM sync.effect") == 3


async def test_a_seal_moved_to_another_number_does_not_open(day: Day) -> None:
    """Tests that a sealed fact holds for its own number and id only."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": "x"})
    phone.shift, phone.is_locked = begin_shift(), True
    body = json.loads(phone.make_request())
    for change in ({"seq": 2}, {"id": str(uuid.UUID(int=5))}):
        other = day.phone_of(courier, seed=len(str(change)))
        moved = {**body, "stream": str(other.stream), "ops": [{**body["ops"][0], **change}]}
        moved["prev"] = other._hash_at(0).hex()
        reply = await day.send_body(json.dumps(moved).encode(), courier)
        assert (reply["ack"], reply["fork"]) == (0, True)
