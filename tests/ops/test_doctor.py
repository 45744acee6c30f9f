import io
from pathlib import Path

import asyncpg
from rich.console import Console

from backend.ops import doctor

SOUND = "-- name: none\n-- Nothing is ever wrong.\nSELECT 1 AS one WHERE false;\n"
BROKEN = (
    "-- name: many\n-- Numbers stay below\n-- three.\n"
    "SELECT n AS number FROM generate_series(3, 9) n;\n"
)
UNSOUND = "-- name: gone\n-- A table that is not there.\nSELECT * FROM kit.absent;\n"


async def test_examine_holds_on_new_database(db_url: str) -> None:
    """Tests that every invariant of every room can be asked, and holds where nothing happened."""
    findings = await doctor.examine(db_url)

    assert len(findings) >= 10
    assert [f"{f.room}.{f.name}" for f in findings if not f.is_sound] == []
    assert all(finding.purpose for finding in findings)


async def test_examine_finds_what_is_broken(db_url: str, tmp_path: Path) -> None:
    """Tests that a broken rule is shown with its first rows, and one that fails is no tick."""
    room = tmp_path / "room"
    room.mkdir()
    file = room / "invariants.sql"
    file.write_text(f"{SOUND}\n{BROKEN}\n{UNSOUND}")
    said = io.StringIO()

    findings = await doctor.examine(db_url, [file])

    assert doctor.show(findings, Console(file=said, width=100)) is False
    assert "✓ room          Nothing is ever wrong. (none)" in said.getvalue()
    assert "✗ room          Numbers stay below three. (many)" in said.getvalue()
    assert "7 rows, the first 5" in said.getvalue()
    assert "could not be checked" in said.getvalue()
    assert "3 invariants: 2 broken" in said.getvalue()


async def test_examine_changes_nothing(
    db_url: str, admin_conn: asyncpg.Connection, tmp_path: Path
) -> None:
    """Tests that an invariant cannot write, whatever it says."""
    file = tmp_path / "invariants.sql"
    file.write_text(
        "-- name: writes\n-- Tries to.\nINSERT INTO kit.fact VALUES ('x', '{}', now()) RETURNING 1;"
    )

    findings = await doctor.examine(db_url, [file])

    assert "read-only transaction" in str(findings[0].failure)
    assert await admin_conn.fetchval("SELECT count(*) FROM kit.fact WHERE name = 'x'") == 0


async def test_audit_by_the_server_is_told(db_url: str, admin_conn: asyncpg.Connection) -> None:
    """Tests that a server without pgaudit is said so, also where its setting was written."""
    assert await doctor.find_audit(db_url) is None
    name = await admin_conn.fetchval("SELECT current_database()")
    await admin_conn.execute(f"ALTER DATABASE \"{name}\" SET pgaudit.log = 'all'")
    assert await doctor.find_audit(db_url) is None
    assert "not loaded" in doctor.say_audit(None)
    assert "logs nothing" in doctor.say_audit("none")
    assert doctor.say_audit("ddl, write").endswith("loaded, logs ddl, write")
