"""Tests of what couriers report, through the exchange, on real rows."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Literal

import pytest

from backend import custody, rounds
from backend.kit.clock import service_day
from backend.kit.errors import Conflict
from backend.sync import decide_held
from tests.backend.day import (
    Day,
    accept_op,
    deliver_op,
    fail_op,
    load_op,
    open_day,
    visit_of,
)
from tests.simulation import checks
from tests.simulation.phone import Phone
from tests.simulation.town import CourierOfTown

pytestmark = pytest.mark.store
APPLIED = ("applied", None)


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


async def start(day: Day) -> tuple[CourierOfTown, Phone]:
    """Return the first courier with the round open and the bag packed."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    phone.record("round.opened", {"round": str(courier.round_id)})
    phone.record(*load_op(courier))
    assert await day.decisions(phone, courier) == [APPLIED, APPLIED]
    return courier, phone


def to_agency(day: Day, item: custody.Item) -> custody.Handover:
    """Return an item's way from the office to its agency."""
    agency = custody.Party("agency", uuid.UUID(int=1))
    return custody.Handover(
        office_id=item.office_id, item_id=item.id, giver=item.holder, taker=agency,
        occurred_at=day.now, received_at=day.now,
    )  # fmt: skip


async def states(day: Day, visit: Any) -> tuple[str, str, str, str | None]:
    """Return the states of act, stop and dossier, and who holds the item."""
    row = await day.admin.fetchrow(
        """SELECT a.state, s.state, d.state, i.holder_kind
        FROM rounds.act AS a
        JOIN rounds.stop AS s ON s.id = a.stop_id
        JOIN dossiers.dossier AS d ON d.id = a.errand_id
        LEFT JOIN custody.item AS i ON i.id = d.item_id
        WHERE a.id = $1""",
        visit.act_id,
    )
    return tuple(row)


async def test_a_result_goes_from_office_to_citizen(day: Day) -> None:
    """Tests that a delivery moves the item, ends the stop, keeps the proofs and tells it."""
    courier, phone = await start(day)
    visit = visit_of(courier, "result.deliver")
    assert await states(day, visit) == ("open", "open", "out", "courier")
    phone.record("stop.arrived", {"stop": str(visit.stop_id)})
    phone.record(*deliver_op(visit))
    assert await day.decisions(phone, courier) == [APPLIED, APPLIED]
    assert await states(day, visit) == ("done", "done", "delivered", "citizen")
    kinds = await day.admin.fetch(
        "SELECT kind FROM proofs.proof WHERE errand_id = $1 ORDER BY kind", visit.errand_id
    )
    assert [row[0] for row in kinds] == ["identity", "photo", "seal", "sign_citizen"]
    told = await day.admin.fetch(
        "SELECT code FROM tracking.event WHERE errand_id = $1 ORDER BY n", visit.errand_id
    )
    assert [row[0] for row in told] == ["on_round", "delivered"]
    # The phone shows what the office knows.
    stop = phone.view["stop", str(visit.stop_id)][1]
    assert stop["state"] == "done"
    assert stop["acts"][0]["holder_kind"] == "citizen"


async def test_papers_taken_become_a_sealed_item(day: Day) -> None:
    """Tests that an acceptance begins a chain with the citizen and gives it to the courier."""
    courier, phone = await start(day)
    visit = visit_of(courier, "dossier.accept")
    phone.record(*accept_op(visit), side={"name": "Nguyễn Thị Mẫu"})
    assert await day.decisions(phone, courier) == [APPLIED]
    assert await states(day, visit) == ("done", "done", "accepted", "courier")
    chain = await day.admin.fetch(
        """SELECT h.to_kind FROM custody.handover AS h
        JOIN dossiers.dossier AS d ON d.item_id = h.item_id WHERE d.id = $1 ORDER BY h.n""",
        visit.errand_id,
    )
    assert [row[0] for row in chain] == ["citizen", "courier"]
    assert await day.admin.fetchval("SELECT count(*) FROM sync.op_side") == 1


