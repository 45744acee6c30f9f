"""Work for later: a held fact whose money was settled in its own room is decided here."""

from backend import doorstep, rounds
from backend.doorstep import Settled
from backend.house import House, JobHandler
from backend.kit import jobs, live
from backend.kit.clock import now
from backend.sync import store
from backend.sync.actions.purse import note_phone_state


async def on_settled(house: House, payload: bytes) -> None:
    """Decide the fact and tell its phone; run twice, the second run finds it decided."""
    news = jobs.decode(payload, Settled)
    async with house.db.transaction(actor="house", offices="*") as conn:
        if not await store.lock_effect(conn, news.office_id, news.op_id):
            return
        held = await store.find_held(conn, news.office_id, news.op_id)
        if held is None:
            return
        await store.add_decision(
            conn,
            office_id=news.office_id,
            op_id=news.op_id,
            n=2,
            outcome="applied",
            reason="settled",
            by_staff_id=news.by,
            note=news.note,
            at=now(),
        )
        await note_phone_state(conn, news.office_id, held.staff_id, head=None, ack=None, now=now())
        await rounds.add_change(
            conn, news.office_id, held.staff_id, kind="decision", ref=news.op_id
        )
        await live.publish(conn, f"phone:{held.staff_id}")
        await live.publish(conn, f"board:{news.office_id}")


HANDLERS: dict[str, JobHandler] = {doorstep.SETTLED: on_settled}
