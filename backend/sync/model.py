"""Nouns of the exchange: what phones send, what they are answered, rows of streams and feeds."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from backend.kit.seal import Sealer

Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
HashHex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
TimeQuality = Literal["good", "corrected", "suspect"]
Outcome = Literal["applied", "noop", "held"]

BODY_BYTES_MAX = 256 * 1024
OPS_MAX = 200
OP_BYTES_MAX = 32 * 1024
LET_GO_MAX = 200
WITHDRAWAL = "act.withdrawn"
WITHDRAWABLE = frozenset({"dossier.accepted", "result.delivered", "visit.failed"})
"""What can be taken back within ten seconds; acts of money never can."""


class ExchangeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a phone. Fields we do not know are ignored, so that newer phones may call."""

    v: Literal[1]
    app: Annotated[str, msgspec.Meta(max_length=40)]
    stream: UUID
    epoch: Seq
    cursor: Seq
    head: Seq
    """The last number the phone has given."""
    sent_at: datetime
    mono: Annotated[float, msgspec.Meta(ge=0)]
    """Milliseconds of the phone's monotonic clock at sending."""
    boot: Annotated[str, msgspec.Meta(max_length=40)]
    first: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    """Number of `ops[0]`; `head + 1` when there are none."""
    prev: HashHex
    """Hash of op `first - 1`."""
    ops: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=OPS_MAX)]
    side: dict[str, msgspec.Raw] = {}
    decided: Seq | None = None
    """Up to here the phone knows the decisions; None asks for those of what it sends."""
    feed: bool = True
    """False from a locked phone, which can read neither feed nor decisions."""
    restarts: Seq = 0
    """How often the phone's loop hung and was begun anew since the app was opened (S14)."""
    let_go: Annotated[list[HashHex], msgspec.Meta(max_length=LET_GO_MAX)] = []
    """Pictures of which the phone had to forget its copy before the time: its storage was full."""
    withdrawn: Annotated[list[UUID], msgspec.Meta(max_length=OPS_MAX)] = []
    """Facts of this batch that a later one takes back: too large together with their withdrawals,
    they come apart from them."""
    aside: bool = False
    """The stream has ended on the phone, which cannot read these facts any more: they are not to
    be counted, but kept for a person."""


class NewOp(msgspec.Struct, frozen=True, kw_only=True):
    """A fact about to be recorded."""

    seq: int
    op_id: UUID
    kind: str
    v: int
    raw: bytes
    hash: bytes
    occurred_at: datetime
    time_quality: TimeQuality
    side_hash: str | None


class NewSide(msgspec.Struct, frozen=True):
    """The personal part of a fact about to be recorded."""

    seq: int
    raw: bytes


class Aimed(msgspec.Struct, frozen=True):
    """At which act of which stop a fact is aimed."""

    stop: UUID
    act: UUID


class Photographed(msgspec.Struct, frozen=True):
    """Which pictures a fact names."""

    photos: list[str] = []


class Withdrawn(Aimed, frozen=True):
    """The courier took a fact back before it was sent."""

    op: UUID


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What every fact says, whatever its kind."""

    id: UUID
    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    v: Annotated[int, msgspec.Meta(ge=1, le=32_000)]
    at: datetime
    mono: Annotated[float, msgspec.Meta(ge=0)]
    boot: Annotated[str, msgspec.Meta(max_length=40)]
    side_hash: HashHex | None = None


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Whose phone calls, and when."""

    office_id: UUID
    device_id: UUID
    staff_id: UUID
    now: datetime
    sealer: Sealer
    is_field: bool = True
    """Whether it is its courier's field device: others do not touch leases and cash (S22)."""
    is_ack_only: bool = False
    """A phone without a session: its facts are taken, and nothing is shown to it."""


class Stream(msgspec.Struct, frozen=True):
    """One phone install; columns in the order of `lock_stream`."""

    id: UUID
    device_id: UUID
    staff_id: UUID
    last_seq: int
    last_hash: bytes
    last_occurred_at: datetime | None
    fork_seq: int | None


class Decided(msgspec.Struct, frozen=True):
    """A decision as a phone is told; columns in the order of `decisions_from`."""

    seq: int
    id: UUID
    n: int
    outcome: Outcome
    reason: str | None


class FeedRow(msgspec.Struct, frozen=True):
    """One numbered change."""

    n: int
    kind: str
    ref: UUID
    rev: int
    doc: msgspec.Raw


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone is answered."""

    epoch: int
    ack: int
    """The last number recorded in order; may be lower than before, after a restore."""
    ack_hash: str
    ack_only: bool
    """Nothing was read for the phone: decisions and feed say nothing, its epoch stays."""
    safe: int
    """Up to here the phone may forget."""
    server_at: datetime
    decisions: list[Decided]
    feed: list[FeedRow]
    cursor: int
    """Number of the last row of `feed`, or the request's cursor."""
    more: bool
    reset: bool
    fork: bool


