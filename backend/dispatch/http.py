"""Plans over HTTP, for the dispatcher."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from backend import network
from backend.dispatch import actions, store
from backend.dispatch.float_http import FloatController
from backend.dispatch.model import PlanRow, PlanState
from backend.dispatch.recalls import RecallController
from backend.drafts import Cause, Draft, DraftReload, DraftRoute, DraftStop, Progress, Totals
from backend.house import House
from backend.identity import Actor, desk_office
from backend.kit.sql import Conn


class AskPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What plan is wanted."""

    service_on: date
    budget_s: Annotated[int, msgspec.Meta(ge=1, le=120)] | None = None
    """Seconds of search; None is the house's own."""
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    is_from_now: bool = False
    """Today only: no visit before five minutes from now, whatever the shifts say."""


class PlanStop(msgspec.Struct, frozen=True, kw_only=True):
    """A visit of a plan; seconds after midnight of the service day."""

    delivery_point_id: UUID
    errand_ids: list[UUID]
    name: str
    address: str
    commune: str | None
    lat: float
    lon: float
    pin: str
    arrival_s: int
    start_s: int
    departure_s: int
    tw_early_s: int | None
    tw_late_s: int | None
    service_duration_s: int
    travel_s: int
    distance_m: int
    reload: DraftReload | None
    """A call at the office for more cash before it."""


class PlanCourier(msgspec.Struct, frozen=True, kw_only=True):
    """Who drives a route."""

    id: UUID
    display_name: str
    badge: str | None
    vehicle_label: str
    profile: str


class PlanRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One courier's stops; `is_extension` when they come behind a round already out."""

    courier: PlanCourier
    is_extension: bool
    starts_s: int
    ends_s: int
    lunch_at_s: int | None
    lunch_duration_s: int
    duration_s: int
    distance_m: int
    stops: list[PlanStop]
    polyline: list[tuple[float, float]]
    start_cash_vnd: int
    """The float: what is paid out before as much was collected."""
    peak_cash_vnd: int
    """The most cash on the way, which the courier's limit bounds."""
    """Positions (lat, lon) from the office through the stops and back."""


class PlanLeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """An errand on no route, with the causes that the screen words."""

    errand_id: UUID
    reasons: list[Cause]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan; routes appear while it is still being solved, and grow better."""

    id: UUID
    service_on: date
    state: PlanState
    progress: Progress
    failure: str | None
    asked_at: datetime
    solved_at: datetime | None
    published_at: datetime | None
    routes: list[PlanRoute]
    unassigned: list[PlanLeftOut]
    totals: Totals | None
    warnings: list[Cause]
    """What the plan had to do without, such as roads; it stands all the same."""


class PlanList(msgspec.Struct, frozen=True):
    """Plans of a day, the newest first, without routes."""

    items: list[Plan]


class PublishedPlan(msgspec.Struct, frozen=True):
    """The rounds made or lengthened."""

    plan_id: UUID
    round_ids: list[UUID]


async def _describe(conn: Conn, plan: PlanRow) -> Plan:
    draft = plan.draft
    routes = await _describe_routes(conn, plan, draft) if draft else []
    return Plan(
        id=plan.id,
        service_on=plan.service_on,
        state=plan.state,
        progress=plan.progress,
        failure=plan.failure,
        asked_at=plan.asked_at,
        solved_at=plan.solved_at,
        published_at=plan.published_at,
        routes=routes,
        unassigned=[
            PlanLeftOut(errand_id=left.errand_id, reasons=left.reasons)
            for left in (draft.unassigned if draft else ())
        ],
        totals=draft.totals if draft else None,
        warnings=draft.warnings if draft else [],
    )


async def _describe_routes(conn: Conn, plan: PlanRow, draft: Draft) -> list[PlanRoute]:
    office = await network.get_office(conn, plan.office_id)
    days = await network.list_couriers(conn, plan.office_id, plan.service_on)
    couriers = {
        day.courier_id: PlanCourier(
            id=day.courier_id,
            display_name=day.display_name,
            badge=day.badge,
            vehicle_label=day.vehicle_label,
            profile=day.profile,
        )
        for day in days
    }
    stops = [stop for route in draft.routes for stop in route.stops]
    doors = {
        door.id: door
        for door in await store.list_doors(
            conn, plan.office_id, list({stop.delivery_point_id for stop in stops})
        )
    }
    names = await store.list_names(conn, plan.office_id, list({stop.citizen_id for stop in stops}))
    home = (office.lat, office.lon)
    return [
        _describe_route(route, couriers[route.courier_id], doors, names, home)
        for route in draft.routes
        if route.courier_id in couriers
    ]


def _describe_route(
    route: DraftRoute,
    courier: PlanCourier,
    doors: dict[UUID, store.DoorRow],
    names: dict[UUID, str],
    home: tuple[float, float],
) -> PlanRoute:
    stops = [
        _describe_stop(stop, doors[stop.delivery_point_id], names.get(stop.citizen_id, ""))
        for stop in route.stops
    ]
    return PlanRoute(
        courier=courier,
        is_extension=route.round_id is not None,
        starts_s=route.starts_s,
        ends_s=route.ends_s,
        lunch_at_s=route.lunch_at_s,
        lunch_duration_s=route.lunch_duration_s,
        duration_s=route.duration_s,
        start_cash_vnd=route.start_cash_vnd,
        peak_cash_vnd=route.peak_cash_vnd,
        distance_m=route.distance_m,
        stops=stops,
        polyline=_draw(stops, home),
    )


def _draw(stops: list[PlanStop], home: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the positions from the office through the stops, and through it for more cash."""
    line = [home]
    for stop in stops:
        if stop.reload is not None:
            line.append(home)
        line.append((stop.lat, stop.lon))
    return [*line, home]


