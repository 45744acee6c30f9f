"""Tests that a sum is paid once, and that notes given in doubt are accounted for (L6, L7, 1.5)."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from backend import doorstep, ledger, payouts
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.ledger import Account
from backend.payouts import Authority, Failure, Payout, Seen
from tests.backend.payouts.making import (
    HOME,
    NOW,
    PAY_DAY,
    PROXY,
    Counter,
    number_of,
    row_of,
)

pytestmark = [pytest.mark.anyio, pytest.mark.store]

SUM = 3_500_000


async def refused(counter: Counter, payout: Payout, **changes: object) -> str:
    """Return the code of the counter's refusal, after which nothing has moved."""
    before = await counter.balance_vnd("drawer")
    with pytest.raises(Conflict) as caught:
        await counter.pay(counter.payment(payout, **changes))
    assert await counter.balance_vnd("drawer") == before
    return caught.value.code


async def settle(counter: Counter, doubt_id: object, as_: str, **people: object) -> None:
    async with counter.begin() as conn:
        await payouts.settle_doubt(
            conn,
            office_id=counter.office_id,
            doubt_id=doubt_id,
            as_=as_,
            by=people.get("by", counter.cashier),
            approved_by=people.get("approved_by", counter.controller),
            reason=people.get("reason", "đã hỏi bưu tá và người hưởng"),
            now=NOW,
        )


async def test_counter_pays_from_the_drawer(counter: Counter) -> None:
    """Tests that a payment lessens the drawer and what is owed to the agency's people, once."""
    batch = await counter.approved(row_of(1), row_of(2))
    first, _ = await counter.rows(batch)
    await counter.give_float(5_000_000)
    payment = counter.payment(first)
    outcome = await counter.pay(payment)
    assert (outcome.state, outcome.payment_id) == ("paid", payment.id)
    assert await counter.balance_vnd("drawer") == 1_500_000
    assert await counter.owed_vnd() == SUM
    again = await counter.pay(payment)
    assert (again.state, again.payment_id) == ("known", payment.id)
    assert await counter.balance_vnd("drawer") == 1_500_000
    assert await refused(counter, first) == "already_paid"


async def test_same_id_for_another_payout_is_refused(counter: Counter) -> None:
    """Tests that an id stands for one payment for ever."""
    batch = await counter.approved(row_of(1), row_of(2))
    first, second = await counter.rows(batch)
    await counter.give_float(9_000_000)
    payment = counter.payment(first)
    await counter.pay(payment)
    assert await refused(counter, second, id=payment.id) == "payment_differs"


async def test_unknown_payout_is_not_there(counter: Counter) -> None:
    """Tests that paying what nobody is owed is refused."""
    batch = await counter.approved(row_of(1))
    (payout,) = await counter.rows(batch)
    with pytest.raises(NotFound):
        await counter.pay(counter.payment(payout, payout_id=new_id()))


async def test_empty_drawer_pays_nothing(counter: Counter) -> None:
    """Tests that the counter cannot give notes that are not there (L6)."""
    batch = await counter.approved(row_of(1))
    (payout,) = await counter.rows(batch)
    await counter.give_float(SUM - 1)
    assert await refused(counter, payout) == "not_covered"


async def test_counter_names_what_speaks_against_it(counter: Counter) -> None:
    """Tests that each fault of a payment at the counter has its name, and writes nothing."""
    batch = await counter.approved(row_of(1, **PROXY))
    (payout,) = await counter.rows(batch)
    await counter.give_float(9_000_000)
    certified = Authority("con", "certified")
    proxy = Seen("cccd", "0077")
    assert await refused(counter, payout, amount_vnd=SUM - 1) == "amount_differs"
    assert await refused(counter, payout, identity=Seen("known")) == "identity_not_seen"
    assert await refused(counter, payout, identity=Seen("cccd", "9999")) == "identity_differs"
    assert await refused(counter, payout, has_signature=False) == "payment_proof_missing"
    assert await refused(counter, payout, proxy=certified) == "identity_differs"
    written = Authority("con", "written")
    code = await refused(counter, payout, proxy=written, identity=proxy)
    assert code == "proxy_not_certified"
    outcome = await counter.pay(counter.payment(payout, proxy=certified, identity=proxy))
    assert outcome.state == "paid"


