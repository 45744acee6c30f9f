import shutil
from pathlib import Path

import asyncpg
import pytest

from backend.ops import migrate
from backend.ops.errors import CannotRun


async def test_migrate_twice_changes_nothing(admin_url: str) -> None:
    """Tests that a second run on a migrated database applies nothing."""
    report = await migrate.migrate(admin_url)

    assert report.applied == ()
    assert report.version == max(migrate.read_migrations())


async def test_migrate_refuses_newer_schema(admin_url: str, admin_conn: asyncpg.Connection) -> None:
    """Tests that a release refuses a database that a later release has migrated."""
    await admin_conn.execute(
        "INSERT INTO schema_version VALUES ('9999', '9999_pre_kit_later.sql', 'x')"
    )

    with pytest.raises(CannotRun, match=r"newer schema \(9999\)"):
        await migrate.migrate(admin_url)


async def test_migrate_refuses_changed_file(admin_url: str, tmp_path: Path) -> None:
    """Tests that a migration edited after it was applied stops the start."""
    folder = _copy_migrations(tmp_path)
    first = min(folder.glob("0001*"))
    first.write_text(first.read_text() + "-- edited\n")

    with pytest.raises(CannotRun, match="was changed after"):
        await migrate.migrate(admin_url, folder=folder)


async def test_migrate_rolls_back_failed_file(
    admin_url: str, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that a file that fails half-way leaves nothing, names itself, and works once mended."""
    folder = _copy_migrations(tmp_path)
    broken = folder / "9000_pre_kit_broken.sql"
    broken.write_text("-- name: migrate-9000-up\nCREATE TABLE kit.half (id int);\nSELECT 1 / 0;\n")

    with pytest.raises(CannotRun, match=r"9000_pre_kit_broken\.sql failed.*division by zero"):
        await migrate.migrate(admin_url, folder=folder)

    assert await admin_conn.fetchval("SELECT to_regclass('kit.half')") is None
    broken.write_text("-- name: migrate-9000-up\nCREATE TABLE kit.half (id int);\n")
    report = await migrate.migrate(admin_url, folder=folder)
    assert report.applied == ("9000_pre_kit_broken.sql",)


async def test_check_schema_refuses_older_schema(
    admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that the service does not start on a schema that lacks a migration."""
    folder = _copy_migrations(tmp_path)
    (folder / "9000_pre_kit_more.sql").write_text("-- name: migrate-9000-up\nSELECT 1;\n")

    with pytest.raises(CannotRun, match=r"older schema .* needs 9000"):
        await migrate.check_schema(admin_conn, folder=folder)


async def test_app_role_owns_nothing(admin_conn: asyncpg.Connection) -> None:
    """Tests that the service's role has no table, no schema and no way around the walls (A5)."""
    role = await admin_conn.fetchrow(
        "SELECT oid, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = $1",
        migrate.APP,
    )

    assert role is not None
    assert list(role.values())[1:] == [False, False, False]
    owned = await admin_conn.fetchval("SELECT count(*) FROM pg_class WHERE relowner = $1", role[0])
    assert owned == 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://u:secret@127.0.0.1:1/none", "No database answers at postgresql://u@"),
        ("nonsense://u:secret@h/none", "cannot be used"),
    ],
)
async def test_connect_says_what_is_wrong(url: str, sentence: str) -> None:
    """Tests that a wrong address is explained without a stack trace or the password."""
    with pytest.raises(CannotRun, match=sentence) as caught:
        await migrate.connect(url)

    assert "secret" not in str(caught.value)


async def test_connect_names_missing_database(admin_url: str) -> None:
    """Tests that a database that does not exist is named as the cause."""
    with pytest.raises(CannotRun, match="no database of that name"):
        await migrate.connect(admin_url.replace("/test_", "/absent_"))


async def test_verifier_lets_app_sign_in(admin_url: str, admin_conn: asyncpg.Connection) -> None:
    """Tests that the verifier made here is the one PostgreSQL would have stored itself."""
    await migrate.migrate(admin_url, app_password="a long synthetic password")

    stored = await admin_conn.fetchval(
        "SELECT rolpassword FROM pg_authid WHERE rolname = $1", migrate.APP
    )
    assert stored.startswith("SCRAM-SHA-256$4096:")
    await admin_conn.execute(f"ALTER ROLE {migrate.APP} PASSWORD NULL")


async def test_migrate_waits_for_another(
    admin_url: str, admin_conn: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that two starts never migrate at once, and that waiting too long is said."""
    monkeypatch.setattr(migrate, "LOCK_WAIT_S", 1)
    await admin_conn.execute("SELECT pg_advisory_lock($1)", migrate.LOCK_KEY)

    with pytest.raises(CannotRun, match="Another process has been migrating"):
        await migrate.migrate(admin_url)


def _copy_migrations(tmp_path: Path) -> Path:
    return Path(shutil.copytree(migrate.MIGRATIONS, tmp_path / "migrations"))