async def test_a_failed_visit_keeps_the_item_and_counts_the_invitation(day: Day) -> None:
    """Tests that nobody at home leaves an attempt, an invitation, and the item with the courier."""
    courier, phone = await start(day)
    visit = visit_of(courier, "result.deliver")
    phone.record(*fail_op(visit, next_on="2027-01-08"))
    assert await day.decisions(phone, courier) == [APPLIED]
    assert await states(day, visit) == ("failed", "failed", "out", "courier")
    row = await day.admin.fetchrow(
        "SELECT num_attempts, num_invitations, wanted_on::text FROM dossiers.dossier WHERE id = $1",
        visit.errand_id,
    )
    assert tuple(row) == (1, 1, "2027-01-08")


async def test_a_whole_day_closes_with_an_empty_bag(day: Day) -> None:
    """Tests that a round closes only after every stop ended and the bag was given back."""
    courier, phone = await start(day)
    failed = visit_of(courier, "result.deliver")
    for visit in courier.visits:
        if visit is failed:
            phone.record(*fail_op(visit))
        elif visit.kind == "dossier.accept":
            phone.record(*accept_op(visit))
        else:
            phone.record(*deliver_op(visit))
    phone.record("round.closed", {"round": str(courier.round_id)})
    outcomes = await day.decisions(phone, courier)
    assert outcomes[:-1] == [APPLIED] * len(courier.visits)
    assert outcomes[-1] == ("held", "items_on_hand")
    held = [
        str(row[0])
        for row in await day.admin.fetch(
            "SELECT id FROM custody.item WHERE holder_kind = 'courier' ORDER BY id"
        )
    ]
    phone.record("items.returned", {"round": str(courier.round_id), "items": held})
    phone.record("round.closed", {"round": str(courier.round_id)})
    phone.record("round.closed", {"round": str(courier.round_id)})
    assert await day.decisions(phone, courier) == [APPLIED, APPLIED, ("noop", None)]
    assert await states(day, failed) == ("failed", "failed", "at_office", "office")


@pytest.mark.parametrize(
    ("op", "reason"),
    [
        (lambda v: deliver_op(v, sign_citizen=""), "missing_proof"),
        (lambda v: deliver_op(v, is_seal_whole=False), "seal_mismatch"),
        (lambda v: deliver_op(v, act=str(uuid.UUID(int=1))), "unknown_act"),
        (lambda v: deliver_op(v, stop=str(uuid.UUID(int=1))), "unknown_stop"),
        (lambda v: fail_op(v, photos=[]), "missing_proof"),
        (lambda v: fail_op(v, reason="TIRED"), "unreadable"),  # no such reason
        (lambda v: deliver_op(v, photos=["no hash"]), "unreadable"),
        (lambda v: deliver_op(v, sign_citizen="<script>"), "unreadable"),
        (lambda v: ("parcel.thrown", {"stop": str(v.stop_id)}), "unknown_kind"),
        (lambda v: ("round.opened", {"round": str(v.stop_id)}), "unknown_round"),
    ],
)
async def test_what_cannot_be_granted_is_held_and_blocks_nothing(
    day: Day, op: Any, reason: str
) -> None:
    """Tests that no fact is refused for its content and the next one is decided all the same."""
    courier, phone = await start(day)
    visit = visit_of(courier, "result.deliver")
    phone.record(*op(visit))
    phone.record(*deliver_op(visit))
    assert await day.decisions(phone, courier) == [("held", reason), APPLIED]


async def test_a_second_delivery_is_held(day: Day) -> None:
    """Tests that a delivery told twice by different facts counts once."""
    courier, phone = await start(day)
    visit = visit_of(courier, "result.deliver")
    phone.record(*deliver_op(visit))
    phone.record(*deliver_op(visit, sign_citizen="M2 2 L3 3"))
    assert await day.decisions(phone, courier) == [APPLIED, ("held", "already_done")]


