"""Nouns of custody: parties, items, handovers and signed records."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

PartyKind = Literal["citizen", "courier", "office", "agency"]
ItemKind = Literal["dossier", "result", "bag"]


class Party(msgspec.Struct, frozen=True):
    """One who can hold an item."""

    kind: PartyKind
    id: UUID


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item at the moment it enters our hands: the first link of its chain."""

    office_id: UUID
    id: UUID
    kind: ItemKind
    code: str
    seal_number: str | None
    holder: Party
    """Who had it before it moved for the first time."""
    at: datetime
    received_at: datetime
    op_id: UUID | None = None
    by_staff_id: UUID | None = None


class Item(msgspec.Struct, frozen=True):
    """An item as it stands; columns in the order of `find_item`."""

    office_id: UUID
    id: UUID
    kind: ItemKind
    code: str
    seal_number: str | None
    holder_kind: PartyKind
    holder_id: UUID
    num_handovers: int
    is_frozen: bool
    passed_op_id: UUID | None = None
    """The fact by which its holder says to have handed it on; nobody has said yet to have it."""

    @property
    def holder(self) -> Party:
        """Return who has it now."""
        return Party(self.holder_kind, self.holder_id)


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """One change of custody by two parties."""

    office_id: UUID
    item_id: UUID
    giver: Party
    taker: Party
    occurred_at: datetime
    received_at: datetime
    seal_number: str | None = None
    """A new seal put on now; None keeps the one it has."""
    is_seal_whole: bool | None = None
    """What the taker saw; None where there was nothing to see."""
    op_id: UUID | None = None
    by_staff_id: UUID | None = None
    record_id: UUID | None = None
    note: str = ""


class Link(msgspec.Struct, frozen=True):
    """One link of an item's chain as it is read; columns in the order of `list_chain`."""

    n: int
    from_kind: PartyKind | None
    from_id: UUID | None
    to_kind: PartyKind
    to_id: UUID
    seal_number: str | None
    is_seal_whole: bool | None
    occurred_at: datetime
    received_at: datetime
    by_staff_id: UUID | None
    record_id: UUID | None
    note: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record of handing over signed by the agency and the post (biên bản giao nhận)."""

    office_id: UUID
    id: UUID
    partner_id: UUID
    direction: Literal["to_agency", "from_agency"]
    num_items: int
    signed_at: datetime
    """The legal time of submission (Decision 45/2016, article 7)."""
    signed_by_agency: UUID
    signed_by_post: UUID
    note: str = ""
