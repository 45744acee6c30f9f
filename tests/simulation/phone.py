"""A courier's phone as the reliability rules describe it: outbox, chain, acks, feed, snapshot.

It does no I/O: `make_request` gives the bytes to send, `take_reply` and `take_snapshot` apply what
came back. Written from the rules and not from the app's code, so that the two can disagree.
"""

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.disk import Disk
from tests.simulation.keys import Shift

NUM_OPS_PER_BATCH = 50
APP_VERSION = "0.1.0"


class FeedGap(Exception):
    """The numbers of a reply's feed do not follow the cursor: the reply is dropped (S10)."""


@dataclass
class Clock:
    """The phone's two clocks; the wall clock may be wrong, the monotonic one begins at a boot."""

    now: Callable[[], datetime]
    skew_s: float = 0.0
    booted_at: datetime | None = None
    boot: str = "b1"

    def wall(self) -> str:
        """Return the wall clock as the phone shows it."""
        return (self.now() + timedelta(seconds=self.skew_s)).isoformat(timespec="milliseconds")

    def mono_ms(self) -> int:
        """Return milliseconds since the boot."""
        self.booted_at = self.booted_at or self.now()
        return max(0, round((self.now() - self.booted_at).total_seconds() * 1000))

    def reboot(self) -> None:
        """Begin a new boot: the monotonic clock starts again."""
        self.booted_at = self.now()
        self.boot = f"b{int(self.boot[1:]) + 1}"


