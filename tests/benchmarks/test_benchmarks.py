"""Every benchmark still runs to its end, small; its figures are nobody's business here."""

import pytest

from tests.benchmarks import api, ledger

pytestmark = [pytest.mark.anyio, pytest.mark.chaos]


async def test_api_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a day goes over HTTP, by pgbench where there is one, and past the bare handler."""
    monkeypatch.setattr(api, "SECONDS_BARE", 0.2)
    (figures,) = await api.run(num_phones=1, num_facts=6, batches=[4], seed=7)
    assert figures.num_exchanges == 2
    assert figures.bare_per_s > 0
    assert figures.facts_per_s > 0


async def test_ledger_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that both sides of the book's benchmark write rows."""
    monkeypatch.setattr(ledger, "SECONDS", 0.2)
    monkeypatch.setattr(ledger, "NUM_TURNS", 1)
    monkeypatch.setattr(ledger, "NUM_HANDS", 10)
    report = await ledger.run()
    assert report["median_ratio"] > 0
