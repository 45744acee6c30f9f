import importlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.backend.day import Day, deliver_op, fail_op, load_op, open_day, visit_of
from tests.simulation import checks
from tests.simulation.phone import Phone
from tests.simulation.town import CourierOfTown, Visit

# The door has a function of the same name.
exchange_module = importlib.import_module("backend.sync.exchange")
APPLIED = ("applied", None)
WITHDRAWN = ("noop", "withdrawn")


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


@pytest.fixture
async def loaded(day: Day) -> tuple[Phone, CourierOfTown, Visit]:
    """Return a phone whose bag is packed, its courier, and a result to deliver."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record(*load_op(courier))
    await day.talk(phone, courier)
    return phone, courier, visit_of(courier, "result.deliver")


def withdraw(phone: Phone, visit: Visit, op_id: str, **changes: Any) -> str:
    fields = {"stop": str(visit.stop_id), "act": str(visit.act_id), "op": op_id, **changes}
    return phone.record("act.withdrawn", fields)


async def state_of(day: Day, visit: Visit) -> str:
    return str(await day.admin.fetchval("SELECT state FROM rounds.act WHERE id = $1", visit.act_id))


async def test_an_act_taken_back_in_its_batch_changes_nothing(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit]
) -> None:
    """Tests that undo leaves both facts in the books and the act open to be done again."""
    phone, courier, visit = loaded
    withdraw(phone, visit, phone.record(*deliver_op(visit)))
    withdraw(phone, visit, phone.record(*fail_op(visit)))
    assert await day.decisions(phone, courier) == [WITHDRAWN, APPLIED, WITHDRAWN, APPLIED]
    assert await state_of(day, visit) == "open"
    assert await day.admin.fetchval("SELECT count(*) FROM proofs.proof") == 0
    phone.record(*deliver_op(visit))
    assert await day.decisions(phone, courier) == [APPLIED]
    assert await state_of(day, visit) == "done"


async def test_a_withdrawal_after_its_fact_was_sent_is_too_late(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit]
) -> None:
    """Tests that what was recorded stays, and a person looks at the withdrawal."""
    phone, courier, visit = loaded
    op_id = phone.record(*deliver_op(visit))
    assert await day.decisions(phone, courier) == [APPLIED]
    withdraw(phone, visit, op_id)
    assert await day.decisions(phone, courier) == [("held", "too_late")]
    assert await state_of(day, visit) == "done"


@pytest.mark.parametrize("is_lost", [True, False])
async def test_undo_decides_alike_when_the_reply_is_lost(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit], is_lost: bool
) -> None:
    """Tests that the same batch again, or its fact sent before, does not change the decisions."""
    phone, courier, visit = loaded
    op_id = phone.record(*deliver_op(visit))
    if is_lost:
        await day.send(phone, courier)  # recorded and applied; the answer never arrives
    withdraw(phone, visit, op_id)
    expected = [APPLIED, ("held", "too_late")] if is_lost else [WITHDRAWN, APPLIED]
    for _ in range(2):
        reply = await day.send(phone, courier)
        assert [(d["outcome"], d["reason"]) for d in reply["decisions"]] == expected


async def test_a_batch_cut_between_fact_and_withdrawal_still_undoes(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a batch which runs out of time commits its prefix, and the rest follows."""
    phone, courier, visit = loaded
    withdraw(phone, visit, phone.record(*deliver_op(visit)))
    with monkeypatch.context() as patch:
        patch.setattr(exchange_module, "BATCH_S_MAX", -1.0)
        reply = await day.talk(phone, courier)
    assert reply["ack"] == 2  # one fact a call: no call is in vain
    assert await day.decisions(phone, courier) == [APPLIED]
    assert await state_of(day, visit) == "open"


@pytest.mark.parametrize("is_lost", [True, False])
async def test_a_withdrawal_too_large_to_go_with_its_fact_still_undoes(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit], is_lost: bool
) -> None:
    """Tests that a fact told to be taken back counts for nothing, whatever comes in between."""
    phone, courier, visit = loaded
    op_id = phone.record(*deliver_op(visit))
    withdraw(phone, visit, op_id)
    phone.batch_max, phone.parted = 1, [op_id, str(uuid.uuid4())]
    if is_lost:
        await day.send(phone, courier)
    assert await day.decisions(phone, courier) == [WITHDRAWN]
    phone.parted = []
    assert await day.decisions(phone, courier) == [APPLIED]
    assert await state_of(day, visit) == "open"
    assert await day.admin.fetchval("SELECT count(*) FROM proofs.proof") == 0
    phone.record(*deliver_op(visit))
    assert await day.decisions(phone, courier) == [APPLIED]
    assert await state_of(day, visit) == "done"


