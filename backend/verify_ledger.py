"""Check the book of money from outside: this file knows the tables and imports nothing of ours.

It reads a running database or a plain `pg_dump`, adds every balance up anew, looks at each row by
the rules (reliability L1 to L9), and computes every seal again (L13). Whoever edited a sealed row,
took one out, put one in or rewrote a seal is found, also when it was the owner of the database.

    python backend/verify_ledger.py --url postgresql://… --key <hex> [--roots roots.jsonl]
    python backend/verify_ledger.py --dump books.sql --key <hex>
"""

import argparse
import asyncio
import hashlib
import json
import re
import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Row = Mapping[str, str | None]
"""A row as text, as PostgreSQL writes it in COPY; None is NULL."""
Books = dict[str, list[Row]]

TABLES: Final = {
    "account": "SELECT to_jsonb(t) AS row FROM ledger.account t",
    "balance": "SELECT to_jsonb(t) AS row FROM ledger.balance t",
    "transfer": "SELECT to_jsonb(t) AS row, xid::text AS xid FROM ledger.transfer t",
    "day_event": "SELECT to_jsonb(t) AS row FROM ledger.day_event t",
    "seal": "SELECT to_jsonb(t) AS row, xid_from::text AS xid_from, xid_until::text AS xid_until "
    "FROM ledger.seal t",
}
SEALED: Final = (
    "office_id", "id", "group_id", "code", "phase", "debit_id", "credit_id", "amount_vnd",
    "pending_id", "reverses_id", "business_key", "posted_on", "occurred_at", "posted_at", "xid",
    "op_id", "created_by", "approved_by", "reason",
)  # fmt: skip
INSTANTS: Final = ("occurred_at", "posted_at")
DOMAIN: Final = b"tannoi-seal-v1"
AMOUNT_VND_MAX: Final = 50_000_000_000
NEED_TWO: Final = re.compile(r"^(difference|write_off|float\.over_limit|override)")
NEED_REASON: Final = re.compile(r"^(difference|write_off|override)")
DEBIT: Final = {"hand", "drawer", "vault", "in_transit", "shortage"}
CREDIT: Final = {"agency_payable", "biller_payable", "tax_payable", "fee_payable",
                 "order_payable", "overage"}  # fmt: skip
"""Kinds of account that never end on the other side (L6)."""
ESCAPES: Final = {"\\\\": "\\", "\\n": "\n", "\\t": "\t", "\\r": "\r", "\\b": "\b", "\\f": "\f",
                  "\\v": "\v"}  # fmt: skip
NUM_SHOWN: Final = 20


class Unreadable(Exception):
    """The books cannot be read at all."""


async def read_database(url: str) -> Books:
    """Return the tables of a database, all of one instant."""
    conn = await asyncpg.connect(url)
    try:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            return await read_tables(conn)
    finally:
        await conn.close()


async def read_tables(conn: asyncpg.Connection) -> Books:
    """Return the tables as the running transaction sees them."""
    await conn.execute("SELECT set_config('app.offices', '*', true)")
    await conn.execute("SET LOCAL TimeZone = 'UTC'")
    return {
        table: [_as_text(row) for row in await conn.fetch(query)] for table, query in TABLES.items()
    }