async def test_draft_is_not_paid(counter: Counter) -> None:
    """Tests that a list nobody approved pays nothing."""
    batch = await counter.draft(row_of(1))
    (payout,) = await counter.rows(batch)
    await counter.give_float(9_000_000)
    assert await refused(counter, payout) == "list_not_approved"


async def test_eight_couriers_pay_one_payout(counter: Counter) -> None:
    """Tests that of eight payments of one sum at once, over eight connections, one succeeds."""
    batch = await counter.approved(row_of(1), row_of(2))
    payout, _ = await counter.rows(batch)
    await counter.give_float(8 * SUM)
    payments = [counter.payment(payout) for _ in range(8)]
    outcomes = await asyncio.gather(
        *(counter.pay(payment) for payment in payments), return_exceptions=True
    )
    codes = sorted(o.state if isinstance(o, payouts.Outcome) else o.code for o in outcomes)
    assert codes == ["already_paid"] * 7 + ["paid"]
    assert await counter.balance_vnd("drawer") == 7 * SUM
    assert await counter.owed_vnd() == SUM


async def test_two_phones_offline_pay_one_pension(counter: Counter) -> None:
    """Tests that one is posted, one held, and both couriers' notes are accounted for."""
    batch = await counter.approved(row_of(1, **HOME))
    (payout,) = await counter.rows(batch)
    first, second = counter.day.couriers
    for courier in (first, second):
        await counter.give_float(SUM, courier)
    outcomes = await asyncio.gather(
        counter.pay_at_door(payout, first), counter.pay_at_door(payout, second)
    )
    assert sorted((o.state, o.reason) for o in outcomes) == [
        ("held", "already_paid"),
        ("paid", None),
    ]
    assert await counter.balance_vnd("hand", first) == 0
    assert await counter.balance_vnd("hand", second) == 0
    assert await counter.balance_vnd("suspense") == SUM
    assert await counter.owed_vnd() == 0


async def test_door_and_counter_do_not_wait_for_each_other(counter: Counter) -> None:
    """Tests that a fact that holds the act at the door, and the counter, both end."""
    batch = await counter.approved(*(row_of(at, 100_000, **HOME) for at in range(1, 9)))
    await counter.place(batch)
    await counter.give_float(800_000, counter.courier)
    await counter.give_float(800_000)

    async def at_door(payout: Payout) -> payouts.Outcome:
        payment = counter.payment(payout, place="door", courier_id=counter.courier)
        async with counter.begin() as conn:
            await doorstep.lock(conn, counter.office_id, payout.id)
            await asyncio.sleep(0.05)
            return await payouts.pay(conn, payment, counter.by_phone())

    for payout in await counter.rows(batch):
        told, other = await asyncio.gather(
            at_door(payout), counter.pay(counter.payment(payout)), return_exceptions=True
        )
        assert isinstance(told, payouts.Outcome), told
        paid_at_counter = isinstance(other, payouts.Outcome)
        assert paid_at_counter or (isinstance(other, Conflict) and other.code == "already_paid")
        assert (told.state == "paid") != paid_at_counter
    assert await counter.owed_vnd() == 0


async def test_same_fact_again_changes_nothing(counter: Counter) -> None:
    """Tests that a fact sent twice is one payment, or one doubt (L2)."""
    batch = await counter.approved(row_of(1, **HOME), row_of(2, **HOME))
    good, bad = await counter.rows(batch)
    await counter.give_float(4 * SUM, counter.courier)
    for payout, lease_problem in ((good, None), (bad, "lease_expired")):
        payment = counter.payment(payout, place="door", courier_id=counter.courier)
        source = counter.by_phone()
        told = await counter.pay(payment, source, lease_problem=lease_problem)
        again = await counter.pay(payment, source, lease_problem=lease_problem)
        assert again.reason == told.reason == lease_problem
        assert (again.payment_id, again.doubt_id) == (told.payment_id, told.doubt_id)
    assert await counter.balance_vnd("hand", counter.courier) == 2 * SUM
    assert await counter.balance_vnd("suspense") == SUM


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lease_problem": "no_lease"}, "no_lease"),
        ({"lease_problem": "lease_expired"}, "lease_expired"),
        ({"lease_problem": "suspect_time"}, "suspect_time"),
        ({"amount_vnd": SUM + 1_000}, "amount_differs"),
        ({"identity": Seen("cccd", "0000")}, "identity_differs"),
        ({"has_signature": False}, "payment_proof_missing"),
        ({"proxy": Authority("con", "certified")}, "proxy_unknown"),
    ],
)
async def test_phone_is_held_never_refused(
    counter: Counter, changes: dict[str, object], reason: str
) -> None:
    """Tests that a wrong payment at a door leaves the hand and waits in suspense (S22, 1.5)."""
    batch = await counter.approved(row_of(1, **HOME))
    (payout,) = await counter.rows(batch)
    await counter.give_float(2 * SUM, counter.courier)
    outcome = await counter.pay_at_door(payout, **changes)
    assert (outcome.state, outcome.reason) == ("held", reason)
    given = changes.get("amount_vnd", SUM)
    assert await counter.balance_vnd("hand", counter.courier) == 2 * SUM - int(str(given))
    assert await counter.balance_vnd("suspense") == given
    assert await counter.owed_vnd() == SUM
    (after,) = await counter.rows(batch)
    assert after.state == "unpaid"


