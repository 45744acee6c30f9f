"""Tests that many offices are solved apart, on one core or two, with the same answers."""

from routing import Limit, violations
from routing.decompose import solve_all
from routing.generate import Office, generate


def test_offices_apart_are_the_same_on_one_core_and_two() -> None:
    """Tests that order, soundness and progress hold, and that processes change nothing."""
    offices = [generate(Office(couriers=2, stops=10 + n, seed=n)) for n in range(3)]
    told: list[tuple[int, int]] = []
    one = solve_all(offices, limit=Limit(iterations=40), cores=1, seed=5, engine="pyvrp")
    two = solve_all(
        offices, limit=Limit(iterations=40), cores=2, seed=5, engine="pyvrp",
        on_done=lambda done, of: told.append((done, of)),
    )  # fmt: skip
    assert one == two
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert all(violations(o, s) == [] for o, s in zip(offices, one, strict=True))
