"""A courier's day over HTTP: a phone that reports, sends, waits, tries again."""

import asyncio
import json
import random
from dataclasses import dataclass
from typing import Any

from backend.kit.clock import now
from tests.simulation import facts, keys
from tests.simulation.phone import Clock, FeedGap, Phone
from tests.simulation.town import CourierOfTown

ANSWER_TIMEOUT_S = 12.0
BACKOFF_S_FIRST, BACKOFF_S_MAX = 0.05, 2.0
HEARTBEAT_S = 0.5
NUM_QUIET = 2
"""Heartbeats without news, after the faults have stopped, that end a phone's day."""
BATCHES = (1, 5, 20, 50, 50)
TROUBLE = (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError)


class Refused(OSError):
    """The server answered with a status other than 200."""


@dataclass
class Town:
    """What all phones of a run share."""

    port: int
    is_over: bool = False
    """The faults have stopped."""
    num_acked: int = 0
    num_failed: int = 0
    statuses: dict[str, int] | None = None


class CourierInField:
    """One phone working its round."""

    def __init__(self, town: Town, courier: CourierOfTown, num_facts: int, seed: int) -> None:
        """Enrol the phone and plan the day's facts."""
        self.town, self.courier = town, courier
        self.rnd = random.Random(seed)
        self.phone = Phone(Clock(now), random.Random(seed + 1))
        self.day = facts.day_of(courier, self.rnd, num_facts)
        self.faults: list[str] = []
        self.is_done = False

    async def work(self) -> None:
        """Record and send until everything is acknowledged and the faults are over."""
        backoff_s, num_quiet, at = BACKOFF_S_FIRST, 0, 0
        while num_quiet < NUM_QUIET:
            for kind, fields in self.day[at : at + self.rnd.choice(BATCHES)]:
                side = {"name": "Ngô Văn Mẫu"} if kind == "result.delivered" else None
                self.phone.record(kind, fields, side=side)
                at += 1
            try:
                has_news = await self._exchange()
                backoff_s = BACKOFF_S_FIRST
            except TROUBLE:
                self.phone.give_up()
                self.town.num_failed += 1
                await asyncio.sleep(self.rnd.uniform(0, backoff_s))
                backoff_s = min(BACKOFF_S_MAX, backoff_s * 2)
                continue
            self.is_done = at >= len(self.day) and self.phone.acked == self.phone.head
            if self.is_done:
                num_quiet = num_quiet + 1 if self.town.is_over and not has_news else 0
                await asyncio.sleep(self.rnd.uniform(0, HEARTBEAT_S))

    async def _exchange(self) -> bool:
        """Do one exchange; return whether it brought anything."""
        phone, acked_before = self.phone, self.phone.acked
        phone.batch_max = self.rnd.choice(BATCHES)
        body = phone.make_request()
        reply = await self.ask("POST", "/api/sync/v1/exchange", body)
        try:
            phone.take_reply(reply, phone.request)
        except FeedGap as gap:
            self.faults.append(f"feed of {self.courier.staff_id}: {gap}")
        if phone.acked < acked_before:
            self.faults.append(f"{phone.stream}: ack fell from {acked_before} to {phone.acked}")
        self.town.num_acked += phone.acked - acked_before
        if phone.wants_snapshot:
            phone.take_snapshot(await self.ask("GET", "/api/sync/v1/snapshot"))
        return bool(reply["feed"]) or reply["more"] or phone.acked != acked_before

    def sign(self, method: str, path: str, body: bytes) -> str:
        """Return the signature of this phone over a request (S20)."""
        at_ms = round(now().timestamp() * 1000)
        device_id = self.courier.device_id
        return keys.device_key(device_id).sign(device_id, method, path, at_ms, body)

    async def ask(self, method: str, path: str, body: bytes = b"") -> Any:
        """Return the JSON of an answer of 200; everything else is trouble."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.town.port}\r\n"
            f"Cookie: __Host-tannoi={self.courier.session}\r\nSec-Fetch-Site: same-origin\r\n"
            "Content-Type: application/json\r\nAccept: application/json\r\n"
            f"Tannoi-Signature: {self.sign(method, path, body)}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.town.port)
            try:
                writer.write(head.encode() + body)
                await writer.drain()
                answer = await reader.read(-1)
            finally:
                writer.close()
        status, _, payload = answer.partition(b"\r\n\r\n")
        if b" 200 " not in status[:20]:
            words = status[:16].decode(errors="replace") or "no answer"
            if self.town.statuses is not None:
                self.town.statuses[words] = self.town.statuses.get(words, 0) + 1
            raise Refused(f"{words} {payload[:200]!r}")
        if b"transfer-encoding: chunked" in status.lower():
            payload = _join_chunks(payload)
        return json.loads(payload)


def _join_chunks(payload: bytes) -> bytes:
    joined = b""
    while payload:
        size, _, payload = payload.partition(b"\r\n")
        length = int(size, 16)
        joined, payload = joined + payload[:length], payload[length + 2 :]
    return joined
