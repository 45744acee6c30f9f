"""Verbs of dispatch: ask for a plan, read what it is made from, discard it.

A plan covers the errands that are on no round. Rounds that exist keep their stops, order and
times: what was promised stays. New stops come behind those that remain, and what lies at the
office goes only to who has not left it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from backend import doorstep, dossiers, network, rounds
from backend.dispatch import plan as plans
from backend.dispatch import store
from backend.dispatch.model import BUDGET_S, PlanRow, Published, Solve
from backend.doorstep import Errand
from backend.dossiers import Dossier
from backend.drafts import Draft, DueErrand, PlanInput, Running, Span, WorkingCourier
from backend.kit import jobs, live
from backend.kit.clock import seconds_of_day, service_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id
from backend.kit.sql import Conn
from backend.network import CourierDay, Office

SOLVE = "dispatch.solve"
PUBLISHED = "dispatch.published"
REASSIGNED = "dispatch.reassigned"
LOST_AFTER = timedelta(minutes=3)
LEAVE_S = 300
"""From publishing to being on the road, when a plan begins now."""
CASH_LIMIT = "courier_cash_limit_vnd"
CASH_RELOADS = "courier_cash_reloads_max"
"""The rule that says how much cash a courier may have on the way, where the courier has none."""
HOUSE_ID = UUID(int=0)
"""Asks where no member of staff does: the command line."""


def plan_topic(office_id: UUID) -> str:
    """Return the topic under which an office's plans are news."""
    return f"plan:{office_id}"


async def ask(
    conn: Conn,
    *,
    office_id: UUID,
    service_on: date,
    asked_by: UUID,
    now: datetime,
    budget_s: int = BUDGET_S,
    seed: int = 0,
    is_from_now: bool = False,
) -> UUID:
    """Ask for a plan of a day and return its id; drafts of that day make room for it.

    `is_from_now` lets no visit begin before five minutes from now, unless all shifts are over.
    Raises `Conflict` with `plan_past_day`, `plan_no_couriers` or `plan_no_errands`.
    """
    plans.check_day(service_on, service_day(now))
    couriers = await _list_couriers(conn, office_id, service_on)
    if not couriers:
        raise Conflict("plan_no_couriers", service_on=service_on.isoformat())
    # A plan of a day to come takes nothing from the rounds that are out today.
    over_before = min(service_on, service_day(now))
    await rounds.release_left_behind(conn, office_id, over_before, now)
    if not await list_unplanned(conn, office_id, service_on):
        raise Conflict("plan_no_errands", service_on=service_on.isoformat())
    await store.discard_older(conn, office_id, service_on)
    plan_id = new_id()
    from_s = None
    if is_from_now and service_on == service_day(now):
        ends_s = max(day.ends_s or 0 for days in couriers.values() for day in days)
        soon_s = seconds_of_day(now, service_on) + LEAVE_S
        from_s = soon_s if soon_s < ends_s else None
    await store.add_plan(
        conn,
        office_id=office_id,
        plan_id=plan_id,
        service_on=service_on,
        seed=seed,
        budget_s=budget_s,
        from_s=from_s,
        asked_by=asked_by,
        now=now,
    )
    await jobs.enqueue(conn, SOLVE, Solve(office_id, plan_id), dedupe=f"{SOLVE}:{plan_id}")
    await live.publish(conn, plan_topic(office_id))
    return plan_id


async def get_plan(conn: Conn, office_id: UUID, plan_id: UUID) -> PlanRow:
    """Return a plan of the office or raise `NotFound`."""
    plan = await store.find_plan(conn, office_id, plan_id)
    if plan is None:
        raise NotFound()
    return plan


async def discard(conn: Conn, office_id: UUID, plan_id: UUID) -> None:
    """Throw a plan away, also while it is being made; its search stops at its next news.

    Raises `NotFound`, and `Conflict` `plan_already_published`.
    """
    plan = await store.lock_plan(conn, office_id, plan_id)
    if plan is None:
        raise NotFound()
    if plan.state == "published":
        raise Conflict("plan_already_published")
    await store.set_discarded(conn, office_id, plan_id)
    await live.publish(conn, plan_topic(office_id))


