"""What a phone shows of rounds and stops, built from the rooms below."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from backend import identity, network, payouts
from backend.kit.clock import at_second
from backend.kit.seal import Sealer
from backend.kit.sql import Conn
from backend.rounds.acts import demands
from backend.rounds.acts.places import PLACE_HOURS, PLACE_HOURS_USUAL
from backend.rounds.model import (
    INVITATION_GAP,
    KEPT_STORAGE,
    MONEY_KINDS,
    Document,
)
from backend.rounds.store import queries

STOP_FIELDS = (
    "id",
    "round_id",
    "position",
    "state",
    "rev",
    "planned_at",
    "tw_early_at",
    "tw_late_at",
    "service_duration_s",
    "arrived_at",
    "ended_at",
    "reload_at",
    "reload_cash_vnd",
)
POINT_FIELDS = ("id", "address", "commune", "lat", "lon", "pin", "note")
ACT_FIELDS = (
    "id",
    "kind",
    "state",
    "reason",
    "errand_id",
    "item_id",
    "item_code",
    "holder_kind",
    "seal_number",
    "dossier_code",
    "procedure_code",
    "procedure_name",
    "partner_name",
    "checklist",
    "reclaims",
    "fee_due_vnd",
    "postage_due_vnd",
    "instruction",
    "num_attempts",
    "num_invitations",
    "recall_state",
    "recalled_from",
)
MONEY_FIELDS = ("cash_in_vnd", "cash_out_vnd", "subject_id", "shown")
"""What an act of money shows besides; its errand is no dossier."""


async def list_documents(
    conn: Conn,
    sealer: Sealer,
    office_id: UUID,
    courier_id: UUID,
    *,
    rounds: Sequence[UUID] = (),
    stops: Sequence[UUID] = (),
    with_stops_of: Sequence[UUID] = (),
) -> list[Document]:
    """Return the documents of rounds and stops as they stand for this courier.

    `with_stops_of` adds every stop of these rounds. What is not, or no longer, the courier's is
    missing from the result.
    """
    documents = []
    if rounds:
        found = await queries.list(
            conn,
            "round_documents",
            _round_document,
            office_id=office_id,
            courier_id=courier_id,
            ids=list(rounds),
        )
        for one in found:
            assert one.doc is not None
            day = one.doc["service_on"]
            one.doc["again_on"] = await _again_on(conn, day)
            one.doc["proof_rules"] = await demands.find_rules(conn, office_id, day)
            if not await network.get_number(conn, KEPT_STORAGE, day, default=1):
                one.doc["storage"] = "free"
            one.doc["place_hours_max"] = await network.get_number(
                conn, PLACE_HOURS, day, default=PLACE_HOURS_USUAL
            )
        documents += found
    if stops or with_stops_of:
        rows = await queries.list(
            conn,
            "stop_documents",
            lambda *row: row,
            office_id=office_id,
            courier_id=courier_id,
            ids=list(stops),
            round_ids=list(with_stops_of),
        )
        documents += _stop_documents(rows, sealer, courier_id)
    return documents


async def needs_kept_storage(conn: Conn, office_id: UUID, courier_id: UUID, day: date) -> bool:
    """Return whether money may be lent to this courier's phone only if it keeps its storage."""
    if not await network.get_number(conn, KEPT_STORAGE, day, default=1):
        return False
    found = await queries.value(
        conn,
        "has_money_unwaived",
        office_id=office_id,
        courier_id=courier_id,
        kinds=sorted(MONEY_KINDS),
    )
    return bool(found)


async def _again_on(conn: Conn, day: date) -> dict[str, date]:
    """Return when a courier may promise to come again, by the calendar: as `visit.failed` is dealt.

    `next` after any failure, `invited` after an invitation was left.
    """
    gap_days = await network.get_number(conn, INVITATION_GAP, day)
    calendar = await network.get_working_days(conn, day, day + timedelta(days=2 * gap_days))
    return {"next": calendar.add(day, 1), "invited": calendar.add(day, gap_days)}


def _round_document(*row: Any) -> Document:
    (
        round_id, service_on, state, rev, starts_s, ends_s, lunch_at_s, lunch_duration_s,
        distance_m, courier_id, display_name, badge, office_id, office_name, phone, lat, lon,
        num_stops, is_waived,
    ) = row  # fmt: skip
    doc = {
        "id": round_id,
        "service_on": service_on,
        "state": state,
        "rev": rev,
        "courier": {"id": courier_id, "display_name": display_name, "badge": badge},
        "office": {
            "id": office_id, "name": office_name, "phone": phone, "lat": lat, "lon": lon,
        },
        "starts_at": at_second(service_on, starts_s),
        "ends_at": at_second(service_on, ends_s),
        "lunch_at": None if lunch_at_s is None else at_second(service_on, lunch_at_s),
        "lunch_duration_s": lunch_duration_s,
        "num_stops": num_stops,
        "distance_m": distance_m,
        "storage": "waived" if is_waived else "required",
    }  # fmt: skip
    return Document("round", round_id, rev, doc)


def _stop_documents(
    rows: Sequence[tuple[Any, ...]], sealer: Sealer, courier_id: UUID
) -> list[Document]:
    """Group rows of one act each into stops, in the order they come."""
    stops: dict[UUID, dict[str, Any]] = {}
    point_at, party_at = len(STOP_FIELDS), len(STOP_FIELDS) + len(POINT_FIELDS)
    act_at = party_at + 4
    for row in rows:
        stop = stops.get(row[0])
        if stop is None:
            citizen_id, name, phone_sealed, wishes = row[party_at:act_at]
            stop = dict(zip(STOP_FIELDS, row, strict=False))
            stop["point"] = dict(zip(POINT_FIELDS, row[point_at:party_at], strict=True))
            stop["party"] = {
                "name": name,
                "phone": identity.open_phone(sealer, citizen_id, phone_sealed),
                "wishes": wishes,
            }
            stop["acts"] = []
            stops[row[0]] = stop
        stop["acts"].append(_act_document(row[act_at:], courier_id))
    return [Document("stop", stop["id"], stop["rev"], stop) for stop in stops.values()]


def _act_document(row: Sequence[Any], courier_id: UUID) -> dict[str, Any]:
    act = dict(zip(ACT_FIELDS, row, strict=False))
    *money, errand_id = row[len(ACT_FIELDS) :]
    act["errand_id"] = errand_id
    if act["kind"] in MONEY_KINDS:
        act |= dict(zip(MONEY_FIELDS, money, strict=True))
    if act["kind"] == "payout.pay" and act["subject_id"] is not None:
        # Under this id its list is leased to this courier's phone.
        act["share_id"] = payouts.share_id(act["subject_id"], courier_id)
    return act
