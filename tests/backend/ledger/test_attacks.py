"""T5: what an insider with SQL tries is refused, or found by code that is not ours (L3, L13)."""

import os
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from backend import ledger, verify_ledger
from backend.kit.db import prepare, set_walls
from backend.ledger import seals
from backend.ops.schema import pg_dump
from tests.backend.ledger.books import NOW, Books

pytestmark = [pytest.mark.anyio, pytest.mark.store]
KEY = bytes(range(96, 128))
PUBLIC = seals.public_key(KEY)
NUM_EDITS = int(os.environ.get("LEDGER_EDITS", "60"))
"""1,000 by night (`make chaos-ledger`)."""
Change = Callable[[verify_ledger.Books], None]

POST = """
    SELECT ledger.post(a.office_id, ARRAY[a.id, x.id], ARRAY[ROW(gen_random_uuid(),
        gen_random_uuid(), 'charge.tax', 'single', a.id, a.kind, a.owner_id, a.scheme, x.id, '{}',
        gen_random_uuid(), '', 1000, NULL, NULL, NULL, '2027-01-01', now(), NULL,
        gen_random_uuid(), NULL, '')::ledger.leg])
    FROM ledger.account a, (SELECT gen_random_uuid() AS id) x WHERE a.kind = 'drawer'"""
AS_APP = {
    "update": "UPDATE ledger.transfer SET amount_vnd = 1",
    "delete": "DELETE FROM ledger.transfer",
    "truncate": "TRUNCATE ledger.transfer CASCADE",
    "insert beside the function": """
        INSERT INTO ledger.transfer (office_id, id, group_id, code, phase, debit_id, credit_id,
            amount_vnd, posted_on, occurred_at, created_by)
        SELECT office_id, gen_random_uuid(), group_id, code, phase, debit_id, credit_id,
            amount_vnd, posted_on, occurred_at, created_by FROM ledger.transfer LIMIT 1""",
    "back-dating": "INSERT INTO ledger.transfer (posted_at) VALUES ('2020-01-01')",
    "balance": "UPDATE ledger.balance SET dp = dp + 1",
    "open day": "UPDATE ledger.open_day SET open_on = '2020-01-01'",
    "new account with another floor": """
        INSERT INTO ledger.account (office_id, id, kind, floor)
        SELECT office_id, gen_random_uuid(), 'hand', 'none' FROM ledger.account LIMIT 1""",
    "seal edited": "UPDATE ledger.seal SET num_rows = 0",
    "seal deleted": "DELETE FROM ledger.seal",
    "epoch": "UPDATE ledger.epoch SET epoch = 99",
    "trigger off": "ALTER TABLE ledger.transfer DISABLE TRIGGER ALL",
    "replica role": "SET session_replication_role = replica",
    "become the owner": "SET ROLE tannoi_owner",
    "become the poster": "SET ROLE tannoi_ledger",
    "another floor for a kind": """
        CREATE OR REPLACE FUNCTION ledger.floor_of(p_kind text) RETURNS text
        LANGUAGE sql IMMUTABLE RETURN 'none'""",
    "a hand that gives what it has not, by our own function": POST.format("hand"),
    "an account of a kind nobody knows": POST.format("purse"),
    "another function": """
        CREATE OR REPLACE FUNCTION ledger.post(uuid, uuid[], ledger.leg[]) RETURNS integer
        LANGUAGE sql AS 'SELECT 0'""",
    "walls down": "ALTER TABLE ledger.transfer DISABLE ROW LEVEL SECURITY",
    "unwalled read": "SET row_security = off; SELECT count(*) FROM ledger.transfer",
}
AS_OWNER = {
    "update": "UPDATE ledger.transfer SET amount_vnd = amount_vnd + 1",
    "delete": "DELETE FROM ledger.transfer",
    "truncate": "TRUNCATE ledger.transfer",
    "update as a replica": """
        SET LOCAL session_replication_role = replica;
        UPDATE ledger.transfer SET amount_vnd = amount_vnd + 1""",
    "seal": "UPDATE ledger.seal SET num_rows = num_rows + 1",
    "account": "UPDATE ledger.account SET floor = 'none'",
    "day": "DELETE FROM ledger.day_event",
}


@pytest.fixture
async def books(db_url: str) -> Books:
    """Return books with some rows, all sealed."""
    made = Books()
    conn = await asyncpg.connect(db_url)
    await prepare(conn)
    try:
        async with conn.transaction():
            await set_walls(conn, actor="house", offices="*")
            await made.fill_drawer(conn, 9_000_000)
            for n in range(30):
                move = made.transfer(made.hand, made.drawer, 1_000 * (n + 1), reason=f"lượt {n}")
                await ledger.post(conn, [move], now=NOW)
        async with conn.transaction():
            await set_walls(conn, actor="house", offices="*")
            await ledger.close_day(
                conn, made.office_id, NOW.date() - timedelta(days=3),
                by=made.cashier, approved_by=made.controller,
            )  # fmt: skip
            seal = await ledger.seal_all(conn, KEY, now=NOW)
            assert seal is not None
            assert seal.num_rows == 31
    finally:
        await conn.close()
    return made


