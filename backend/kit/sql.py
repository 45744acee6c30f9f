"""A room's named queries (`queries.sql`): loaded once, rows become structs by position."""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import aiosql
import asyncpg
from aiosql.adapters.asyncpg import AsyncPGAdapter

from backend.kit.unit import NeedsCare, unit_of

Conn = asyncpg.Connection
T = TypeVar("T")

# It asks for operators in names; how a query is run is said here by the caller.
logging.getLogger("aiosql").setLevel(logging.ERROR)


class Queries:
    """The queries of one file; `:name` in SQL is a keyword argument here."""

    def __init__(self, path: Path) -> None:
        adapter = AsyncPGAdapter()  # type: ignore[no-untyped-call]  # aiosql has no types here
        loaded = aiosql.from_path(path, lambda: adapter, mandatory_parameters=False)
        self.path = path
        self._sql: dict[str, str] = {}
        self._params: dict[str, list[str]] = {}
        self._about: dict[str, str] = {}
        for name in loaded.available_queries:
            query = getattr(loaded, name)
            if getattr(query, "sql", None) is not None and not name.endswith("_cursor"):
                self._sql[name] = query.sql
                self._about[name] = " ".join((query.__doc__ or "").split())
                self._params[name] = list(adapter.var_sorted[name])

    def names(self) -> list[str]:
        """Return the names of all queries of the file."""
        return sorted(self._sql)

    def sql(self, name: str) -> str:
        """Return the SQL of a query with `$1` for its first parameter."""
        return self._sql[name]

    def params(self, name: str) -> list[str]:
        """Return the names of a query's parameters, `$1` first."""
        return list(self._params[name])

    def about(self, name: str) -> str:
        """Return the comment of a query: what it is for, or what it proves."""
        return self._about[name]

    def _check(self, conn: Conn, name: str) -> None:
        if unit_of(conn) is not None:
            raise NeedsCare(f"{self.path.parent.name}.{name}")

    def _args(self, name: str, params: Mapping[str, object]) -> list[object]:
        wanted = self._params[name]
        if set(wanted) != set(params):
            odd = sorted(set(wanted) ^ set(params))
            raise TypeError(f"{self.path.parent.name}.{name}: parameters differ: {odd}")
        return [params[key] for key in wanted]

    async def list(
        self, conn: Conn, name: str, shape: Callable[..., T], /, **params: object
    ) -> list[T]:
        """Return every row as `shape(*columns)`."""
        self._check(conn, name)
        rows = await conn.fetch(self._sql[name], *self._args(name, params))
        return [shape(*row) for row in rows]

    async def one(
        self, conn: Conn, name: str, shape: Callable[..., T], /, **params: object
    ) -> T | None:
        """Return the first row as `shape(*columns)`, or None."""
        self._check(conn, name)
        row = await conn.fetchrow(self._sql[name], *self._args(name, params))
        return None if row is None else shape(*row)

    async def value(self, conn: Conn, name: str, /, **params: object) -> Any:
        """Return the first column of the first row, or None."""
        self._check(conn, name)
        return await conn.fetchval(self._sql[name], *self._args(name, params))

    async def run(self, conn: Conn, name: str, /, **params: object) -> int:
        """Run a statement; return how many rows it touched."""
        self._check(conn, name)
        status = await conn.execute(self._sql[name], *self._args(name, params))
        last = status.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def run_many(self, conn: Conn, name: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Run a statement for each mapping of parameters, in one round trip."""
        self._check(conn, name)
        await conn.executemany(self._sql[name], [self._args(name, row) for row in rows])


def load(module_file: str, name: str = "queries.sql") -> Queries:
    """Return the queries beside a module: `load(__file__)`."""
    return Queries(Path(module_file).with_name(name))
