"""A handful of true rows in the books of sync and custody, for planting faults."""

import hashlib
import uuid

import asyncpg

OFFICE = uuid.UUID(int=1)
STREAM = uuid.UUID(int=2)
COURIER = uuid.UUID(int=3)
DEVICE = uuid.UUID(int=4)
PARTNER = uuid.UUID(int=5)
ITEM = uuid.UUID(int=6)
STOP = uuid.UUID(int=7)


async def write_books(conn: asyncpg.Connection) -> None:
    """Write a stream of four facts, a feed of four rows and an item that moved three times."""
    await _write_stream(conn)
    await _write_acts(conn)
    await _write_feed(conn)
    await _write_chain(conn)


ACTS = {101: "dossier.accepted", 104: "visit.failed"}
"""Numbers of the ops that end an act; the others are notes."""


async def _write_acts(conn: asyncpg.Connection) -> None:
    round_id = uuid.UUID(int=20)
    await conn.execute(
        "INSERT INTO rounds.round (office_id, id, service_on, courier_id, shift_id, plan_id, "
        "state, starts_s, ends_s, duration_s, distance_m, published_at) "
        "VALUES ($1, $2, current_date, $3, $2, $2, 'open', 0, 1, 0, 0, now())",
        *(OFFICE, round_id, COURIER),
    )
    await conn.execute(
        "INSERT INTO rounds.stop (office_id, id, round_id, position, delivery_point_id, "
        "citizen_id, planned_at, service_duration_s, state) "
        "VALUES ($1, $2, $3, 1, $2, $2, now(), 60, 'partly')",
        *(OFFICE, STOP, round_id),
    )
    for number, kind in ACTS.items():
        errand = uuid.UUID(int=200 + number)
        is_failed = kind == "visit.failed"
        await conn.execute(
            "INSERT INTO rounds.act VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())",
            *(OFFICE, uuid.UUID(int=300 + number), STOP),
            "result.deliver" if is_failed else "dossier.accept",
            *(errand, "failed" if is_failed else "done", "ABSENT" if is_failed else None),
            uuid.UUID(int=number),
        )
        if is_failed:
            await conn.execute(
                "INSERT INTO rounds.attempt VALUES "
                "($1, $2, 1, $3, $4, 'ABSENT', NULL, NULL, '', now())",
                *(OFFICE, errand, STOP, uuid.UUID(int=number)),
            )


async def _write_stream(conn: asyncpg.Connection) -> None:
    side = b'{"name":"Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b M\xe1\xba\xabu"}'
    last = hashlib.sha256(f"stream:{STREAM}".encode()).digest()
    await conn.execute(
        "INSERT INTO sync.stream (office_id, id, device_id, staff_id, last_hash, made_at, "
        "last_seen_at) VALUES ($1, $2, $3, $4, $5, now(), now())",
        *(OFFICE, STREAM, DEVICE, COURIER, last),
    )
    for seq in range(1, 5):
        op_id, act_id = uuid.UUID(int=100 + seq), uuid.UUID(int=400 + seq)
        kind, side_hash = ACTS.get(100 + seq, "note.added"), hashlib.sha256(side).hexdigest()
        raw = f'{{"id":"{op_id}","act":"{act_id}","side_hash":"{side_hash}"}}'.encode()
        last = hashlib.sha256(last + raw).digest()
        await conn.execute(
            "INSERT INTO sync.op_log VALUES ($1, $2, $3, $4, $5, 1, $6, $7, now(), 'good', now())",
            *(OFFICE, STREAM, seq, op_id, kind, raw, last),
        )
        await conn.execute(
            "INSERT INTO sync.effect VALUES ($1, $2, $3, $4)", OFFICE, op_id, STREAM, seq
        )
        await conn.execute(
            "INSERT INTO sync.op_decision VALUES ($1, $2, 1, 'applied', NULL, NULL, '', now())",
            *(OFFICE, op_id),
        )
    await conn.execute("INSERT INTO sync.op_side VALUES ($1, $2, 2, $3)", OFFICE, STREAM, side)
    await conn.execute("UPDATE sync.stream SET last_seq = 4, last_hash = $1", last)


async def _write_feed(conn: asyncpg.Connection) -> None:
    # The first row is trimmed: the floor is 1.
    await conn.execute("INSERT INTO sync.feed_head VALUES ($1, $2, 4, 1)", OFFICE, COURIER)
    for fseq, rev in ((2, 1), (3, 2), (4, 3)):
        await conn.execute(
            "INSERT INTO sync.feed VALUES ($1, $2, $3, 'stop', $4, $5, '{}', now())",
            *(OFFICE, COURIER, fseq, STOP, rev),
        )


async def _write_chain(conn: asyncpg.Connection) -> None:
    record = uuid.UUID(int=8)
    citizen, courier, office, agency = (uuid.UUID(int=number) for number in (9, 3, 1, 5))
    parties = (
        ("citizen", citizen),
        ("courier", courier),
        ("office", office),
        ("agency", agency),
    )
    await conn.execute(
        "INSERT INTO custody.item VALUES ($1, $2, 'dossier', 'LD000000017VN', NULL, 'agency', $3, "
        "4, false, now())",
        *(OFFICE, ITEM, agency),
    )
    await conn.execute(
        "INSERT INTO custody.item_code VALUES ('LD000000017VN', $1, $2)", OFFICE, ITEM
    )
    giver: tuple[str | None, uuid.UUID | None] = (None, None)
    for n, taker in enumerate(parties, start=1):
        await conn.execute(
            "INSERT INTO custody.handover (office_id, item_id, n, from_kind, from_id, to_kind, "
            "to_id, occurred_at, received_at, op_id, record_id) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now(), $8, $9)",
            *(OFFICE, ITEM, n, *giver, *taker),
            uuid.UUID(int=101) if n <= 2 else None,
            record if n == 4 else None,
        )
        giver = taker
    await conn.execute(
        "INSERT INTO custody.record VALUES ($1, $2, $3, 'to_agency', 1, now(), $4, $5, '')",
        *(OFFICE, record, PARTNER, uuid.UUID(int=10), uuid.UUID(int=11)),
    )