@dataclass
class Phone:
    """One installed app. Everything it must not forget lies on `disk`."""

    clock: Clock
    rnd: random.Random
    disk: Disk = field(default_factory=Disk)
    shown: dict[str, int] = field(default_factory=dict)
    """Op id to seq when the courier saw "Đã lưu trên máy"; the test's memory, not the phone's."""
    received: list[tuple[int, str, str, int]] = field(default_factory=list)
    """Feed rows taken since the last snapshot: number, kind, ref, rev; the test's memory."""
    batch_max: int = NUM_OPS_PER_BATCH
    app: str = APP_VERSION
    shift: Shift | None = None
    """The key of the shift; with `is_locked` facts go out sealed and nothing is read (S19)."""
    is_locked: bool = False
    num_lowered: int = 0
    """How often the server's ack went down (after a restore)."""
    num_forks: int = 0
    num_resets: int = 0
    wants_snapshot: bool = False
    parted: list[str] = field(default_factory=list)
    """Facts of the batch whose withdrawal is too large to go with them."""
    _request: int = 0
    _is_waiting: bool = False

    def __post_init__(self) -> None:
        """Open a stream on a fresh disk."""
        if not self.disk.stores["meta"]:
            with self.disk.transaction("install") as tx:
                self._open_stream(tx)
                tx.put("meta", "epoch", 0)
                tx.put("meta", "cursor", 0)

    def meta(self, key: str) -> Any:
        """Return one durable value."""
        return self.disk.stores["meta"][key]

    @property
    def stream(self) -> uuid.UUID:
        """The stream this phone writes."""
        return uuid.UUID(self.meta("stream"))

    @property
    def head(self) -> int:
        """The number of the last fact recorded."""
        return int(self.meta("head"))

    @property
    def acked(self) -> int:
        """The number up to which the server has said it has all."""
        return int(self.meta("acked"))

    @property
    def view(self) -> dict[tuple[str, str], tuple[int, Any]]:
        """The documents on the phone: (kind, ref) to (rev, document)."""
        return self.disk.stores["view"]

    def record(
        self,
        kind: str,
        fields: Mapping[str, Any],
        *,
        side: Mapping[str, Any] | None = None,
        v: int = 1,
    ) -> str:
        """Append a fact in one durable transaction, then show it as saved (S9); return its id."""
        op_id = self._new_id()
        op = {
            "id": op_id,
            "kind": kind,
            "v": v,
            "at": self.clock.wall(),
            "mono": self.clock.mono_ms(),
            "boot": self.clock.boot,
            **fields,
        }
        side_raw = None if side is None else _encode(side)
        if side_raw is not None:
            op["side_hash"] = hashlib.sha256(side_raw).hexdigest()
        return self.record_raw(op_id, _encode(op), side_raw)

    def record_raw(self, op_id: str, raw: bytes, side_raw: bytes | None = None) -> str:
        """Append the exact bytes of a fact, which may be nonsense."""
        with self.disk.transaction("record") as tx:
            self._append(tx, op_id, raw, side_raw)
        self.shown[op_id] = self.head
        return op_id

    def make_request(self) -> bytes:
        """Return the body of the next exchange: what is not acknowledged, or only a heartbeat."""
        self._request += 1
        self._is_waiting = True
        first = max(self.acked, self.meta("purged")) + 1
        last = min(self.head, first + self.batch_max - 1)
        ops = self.disk.stores["ops"]
        sides = self.disk.stores["sides"]
        numbers = range(first, last + 1)
        envelope = {
            "v": 1,
            "app": self.app,
            "stream": str(self.stream),
            "epoch": self.meta("epoch"),
            "cursor": self.meta("cursor"),
            "head": self.head,
            "sent_at": self.clock.wall(),
            "mono": self.clock.mono_ms(),
            "boot": self.clock.boot,
            "first": first,
            "prev": self._hash_at(first - 1).hex(),
        }
        if self.is_locked:
            envelope["feed"] = False
        if self.parted:
            envelope["withdrawn"] = self.parted
        side = b",".join(b'"%d":%s' % (seq, self._side_out(seq)) for seq in numbers if seq in sides)
        # The ops go in as the bytes that were hashed, never encoded again (S7).
        raws = b",".join(self._op_out(seq, *ops[seq][:2]) for seq in numbers)
        return b'%s,"ops":[%s],"side":{%s}}' % (_encode(envelope)[:-1], raws, side)

    def _op_out(self, seq: int, op_id: str, raw: bytes) -> bytes:
        if not self.is_locked or self.shift is None:
            return raw
        return self.shift.seal_op(seq, op_id, raw, self.rnd.randbytes(12))

    def _side_out(self, seq: int) -> bytes:
        side = self.disk.stores["sides"][seq]
        if not self.is_locked or self.shift is None:
            return bytes(side)
        op_id = self.disk.stores["ops"][seq][0]
        return _encode(self.shift.seal(side, f"side:{op_id}", self.rnd.randbytes(12)))

    @property
    def request(self) -> int:
        """The number of the latest request, to be given back with its reply."""
        return self._request

    def give_up(self) -> None:
        """Abort the request under way: its reply, should it come, is ignored (S12)."""
        self._is_waiting = False

    def take_reply(self, reply: Mapping[str, Any], request: int) -> bool:
        """Apply a reply in one transaction (S10); False when it was ignored.

        Raises `FeedGap` when the feed does not follow the cursor; nothing is applied then.
        """
        if not self._is_waiting or request != self._request:
            return False
        self._is_waiting = False
        if reply["fork"] or self._is_other_stream(reply):
            self._leave_fork()
            return True
        taken = []
        with self.disk.transaction("reply") as tx:
            ack = min(int(reply["ack"]), self.head)
            lowered = ack < self.acked
            tx.put("meta", "acked", ack)
            for decision in reply["decisions"]:
                tx.put("decisions", decision["id"], (decision["n"], decision["outcome"]))
            is_reset = not reply["ack_only"] and (
                reply["reset"] or reply["epoch"] != self.meta("epoch")
            )
            if not is_reset:
                taken = self._take_feed(tx, reply)
            self._purge(tx, min(int(reply["safe"]), ack))
        self.num_lowered += lowered
        self.received += taken
        if is_reset:
            self.wants_snapshot = True
        return True

    def take_snapshot(self, snapshot: Mapping[str, Any]) -> None:
        """Swap view and cursor for the snapshot's (S11); the ops stay."""
        with self.disk.transaction("snapshot") as tx:
            tx.empty("view")
            for doc in snapshot["docs"]:
                tx.put("view", (doc["kind"], doc["ref"]), (doc["rev"], doc["doc"]))
            tx.put("meta", "epoch", snapshot["epoch"])
            tx.put("meta", "cursor", snapshot["cursor"])
        self.received = []
        self.num_resets += 1
        self.wants_snapshot = False

    def crash(self) -> None:
        """Come back after a kill: only the disk is left."""
        self._is_waiting = False
        self.wants_snapshot = False
        self.clock.reboot()

    def list_op_ids(self) -> set[str]:
        """Return the ids of the facts still on the phone."""
        return {op_id for op_id, _, _ in self.disk.stores["ops"].values()}

    def _open_stream(self, tx: Any) -> None:
        stream = uuid.UUID(int=self.rnd.getrandbits(128), version=4)
        tx.put("meta", "stream", str(stream))
        for key in ("head", "acked", "purged"):
            tx.put("meta", key, 0)
        tx.put("meta", "purged_hash", hashlib.sha256(f"stream:{stream}".encode()).digest())

    def _append(self, tx: Any, op_id: str, raw: bytes, side_raw: bytes | None) -> None:
        seq = tx.get("meta", "head") + 1
        before = (
            tx.get("meta", "purged_hash")
            if seq == tx.get("meta", "purged") + 1
            else tx.get("ops", seq - 1)[2]
        )
        tx.put("ops", seq, (op_id, raw, hashlib.sha256(before + raw).digest()))
        if side_raw is not None:
            tx.put("sides", seq, side_raw)
        tx.put("meta", "head", seq)

    def _hash_at(self, seq: int) -> bytes:
        if seq == self.meta("purged"):
            return bytes(self.meta("purged_hash"))
        return bytes(self.disk.stores["ops"][seq][2])

    def _take_feed(self, tx: Any, reply: Mapping[str, Any]) -> list[tuple[int, str, str, int]]:
        cursor = self.meta("cursor")
        taken = []
        for row in reply["feed"]:
            cursor += 1
            if row["n"] != cursor:
                raise FeedGap(f"number {row['n']} where {cursor} should be")
            taken.append((row["n"], row["kind"], row["ref"], row["rev"]))
            if row["kind"] == "decision":
                doc = row["doc"]
                tx.put("decisions", doc["id"], (doc["n"], doc["outcome"]))
            elif row["doc"] is None:
                tx.delete("view", (row["kind"], row["ref"]))
            else:
                tx.put("view", (row["kind"], row["ref"]), (row["rev"], row["doc"]))
        tx.put("meta", "cursor", cursor)
        return taken

    def _purge(self, tx: Any, safe: int) -> None:
        for seq in range(self.meta("purged") + 1, safe + 1):
            tx.put("meta", "purged_hash", self.disk.stores["ops"][seq][2])
            tx.put("meta", "purged", seq)
            tx.delete("ops", seq)
            tx.delete("sides", seq)

    def _is_other_stream(self, reply: Mapping[str, Any]) -> bool:
        """Tell whether the server's stream is not this phone's: it knows more, or other texts."""
        ack = int(reply["ack"])
        if ack < self.meta("purged"):
            return False
        return ack > self.head or self._hash_at(ack).hex() != reply["ack_hash"]

    def _leave_fork(self) -> None:
        """Open a new stream and issue every fact still here again, under its own id.

        The acknowledged go along: their effect is had once, and a restored server may need them.
        """
        ops, sides = self.disk.stores["ops"], self.disk.stores["sides"]
        kept = [(*ops[seq][:2], sides.get(seq)) for seq in sorted(ops)]
        with self.disk.transaction("fork") as tx:
            tx.empty("ops")
            tx.empty("sides")
            self._open_stream(tx)
            for op_id, raw, side_raw in kept:
                self._append(tx, op_id, raw, side_raw)
        self.num_forks += 1

    def _new_id(self) -> str:
        """Return a UUIDv7 from this phone's own dice, so that a seed repeats the run."""
        milliseconds = round(self.clock.now().timestamp() * 1000)
        number = milliseconds << 80 | self.rnd.getrandbits(80)
        number = number & ~(0xF << 76) | 7 << 76
        return str(uuid.UUID(int=number & ~(0b11 << 62) | 0b10 << 62))


def _encode(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