async def publish(
    conn: Conn, *, office_id: UUID, plan_id: UUID, by: UUID, now: datetime
) -> list[UUID]:
    """Make rounds of a draft and return their ids; all of it or nothing.

    Raises `NotFound`, and `Conflict`: `plan_already_published`, `plan_not_ready`, `plan_empty`,
    or `plan_stale` with the errands and couriers that are no longer as they were.
    """
    plan = await store.lock_plan(conn, office_id, plan_id)
    if plan is None:
        raise NotFound()
    if plan.state == "published":
        raise Conflict("plan_already_published")
    if plan.state != "draft" or plan.draft is None:
        raise Conflict("plan_not_ready")
    if not plan.draft.routes:
        raise Conflict("plan_empty")
    plans.check_day(plan.service_on, service_day(now))
    states = await _check_fresh(conn, plan, plan.draft)
    services: dict[UUID, str] = {one: service for one, (service, _) in states.items()}
    riders = await list_riders(conn, office_id, list(services))
    made = await rounds.publish(
        conn,
        office_id=office_id,
        service_on=plan.service_on,
        plan_id=plan.id,
        drafts=plans.make_rounds(plan.draft, services, riders),
        now=now,
    )
    await store.set_published(conn, office_id, plan.id, by, now)
    await jobs.enqueue(conn, PUBLISHED, Published(office_id, plan.id))
    await live.publish(conn, plan_topic(office_id))
    return made


async def _check_fresh(conn: Conn, plan: PlanRow, draft: Draft) -> dict[UUID, tuple[str, str]]:
    """Lock the errands of a draft; raise `plan_stale` unless all is as it was planned with."""
    placed = list(plans.list_errands(draft))
    rows = await store.lock_errands(conn, plan.office_id, placed)
    states = {row.id: (row.service, row.state) for row in rows}
    taken = await store.list_taken(conn, plan.office_id, placed)
    frozen = await store.list_frozen(conn, plan.office_id, placed)
    running = await store.list_running(conn, plan.office_id, plan.service_on)
    errands = plans.list_stale_errands(draft, states, {*taken, *frozen})
    couriers = plans.list_stale_couriers(
        draft,
        {row.courier_id: (row.round_id, row.state) for row in running},
        await _list_couriers(conn, plan.office_id, plan.service_on),
        [errand_id for errand_id, (service, _) in states.items() if service in plans.FROM_OFFICE],
    )
    if errands or couriers:
        raise Conflict(
            "plan_stale",
            num_errands=len(errands),
            num_couriers=len(couriers),
            errand_ids=",".join(map(str, errands)),
            courier_ids=",".join(map(str, couriers)),
        )
    return states


async def fail_lost_plans(conn: Conn, now: datetime) -> int:
    """Fail the plans whose worker has been silent too long; return how many."""
    offices = await store.fail_lost_plans(conn, now - LOST_AFTER, now)
    for office_id in set(offices):
        await live.publish(conn, plan_topic(office_id))
    return len(offices)


async def list_unplanned(conn: Conn, office_id: UUID, service_on: date) -> list[Dossier | Errand]:
    """Return the errands due on a day that are on no round: papers and acts of money.

    What a dossier costs is not among them while that is to be visited: it goes along (`riders`).
    """
    money = await doorstep.list_due(conn, office_id, service_on)
    hosts = [e.subject_id for e in money if e.kind == "charge.collect" and e.subject_id]
    awaited = await dossiers.list_awaited(conn, office_id, hosts) if hosts else set()
    due: list[Dossier | Errand] = [
        *await dossiers.list_due(conn, office_id, service_on),
        *(errand for errand in money if errand.subject_id not in awaited),
    ]
    taken = set(await store.list_taken(conn, office_id, [errand.id for errand in due]))
    return [errand for errand in due if errand.id not in taken]


async def list_riders(
    conn: Conn, office_id: UUID, host_ids: Sequence[UUID]
) -> dict[UUID, list[Errand]]:
    """Return what goes along with some dossiers and is on no round itself, by dossier."""
    riders: dict[UUID, list[Errand]] = {}
    found = await doorstep.list_riding(conn, office_id, host_ids)
    taken = set(await store.list_taken(conn, office_id, [errand.id for errand in found]))
    for errand in found:
        if errand.id not in taken and errand.subject_id is not None:
            riders.setdefault(errand.subject_id, []).append(errand)
    return riders


async def read_input(conn: Conn, plan: PlanRow, now: datetime) -> PlanInput:
    """Return all that the plan is made from, as it stands now."""
    office = await network.get_office(conn, plan.office_id)
    due = await list_unplanned(conn, plan.office_id, plan.service_on)
    doors = {
        door.id: door
        for door in await store.list_doors(
            conn, plan.office_id, sorted({errand.delivery_point_id for errand in due})
        )
    }
    riders = await list_riders(conn, plan.office_id, [errand.id for errand in due])
    frozen = await store.list_frozen(conn, plan.office_id, [errand.id for errand in due])
    couriers = await _list_couriers(conn, plan.office_id, plan.service_on)
    running, closed = await _list_running(conn, plan, office, now)
    limit_vnd = await network.get_number(conn, CASH_LIMIT, plan.service_on)
    reloads_max = await network.get_number(conn, CASH_RELOADS, plan.service_on, default=1)
    return PlanInput(
        cash_reloads_max=reloads_max,
        service_on=plan.service_on,
        office_lat=office.lat,
        office_lon=office.lon,
        from_s=plan.from_s,
        errands=[
            _make_due(
                errand,
                doors[errand.delivery_point_id],
                plan.service_on,
                riders.get(errand.id, []),
                is_frozen=errand.id in frozen,
            )
            for errand in due
        ],
        couriers=[
            _make_courier(days, running.get(courier_id), limit_vnd)
            for courier_id, days in couriers.items()
            if courier_id not in closed
        ],
        seed=plan.seed,
        budget_s=plan.budget_s,
    )