@pytest.mark.parametrize("attack", AS_APP, ids=str)
async def test_app_may_only_post(db_url: str, books: Books, attack: str) -> None:
    """Tests that the role of the service can do nothing to the books but post (L3, L6)."""
    conn = await asyncpg.connect(db_url)
    try:
        transaction = conn.transaction()
        await transaction.start()
        await set_walls(conn, actor="insider", offices="*")
        with pytest.raises(asyncpg.PostgresError):
            await conn.execute(AS_APP[attack])
        await transaction.rollback()
    finally:
        await conn.close()


@pytest.mark.parametrize("attack", AS_OWNER, ids=str)
async def test_owner_may_not_edit(
    admin_conn: asyncpg.Connection, books: Books, attack: str
) -> None:
    """Tests that even a superuser's plain edit is refused, also one that plays a replica (L3)."""
    transaction = admin_conn.transaction()
    await transaction.start()
    with pytest.raises(asyncpg.RestrictViolationError):
        await admin_conn.execute(AS_OWNER[attack])
    await transaction.rollback()


async def test_another_office_does_not_exist(db_url: str, books: Books) -> None:
    """Tests that who sees one office can neither read nor post in another's books (A5)."""
    conn = await asyncpg.connect(db_url)
    await prepare(conn)
    try:
        async with conn.transaction():
            await set_walls(conn, actor="stranger", offices=[Books().office_id])
            assert await conn.fetchval("SELECT count(*) FROM ledger.transfer") == 0
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="office_wall"):
                await books.fill_drawer(conn, 1)
        async with conn.transaction():
            await set_walls(conn, actor="stranger", offices=[Books().office_id])
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="office_wall"):
                await ledger.close_day(
                    conn, books.office_id, NOW.date(),
                    by=books.cashier, approved_by=books.controller,
                )  # fmt: skip
        # Without any wall set nothing is an office of ours.
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="office_wall"):
            await conn.execute("SELECT ledger.post($1, $2, '{}')", books.office_id, [books.hand.id])
    finally:
        await conn.close()


async def verify(admin_url: str) -> dict[str, int]:
    read = await verify_ledger.read_database(admin_url)
    return dict(verify_ledger.verify(read, PUBLIC).counts)


async def test_true_books_verify_from_connection_and_dump(
    admin_url: str, books: Books, tmp_path: Path
) -> None:
    """Tests that untouched books hold, read from the database and from a dump alike."""
    assert await verify(admin_url) == {}
    dump = tmp_path / "books.sql"
    dump.write_bytes(pg_dump(admin_url, "--data-only"))
    read = verify_ledger.read_dump(dump)
    assert len(read["transfer"]) == 31
    assert dict(verify_ledger.verify(read, PUBLIC).counts) == {}
    assert verify_ledger.main(["--dump", str(dump), "--key", PUBLIC.hex()]) == 0
    assert verify_ledger.main(["--dump", str(tmp_path / "none"), "--key", PUBLIC.hex()]) == 2


async def test_another_key_is_noticed(admin_url: str, books: Books) -> None:
    """Tests that seals signed by whoever rewrote the books do not pass for ours."""
    read = await verify_ledger.read_database(admin_url)
    other = seals.public_key(bytes(range(1, 33)))
    assert set(verify_ledger.verify(read, other).counts) == {"L13"}


def alter(table: str, number: int = 0, **changes: str | None) -> Change:
    """Return what changes a row of books that were read."""

    def change(books: verify_ledger.Books) -> None:
        books[table][number] = {**books[table][number], **changes}

    return change


def of_kind(known: str, **changes: str | None) -> Change:
    """Return what changes the account of a kind."""

    def change(books: verify_ledger.Books) -> None:
        at = next(n for n, row in enumerate(books["account"]) if row["kind"] == known)
        books["account"][at] = {**books["account"][at], **changes}

    return change


def answer(phase: str, amount_vnd: str) -> Change:
    """Return what makes the last row a pending one and adds its answer."""

    def change(books: verify_ledger.Books) -> None:
        last = books["transfer"][-1]
        origin = {**last, "phase": "pending", "amount_vnd": "5000"}
        added = {**last, "id": "x", "phase": phase, "pending_id": last["id"]}
        books["transfer"][-1:] = [origin, {**added, "amount_vnd": amount_vnd}]

    return change


