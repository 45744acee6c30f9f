"""Tests of what may happen to a dossier and what each act must show."""

import itertools
import json
import uuid
from datetime import date
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from backend.dossiers import (
    Acceptance,
    Delivery,
    Dossier,
    Failure,
    Identity,
    Paper,
    PaperCount,
    Procedure,
    Reclaim,
    Reclaimed,
    rules,
)
from backend.dossiers.model import DossierState, FailureReason, Service
from backend.kit.errors import Conflict, Refusal

VECTORS = Path(__file__).parents[2] / "vectors" / "failure_proofs.json"
COURIER = uuid.UUID(int=5)
SEEN = Identity("cccd", "0017")
STROKES = "M0 0 L10 10"

S1 = Dossier(
    office_id=uuid.UUID(int=1),
    id=uuid.UUID(int=2),
    service="S1",
    dossier_code=None,
    procedure_code="1.000001",
    procedure_name="Thủ tục mẫu",
    partner_id=uuid.UUID(int=3),
    citizen_id=uuid.UUID(int=4),
    delivery_point_id=uuid.UUID(int=6),
    item_id=None,
    item_code=None,
    state="booked",
    agency_state=1,
    wanted_on=date(2027, 1, 5),
    tw_early_s=None,
    tw_late_s=None,
    service_duration_s=360,
    load_g=300,
    load_ml=1500,
    skills=[],
    checklist=[Paper("form", "Tờ khai"), Paper("id", "Bản sao giấy khai sinh", "copy")],
    reclaims=[],
    fee_due_vnd=0,
    postage_due_vnd=0,
    instruction="",
    num_attempts=0,
    num_invitations=0,
    last_invited_on=None,
    is_demo=True,
)
S2 = msgspec.structs.replace(
    S1,
    service="S2",
    state="out",
    agency_state=9,
    item_id=uuid.UUID(int=7),
    item_code="LD473124829VN",
    checklist=[],
    reclaims=[Reclaim("slip", "Giấy hẹn")],
)


def change(struct: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(struct, **changes)


def test_next_state_over_every_state_and_verb() -> None:
    """Tests that each verb starts from its states alone and leads to one."""
    for service, state, verb in itertools.product(
        get_args(Service), get_args(DossierState), get_args(rules.Verb)
    ):
        dossier = change(S1, service=service, state=state)
        allowed = state in rules.STARTS_FROM.get((service, verb), frozenset())
        if allowed:
            assert rules.next_state(dossier, verb) == rules.LEADS_TO[service, verb]
        else:
            with pytest.raises(Conflict):
                rules.next_state(dossier, verb)


def test_next_state_names_a_repeat() -> None:
    """Tests that a second delivery is told apart from one that never could be."""
    with pytest.raises(Conflict, match="already_done"):
        rules.next_state(change(S2, state="delivered"), "deliver")
    with pytest.raises(Conflict, match="state_conflict"):
        rules.next_state(change(S2, state="returned_to_agency"), "deliver")


ACCEPTANCE = Acceptance(
    courier_id=COURIER,
    checklist=[PaperCount("form", "original", 1), PaperCount("id", "copy", 1)],
    seal="NP-0001",
    is_sealed_before_citizen=True,
    identity=SEEN,
    proxy=None,
    sign_citizen=STROKES,
    sign_courier=STROKES,
    num_photos=1,
)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, None),
        ({"identity": Identity("known")}, None),  # known in person: no number
        ({"seal": " "}, ("missing_proof", "seal")),
        ({"is_sealed_before_citizen": False}, ("missing_proof", "seal_witnessed")),
        ({"sign_citizen": ""}, ("missing_proof", "sign_citizen")),
        ({"sign_courier": ""}, ("missing_proof", "sign_courier")),
        ({"num_photos": 0}, ("missing_proof", "photo")),
        ({"identity": Identity("cccd")}, ("missing_proof", "identity")),
        ({"checklist": ACCEPTANCE.checklist[:1]}, ("missing_proof", "checklist")),
        (
            {"checklist": [*ACCEPTANCE.checklist, PaperCount("photo4x6", "original", 2)]},
            ("extra_papers", None),  # Decision 45/2016 article 16
        ),
    ],
)
def test_acceptance(changes: dict[str, Any], refused: tuple[str, str | None] | None) -> None:
    """Tests that papers are taken only with all the law asks, and nothing besides."""
    check_refused(lambda: rules.check_acceptance(S1, change(ACCEPTANCE, **changes)), refused)


DELIVERY = Delivery(
    courier_id=COURIER,
    is_seal_whole=True,
    identity=SEEN,
    proxy=None,
    reclaimed=[Reclaimed("slip", is_taken=True)],
    sign_citizen=STROKES,
    num_photos=1,
)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, None),
        ({"num_photos": 0}, None),  # a photo is asked, not demanded, where somebody signs
        ({"reclaimed": [Reclaimed("slip", False, "Đã mất")]}, None),  # not taken, with its reason
        ({"reclaimed": [Reclaimed("slip", False)]}, ("missing_proof", "reclaim")),
        ({"reclaimed": []}, ("missing_proof", "reclaim")),
        ({"sign_citizen": ""}, ("missing_proof", "sign_citizen")),
        ({"identity": Identity("passport")}, ("missing_proof", "identity")),
        ({"is_seal_whole": False}, ("seal_mismatch", None)),
    ],
)
def test_delivery(changes: dict[str, Any], refused: tuple[str, str | None] | None) -> None:
    """Tests that a result is given only against identity, signature and closed reclaims."""
    check_refused(lambda: rules.check_delivery(S2, change(DELIVERY, **changes)), refused)


