"""Decisions of dossiers: allowed changes of state, what each act must show, when to return.

Law: Decision 45/2016/QD-TTg articles 6 to 10, Circular 17/2017/TT-BTTTT article 5,
Postal Law 2010 article 17.
"""

from collections.abc import Collection, Sequence
from typing import Literal

from backend.dossiers.model import (
    Acceptance,
    Delivery,
    Dossier,
    DossierState,
    Failure,
    FailureReason,
    Procedure,
    Service,
)
from backend.kit import catalog
from backend.kit.errors import Conflict, Invalid

catalog.add(
    {
        "state_conflict": (
            "Hồ sơ không còn ở trạng thái cho phép thao tác này.",
            "The dossier is no longer in a state that allows this.",
        ),
        "already_done": ("Việc này đã được ghi nhận trước đó.", "This was already recorded."),
        "missing_proof": (
            "Thiếu bằng chứng bắt buộc: {proof}.",
            "Required proof is missing: {proof}.",
        ),
        "not_by_post": (
            "Thủ tục này không nhận qua bưu chính.",
            "This procedure is not taken by post.",
        ),
        "must_appear": (
            "Thủ tục này yêu cầu công dân có mặt và không được ủy quyền.",
            "This procedure needs the citizen in person, without proxy.",
        ),
        "extra_papers": (
            "Không được đòi giấy tờ ngoài danh mục.",
            "Papers outside the list may not be demanded.",
        ),
        "agency_state_conflict": (
            "Cơ quan không thể chuyển hồ sơ sang trạng thái này.",
            "The agency cannot move the dossier to this state.",
        ),
    }
)

Verb = Literal[
    "accept",
    "load",
    "deliver",
    "fail",
    "to_office",
    "to_agency",
    "cancel",
    "unaccept",
    "undeliver",
    "unfail",
    "unreturn",
]
"""Those of `un…` take back what a courier reported by mistake."""

# (service, verb) → the states it may start from. The state it leads to is `LEADS_TO`.
STARTS_FROM: dict[tuple[Service, Verb], frozenset[DossierState]] = {
    ("S1", "accept"): frozenset({"booked"}),
    ("S1", "fail"): frozenset({"booked"}),
    ("S1", "to_office"): frozenset({"accepted"}),
    ("S1", "to_agency"): frozenset({"at_office"}),
    ("S1", "cancel"): frozenset({"booked"}),
    ("S1", "unaccept"): frozenset({"accepted"}),
    ("S1", "unfail"): frozenset({"booked"}),
    ("S2", "load"): frozenset({"at_office"}),
    ("S2", "deliver"): frozenset({"out"}),
    ("S2", "fail"): frozenset({"out"}),
    ("S2", "to_office"): frozenset({"out", "returning"}),
    ("S2", "to_agency"): frozenset({"returning"}),
    ("S2", "undeliver"): frozenset({"delivered"}),
    ("S2", "unfail"): frozenset({"out", "returning"}),
    ("S2", "unreturn"): frozenset({"at_office", "returning"}),
}
LEADS_TO: dict[tuple[Service, Verb], DossierState] = {
    ("S1", "accept"): "accepted",
    ("S1", "fail"): "booked",
    ("S1", "to_office"): "at_office",
    ("S1", "to_agency"): "handed_to_agency",
    ("S1", "cancel"): "cancelled",
    ("S1", "unaccept"): "booked",
    ("S1", "unfail"): "booked",
    ("S2", "load"): "out",
    ("S2", "deliver"): "delivered",
    ("S2", "fail"): "out",
    ("S2", "to_office"): "at_office",
    ("S2", "to_agency"): "returned_to_agency",
    ("S2", "undeliver"): "out",
    ("S2", "unfail"): "out",
    ("S2", "unreturn"): "out",
}
ENDED: frozenset[DossierState] = frozenset(
    {"handed_to_agency", "delivered", "returned_to_agency", "refused", "cancelled"}
)

# Reasons after which the item goes back at once (Postal Law article 17).
RETURNING: frozenset[FailureReason] = frozenset({"MOVED", "REFUSED", "DECEASED"})
# Reasons that count as an invitation when a paper was left.
INVITED: frozenset[FailureReason] = frozenset({"ABSENT", "NOT_FOUND"})
INVITATIONS_MIN = 2

# What a failed visit must show; the phone's twin is tied by tests/vectors/failure_proofs.json.
NEEDS_PHOTO: frozenset[FailureReason] = frozenset(
    {"ABSENT", "ADDR_NONE", "ADDR_WRONG", "MOVED", "NOT_FOUND", "DAMAGED", "FORCE_MAJEURE"}
)
NEEDS_NOTE: frozenset[FailureReason] = frozenset(
    {"REFUSED", "ADDR_INCOMPLETE", "DECEASED", "NO_AUTHORITY"}
)

# Which agency states may follow which (the ten states of the national portal).
AGENCY_MOVES: dict[int, frozenset[int]] = {
    1: frozenset({2, 3}),
    2: frozenset({3, 4, 5, 6, 8}),
    4: frozenset({5, 6, 8, 9}),
    5: frozenset({4, 8}),
    6: frozenset({4, 8}),
    7: frozenset({8}),
    9: frozenset({10}),
}


