import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.kit.errors import Conflict
from backend.sync import decide_held
from tests.backend.day import (
    SEALER,
    Day,
    accept_op,
    deliver_op,
    fail_op,
    load_op,
    open_day,
    visit_of,
)
from tests.simulation import checks, facts
from tests.simulation.phone import Phone
from tests.simulation.town import CourierOfTown, Visit

APPLIED = ("applied", None)
ASKED = ("held", "correction_asked")


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


@pytest.fixture
async def out(day: Day) -> tuple[Phone, CourierOfTown]:
    """Return a phone on its round with a packed bag, and its courier."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record(*load_op(courier))
    phone.record(*facts.opening(courier))
    await day.talk(phone, courier)
    return phone, courier


def correct(phone: Phone, visit: Visit, op_id: str, wrong: str = "not_so", **changes: Any) -> str:
    kind, fields = facts.correction(visit, op_id, wrong=wrong)
    return phone.record(kind, {**fields, **changes})


async def state_of(day: Day, visit: Visit) -> tuple[str, str, int, int]:
    """Return the state of the act, and state, attempts and invitations of its dossier."""
    row = await day.admin.fetchrow(
        "SELECT a.state, d.state, d.num_attempts, d.num_invitations FROM rounds.act a "
        "JOIN dossiers.dossier d ON d.id = a.errand_id WHERE a.id = $1",
        visit.act_id,
    )
    return tuple(row)


async def decide(day: Day, courier: CourierOfTown, op_id: str, outcome: str = "applied") -> None:
    async with day.db.transaction(actor="staff", offices=[courier.office_id]) as conn:
        await decide_held(
            conn,
            office_id=courier.office_id,
            op_id=uuid.UUID(op_id),
            outcome=outcome,  # type: ignore[arg-type]  # one of two words
            by=uuid.UUID(int=77),
            note="Đã gọi cho người nhận",
            now=day.now,
            sealer=SEALER,
        )


@pytest.mark.parametrize("kind", ["result.deliver", "dossier.accept"])
@pytest.mark.parametrize("is_one_batch", [True, False])
async def test_a_visit_that_did_not_fail_is_to_be_done_again(
    day: Day, out: tuple[Phone, CourierOfTown], kind: str, is_one_batch: bool
) -> None:
    """Tests that attempt, invitation and state go back, and the door's act ends as it truly did."""
    phone, courier = out
    visit = visit_of(courier, kind)
    before = await state_of(day, visit)
    op_id = phone.record(*fail_op(visit))
    if not is_one_batch:
        assert await day.decisions(phone, courier) == [APPLIED]
        assert await state_of(day, visit) == ("failed", before[1], 1, 1)
    correct(phone, visit, op_id)
    assert await day.decisions(phone, courier) == [APPLIED] * (2 if is_one_batch else 1)
    assert await state_of(day, visit) == before
    said = await day.admin.fetchrow(
        "SELECT data ->> 'wrong', data ->> 'reason' FROM proofs.proof WHERE kind = 'correction'"
    )
    assert tuple(said) == ("not_so", "Bấm nhầm việc")
    told = await day.admin.fetchval(
        "SELECT data ->> 'of' FROM tracking.event WHERE errand_id = $1 AND code = 'corrected'",
        visit.errand_id,
    )
    assert told == "attempt_failed"
    phone.record(*(deliver_op(visit) if kind == "result.deliver" else accept_op(visit)))
    assert await day.decisions(phone, courier) == [APPLIED]
    assert (await state_of(day, visit))[0] == "done"


async def test_the_invitation_before_counts_again(
    day: Day, out: tuple[Phone, CourierOfTown]
) -> None:
    """Tests that only the visit that is taken back loses its place: an older invitation stays."""
    phone, courier = out
    visit = visit_of(courier, "dossier.accept")
    first = phone.record(*fail_op(visit))
    correct(phone, visit, first)
    await day.talk(phone, courier)
    second = phone.record(*fail_op(visit))
    await day.talk(phone, courier)
    assert await state_of(day, visit) == ("failed", "booked", 1, 1)
    correct(phone, visit, first)
    correct(phone, visit, second, stop=str(uuid.uuid4()))
    assert await day.decisions(phone, courier) == [("noop", None), ("held", "unknown_stop")]
    assert await state_of(day, visit) == ("failed", "booked", 1, 1)
    numbers = await day.admin.fetch("SELECT n FROM rounds.attempt ORDER BY n")
    assert [row["n"] for row in numbers] == [1, 2]


