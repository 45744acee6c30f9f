import random

import pytest

from tests.simulation import checks
from tests.simulation.clocks import START
from tests.simulation.town import make_town

pytestmark = pytest.mark.store


async def test_town_of_the_simulation_breaks_no_invariant(admin_conn):
    """Tests that the rows a simulation begins with are as the rooms would have left them."""
    town = make_town(random.Random(1), now=START, num_couriers=4, num_stops=5)
    await town.write(admin_conn)
    assert await checks.find_violations(admin_conn) == {}
    assert await admin_conn.fetchval("SELECT count(*) FROM rounds.act") == 20
    doors = {visit.point_id for courier in town.couriers for visit in courier.visits}
    assert len(doors) == 20