async def test_another_couriers_act_is_held(day: Day) -> None:
    """Tests that nobody reports what is on another's round."""
    _, other = day.town.couriers
    courier, phone = await start(day)
    assert courier is not other
    phone.record(*deliver_op(visit_of(other, "result.deliver")))
    phone.record("note.added", {"stop": str(other.visits[0].stop_id), "text": "Cổng xanh"})
    assert await day.decisions(phone, courier) == [
        ("held", "not_your_round"),
        ("held", "not_your_round"),
    ]


async def test_notes_and_pins_reach_the_phone_and_the_door(day: Day) -> None:
    """Tests that what a courier says of a door is kept for whoever comes next."""
    courier, phone = await start(day)
    visit = courier.visits[0]
    phone.record("note.added", {"stop": str(visit.stop_id), "text": "Cổng xanh, bấm chuông"})
    phone.record(
        "pin.moved", {"point": str(visit.point_id), "lat": 21.19, "lon": 106.07, "accuracy_m": 8.4}
    )
    assert await day.decisions(phone, courier) == [APPLIED, APPLIED]
    point = phone.view["stop", str(visit.stop_id)][1]["point"]
    assert (point["note"], point["pin"], point["lat"]) == ("Cổng xanh, bấm chuông", "door", 21.19)


async def test_calls_and_positions_stand_as_they_came(day: Day) -> None:
    """Tests that logs are applied whoever has the stop, and refused only for what is no log."""
    courier, phone = await start(day)
    stop = str(courier.visits[0].stop_id)
    points = [{"at": "2026-11-23T08:00:00+07:00", "lat": 21.18, "lon": 106.07, "accuracy_m": 9}]
    phone.record("call.logged", {"stop": stop})
    phone.record("position.logged", {"points": points})
    phone.record("position.logged", {"points": [points[0] | {"accuracy_m": None}]})
    assert await day.decisions(phone, courier) == [APPLIED] * 3
    unreadable = ("held", "unreadable")
    phone.record("position.logged", {"points": points * 61})
    phone.record("position.logged", {"points": [points[0] | {"lat": 91}]})
    phone.record("position.logged", {"points": [points[0] | {"at": "2026-11-23T08:00:00"}]})
    phone.record("call.logged", {})
    assert await day.decisions(phone, courier) == [unreadable] * 4


@pytest.mark.parametrize("outcome", ["applied", "noop"])
async def test_result_that_came_back_and_was_handed_over_is_frozen_until_decided(
    day: Day, outcome: Literal["applied", "noop"]
) -> None:
    """Tests that nothing moves such an item, and either word of a person frees it (1.5)."""
    courier, phone = await start(day)
    visit = visit_of(courier, "result.deliver")
    items = [str(visit.item_id)]
    phone.record("items.returned", {"round": str(courier.round_id), "items": items})
    op_id = phone.record(*deliver_op(visit))
    load = {"round": str(courier.round_id), "items": items, "missing": []}
    phone.record("items.loaded", load)
    assert await day.decisions(phone, courier) == [
        APPLIED, ("held", "state_conflict"), ("applied", "some_not_loaded"),
    ]  # fmt: skip
    assert await states(day, visit) == ("open", "open", "at_office", "office")
    async with day.db.transaction(actor="desk", offices=[courier.office_id]) as conn:
        item = await custody.find_item(conn, courier.office_id, uuid.UUID(items[0]))
        assert item is not None
        assert item.is_frozen
        with pytest.raises(Conflict) as refused:
            await custody.hand_over(conn, to_agency(day, item))
        assert refused.value.code == "item_frozen"
        await decide_held(
            conn, office_id=courier.office_id, op_id=uuid.UUID(op_id), outcome=outcome,
            by=courier.staff_id, note="Đã gọi hỏi", now=day.now, sealer=day.caller(courier).sealer,
        )  # fmt: skip
    ended = ("done", "done", "delivered", "citizen")
    back = ("open", "open", "at_office", "office")
    assert await states(day, visit) == (ended if outcome == "applied" else back)
    phone.record("items.loaded", load)
    told = APPLIED if outcome == "noop" else ("applied", "some_not_loaded")
    assert await day.decisions(phone, courier) == [told]


