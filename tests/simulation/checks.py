"""The invariants as the doctor asks them, and faults planted to see that each is noticed."""

from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from backend.kit.sql import Queries

BACKEND = Path(__file__).resolve().parents[2] / "backend"
FILES = ("sync/invariants.sql", "custody/invariants.sql")
NUM_ROWS_SHOWN = 5


@dataclass(frozen=True)
class Plant:
    """A fault put into the books by hand, and the invariants that must notice it."""

    sentence: str
    statements: tuple[str, ...]
    noticed_by: frozenset[str]
    """Every one of these; others may fire too."""


def list_invariants(files: tuple[str, ...] = FILES) -> Iterator[tuple[str, str, str]]:
    """Yield name, sentence and SQL of every invariant."""
    for file in files:
        queries = Queries(BACKEND / file)
        for name in queries.names():
            yield name, queries.about(name), queries.sql(name)


async def find_violations(
    conn: asyncpg.Connection,
    names: frozenset[str] | None = None,
    files: tuple[str, ...] = FILES,
) -> dict[str, list[str]]:
    """Return, for every broken invariant (of `names`), some of the rows that break it."""
    found = {}
    for name, _, sql in list_invariants(files):
        if names is not None and name not in names:
            continue
        rows = await conn.fetch(sql)
        if rows:
            found[name] = [str(dict(row)) for row in rows[:NUM_ROWS_SHOWN]]
    return found


