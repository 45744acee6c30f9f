import time

import httpx
import pytest

from tests.serving import LiveServer


async def test_client_answers_in_process(client: httpx.AsyncClient) -> None:
    """Tests that the fixture of the HTTP tests serves the whole application, ready for requests."""
    answer = await client.get("/health/ready")

    assert answer.json()["faults"] in ([], ["disk"])


def test_killed_server_starts_again(live_server: LiveServer) -> None:
    """Tests that after `kill -9` the same port and the same database serve again."""
    live_server.kill()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{live_server.url}/health/live")

    live_server.start()

    # On a busy machine the database may take longer than the half second that ready allows it.
    for _ in range(60):
        schema = httpx.get(f"{live_server.url}/health/ready", timeout=30).json()["schema"]
        if schema is not None:
            break
        time.sleep(0.5)
    assert schema is not None
