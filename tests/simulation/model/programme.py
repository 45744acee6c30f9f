"""What is searched: the design within bounds, and each rule taken away in turn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.simulation.model import exchange, feed, fork
from tests.simulation.model.search import Verdict, explore


@dataclass(frozen=True)
class Removal:
    """Rules taken away together, and the fault that must come of it."""

    sentence: str
    model: str
    rules: tuple[str, ...]
    fault: str
    """Words of the broken invariant."""


REMOVALS = (
    # The table of reliability 1.1.
    Removal("no row lock on the stream", "exchange", ("row_lock",), "doubled"),
    Removal("no gap check", "exchange", ("gap_check",), "never arrives"),
    Removal("phone purges what is acknowledged", "exchange", ("purge_to_safe",), "lost"),
    Removal("phone never lowers its ack", "exchange", ("ack_goes_down",), "stuck for ever"),
    Removal("no empty heartbeat exchange", "exchange", ("heartbeat",), "stuck for ever"),
    Removal("bad op answered 4xx", "exchange", ("hold_bad_ops",), "stuck for ever"),
    Removal("feed numbered by a sequence", "feed", ("number_under_lock",), "never seen"),
    # Rules that stand beside the table.
    Removal("numbers not looked at", "exchange", ("skip_known", "gap_check"), "doubled"),
    Removal("shown before the disk has it", "exchange", ("write_before_showing",), "lost"),
    Removal("cursor below the floor not reset", "feed", ("reset_below_floor",), "never seen"),
    Removal("epoch kept after a restore", "feed", ("epoch_after_restore",), "never seen"),
    Removal(
        "neither epoch nor look at the head",
        "feed",
        ("epoch_after_restore", "reset_above_head"),
        "stays on the phone",
    ),
    Removal("hashes not compared", "fork", ("compare_hashes",), "is lost"),
    Removal("effects not keyed by op id", "fork", ("one_effect_per_op_id",), "doubled"),
)

SMALL = exchange.Bounds(num_ops=2)
WIDE = exchange.Bounds(num_ops=3)


def search_design(bounds: exchange.Bounds) -> Iterator[tuple[str, Verdict]]:
    """Yield the verdict of each model with all rules in force."""
    up = exchange.Exchange(exchange.Rules(), bounds)
    yield "exchange", explore(up.initial, up.successors, up.find_fault)
    down = feed.Feed(feed.Rules(), feed.Bounds(num_writers=bounds.num_ops + 1))
    yield "feed", explore(down.initial, down.successors, down.find_fault)
    forked = fork.Fork(fork.Rules(), fork.Bounds(num_ops=bounds.num_ops + 1))
    yield "fork", explore(forked.initial, forked.successors, forked.find_fault)


def search_without(removal: Removal) -> Verdict:
    """Return the verdict of the model that lacks the rules of `removal`."""
    without = dict.fromkeys(removal.rules, False)
    if removal.model == "exchange":
        up = exchange.Exchange(replace(exchange.Rules(), **without), WIDE)
        return explore(up.initial, up.successors, up.find_fault)
    if removal.model == "feed":
        down = feed.Feed(replace(feed.Rules(), **without), feed.Bounds())
        return explore(down.initial, down.successors, down.find_fault)
    forked = fork.Fork(replace(fork.Rules(), **without), fork.Bounds())
    return explore(forked.initial, forked.successors, forked.find_fault)
