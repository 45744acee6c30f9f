"""Every night, before anybody works: all rules of all rooms asked of the live books (L12)."""

from datetime import time
from typing import Final

import structlog

from backend.house import House
from backend.kit import clock
from backend.kit.clock import LOCAL, service_day
from backend.ledger import begin_night, end_night
from backend.ops.doctor import Finding, examine

log = structlog.get_logger("reconciliation")
FROM: Final = time(1, 30)
"""Local time: after the last round is closed, before the first is planned."""


async def reconcile_due(house: House) -> None:
    """Ask every rule once a night; a broken one is logged as an error and shown to controllers."""
    now = clock.now()
    if now.astimezone(LOCAL).time() < FROM:
        return
    day = service_day(now)
    async with house.db.transaction(actor="nightly", offices="*") as conn:
        if not await begin_night(conn, day, now=now):
            return
    findings = await examine(house.settings.database_url)
    broken = [_describe(one) for one in findings if not one.is_sound]
    for line in broken:
        log.error("broken", rule=line)
    log.info("reconciled", day=day.isoformat(), num_rules=len(findings), num_broken=len(broken))
    async with house.db.transaction(actor="nightly", offices="*") as conn:
        await end_night(conn, day, num_rules=len(findings), broken=broken, now=clock.now())


def _describe(finding: Finding) -> str:
    found = str(finding.num_rows) if finding.failure is None else finding.failure
    return f"{finding.room}.{finding.name}: {found}"[:300]


SWEEPS = (reconcile_due,)
