"""Check on a live database that what must hold does hold; each room says what that is.

A room's `invariants.sql` holds named queries that return the rows which break a rule: none, when
all is well. They run as the app's role for the whole house, in a transaction that only reads.
"""

from dataclasses import dataclass
from pathlib import Path

import asyncpg
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from backend.kit.db import Db
from backend.kit.sql import Queries
from backend.settings import ROOT

NUM_ROWS_SHOWN = 5
CHECK_TIMEOUT = "120s"


@dataclass(frozen=True)
class Finding:
    """One rule and the first rows that break it."""

    room: str
    name: str
    purpose: str
    rows: list[asyncpg.Record]
    num_rows: int
    failure: str | None = None
    """Why it could not be checked, which is no good news either."""

    @property
    def is_sound(self) -> bool:
        """Tell whether the rule was checked and holds."""
        return self.num_rows == 0 and self.failure is None


def list_invariant_files(backend: Path = ROOT / "backend") -> list[Path]:
    """Return every room's file of invariants."""
    return sorted(backend.glob("*/invariants.sql"))


async def examine(database_url: str, files: list[Path] | None = None) -> list[Finding]:
    """Return a finding for each invariant of each room."""
    db = Db(database_url)
    await db.open(size=1, name="tannoi-doctor", statement_timeout=CHECK_TIMEOUT)
    try:
        findings: list[Finding] = []
        for file in files if files is not None else list_invariant_files():
            queries = Queries(file)
            findings += [
                await _check(db, file, name, queries.sql(name)) for name in queries.names()
            ]
        return findings
    finally:
        await db.close()


async def find_audit(database_url: str) -> str | None:
    """Return what pgaudit logs on this server, None where it is not loaded.

    A setting of that name alone says nothing: a server keeps those of modules that it never loaded.
    """
    db = Db(database_url)
    await db.open(size=1, name="tannoi-doctor", statement_timeout=CHECK_TIMEOUT)
    try:
        async with db.pool.acquire() as conn:
            logged: str | None = await conn.fetchval(
                "SELECT setting FROM pg_settings WHERE name = 'pgaudit.log'"
            )
            return logged
    finally:
        await db.close()


def say_audit(logged: str | None) -> str:
    """Return a line on whether the server logs what roles but the service's do (L14)."""
    if logged is None:
        return "pgaudit: not loaded, the server does not log what other roles than ours do"
    if logged.strip().lower() in ("", "none"):
        return "pgaudit: loaded, and logs nothing (pgaudit.log = none)"
    return f"pgaudit: loaded, logs {logged}"


async def _check(db: Db, file: Path, name: str, sql: str) -> Finding:
    room, purpose = file.parent.name, read_purpose(file, name)
    try:
        async with db.transaction(actor="doctor", offices="*") as conn:
            await conn.execute("SET TRANSACTION READ ONLY")
            await conn.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            rows = await conn.fetch(sql)
    except asyncpg.PostgresError as error:
        return Finding(room, name, purpose, [], 0, failure=str(error))
    return Finding(room, name, purpose, rows[:NUM_ROWS_SHOWN], len(rows))


def read_purpose(file: Path, name: str) -> str:
    """Return the comment under a query's name, as one sentence."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"-- name: {name}") + 1
    words: list[str] = []
    for line in lines[start:]:
        if not line.startswith("--"):
            break
        words.append(line.removeprefix("--").strip())
    return " ".join(words)


def show(findings: list[Finding], console: Console) -> bool:
    """Print each invariant with a tick or a cross; return whether all hold."""
    for finding in findings:
        label = f"{finding.room:<13} {escape(finding.purpose)} [dim]({finding.name})[/]"
        if finding.is_sound:
            console.print(f"[green]✓[/] {label}")
            continue
        console.print(f"[red]✗[/] {label}")
        if finding.failure is not None:
            console.print(f"  [red]could not be checked: {escape(finding.failure)}[/]")
        else:
            console.print(f"  {finding.num_rows} rows, the first {len(finding.rows)}:")
            console.print(_make_table(finding))
    num_broken = sum(not finding.is_sound for finding in findings)
    verdict = "[green]all hold[/]" if num_broken == 0 else f"[red]{num_broken} broken[/]"
    console.print(f"\n{len(findings)} invariants: {verdict}")
    return num_broken == 0


def _make_table(finding: Finding) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in finding.rows[0].keys():  # noqa: SIM118 (a Record iterates over its values)
        table.add_column(column, overflow="fold")
    for row in finding.rows:
        table.add_row(*(escape(str(value)) for value in row))
    return table
