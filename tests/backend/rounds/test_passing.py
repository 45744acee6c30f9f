"""Tests of items handed from one courier to another on the road, with neither phone in touch."""

import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend import rounds
from backend.board import store
from backend.kit.errors import NotFound
from backend.rounds import rules
from tests.backend.day import Day, accept_op, deliver_op, fail_op, load_op, open_day, visit_of
from tests.simulation import checks
from tests.simulation.phone import Phone
from tests.simulation.town import CourierOfTown, Visit

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "passing_codes.json").read_text(encoding="utf-8")
)
CODES = [case["code"] for case in VECTORS["cases"] if case["typed"] == case["code"]]
CODE = CODES[1]
APPLIED, WAITS = ("applied", None), ("applied", "waits_for_other")
Pair = tuple[tuple[CourierOfTown, Phone], tuple[CourierOfTown, Phone]]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: repr(case["typed"]))
def test_code_passes_as_the_phone_says(case: dict[str, Any]) -> None:
    """Tests that a code as it stands in a fact is judged as on the phone that made or read it."""
    assert rules.is_passing_code(case["code"] or case["typed"]) is (case["code"] is not None)


@pytest.mark.parametrize(
    ("given", "counted", "to", "taker", "standing"),
    [
        (2, None, None, None, "waits_for_other"),
        (None, 2, None, 8, "waits_for_other"),
        (2, 2, None, 8, "joined"),
        (2, 2, 8, 8, "joined"),
        (2, 1, 8, 8, "passing_differs"),
        (2, 2, 9, 8, "passing_other_taker"),  # whoever it is goes before how many
        (2, 1, 9, 8, "passing_other_taker"),
    ],
)
def test_two_sides_stand_to_each_other(
    given: int | None, counted: int | None, to: int | None, taker: int | None, standing: str
) -> None:
    """Tests that items move only where both say the same number, into the hands that were named."""
    ids = [None if one is None else uuid.UUID(int=one) for one in (to, taker)]
    found = rules.judge_passing(num_given=given, num_counted=counted, to=ids[0], taker=ids[1])
    assert found == standing


@pytest.fixture
async def day(admin_conn: Any, db_url: str) -> AsyncIterator[Day]:
    opened = await open_day(admin_conn, db_url, num_couriers=3)
    yield opened
    assert await checks.find_violations(admin_conn) == {}
    await opened.db.close()


async def on_the_road(day: Day) -> Pair:
    """Return both couriers with their phones, rounds open and bags packed."""
    found = []
    for number, courier in enumerate(day.town.couriers[:2]):
        phone = day.phone_of(courier, seed=number + 1)
        phone.record("round.opened", {"round": str(courier.round_id)})
        phone.record(*load_op(courier))
        await day.talk(phone, courier)
        await day.talk(phone, courier)
        found.append((courier, phone))
    return found[0], found[1]


def passed(courier: CourierOfTown, *visits: Visit, code: str = CODE, **changes: Any) -> Any:
    """Return the giver's fact."""
    errands = [str(visit.errand_id) for visit in visits]
    fields = {"round": str(courier.round_id), "code": code, "errands": errands, **changes}
    return "items.passed", fields


def taken(courier: CourierOfTown, num: int = 1, *, code: str = CODE, **changes: Any) -> Any:
    """Return the taker's fact."""
    fields = {"round": str(courier.round_id), "code": code, "num": num, "is_seal_whole": True}
    return "items.taken", {**fields, **changes}


def kept(courier: CourierOfTown, code: str = CODE) -> Any:
    """Return the fact that nobody took them."""
    return "items.kept", {"round": str(courier.round_id), "code": code}


async def holder_of(day: Day, visit: Visit) -> tuple[str, uuid.UUID]:
    """Return who has an errand's item by the books."""
    row = await day.admin.fetchrow(
        "SELECT i.holder_kind, i.holder_id FROM custody.item i JOIN dossiers.dossier d "
        "ON d.item_id = i.id WHERE d.id = $1",
        visit.errand_id,
    )
    assert row is not None
    return row[0], row[1]


async def list_open(day: Day, office_id: uuid.UUID) -> list[rounds.OpenPassing]:
    """Return what the dispatcher sees."""
    async with day.db.transaction(actor="test", offices=[office_id]) as conn:
        return await rounds.list_open_passings(conn, office_id)


async def num_held(day: Day, office_id: uuid.UUID) -> int:
    """Return the figure beside "Chờ xử lý"."""
    async with day.db.transaction(actor="test", offices=[office_id]) as conn:
        return await store.num_held(conn, office_id, day.now)