def _as_text(record: asyncpg.Record) -> Row:
    row = record["row"] if isinstance(record["row"], dict) else json.loads(record["row"])
    for name in ("xid", "xid_from", "xid_until"):
        if name in record.keys():  # noqa: SIM118 (a Record iterates over its values)
            row[name] = record[name]
    return {name: None if value is None else _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


def read_dump(path: Path) -> Books:
    """Return the tables of a plain `pg_dump`, read line by line."""
    books: Books = {table: [] for table in TABLES}
    seen = set()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            match = re.match(r"COPY ledger\.(\w+) \(([^)]*)\) FROM stdin;", line)
            if match and match[1] in TABLES:
                seen.add(match[1])
                names = [name.strip().strip('"') for name in match[2].split(",")]
                books[match[1]] += _read_copy(lines, names)
    if missing := sorted(set(TABLES) - seen):
        raise Unreadable(f"the dump has no data of ledger.{missing[0]}")
    return books


def _read_copy(lines: Iterator[str], names: list[str]) -> Iterator[Row]:
    for line in lines:
        if line == "\\.\n":
            return
        values = line.rstrip("\n").split("\t")
        yield {
            name: None if value == "\\N" else re.sub(r"\\.", lambda m: ESCAPES[m[0]], value)
            for name, value in zip(names, values, strict=True)
        }


# Checking


class Findings:
    """What does not hold: counted by rule, the first ones kept in words."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.words: list[str] = []

    def add(self, rule: str, words: str) -> None:
        """Note that a rule is broken, and where."""
        self.counts[rule] += 1
        if self.counts[rule] <= NUM_SHOWN:
            self.words.append(f"{rule}: {words}")


def verify(books: Books, key: bytes | None, roots: list[dict[str, Any]] | None = None) -> Findings:
    """Return everything in the books that breaks a rule."""
    findings = Findings()
    accounts = {(a["office_id"], a["id"]): a for a in books["account"]}
    transfers = {(t["office_id"], t["id"]): t for t in books["transfer"]}
    if len(transfers) != len(books["transfer"]):
        findings.add("L2", "an id stands twice")
    for transfer in books["transfer"]:
        _check_row(transfer, accounts, transfers, findings)
    _check_once(books["transfer"], findings)
    _check_balances(books, findings)
    _check_days(books, findings)
    check_seals(books, key, findings)
    if roots is not None:
        _check_copies(books["seal"], roots, findings)
    return findings


def _check_row(
    t: Row,
    accounts: Mapping[tuple[str | None, str | None], Row],
    transfers: Mapping[tuple[str | None, str | None], Row],
    findings: Findings,
) -> None:
    office, where = t["office_id"], f"transfer {t['id']}"
    if not 1 <= int(t["amount_vnd"] or 0) <= AMOUNT_VND_MAX:
        findings.add("L1", f"{where}: {t['amount_vnd']} đồng")
    if t["debit_id"] == t["credit_id"]:
        findings.add("L1", f"{where}: one account on both sides")
    for side in ("debit_id", "credit_id"):
        if (office, t[side]) not in accounts:
            findings.add("L1", f"{where}: no account {t[side]}")
    _check_people(t, where, findings)
    if (t["phase"] in ("post", "void")) != (t["pending_id"] is not None):
        findings.add("L5", f"{where}: phase {t['phase']}")
    if t["pending_id"] is not None:
        origin = transfers.get((office, t["pending_id"]))
        if (
            origin is None
            or origin["phase"] != "pending"
            or (origin["debit_id"], origin["credit_id"]) != (t["debit_id"], t["credit_id"])
            or int(t["amount_vnd"] or 0) > int(origin["amount_vnd"] or 0)
            or (t["phase"] == "void" and t["amount_vnd"] != origin["amount_vnd"])
        ):
            findings.add("L5", f"{where}: resolves {t['pending_id']} wrongly")
    if t["reverses_id"] is not None:
        origin = transfers.get((office, t["reverses_id"]))
        mirror = (t["credit_id"], t["debit_id"], t["amount_vnd"])
        if (
            origin is None
            or origin["reverses_id"] is not None
            or (origin["debit_id"], origin["credit_id"], origin["amount_vnd"]) != mirror
        ):
            findings.add("L4", f"{where}: does not mirror {t['reverses_id']}")


def _check_people(t: Row, where: str, findings: Findings) -> None:
    code, is_reversal = t["code"] or "", t["reverses_id"] is not None
    if t["approved_by"] is not None and t["approved_by"] == t["created_by"]:
        findings.add("L8", f"{where}: approved by its maker")
    if (is_reversal or NEED_TWO.match(code)) and t["approved_by"] is None:
        findings.add("L8", f"{where}: nobody approved {code}")
    if (is_reversal or NEED_REASON.match(code)) and not t["reason"]:
        findings.add("L8", f"{where}: no reason is given")


def _check_once(transfers: list[Row], findings: Findings) -> None:
    """Check that nothing was resolved, reversed or paid twice."""
    keys: dict[str, Callable[[Row], object]] = {
        "L5": lambda t: t["pending_id"] and (t["office_id"], t["pending_id"]),
        "L4": lambda t: t["reverses_id"] and (t["office_id"], t["reverses_id"]),
        "L7": lambda t: t["business_key"] and (t["code"], t["business_key"]),
    }
    for rule, key_of in keys.items():
        counts = Counter(key for t in transfers if (key := key_of(t)))
        for key, num in counts.items():
            if num > 1:
                findings.add(rule, f"{key} {num} times")


def _check_balances(books: Books, findings: Findings) -> None:
    """Add every balance up anew and hold it against the one that is kept."""
    sums: dict[tuple[str | None, str | None], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    resolved = {
        (t["office_id"], t["pending_id"])
        for t in books["transfer"]
        if t["phase"] in ("post", "void")
    }
    for t in books["transfer"]:
        if t["phase"] == "void":
            continue
        if t["phase"] == "pending" and (t["office_id"], t["id"]) in resolved:
            continue
        place = 2 if t["phase"] == "pending" else 0
        sums[t["office_id"], t["debit_id"]][place] += int(t["amount_vnd"] or 0)
        sums[t["office_id"], t["credit_id"]][place + 1] += int(t["amount_vnd"] or 0)
    kept = {(b["office_id"], b["account_id"]): b for b in books["balance"]}
    for a in books["account"]:
        account, kind = (a["office_id"], a["id"]), a["kind"]
        floor = "debit" if kind in DEBIT else "credit" if kind in CREDIT else "none"
        dp, cp, dh, ch = sums[account]
        row = kept.get(account)
        if row is None or [int(row[name] or 0) for name in ("dp", "cp", "dh", "ch")] != [
            dp, cp, dh, ch,
        ]:  # fmt: skip
            findings.add("L6", f"balance of account {account[1]} is not the sum of its rows")
        elif (row["floor"], a["floor"]) != (floor, floor):
            findings.add("L6", f"account {account[1]}, a {kind}, has another floor")
        short = {"debit": dp - cp - ch, "credit": cp - dp - dh}.get(floor, 0)
        if short < 0:
            findings.add("L6", f"account {account[1]} is {-short} đồng short")


def _check_days(books: Books, findings: Findings) -> None:
    """Check that nothing was posted to a day while it was closed (L9)."""
    events: dict[str | None, list[Row]] = defaultdict(list)
    for event in sorted(books["day_event"], key=lambda e: int(e["n"] or 0)):
        events[event["office_id"]].append(event)
        if event["approved_by"] == event["by_id"]:
            findings.add("L8", f"day {event['day']}: one person {event['kind']} it alone")
    for t in books["transfer"]:
        open_on = ""
        for event in events[t["office_id"]]:
            if _instant(event["at"]) > _instant(t["posted_at"]):
                break
            open_on = _day_after(event["day"]) if event["kind"] == "closed" else str(event["day"])
        if str(t["posted_on"]) < open_on:
            findings.add("L9", f"transfer {t['id']} stands in the closed day {t['posted_on']}")


def _day_after(day: str | None) -> str:
    return (datetime.fromisoformat(str(day)) + timedelta(days=1)).date().isoformat()


# Seals


def check_seals(books: Books, key: bytes | None, findings: Findings) -> None:
    """Compute every seal again from the rows."""
    public = None if key is None else Ed25519PublicKey.from_public_bytes(key)
    rows = sorted(books["transfer"], key=lambda t: (int(t["xid"] or 0), str(t["id"])))
    digests = [digest_row(t) for t in rows]
    xids = [int(t["xid"] or 0) for t in rows]
    series: dict[int, list[Row]] = defaultdict(list)
    for seal in books["seal"]:
        series[int(seal["epoch"] or 0)].append(seal)
    newest = max(series, default=0)
    for epoch, seals in sorted(series.items()):
        before, start = bytes(32), 0
        for n, seal in enumerate(sorted(seals, key=lambda s: int(s["n"] or 0)), 1):
            where = f"seal {epoch}/{seal['n']}"
            until = int(seal["xid_until"] or 0)
            if (int(seal["n"] or 0), int(seal["xid_from"] or 0)) != (n, start):
                findings.add("L13", f"{where} does not follow the one before")
            root = _bytes(seal["root"])
            if public is not None and not _is_signed(public, _bytes(seal["signature"]), root):
                findings.add("L13", f"{where} is not signed by this key")
            if _bytes(seal["prev_root"]) != before:
                findings.add("L13", f"{where} names another root before it")
            # Only the newest series still holds: what an older one sealed may have been put back.
            block = digests[bisect_left(xids, start) : bisect_left(xids, until)]
            numbers = (epoch, n, start, until, int(seal["num_rows"] or 0))
            if epoch == newest and root != _root(numbers, before, block):
                findings.add("L13", f"{where}: its {seal['num_rows']} rows are not as sealed")
            before, start = root, until


def _root(numbers: tuple[int, ...], before: bytes, digests: list[bytes]) -> bytes:
    head = DOMAIN + b"".join(number.to_bytes(8, "big") for number in numbers)
    return hashlib.sha256(head + before + b"".join(digests)).digest()


def digest_row(row: Row) -> bytes:
    """Return the hash of a row as the sealing job defines it (`backend/ledger/seals.py`)."""
    parts = []
    for name in SEALED:
        value = row[name]
        if value is not None and name in INSTANTS:
            value = str((_instant(value) - datetime(1970, 1, 1, tzinfo=UTC))
                        // timedelta(microseconds=1))  # fmt: skip
        parts.append("-" if value is None else f"{len(value.encode())}:{value},")
    return hashlib.sha256("".join(parts).encode()).digest()


def _instant(text: str | None) -> datetime:
    """Return an instant from the text of PostgreSQL, with its zone as `+00` or `+00:00`."""
    found = datetime.fromisoformat(re.sub(r"([+-]\d\d)$", r"\1:00", str(text)))
    return found.astimezone(UTC)


def _bytes(text: str | None) -> bytes:
    try:
        return bytes.fromhex(str(text).removeprefix("\\x"))
    except ValueError:
        return b""


def _is_signed(public: Ed25519PublicKey, signature: bytes, root: bytes) -> bool:
    try:
        public.verify(signature, DOMAIN + root)
    except InvalidSignature:
        return False
    return True


def _check_copies(seals: list[Row], roots: list[dict[str, Any]], findings: Findings) -> None:
    """Check that every root copied elsewhere is still the one in the books."""
    known = {(int(s["epoch"] or 0), int(s["n"] or 0)): _bytes(s["root"]).hex() for s in seals}
    newest = max((epoch for epoch, _ in [*known, *((r["epoch"], 0) for r in roots)]), default=0)
    for root in roots:
        at = (root["epoch"], root["n"])
        if known.get(at) != root["root"] and (at in known or root["epoch"] == newest):
            findings.add("L13", f"seal {at[0]}/{at[1]} was copied with another root")


def main(arguments: list[str] | None = None) -> int:
    """Verify what the arguments name; return 0 when all holds, 1 when not, 2 when unreadable."""
    parser = argparse.ArgumentParser(description="Check the book of money from outside.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--url", help="a database")
    source.add_argument("--dump", type=Path, help="a plain pg_dump of it")
    parser.add_argument("--key", help="public key of the seals: hex, or a file of it")
    parser.add_argument("--roots", type=Path, help="the copies of the roots (roots.jsonl)")
    options = parser.parse_args(arguments)
    try:
        key = _read_key(options.key)
        books = read_dump(options.dump) if options.dump else asyncio.run(read_database(options.url))
        roots = None
        if options.roots:
            roots = [json.loads(line) for line in options.roots.read_text().splitlines()]
    except (OSError, ValueError, Unreadable, asyncpg.PostgresError) as error:
        sys.stderr.write(f"The books cannot be read: {error}\n")
        return 2
    findings = verify(books, key, roots)
    _tell(books, key, findings)
    return 1 if findings.counts else 0


def _read_key(text: str | None) -> bytes | None:
    if text is None:
        return None
    path = Path(text)
    return bytes.fromhex(path.read_text().strip() if path.is_file() else text)


def _tell(books: Books, key: bytes | None, findings: Findings) -> None:
    for words in findings.words:
        sys.stdout.write(f"✗ {words}\n")
    sealed = sum(int(seal["num_rows"] or 0) for seal in books["seal"])
    sys.stdout.write(
        f"{len(books['transfer'])} transfers, {len(books['account'])} accounts, "
        f"{len(books['seal'])} seals over {sealed} rows"
        f"{'' if key else ' (signatures not checked: no --key)'}: "
        + (f"{sum(findings.counts.values())} faults\n" if findings.counts else "all holds\n")
    )


if __name__ == "__main__":
    sys.exit(main())
