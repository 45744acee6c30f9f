import hashlib
import importlib
import json
import uuid
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from backend.sync import rules
from tests.simulation.clocks import ticking
from tests.simulation.phone import Phone

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
CHAINS = json.loads((VECTORS / "hash_chain.json").read_text())["chains"]
BODIES = json.loads((VECTORS / "op_framing.json").read_text())["bodies"]
TIMES = json.loads((VECTORS / "time_clamp.json").read_text())["cases"]


class Framed(msgspec.Struct):
    """The parts of a body that are kept as they stand."""

    ops: list[msgspec.Raw]
    side: dict[str, msgspec.Raw]


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain["name"])
def test_hash_chain_is_the_hash_of_exact_bytes(chain):
    """Tests that the vectors of the hash chain say what S7 says."""
    last = hashlib.sha256(f"stream:{uuid.UUID(chain['stream'])}".encode()).digest()
    assert last.hex() == chain["h0"]
    for op in chain["ops"]:
        last = hashlib.sha256(last + op["raw"].encode()).digest()
        assert last.hex() == op["hash"]


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case["name"])
def test_ops_are_cut_out_of_the_body_as_they_stand(case):
    """Tests that the bytes of an op in a body can be had without writing them anew."""
    framed = msgspec.json.decode(case["body"].encode(), type=Framed)
    assert [bytes(raw).decode() for raw in framed.ops] == case["raws"]
    assert {seq: bytes(raw).decode() for seq, raw in framed.side.items()} == case["sides"]


def test_phone_pastes_the_bytes_it_hashed():
    """Tests that an op stands in the request as the bytes in the phone's chain."""
    phone = Phone(*ticking(seed=1))
    raws = ['{"text":"\\u1ea5y"}', "[1,2]", '{ "b" : 1.00 }', "null"]
    for number, raw in enumerate(raws):
        phone.record_raw(f"op {number}", raw.encode(), b'{ "name" : "x" }' if number == 1 else None)
    body = phone.make_request()
    framed = msgspec.json.decode(body, type=Framed)
    assert [bytes(raw).decode() for raw in framed.ops] == raws
    assert {seq: bytes(raw).decode() for seq, raw in framed.side.items()} == {
        "2": '{ "name" : "x" }'
    }


@pytest.mark.parametrize("case", TIMES, ids=lambda case: case["name"])
def test_time_of_a_fact_is_clamped(case):
    """Tests that the instant and its quality are as section 1.6 says, at each boundary."""
    not_before = case["not_before"]
    occurred_at, quality = rules.judge_time(
        at=datetime.fromisoformat(case["at"]),
        mono=case["mono"],
        boot=case["boot"],
        sent_at=datetime.fromisoformat(case["sent_at"]),
        sent_mono=case["sent_mono"],
        sent_boot=case["sent_boot"],
        received_at=datetime.fromisoformat(case["received_at"]),
        not_before=None if not_before is None else datetime.fromisoformat(not_before),
    )
    assert quality == case["time_quality"]
    assert occurred_at == datetime.fromisoformat(case["occurred_at"])


def test_kind_that_no_text_can_hold_is_unreadable():
    """Tests that a NUL in the kind of a fact is held and cannot block the facts behind it (S2)."""
    read_envelope = importlib.import_module("backend.sync.batch").read_envelope
    phone = Phone(*ticking(seed=1))
    for kind in ("note.added", "note\0added"):
        phone.record(kind, {})
    raws = [raw for _, raw, _ in phone.disk.stores["ops"].values()]
    assert read_envelope(raws[0]) is not None
    assert read_envelope(raws[1]) is None
