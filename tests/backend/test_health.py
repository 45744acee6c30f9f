"""Tests that a process says whether requests should come to it (R7)."""

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.store


async def test_ready_on_the_schema_of_this_release(client: httpx.AsyncClient) -> None:
    """Tests that a house on its own schema is ready, and tells schema and epoch."""
    answer = await client.get("/health/ready")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["is_ready"], said["faults"], said["epoch"]) == (True, [], 1)


async def test_not_ready_on_an_older_schema(
    client: httpx.AsyncClient, admin_conn: asyncpg.Connection
) -> None:
    """Tests that a release does not take requests on a database that lacks its migrations."""
    await admin_conn.execute("DELETE FROM schema_version WHERE version > '0005'")
    answer = await client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["faults"] == ["schema"]


async def test_ready_on_a_newer_schema(
    client: httpx.AsyncClient, admin_conn: asyncpg.Connection
) -> None:
    """Tests that the release before goes on while the next one's migrations have run (R8)."""
    await admin_conn.execute(
        "INSERT INTO schema_version (version, file_name, checksum) VALUES ('9999', 'x', 'x')"
    )
    assert (await client.get("/health/ready")).status_code == 200
