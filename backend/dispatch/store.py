"""Rows of dispatch: plans, and what of other rooms a plan is made from."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from backend.dispatch.model import PlanRow, PlanState
from backend.doorstep import MoneyKind
from backend.drafts import Draft, Progress
from backend.kit.sql import Conn, load

queries = load(__file__)


def _plan(
    office_id: UUID,
    id: UUID,
    service_on: date,
    state: PlanState,
    seed: int,
    budget_s: int,
    from_s: int | None,
    num_tries: int,
    progress: dict[str, Any],
    draft: dict[str, Any] | None,
    failure: str | None,
    asked_by: UUID,
    asked_at: datetime,
    solved_at: datetime | None,
    published_at: datetime | None,
) -> PlanRow:
    return PlanRow(
        office_id=office_id,
        id=id,
        service_on=service_on,
        state=state,
        seed=seed,
        budget_s=budget_s,
        from_s=from_s,
        num_tries=num_tries,
        progress=msgspec.convert(progress, Progress),
        draft=None if draft is None else msgspec.convert(draft, Draft),
        failure=failure,
        asked_by=asked_by,
        asked_at=asked_at,
        solved_at=solved_at,
        published_at=published_at,
    )


class RunningRow(NamedTuple):
    """A round of the day; the last four are None when no stop remains."""

    courier_id: UUID
    round_id: UUID
    state: str
    lunch_at_s: int | None
    starts_s: int
    lat: float | None
    lon: float | None
    free_at: datetime | None
    load_g: int
    load_ml: int
    cash_out_vnd: int
    """What is still to be paid at doors."""


class DoorRow(NamedTuple):
    """Where a stop is."""

    id: UUID
    address: str
    commune: str | None
    lat: float | None
    lon: float | None
    pin: str


class PlaceInRound(NamedTuple):
    """Where an errand's stop comes in its round."""

    round_id: UUID
    stop_id: UUID
    courier_id: UUID
    round_state: str
    stop_state: str
    planned_at: datetime
    tw_early_at: datetime | None
    tw_late_at: datetime | None
    num_before: int
    """Open stops that come first."""
    delay_s: int
    """By how much the courier was late at the stop finished last; negative for early."""
    service_on: date


class ErrandState(NamedTuple):
    """How an errand stands."""

    id: UUID
    service: str
    state: str


def _pair(id: UUID, name: str) -> tuple[UUID, str]:
    return id, name


def _one(value: UUID) -> UUID:
    return value


async def add_plan(
    conn: Conn,
    *,
    office_id: UUID,
    plan_id: UUID,
    service_on: date,
    seed: int,
    budget_s: int,
    from_s: int | None,
    asked_by: UUID,
    now: datetime,
) -> None:
    """Write a plan that was asked for."""
    await queries.run(
        conn,
        "add_plan",
        office_id=office_id,
        id=plan_id,
        service_on=service_on,
        seed=seed,
        budget_s=budget_s,
        from_s=from_s,
        asked_by=asked_by,
        now=now,
    )


async def discard_older(conn: Conn, office_id: UUID, service_on: date) -> None:
    """Discard the plans of a day that were never published."""
    await queries.run(conn, "discard_older", office_id=office_id, service_on=service_on)


async def find_plan(conn: Conn, office_id: UUID, plan_id: UUID) -> PlanRow | None:
    """Return a plan of the office, or None."""
    return await queries.one(conn, "find_plan", _plan, office_id=office_id, id=plan_id)


async def lock_plan(conn: Conn, office_id: UUID, plan_id: UUID) -> PlanRow | None:
    """Return a plan of the office, locked, or None."""
    return await queries.one(conn, "lock_plan", _plan, office_id=office_id, id=plan_id)


async def list_plans(conn: Conn, office_id: UUID, service_on: date) -> list[PlanRow]:
    """Return the plans of a day without drafts, the newest first."""
    return await queries.list(conn, "list_plans", _plan, office_id=office_id, service_on=service_on)


async def begin_solving(
    conn: Conn, office_id: UUID, plan_id: UUID, now: datetime
) -> PlanRow | None:
    """Take the plan to solve it, or return None when there is nothing left to solve."""
    return await queries.one(conn, "begin_solving", _plan, office_id=office_id, id=plan_id, now=now)


async def write_progress(
    conn: Conn, plan: PlanRow, progress: Progress, draft: Draft | None, now: datetime
) -> bool:
    """Write how far try `plan.num_tries` is; False when the plan is no longer its to solve."""
    touched = await queries.run(
        conn,
        "write_progress",
        office_id=plan.office_id,
        id=plan.id,
        num_tries=plan.num_tries,
        progress=progress,
        draft=draft,
        now=now,
    )
    return touched == 1


