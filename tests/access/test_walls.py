"""Tests that the database alone keeps offices apart (A5), whatever the code above forgets."""

from uuid import UUID

import asyncpg
import pytest

from backend.kit.db import set_walls
from backend.kit.ids import new_id
from backend.ops.migrate import APP

pytestmark = pytest.mark.store

HERE, THERE = new_id(), new_id()
NOT_OURS = ("pg_catalog", "information_schema", "pg_toast")
VALUES = {  # one value of each type that our tables have
    "uuid": "gen_random_uuid()",
    "text": "'x' || gen_random_uuid()",
    "bytea": "decode(md5(random()::text), 'hex')",
    "timestamp with time zone": "now()",
    "date": "current_date",
    "boolean": "false",
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
    "double precision": "1",
    "xid8": "pg_current_xact_id()",
    "tstzrange": "tstzrange(now(), NULL)",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
}


async def list_tables(conn: asyncpg.Connection, *, walled: bool) -> list[str]:
    """Return our tables that have an office, or those that have none."""
    rows = await conn.fetch(
        """
        SELECT format('%I.%I', n.nspname, c.relname) AS name
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname <> ALL ($2)
            AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                AND a.attname = 'office_id' AND NOT a.attisdropped) = $1
        ORDER BY 1
        """,
        walled,
        NOT_OURS,
    )
    return [row["name"] for row in rows]


async def add_row(conn: asyncpg.Connection, table: str, office_id: UUID) -> None:
    """Add a row of an office with any values: what it says does not matter, whose it is does."""
    columns = await conn.fetch(
        """
        SELECT column_name, data_type FROM information_schema.columns
        WHERE table_schema || '.' || table_name = $1 AND is_generated = 'NEVER'
        """,
        table,
    )
    names = ", ".join(f'"{row["column_name"]}"' for row in columns)
    values = ", ".join(
        f"'{office_id}'" if row["column_name"] == "office_id" else VALUES[row["data_type"]]
        for row in columns
    )
    await conn.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")


async def loosen(conn: asyncpg.Connection) -> None:
    """Let this database, which only one test uses, take rows without sense."""
    await conn.execute("SET session_replication_role = replica")
    for row in await conn.fetch(
        """
        SELECT CASE WHEN contypid = 0 THEN 'TABLE ' || conrelid::regclass
            ELSE 'DOMAIN ' || contypid::regtype END AS owner, quote_ident(conname) AS rule
        FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
        WHERE contype = 'c' AND nspname <> ALL ($1)
        """,
        NOT_OURS,
    ):
        await conn.execute(f"ALTER {row['owner']} DROP CONSTRAINT {row['rule']}")


async def connect(db_url: str) -> asyncpg.Connection:
    return await asyncpg.connect(db_url)


async def test_every_table_with_an_office_has_its_wall(admin_conn: asyncpg.Connection) -> None:
    """Tests that no table with an office was made without row-level security, forced."""
    rows = await admin_conn.fetch(
        """
        SELECT c.oid::regclass::text AS name, c.relrowsecurity, c.relforcerowsecurity,
            (SELECT count(*) FROM pg_policy p
                WHERE p.polrelid = c.oid AND p.polname = 'office_wall') AS num_policies
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'office_id'
        WHERE c.relkind IN ('r', 'p') AND NOT a.attisdropped
        """
    )
    assert len(rows) >= 30
    open_ones = [
        row["name"]
        for row in rows
        if not (row["relrowsecurity"] and row["relforcerowsecurity"] and row["num_policies"] == 1)
    ]
    assert open_ones == []


async def test_every_policy_is_the_house_wall(admin_conn: asyncpg.Connection) -> None:
    """Tests that no policy says anything else than `kit.wall` writes, for reading and writing.

    But one: the role that owns the posting functions, see below.
    """
    rows = await admin_conn.fetch(
        "SELECT DISTINCT polname, polcmd, polroles::regrole[]::text AS roles, polpermissive, "
        "pg_get_expr(polqual, polrelid) AS said, polwithcheck FROM pg_policy ORDER BY polname"
    )
    assert [row["polname"] for row in rows] == ["office_wall", "poster"]
    wall, poster = rows
    assert wall["polcmd"] == b"*"
    assert wall["polwithcheck"] is None, "what may be read and what written is one rule"
    assert "kit.sees_all()" in wall["said"]
    assert "kit.offices()" in wall["said"]
    assert poster["roles"] == "{tannoi_ledger}"


