"""What an office asks as proof, line by line, and what of it has not come (reliability 1.7)."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import identity, proofs, rounds
from backend.board import store
from backend.board.evidence.paper import print_evidence
from backend.board.model import HeldStop
from backend.board.views import late_before
from backend.house import House
from backend.identity import Actor, AuditEntry, desk_office
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.http import REPORTS
from backend.kit.sql import Conn
from backend.proofs import BlobFolder
from backend.rounds import ProofLine, ProofRule

PDF: Final = "application/pdf"
NUM_RULES_MAX: Final = 400
NUM_MISSING_MAX: Final = 500


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


class MissingPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a fact, by whom, and the phone that may still have it."""

    op_id: UUID
    sha256: str
    kind: str
    courier_name: str
    device_label: str | None
    device_status: str | None
    """`active`, `lost` or `retired`; None where the phone is not known any more."""
    last_seen_at: datetime | None
    """When the phone last called."""
    occurred_at: datetime
    named_at: datetime
    """When its fact came: since then the picture is waited for."""
    let_go_at: datetime | None
    """The phone had no room and has it no more: it will not come from there."""
    num_received: int | None
    """Bytes of it that have come, of `length`; None where none have."""
    length: int | None
    errand_id: UUID | None
    stop: HeldStop | None


class MissingPictures(msgspec.Struct, frozen=True):
    """The oldest first."""

    items: list[MissingPicture]


class LookAtPicture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the dispatcher has heard of the picture."""

    note: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class _Aim(msgspec.Struct):
    stop: UUID | None = None
    act: UUID | None = None


class EvidenceController(Controller):
    """What is missing is told, with who may still have it."""

    path = "/api/dispatch/v1/missing-pictures"
    tags = ("board",)

    @get(operation_id="board_list_missing_pictures", opt={"permission": "board.read"})
    async def list_missing(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> MissingPictures:
        """Return the pictures waited for longer than `evidence_late_h` hours, 500 at most."""
        office_id = desk_office(actor, office)
        rows = await store.list_missing_pictures(
            conn, office_id, await late_before(conn, now), NUM_MISSING_MAX
        )
        aims = [_read_aim(row.raw) for row in rows]
        stops = await store.list_held_stops(
            conn, office_id, [aim.stop for aim in aims if aim.stop is not None]
        )
        errands = await store.list_errands_of_acts(
            conn, office_id, [aim.act for aim in aims if aim.act is not None]
        )
        return MissingPictures(
            [
                MissingPicture(
                    op_id=row.op_id,
                    sha256=row.sha256,
                    kind=row.kind,
                    courier_name=row.courier_name,
                    device_label=row.device_label,
                    device_status=row.device_status,
                    last_seen_at=row.last_seen_at,
                    occurred_at=row.occurred_at,
                    named_at=row.named_at,
                    let_go_at=row.let_go_at,
                    num_received=row.num_received,
                    length=row.length,
                    errand_id=None if aim.act is None else errands.get(aim.act),
                    stop=None if aim.stop is None else stops.get(aim.stop),
                )
                for row, aim in zip(rows, aims, strict=True)
            ]
        )

    @post(
        "/{op_id:uuid}/{sha256:str}/look",
        operation_id="board_look_at_missing_picture",
        opt={"permission": "held.decide"},
        status_code=204,
    )
    async def look(
        self,
        op_id: FromPath[UUID],
        sha256: FromPath[str],
        data: JSONBody[LookAtPicture],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Say that a picture will not come; one that comes all the same is kept.

        404 where no such picture is waited for: it has come, or somebody has said so before.
        """
        assert actor.id is not None, "staff looks"
        office_id = desk_office(actor, office)
        is_seen = await proofs.look_at_missing(
            conn, office_id, op_id, _read_name(sha256), by=actor.id, note=data.note, now=now
        )
        if not is_seen:
            raise NotFound()
        await identity.audit(
            conn,
            AuditEntry(
                office_id=office_id,
                at=now,
                action="picture.give_up",
                outcome="granted",
                actor_id=actor.id,
                object_kind="op",
                object_id=op_id,
            ),
        )


def _read_name(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise NotFound() from error


def _read_aim(raw: bytes) -> _Aim:
    """Return which stop and act a fact speaks of; none where it cannot be read."""
    try:
        return msgspec.json.decode(raw, type=_Aim)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return _Aim()


class ProofSheetController(Controller):
    """What was done for an errand at its doors, on paper."""

    path = "/api/dispatch/v1/errands"
    tags = ("board",)

    @get(
        "/{errand_id:uuid}/proofs.pdf",
        operation_id="board_print_proofs",
        opt={"permission": "custody.read"} | REPORTS,
        media_type=PDF,
    )
    async def print_proofs(
        self,
        errand_id: FromPath[UUID],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> Response[bytes]:
        """Return the visits to an errand of papers and what proves them, as PDF.

        In the reader's language; who printed it is written down. 404 for money at the door.
        """
        house: House = state.house
        office_id = desk_office(actor, office)
        paper = await print_evidence(
            conn,
            house.sealer,
            BlobFolder(house.blob_dir),
            office_id,
            errand_id,
            locale=actor.locale,
            now=now,
        )
        await identity.audit(
            conn,
            AuditEntry(
                office_id=office_id,
                at=now,
                action="proofs.print",
                outcome="granted",
                actor_id=actor.id,
                object_kind="errand",
                object_id=errand_id,
            ),
        )
        headers = {"content-disposition": f'inline; filename="phieu-chung-cu-{errand_id}.pdf"'}
        return Response(paper, media_type=PDF, headers=headers)


controllers: Final = (ProofRuleController, EvidenceController, ProofSheetController)
