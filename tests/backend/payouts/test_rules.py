"""Tests of what payouts decide, at each border and just beyond it."""

from datetime import UTC, date, datetime
from itertools import product
from typing import get_args

import msgspec
import pytest

from backend.kit.catalog import SENTENCES
from backend.kit.ids import new_id
from backend.payouts import rules
from backend.payouts.model import (
    Authority,
    Payment,
    Payout,
    PayoutState,
    Seen,
    Sitting,
)
from tests.backend.payouts.nouns import (
    DAY,
    PROXY_RULES,
    SETTINGS,
    make_list,
    make_payment,
    make_payout,
    make_sitting,
)

BY_PROXY = {"proxy": Authority("con", "certified"), "identity": Seen("cccd", "0042")}
SUPERVISED = msgspec.structs.replace(SETTINGS, supervision="required")
POINT = make_payout(how="pay_point")
PASSPORT = make_payout(id_kind="passport", id_last4="0T47")


@pytest.mark.parametrize(
    ("payout", "payment", "day", "reason"),
    [
        (make_payout(), make_payment(), DAY, None),
        (make_payout(state="paid"), make_payment(), DAY, "already_paid"),
        (make_payout(state="carried"), make_payment(), DAY, "payout_carried"),
        (make_payout(state="returned"), make_payment(), DAY, "payout_returned"),
        (make_payout(state="stopped"), make_payment(), DAY, "payout_stopped"),
        (
            make_payout(state="stopped", state_reason="deceased"),
            make_payment(),
            DAY,
            "payee_deceased",
        ),
        (make_payout(state="moved"), make_payment(), DAY, "payout_moved"),
        (make_payout(), make_payment(amount_vnd=499_999), DAY, "amount_differs"),
        (make_payout(), make_payment(amount_vnd=500_001), DAY, "amount_differs"),
        (make_payout(), make_payment(has_signature=False), DAY, "payment_proof_missing"),
        (make_payout(), make_payment(identity=Seen("cccd", "0018")), DAY, "identity_differs"),
        (make_payout(), make_payment(identity=Seen("cccd")), DAY, "identity_not_seen"),
        (make_payout(), make_payment(identity=Seen("known", "0017")), DAY, "identity_not_seen"),
        (make_payout(), make_payment(identity=Seen("passport", "A123")), DAY, None),
        (make_payout(), make_payment(identity=Seen("passport")), DAY, "identity_not_seen"),
        (make_payout(), make_payment(identity=Seen("residence", "K234")), DAY, None),
        (PASSPORT, make_payment(identity=Seen("passport", "0T47")), DAY, None),
        (PASSPORT, make_payment(identity=Seen("passport", "0147")), DAY, "identity_differs"),
        (PASSPORT, make_payment(identity=Seen("residence", "K234")), DAY, None),
        (PASSPORT, make_payment(identity=Seen("cccd", "0017")), DAY, None),
        (PASSPORT, make_payment(identity=Seen("cccd", "0T47")), DAY, "identity_not_seen"),
        (make_payout(proxy_kind="passport"), make_payment(**BY_PROXY), DAY, None),
        (make_payout(), make_payment(**BY_PROXY), date(2026, 5, 31), "proxy_too_early"),
        (make_payout(), make_payment(**BY_PROXY), date(2026, 6, 1), None),
        (make_payout(), make_payment(**BY_PROXY), date(2027, 6, 1), None),
        (make_payout(), make_payment(**BY_PROXY), date(2027, 6, 2), "proxy_expired"),
        (make_payout(proxy_name=""), make_payment(**BY_PROXY), DAY, "proxy_unknown"),
        (
            make_payout(proxy_is_certified=False),
            make_payment(**BY_PROXY),
            DAY,
            "proxy_not_certified",
        ),
        (
            make_payout(),
            make_payment(**BY_PROXY | {"proxy": Authority("con", "written")}),
            DAY,
            "proxy_not_certified",
        ),
        (
            make_payout(proxy_to=date(2027, 6, 2)),
            make_payment(**BY_PROXY),
            DAY,
            "proxy_too_long",
        ),
        (
            make_payout(),
            make_payment(**BY_PROXY | {"identity": Seen("cccd", "0017")}),
            DAY,
            "identity_differs",
        ),
    ],
)
def test_payment_is_judged(payout: Payout, payment: Payment, day: date, reason: str | None) -> None:
    """Tests that each reason against a payment is found, and nothing else."""
    found = rules.judge(payout, make_list(), SETTINGS, payment, day=day)
    assert found == reason
    assert found is None or found in SENTENCES