async def test_poster_asks_the_wall_first_and_nobody_is_the_poster(
    admin_conn: asyncpg.Connection,
) -> None:
    """Tests that the role without a wall only runs functions that begin by asking it."""
    role = await admin_conn.fetchrow(
        """SELECT rolcanlogin, rolsuper, rolbypassrls,
            (SELECT count(*) FROM pg_auth_members m WHERE m.roleid = r.oid
                AND m.member <> (SELECT oid FROM pg_roles WHERE rolname = 'tannoi_owner')
            ) AS num_members
        FROM pg_roles r WHERE rolname = 'tannoi_ledger'"""
    )
    assert role is not None
    assert tuple(role) == (False, False, False, 0)
    functions = await admin_conn.fetch(
        """SELECT oid::regprocedure::text AS name, prosrc FROM pg_proc
        WHERE proowner = 'tannoi_ledger'::regrole"""
    )
    assert {row["name"].split("(")[0] for row in functions} == {"ledger.post", "ledger.move_day"}
    for row in functions:
        first = row["prosrc"].split("BEGIN", 1)[1].strip()
        assert first.startswith("IF NOT kit.may_enter(p_office_id) THEN"), row["name"]


async def test_keys_of_walled_tables_lead_with_the_office(
    admin_conn: asyncpg.Connection,
) -> None:
    """Tests that reads through the wall walk the primary key, which starts with the office."""
    rows = await admin_conn.fetch(
        """
        SELECT c.oid::regclass::text AS name, pk.attname AS first
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'office_id'
        JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        JOIN pg_attribute pk ON pk.attrelid = c.oid AND pk.attnum = i.indkey[0]
        WHERE c.relkind = 'r' AND c.relrowsecurity
        """
    )
    by_another_key = {"custody.item_code", "identity.partner"}  # unique in the whole province
    odd = {row["name"] for row in rows if row["first"] != "office_id"}
    assert odd == by_another_key


async def test_app_role_is_nobody(admin_conn: asyncpg.Connection) -> None:
    """Tests that the role of the service owns nothing and can step over no wall."""
    role = await admin_conn.fetchrow("SELECT * FROM pg_roles WHERE rolname = $1", APP)
    assert role is not None
    for power in ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication"):
        assert not role[power], power
    owned = await admin_conn.fetchval(
        """
        SELECT count(*) FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
        WHERE r.rolname = $1 AND d.deptype = 'o'
        """,
        APP,
    )
    assert owned == 0
    member_of = await admin_conn.fetch(
        """
        SELECT b.rolname FROM pg_auth_members m JOIN pg_roles a ON a.oid = m.member
        JOIN pg_roles b ON b.oid = m.roleid WHERE a.rolname = $1
        """,
        APP,
    )
    assert [row["rolname"] for row in member_of] == []


async def test_walls_stand_alone(admin_conn: asyncpg.Connection, db_url: str) -> None:
    """Tests that each table shows an office its own rows only, and none when no office is set.

    Here no code of ours adds a condition: the statements ask for everything.
    """
    await loosen(admin_conn)
    tables = await list_tables(admin_conn, walled=True)
    for table in tables:
        for office_id in (HERE, THERE):
            await add_row(admin_conn, table, office_id)
    conn = await connect(db_url)
    try:
        for seen, expected in (
            ((THERE,), {THERE}),
            ((HERE, THERE), {HERE, THERE}),
            ((new_id(),), set()),
            ((), set()),
            (None, set()),  # nothing set at all
            ("*", {HERE, THERE}),
        ):
            async with conn.transaction():
                if seen is not None:
                    await set_walls(conn, actor="test", offices=seen)  # type: ignore[arg-type]
                for table in tables:
                    rows = await conn.fetch(f"SELECT office_id FROM {table}")
                    assert {row["office_id"] for row in rows} == expected, (table, seen)
    finally:
        await conn.close()