FAILURE = Failure(
    courier_id=COURIER,
    reason="ABSENT",
    note="",
    num_photos=1,
    has_signature=False,
    is_invited=True,
    on_day=date(2027, 1, 5),
    gap_days=2,
    working_days_since=None,
)


def test_failure_proofs_are_those_of_the_vectors() -> None:
    """Tests that each reason demands what the file shared with the phone says."""
    cases = json.loads(VECTORS.read_text())["cases"]
    assert {case["reason"] for case in cases} == set(get_args(FailureReason))
    for case in cases:
        assert list(rules.failure_proofs(case["reason"])) == case["proofs"], case["reason"]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, None),
        ({"num_photos": 0}, ("missing_proof", "photo")),
        ({"reason": "REFUSED", "note": "Không nhận"}, None),
        ({"reason": "REFUSED", "note": "  "}, ("missing_proof", "note")),
        ({"reason": "FEE_UNPAID", "num_photos": 0}, None),
    ],
)
def test_failure(changes: dict[str, Any], refused: tuple[str, str | None] | None) -> None:
    """Tests that a failed visit is believed only with its proof."""
    check_refused(lambda: rules.check_failure(change(FAILURE, **changes)), refused)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),  # the first
        ({"working_days_since": 2}, True),  # just far enough
        ({"working_days_since": 1}, False),  # a day too soon
        ({"is_invited": False}, False),  # no paper left
        ({"reason": "NO_ID"}, False),  # they were at home
    ],
)
def test_which_visits_count_as_invitations(changes: dict[str, Any], counts: bool) -> None:
    """Tests that invitations are two working days apart, and left for those not met."""
    assert rules.is_new_invitation(change(FAILURE, **changes)) is counts


@pytest.mark.parametrize(
    ("dossier", "changes", "hangs"),
    [
        (S2, {}, True),  # the gap to the next one begins
        (S1, {}, True),
        (S2, {"is_invited": False}, False),  # no paper left
        (S2, {"reason": "NO_ID"}, False),  # they were at home: it does not count
        (S2, {"reason": "MOVED"}, False),  # goes back at once, whatever the day
        (change(S2, num_invitations=1), {"is_invited": False}, False),  # one is not enough
        (change(S2, num_invitations=2), {"is_invited": False}, True),  # may go back by its day
        (change(S2, num_invitations=2), {"is_invited": False, "reason": "NO_ID"}, False),
        (change(S1, num_invitations=2), {"is_invited": False}, False),  # nothing was taken yet
    ],
)
def test_which_visits_hang_on_their_day(
    dossier: Dossier, changes: dict[str, Any], hangs: bool
) -> None:
    """Tests that a day matters where a deadline begins or may have ended on it."""
    assert rules.hangs_on_day(dossier, change(FAILURE, **changes)) is hangs


@pytest.mark.parametrize(
    ("dossier", "changes", "goes_back"),
    [
        (S2, {"reason": "MOVED"}, True),  # at once
        (S2, {"reason": "REFUSED"}, True),
        (S2, {"reason": "DECEASED"}, True),
        (S2, {"reason": "DAMAGED"}, False),
        (change(S2, num_invitations=1), {"working_days_since": 5}, False),  # one is not enough
        (change(S2, num_invitations=2), {"working_days_since": 1}, False),  # too soon after it
        (change(S2, num_invitations=2), {"working_days_since": 2}, True),
        (change(S2, num_invitations=2), {"working_days_since": 9, "reason": "NO_ID"}, False),
        (S1, {"reason": "MOVED"}, False),  # nothing was taken yet
    ],
)
def test_when_an_item_goes_back(dossier: Dossier, changes: dict[str, Any], goes_back: bool) -> None:
    """Tests that nothing returns before two invitations, unless there is no one to invite."""
    assert rules.must_return(dossier, change(FAILURE, **changes)) is goes_back


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [(1, 2, True), (2, 4, True), (2, 9, False), (4, 9, True), (9, 4, False), (7, 8, True)],
)
def test_agency_moves(before: int, after: int, allowed: bool) -> None:
    """Tests that the agency's side moves along the portal's states only."""
    dossier = change(S1, agency_state=before)
    check_refused(
        lambda: rules.check_agency_move(dossier, after),
        None if allowed else ("agency_state_conflict", None),
    )


@pytest.mark.parametrize(
    ("must_appear", "is_by_post", "code"),
    [(False, True, None), (True, True, "must_appear"), (False, False, "not_by_post")],
)
def test_which_procedures_the_post_carries(
    must_appear: bool, is_by_post: bool, code: str | None
) -> None:
    """Tests that procedures the agency keeps from the post are refused, saying why."""
    procedure = Procedure(
        "1.000001",
        date(2026, 1, 1),
        None,
        "Thủ tục mẫu",
        "ttpvhcc",
        [],
        [],
        0,
        3,
        is_by_post,
        must_appear,
        "mẫu",
    )
    check_refused(lambda: rules.check_procedure(procedure), None if code is None else (code, None))


def check_refused(act: Any, expected: tuple[str, str | None] | None) -> None:
    """Run `act`; it must pass, or be refused with this code and proof."""
    if expected is None:
        act()
        return
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == expected[0]
    assert refused.value.params.get("proof") == expected[1]
