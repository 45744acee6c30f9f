"""A courier's morning in the demo town: a simulated phone that sends real facts by the exchange."""

import hashlib
import math
import random
import struct
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from backend import sync
from backend.kit.sql import Conn
from backend.ops.fact_log import FactLog
from backend.receipts import Block
from backend.sync import Caller

APP: Final = "demo"
SEND_EVERY: Final = timedelta(minutes=45)
SHARE_FAILED: Final = 0.09
SHARE_PROXY: Final = 0.12
SHARE_PIN: Final = 0.08
PICTURE_WIDTH, PICTURE_HEIGHT = 240, 180
# The letters M A U, 5 by 7 points each: every picture of the demo says that it is a sample.
LETTERS: Final = (
    ("10001", "11011", "10101", "10101", "10001", "10001", "10001"),
    ("01110", "10001", "10001", "11111", "10001", "10001", "10001"),
    ("10001", "10001", "10001", "10001", "10001", "10001", "01110"),
)
Doc = dict[str, Any]


class Phone(FactLog):
    """One courier's phone: keeps the chain, sends what happened up to an instant."""

    def __init__(self, conn: Conn, caller: Caller, rnd: random.Random, photo: str) -> None:
        super().__init__(APP)
        self._conn = conn
        self._caller = caller
        self._rnd = rnd
        self._photo = photo
        self.num_held = 0
        self.blocks: list[Block] = []
        """Receipt numbers lent to the phone."""
        self._numbers: dict[UUID, int] = {}

    async def read_day(self, at: datetime) -> tuple[Doc | None, list[Doc]]:
        """Return the round and its stops in order, as the phone's snapshot gives them."""
        caller = msgspec.structs.replace(self._caller, now=at)
        snapshot = await sync.snapshot(self._conn, caller)
        self.take_snapshot(snapshot)
        docs: list[tuple[str, Doc]] = [(d.kind, d.doc) for d in snapshot.docs if d.doc is not None]
        rounds = [doc for kind, doc in docs if kind == "round"]
        stops = [doc for kind, doc in docs if kind == "stop"]
        return (rounds[0] if rounds else None), sorted(stops, key=lambda stop: stop["position"])

    async def send(self, at: datetime) -> None:
        """Exchange until the office has everything and the phone has read every change."""
        caller = msgspec.structs.replace(self._caller, now=at)
        is_over = False
        while not is_over:
            reply = await sync.exchange(self._conn, self.make_request(at), caller)
            self.num_held += sum(d.outcome == "held" for d in reply.decisions)
            is_over = self.take_reply(reply)

    def accept(self, at: datetime, stop: Doc, act: Doc) -> None:
        """Take papers at the door."""
        self.record(
            at,
            "dossier.accepted",
            stop=stop["id"],
            act=act["id"],
            checklist=[{k: p[k] for k in ("paper", "form", "count")} for p in act["checklist"]],
            seal=f"NP{self._rnd.randint(0, 999_999):06d}",
            sealed_before_citizen=True,
            fee_shown_vnd=act["fee_due_vnd"],
            identity=self._identity(),
            proxy=self._proxy(),
            sign_citizen=make_strokes(self._rnd),
            sign_courier=make_strokes(self._rnd),
            photos=[self._photo],
        )

    def deliver(self, at: datetime, stop: Doc, act: Doc, *, is_seal_whole: bool = True) -> None:
        """Hand a result over."""
        self.record(
            at,
            "result.delivered",
            stop=stop["id"],
            act=act["id"],
            is_seal_whole=is_seal_whole,
            identity=self._identity(),
            proxy=self._proxy(),
            reclaimed=[{"paper": r["paper"], "is_taken": True} for r in act["reclaims"]],
            sign_citizen=make_strokes(self._rnd),
            photos=[],
        )

    def collect(self, at: datetime, stop: Doc, act: Doc) -> None:
        """Take what is owed in cash, with a number where the law wants a receipt."""
        shown = act["shown"]
        receipt = None
        if shown["receipt_kind"] is not None:
            block = next(b for b in self.blocks if b.kind == shown["receipt_kind"])
            number = self._numbers.get(block.id, block.next_number)
            self._numbers[block.id] = number + 1
            receipt = {"block": block.id, "number": number}
        self.record(
            at,
            "charge.collected",
            stop=stop["id"],
            act=act["id"],
            amount_vnd=act["cash_in_vnd"],
            method="cash",
            receipt=receipt,
            payer_sign=make_strokes(self._rnd),
        )

    def fail(self, at: datetime, stop: Doc, act: Doc, next_on: str) -> None:
        """Leave without having done it, for one of the usual reasons and with its proof."""
        reason, note = self._rnd.choices(
            (
                ("ABSENT", ""),
                ("NOT_FOUND", "Mẫu: hỏi hàng xóm không biết"),
                ("REFUSED", "Mẫu: không ký"),
                ("NO_ID", ""),
            ),
            weights=(12, 3, 2, 2),
        )[0]
        is_invited = reason in ("ABSENT", "NOT_FOUND")
        self.record(
            at,
            "visit.failed",
            stop=stop["id"],
            act=act["id"],
            reason=reason,
            photos=[self._photo] if is_invited else [],
            note=note,
            invited=is_invited,
            next_on=None if reason == "REFUSED" else next_on,
        )

    def _identity(self) -> Mapping[str, str]:
        method = self._rnd.choice(("cccd", "cccd", "cccd", "vneid"))
        return {"method": method, "last4": f"{self._rnd.randint(0, 9999):04d}"}

    def _proxy(self) -> Mapping[str, str] | None:
        if self._rnd.random() >= SHARE_PROXY:
            return None
        return {"relation": self._rnd.choice(("vợ", "chồng", "con", "mẹ")), "authority": "written"}


