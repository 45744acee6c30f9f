"""What a simulated phone keeps: its facts, numbered and chained, until the office has them."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from backend import sync
from backend.kit.ids import new_id
from backend.sync import ExchangeRequest, Reply, Snapshot

NUM_OPS_MAX: Final = 60


class FactLog:
    """One stream of one install."""

    def __init__(self, app: str) -> None:
        """Begin a stream; `app` is the version that the phone says to run."""
        self._app = app
        self._stream = new_id()
        self._began: datetime | None = None
        self._waiting: list[bytes] = []
        self._acked = 0
        self._hash = sync.first_hash(self._stream)
        self._epoch = 0
        self._cursor = 0

    def record(self, at: datetime, kind: str, **fields: object) -> UUID:
        """Write down a fact; return its id."""
        self._began = self._began or at
        id = new_id()
        op = {"id": id, "kind": kind, "v": 1, "at": at, "mono": self._mono(at), "boot": self._app}
        self._waiting.append(msgspec.json.encode(op | fields))
        return id

    def make_request(self, at: datetime) -> ExchangeRequest:
        """Return what is sent at an instant: the next facts, and up to where changes are read."""
        ops = self._waiting[:NUM_OPS_MAX]
        return ExchangeRequest(
            v=1,
            app=self._app,
            stream=self._stream,
            epoch=self._epoch,
            cursor=self._cursor,
            head=self._acked + len(self._waiting),
            sent_at=at,
            mono=self._mono(at),
            boot=self._app,
            first=self._acked + 1,
            prev=self._hash.hex(),
            ops=[msgspec.Raw(op) for op in ops],
        )

    def take_reply(self, reply: Reply) -> bool:
        """Drop what the office has; return whether it has everything and told everything."""
        sent = self._waiting[: reply.ack - self._acked]
        self._waiting = self._waiting[len(sent) :]
        self._acked, self._hash = reply.ack, bytes.fromhex(reply.ack_hash)
        self._epoch, self._cursor = reply.epoch, reply.cursor
        is_over = not self._waiting and not reply.more
        assert is_over or sent or reply.more, "the office takes what it is sent"
        return is_over

    def take_snapshot(self, snapshot: Snapshot) -> None:
        """Read changes from where this day stands."""
        self._epoch, self._cursor = snapshot.epoch, snapshot.cursor

    def _mono(self, at: datetime) -> float:
        return 1000 * (at - (self._began or at)).total_seconds()
