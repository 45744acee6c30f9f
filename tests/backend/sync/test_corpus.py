import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from litestar import Litestar

from backend.house import House
from backend.sync import rules
from backend.sync.batch import decode_request
from tests.backend.day import Day as TownDay
from tests.backend.day import load_op, open_day
from tests.backend.desk import Day, make_day
from tests.backend.sync import corpus
from tests.backend.sync.calling import EXCHANGE, Caller, enrol
from tests.simulation import checks


@pytest.fixture
async def day(house: House) -> Day:
    return await make_day(house)


@pytest.fixture
async def phone(app: Litestar, day: Day) -> AsyncIterator[Caller]:
    caller = await enrol(app, day)
    yield caller
    await caller.client.aclose()


async def test_no_body_breaks_the_exchange(phone: Caller) -> None:
    """Tests that every body of the corpus is answered: taken, or refused by name (P13)."""
    for name, raw in corpus.REQUESTS.items():
        answer = await phone.ask("POST", EXCHANGE, raw or b" ")
        assert answer.status_code in (200, 400, 413), (name, answer.status_code, answer.text)
        if answer.status_code != 200:
            assert answer.json()["code"] in ("malformed", "too_large"), name


async def test_no_body_breaks_the_exchange_when_cut_anywhere(phone: Caller) -> None:
    """Tests that a body cut at any byte is refused as malformed."""
    whole = corpus.body(ops=[corpus.OP])
    for length in range(1, len(whole), 7):
        answer = await phone.ask("POST", EXCHANGE, whole[:length])
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), length


@pytest.fixture
async def town(admin_conn: Any, db_url: str) -> AsyncIterator[TownDay]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


@pytest.mark.parametrize("name", corpus.OPS)
async def test_no_fact_blocks_those_behind_it(town: TownDay, name: str) -> None:
    """Tests that every fact of the corpus is kept and decided, and the next one applied (S2)."""
    courier = town.town.couriers[0]
    phone = town.phone_of(courier)
    phone.record(*load_op(courier))
    phone.record_raw(name, corpus.OPS[name])
    phone.record("note.added", {"stop": str(courier.visits[0].stop_id), "text": "Sau đó"})
    with structlog.testing.capture_logs() as logs:
        reply = await town.send(phone, courier)
    events = {entry["event"] for entry in logs}
    if "seal" in name and name != "half a seal":
        # Nobody can say what was hashed: it is set aside, and the phone opens a new stream.
        assert (reply["ack"], reply["fork"]) == (1, True)
        assert await town.admin.fetchval("SELECT count(*) FROM sync.op_quarantine") == 2
        return
    assert reply["ack"] == 3, events
    assert [decided["outcome"] for decided in reply["decisions"]][1:] == ["held", "applied"]
    kept = await town.admin.fetchval("SELECT raw FROM sync.op_log WHERE seq = 2")
    assert kept == corpus.OPS[name]
    assert "batch_failed" not in events


def test_the_chain_takes_any_bytes() -> None:
    """Tests that the hash of a fact is that of its bytes, whatever they are."""
    seed = 20261126
    rnd = random.Random(seed)
    raws = [*corpus.OPS.values(), *(rnd.randbytes(rnd.randrange(200)) for _ in range(500))]
    last = rules.first_hash(phone_stream := rules.UNREADABLE_IDS)
    one_by_one = []
    for raw in raws:
        last = rules.chain(last, raw)
        one_by_one.append(last)
    assert rules.chain_all(rules.first_hash(phone_stream), raws) == one_by_one, f"seed {seed}"
    assert len(set(one_by_one)) == len(raws)


def test_half_an_emoji_leaves_every_other_byte_alone() -> None:
    """Tests that a body with a cut emoji is read, and its facts and sides are the exact bytes."""
    ops = [
        rb'{"id":"a","text":"\ud83d"}',
        rb'{"id":"b","text":"\\ud83d \ud83d\ude00"}',
        b"[1, 2]",
        rb'{"id":"a","text":"\ud83d"}',
    ]
    side = rb'{"name":"Ng\udc00"}'
    body = corpus.body()[:-1].replace(b', "ops": []', b"")
    body += b', "ops":[%s],"side":{"1":%s,"2":{"name":"x"}}}' % (b" , ".join(ops), side)
    request = decode_request(body)
    assert [bytes(raw) for raw in request.ops] == ops
    assert {seq: bytes(raw) for seq, raw in request.side.items()} == {
        "1": side,
        "2": b'{"name":"x"}',
    }
