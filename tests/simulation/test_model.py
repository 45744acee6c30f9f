from dataclasses import fields

import pytest

from tests.simulation.model import exchange, feed, fork, programme
from tests.simulation.model.exchange import Exchange, Server
from tests.simulation.model.feed import Feed, Store
from tests.simulation.model.fork import Disk, Fork
from tests.simulation.model.search import explore


def test_design_has_no_violation_within_small_bounds():
    """Tests that no interleaving of faults breaks an invariant while all rules hold (P1)."""
    for name, verdict in programme.search_design(programme.SMALL):
        print(name, verdict)
        assert verdict.is_whole
        assert verdict.fault is None


@pytest.mark.parametrize("removal", programme.REMOVALS, ids=lambda removal: removal.sentence)
def test_each_rule_removed_gives_a_counterexample(removal):
    """Tests that the search sees the fault each rule is there to prevent (P1)."""
    verdict = programme.search_without(removal)
    print(f"{removal.sentence}: {verdict}")
    assert verdict.fault is not None
    assert removal.fault in verdict.fault
    assert verdict.trace


def test_every_rule_is_removed_somewhere():
    """Tests that no rule of the models escapes the programme of removals."""
    removed = {(removal.model, rule) for removal in programme.REMOVALS for rule in removal.rules}
    models = (("exchange", exchange.Rules), ("feed", feed.Rules), ("fork", fork.Rules))
    assert removed == {(name, field.name) for name, rules in models for field in fields(rules)}


UP = Exchange(exchange.Rules(), exchange.Bounds())
DOWN = Feed(feed.Rules(), feed.Bounds())
FORKED = Fork(fork.Rules(), fork.Bounds())


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (UP.initial, None),  # nothing has happened
        (UP.initial._replace(server=Server(1, (2, 0, 0))), "op 1 is doubled"),  # a double effect
        (UP.initial._replace(server=Server(2, (0, 1, 0))), "log has a gap"),  # a dropped row
        (UP.initial._replace(num_shown=1), "op 1 is lost"),  # shown, then nowhere
        (
            UP.initial._replace(num_shown=1, num_kept=1, num_written=1, acked=1, purged=1),
            "op 1 is lost",  # deleted from the phone, never stored
        ),
    ],
)
def test_invariants_of_the_way_up_see_planted_faults(state, words):
    """Tests that each invariant on facts fires on a state made to break it."""
    fault = UP.find_fault(state)
    assert fault is None if words is None else words in str(fault)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DOWN.initial, None),  # nothing has happened
        (
            DOWN.initial._replace(store=Store(2, 0, ((2, 0),), frozenset({0}))),
            "the feed has a gap",  # number 1 is missing
        ),
        (
            DOWN.initial._replace(
                cursor=1, store=Store(1, 0, ((1, 0),), frozenset({0})), view=frozenset()
            ),
            "never seen",  # the cursor passed a row that the view lacks
        ),
        (
            DOWN.initial._replace(view=frozenset({2})),
            "stays on the phone",  # a document the server has not
        ),
    ],
)
def test_invariants_of_the_way_down_see_planted_faults(state, words):
    """Tests that each invariant on the feed fires on a state made to break it."""
    fault = DOWN.find_fault(state)
    assert fault is None if words is None else words in str(fault)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (FORKED.initial, None),  # nothing has happened
        (FORKED.initial._replace(effects=(0, 2, 0)), "op 2 is doubled"),  # a double effect
        (
            FORKED.initial._replace(num_born=1, phone=Disk(0, (), 0)),
            "op 1 is lost",  # the phone forgot a fact that nobody else has
        ),
    ],
)
def test_invariants_of_forks_see_planted_faults(state, words):
    """Tests that each invariant on forked streams fires on a state made to break it."""
    fault = FORKED.find_fault(state)
    assert fault is None if words is None else words in str(fault)


def test_search_gives_the_shortest_trace():
    """Tests that the trace to a broken state has the fewest steps, and that a limit is told."""

    def step(number: int) -> list[tuple[str, int]]:
        return [("add 1", number + 1), ("add 3", number + 3)]

    verdict = explore(0, step, lambda number: "seven" if number == 7 else None)
    assert verdict.fault == "seven"
    assert sorted(verdict.trace) == ["add 1", "add 3", "add 3"]
    assert not explore(0, step, lambda number: None, limit=10).is_whole