async def _list_couriers(
    conn: Conn, office_id: UUID, service_on: date
) -> dict[UUID, list[CourierDay]]:
    """Return the couriers who work on a day, each with their shifts."""
    days = await network.list_couriers(conn, office_id, service_on)
    at_work = [day for day in days if day.shift_id is not None]
    at_work.sort(key=lambda day: (day.courier_id, day.starts_s or 0))
    return {key: list(group) for key, group in groupby(at_work, key=lambda day: day.courier_id)}


async def _list_running(
    conn: Conn, plan: PlanRow, office: Office, now: datetime
) -> tuple[dict[UUID, Running], set[UUID]]:
    """Return the rounds that can take more, by courier, and who has closed theirs."""
    is_today = plan.service_on == service_day(now)
    running: dict[UUID, Running] = {}
    closed: set[UUID] = set()
    for row in await store.list_running(conn, plan.office_id, plan.service_on):
        if row.state not in ("published", "open"):
            closed.add(row.courier_id)
            continue
        free_s = row.starts_s
        if row.free_at is not None:
            free_s = seconds_of_day(row.free_at, plan.service_on)
        running[row.courier_id] = Running(
            round_id=row.round_id,
            state="open" if row.state == "open" else "published",
            last_lat=office.lat if row.lat is None else row.lat,
            last_lon=office.lon if row.lon is None else row.lon,
            free_s=free_s,
            now_s=seconds_of_day(now, plan.service_on)
            if row.state == "open" and is_today
            else None,
            load_g=row.load_g,
            load_ml=row.load_ml,
            cash_out_vnd=row.cash_out_vnd,
            has_lunched=row.lunch_at_s is not None,
        )
    return running, closed


def _make_due(
    errand: Dossier | Errand,
    door: store.DoorRow,
    service_on: date,
    riders: Sequence[Errand],
    *,
    is_frozen: bool,
) -> DueErrand:
    cash_in_vnd = sum(rider.cash_in_vnd for rider in riders)
    return DueErrand(
        id=errand.id,
        service=errand.kind if isinstance(errand, Errand) else errand.service,
        cash_in_vnd=errand.cash_in_vnd if isinstance(errand, Errand) else cash_in_vnd,
        cash_out_vnd=errand.cash_out_vnd if isinstance(errand, Errand) else 0,
        delivery_point_id=errand.delivery_point_id,
        citizen_id=errand.citizen_id,
        lat=door.lat,
        lon=door.lon,
        tw_early_s=errand.tw_early_s,
        tw_late_s=errand.tw_late_s,
        service_duration_s=errand.service_duration_s
        + sum(rider.service_duration_s for rider in riders),
        load_g=0 if isinstance(errand, Errand) else errand.load_g,
        load_ml=0 if isinstance(errand, Errand) else errand.load_ml,
        skills=[] if isinstance(errand, Errand) else list(errand.skills),
        num_days_late=max(0, (service_on - errand.wanted_on).days),
        num_attempts=errand.num_attempts,
        is_frozen=is_frozen,
    )


def _make_courier(
    days: list[CourierDay], running: Running | None, limit_vnd: int
) -> WorkingCourier:
    first = days[0]
    spans = []
    for day in days:
        assert day.shift_id is not None
        assert day.starts_s is not None
        assert day.ends_s is not None
        spans.append(
            Span(
                shift_id=day.shift_id,
                starts_s=day.starts_s,
                ends_s=day.ends_s,
                lunch_early_s=day.lunch_early_s,
                lunch_late_s=day.lunch_late_s,
                lunch_duration_s=day.lunch_duration_s,
            )
        )
    return WorkingCourier(
        id=first.courier_id,
        profile=first.profile,
        capacity_g=first.capacity_g,
        capacity_ml=first.capacity_ml,
        skills=list(first.skills),
        cash_limit_vnd=first.cash_limit_vnd or limit_vnd,
        spans=spans,
        running=running,
    )