class SnapshotDoc(msgspec.Struct, frozen=True):
    """One document of a snapshot."""

    kind: str
    ref: UUID
    rev: int
    doc: dict[str, object] | None


class Snapshot(msgspec.Struct, frozen=True):
    """A courier's day as it stands, and where the feed goes on from."""

    epoch: int
    cursor: int
    server_at: datetime
    docs: list[SnapshotDoc]


class Missing(msgspec.Struct, frozen=True):
    """Numbers of a stream that its phone spoke of and never sent (S17)."""

    stream: UUID
    from_seq: int
    to_seq: int
    last_contact_at: datetime
    may_come: bool
    """The courier has a newer phone, and this older one is in service: it may still send them."""


class MissingLook(msgspec.Struct, frozen=True):
    """Somebody has rebuilt, or looked at, what a phone could no longer send."""

    stream: UUID
    from_seq: int
    to_seq: int
    by_name: str
    at: datetime
    note: str
    num_arrived: int
    """So many of them have come after all, counted or set aside."""


class PhoneState(msgspec.Struct, frozen=True, kw_only=True):
    """What the office sees of a phone."""

    device_id: UUID
    label: str
    staff_id: UUID
    display_name: str
    status: Literal["active", "lost", "retired"]
    is_field: bool
    has_key: bool
    enrolled_at: datetime
    last_seen_at: datetime | None
    """None before its first exchange."""
    app: str
    head: int
    """The last number it has given."""
    ack: int
    """The last number we have; what is between the two is still out there."""
    num_unsent: int
    """What it said it has and we have not, in a stream that goes on."""
    num_held: int
    num_set_aside: int
    """Facts of it that were set aside and that nobody has looked at."""
    missing: list[Missing]
    looked: list[MissingLook]
    """What was missing of it and somebody has looked at, the latest first."""


class SetAside(msgspec.Struct, frozen=True):
    """A fact that is not counted; columns in the order of `list_set_aside`, without the last."""

    id: UUID
    stream_id: UUID
    seq: int
    op_id: UUID | None
    kind: str
    """Empty where it cannot be read."""
    reason: str
    staff_id: UUID | None
    device_label: str
    told_at: datetime | None
    """When it happened by the phone's clock, uncorrected."""
    received_at: datetime
    raw: bytes
    side: bytes | None
    looked_by: UUID | None
    looked_at: datetime | None
    note: str | None


class LeaseShare(msgspec.Struct, frozen=True):
    """What a lease is of: a courier's part of a payout list."""

    list_id: UUID
    scheme: str
    period: str
    num_unpaid: int
    unpaid_vnd: int


class LeaseAsked(msgspec.Struct, frozen=True):
    """Somebody asks to take the list from its phone."""

    id: UUID
    reason: str
    asked_by_id: UUID
    asked_by: str
    asked_at: datetime


class HeldLease(msgspec.Struct, frozen=True, kw_only=True):
    """A list that a phone holds, as the desk sees it."""

    id: UUID
    share_id: UUID
    share: LeaseShare | None = None
    courier_id: UUID
    courier: str
    device_label: str
    device_status: Literal["active", "lost", "retired"]
    issued_at: datetime
    expires_at: datetime
    last_seen_at: datetime | None
    num_unsent: int
    """What the phone said it has and the office has not, when it was last heard of."""
    asked: LeaseAsked | None

    @classmethod
    def of_row(cls, *row: Any) -> "HeldLease":
        """Return one of a row of `list_held_leases`."""
        names = ("id", "share_id", "courier_id", "courier", "device_label", "device_status",
                 "issued_at", "expires_at", "last_seen_at", "num_unsent")  # fmt: skip
        said = row[len(names) :]
        asked = None if said[0] is None else LeaseAsked(*said)
        return cls(**dict(zip(names, row, strict=False)), asked=asked)


class Lease(msgspec.Struct, frozen=True):
    """The right of one phone to pay from a list; columns in the order of `lock_lease`."""

    office_id: UUID
    id: UUID
    subject: str
    """What kind of list: `payout_list`."""
    subject_id: UUID
    staff_id: UUID
    device_id: UUID
    issued_at: datetime
    expires_at: datetime
    released_at: datetime | None


class Held(msgspec.Struct, frozen=True):
    """A fact that waits for a person; columns in the order of `list_held`."""

    op_id: UUID
    kind: str
    reason: str | None
    staff_id: UUID
    occurred_at: datetime
    received_at: datetime
    time_quality: TimeQuality
    raw: bytes
    device_id: UUID
    """The phone that told it: its receipt numbers and its lists are that phone's."""


class HeldProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What one person makes of a held fact of money, waiting for a second one."""

    id: UUID
    op_id: UUID
    kind: str
    reason: str | None
    courier: str | None
    occurred_at: datetime
    outcome: Literal["applied", "noop"]
    note: str
    made_by: UUID
    made_by_name: str | None
    made_at: datetime
    amount_vnd: int | None
    """What the fact says; None where it says none, or cannot be read."""
    raw: str
    """The fact as its phone wrote it."""
