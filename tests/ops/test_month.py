"""Tests that a month of money closes, and that wrong figures planted in it are found."""

import os
import random
from pathlib import Path

import pytest

from backend.app import make_app
from backend.house import make_house
from backend.ops.month import simulate
from tests.backend.desk import make_settings

pytestmark = [pytest.mark.store, pytest.mark.slow]


async def test_small_month_closes(admin_url: str, db_url: str, tmp_path: Path) -> None:
    """Tests that two offices, one over HTTP, end three days with every figure in its place."""
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print(f"SEED={seed}")
    house = make_house(make_settings(db_url, tmp_path))
    await house.open(name="month", pool_size=6, with_hub=False)
    heard: list[float] = []
    try:
        found = await simulate(
            house, admin_url, make_app, seed=seed, num_offices=2, share=0.06, num_days=3,
            tell=lambda _, done: heard.append(done),
        )  # fmt: skip
    finally:
        await house.close()
    assert found["faults"] == []
    assert found["planted_and_not_found"] == []
    # So small a month may have nobody who counted wrong; every other table took its fault.
    assert set(found["not_planted"]) <= {"a difference: absent"}
    assert found["planted"] >= 8
    assert found["offices_over_http"] == 1
    assert found["http_requests"] > 100
    # One connection of the office is kept from its first request to its last.
    assert found["http_connections"] <= 3
    assert found["facts_by_phones"] > 20
    assert found["num_shifts"] >= 18
    assert found["num_payments"] > 30
    assert heard == sorted(heard)
