"""Verbs of dossiers that take a courier's report back: it was not so.

What was told stays told: a new link of custody and a new event stand beside the old ones.
"""

from datetime import date
from uuid import UUID

import msgspec

from backend.custody import Party, lock_item
from backend.dossiers import rules, store
from backend.dossiers.actions import move, tell
from backend.dossiers.model import Dossier, Source
from backend.kit.sql import Conn


async def unaccept(conn: Conn, dossier: Dossier, courier_id: UUID, source: Source) -> None:
    """Give papers back to their citizen: they had not been taken after all.

    Raises `Conflict`: `state_conflict` once the office has them, `wrong_holder`.
    """
    state = rules.next_state(dossier, "unaccept")
    courier, citizen = Party("courier", courier_id), Party("citizen", dossier.citizen_id)
    await move(conn, dossier, courier, citizen, source)
    before = msgspec.structs.replace(dossier, state=state, item_id=None, item_code=None)
    await store.set_corrected(conn, before, source.received_at)
    await tell(conn, dossier.office_id, dossier.id, "corrected", source, {"of": "accepted"})


async def undeliver(conn: Conn, dossier: Dossier, courier_id: UUID, source: Source) -> None:
    """Let a result be with its courier again: it had not been handed over after all.

    Raises `Conflict`: `state_conflict`, `wrong_holder`.
    """
    state = rules.next_state(dossier, "undeliver")
    courier, citizen = Party("courier", courier_id), Party("citizen", dossier.citizen_id)
    await move(conn, dossier, citizen, courier, source)
    await store.set_state(conn, dossier, state, source.received_at, agency_state=9)
    await tell(conn, dossier.office_id, dossier.id, "corrected", source, {"of": "delivered"})


async def unreturn(conn: Conn, dossier: Dossier, courier_id: UUID, source: Source) -> Dossier:
    """Let a result that came back be in its courier's bag; return it: the citizen had it.

    Raises `Conflict`: `state_conflict` once the agency has it, `wrong_holder`.
    """
    state = rules.next_state(dossier, "unreturn")
    assert dossier.item_id is not None, "a result is an item"
    office, courier = Party("office", dossier.office_id), Party("courier", courier_id)
    item = await lock_item(conn, dossier.office_id, dossier.item_id)
    if item is not None and item.holder == office:
        # The courier's fact itself is the link to the citizen.
        unsaid = msgspec.structs.replace(source, op_id=None)
        await move(conn, dossier, office, courier, unsaid)
    await store.set_state(conn, dossier, state, source.received_at)
    return msgspec.structs.replace(dossier, state=state)


async def unfail(
    conn: Conn,
    dossier: Dossier,
    source: Source,
    *,
    was_invited: bool,
    last_invited_on: date | None,
    wanted_on: date,
) -> None:
    """Let a visit not have failed; `last_invited_on` is that of the visits that stand.

    Raises `Conflict` `state_conflict`.
    """
    state = rules.next_state(dossier, "unfail")
    before = msgspec.structs.replace(
        dossier,
        state=state,
        num_attempts=dossier.num_attempts - 1,
        num_invitations=dossier.num_invitations - (1 if was_invited else 0),
        last_invited_on=last_invited_on,
        wanted_on=wanted_on,
    )
    await store.set_corrected(conn, before, source.received_at)
    await tell(conn, dossier.office_id, dossier.id, "corrected", source, {"of": "attempt_failed"})
