import pytest

from tests.simulation import checks
from tests.simulation.books import write_books

pytestmark = pytest.mark.store


@pytest.fixture
async def books(admin_conn):
    """Return a superuser's connection to books without a fault."""
    await write_books(admin_conn)
    return admin_conn


async def test_true_books_break_no_invariant(books):
    """Tests that the invariants are silent on books that are as they should be."""
    assert await checks.find_violations(books) == {}


@pytest.mark.parametrize("plant", checks.PLANTS, ids=lambda plant: plant.sentence)
async def test_invariants_notice_a_planted_fault(books, plant):
    """Tests that each checker sees the fault it is there for."""
    async with checks.planted(books, plant):
        assert plant.noticed_by <= set(await checks.find_violations(books))
    assert await checks.find_violations(books) == {}


def test_every_invariant_has_its_plant_and_its_sentence():
    """Tests that no checker is trusted untested, and that the doctor has words for each."""
    noticed = {name for plant in checks.PLANTS for name in plant.noticed_by}
    assert noticed == {name for name, _, _ in checks.list_invariants()}
    for name, sentence, _ in checks.list_invariants():
        assert sentence.endswith("."), name