@pytest.mark.parametrize(
    ("kind", "holder", "ended"),
    [("result.deliver", "citizen", "delivered"), ("dossier.accept", "courier", "accepted")],
)
async def test_papers_that_changed_hands_need_a_person(
    day: Day, out: tuple[Phone, CourierOfTown], kind: str, holder: str, ended: str
) -> None:
    """Tests that a dispatcher's word takes papers back, with a link and an event of their own."""
    phone, courier = out
    visit = visit_of(courier, kind)
    before = await state_of(day, visit)
    is_result = kind == "result.deliver"
    act = phone.record(*(deliver_op(visit) if is_result else accept_op(visit)))
    op_id = correct(phone, visit, act)
    assert await day.decisions(phone, courier) == [APPLIED, ASKED]
    assert await state_of(day, visit) == ("done", ended, 0, 0)
    links = "SELECT to_kind FROM custody.handover WHERE op_id = $1 AND n > 1"
    assert await day.admin.fetchval(links, uuid.UUID(act)) == holder
    await decide(day, courier, op_id)
    assert await state_of(day, visit) == before
    other = {"citizen": "courier", "courier": "citizen"}[holder]
    assert await day.admin.fetchval(links, uuid.UUID(op_id)) == other
    reply = await day.talk(phone, courier)
    [decided] = [row["doc"] for row in reply["feed"] if row["kind"] == "decision"]
    assert (decided["id"], decided["outcome"]) == (op_id, "applied")
    assert phone.view["stop", str(visit.stop_id)][1]["state"] == "arrived"
    again = deliver_op(visit) if is_result else accept_op(visit, seal="NP-78")
    phone.record(*again)
    assert await day.decisions(phone, courier) == [APPLIED]
    assert await state_of(day, visit) == ("done", ended, 0, 0)


async def test_details_stand_beside_the_act(day: Day, out: tuple[Phone, CourierOfTown]) -> None:
    """Tests that what was not quite so is kept as evidence, as often as it is said."""
    phone, courier = out
    visit = visit_of(courier, "result.deliver")
    act = phone.record(*deliver_op(visit))
    for _ in range(2):
        correct(phone, visit, act, "details", reason="Người ký là con gái")
    assert await day.decisions(phone, courier) == [APPLIED] * 3
    assert await state_of(day, visit) == ("done", "delivered", 0, 0)
    said = await day.admin.fetch(
        "SELECT data ->> 'reason' AS reason FROM proofs.proof WHERE kind = 'correction'"
    )
    assert [row["reason"] for row in said] == ["Người ký là con gái"] * 2


async def test_what_cannot_be_corrected_is_held(day: Day, out: tuple[Phone, CourierOfTown]) -> None:
    """Tests that each is held by its reason: no such act, another's, nothing ended, gone on."""
    phone, courier = out
    visit, other = visit_of(courier, "result.deliver"), visit_of(courier, "result.deliver", 1)
    foreign = visit_of(day.town.couriers[1], "result.deliver")
    act = phone.record(*deliver_op(visit))
    correct(phone, visit, act, act=str(uuid.uuid4()))
    correct(phone, foreign, act)
    correct(phone, other, act)
    correct(phone, visit, str(uuid.uuid4()))
    correct(phone, visit, act, reason="x")
    correct(phone, visit, act, "perhaps")
    assert await day.decisions(phone, courier) == [
        APPLIED,
        ("held", "unknown_act"),
        ("held", "not_your_round"),
        ("held", "nothing_to_correct"),
        ("held", "nothing_to_correct"),
        ("held", "unreadable"),
        ("held", "unreadable"),
    ]
    taken = visit_of(courier, "dossier.accept")
    act = phone.record(*accept_op(taken))
    item = "SELECT item_id FROM dossiers.dossier WHERE id = $1"
    await day.talk(phone, courier)
    item_id = await day.admin.fetchval(item, taken.errand_id)
    phone.record(*facts.returning(courier, [item_id]))
    op_id = correct(phone, taken, act)
    assert await day.decisions(phone, courier) == [APPLIED, ASKED]
    with pytest.raises(Conflict, match="state_conflict"):  # the office has the papers by now
        await decide(day, courier, op_id)
    await decide(day, courier, op_id, "noop")
    assert (await state_of(day, taken))[:2] == ("done", "at_office")


async def test_after_the_round_the_errand_waits_for_the_next(
    day: Day, out: tuple[Phone, CourierOfTown]
) -> None:
    """Tests that a closed round stays closed: by a person's word the act leaves it."""
    phone, courier = out
    visits = list(courier.visits)
    last = visit_of(courier, "dossier.accept")
    ops = {visit: phone.record(*fail_op(visit)) for visit in visits}
    items = [visit.item_id for visit in visits if visit.item_id]
    phone.record(*facts.returning(courier, items))
    phone.record(*facts.closing(courier))
    op_id = correct(phone, last, ops[last])
    decisions = await day.decisions(phone, courier)
    assert decisions[-2:] == [APPLIED, ASKED]
    await decide(day, courier, op_id)
    assert await state_of(day, last) == ("removed", "booked", 0, 0)
    open_acts = "SELECT count(*) FROM rounds.act WHERE state = 'open' AND errand_id = $1"
    assert await day.admin.fetchval(open_acts, last.errand_id) == 0
