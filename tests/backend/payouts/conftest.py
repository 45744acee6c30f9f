"""The counter that tests of payouts stand at."""

import pytest

from backend.house import House
from tests.backend.payouts.making import Counter, make_counter


@pytest.fixture
async def counter(house: House) -> Counter:
    """Return an office, its agency and its people, with no lists yet."""
    return await make_counter(house)