async def give_up(day: Day, office_id: uuid.UUID, passing_id: uuid.UUID) -> None:
    """End a hand-over as a dispatcher does."""
    async with day.db.transaction(actor="test", offices=[office_id]) as conn:
        await rounds.give_up_passing(
            conn, office_id, passing_id, by=uuid.UUID(int=7), note="đã hỏi", now=day.now
        )


def shown(phone: Phone, errand_id: uuid.UUID) -> dict[str, Any] | None:
    """Return the act of an errand as a phone's documents show it."""
    acts = [
        act
        for (kind, _), (_, doc) in phone.view.items()
        if kind == "stop" and doc is not None
        for act in doc["acts"]
        if act["errand_id"] == str(errand_id)
    ]
    return acts[0] if acts else None


def passing_of(phone: Phone) -> dict[str, Any]:
    """Return the one hand-over that a phone shows."""
    found = [doc for (kind, _), (_, doc) in phone.view.items() if kind == "passing"]
    assert len(found) == 1
    one: dict[str, Any] = found[0]
    return one


def stop_of(phone: Phone, visit: Visit) -> Visit:
    """Return a visit as it stands on the phone's own round."""
    found = [
        (doc["id"], act["id"])
        for (kind, _), (_, doc) in phone.view.items()
        if kind == "stop" and doc is not None
        for act in doc["acts"]
        if act["errand_id"] == str(visit.errand_id)
    ]
    stop_id, act_id = found[0]
    return Visit(**{**vars(visit), "stop_id": uuid.UUID(stop_id), "act_id": uuid.UUID(act_id)})


@pytest.mark.store
@pytest.mark.parametrize("is_giver_first", [True, False])
async def test_item_moves_with_its_stop_when_both_have_said_so(
    day: Day, is_giver_first: bool
) -> None:
    """Tests that whichever phone comes first, custody and visit move once both have come."""
    (first, giver), (second, taker) = await on_the_road(day)
    visit = visit_of(first, "result.deliver")
    giver.record(*passed(first, visit, to=str(second.staff_id)))
    taker.record(*taken(second, giver=str(first.staff_id)))
    order = [(giver, first), (taker, second)]
    if not is_giver_first:
        order.reverse()
    assert await day.decisions(*order[0]) == [WAITS]
    assert await holder_of(day, visit) == ("courier", first.staff_id)
    waiting = await list_open(day, first.office_id)
    assert [(one.standing, one.code) for one in waiting] == [("waits_for_other", CODE)]
    assert await day.decisions(*order[1]) == [APPLIED]
    assert await holder_of(day, visit) == ("courier", second.staff_id)
    assert await list_open(day, first.office_id) == []
    for phone, courier in order:
        await day.talk(phone, courier)
    assert shown(giver, visit.errand_id) is None, "the giver's stop is gone"
    act = shown(taker, visit.errand_id)
    assert act is not None
    assert (act["state"], act["holder_kind"], act["recall_state"]) == ("open", "courier", "taken")
    assert passing_of(taker)["state"] == passing_of(giver)["state"] == "joined"
    assert passing_of(taker)["other"]
    taker.record(*deliver_op(stop_of(taker, visit)))
    assert await day.decisions(taker, second) == [APPLIED]


@pytest.mark.store
async def test_one_sided_hand_over_keeps_the_holder_and_is_taken_back(day: Day) -> None:
    """Tests that what was handed on is in no other act's reach until its giver keeps it."""
    (first, giver), _ = await on_the_road(day)
    visit = visit_of(first, "result.deliver")
    giver.record(*passed(first, visit))
    assert await day.decisions(giver, first) == [WAITS]
    act = shown(giver, visit.errand_id)
    assert act is not None
    assert act["holder_kind"] == "colleague"
    giver.record(*deliver_op(visit))
    giver.record(*fail_op(visit))
    giver.record(*passed(first, visit, code=CODES[2]))
    returned = {"round": str(first.round_id), "items": [str(visit.item_id)]}
    giver.record("items.returned", returned)
    assert await day.decisions(giver, first) == [("held", "item_passed_on")] * 4
    giver.record(*kept(first))
    giver.record(*deliver_op(visit))
    assert await day.decisions(giver, first) == [APPLIED, APPLIED]
    assert await list_open(day, first.office_id) == []
    # Said again, it changes nothing; of a hand-over nobody knows it is for a person.
    giver.record(*kept(first))
    giver.record(*kept(first, CODES[3]))
    assert await day.decisions(giver, first) == [("noop", None), ("held", "passing_unknown")]