@pytest.mark.parametrize(
    ("payment", "sitting", "reason"),
    [
        (make_payment(), None, "sitting_needed"),
        (make_payment(place="door"), None, None),
        (make_payment(place="sitting"), None, "sitting_needed"),
        (make_payment(place="sitting"), make_sitting(), None),
        (make_payment(place="sitting"), make_sitting(partner_id=new_id()), "sitting_needed"),
        (make_payment(place="sitting"), make_sitting(held_on=date(2026, 12, 4)), "sitting_needed"),
        (
            make_payment(place="sitting"),
            make_sitting(closed_at=datetime(2026, 12, 3, tzinfo=UTC)),
            "sitting_closed",
        ),
        (make_payment(place="sitting"), make_sitting(supervisor=""), "supervisor_needed"),
    ],
)
def test_pay_point_needs_its_sitting(
    payment: Payment, sitting: Sitting | None, reason: str | None
) -> None:
    """Tests that a supervised scheme is paid at a pay point only at an open sitting of its day."""
    found = rules.judge(POINT, make_list(), SUPERVISED, payment, day=DAY, sitting=sitting)
    assert found == reason


@pytest.mark.parametrize(
    ("state", "reason"),
    [("draft", "list_not_approved"), ("discarded", "list_not_approved"), ("approved", None)],
)
def test_list_must_be_approved(state: str, reason: str | None) -> None:
    """Tests that nothing of a draft or a discarded list is paid."""
    found = rules.judge(make_payout(), make_list(state=state), SETTINGS, make_payment(), day=DAY)
    assert found == reason


@pytest.mark.parametrize(
    ("day", "reason"), [(date(2026, 12, 3), None), (date(2026, 12, 4), "payout_late")]
)
def test_campaign_ends_after_its_last_day(day: date, reason: str | None) -> None:
    """Tests that a late case is paid until the last day of the window and not the day after."""
    batch = make_list(pay_until=date(2026, 12, 3))
    assert rules.judge(make_payout(), batch, SETTINGS, make_payment(), day=day) == reason


def test_lease_speaks_before_evidence() -> None:
    """Tests that a fact without its lease is held for the lease, whatever else is wrong."""
    payment = make_payment(has_signature=False)
    found = rules.judge(
        make_payout(), make_list(), SETTINGS, payment, day=DAY, lease_problem="no_lease"
    )
    assert found == "no_lease"


VERBS: tuple[rules.Verb, ...] = get_args(rules.Verb)
STATES: tuple[PayoutState, ...] = get_args(PayoutState)


@pytest.mark.parametrize(("state", "verb"), list(product(STATES, VERBS)))
def test_every_state_and_verb(state: PayoutState, verb: rules.Verb) -> None:
    """Tests that a payout moves only as its drawing has it (docs/lifecycles.md)."""
    drawn = {
        "unpaid": {
            "pay": "paid",
            "accept": "paid",
            "fail": "unpaid",
            "stop": "stopped",
            "move": "moved",
            "carry": "carried",
            "give_back": "returned",
        },
        "paid": {"correct": "unpaid"},
        "stopped": {"accept": "paid"},
        "moved": {"accept": "paid"},
    }
    assert rules.may(state, verb) == drawn.get(state, {}).get(verb)


@pytest.mark.parametrize("start", STATES)
def test_walk_of_states_comes_to_rest(start: PayoutState) -> None:
    """Tests that from any state every walk without corrections ends in one that stays."""
    seen, ahead = {start}, [start]
    while ahead:
        state = ahead.pop()
        for verb in VERBS:
            after = rules.may(state, verb)
            if after is not None and verb != "correct" and after not in seen:
                seen.add(after)
                ahead.append(after)
    rest = {
        state
        for state in seen
        if all(rules.may(state, verb) in (None, state) for verb in VERBS if verb != "correct")
    }
    assert rest
    assert "unpaid" not in rest


