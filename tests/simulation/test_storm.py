"""P10 at the size of a change: contended posting keeps the books true; its judges have eyes."""

import os
import random

import asyncpg
import pytest

from backend.kit.db import prepare
from backend.ops.migrate import APP
from tests.simulation import storm

pytestmark = pytest.mark.store

NUM_ATTEMPTS = int(os.environ.get("STORM_ATTEMPTS", "4000"))


@pytest.fixture
async def blown(admin_url: str) -> storm.Storm:
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print("seed", seed)
    one = storm.Storm(seed, NUM_ATTEMPTS)
    await storm.blow(one, admin_url.replace("postgres@", f"{APP}@", 1), 20)
    return one


async def test_contended_posting_keeps_the_books_true(blown: storm.Storm, admin_url: str) -> None:
    """Tests that twenty connections that post, confirm, void, reverse and repeat break nothing."""
    faults = await storm.judge(blown, admin_url)
    assert blown.errors == []
    assert {name: num for name, num in faults.items() if num} == {}
    assert blown.num_repeats > 0
    for code in ("not_covered", "pending_resolved", "already_reversed", "already_posted"):
        assert blown.refused[code] > 0, code


async def test_judge_of_the_storm_has_eyes(blown: storm.Storm, admin_url: str) -> None:
    """Tests that a row taken out, one put in and a balance changed are each seen."""
    conn = await asyncpg.connect(admin_url)
    await prepare(conn)
    try:
        await conn.execute("ALTER TABLE ledger.transfer DISABLE TRIGGER ALL")
        await conn.execute(
            "DELETE FROM ledger.transfer WHERE id = $1", blown.done[len(blown.done) // 2].id
        )
    finally:
        await conn.close()
    faults = await storm.judge(blown, admin_url)
    assert faults["told and not there"] == 1
    assert faults["found by verify-ledger"] >= 1
    assert faults["invariants broken"] >= 1