@pytest.mark.store
async def test_giver_who_delivers_afterwards_is_a_conflict(day: Day) -> None:
    """Tests that a delivery by who has handed the item on waits for a person."""
    (first, giver), (second, taker) = await on_the_road(day)
    visit = visit_of(first, "result.deliver")
    giver.record(*passed(first, visit))
    await day.talk(giver, first)
    taker.record(*taken(second))
    assert await day.decisions(taker, second) == [APPLIED]
    giver.record(*deliver_op(visit))
    giver.record(*fail_op(visit))
    assert await day.decisions(giver, first) == [("held", "wrong_holder")] * 2
    assert await holder_of(day, visit) == ("courier", second.staff_id)
    assert shown(taker, visit.errand_id) is not None, "the taker's stop stays"


@pytest.mark.store
async def test_second_taker_is_a_conflict(day: Day) -> None:
    """Tests that of two who say to have the items the first counts, the other is for a person."""
    (first, giver), (second, taker) = await on_the_road(day)
    third = day.town.couriers[2]
    stranger = day.phone_of(third, seed=9)
    visit = visit_of(first, "result.deliver")
    taker.record(*taken(second))
    assert await day.decisions(taker, second) == [WAITS]
    stranger.record(*taken(third))
    assert await day.decisions(stranger, third) == [("held", "passing_to_another")]
    giver.record(*passed(first, visit))
    assert await day.decisions(giver, first) == [APPLIED]
    stranger.record(*taken(third))
    assert await day.decisions(stranger, third) == [("held", "passing_to_another")]
    assert await holder_of(day, visit) == ("courier", second.staff_id)


@pytest.mark.store
async def test_another_taker_than_the_giver_named_is_shown(day: Day) -> None:
    """Tests that items named for one do not go to another, whoever comes first."""
    (first, giver), (second, taker) = await on_the_road(day)
    third = str(day.town.couriers[2].staff_id)
    visit, other = (visit_of(first, "result.deliver", place) for place in (0, 1))
    giver.record(*passed(first, visit, to=third))
    await day.talk(giver, first)
    taker.record(*taken(second))
    assert await day.decisions(taker, second) == [("held", "passing_to_another")]
    taker.record(*taken(second, code=CODES[2]))
    assert await day.decisions(taker, second) == [WAITS]
    giver.record(*passed(first, other, code=CODES[2], to=third))
    assert await day.decisions(giver, first) == [("applied", "passing_other_taker")]
    assert await holder_of(day, other) == ("courier", first.staff_id)
    standings = {one.code: one.standing for one in await list_open(day, first.office_id)}
    assert standings == {CODE: "waits_for_other", CODES[2]: "passing_other_taker"}


@pytest.mark.store
async def test_counts_that_differ_move_nothing_until_they_agree(day: Day) -> None:
    """Tests that the taker counts anew under the same code, and the desk may end it."""
    (first, giver), (second, taker) = await on_the_road(day)
    visits = [visit_of(first, "result.deliver", place) for place in (0, 1)]
    giver.record(*passed(first, *visits))
    await day.talk(giver, first)
    assert await num_held(day, first.office_id) == 0, "the other side may be on its way"
    taker.record(*taken(second, 1))
    assert await day.decisions(taker, second) == [("applied", "passing_differs")]
    assert await num_held(day, first.office_id) == 1, "both have spoken: somebody must ask"
    giver.record(*kept(first))
    assert await day.decisions(giver, first) == [("held", "passing_taken")]
    taker.record(*taken(second, 2))
    assert await day.decisions(taker, second) == [APPLIED]
    assert await num_held(day, first.office_id) == 1, "what the giver's fact wanted"
    for visit in visits:
        assert await holder_of(day, visit) == ("courier", second.staff_id)
    taker.record(*taken(second, 2))
    assert await day.decisions(taker, second) == [("noop", None)]


