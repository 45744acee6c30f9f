"""The stream that tells an open board to read again."""

from collections.abc import AsyncIterator
from uuid import UUID

from litestar.response import ServerSentEventMessage

from backend import dispatch, rounds
from backend.house import House
from backend.kit import stream


def follow(house: House, office_id: UUID) -> AsyncIterator[ServerSentEventMessage]:
    """Yield `hello`, then `board` and `plan` whenever the office's board or plans changed."""
    topics = {"board": rounds.board_topic(office_id), "plan": dispatch.plan_topic(office_id)}
    return stream.follow(house.hub, topics)