@asynccontextmanager
async def planted(conn: asyncpg.Connection, plant: Plant):
    """Put a fault into the books of a superuser's connection, and take it out again."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        for statement in (*OPEN_BOOKS, *plant.statements):
            status = await conn.execute(statement)
            if status.split()[0] in {"INSERT", "UPDATE", "DELETE"}:
                assert status.split()[-1] != "0", f"nothing to break: {plant.sentence}"
        yield
    finally:
        await transaction.rollback()


async def list_unnoticed(conn: asyncpg.Connection) -> list[str]:
    """Plant every fault in turn; return those that an invariant should have noticed, and did not.

    An empty list is proof that a clean report of this database is worth something.
    """
    unnoticed = []
    for plant in PLANTS:
        async with planted(conn, plant):
            found = await find_violations(conn, plant.noticed_by)
        silent = plant.noticed_by - set(found)
        unnoticed += [f"{plant.sentence}: {name} is silent" for name in sorted(silent)]
    return unnoticed


TABLES = (
    "sync.stream",
    "sync.op_log",
    "sync.op_side",
    "sync.effect",
    "sync.op_decision",
    "sync.feed_head",
    "sync.feed",
    "custody.item",
    "custody.item_code",
    "custody.handover",
    "custody.record",
    "rounds.act",
    "rounds.attempt",
    "rounds.correction",
)
# Only the owner of the machine can do this; the app's role has no such right.
OPEN_BOOKS = (
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in TABLES),
    "ALTER TABLE sync.effect DROP CONSTRAINT effect_pkey CASCADE",
    "ALTER TABLE sync.feed DROP CONSTRAINT feed_pkey",
    "ALTER TABLE rounds.attempt DROP CONSTRAINT attempt_pkey",
)

# A fact with one before it and one behind it.
MIDDLE_OP = """(office_id, stream_id, seq) = (
    SELECT o.office_id, o.stream_id, o.seq FROM sync.op_log o
    JOIN sync.op_log b ON (b.office_id, b.stream_id, b.seq) = (o.office_id, o.stream_id, o.seq + 1)
    JOIN sync.effect e ON (e.office_id, e.stream_id, e.seq) = (o.office_id, o.stream_id, o.seq)
    WHERE o.seq > 1 ORDER BY o.office_id, o.stream_id, o.seq LIMIT 1)"""
LAST_OP = """(office_id, stream_id, seq) = (
    SELECT office_id, id, last_seq FROM sync.stream WHERE last_seq > 0
    ORDER BY office_id, id LIMIT 1)"""
APPLIED_OP = """(office_id, op_id) = (
    SELECT d.office_id, d.op_id FROM sync.op_decision d
    JOIN sync.effect e ON (e.office_id, e.op_id) = (d.office_id, d.op_id)
    WHERE d.outcome = 'applied' AND NOT EXISTS (
        SELECT FROM sync.op_decision l
        WHERE (l.office_id, l.op_id) = (d.office_id, d.op_id) AND l.n > d.n)
    ORDER BY d.office_id, d.op_id LIMIT 1)"""
MIDDLE_ROW = """(office_id, courier_id, fseq) = (
    SELECT f.office_id, f.courier_id, f.fseq FROM sync.feed f
    JOIN sync.feed_head h USING (office_id, courier_id)
    WHERE f.fseq > h.floor + 1 AND f.fseq < h.last
    ORDER BY f.office_id, f.courier_id, f.fseq LIMIT 1)"""
# Two documents of one thing, the later of a later state.
TWO_ROWS = """
    SELECT a.office_id, a.courier_id, a.fseq AS fseq_a, b.fseq AS fseq_b
    FROM sync.feed a JOIN sync.feed b USING (office_id, courier_id, kind, ref)
    WHERE a.fseq < b.fseq AND a.rev < b.rev
    ORDER BY a.office_id, a.courier_id, a.fseq, b.fseq LIMIT 1"""
MOVED_ITEM = """(office_id, id) = (
    SELECT office_id, id FROM custody.item WHERE num_handovers >= 3
    ORDER BY office_id, id LIMIT 1)"""
MOVED_ITEM_LINK = """(office_id, item_id, n) = (
    SELECT office_id, id, 2 FROM custody.item WHERE num_handovers >= 3
    ORDER BY office_id, id LIMIT 1)"""
LINK_BY_OP = """(h.office_id, h.item_id, h.n) = (
    SELECT b.office_id, b.item_id, b.n FROM custody.handover b
    JOIN rounds.act a ON a.office_id = b.office_id AND a.op_id = b.op_id
    WHERE b.n > 1 AND a.state = 'done' ORDER BY b.office_id, b.item_id, b.n LIMIT 1)"""
ENDED_ACT = """(office_id, id) = (
    SELECT office_id, id FROM rounds.act WHERE op_id IS NOT NULL ORDER BY office_id, id LIMIT 1)"""

PLANTS = (
    Plant(
        "a recorded fact is dropped",
        (f"DELETE FROM sync.op_log WHERE {MIDDLE_OP}",),
        frozenset({"ops_without_gap", "chains_verify", "every_op_decided", "one_effect_per_op"}),
    ),
    Plant(
        "the last fact of a stream is dropped",
        (f"DELETE FROM sync.op_log WHERE {LAST_OP}",),
        frozenset({"ops_without_gap", "chains_verify"}),
    ),
    Plant(
        "an effect is doubled",
        ("INSERT INTO sync.effect SELECT * FROM sync.effect ORDER BY op_id LIMIT 1",),
        frozenset({"one_effect_per_op"}),
    ),
    Plant(
        "an effect is dropped",
        (f"DELETE FROM sync.effect WHERE {APPLIED_OP}",),
        frozenset({"one_effect_per_op"}),
    ),
    Plant(
        "an act is ended without a fact",
        (f"UPDATE rounds.act SET op_id = gen_random_uuid() WHERE {ENDED_ACT}",),
        frozenset({"acts_match_ops"}),
    ),
    Plant(
        "an applied fact is undone",
        (f"UPDATE rounds.act SET op_id = NULL, state = 'open' WHERE {ENDED_ACT}",),
        frozenset({"acts_match_ops"}),
    ),
    Plant(
        "an attempt is dropped",
        ("DELETE FROM rounds.attempt",),
        frozenset({"attempts_match_ops"}),
    ),
    Plant(
        "an attempt is counted twice",
        (
            "INSERT INTO rounds.attempt SELECT office_id, errand_id, n + 1, stop_id, op_id, "
            "reason, invitation_n, next_on, note, occurred_at FROM rounds.attempt "
            "ORDER BY n DESC LIMIT 1",
            "UPDATE rounds.attempt SET n = n + 1",
        ),
        frozenset({"attempts_match_ops"}),
    ),
    Plant(
        "what an act handed over is taken back",
        (f"DELETE FROM custody.handover h WHERE {LINK_BY_OP}",),
        frozenset({"handovers_match_acts", "chain_without_gap"}),
    ),
    Plant(
        "an act is said to be taken back, and is not",
        (
            "INSERT INTO rounds.correction (office_id, op_id, corrects_op_id, act_id, wrong, "
            "reason, act_state, occurred_at) SELECT office_id, gen_random_uuid(), op_id, id, "
            f"'not_so', 'nobody', 'open', now() FROM rounds.act WHERE {ENDED_ACT}",
        ),
        frozenset({"corrections_match_ops"}),
    ),
    Plant(
        "a decision is dropped",
        (f"DELETE FROM sync.op_decision WHERE n = 1 AND {APPLIED_OP}",),
        frozenset({"every_op_decided"}),
    ),
    Plant(
        "an applied fact is decided again",
        (
            "INSERT INTO sync.op_decision (office_id, op_id, n, outcome, by_staff_id, at) "
            "SELECT office_id, op_id, n + 1, 'noop', gen_random_uuid(), now() "
            f"FROM sync.op_decision WHERE {APPLIED_OP} ORDER BY n DESC LIMIT 1",
        ),
        frozenset({"decisions_without_gap"}),
    ),
    Plant(
        "a fact that counts waits for a person",
        (
            "INSERT INTO sync.held_waiting (office_id, op_id, staff_id, device_id, kind) "
            "SELECT office_id, op_id, gen_random_uuid(), gen_random_uuid(), 'note.added' "
            f"FROM sync.op_decision WHERE {APPLIED_OP} ORDER BY n DESC LIMIT 1",
        ),
        frozenset({"held_facts_wait"}),
    ),
    Plant(
        "a byte of a fact is changed",
        (f"UPDATE sync.op_log SET raw = set_byte(raw, 3, get_byte(raw, 3) # 1) WHERE {MIDDLE_OP}",),
        frozenset({"chains_verify"}),
    ),
    Plant(
        "a stream's last hash is changed",
        ("UPDATE sync.stream SET last_hash = sha256(last_hash)",),
        frozenset({"chains_verify"}),
    ),
    Plant(
        "a personal part is changed",
        (r"UPDATE sync.op_side SET raw = raw || '\x20'",),
        frozenset({"sides_belong"}),
    ),
    Plant(
        "a row of a feed is dropped",
        (f"DELETE FROM sync.feed WHERE {MIDDLE_ROW}",),
        frozenset({"feed_without_gap"}),
    ),
    Plant(
        "two numbers of a feed are swapped",
        (
            f"UPDATE sync.feed f SET fseq = CASE f.fseq WHEN t.fseq_a THEN t.fseq_b "
            f"ELSE t.fseq_a END FROM ({TWO_ROWS}) t WHERE f.office_id = t.office_id "
            "AND f.courier_id = t.courier_id AND f.fseq IN (t.fseq_a, t.fseq_b)",
        ),
        frozenset({"feed_in_order"}),
    ),
    Plant(
        "an item's holder is changed beside its chain",
        (f"UPDATE custody.item SET holder_id = gen_random_uuid() WHERE {MOVED_ITEM}",),
        frozenset({"one_holder"}),
    ),
    Plant(
        "a handover is dropped",
        (f"DELETE FROM custody.handover WHERE {MOVED_ITEM_LINK}",),
        frozenset({"chain_without_gap", "chain_joined"}),
    ),
    Plant(
        "a handover is doubled",
        (
            "INSERT INTO custody.handover (office_id, item_id, n, from_kind, from_id, to_kind, "
            "to_id, occurred_at, received_at, op_id) SELECT h.office_id, h.item_id, "
            "i.num_handovers + 1, h.from_kind, h.from_id, h.to_kind, h.to_id, h.occurred_at, "
            "h.received_at, h.op_id FROM custody.handover h JOIN custody.item i ON i.office_id = "
            f"h.office_id AND i.id = h.item_id WHERE {LINK_BY_OP}",
        ),
        frozenset(
            {"one_handover_per_op", "chain_without_gap", "chain_joined", "handovers_match_acts"}
        ),
    ),
    Plant(
        "an item's code is entered for another item",
        ("UPDATE custody.item_code SET item_id = gen_random_uuid()",),
        frozenset({"codes_known"}),
    ),
    Plant(
        "a signed record counts an item too many",
        ("UPDATE custody.record SET num_items = num_items + 1",),
        frozenset({"records_complete"}),
    ),
    Plant(
        "an item is marked as handed on by a fact nobody has told",
        ("UPDATE custody.item SET passed_op_id = gen_random_uuid()",),
        frozenset({"passed_items_are_open"}),
    ),
    Plant(
        "two couriers have told of a hand-over that moved nothing",
        (
            "INSERT INTO rounds.passing (office_id, id, code, giver_id, giver_round_id, "
            "given_op_id, given_at, errand_ids, taker_id, taker_round_id, taken_op_id, taken_at, "
            "num_counted, state, settled_at) SELECT office_id, id, '00000000', id, id, id, now(), "
            "ARRAY[id], gen_random_uuid(), id, id, now(), 1, 'joined', now() "
            "FROM custody.item LIMIT 1",
        ),
        frozenset({"passings_moved_items"}),
    ),
)