@pytest.mark.store
async def test_desk_ends_what_one_side_alone_has_said(day: Day) -> None:
    """Tests that a dispatcher gives a hand-over up: the giver's bag has the items again."""
    (first, giver), (second, taker) = await on_the_road(day)
    visit = visit_of(first, "result.deliver")
    giver.record(*passed(first, visit))
    await day.talk(giver, first)
    (waiting,) = await list_open(day, first.office_id)
    await give_up(day, first.office_id, waiting.id)
    with pytest.raises(NotFound):
        await give_up(day, first.office_id, waiting.id)
    await day.talk(giver, first)
    act = shown(giver, visit.errand_id)
    assert act is not None
    assert act["holder_kind"] == "courier"
    assert passing_of(giver)["state"] == "given_up"
    taker.record(*taken(second))
    assert await day.decisions(taker, second) == [("held", "passing_over")]


@pytest.mark.store
async def test_what_has_no_visit_is_carried_to_the_office_by_the_taker(day: Day) -> None:
    """Tests that papers taken at a door go to the taker's bag, and from there to the office."""
    (first, giver), (second, taker) = await on_the_road(day)
    fetched = visit_of(first, "dossier.accept")
    giver.record(*accept_op(fetched))
    giver.record(*passed(first, fetched))  # before the office has made its item
    assert await day.decisions(giver, first) == [APPLIED, WAITS]
    taker.record(*taken(second))
    taker.record("round.closed", {"round": str(second.round_id)})
    assert (await day.decisions(taker, second))[0] == APPLIED
    await day.talk(taker, second)
    (item,) = passing_of(taker)["items"]
    assert item["is_loose"] is True
    taker.record("items.returned", {"round": str(second.round_id), "items": [item["item_id"]]})
    assert await day.decisions(taker, second) == [APPLIED]
    await day.talk(taker, second)
    assert passing_of(taker)["items"][0]["is_loose"] is False
    assert (await holder_of(day, fetched))[0] == "office"


@pytest.mark.store
async def test_taker_cannot_close_before_the_giver_has_come(day: Day) -> None:
    """Tests that what a courier says to have taken counts as on hand; what was given does not."""
    (first, giver), (second, taker) = await on_the_road(day)
    for courier, phone in ((first, giver), (second, taker)):
        for visit in courier.visits:
            phone.record(*(deliver_op if visit.item_id else accept_op)(visit))
        await day.talk(phone, courier)
    fetched = [visit for visit in first.visits if not visit.item_id]
    giver.record(*passed(first, *fetched))
    giver.record("round.closed", {"round": str(first.round_id)})
    assert await day.decisions(giver, first) == [WAITS, APPLIED]
    items = await day.admin.fetch(
        "SELECT id FROM custody.item WHERE holder_id = $1", second.staff_id
    )
    taker.record(
        "items.returned", {"round": str(second.round_id), "items": [str(row[0]) for row in items]}
    )
    taker.record(*taken(second, len(fetched) + 1))
    taker.record("round.closed", {"round": str(second.round_id)})
    assert await day.decisions(taker, second) == [
        APPLIED, ("applied", "passing_differs"), ("held", "items_on_hand"),
    ]  # fmt: skip


@pytest.mark.store
async def test_bad_hand_overs_are_held_by_name(day: Day) -> None:
    """Tests that what nobody may report is held: a wrong code, oneself, what another holds."""
    (first, giver), (second, taker) = await on_the_road(day)
    mine, theirs = visit_of(first, "result.deliver"), visit_of(second, "result.deliver")
    booked = visit_of(first, "dossier.accept")
    me = str(first.staff_id)
    wrong = CODE[1] + CODE[0] + CODE[2:]
    facts = [
        (passed(first, mine, code=wrong), "passing_code_wrong"),
        (passed(first, mine, to=me), "same_party"),
        (passed(first, theirs), "wrong_holder"),
        (passed(first, booked), "unknown_act"),  # nothing was taken there yet
        (passed(first, mine, round=str(second.round_id)), "not_your_round"),
        (passed(first), "unreadable"),
        (taken(first, giver=me), "same_party"),
        (taken(first, is_seal_whole=False), "seal_mismatch"),
        (taken(first, 0), "unreadable"),
    ]
    for fact, _ in facts:
        giver.record(*fact)
    assert await day.decisions(giver, first) == [("held", reason) for _, reason in facts]
    giver.record(*passed(first, mine))
    giver.record(*taken(first))  # one's own code
    giver.record(*passed(first, visit_of(first, "result.deliver", 1)))  # the code again
    assert await day.decisions(giver, first) == [
        WAITS, ("held", "same_party"), ("held", "passing_code_used"),
    ]  # fmt: skip
    taker.record(*taken(second, giver=str(uuid.UUID(int=5))))
    assert await day.decisions(taker, second) == [("held", "passing_to_another")]