async def test_walls_hold_for_writes(admin_conn: asyncpg.Connection, db_url: str) -> None:
    """Tests that no row of another office can be made, changed, moved or taken away."""
    await loosen(admin_conn)
    tables = await list_tables(admin_conn, walled=True)
    for table in tables:
        await add_row(admin_conn, table, HERE)
    conn = await connect(db_url)
    try:
        for table in tables:
            for statement in (
                f"UPDATE {table} SET office_id = office_id",
                f"UPDATE {table} SET office_id = '{THERE}'",
                f"DELETE FROM {table}",
            ):
                assert await touched(conn, statement) in ("UPDATE 0", "DELETE 0", "refused")
            refused = "permission denied" if table in BY_FUNCTION else "row-level security"
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match=refused):
                await add_row_as(conn, table, HERE, seen=THERE)
        left = [await admin_conn.fetchval(f"SELECT count(*) FROM {table}") for table in tables]
        assert set(left) == {1}
    finally:
        await conn.close()


async def add_row_as(conn: asyncpg.Connection, table: str, office_id: UUID, *, seen: UUID) -> None:
    async with conn.transaction():
        await set_walls(conn, actor="test", offices=[seen])
        await add_row(conn, table, office_id)


async def touched(conn: asyncpg.Connection, statement: str) -> str:
    """Return what a statement of another office did; `refused` by grants or by a book."""
    try:
        async with conn.transaction():
            await set_walls(conn, actor="test", offices=[THERE])
            return str(await conn.execute(statement))
    except (asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError):
        return "refused"


async def test_walls_do_not_outlive_their_transaction(db_url: str) -> None:
    """Tests that a connection given back to the pool sees nothing until it is told again."""
    conn = await connect(db_url)
    try:
        async with conn.transaction():
            await set_walls(conn, actor="test", offices="*")
            await conn.execute(
                "INSERT INTO identity.audit (office_id, id, at, action, outcome) "
                "VALUES ($1, $2, now(), 'x', 'granted')",
                HERE,
                new_id(),
            )
        assert await conn.fetchval("SELECT count(*) FROM identity.audit") == 0
        assert await conn.fetchval("SELECT current_setting('app.offices', true)") in (None, "")
    finally:
        await conn.close()


# Rows that the service may not add itself: the book of money, which a function fills (L6), and what
# a migration noted once.
BY_FUNCTION = {
    "ledger.account", "ledger.balance", "ledger.day_event", "ledger.open_day", "ledger.transfer",
    "payouts.plain_campaign",
}  # fmt: skip


# Tables without an office are everybody's: each one is known here, with the reason.
OF_ALL = {
    "kit.fact": "facts of the house itself",
    "kit.rate": "counters of strangers",
    "network.calendar_day": "public holidays",
    "network.commune": "public units",
    "network.former_commune": "public units of before",
    "network.former_district": "public units of before",
    "network.office": "everyone may know where an office is",
    "network.rule_setting": "numbers of the law",
    "dossiers.procedure": "public procedures",
    "payouts.scheme": "rules of the law for each kind of payout",
    "sync.epoch": "one number of the house",
    "ledger.epoch": "one number of the house",
    "ledger.night": "what one night found in the whole house",
    "ledger.seal": "hashes over rows of all offices, that say nothing of any",
}
OF_TOOLS = ("public.pgqueuer", "public.schema_version", "public.tests")


async def test_tables_without_an_office_are_known(admin_conn: asyncpg.Connection) -> None:
    """Tests that no table of people's things was made without an office by mistake."""
    tables = await list_tables(admin_conn, walled=False)
    unknown = {table for table in tables if table not in OF_ALL and not table.startswith(OF_TOOLS)}
    assert unknown == set()
