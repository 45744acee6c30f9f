"""Which proof an act or a visit in vain wants: required, asked for, or not taken at all.

The house has its table; an office sets other words for single lines of it, from the next day on. A
round is judged by the rules of its own day, which its phone was given with the round; the phone's
twin (`pwa/src/lib/rules/demands.ts`) is tied by `tests/vectors/proof_rules.json`. What the law asks
(identity, seal, papers, signatures of an act done) is no setting.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

import msgspec

from backend import dossiers
from backend.dossiers import FailureReason
from backend.kit import catalog
from backend.kit.clock import service_day
from backend.kit.errors import Invalid
from backend.kit.sql import Conn
from backend.kit.unit import unit_of
from backend.rounds.actions import tell_phone
from backend.rounds.model import ActKind
from backend.rounds.store import queries

catalog.add(
    {
        "proof_not_possible": (
            "Việc này không có loại bằng chứng đó: {act}, {proof}.",
            "This act cannot have that proof: {act}, {proof}.",
        ),
        "reason_not_of_act": (
            "Lý do {reason} không dùng cho việc {act}.",
            "The reason {reason} is none of {act}.",
        ),
        "reason_of_ending": (
            "Việc không thành phải kèm lý do; việc đã xong không có lý do.",
            "A visit in vain has its reason, an act done has none.",
        ),
        "proof_rule_twice": (
            "Một dòng bằng chứng được đặt hai lần: {act}, {reason}, {proof}.",
            "The same line is set twice: {act}, {reason}, {proof}.",
        ),
    }
)

Ending = Literal["done", "failed"]
Proof = Literal["photo", "note", "sign_citizen"]
Demand = Literal["required", "asked", "off"]
NUM_RULES_MAX = 400
# At these doors a picture shows people or papers rather than the reason.
NO_PHOTO: frozenset[FailureReason] = frozenset(
    {"DECEASED", "NO_ID", "NO_AUTHORITY", "NO_PIN", "FEE_UNPAID"}
)
# Of which acts alone some reasons can be.
ONLY: dict[FailureReason, ActKind] = {"DAMAGED": "result.deliver", "NO_PIN": "order.pay"}
# What may be set for an act that is done; what else it wants is law, or the money rooms' own.
WHEN_DONE: dict[ActKind, Demand] = {"dossier.accept": "required", "result.deliver": "asked"}


class ProofRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line that an office words otherwise than the house."""

    act: ActKind | None
    """None: every act that can end so."""
    ending: Ending
    reason: FailureReason | None
    """Of a visit in vain; None for an act done."""
    proof: Proof
    demand: Demand


class ProofLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the table as it stands for an office."""

    act: ActKind
    ending: Ending
    reason: FailureReason | None
    proof: Proof
    demand: Demand
    usual: Demand
    """The house's own word."""


class ProofRules(msgspec.Struct, frozen=True):
    """An office's rules; columns in the order of `find_proof_rules`."""

    valid_from: date
    rules: list[ProofRule]
    reason: str
    set_by_id: UUID
    set_at: datetime

    @classmethod
    def of_row(cls, valid_from: date, rules: object, *rest: object) -> "ProofRules":
        """Return the rules in a row."""
        read = msgspec.convert(rules, list[ProofRule])
        return cls(valid_from, read, *rest)  # type: ignore[arg-type]  # the columns


def usual(act: ActKind, ending: Ending, reason: FailureReason | None, proof: Proof) -> Demand:
    """Return what the house asks where the office has said nothing."""
    if ending == "done":
        return WHEN_DONE.get(act, "off") if proof == "photo" else "off"
    assert reason is not None, "a visit in vain has its reason"
    if proof == "sign_citizen":
        return "asked" if reason == "REFUSED" else "off"
    if proof in dossiers.failure_proofs(reason):
        return "required"
    return "off" if proof == "photo" and reason in NO_PHOTO else "asked"


def find_demand(
    rules: Sequence[ProofRule],
    act: ActKind,
    ending: Ending,
    reason: FailureReason | None,
    proof: Proof,
) -> Demand:
    """Return what an office asks: its word for this act, for every act, or the house's."""
    said = {
        rule.act: rule.demand
        for rule in rules
        if (rule.ending, rule.reason, rule.proof) == (ending, reason, proof)
    }
    return said.get(act) or said.get(None) or usual(act, ending, reason, proof)


