"""Tests of proof as an office asks for it: the table, what is refused, and from which day on."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from backend import rounds
from backend.kit.clock import service_day
from backend.kit.errors import Invalid
from backend.rounds import ProofRule
from backend.rounds.acts import demands
from tests.backend.day import Day, accept_op, deliver_op, fail_op, load_op, open_day, visit_of

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "proof_rules.json").read_text(encoding="utf-8")
)
BY = UUID(int=7)


def read(rules: list[dict[str, Any]]) -> list[ProofRule]:
    """Return rules as they come over the wire."""
    return msgspec.convert(rules, list[ProofRule])


@pytest.mark.parametrize("case", [*VECTORS["usual"], *VECTORS["cases"]])
def test_demands_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    """Tests that phone and office ask for the same, with and without an office's own words."""
    rules = read(case.get("rules", []))
    demands.check_rules(rules)
    found = {
        proof: demands.find_demand(rules, case["act"], case["ending"], case["reason"], proof)
        for proof in case["demands"]
    }
    assert found == case["demands"]
    needed = demands.required(rules, case["act"], case["ending"], case["reason"])
    assert needed == {proof for proof, demand in found.items() if demand == "required"}


@pytest.mark.parametrize("case", VECTORS["bad"], ids=lambda case: case["about"])
def test_rules_no_phone_could_keep_are_refused(case: dict[str, Any]) -> None:
    """Tests that a rule for what cannot be is refused by name."""
    with pytest.raises(Invalid) as refused:
        demands.check_rules(read(case["rules"]))
    assert refused.value.code == case["code"]


@pytest.mark.parametrize("rule", VECTORS["unreadable"], ids=str)
def test_rules_of_unknown_words_are_not_read(rule: dict[str, Any]) -> None:
    """Tests that an unknown act, ending, reason, proof or demand is none."""
    with pytest.raises(msgspec.ValidationError):
        read([rule])


def test_table_has_each_line_once_and_every_line_can_be_set() -> None:
    """Tests that what the desk is shown is what it may set."""
    lines = rounds.list_proof_lines([])
    keys = [(line.act, line.ending, line.reason, line.proof) for line in lines]
    assert len(keys) == len(set(keys))
    assert all(line.demand == line.usual for line in lines)
    demands.check_rules([ProofRule(*key, demand="required") for key in keys])


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    await opened.db.close()


async def set_rules(day: Day, office_id: UUID, *rules: ProofRule) -> None:
    """Set an office's rules so that they count on the day of the town."""
    async with day.db.transaction(actor="test", offices=[office_id]) as conn:
        await rounds.set_proof_rules(
            conn, office_id, rules, reason="thử", by=BY, now=day.now - timedelta(days=1)
        )


@pytest.mark.store
@pytest.mark.parametrize("num_together", [1, 2])
async def test_facts_are_held_for_what_the_office_asks(day: Day, num_together: int) -> None:
    """Tests that required proofs are demanded, others not, one by one and in a batch."""
    courier, _ = day.town.couriers
    await set_rules(
        day,
        courier.office_id,
        ProofRule("result.deliver", "done", None, "photo", "required"),
        ProofRule("dossier.accept", "done", None, "photo", "off"),
        ProofRule(None, "failed", "ABSENT", "photo", "off"),
        ProofRule(None, "failed", "ABSENT", "sign_citizen", "required"),
    )
    phone = day.phone_of(courier)
    phone.record(*load_op(courier))
    await day.talk(phone, courier)
    result = visit_of(courier, "result.deliver")
    papers = [visit_of(courier, "dossier.accept", place) for place in (0, 1)]
    missing = ("held", "missing_proof")
    facts = [
        (deliver_op(result, photos=[]), missing),
        (deliver_op(result), ("applied", None)),
        (accept_op(papers[0], photos=[]), ("applied", None)),
        (fail_op(papers[1]), missing),
        (fail_op(papers[1], photos=[], sign_citizen="M1 1 L9 9"), ("applied", None)),
    ]
    told: list[tuple[str, str | None]] = []
    while len(told) < len(facts):
        for fact, _ in facts[len(told) : len(told) + num_together]:
            phone.record(*fact)
        told += await day.decisions(phone, courier)
    assert told == [expected for _, expected in facts]


@pytest.mark.store
async def test_rules_count_from_the_next_day_and_their_phones_are_told(day: Day) -> None:
    """Tests that today's round keeps its rules, and tomorrow's is given the new ones."""
    courier, other = day.town.couriers
    off = ProofRule(None, "failed", "ABSENT", "photo", "off")
    phone = day.phone_of(courier)
    await day.talk(phone, courier)
    assert round_of(phone)["proof_rules"] == []
    async with day.db.transaction(actor="test", offices=[courier.office_id]) as conn:
        valid_from = await rounds.set_proof_rules(
            conn, courier.office_id, [off], reason="thử", by=BY, now=day.now
        )
        assert valid_from == service_day(day.now) + timedelta(days=1)
        before = await rounds.find_proof_rules(conn, courier.office_id, service_day(day.now))
        assert before is None
    phone.record(*fail_op(visit_of(courier, "dossier.accept"), photos=[]))
    assert await day.decisions(phone, courier) == [("held", "missing_proof")]
    assert round_of(phone)["proof_rules"] == []
    await set_rules(day, courier.office_id, off)
    await day.talk(phone, courier)
    (told,) = round_of(phone)["proof_rules"]
    assert told == msgspec.to_builtins(off)
    assert courier.office_id == other.office_id


def round_of(phone: Any) -> dict[str, Any]:
    """Return the round that a phone shows."""
    found = [doc for (kind, _), (_, doc) in phone.view.items() if kind == "round"]
    one: dict[str, Any] = found[0]
    return one
