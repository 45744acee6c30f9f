"""Tests that the migrations, schema.sql and the rooms' queries speak of one database."""

from pathlib import Path

import asyncpg
import pytest

from backend.kit.sql import Queries
from backend.ops import migrate, schema
from tests.conftest import ROOT

QUERY_FILES = sorted((ROOT / "backend").glob("*/*.sql"))
DIRECTORIES = {
    "custody.item_code",  # which office has a code: unique in the province, and read by all
    "identity.partner",  # few rows, named by their id alone
}
QUERIES = [(path, name) for path in QUERY_FILES for name in Queries(path).names()]


def test_schema_file_is_true(admin_url: str) -> None:
    """Tests that schema.sql, which readers trust, is what the migrations make (`make schema`)."""
    difference = schema.compare(admin_url)

    assert not difference, "\n".join(difference)


async def test_schema_file_makes_the_same_database(
    admin_conn: asyncpg.Connection, admin_url: str
) -> None:
    """Tests that a database made from schema.sql is the one that the migrations make."""
    database = "test_from_file"
    await admin_conn.execute(f"CREATE DATABASE {database} TEMPLATE template0")
    url = admin_url.replace(admin_url.split("/")[3].partition("?")[0], database)
    conn = await asyncpg.connect(url)
    try:
        await conn.execute(schema.SCHEMA_FILE.read_text(encoding="utf-8"))
    finally:
        await conn.close()
    try:
        assert schema.compare(url) == []
    finally:
        await admin_conn.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.mark.parametrize(
    ("path", "name"), QUERIES, ids=[f"{path.parent.name}.{name}" for path, name in QUERIES]
)
async def test_query_prepares(conn: asyncpg.Connection, path: Path, name: str) -> None:
    """Tests that each named query is sound SQL for tables and columns that are there."""
    await conn.prepare(Queries(path).sql(name))


async def test_tables_of_an_office_have_walls(admin_conn: asyncpg.Connection) -> None:
    """Tests that each table with `office_id` shows a transaction only its own offices (A5)."""
    open_tables = await admin_conn.fetch(
        """
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'office_id'
        WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_|^information_schema$'
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """
    )

    assert [row[0] for row in open_tables] == []


async def test_tables_of_an_office_are_keyed_by_it(admin_conn: asyncpg.Connection) -> None:
    """Tests that keys of tables with `office_id` begin with it, so that they can be spread."""
    others = await admin_conn.fetch(
        """
        SELECT k.conrelid::regclass::text
        FROM pg_constraint k
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'office_id'
        JOIN pg_namespace n ON n.oid = k.connamespace
        WHERE k.contype = 'p' AND k.conkey[1] <> a.attnum AND n.nspname !~ '^pg_'
        """
    )

    assert {row[0] for row in others} - DIRECTORIES == set()


def test_migrations_name_a_room() -> None:
    """Tests that a migration's name says whose tables it makes."""
    rooms = {path.parent.name for path in (ROOT / "backend").glob("*/__init__.py")} | {"books"}
    strangers = [
        migration.name
        for migration in migrate.read_migrations().values()
        if migration.name.split("_")[2] not in rooms
    ]

    assert strangers == []
