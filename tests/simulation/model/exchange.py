"""The way up: facts of one phone over a bad network to a server that dies and is put back.

The network loses, doubles and reorders; every interleaving within the bounds is visited.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

NUM_NONCES = 4
"""Requests are told apart modulo this; more than `Bounds.num_messages_max` ever lie about."""


@dataclass(frozen=True)
class Rules:
    """The rules of reliability 1.1 that bear on the way up; each may be taken away."""

    row_lock: bool = True
    skip_known: bool = True
    """`seq <= last_seq` is answered from the tables, not done again (S8)."""
    gap_check: bool = True
    purge_to_safe: bool = True
    """Off: the phone deletes what is acknowledged (S6)."""
    ack_goes_down: bool = True
    heartbeat: bool = True
    hold_bad_ops: bool = True
    """Off: a bad op is answered 4xx (S2)."""
    write_before_showing: bool = True
    """Off: "Đã lưu trên máy" is shown before the disk has it (S9)."""


@dataclass(frozen=True)
class Bounds:
    """How far the search goes."""

    num_ops: int = 3
    num_ops_per_batch: int = 2
    num_messages_max: int = 2
    num_restores: int = 1
    num_doubles: int = 1
    num_crashes: int = 1
    bad_op: int = 2
    """The op whose content nobody can act on."""


class Message(NamedTuple):
    """A request (`first` and `count` of its ops) or a reply (`ack`, `safe`) on its way."""

    is_reply: bool
    nonce: int
    first_or_ack: int
    count_or_safe: int


class Server(NamedTuple):
    """What the database holds: the highest seq, and how often each op had its effect."""

    last: int
    effects: tuple[int, ...]


class Reading(NamedTuple):
    """A transaction that read `last` without a lock and has yet to write."""

    request: Message
    last: int


class State(NamedTuple):
    """Phone, network, server and the faults used up."""

    num_shown: int
    """Facts the courier saw marked saved."""
    num_kept: int
    """Of them, still on the phone, in memory or on its disk."""
    num_written: int
    """Of them, on its disk."""
    acked: int
    purged: int
    nonce: int
    is_waiting: bool
    net: tuple[Message, ...]
    """A bag: sorted, so that two orders of the same messages are one state."""
    reading: tuple[Reading, ...]
    server: Server
    backup: Server
    num_restores: int
    num_doubles: int
    num_crashes: int


Steps = Iterator[tuple[str, State]]


class Exchange:
    """The system: its first state, its steps, its invariants."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        """Build the system without some rules, within bounds."""
        self.rules = rules
        self.bounds = bounds
        nothing = Server(0, (0,) * bounds.num_ops)
        self.initial = State(0, 0, 0, 0, 0, 0, False, (), (), nothing, nothing, 0, 0, 0)
        self._stuckness: Callable[[int, int, int, Server], str | None] = lru_cache(maxsize=None)(
            self._find_stuckness
        )

    def successors(self, state: State) -> Steps:
        """Yield every step that could come next."""
        yield from self._phone_steps(state)
        for position, message in enumerate(state.net):
            rest = state.net[:position] + state.net[position + 1 :]
            yield from self._network_steps(state, message, rest)
            if message.is_reply:
                yield from self._reply_steps(state, message, rest)
            else:
                yield from self._request_steps(state, message, rest)
        yield from self._server_steps(state)

    def find_fault(self, state: State) -> str | None:
        """Return the invariant this state breaks."""
        server = state.server
        for op, num_effects in enumerate(server.effects, start=1):
            if num_effects > 1:
                return f"op {op} is doubled"
        for op in range(1, server.last + 1):
            if server.effects[op - 1] == 0:
                return f"op {op} never arrives: the log has a gap"
        for op in range(1, state.num_shown + 1):
            is_on_phone = state.purged < op <= state.num_kept
            if not is_on_phone and server.effects[op - 1] == 0:
                return f"op {op} is lost: shown as saved, neither on the phone nor on the server"
        return self._stuckness(state.num_written, state.acked, state.purged, server)

    def record(self, server: Server, request: Message, last: int | None = None) -> Server:
        """Return the database after a batch; `last` is what an unlocked reader saw."""
        last = server.last if last is None else last
        effects = list(server.effects)
        for op in range(request.first_or_ack, request.first_or_ack + request.count_or_safe):
            if self.rules.skip_known and op <= last:
                continue
            if self.rules.gap_check and op != last + 1:
                break
            if not self.rules.hold_bad_ops and op == self.bounds.bad_op:
                break
            effects[op - 1] += 1
            last = op
        return Server(max(last, server.last), tuple(effects))

    def _phone_steps(self, state: State) -> Steps:
        if state.num_shown < self.bounds.num_ops:
            num_shown = state.num_shown + 1
            if self.rules.write_before_showing:
                yield (
                    "record",
                    state._replace(num_shown=num_shown, num_kept=num_shown, num_written=num_shown),
                )
            else:
                yield "show as saved", state._replace(num_shown=num_shown, num_kept=num_shown)
        if state.num_written < state.num_kept:
            yield "disk writes", state._replace(num_written=state.num_kept)
        has_news = state.acked < state.num_written or self.rules.heartbeat
        if has_news and len(state.net) < self.bounds.num_messages_max:
            nonce = (state.nonce + 1) % NUM_NONCES
            request = self._next_request(nonce, state.acked, state.purged, state.num_written)
            net = _add(state.net, request)
            yield (
                _say_request("send", request),
                state._replace(nonce=nonce, is_waiting=True, net=net),
            )
        may_crash = state.is_waiting or state.num_written < state.num_kept
        if may_crash and state.num_crashes < self.bounds.num_crashes:
            yield (
                "phone crashes",
                state._replace(
                    num_kept=state.num_written, is_waiting=False, num_crashes=state.num_crashes + 1
                ),
            )

    def _next_request(self, nonce: int, acked: int, purged: int, num_written: int) -> Message:
        first = max(acked, purged) + 1
        count = max(0, min(self.bounds.num_ops_per_batch, num_written - first + 1))
        return Message(False, nonce, first, count)

    def _network_steps(self, state: State, message: Message, rest: tuple[Message, ...]) -> Steps:
        kind = "reply" if message.is_reply else "request"
        yield f"{kind} is lost", state._replace(net=rest)
        has_room = len(state.net) < self.bounds.num_messages_max
        if has_room and state.num_doubles < self.bounds.num_doubles:
            net = _add(state.net, message)
            yield f"{kind} is doubled", state._replace(net=net, num_doubles=state.num_doubles + 1)

    def _request_steps(self, state: State, message: Message, rest: tuple[Message, ...]) -> Steps:
        if not self.rules.row_lock:
            reading = tuple(sorted((*state.reading, Reading(message, state.server.last))))
            yield (
                _say_request("server reads for", message),
                state._replace(net=rest, reading=reading),
            )
            return
        server = self.record(state.server, message)
        yield "server commits, dies before the reply", state._replace(net=rest, server=server)
        reply = Message(True, message.nonce, server.last, state.backup.last)
        yield (
            _say_request("server commits", message),
            state._replace(net=_add(rest, reply), server=server),
        )

    def _reply_steps(self, state: State, message: Message, rest: tuple[Message, ...]) -> Steps:
        if not state.is_waiting or message.nonce != state.nonce:
            yield "late reply is ignored", state._replace(net=rest)
            return
        ack, safe = message.first_or_ack, message.count_or_safe
        if not self.rules.ack_goes_down:
            ack = max(ack, state.acked)
        ack = min(ack, state.num_written)
        purgeable = min(safe, ack) if self.rules.purge_to_safe else ack
        heard = state._replace(net=rest, is_waiting=False, acked=ack)
        yield f"phone takes ack {ack}", heard
        if purgeable > state.purged:
            yield f"phone takes ack {ack}, purges to {purgeable}", heard._replace(purged=purgeable)

    def _server_steps(self, state: State) -> Steps:
        for position, reading in enumerate(state.reading):
            server = self.record(state.server, reading.request, reading.last)
            rest = state.reading[:position] + state.reading[position + 1 :]
            reply = Message(True, reading.request.nonce, server.last, state.backup.last)
            yield (
                _say_request("server writes", reading.request),
                state._replace(reading=rest, server=server, net=_add(state.net, reply)),
            )
        if state.server != state.backup:
            yield "backup", state._replace(backup=state.server)
            if state.num_restores < self.bounds.num_restores:
                yield (
                    "restore",
                    state._replace(
                        server=state.backup, reading=(), num_restores=state.num_restores + 1
                    ),
                )

    def _find_stuckness(self, num_ops: int, acked: int, purged: int, server: Server) -> str | None:
        """Return what stays undone for a phone with so many ops once nothing fails any more."""
        for _ in range(4 * num_ops + 4):
            if acked >= num_ops and not self.rules.heartbeat:
                break
            request = self._next_request(0, acked, purged, num_ops)
            server = self.record(server, request)
            ack = server.last if self.rules.ack_goes_down else max(server.last, acked)
            acked = min(ack, num_ops)
        for op in range(1, server.last + 1):
            if server.effects[op - 1] == 0:
                return f"op {op} never arrives, and later ones do"
        if server.last < num_ops or acked < num_ops:
            return f"stuck for ever: op {server.last + 1} waits though faults have stopped"
        return None


def _add(net: tuple[Message, ...], message: Message) -> tuple[Message, ...]:
    return tuple(sorted((*net, message)))


def _say_request(verb: str, request: Message) -> str:
    first, count = request.first_or_ack, request.count_or_safe
    if count == 0:
        return f"{verb} nothing"
    if count == 1:
        return f"{verb} {first}"
    return f"{verb} {first}-{first + count - 1}"