def next_state(dossier: Dossier, verb: Verb) -> DossierState:
    """Return the state a verb leads to.

    Raises `Conflict`: `already_done` when the dossier already ended as the verb would end it,
    else `state_conflict`.
    """
    key = (dossier.service, verb)
    target = LEADS_TO.get(key)
    if target is None or dossier.state not in STARTS_FROM[key]:
        is_repeat = target is not None and dossier.state == target and target in ENDED
        raise Conflict("already_done" if is_repeat else "state_conflict")
    return target


def is_back(dossier: Dossier) -> bool:
    """Return whether a result is not, or no longer, on its way to its citizen."""
    return dossier.state in ("at_office", "returning", "returned_to_agency")


def check_procedure(procedure: Procedure) -> None:
    """Refuse a procedure the post may not carry: `must_appear`, `not_by_post`."""
    if procedure.must_appear:
        raise Invalid("must_appear")
    if not procedure.is_by_post:
        raise Invalid("not_by_post")


def check_acceptance(dossier: Dossier, act: Acceptance) -> None:
    """Refuse papers taken without what the law asks (Decision 45/2016 article 6).

    Raises `Conflict` `missing_proof` (seal, seal_witnessed, sign_citizen, sign_courier, photo,
    checklist, identity) and `extra_papers`.
    """
    listed = {paper.paper for paper in dossier.checklist}
    counted = {paper.paper for paper in act.checklist}
    missing = (
        ("checklist", counted != listed and bool(listed - counted)),
        ("seal", not act.seal.strip()),
        ("seal_witnessed", not act.is_sealed_before_citizen),
        ("identity", act.identity.method != "known" and not act.identity.last4),
        ("sign_citizen", not act.sign_citizen),
        ("sign_courier", not act.sign_courier),
        ("photo", act.needs_photo and act.num_photos < 1),
    )
    if counted - listed:
        raise Conflict("extra_papers")
    _refuse_missing(missing)


def check_delivery(dossier: Dossier, act: Delivery) -> None:
    """Refuse a delivery without what the law asks (Circular 17/2017 article 5).

    Raises `Conflict` `missing_proof` (identity, sign_citizen, reclaim: each paper wanted back is
    taken or has its reason; photo where the office asks for one) and `seal_mismatch`.
    """
    if not act.is_seal_whole:
        raise Conflict("seal_mismatch")
    answered = {r.paper for r in act.reclaimed if r.is_taken or r.reason.strip()}
    _refuse_missing(
        (
            ("identity", act.identity.method != "known" and not act.identity.last4),
            ("sign_citizen", not act.sign_citizen),
            ("reclaim", bool({r.paper for r in dossier.reclaims} - answered)),
            ("photo", act.needs_photo and act.num_photos < 1),
        )
    )


def failure_proofs(reason: FailureReason) -> tuple[str, ...]:
    """Return what a failed visit must show, as the house asks: of `photo`, `note`."""
    proofs = []
    if reason in NEEDS_PHOTO:
        proofs.append("photo")
    if reason in NEEDS_NOTE:
        proofs.append("note")
    return tuple(proofs)


def check_failure(act: Failure) -> None:
    """Refuse a failed visit without its proof: `Conflict` `missing_proof`."""
    needed = failure_proofs(act.reason) if act.required is None else act.required
    check_shown(needed, num_photos=act.num_photos, note=act.note, has_signature=act.has_signature)


def check_shown(
    needed: Collection[str], *, num_photos: int, note: str, has_signature: bool
) -> None:
    """Refuse a visit in vain that does not show what is needed: `Conflict` `missing_proof`."""
    _refuse_missing(
        (
            ("photo", "photo" in needed and num_photos < 1),
            ("note", "note" in needed and not note.strip()),
            ("sign_citizen", "sign_citizen" in needed and not has_signature),
        )
    )


def is_new_invitation(act: Failure) -> bool:
    """Return whether this visit counts as an invitation.

    A paper was left, for a reason that counts, at least `gap_days` working days after the last.
    """
    if not act.is_invited or act.reason not in INVITED:
        return False
    return act.working_days_since is None or act.working_days_since >= act.gap_days


def hangs_on_day(dossier: Dossier, act: Failure) -> bool:
    """Return whether the day of this failed visit says if an invitation counts, or a return is due.

    A deadline begins or ends on it; a return at once (`RETURNING`) has none.
    """
    if act.reason not in INVITED:
        return False
    return act.is_invited or (
        dossier.service == "S2" and dossier.num_invitations >= INVITATIONS_MIN
    )


def must_return(dossier: Dossier, act: Failure) -> bool:
    """Return whether the item goes back to the agency after this failed visit.

    At once for `RETURNING`; else only after two recorded invitations, the gap after the second
    passed as well, and nobody came (Circular 17/2017 article 5).
    """
    if dossier.service != "S2":
        return False
    if act.reason in RETURNING:
        return True
    return (
        act.reason in INVITED
        and dossier.num_invitations >= INVITATIONS_MIN
        and act.working_days_since is not None
        and act.working_days_since >= act.gap_days
    )


def check_agency_move(dossier: Dossier, agency_state: int) -> None:
    """Refuse a state the agency cannot set now: `Conflict` `agency_state_conflict`."""
    if agency_state not in AGENCY_MOVES.get(dossier.agency_state, frozenset()):
        raise Conflict("agency_state_conflict")


def _refuse_missing(missing: Sequence[tuple[str, bool]]) -> None:
    for proof, is_missing in missing:
        if is_missing:
            raise Conflict("missing_proof", proof=proof)
