"""What the dispatcher's open screen is told: that the board or the plans changed."""

from collections.abc import AsyncIterator
from uuid import UUID

from litestar.response import ServerSentEventMessage

from backend import dispatch, rounds
from backend.house import House
from backend.kit import stream


def follow(house: House, office_id: UUID) -> AsyncIterator[ServerSentEventMessage]:
    """Return the stream of an office's board and plans."""
    topics = {"board": rounds.board_topic(office_id), "plan": dispatch.plan_topic(office_id)}
    return stream.follow(house.hub, topics)