@pytest.mark.parametrize(
    ("period", "second", "is_allowed"),
    [
        ("2027-01", "2027-02", True),
        ("2027-01", None, True),
        ("2027-02", "2027-03", False),
        ("2026-12", "2027-01", False),
        ("2027-01", "2027-03", False),
        ("2027-02", "2027-01", False),
    ],
)
def test_two_months_before_tet(period: str, second: str | None, is_allowed: bool) -> None:
    """Tests that only January and February stand in one list."""
    assert (rules.check_periods(SETTINGS, period, second) is None) == is_allowed


def test_scheme_without_calendar_merges_nothing() -> None:
    """Tests that a one-off campaign has one period."""
    settings = msgspec.structs.replace(SETTINGS, calendar=None)
    assert rules.check_periods(settings, "2027-01", "2027-02") == "periods_not_merged"
    assert rules.days_of(settings, "2027-01") is None


@pytest.mark.parametrize(
    ("period", "is_allowed"),
    [
        ("2026-12", True),
        ("2026-11", True),
        ("2024-12", True),
        ("2024-11", False),
        ("2027-01", False),
    ],
)
def test_arrears_go_back_two_years(period: str, is_allowed: bool) -> None:
    """Tests that a list takes its month and arrears of 24 months, and no month to come."""
    assert rules.is_period_allowed(period, "2026-12", None) == is_allowed


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 1, 15), date(2027, 1, 15), None),
        (date(2026, 1, 15), date(2027, 1, 16), "proxy_too_long"),
        (date(2024, 2, 29), date(2025, 2, 28), None),
        (date(2024, 2, 29), date(2025, 3, 1), "proxy_too_long"),
        (date(2026, 1, 15), date(2026, 1, 15), None),
        (date(2026, 1, 15), date(2026, 1, 14), "proxy_dates_swapped"),
    ],
)
def test_authorisation_lasts_a_year(first: date, last: date, code: str | None) -> None:
    """Tests that twelve months are enough and a day more is too long."""
    assert rules.judge_proxy_dates(PROXY_RULES, first, last) == code


@pytest.mark.parametrize(
    ("day", "is_ending"),
    [
        (date(2027, 5, 1), False),
        (date(2027, 5, 2), True),
        (date(2027, 6, 1), True),
        (date(2027, 6, 2), False),
    ],
)
def test_ending_authorisation_is_told_thirty_days_ahead(day: date, is_ending: bool) -> None:
    """Tests that the warning begins 30 days before the last day and ends with it."""
    assert rules.is_proxy_ending(make_payout(), PROXY_RULES, day) == is_ending


def test_days_of_a_list() -> None:
    """Tests that the calendar of December is that of the law (consequence 19)."""
    days = rules.days_of(SETTINGS, "2026-12")
    assert days == rules.Days(
        list_before=date(2026, 11, 25),
        commune_from=date(2026, 12, 2),
        commune_to=date(2026, 12, 10),
        office_from=date(2026, 12, 11),
        office_to=date(2026, 12, 25),
        back_before=date(2026, 12, 20),
    )
    in_time = make_list(made_at=datetime(2026, 11, 24, 16, 59, tzinfo=UTC))
    late = make_list(made_at=datetime(2026, 11, 24, 17, 0, tzinfo=UTC))
    assert not rules.is_late_in(days, in_time)
    assert rules.is_late_in(days, late)


@pytest.mark.parametrize(
    ("today", "wanted"),
    [(date(2026, 11, 24), date(2026, 12, 2)), (date(2026, 12, 8), date(2026, 12, 8))],
)
def test_home_payout_is_due_from_the_second(today: date, wanted: date) -> None:
    """Tests that nobody goes there before the commune's first day."""
    assert rules.wanted_on(SETTINGS, make_list(), today) == wanted


@pytest.mark.parametrize(
    ("reference", "generation", "key"),
    [
        ("", 1, "2026-12:ab"),
        ("", 2, "2026-12:ab:g2"),
        ("QK2025", 1, "2026-12:QK2025:ab"),
        ("QK2025", 3, "2026-12:QK2025:ab:g3"),
    ],
)
def test_business_key(reference: str, generation: int, key: str) -> None:
    """Tests that a sum has one key, another only after each correction."""
    assert rules.business_key("2026-12", reference, "ab", generation) == key