def _describe_stop(stop: DraftStop, door: store.DoorRow, name: str) -> PlanStop:
    assert door.lat is not None, "a door that was planned has a pin"
    assert door.lon is not None, "a door that was planned has a pin"
    return PlanStop(
        delivery_point_id=stop.delivery_point_id,
        errand_ids=stop.errand_ids,
        name=name,
        address=door.address,
        commune=door.commune,
        lat=door.lat,
        lon=door.lon,
        pin=door.pin,
        arrival_s=stop.arrival_s,
        start_s=stop.start_s,
        departure_s=stop.departure_s,
        tw_early_s=stop.tw_early_s,
        tw_late_s=stop.tw_late_s,
        service_duration_s=stop.service_duration_s,
        travel_s=stop.travel_s,
        distance_m=stop.distance_m,
        reload=stop.reload,
    )


class PlanController(Controller):
    """Ask for plans, watch them grow, publish or discard them."""

    path = "/api/dispatch/v1/plans"
    tags = ("dispatch",)

    @post("/", operation_id="dispatch_ask", opt={"permission": "plans.make"}, status_code=202)
    async def ask(
        self,
        data: JSONBody[AskPlan],
        state: State,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> Plan:
        """Ask for a plan of a day; it is solved in the background."""
        house: House = state.house
        office_id = desk_office(actor, office)
        assert actor.id is not None, "staff asks"
        plan_id = await actions.ask(
            conn,
            office_id=office_id,
            service_on=data.service_on,
            asked_by=actor.id,
            now=now,
            budget_s=data.budget_s or house.settings.solver_budget_s,
            seed=data.seed,
            is_from_now=data.is_from_now,
        )
        return await _describe(conn, await actions.get_plan(conn, office_id, plan_id))

    @get("/", operation_id="dispatch_list_plans", opt={"permission": "plans.read"})
    async def list_plans(
        self,
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        service_on: FromQuery[date],
        office: FromQuery[UUID | None] = None,
    ) -> PlanList:
        """Return the plans of a day, the newest first, without their routes."""
        rows = await store.list_plans(conn, desk_office(actor, office), service_on)
        return PlanList([await _describe(conn, row) for row in rows])

    @get("/{plan_id:uuid}", operation_id="dispatch_get_plan", opt={"permission": "plans.read"})
    async def get_plan(
        self,
        plan_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> Plan:
        """Return a plan with its routes as they are now."""
        plan = await actions.get_plan(conn, desk_office(actor, office), plan_id)
        return await _describe(conn, plan)

    @post(
        "/{plan_id:uuid}/publish",
        operation_id="dispatch_publish",
        opt={"permission": "plans.publish"},
        status_code=200,
    )
    async def publish(
        self,
        plan_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        now: NamedDependency[datetime],
        office: FromQuery[UUID | None] = None,
    ) -> PublishedPlan:
        """Make the rounds and wake the phones. 409 `plan_stale` when things have changed."""
        assert actor.id is not None, "staff publishes"
        made = await actions.publish(
            conn, office_id=desk_office(actor, office), plan_id=plan_id, by=actor.id, now=now
        )
        return PublishedPlan(plan_id, made)

    @post(
        "/{plan_id:uuid}/discard",
        operation_id="dispatch_discard",
        opt={"permission": "plans.make"},
        status_code=204,
    )
    async def discard(
        self,
        plan_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        conn: NamedDependency[Conn],
        office: FromQuery[UUID | None] = None,
    ) -> None:
        """Throw a plan away, also while it is being solved."""
        await actions.discard(conn, desk_office(actor, office), plan_id)


controllers = (PlanController, RecallController, FloatController)
