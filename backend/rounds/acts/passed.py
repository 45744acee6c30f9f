"""Items handed over on the road, as the phones of both couriers and the dispatcher see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from backend.kit.sql import Conn
from backend.rounds import rules
from backend.rounds.model import Document
from backend.rounds.store import queries

Standing = Literal["waits_for_other", "passing_differs", "passing_other_taker", "joined"]


class OpenPassing(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over of which only one side is in, or both differ."""

    id: UUID
    code: str
    standing: Standing
    giver_id: UUID | None
    giver: str | None
    given_at: datetime | None
    num_given: int | None
    to: str | None
    """Whom the giver has named."""
    taker_id: UUID | None
    taker: str | None
    taken_at: datetime | None
    num_counted: int | None
    items: list[str]
    """Numbers of the items as their giver tells them."""


async def list_open(conn: Conn, office_id: UUID) -> list[OpenPassing]:
    """Return the hand-overs that somebody may have to ask about, the oldest first."""

    def read(*row: Any) -> OpenPassing:
        names = (
            "id", "code", "giver_id", "giver", "given_at", "num_given", "to", "to_id", "taker_id",
            "taker", "taken_at", "num_counted", "items",
        )  # fmt: skip
        fields = dict(zip(names, row, strict=True))
        standing = rules.judge_passing(
            num_given=fields["num_given"],
            num_counted=fields["num_counted"],
            to=fields.pop("to_id"),
            taker=fields["taker_id"],
        )
        return OpenPassing(standing=standing, **fields)

    return await queries.list(conn, "list_open_passings", read, office_id=office_id)


async def list_documents(
    conn: Conn,
    office_id: UUID,
    courier_id: UUID,
    *,
    ids: Sequence[UUID] = (),
    since: datetime | None = None,
) -> list[Document]:
    """Return hand-overs as this courier's phone shows them: some by id, or all since an instant."""
    rows = await queries.list(
        conn,
        "passing_documents",
        lambda *row: row,
        office_id=office_id,
        courier_id=courier_id,
        ids=list(ids),
        since=since,
    )
    return [_document(courier_id, *row) for row in rows]


def _document(courier_id: UUID, *row: Any) -> Document:
    (
        passing_id, code, rev, state, giver_id, giver, given_at, num_given, to_id, taker_id, taker,
        taken_at, num_counted, items,
    ) = row  # fmt: skip
    is_mine = giver_id == courier_id
    standing = rules.judge_passing(
        num_given=num_given, num_counted=num_counted, to=to_id, taker=taker_id
    )
    doc = {
        "id": passing_id,
        "code": code,
        "side": "giver" if is_mine else "taker",
        "state": state,
        "standing": standing,
        "other": taker if is_mine else giver,
        "num": num_given if is_mine else num_counted,
        "at": given_at if is_mine else taken_at,
        # Who has not been given anything yet learns nothing of it.
        "items": items if is_mine or state == "joined" else [],
    }
    return Document("passing", passing_id, rev, doc)
