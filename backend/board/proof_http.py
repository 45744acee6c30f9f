"""What an office asks as proof, line by line: read by its desk, set by its administrator."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from backend import identity, rounds
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit.clock import service_day
from backend.kit.sql import Conn
from backend.rounds import ProofLine, ProofRule

NUM_RULES_MAX: Final = 400


class ProofTable(msgspec.Struct, frozen=True):
    """The rules that count from the next day on, and the whole table they make."""

    valid_from: date | None
    """Since when these rules count, or will; None: the house's alone."""
    set_at: datetime | None
    reason: str
    rules: list[ProofRule]
    lines: list[ProofLine]


class SetProofRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the office asks otherwise than the house; an empty list goes back to the house's."""

    rules: Annotated[list[ProofRule], msgspec.Meta(max_length=NUM_RULES_MAX)]
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class ProofRuleController(Controller):
    """Proof by act, ending and reason."""

    path = "/api/dispatch/v1/proof-rules"
    tags = ("dispatch",)

    @get(operation_id="dispatch_read_proof_rules", opt={"permission": "proof_rules.read"})
    async def read(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> ProofTable:
        """Return what will be asked from tomorrow on: what is changed counts from then."""
        return await _table(conn, desk_office(actor, office), now)

    @put(operation_id="dispatch_set_proof_rules", opt={"permission": "proof_rules.write"})
    async def set(
        self,
        data: JSONBody[SetProofRules],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> ProofTable:
        """Set the office's rules from the next day on; today's rounds keep theirs.

        422 `reason_of_ending`, `reason_not_of_act`, `proof_not_possible`, `proof_rule_twice`.
        """
        assert actor.id is not None, "staff sets rules"
        office_id = desk_office(actor, office)
        await rounds.set_proof_rules(
            conn, office_id, data.rules, reason=data.reason, by=actor.id, now=now
        )
        await identity.audit(
            conn,
            AuditEntry(
                office_id=office_id,
                at=now,
                action="proof_rules.set",
                outcome="granted",
                actor_id=actor.id,
                object_kind="office",
                object_id=office_id,
            ),
        )
        return await _table(conn, office_id, now)


async def _table(conn: Conn, office_id: UUID, now: datetime) -> ProofTable:
    tomorrow = service_day(now) + timedelta(days=1)
    found = await rounds.find_proof_rules(conn, office_id, tomorrow)
    rules = [] if found is None else found.rules
    return ProofTable(
        valid_from=None if found is None else found.valid_from,
        set_at=None if found is None else found.set_at,
        reason="" if found is None else found.reason,
        rules=rules,
        lines=rounds.list_proof_lines(rules),
    )


controllers: Final = (ProofRuleController,)
