"""A batch of facts as one piece of work: rows read ahead, changes written together at its end.

Between the two the verbs of the rooms run as ever; only the stores know that a row lies here
already, and that what they write can wait. One statement then serves two hundred facts. What no
store has prepared for this raises `NeedsCare`, and the caller does that fact the plain way: no
statement passes by rows that are not written yet.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import asyncpg

T = TypeVar("T")
Conn = asyncpg.Connection


class NeedsCare(Exception):
    """A fact needs what was not read ahead, or writes what cannot wait: do it the plain way."""


class Shelf:
    """One kind of rows, or of news. `write` gets what changed, once; None where nothing does.

    Shelves of a lower rank are written first.
    """

    def __init__(
        self, rank: int, write: Callable[[Conn, list[Any]], Awaitable[None]] | None = None
    ) -> None:
        self.rank = rank
        self.write = write


Key = tuple[Shelf, object]
Mark = tuple[int, int]


class Unit:
    """What a running transaction has read ahead, and what it has still to write."""

    def __init__(self, conn: Conn) -> None:
        """Begin with nothing known."""
        self.conn = conn
        self.is_open = True
        self._rows: dict[Key, Any] = {}
        self._dirty: dict[Key, None] = {}
        self._waiting: list[tuple[Shelf, Any]] = []
        self._journal: list[tuple[Key, Any, bool]] = []
        self._asked: dict[object, Any] = {}
        self._stock: dict[Shelf, list[Any]] = {}

    def know(self, shelf: Shelf, key: object, row: Any) -> None:
        """Keep a row as it was read, locked; None says that there is none."""
        self._rows[shelf, key] = row

    def know_all(self, shelf: Shelf, wanted: Iterable[object], rows: dict[Any, Any]) -> None:
        """Keep rows by their key; those wanted and not found are not there."""
        for key in wanted:
            self._rows[shelf, key] = rows.get(key)

    def knows(self, shelf: Shelf, key: object) -> bool:
        """Return whether a row was read ahead."""
        return (shelf, key) in self._rows

    def find(self, shelf: Shelf, key: object) -> Any:
        """Return a row as it stands by now, or None; raise `NeedsCare` when it was not read."""
        try:
            return self._rows[shelf, key]
        except KeyError:
            raise NeedsCare from None

    def change(self, shelf: Shelf, key: object, row: Any) -> None:
        """Let a row be this from now on; it is written at the end."""
        at = (shelf, key)
        self._journal.append((at, self._rows.get(at), at in self._dirty))
        self._rows[at] = row
        self._dirty[at] = None

    def later(self, shelf: Shelf, record: Any) -> None:
        """Write something new at the end."""
        self._waiting.append((shelf, record))

    def stock(self, shelf: Shelf, values: Iterable[Any]) -> None:
        """Lay in values to be taken one by one, as drawn numbers are."""
        self._stock.setdefault(shelf, []).extend(values)

    def take(self, shelf: Shelf) -> Any:
        """Take one of the values laid in, or raise `NeedsCare` when none is left."""
        if not self._stock.get(shelf):
            raise NeedsCare
        return self._stock[shelf].pop(0)

    async def read(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the database ahead of the facts, while nothing waits to be written."""
        assert not self._dirty, "what waits would be passed by"
        assert not self._waiting, "what waits would be passed by"
        with self._closed():
            return await ask()

    async def once(self, key: object, ask: Callable[[], Awaitable[T]]) -> T:
        """Return what was asked before under this key, else ask: for what no fact changes."""
        if key not in self._asked:
            with self._closed():
                self._asked[key] = await ask()
        found: T = self._asked[key]
        return found

    def mark(self) -> Mark:
        """Return a place to which `rewind` can go back."""
        return len(self._journal), len(self._waiting)

    def rewind(self, mark: Mark) -> None:
        """Undo everything since `mark`: the fact was refused."""
        while len(self._journal) > mark[0]:
            at, row, was_dirty = self._journal.pop()
            if row is None:
                # Either made since, or known not to be there: both are asked for again.
                self._rows.pop(at)
            else:
                self._rows[at] = row
            if not was_dirty:
                self._dirty.pop(at, None)
        del self._waiting[mark[1] :]

    async def flush(self) -> None:
        """Write everything and forget what was read: the next fact sees the tables again."""
        made: dict[Shelf, list[Any]] = {}
        for shelf, record in self._waiting:
            made.setdefault(shelf, []).append(record)
        for shelf, key in self._dirty:
            made.setdefault(shelf, []).append(self._rows[shelf, key])
        self._waiting, self._dirty, self._journal, self._rows = [], {}, [], {}
        with self._closed():
            for shelf in sorted(made, key=lambda shelf: shelf.rank):
                assert shelf.write is not None, "only what can be written changes"
                await shelf.write(self.conn, made[shelf])

    @contextmanager
    def _closed(self) -> Iterator[None]:
        was_open, self.is_open = self.is_open, False
        try:
            yield
        finally:
            self.is_open = was_open

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let the stores use this unit on its connection until the block ends."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


_current: ContextVar[Unit | None] = ContextVar("unit", default=None)


def unit_of(conn: Conn) -> Unit | None:
    """Return the unit at work on this connection, or None: then everything is done at once."""
    unit = _current.get()
    return unit if unit is not None and unit.is_open and unit.conn is conn else None
