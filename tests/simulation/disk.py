"""A phone's durable store: transactions that are whole or nothing, with places to crash."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

STORES = ("meta", "ops", "sides", "decisions", "view")
GONE = object()


class PhoneCrashed(Exception):
    """The browser was killed; what was not committed is gone."""


def never_crash(place: str) -> None:
    """Let the phone live."""


class Transaction:
    """Changes that become durable together."""

    def __init__(self, disk: "Disk") -> None:
        """Begin with nothing changed."""
        self._disk = disk
        self._changes: dict[tuple[str, Any], Any] = {}
        self._emptied: set[str] = set()

    def get(self, store: str, key: Any, default: Any = None) -> Any:
        """Return what this transaction would leave under a key."""
        value = self._changes.get((store, key))
        if value is not None:
            return default if value is GONE else value
        if store in self._emptied:
            return default
        return self._disk.stores[store].get(key, default)

    def put(self, store: str, key: Any, value: Any) -> None:
        """Set a key."""
        self._changes[store, key] = value

    def delete(self, store: str, key: Any) -> None:
        """Take a key away."""
        self._changes[store, key] = GONE

    def empty(self, store: str) -> None:
        """Take every key of a store away."""
        self._emptied.add(store)
        self._changes = {
            place: value for place, value in self._changes.items() if place[0] != store
        }

    def commit(self) -> None:
        """Make the changes durable."""
        for store in self._emptied:
            self._disk.stores[store].clear()
        for (store, key), value in self._changes.items():
            if value is GONE:
                self._disk.stores[store].pop(key, None)
            else:
                self._disk.stores[store][key] = value


class Disk:
    """The stores of one installed phone (IndexedDB's part in the real one)."""

    def __init__(self) -> None:
        """Begin empty."""
        self.stores: dict[str, dict[Any, Any]] = {store: {} for store in STORES}
        self.crash: Callable[[str], None] = never_crash
        """Called at each place where the phone could be killed; raises `PhoneCrashed`."""

    @contextmanager
    def transaction(self, name: str) -> Iterator[Transaction]:
        """Give a transaction that commits at the end of the block."""
        transaction = Transaction(self)
        yield transaction
        self.crash(f"{name}: before the commit")
        transaction.commit()
        self.crash(f"{name}: after the commit")

    def copy(self) -> dict[str, dict[Any, Any]]:
        """Return an image of the disk, as a thief or a backup would take it."""
        return {store: dict(rows) for store, rows in self.stores.items()}

    def put_back(self, image: dict[str, dict[Any, Any]]) -> None:
        """Replace the disk by an older image of it."""
        self.stores = {store: dict(rows) for store, rows in image.items()}
