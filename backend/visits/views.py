"""The citizen's errand put together, within the privacy budget."""

from datetime import datetime
from uuid import UUID

from backend import dispatch, notifications, tracking
from backend.dispatch import PlaceInRound
from backend.kit.catalog import Locale
from backend.kit.clock import service_day
from backend.kit.errors import NotFound
from backend.kit.money import in_figures
from backend.kit.sql import Conn
from backend.tracking import Event
from backend.visits import rules, store
from backend.visits.model import (
    CodeStage,
    CourierNear,
    Ready,
    Receipt,
    StageDone,
    Visit,
    Window,
)

DONE = {"S1": "accepted", "S2": "delivered"}
IDENTITY = ("Giấy tờ tuỳ thân (căn cước, hộ chiếu hoặc VNeID)", "Your ID card, passport or VNeID")
FEE = ("Phí, lệ phí {amount}", "Fee of {amount}")
RECLAIM = ("{name} (bưu tá thu lại)", "{name} (the courier takes it back)")


async def read_visit(
    conn: Conn,
    *,
    office_id: UUID,
    errand_id: UUID,
    num_near: int,
    push_key: str,
    locale: Locale,
    now: datetime,
) -> Visit:
    """Return an errand as its citizen may see it, or raise `NotFound`."""
    errand = await store.find_errand(conn, office_id, errand_id)
    if errand is None:
        raise NotFound()
    events = await tracking.list_events(conn, office_id, errand_id)
    place = await _find_place(conn, office_id, errand_id, now)
    shown = None if place is None else rules.show(place, num_near)
    courier = None
    if place is not None and place.round_state == "open":
        courier = await store.find_courier(conn, office_id, place.courier_id)
    return Visit(
        ref=errand.id,
        service=errand.service,
        stage=shown.stage
        if shown
        else rules.stage_without_round(errand.service, errand.state, errand.num_attempts),
        stages=[_make_stage(event, errand.office) for event in events if event.code != "invited"],
        wanted_on=errand.wanted_on if place is None else place.service_on,
        window=None if place is None or shown is None else _make_window(place, shown, now),
        stops_away=shown.stops_away if shown else None,
        ready=_list_ready(errand, locale) if errand.state in ("booked", "at_office", "out") else [],
        fee_due_vnd=errand.fee_due_vnd,
        postage_due_vnd=errand.postage_due_vnd,
        courier=CourierNear(rules.first_name(courier.display_name), courier.badge)
        if courier and shown and shown.is_courier_shown
        else None,
        office=errand.office,
        office_phone=errand.office_phone,
        last_update_at=courier.last_seen_at if courier else None,
        receipt=_make_receipt(errand, events),
        instruction=errand.instruction,
        can_instruct=may_instruct(errand.state, place),
        push_key=push_key,
        subscribed=await notifications.num_subscriptions(conn, office_id, errand_id) > 0,
    )


async def _find_place(
    conn: Conn, office_id: UUID, errand_id: UUID, now: datetime
) -> PlaceInRound | None:
    """Return where the visit stands in its round; a round of a past day that never left is none."""
    place = await dispatch.find_place_in_round(conn, office_id, errand_id)
    if place is not None and place.round_state != "open" and place.service_on < service_day(now):
        return None
    return place


def may_instruct(state: str, place: PlaceInRound | None) -> bool:
    """Return whether the courier can still be told something: before the round is out."""
    is_waiting = state in ("booked", "at_office")
    return is_waiting and (place is None or place.round_state == "published")


async def read_code(conn: Conn, text: str, now: datetime) -> CodeStage | None:
    """Return what a code alone tells; None for unknown, ended and foreign codes alike."""
    told = await store.find_by_code(conn, rules.read_code(text))
    if told is None or rules.is_forgotten(told.at, now):
        return None
    return CodeStage(rules.OF_EVENT.get(told.code, "at_office"), service_day(told.at), told.office)


def _make_stage(event: Event, office: str) -> StageDone:
    reason = event.data.get("reason") if event.code == "attempt_failed" else None
    return StageDone(event.code, event.occurred_at, office, None if reason is None else str(reason))


def _make_window(place: PlaceInRound, shown: rules.Shown, now: datetime) -> Window:
    early, late = notifications.narrow(
        place.planned_at,
        shown.nearness,
        delay_s=place.delay_s,
        tw_early_at=place.tw_early_at,
        tw_late_at=place.tw_late_at,
        now=now,
    )
    return Window(early, late, shown.nearness != "planned")


def _list_ready(errand: store.ErrandRow, locale: Locale) -> list[Ready]:
    at = 0 if locale == "vi" else 1
    found = []
    if errand.service == "S1":
        found += [Ready("papers", str(paper["name"])) for paper in errand.checklist]
    found.append(Ready("identity", IDENTITY[at]))
    if errand.service == "S2":
        found += [
            Ready("reclaim", RECLAIM[at].format(name=paper["name"])) for paper in errand.reclaims
        ]
    due_vnd = errand.fee_due_vnd + errand.postage_due_vnd
    if due_vnd > 0:
        found.append(Ready("fee", FEE[at].format(amount=in_figures(due_vnd))))
    return found


def _make_receipt(errand: store.ErrandRow, events: list[Event]) -> Receipt | None:
    code = DONE[errand.service]
    taken_back = [e.n for e in events if e.code == "corrected" and e.data.get("of") == code]
    last = max(taken_back, default=0)
    done = next((event for event in events if event.code == code and event.n > last), None)
    if done is None:
        return None
    papers = []
    if errand.service == "S1":
        papers = [
            f"{paper['name']} × {paper.get('count', 1)}"
            for paper in errand.checklist
            if paper.get("count", 1)
        ]
    return Receipt(
        kind="accepted" if errand.service == "S1" else "delivered",
        at=done.occurred_at,
        item_code=errand.item_code,
        dossier_code=errand.dossier_code,
        procedure_name=errand.procedure_name,
        papers=papers,
        fee_due_vnd=errand.fee_due_vnd,
        postage_due_vnd=errand.postage_due_vnd,
    )