async def test_hand_without_cover_is_held_beside_its_balance(counter: Counter) -> None:
    """Tests that an offline fact that would overdraw a hand is kept, and posted when settled."""
    batch = await counter.approved(row_of(1, **HOME))
    (payout,) = await counter.rows(batch)
    await counter.give_float(SUM - 1, counter.courier)
    outcome = await counter.pay_at_door(payout)
    assert (outcome.state, outcome.reason) == ("held", "not_covered")
    assert await counter.balance_vnd("hand", counter.courier) == SUM - 1
    async with counter.begin() as conn:
        (doubt,) = await payouts.list_doubts(conn, counter.office_id)
    assert not doubt.is_posted
    with pytest.raises(Conflict) as caught:
        await settle(counter, doubt.id, "valid")
    assert caught.value.code == "not_covered"
    await counter.give_float(1, counter.courier)
    await settle(counter, doubt.id, "valid")
    assert await counter.balance_vnd("hand", counter.courier) == 0
    assert await counter.balance_vnd("suspense") == 0
    assert await counter.owed_vnd() == 0


@pytest.mark.parametrize(
    ("as_", "kind", "left"),
    [
        ("valid", "agency_payable", 0),
        ("agency_accepts", "agency_payable", 0),
        ("courier_owes", "shortage", SUM),
        ("recovered", "drawer", SUM),
    ],
)
async def test_doubt_leaves_suspense_for_whom_it_belongs_to(
    counter: Counter, as_: str, kind: str, left: int
) -> None:
    """Tests that two people move notes in doubt out of suspense, whichever way they decide."""
    batch = await counter.approved(row_of(1, **HOME))
    (payout,) = await counter.rows(batch)
    await counter.give_float(SUM, counter.courier)
    outcome = await counter.pay_at_door(payout, lease_problem="lease_expired")
    await settle(counter, outcome.doubt_id, as_)
    assert await counter.balance_vnd("suspense") == 0
    owner = {"shortage": counter.courier, "agency_payable": counter.day.partner_id}.get(kind)
    scheme = "pension" if kind == "agency_payable" else ""
    assert await counter.balance_vnd(kind, owner, scheme) == left
    (after,) = await counter.rows(batch)
    assert after.state == ("paid" if left == 0 else "unpaid")
    with pytest.raises(Conflict) as caught:
        await settle(counter, outcome.doubt_id, as_)
    assert caught.value.code == "doubt_settled"


async def test_doubt_is_not_settled_alone_or_silently(counter: Counter) -> None:
    """Tests that one person, no reason, or a second payment of one sum settles nothing (L8)."""
    batch = await counter.approved(row_of(1, **HOME))
    (payout,) = await counter.rows(batch)
    await counter.give_float(2 * SUM, counter.courier)
    await counter.pay_at_door(payout)
    outcome = await counter.pay_at_door(payout)
    for people, code in (
        ({"approved_by": counter.cashier}, "approved_by_maker"),
        ({"reason": "  "}, "needs_reason"),
        ({}, "already_paid"),
    ):
        with pytest.raises(Conflict) as caught:
            await settle(counter, outcome.doubt_id, "valid", **people)
        assert caught.value.code == code
    assert await counter.balance_vnd("suspense") == SUM


