"""Tests of codes and of who may hand what to whom."""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.custody import Handover, Item, Party
from backend.custody.rules import check_digit, check_hand_over, check_in_hand, is_code, make_s10
from backend.kit.errors import Conflict

OFFICE, COURIER, CITIZEN = (
    Party("office", uuid.UUID(int=1)),
    Party("courier", uuid.UUID(int=2)),
    Party("citizen", uuid.UUID(int=3)),
)
AT = datetime(2027, 1, 5, 1, 12, tzinfo=UTC)


# The vectors of UPU S10 that the domain page lists.
@pytest.mark.parametrize(
    ("serial", "digit"),
    [
        ("47312482", 9),
        ("00071761", 8),
        ("96633102", 0),  # 10 becomes 0
        ("76129403", 8),
        ("12345678", 5),
        ("00000001", 4),
        ("10000000", 3),
        ("47110815", 1),
    ],
)
def test_check_digit_of_published_serials(serial: str, digit: int) -> None:
    """Tests that the check digit is that of the standard."""
    assert check_digit(serial) == digit


@pytest.mark.parametrize("serial", ["", "1234567", "123456789", "1234567x"])
def test_check_digit_refuses_what_is_no_serial(serial: str) -> None:
    """Tests that anything but eight digits is refused."""
    with pytest.raises(ValueError, match="eight digits"):
        check_digit(serial)


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("LD473124829VN", True),
        ("LD473124828VN", False),  # wrong check digit
        ("ld473124829VN", False),  # lower case
        ("LD473124829US", False),  # another country
        ("LD47312482VN", False),  # a digit short
    ],
)
def test_is_code(code: str, is_one: bool) -> None:
    """Tests that only whole S10 codes of Vietnam count."""
    assert is_code(code) is is_one


def test_make_s10_makes_codes_that_pass() -> None:
    """Tests that every made code is a code."""
    assert make_s10("LD", 47312482) == "LD473124829VN"
    assert all(is_code(make_s10("LD", serial)) for serial in range(1, 3000, 7))


def make_item(
    *, holder: Party = OFFICE, is_frozen: bool = False, passed_op_id: uuid.UUID | None = None
) -> Item:
    return Item(
        uuid.UUID(int=9),
        uuid.UUID(int=8),
        "result",
        "LD473124829VN",
        "S1",
        holder.kind,
        holder.id,
        1,
        is_frozen,
        passed_op_id,
    )


def make_handover(**changes: object) -> Handover:
    fields: dict[str, object] = {
        "office_id": uuid.UUID(int=9),
        "item_id": uuid.UUID(int=8),
        "giver": OFFICE,
        "taker": COURIER,
        "occurred_at": AT,
        "received_at": AT,
        **changes,
    }
    return Handover(**fields)  # type: ignore[arg-type]


def test_hand_over_by_its_holder_passes() -> None:
    """Tests that the holder may give, whether or not somebody looked at the seal."""
    check_hand_over(make_item(), make_handover())
    check_hand_over(make_item(), make_handover(is_seal_whole=True))
    # a broken seal with a new one put on under a record
    check_hand_over(make_item(), make_handover(is_seal_whole=False, seal_number="S2"))


@pytest.mark.parametrize(
    ("item", "changes", "code"),
    [
        (make_item(holder=COURIER), {}, "wrong_holder"),
        (make_item(holder=Party("office", uuid.UUID(int=7))), {}, "wrong_holder"),
        (make_item(), {"taker": OFFICE}, "same_party"),
        (make_item(), {"is_seal_whole": False}, "seal_mismatch"),
        (make_item(is_frozen=True), {}, "item_frozen"),
        (make_item(passed_op_id=uuid.UUID(int=6)), {}, "item_passed_on"),
    ],
)
def test_hand_over_refuses(item: Item, changes: dict[str, object], code: str) -> None:
    """Tests that what would break the chain is refused by name."""
    with pytest.raises(Conflict) as refused:
        check_hand_over(item, make_handover(**changes))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (make_item(holder=COURIER, is_frozen=True), "item_frozen"),
        (make_item(holder=COURIER, passed_op_id=uuid.UUID(int=6)), "item_passed_on"),
        (make_item(), "wrong_holder"),
    ],
)
def test_only_what_is_in_hand_may_be_handed_on(item: Item, code: str) -> None:
    """Tests that an item is in the hands of its holder, until that one has handed it on."""
    check_in_hand(make_item(holder=COURIER), COURIER)
    with pytest.raises(Conflict) as refused:
        check_in_hand(item, COURIER)
    assert refused.value.code == code


def test_codes_of_the_vectors() -> None:
    """Tests that the phone and the office know the same S10 codes."""
    file = Path(__file__).parents[2] / "vectors" / "s10.json"
    vectors = json.loads(file.read_text(encoding="utf-8"))

    for case in vectors["cases"]:
        assert check_digit(case["serial"]) == case["digit"]
        assert is_code(case["code"])
    assert [code for code in vectors["bad"] + vectors["foreign"] if is_code(code)] == []