def reverse(times: int, reason: str = "nhầm") -> Change:
    """Return what takes the last row back, and the taking back, so often."""

    def change(books: verify_ledger.Books) -> None:
        for n in range(times):
            last = books["transfer"][-1]
            sides = {"debit_id": last["credit_id"], "credit_id": last["debit_id"]}
            said = {"reverses_id": last["id"], "approved_by": "somebody", "reason": reason}
            books["transfer"].append({**last, **sides, **said, "id": f"x{n}"})

    return change


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        (alter("transfer", amount_vnd="0"), "L1", "0 đồng"),
        (alter("transfer", credit_id="nobody's"), "L1", "no account"),
        (reverse(2), "L4", "does not mirror"),
        (reverse(1, reason=""), "L8", "no reason"),
        (alter("transfer", code="difference.short", approved_by="x", reason=""), "L8", "no reason"),
        (alter("transfer", code="difference.short"), "L8", "nobody approved"),
        (answer("void", "4000"), "L5", "resolves"),
        (answer("post", "6000"), "L5", "resolves"),
        (alter("transfer", phase="post"), "L5", "phase post"),
        (of_kind("hand", floor="none"), "L6", "another floor"),
        (of_kind("bank", kind="hand"), "L6", "short"),
        (alter("day_event", approved_by="x", by_id="x"), "L8", "one person"),
        (alter("transfer", posted_on="2020-01-01", posted_at="2090-01-01+00"), "L9", "closed day"),
    ],
)
async def test_broken_rule_is_found_without_any_seal(
    admin_url: str, books: Books, change: Change, rule: str, words: str
) -> None:
    """Tests that rows not sealed yet are held to each rule of a row (L1 to L9)."""
    read = await verify_ledger.read_database(admin_url)
    read["seal"] = []
    assert dict(verify_ledger.verify(read, PUBLIC).counts) == {}
    change(read)
    found = verify_ledger.verify(read, PUBLIC)
    assert [one for one in found.words if one.startswith(f"{rule}:") and words in one], found.words


COLUMNS = {
    "id": "gen_random_uuid()",
    "group_id": "gen_random_uuid()",
    "code": "code || '.x'",
    "amount_vnd": "amount_vnd + 1",
    "business_key": "coalesce(business_key, '') || 'x'",
    "posted_on": "posted_on + 1",
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "posted_at": "posted_at - interval '1 second'",
    "xid": "(xid::text::bigint + 1)::text::xid8",
    "op_id": "gen_random_uuid()",
    "created_by": "gen_random_uuid()",
    "approved_by": "gen_random_uuid()",
    "reason": "reason || ' '",
}


async def test_every_edit_of_a_sealed_row_is_found(
    admin_url: str, admin_conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a superuser who takes the triggers off first is found out, each time (L13)."""
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print("seed", seed)
    rnd = random.Random(seed)
    sealed = await verify_ledger.read_database(admin_url)
    missed = []
    for _ in range(NUM_EDITS):
        transfer_id = rnd.choice(sealed["transfer"])["id"]
        column = rnd.choice([*COLUMNS, "delete"])
        transaction = admin_conn.transaction()
        await transaction.start()
        await admin_conn.execute(
            "ALTER TABLE ledger.transfer DISABLE TRIGGER ALL;"
            "ALTER TABLE ledger.transfer NO FORCE ROW LEVEL SECURITY"
        )
        edit = f"UPDATE ledger.transfer SET {column} = {COLUMNS.get(column)} WHERE id = $1"
        if column == "delete":
            edit = "DELETE FROM ledger.transfer WHERE id = $1"
        assert await admin_conn.execute(edit, transfer_id) in ("UPDATE 1", "DELETE 1")
        edited = await verify_ledger.read_tables(admin_conn)
        if "L13" not in verify_ledger.verify(edited, PUBLIC).counts:
            missed.append((column, transfer_id))
        await transaction.rollback()
    assert missed == []
    print(f"{NUM_EDITS} of {NUM_EDITS} edits found")


async def test_row_put_into_a_sealed_block_is_found(
    admin_conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that a row made to look old is found, though nothing else changed (L13)."""
    await admin_conn.execute("ALTER TABLE ledger.transfer DISABLE TRIGGER ALL")
    await admin_conn.execute("""
        INSERT INTO ledger.transfer (office_id, id, group_id, code, phase, debit_id, credit_id,
            amount_vnd, posted_on, occurred_at, posted_at, xid, created_by)
        SELECT office_id, gen_random_uuid(), group_id, code, phase, debit_id, credit_id, 1,
            posted_on, occurred_at, posted_at, xid, created_by FROM ledger.transfer LIMIT 1""")
    found = verify_ledger.verify(await verify_ledger.read_tables(admin_conn), PUBLIC).counts
    assert set(found) == {"L13", "L6"}


async def test_seal_cut_off_the_end_is_found_by_its_copy(
    admin_conn: asyncpg.Connection, books: Books
) -> None:
    """Tests that taking the last seal away is noticed by the roots kept elsewhere (L13)."""
    read = await verify_ledger.read_tables(admin_conn)
    seal = read["seal"][0]
    copies = [{"epoch": 1, "n": 1, "root": str(seal["root"]).removeprefix("\\x")}]
    assert dict(verify_ledger.verify(read, PUBLIC, copies).counts) == {}
    cut = {**read, "seal": []}
    assert verify_ledger.verify(cut, PUBLIC, [*copies]).counts["L13"] == 1
