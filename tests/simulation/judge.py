"""Compare what couriers saw saved, what phones show, and what the books and folders hold."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from backend.proofs import BlobFolder
from tests.simulation import checks
from tests.simulation.fleet import Ended
from tests.simulation.report import Report
from tests.simulation.town import CourierOfTown

NUM_LINES_SHOWN = 20
NUM_OPS_TO_PLANT_MIN = 800


async def judge(
    conn: asyncpg.Connection,
    report: Report,
    couriers: list[CourierOfTown],
    ended: Ended,
    blob_dir: Path,
) -> None:
    """Fill in the faults of a run (I1 to I8), then show every checker its planted fault.

    The books of a handful of facts hold too little to break.
    """
    await conn.execute("ANALYZE")  # these books grew faster than autovacuum looks
    report.faults = await count_faults(conn, couriers, ended, blob_dir)
    for phone in ended.phones:
        report.found += phone["faults"]
    for name, broken in (await checks.find_violations(conn)).items():
        report.found += [f"{name}: {row}" for row in broken]
    report.found = report.found[:NUM_LINES_SHOWN]
    report.phones = {
        name: sum(phone[f"num_{name}"] for phone in ended.phones)
        for name in ("deaths", "lowered", "forks", "resets", "sent_again")
    }
    decided = await conn.fetch(
        "SELECT coalesce(outcome || ': ' || reason, outcome) AS word, count(*) AS num "
        "FROM sync.op_decision GROUP BY 1 ORDER BY 2 DESC"
    )
    report.outcomes = {row["word"]: row["num"] for row in decided}
    if report.num_ops < NUM_OPS_TO_PLANT_MIN:
        return
    report.unnoticed = await checks.list_unnoticed(conn)
    report.unnoticed += await list_unnoticed(conn, couriers, ended, blob_dir)
    report.num_planted = len(checks.PLANTS) + NUM_PLANTS


async def count_faults(
    conn: asyncpg.Connection, couriers: list[CourierOfTown], ended: Ended, blob_dir: Path
) -> dict[str, int]:
    """Return how much is lost, doubled or different; all must be zero."""
    rows = await conn.fetch("SELECT op_id::text AS id FROM sync.op_log")
    recorded = Counter(row["id"] for row in rows)
    effects = Counter(
        row["id"] for row in await conn.fetch("SELECT op_id::text AS id FROM sync.effect")
    )
    shown = set(ended.shown)
    return {
        "lost": len(shown - set(recorded)),
        "without effect": len(shown - set(effects)),
        "doubled": sum(num - 1 for num in effects.values()),
        "recorded twice in one stream": await _num_twice(conn),
        "not from a phone": len(set(recorded) - shown),
        "queues not empty": sum(phone["ack"] != phone["head"] for phone in ended.phones),
        "pictures lost": len(await find_lost_pictures(conn, ended, blob_dir)),
        "pictures unsent": sum(phone["num_waiting_photos"] for phone in ended.phones),
        "pictures forgotten too early": sum(
            phone["num_forgotten_photos"] for phone in ended.phones
        ),
        "views that differ": sum(map(view_differs, ended.phones)),
        "feed rows that differ": await _num_feed_rows_wrong(conn, couriers, ended),
        "things a phone saw go wrong": sum(len(phone["faults"]) for phone in ended.phones),
    }


async def _num_twice(conn: asyncpg.Connection) -> int:
    """Return how many facts one stream holds more than once; a fork may repeat them in another."""
    return int(
        await conn.fetchval(
            "SELECT count(*) FROM (SELECT FROM sync.op_log GROUP BY stream_id, op_id "
            "HAVING count(*) > 1) twice"
        )
    )


async def find_lost_pictures(
    conn: asyncpg.Connection, ended: Ended, blob_dir: Path
) -> set[tuple[str, str]]:
    """Return the pictures that recorded facts name, and that are not whole in book and folder."""
    rows = await conn.fetch("SELECT office_id::text, encode(sha256, 'hex') AS sha FROM proofs.blob")
    booked = {(row["office_id"], row["sha"]) for row in rows}
    folder = BlobFolder(blob_dir)
    return {
        (office, sha)
        for office, sha in ended.photos
        if (office, sha) not in booked
        or hashlib.sha256(folder.read(UUID(office), bytes.fromhex(sha)) or b"").hexdigest() != sha
    }


def view_differs(phone: dict[str, Any]) -> bool:
    """Tell whether a phone shows something else than the server would show it now (I5)."""

    def by_name(docs: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, Any]]:
        return {(doc["kind"], doc["ref"]): (doc["rev"], doc["doc"]) for doc in docs}

    return by_name(phone["view"]) != by_name(phone["snapshot"])


async def _num_feed_rows_wrong(
    conn: asyncpg.Connection, couriers: list[CourierOfTown], ended: Ended
) -> int:
    """Return how many rows phones took that the server has otherwise under their number."""
    staff = {str(courier.device_id): courier.staff_id for courier in couriers}
    num_wrong = 0
    for phone in ended.phones:
        rows = await conn.fetch(
            "SELECT fseq, kind, ref::text, rev FROM sync.feed WHERE courier_id = $1",
            staff[phone["device_id"]],
        )
        num_wrong += len({tuple(row) for row in phone["received"]} - {tuple(row) for row in rows})
    return num_wrong


NUM_PLANTS = 5


async def list_unnoticed(
    conn: asyncpg.Connection, couriers: list[CourierOfTown], ended: Ended, blob_dir: Path
) -> list[str]:
    """Plant what the database's own invariants cannot see; return what these checkers miss."""

    async def sees(name: str, altered: Ended) -> bool:
        return (await count_faults(conn, couriers, altered, blob_dir))[name] > 0

    phone = ended.phones[0]
    doc = phone["view"][0]
    other = {**phone, "view": [{**doc, "rev": doc["rev"] + 1}, *phone["view"][1:]]}
    plants = {
        "lost": Ended(ended.phones, [*ended.shown, str(UUID(int=0))], ended.photos),
        "not from a phone": Ended(ended.phones, ended.shown[1:], ended.photos),
        "views that differ": Ended([other, *ended.phones[1:]], ended.shown, ended.photos),
    }
    unnoticed = [name for name, altered in plants.items() if not await sees(name, altered)]
    taken = next((one for one in ended.phones if one["received"]), None)
    if taken is not None:
        n, kind, ref, rev = taken["received"][0]
        swapped = {**taken, "received": [[n, kind, ref, rev + 1]]}
        if not await sees("feed rows that differ", Ended([swapped], ended.shown, ended.photos)):
            unnoticed.append("feed rows that differ")
    whole = ended.photos - await find_lost_pictures(conn, ended, blob_dir)
    if whole:
        office, sha = min(whole)
        path = BlobFolder(blob_dir).path(UUID(office), bytes.fromhex(sha))
        hidden = path.rename(path.with_name("hidden"))
        if (office, sha) not in await find_lost_pictures(conn, ended, blob_dir):
            unnoticed.append("a picture is lost")
        hidden.rename(path)
    return [f"planted beside the books: {name} is silent" for name in unnoticed]
