"""Guided fuzzing of what reads a phone's bytes: decoder, facts, chain, picture heads (P13).

`python -m tests.simulation.fuzz --runs 2000000` mutates the kept corpus and keeps every input that
reaches a line not reached before; what raises anything but a named refusal, or breaks a law of the
chain, is a fault. It writes `build/chaos/fuzz.md`, and the inputs of faults beside it.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from backend import rounds
from backend.kit.errors import Refusal
from backend.sync import batch, rules
from backend.sync.batch import decode_request
from backend.sync.http.pictures import read_digest, read_seal
from tests.backend.sync import corpus
from tests.simulation.report import REPORTS

Target = Callable[[bytes], None]
READ = (msgspec.DecodeError, ValueError, RecursionError, Refusal)
"""How a reader may say that it cannot read."""
WATCHED = ("backend/sync", "backend/kit")
TOKENS = (
    b'"', b"{", b"}", b"[", b"]", b":", b",", b"null", b"true", b"-1", b"1e999", b"0", b"\\ud83d",
    b"\\u0000", b"\x00", b"\xff", b"\xf0\x9f\x98\x80", b'"id"', b'"ops"', b'"first"', b'"prev"',
    b'"side"', b"9223372036854775808", b'"eph"', b'"ct"', b"[" * 60,
)  # fmt: skip


def read_request(data: bytes) -> None:
    """Read a body as the exchange does, then each fact and its envelope."""
    try:
        request = decode_request(data)
    except READ:
        return
    for raw in request.ops:
        assert bytes(raw) in data or b"\\u" in data, "a fact is the exact bytes that came"
        read_fact(bytes(raw))


def read_fact(data: bytes) -> None:
    """Read a fact as the decider does, under every kind there is."""
    batch.read_envelope(data)
    for shape, _ in rounds.KINDS.values():
        try:
            msgspec.json.decode(data, type=shape)
        except READ:
            continue


def chain_on(data: bytes) -> None:
    """Chain pieces of the bytes: together as one by one, and never alike for other bytes."""
    pieces = data.split(b"\n")
    first = rules.first_hash(rules.UNREADABLE_IDS)
    last, one_by_one = first, []
    for piece in pieces:
        last = rules.chain(last, piece)
        one_by_one.append(last)
    assert rules.chain_all(first, pieces) == one_by_one, "together as one by one"
    assert rules.chain(first, data) != rules.chain(first, data + b"x"), "other bytes, other hash"


def read_heads(data: bytes) -> None:
    """Read the heads of a picture's part."""
    text = data.decode("latin-1")
    for reader in (read_digest, read_seal):
        try:
            reader(text)
        except READ:
            continue


TARGETS: dict[str, Target] = {
    "decoder": read_request,
    "facts": read_fact,
    "chain": chain_on,
    "picture heads": read_heads,
}


@dataclass
class Run:
    """What one target was given, and what it did."""

    name: str
    target: Target
    pool: list[bytes]
    lines: set[tuple[str, int]] = field(default_factory=set)
    num_runs: int = 0
    num_kept: int = 0
    faults: list[tuple[str, bytes]] = field(default_factory=list)

    def try_one(self, data: bytes) -> None:
        """Run the target on these bytes; keep them when they reach somewhere new."""
        before = len(self.lines)
        self.num_runs += 1
        sys.settrace(self._trace)
        try:
            self.target(data)
        except Exception as error:
            self.faults.append((f"{type(error).__name__}: {error}"[:200], data))
        finally:
            sys.settrace(None)
        if len(self.lines) > before:
            self.pool.append(data)
            self.num_kept += 1

    def _trace(self, frame: FrameType, event: str, _arg: Any) -> Any:
        file = frame.f_code.co_filename
        if not any(part in file for part in WATCHED):
            return None
        if event in ("line", "call"):
            self.lines.add((file, frame.f_lineno))
        return self._trace


def mutate(rnd: random.Random, pool: list[bytes]) -> bytes:
    """Return one of the pool, changed in one to four places."""
    data = bytearray(rnd.choice(pool)[:20_000])
    for _ in range(rnd.randrange(1, 5)):
        at = rnd.randrange(len(data) + 1)
        match rnd.randrange(7):
            case 0:
                data[at:at] = rnd.choice(TOKENS)
            case 1:
                del data[at : at + rnd.randrange(1, 40)]
            case 2 if data:
                data[at % len(data)] ^= 1 << rnd.randrange(8)
            case 3:
                other = rnd.choice(pool)
                start = rnd.randrange(len(other) + 1)
                data[at:at] = other[start : start + rnd.randrange(1, 200)]
            case 4:
                data[at : at + 8] = rnd.randbytes(rnd.randrange(9))
            case 5:
                piece = data[at : at + rnd.randrange(1, 60)]
                data[at:at] = piece * rnd.randrange(1, 4)
            case _:
                data[at : at + 6] = rnd.choice(TOKENS)
    return bytes(data)


def seeds() -> list[bytes]:
    """Return the kept corpus; what is long for its length's sake alone is left to its own test."""
    kept = [*corpus.REQUESTS.values(), *corpus.OPS.values(), b"a" * 64, b"x;y", b""]
    return [data for data in kept if len(data) < 20_000]


def fuzz(num_runs: int, seed: int) -> list[Run]:
    """Give each target its share of the runs; return what each did."""
    runs = []
    for name, target in TARGETS.items():
        rnd = random.Random(f"{seed}:{name}")
        run = Run(name, target, seeds())
        for data in list(run.pool):
            run.try_one(data)
        for _ in range(num_runs // len(TARGETS)):
            run.try_one(mutate(rnd, run.pool))
        runs.append(run)
    return runs


def write(runs: list[Run], seed: int, duration_s: float, folder: Path = REPORTS) -> Path:
    """Write what was found for people, and the bytes of each fault; return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        f"| {run.name} | {run.num_runs:,} | {len(run.lines)} | {run.num_kept} | {len(run.faults)} |"
        for run in runs
    ]
    page = folder / "fuzz.md"
    text = [
        "# Guided fuzzing (P13)",
        "",
        f"Seed {seed}, {duration_s:.0f} s.",
        "",
        "| target | inputs | lines reached | inputs kept | faults |",
        "|---|---|---|---|---|",
        *rows,
    ]
    for run in runs:
        for n, (words, data) in enumerate(run.faults[:20]):
            name = f"fuzz-{run.name.replace(' ', '-')}-{n}.bin"
            (folder / name).write_bytes(data)
            text.append(f"\n- `{name}`: {words}")
    page.write_text("\n".join(text) + "\n", encoding="utf-8")
    return page


def main() -> int:
    """Fuzz, print the table, and return 1 where anything was found."""
    parser = argparse.ArgumentParser(prog="tests.simulation.fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    said = parser.parse_args()
    started = time.monotonic()
    runs = fuzz(said.runs, said.seed)
    page = write(runs, said.seed, time.monotonic() - started)
    print(page.read_text(encoding="utf-8"))
    return 1 if any(run.faults for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
