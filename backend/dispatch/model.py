"""Nouns of dispatch: plans as they are kept, and the jobs about them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from backend.drafts import Draft, Progress

PlanState = Literal["queued", "solving", "draft", "published", "discarded", "failed"]

BUDGET_S = 15
"""Seconds of search unless asked otherwise: with start and end a plan stands within 20 s."""


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it is kept."""

    office_id: UUID
    id: UUID
    service_on: date
    state: PlanState
    seed: int
    budget_s: int
    from_s: int | None
    num_tries: int
    progress: Progress
    draft: Draft | None
    failure: str | None
    asked_by: UUID
    asked_at: datetime
    solved_at: datetime | None
    published_at: datetime | None


class Solve(msgspec.Struct, frozen=True):
    """Job `dispatch.solve`."""

    office_id: UUID
    plan_id: UUID


class Published(msgspec.Struct, frozen=True):
    """Job `dispatch.published`: news for whoever tells citizens and wakes phones."""

    office_id: UUID
    plan_id: UUID


class Reassigned(msgspec.Struct, frozen=True):
    """Job `dispatch.reassigned`: a stop left one courier's round for another's."""

    office_id: UUID
    gone_stop_id: UUID
    stop_id: UUID