async def test_what_failed_is_due_on_a_later_day_by_itself(day: Day) -> None:
    """Tests that a visit failed without a wish for a day comes back after the invitation's gap."""
    courier, phone = await start(day)
    invited = visit_of(courier, "result.deliver")
    unpaid = visit_of(courier, "result.deliver", 1)
    phone.record(*fail_op(invited))
    phone.record(*fail_op(unpaid, reason="FEE_UNPAID", photos=[], invited=False))
    assert await day.decisions(phone, courier) == [APPLIED, APPLIED]
    rows = await day.admin.fetch(
        "SELECT id, wanted_on FROM dossiers.dossier WHERE id = ANY ($1)",
        [invited.errand_id, unpaid.errand_id],
    )
    wanted = {row["id"]: row["wanted_on"] for row in rows}
    today = service_day(day.now)
    assert wanted[invited.errand_id] > wanted[unpaid.errand_id] > today


@pytest.mark.parametrize(
    ("changes", "num_invitations", "decision", "state"),
    [
        ({}, 0, ("held", "suspect_time"), "open"),
        ({"invited": False}, 0, APPLIED, "failed"),
        ({"invited": False}, 2, ("held", "suspect_time"), "open"),  # it may have to go back
        ({"reason": "MOVED"}, 0, APPLIED, "failed"),  # goes back whatever the day
    ],
)
async def test_visit_in_vain_of_a_suspect_clock_is_held_where_its_day_counts(
    day: Day,
    changes: dict[str, Any],
    num_invitations: int,
    decision: tuple[str, str | None],
    state: str,
) -> None:
    """Tests that no invitation counts and nothing returns by a clock nobody can trust (1.6)."""
    courier, phone = await start(day)
    visit = visit_of(courier, "result.deliver")
    await day.admin.execute(
        "UPDATE dossiers.dossier SET num_invitations = $2, last_invited_on = $3 WHERE id = $1",
        visit.errand_id,
        num_invitations,
        service_day(day.now) - timedelta(days=20) if num_invitations else None,
    )
    phone.clock.skew_s = -timedelta(days=9).total_seconds()
    op_id = phone.record(*fail_op(visit, **changes))
    assert await day.decisions(phone, courier) == [decision]
    assert (await states(day, visit))[0] == state
    counted = await day.admin.fetchval(
        "SELECT num_invitations FROM dossiers.dossier WHERE id = $1", visit.errand_id
    )
    assert counted == num_invitations
    if decision == APPLIED:
        return
    async with day.db.transaction(actor="desk", offices=[courier.office_id]) as conn:
        await decide_held(
            conn, office_id=courier.office_id, op_id=uuid.UUID(op_id), outcome="applied",
            by=courier.staff_id, note="Đã gọi hỏi", now=day.now, sealer=day.caller(courier).sealer,
        )  # fmt: skip
    assert (await states(day, visit))[0] == "failed"


async def test_what_yesterday_left_undone_may_go_out_again(day: Day) -> None:
    """Tests that only what nobody carries is freed, and a late report still wins."""
    courier = day.town.couriers[0]
    phone = day.phone_of(courier)
    left = visit_of(courier, "dossier.accept")
    carried = visit_of(courier, "result.deliver")
    phone.record(
        "items.loaded",
        {"round": str(courier.round_id), "items": [str(carried.item_id)], "missing": []},
    )
    phone.record(*accept_op(left))
    assert (await day.talk(day.phone_of(courier, seed=8), courier))["ack"] == 0
    tomorrow = service_day(day.now) + timedelta(days=1)
    async with day.db.transaction(actor="test", offices=[courier.office_id]) as conn:
        assert await rounds.release_left_behind(conn, courier.office_id, tomorrow, day.now) > 0
        open_errands = await rounds.list_open_errands(conn, courier.office_id)
    assert left.errand_id not in open_errands
    assert carried.errand_id not in open_errands  # not loaded yet as far as the office knows
    outcomes = await day.decisions(phone, courier)
    assert outcomes == [APPLIED, ("applied", "late_previous_holder")]