async def test_a_phone_cannot_say_of_other_facts_that_they_are_taken_back(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit]
) -> None:
    """Tests that only what has an undo is told so, and not once it was decided."""
    phone, courier, visit = loaded
    note = phone.record("note.added", {"stop": str(visit.stop_id), "text": "Ghi chú"})
    phone.parted = [note]
    assert await day.decisions(phone, courier) == [APPLIED]
    op_id = phone.record(*deliver_op(visit))
    phone.parted = []
    await day.send(phone, courier)
    withdraw(phone, visit, op_id)
    phone.parted = [op_id]
    assert await day.decisions(phone, courier) == [APPLIED, ("held", "too_late")]
    assert await state_of(day, visit) == "done"


async def test_a_forked_phone_cannot_take_back_what_was_applied(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit]
) -> None:
    """Tests that a fact issued again in a new stream with its withdrawal stays applied."""
    phone, courier, visit = loaded
    op_id = phone.record(*deliver_op(visit))
    await day.send(phone, courier)
    withdraw(phone, visit, op_id)
    phone._leave_fork()
    reply = await day.talk(phone, courier)
    assert [(d["outcome"], d["reason"]) for d in reply["decisions"]] == [
        APPLIED,
        APPLIED,
        ("held", "too_late"),
    ]


async def test_only_acts_can_be_taken_back(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit]
) -> None:
    """Tests that other kinds, other acts, unknown facts and nonsense are held."""
    phone, courier, visit = loaded
    other = visit_of(courier, "result.deliver", 1)
    note = phone.record("note.added", {"stop": str(visit.stop_id), "text": "Ghi chú"})
    withdraw(phone, visit, note)
    withdraw(phone, other, phone.record(*fail_op(visit)))  # names another act than its fact
    withdraw(phone, visit, str(uuid.uuid4()))
    phone.record("act.withdrawn", {"stop": 5})
    phone.record("act.withdrawn", {}, v=2)
    assert await day.decisions(phone, courier) == [
        APPLIED,
        ("held", "too_late"),
        APPLIED,
        ("held", "too_late"),
        ("held", "too_late"),
        ("held", "unreadable"),
        ("held", "unknown_kind"),
    ]


async def test_decisions_begin_behind_what_the_phone_knows(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit]
) -> None:
    """Tests that `decided` asks for every decision behind it, however far the facts are sent."""
    phone, courier, visit = loaded
    for number in range(3):
        phone.record("note.added", {"stop": str(visit.stop_id), "text": f"Số {number}"})
    await day.talk(phone, courier)
    asked = json.loads(phone.make_request())
    for decided, expected in ((None, []), (0, [1, 2, 3, 4]), (2, [3, 4]), (4, []), (9, [])):
        reply = await day.send_body(json.dumps({**asked, "decided": decided}).encode(), courier)
        assert [decision["seq"] for decision in reply["decisions"]] == expected
        assert not reply["more"]


async def test_many_decisions_come_in_turns(
    day: Day, loaded: tuple[Phone, CourierOfTown, Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a phone long without decisions gets them in parts and is told there are more."""
    phone, courier, visit = loaded
    monkeypatch.setattr(exchange_module, "DECISIONS_MAX", 2)
    for number in range(3):
        phone.record("note.added", {"stop": str(visit.stop_id), "text": f"Số {number}"})
    asked = json.loads(phone.make_request()) | {"decided": 0}
    reply = await day.send_body(json.dumps(asked).encode(), courier)
    assert ([d["seq"] for d in reply["decisions"]], reply["more"]) == ([1, 2], True)
    reply = await day.send_body(json.dumps({**asked, "decided": 3}).encode(), courier)
    assert ([d["seq"] for d in reply["decisions"]], reply["more"]) == ([4], False)