async def live(
    phone: Phone,
    rnd: random.Random,
    *,
    day_starts: datetime,
    until: datetime,
    next_on: str,
    has_broken_seal: bool,
) -> bool:
    """Live a courier's morning up to `until`; False when there was no round to open yet."""
    current, stops = await phone.read_day(day_starts)
    if current is None or until <= day_starts:
        return False
    round_id: UUID = current["id"]
    items = [act["item_id"] for stop in stops for act in stop["acts"] if act["item_id"]]
    phone.record(day_starts, "round.opened", round=round_id)
    phone.record(day_starts, "items.loaded", round=round_id, items=items, missing=[])
    sent_at = day_starts
    late = timedelta(0)
    for stop in stops:
        late = max(timedelta(0), late + timedelta(seconds=rnd.randint(-150, 170)))
        arrived = max(day_starts, stop["planned_at"] + late)
        done = arrived + timedelta(seconds=round(stop["service_duration_s"] * rnd.uniform(0.7, 1)))
        if arrived > until:
            break
        if arrived - sent_at >= SEND_EVERY:
            await phone.send(arrived)
            sent_at = arrived
        point = stop["point"]
        place = {"lat": point["lat"], "lon": point["lon"], "accuracy_m": 12}
        phone.record(arrived, "stop.arrived", stop=stop["id"], **place)
        if done > until:
            break
        is_failed = rnd.random() < SHARE_FAILED
        if rnd.random() < SHARE_PIN and point["lat"] is not None:
            lat = point["lat"] + rnd.gauss(0, 0.0002)
            phone.record(
                done, "pin.moved", point=point["id"], lat=lat, lon=point["lon"], accuracy_m=9
            )
        for act in stop["acts"]:
            if is_failed:
                phone.fail(done, stop, act, next_on)
            elif act["kind"] == "charge.collect":
                phone.collect(done, stop, act)
            elif act["kind"] == "dossier.accept":
                phone.accept(done, stop, act)
            elif act["kind"] == "result.deliver":
                phone.deliver(done, stop, act, is_seal_whole=not has_broken_seal)
                has_broken_seal = False
    await phone.send(until)
    return True


def make_strokes(rnd: random.Random) -> str:
    """Return a scribble as the path of an SVG."""
    first = f"M {rnd.randint(4, 30)} {rnd.randint(30, 70)}"
    lines = (
        f"L {14 * step + rnd.randint(-6, 6)} {50 + rnd.randint(-32, 32)}" for step in range(1, 14)
    )
    return " ".join((first, *lines))


def make_picture(rnd: random.Random) -> bytes:
    """Return a small PNG of a door that never was, with MAU written over it."""
    wall, door, sky = (bytes(rnd.randint(60, 220) for _ in range(3)) for _ in range(3))
    ink = b"\xff\xff\xff"
    rows = []
    for y in range(PICTURE_HEIGHT):
        row = bytearray()
        for x in range(PICTURE_WIDTH):
            is_door = 95 <= x < 145 and y >= 90
            colour = door if is_door else wall if y >= 50 else sky
            row += ink if _is_ink(x - 66, y - 12) else colour
        rows.append(b"\x00" + bytes(row))
    size = struct.pack(">IIBBBBB", PICTURE_WIDTH, PICTURE_HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _is_ink(x: int, y: int, scale: int = 6) -> bool:
    column, row = math.floor(x / scale), math.floor(y / scale)
    letter, inside = divmod(column, 6)
    return (0 <= letter < len(LETTERS) and inside < 5 and 0 <= row < 7) and LETTERS[letter][row][
        inside
    ] == "1"


def hash_picture(picture: bytes) -> bytes:
    """Return the name under which a picture is kept."""
    return hashlib.sha256(picture).digest()
