"""Tests that a float holds the notes with which every payment can be made exactly."""

import random

import pytest

from backend.cash import propose, total_of
from backend.kit.errors import Conflict


def check(payments: list[int], found) -> None:
    """Check by hand what the programme says: parts make the payments, and the float the parts."""
    assert sorted(a for part in found.parts for a in [part.amount_vnd] * part.num) == sorted(
        payments
    )
    spent: dict[int, int] = dict(found.change)
    for part in found.parts:
        assert total_of(part.notes) == part.amount_vnd
        for value, num in part.notes.items():
            spent[value] = spent.get(value, 0) + num * part.num
    assert spent == found.notes
    assert found.total_vnd == total_of(found.notes)


@pytest.mark.parametrize(
    ("payments", "num_notes"),
    [
        ([], 0),
        ([500_000], 1),
        (
            [5_860_000],
            15,
        ),  # 11 of 500k, one each of 200k, 100k, 50k, 10k
        ([500_000] * 48, 48),
        ([650_000, 700_000], 5),  # 500+100+50 and 500+200
    ],
)
def test_float_has_the_fewest_notes(payments: list[int], num_notes: int) -> None:
    """Tests that small floats are those that a cashier would count out by hand."""
    found = propose(payments)
    check(payments, found)
    assert found.is_proven
    assert sum(found.notes.values()) == num_notes


def test_float_uses_what_the_drawer_has() -> None:
    """Tests that a drawer without large notes pays in small ones, each payment exactly."""
    found = propose([600_000, 400_000], available={200_000: 3, 100_000: 10})
    check([600_000, 400_000], found)
    assert found.notes[200_000] <= 3


def test_payments_of_one_amount_may_take_different_notes() -> None:
    """Tests that two equal payments are told apart where the drawer has only one large note."""
    payments = [500_000, 500_000]
    found = propose(payments, available={500_000: 1, 100_000: 5})
    check(payments, found)


def test_drawer_that_cannot_pay_exactly_is_named() -> None:
    """Tests that notes worth enough are not enough when they make no payment exactly."""
    with pytest.raises(Conflict) as caught:
        propose([300_000, 300_000], available={500_000: 2})
    assert caught.value.code == "notes_not_enough"


@pytest.mark.parametrize("amount_vnd", [1, 99, 100, 300, 1_050])
def test_amount_that_no_notes_make_is_named(amount_vnd: int) -> None:
    """Tests that an amount no notes can make is refused by its number."""
    with pytest.raises(Conflict) as caught:
        propose([amount_vnd])
    assert caught.value.params["amount_vnd"] == amount_vnd


def test_change_is_small_notes_of_several_kinds() -> None:
    """Tests that change comes in notes that can be given back, not in one large one."""
    found = propose([], change_vnd=400_000)
    check([], found)
    assert max(found.change) <= 50_000
    assert len(found.change) >= 2


def test_random_rounds_can_be_paid() -> None:
    """Tests that rounds of many pensions are paid exactly, whatever the amounts."""
    seed = random.randrange(1 << 30)
    print("seed", seed)
    rnd = random.Random(seed)
    for _ in range(5):
        payments = [rnd.randrange(500, 9_000) * 1_000 for _ in range(rnd.randrange(1, 40))]
        check(payments, propose(payments, change_vnd=rnd.choice([0, 200_000])))