def required(
    rules: Sequence[ProofRule], act: ActKind, ending: Ending, reason: FailureReason | None
) -> frozenset[Proof]:
    """Return the proofs without which a fact is held."""
    proofs: tuple[Proof, ...] = get_args(Proof)
    return frozenset(
        proof for proof in proofs if find_demand(rules, act, ending, reason, proof) == "required"
    )


def list_proof_lines(rules: Sequence[ProofRule]) -> list[ProofLine]:
    """Return the whole table as it stands for an office, each line that can be set."""
    return [
        ProofLine(
            act=act,
            ending=ending,
            reason=reason,
            proof=proof,
            demand=find_demand(rules, act, ending, reason, proof),
            usual=usual(act, ending, reason, proof),
        )
        for act, ending, reason, proof in _list_settable()
    ]


def _list_settable() -> Iterator[tuple[ActKind, Ending, FailureReason | None, Proof]]:
    acts: tuple[ActKind, ...] = get_args(ActKind)
    for act in acts:
        if act in WHEN_DONE:
            yield act, "done", None, "photo"
        for reason in get_args(FailureReason):
            if ONLY.get(reason, act) == act:
                for proof in get_args(Proof):
                    yield act, "failed", reason, proof


def check_rules(rules: Sequence[ProofRule]) -> None:
    """Refuse rules that no phone could keep.

    Raises `Invalid`: `reason_of_ending`, `reason_not_of_act`, `proof_not_possible`,
    `proof_rule_twice`.
    """
    seen = set()
    for rule in rules:
        params = {"act": rule.act or "*", "reason": rule.reason or "", "proof": rule.proof}
        if (rule.ending == "failed") != (rule.reason is not None):
            raise Invalid("reason_of_ending", **params)
        if rule.reason is not None and rule.act not in (None, ONLY.get(rule.reason, rule.act)):
            raise Invalid("reason_not_of_act", **params)
        is_settable = rule.proof == "photo" and (rule.act is None or rule.act in WHEN_DONE)
        if rule.ending == "done" and not is_settable:
            raise Invalid("proof_not_possible", **params)
        key = (rule.act, rule.ending, rule.reason, rule.proof)
        if key in seen:
            raise Invalid("proof_rule_twice", **params)
        seen.add(key)


async def find_rules(conn: Conn, office_id: UUID, on_day: date) -> list[ProofRule]:
    """Return what an office asks otherwise than the house, for rounds of a day."""
    unit = unit_of(conn)
    if unit is not None:
        kept: list[ProofRule] = await unit.once(
            ("proof_rules", office_id, on_day), lambda: find_rules(conn, office_id, on_day)
        )
        return kept
    found = await find_proof_rules(conn, office_id, on_day)
    return [] if found is None else found.rules


async def find_proof_rules(conn: Conn, office_id: UUID, on_day: date) -> ProofRules | None:
    """Return the rules in force on a day with who set them; None: the house's alone."""
    return await queries.one(
        conn, "find_proof_rules", ProofRules.of_row, office_id=office_id, on_day=on_day
    )


async def find_required(
    conn: Conn,
    office_id: UUID,
    on_day: date,
    act: ActKind,
    ending: Ending,
    reason: FailureReason | None = None,
) -> frozenset[Proof]:
    """Return the proofs without which a fact of that day's round is held."""
    return required(await find_rules(conn, office_id, on_day), act, ending, reason)


async def set_proof_rules(
    conn: Conn,
    office_id: UUID,
    rules: Sequence[ProofRule],
    *,
    reason: str,
    by: UUID,
    now: datetime,
) -> date:
    """Set what an office asks otherwise than the house, from the next day on; return that day.

    Phones that have a round of that day or later are told. Raises what `check_rules` does.
    """
    check_rules(rules)
    valid_from = service_day(now) + timedelta(days=1)
    await queries.run(
        conn,
        "set_proof_rules",
        office_id=office_id,
        valid_from=valid_from,
        rules=msgspec.to_builtins(list(rules)),
        reason=reason,
        by_id=by,
        at=now,
    )
    for round_id, courier_id in await queries.list(
        conn, "bump_rounds_from", lambda *row: row, office_id=office_id, from_day=valid_from
    ):
        await tell_phone(conn, office_id, courier_id, kind="round", ref=round_id)
    return valid_from