async def finish_solving(
    conn: Conn, plan: PlanRow, progress: Progress, draft: Draft, now: datetime
) -> bool:
    """Write the final draft; False when the plan is no longer this try's to solve."""
    touched = await queries.run(
        conn,
        "finish_solving",
        office_id=plan.office_id,
        id=plan.id,
        num_tries=plan.num_tries,
        progress=progress,
        draft=draft,
        now=now,
    )
    return touched == 1


async def fail_plan(
    conn: Conn, office_id: UUID, plan_id: UUID, failure: str, now: datetime
) -> None:
    """Mark a plan that cannot be made."""
    await queries.run(conn, "fail_plan", office_id=office_id, id=plan_id, failure=failure, now=now)


async def fail_lost_plans(conn: Conn, before: datetime, now: datetime) -> list[UUID]:
    """Mark plans without a sign of life since `before`; return their offices."""
    return await queries.list(conn, "fail_lost_plans", _one, before=before, now=now)


async def set_discarded(conn: Conn, office_id: UUID, plan_id: UUID) -> bool:
    """Throw a plan away; False when it is past that."""
    return await queries.run(conn, "set_discarded", office_id=office_id, id=plan_id) == 1


async def set_published(
    conn: Conn, office_id: UUID, plan_id: UUID, by: UUID, now: datetime
) -> None:
    """Mark a draft as published."""
    await queries.run(conn, "set_published", office_id=office_id, id=plan_id, by=by, now=now)


async def list_running(conn: Conn, office_id: UUID, service_on: date) -> list[RunningRow]:
    """Return the day's rounds and where their remaining stops end."""
    return await queries.list(
        conn, "list_running", RunningRow, office_id=office_id, service_on=service_on
    )


async def list_taken(conn: Conn, office_id: UUID, errand_ids: Sequence[UUID]) -> list[UUID]:
    """Return those of the errands that are on a round."""
    return await queries.list(conn, "list_taken", _one, office_id=office_id, errand_ids=errand_ids)


async def list_frozen(conn: Conn, office_id: UUID, errand_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the errands whose item may not move."""
    frozen = await queries.list(
        conn, "list_frozen", _one, office_id=office_id, errand_ids=errand_ids
    )
    return set(frozen)


async def lock_errands(
    conn: Conn, office_id: UUID, errand_ids: Sequence[UUID]
) -> list[ErrandState]:
    """Return how some errands stand, locked by id."""
    return [
        row
        for name in ("lock_errands", "lock_money_errands")
        for row in await queries.list(
            conn, name, ErrandState, office_id=office_id, errand_ids=errand_ids
        )
    ]


async def list_doors(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> list[DoorRow]:
    """Return where some doors are."""
    return await queries.list(conn, "list_doors", DoorRow, office_id=office_id, ids=ids)


async def list_names(conn: Conn, office_id: UUID, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of some citizens."""
    return dict(await queries.list(conn, "list_names", _pair, office_id=office_id, ids=ids))


async def find_place_in_round(conn: Conn, office_id: UUID, errand_id: UUID) -> PlaceInRound | None:
    """Return where an errand's open stop comes in its round; None when it is on none."""
    return await queries.one(
        conn, "find_place_in_round", PlaceInRound, office_id=office_id, errand_id=errand_id
    )


async def list_near(
    conn: Conn, office_id: UUID, errand_id: UUID, num_near: int
) -> list[tuple[UUID, UUID]]:
    """Return errand and stop with at most `num_near` stops before them, on this errand's round."""
    return await queries.list(
        conn,
        "list_near",
        lambda errand, stop: (errand, stop),
        office_id=office_id,
        errand_id=errand_id,
        num_near=num_near,
    )


class PaymentRow(NamedTuple):
    """An act of money still open on a round, đồng."""

    kind: MoneyKind
    cash_out_vnd: int
    cash_in_vnd: int
    trip: int = 0
    """How often the courier calls at the office for more cash before it."""


async def list_payments(
    conn: Conn, office_id: UUID, courier_id: UUID, service_on: date
) -> list[PaymentRow]:
    """Return what is still paid out and taken at the doors of a courier's round of a day."""
    return await queries.list(
        conn,
        "list_payments",
        PaymentRow,
        office_id=office_id,
        courier_id=courier_id,
        service_on=service_on,
    )