async def test_agency_stands_by_a_payment_of_somebody_stopped(counter: Counter) -> None:
    """Tests that what was paid after a stop counts only when the agency accepts it."""
    batch = await counter.approved(row_of(1, **HOME))
    (payout,) = await counter.rows(batch)
    await counter.stop(batch, number_of(1), "đã mất")
    await counter.give_float(SUM, counter.courier)
    outcome = await counter.pay_at_door(payout)
    assert outcome.reason == "payee_deceased"
    with pytest.raises(Conflict) as caught:
        await settle(counter, outcome.doubt_id, "valid")
    assert caught.value.code == "settlement_not_possible"
    await settle(counter, outcome.doubt_id, "agency_accepts")
    (after,) = await counter.rows(batch)
    assert after.state == "paid"


async def test_corrected_payment_may_be_made_again(counter: Counter) -> None:
    """Tests that a reversal by two people gives the notes back; the sum is payable again."""
    batch = await counter.approved(row_of(1))
    (payout,) = await counter.rows(batch)
    await counter.give_float(SUM)
    payment = counter.payment(payout)
    await counter.pay(payment)

    async def correct(**changes: object) -> None:
        people = {
            "by": counter.cashier,
            "approved_by": counter.controller,
            "reason": "trả nhầm người",
        } | changes
        async with counter.begin() as conn:
            await payouts.correct(
                conn, office_id=counter.office_id, payment_id=payment.id, now=NOW, **people
            )

    for changes, code in (
        ({"approved_by": counter.cashier}, "approved_by_maker"),
        ({"reason": ""}, "needs_reason"),
    ):
        with pytest.raises(Conflict) as caught:
            await correct(**changes)
        assert caught.value.code == code
    await correct()
    assert await counter.balance_vnd("drawer") == SUM
    assert await counter.owed_vnd() == SUM
    with pytest.raises(Conflict) as caught:
        await correct()
    assert caught.value.code == "payment_reversed"
    assert (await counter.pay(counter.payment(payout))).state == "paid"
    assert await refused(counter, payout) == "already_paid"
    async with counter.begin() as conn:
        account = Account(counter.office_id, "drawer")
        lines = await ledger.list_lines(conn, account, NOW.date(), date(2027, 1, 31))
    keys = [line.business_key for line in lines if line.code == "payout.pension"]
    assert keys == [f"2026-12:{payout.person_key}", f"2026-12:{payout.person_key}:g2"]


async def test_failed_visit_comes_back_or_ends(counter: Counter) -> None:
    """Tests that an absent payee is due on the next working day, and a dead one no more."""
    batch = await counter.approved(row_of(1, **HOME), row_of(2, **HOME))
    await counter.place(batch)
    absent, dead = await counter.rows(batch)
    for payout, reason in ((absent, "ABSENT"), (dead, "DECEASED")):
        source = counter.by_phone(at=PAY_DAY)
        failure = Failure(office_id=counter.office_id, payout_id=payout.id, reason=reason)
        async with counter.begin() as conn:
            assert (await payouts.fail(conn, failure, source)).state == "noted"
        async with counter.begin() as conn:
            assert (await payouts.fail(conn, failure, source)).state == "known"
    async with counter.begin() as conn:
        due = await doorstep.list_errands(conn, counter.office_id, [absent.id, dead.id])
    stood = {errand.id: (errand.state, errand.wanted_on) for errand in due}
    assert stood[absent.id] == ("due", date(2026, 12, 4))
    assert stood[dead.id][0] == "gone"
    rows = {payout.id: payout for payout in await counter.rows(batch)}
    assert {p.state for p in rows.values()} == {"unpaid"}
    assert (rows[absent.id].num_attempts, rows[dead.id].last_reason) == (1, "DECEASED")


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (datetime(2026, 5, 31, 2, tzinfo=UTC), "proxy_too_early"),
        (datetime(2026, 6, 1, 2, tzinfo=UTC), None),
        (datetime(2026, 12, 31, 2, tzinfo=UTC), None),
        (datetime(2027, 1, 1, 2, tzinfo=UTC), "proxy_expired"),
    ],
)
async def test_proxy_is_judged_by_the_day_of_the_fact(
    counter: Counter, day: datetime, code: str | None
) -> None:
    """Tests that an authorisation counts from its first to its last day, of the fact's instant."""
    batch = await counter.approved(row_of(1, **HOME, **PROXY))
    (payout,) = await counter.rows(batch)
    await counter.give_float(SUM, counter.courier)
    payment = counter.payment(
        payout,
        place="door",
        courier_id=counter.courier,
        proxy=Authority("con", "certified"),
        identity=Seen("cccd", "0077"),
    )
    outcome = await counter.pay(payment, counter.by_phone(at=day))
    assert outcome.reason == code
