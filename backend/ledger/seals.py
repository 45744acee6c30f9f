"""Sealing: blocks of rows under a signed chain of hashes, so that an insider's edit shows (L13).

What is hashed, byte for byte, for whoever verifies with other code (`verify_ledger.py` does):
a field is its UTF-8 text as a netstring (`5:hello,`), `-` where it is NULL; ids in lower-case
hyphenated hex, days as YYYY-MM-DD, instants as microseconds since 1970 UTC, numbers in decimal.
A row is the SHA-256 of its fields in the order of `FIELDS`. A root is the SHA-256 of `DOMAIN`, then
epoch, n, xid_from, xid_until, num_rows as 8 bytes each (big-endian), the root before (32 zero bytes
for n = 1), and the digests of the rows in the order (xid, id). The signature is Ed25519 over
`DOMAIN` and the root.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.kit.sql import Conn
from backend.ledger.model import Seal
from backend.ledger.store import queries

DOMAIN: Final = b"tannoi-seal-v1"
FIELDS: Final = (
    "office_id", "id", "group_id", "code", "phase", "debit_id", "credit_id", "amount_vnd",
    "pending_id", "reverses_id", "business_key", "posted_on", "occurred_at", "posted_at", "xid",
    "op_id", "created_by", "approved_by", "reason",
)  # fmt: skip
XID: Final = FIELDS.index("xid")
ID: Final = FIELDS.index("id")
NO_ROOT: Final = bytes(32)
NUM_ROWS_A_PAGE: Final = 5_000
NO_ID: Final = UUID(int=0)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LOCK: Final = "SELECT pg_try_advisory_xact_lock(727003)"


def digest_row(row: Iterable[Any]) -> bytes:
    """Return the 32 bytes that stand for a row; its values in the order of `FIELDS`."""
    return hashlib.sha256("".join(map(_field, row)).encode()).digest()


def _field(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        text = str((value - EPOCH) // timedelta(microseconds=1))
    elif isinstance(value, date):
        text = value.isoformat()
    else:
        text = str(value)
    return f"{len(text.encode())}:{text},"


async def seal_all(conn: Conn, key: bytes, *, now: datetime) -> Seal | None:
    """Seal every row that no running transaction can come before; return the new seal.

    None when there is nothing to seal, or another process is at it. `key` is the Ed25519 seed.
    """
    if not await conn.fetchval(LOCK):
        return None
    epoch: int = await queries.value(conn, "find_epoch")
    last = await queries.one(conn, "find_last_seal", Seal, epoch=epoch)
    until: int = await queries.value(conn, "find_horizon")
    start = last.xid_until if last else 0
    digests, num_rows = await _digest_rows(conn, start, until)
    if num_rows == 0:
        return None
    n = last.n + 1 if last else 1
    before = last.root if last else NO_ROOT
    root = make_root(
        epoch=epoch, n=n, start=start, until=until, num_rows=num_rows, before=before, rows=digests
    )
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(DOMAIN + root)
    seal = Seal(epoch, n, start, until, num_rows, root, before, signature, now)
    await queries.run(
        conn,
        "add_seal",
        epoch=epoch,
        n=n,
        xid_from=start,
        xid_until=until,
        num_rows=num_rows,
        root=root,
        prev_root=before,
        signature=signature,
        sealed_at=now,
    )
    return seal


async def find_last_seal(conn: Conn) -> Seal | None:
    """Return the newest seal of the running epoch, or None before the first."""
    epoch: int = await queries.value(conn, "find_epoch")
    return await queries.one(conn, "find_last_seal", Seal, epoch=epoch)


async def count_unsealed(conn: Conn, office_id: UUID, day: date, seal: Seal | None) -> int:
    """Return how many of an office's rows, posted until a day, a seal does not bear yet."""
    until = 0 if seal is None else seal.xid_until
    num: int = await queries.value(
        conn, "count_unsealed", office_id=office_id, day=day, xid_until=until
    )
    return num


async def say_root(conn: Conn) -> str:
    """Return the line that papers and files bear of the newest seal; empty before the first.

    Whoever has the paper can hold the root on it against the chain as it is kept, years later.
    """
    seal = await find_last_seal(conn)
    if seal is None:
        return ""
    return f"Niêm phong sổ kỳ {seal.epoch}, số {seal.n}: {seal.root.hex()}"


def make_root(
    *, epoch: int, n: int, start: int, until: int, num_rows: int, before: bytes, rows: bytes
) -> bytes:
    """Return the hash that a block is sealed under."""
    numbers = b"".join(part.to_bytes(8, "big") for part in (epoch, n, start, until, num_rows))
    return hashlib.sha256(DOMAIN + numbers + before + rows).digest()


def public_key(key: bytes) -> bytes:
    """Return what whoever verifies needs, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


async def _digest_rows(conn: Conn, start: int, until: int) -> tuple[bytes, int]:
    digests: list[bytes] = []
    # Ids are never zero: the first page begins with the first row of `start`.
    place = (start, NO_ID)
    while True:
        page = await queries.list(
            conn,
            "list_unsealed",
            lambda *row: row,
            xid_until=until,
            after_xid=place[0],
            after_id=place[1],
            limit=NUM_ROWS_A_PAGE,
        )
        digests += map(digest_row, page)
        if len(page) < NUM_ROWS_A_PAGE:
            return b"".join(digests), len(digests)
        place = (page[-1][XID], page[-1][ID])
