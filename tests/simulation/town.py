"""Offices with couriers, phones and a day's rounds, written straight into the books.

The rows are those the doors of the rooms would write; thousands of stops take a second this way.
"""

import hashlib
import json
import random
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from backend.custody.rules import make_s10
from backend.kit.clock import service_day
from backend.network.law import RULES
from tests.simulation import keys
from tests.simulation.places import CourierOfTown as CourierOfTown
from tests.simulation.places import Town as Town
from tests.simulation.places import Visit as Visit

COMMUNES = (("09163", "Kinh Bắc", 21.186, 106.061), ("09166", "Võ Cường", 21.163, 106.049))
SHARE_S1 = 0.2
PAPERS = [{"paper": "to_khai", "name": "Tờ khai", "form": "original", "count": 1}]
IS_DEMO = True


def make_town(
    rnd: random.Random,
    *,
    now: datetime,
    num_couriers: int,
    num_stops: int,
    num_offices: int = 2,
    num_spares: int = 0,
) -> Town:
    """Return a town whose couriers each have one published round of `num_stops` stops today."""
    town = Town(now)
    offices = [_add_office(town, rnd, number) for number in range(num_offices)]
    _add_rules(town)
    for number in range(num_couriers):
        office_id, partner_id, commune = offices[number % num_offices]
        town.couriers.append(
            _add_courier(town, rnd, number, num_stops, office_id, partner_id, commune)
        )
    office_id, partner_id, commune = offices[0]
    town.spares = [
        _add_visit(town, rnd, number, office_id, partner_id, None, commune)
        for number in range(num_spares)
    ]
    return town


def add_device(town: Town, rnd: random.Random, courier: CourierOfTown) -> CourierOfTown:
    """Return the courier with one more enrolled phone, signed in."""
    device_id, session = _add_device(town, rnd, courier.office_id, courier.staff_id)
    return replace(courier, device_id=device_id, session=session)


def add_round(
    town: Town, rnd: random.Random, courier: CourierOfTown, *, days: int, num_stops: int
) -> CourierOfTown:
    """Return the courier with another round, published for `days` after today."""
    offices = {row["id"]: row for row in town.rows["network.office"]}
    code = offices[courier.office_id]["commune_code"]
    commune = next(commune for commune in COMMUNES if commune[0] == code)
    partner_id = _partner_of(town, courier)
    round_id = new_id(rnd)
    known = next(row for row in town.rows["rounds.round"] if row["id"] == courier.round_id)
    on_day = service_day(town.now) + timedelta(days=days)
    town.add("rounds.round", **{**known, "id": round_id, "service_on": on_day})
    visits = tuple(
        _add_visit(town, rnd, position, courier.office_id, partner_id, round_id, commune)
        for position in range(1, num_stops + 1)
    )
    return replace(courier, round_id=round_id, visits=visits)


def _partner_of(town: Town, courier: CourierOfTown) -> uuid.UUID:
    rows = town.rows["identity.partner"]
    return uuid.UUID(str(next(r["id"] for r in rows if r["office_id"] == courier.office_id)))


def add_errand(town: Town, rnd: random.Random, courier: CourierOfTown, at: Visit) -> None:
    """Give the courier one more thing to do at a door."""
    offices = {row["id"]: row for row in town.rows["network.office"]}
    code = offices[courier.office_id]["commune_code"]
    commune = next(commune for commune in COMMUNES if commune[0] == code)
    partner_id = _partner_of(town, courier)
    made = _add_visit(town, rnd, 0, courier.office_id, partner_id, None, commune)
    _add_act(town, courier.office_id, at.stop_id, made)


def new_id(rnd: random.Random) -> uuid.UUID:
    """Return an id from these dice, so that a seed repeats the town."""
    return uuid.UUID(int=rnd.getrandbits(128), version=4)


def device_token(device_id: uuid.UUID) -> str:
    """Return what the cookie of this phone says."""
    return f"device {device_id}"


def _add_office(
    town: Town, rnd: random.Random, number: int
) -> tuple[uuid.UUID, uuid.UUID, tuple[str, str, float, float]]:
    commune = COMMUNES[number]
    code, name, lat, lon = commune
    office_id, partner_id = new_id(rnd), new_id(rnd)
    town.add(
        "network.commune",
        code=code,
        name=name,
        kind="phuong",
        province_code="24",
        province_name="Bắc Ninh",
        lat=lat,
        lon=lon,
        search_key=name.lower(),
        valid_from=service_day(town.now) - timedelta(days=365),
    )
    town.add(
        "network.office",
        id=office_id,
        code=f"{220000 + number}",
        name=f"Bưu cục {name}",
        commune_code=code,
        address=f"Phường {name}",
        lat=lat,
        lon=lon,
        is_demo=IS_DEMO,
    )
    town.add(
        "identity.partner",
        id=partner_id,
        code=f"TTPVHCC-{number}",
        name=f"Trung tâm Phục vụ hành chính công {name}",
        office_id=office_id,
        lat=lat,
        lon=lon,
        address=f"Phường {name}",
        is_demo=IS_DEMO,
    )
    return office_id, partner_id, commune


def _add_rules(town: Town) -> None:
    for rule in RULES:
        town.add(
            "network.rule_setting",
            name=rule.name,
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
            value=json.dumps(rule.value),
            source=rule.source,
        )


def _add_courier(
    town: Town,
    rnd: random.Random,
    number: int,
    num_stops: int,
    office_id: uuid.UUID,
    partner_id: uuid.UUID,
    commune: tuple[str, str, float, float],
) -> CourierOfTown:
    staff_id, vehicle_id, shift_id, round_id = (new_id(rnd) for _ in range(4))
    _add_staff(town, number, office_id, (staff_id, vehicle_id, shift_id))
    town.add(
        "rounds.round",
        office_id=office_id,
        id=round_id,
        service_on=service_day(town.now),
        courier_id=staff_id,
        shift_id=shift_id,
        plan_id=new_id(rnd),
        state="published",
        starts_s=27_000,
        ends_s=61_200,
        duration_s=34_200,
        distance_m=20_000,
        published_at=town.now,
    )
    device_id, session = _add_device(town, rnd, office_id, staff_id)
    visits = tuple(
        _add_visit(town, rnd, position, office_id, partner_id, round_id, commune)
        for position in range(1, num_stops + 1)
    )
    return CourierOfTown(office_id, staff_id, device_id, session, round_id, visits)


def _add_staff(
    town: Town, number: int, office_id: uuid.UUID, ids: tuple[uuid.UUID, uuid.UUID, uuid.UUID]
) -> None:
    staff_id, vehicle_id, shift_id = ids
    town.add(
        "identity.staff",
        office_id=office_id,
        id=staff_id,
        username=f"buu.ta.{number}",
        display_name=f"Bưu tá thử {number}",
        badge=f"T{number:04d}",
        role="courier",
        is_demo=IS_DEMO,
        created_at=town.now,
    )
    town.add(
        "network.vehicle",
        office_id=office_id,
        id=vehicle_id,
        label=f"Xe {number}",
        profile="motorbike",
        capacity_g=35_000,
        capacity_ml=90_000,
    )
    town.add("network.courier", office_id=office_id, staff_id=staff_id, vehicle_id=vehicle_id)
    town.add(
        "network.shift",
        office_id=office_id,
        id=shift_id,
        courier_id=staff_id,
        service_on=service_day(town.now),
        starts_s=27_000,
        ends_s=61_200,
    )


def _add_device(
    town: Town, rnd: random.Random, office_id: uuid.UUID, staff_id: uuid.UUID
) -> tuple[uuid.UUID, str]:
    device_id, session = new_id(rnd), f"{rnd.getrandbits(256):064x}"
    town.add(
        "identity.device",
        office_id=office_id,
        id=device_id,
        staff_id=staff_id,
        label="máy thử",
        token_hash=hashlib.sha256(device_token(device_id).encode()).digest(),
        public_key=keys.device_key(device_id).public_key,
        enrolled_at=town.now,
    )
    town.add(
        "identity.session",
        office_id=office_id,
        token_hash=hashlib.sha256(session.encode()).digest(),
        staff_id=staff_id,
        device_id=device_id,
        created_at=town.now,
        last_seen_at=town.now,
        expires_at=town.now + timedelta(hours=16),
        idle_s=43_200,
    )
    return device_id, session


def _add_visit(
    town: Town,
    rnd: random.Random,
    position: int,
    office_id: uuid.UUID,
    partner_id: uuid.UUID,
    round_id: uuid.UUID | None,
    commune: tuple[str, str, float, float],
) -> Visit:
    stop_id, point_id, act_id, errand_id, citizen_id = (new_id(rnd) for _ in range(5))
    code, name, lat, lon = commune
    is_s1 = rnd.random() < SHARE_S1
    kind = "dossier.accept" if is_s1 else "result.deliver"
    item_id = None if is_s1 else new_id(rnd)
    item_code = None if item_id is None else _add_item(town, item_id, office_id, partner_id)
    address = f"Số {position}, phường {name} ({point_id.hex[:8]})"
    town.add(
        "identity.citizen",
        office_id=office_id,
        id=citizen_id,
        name=f"Công dân thử {position}",
        search_key=f"cong dan thu {position}",
        is_demo=IS_DEMO,
        created_at=town.now,
    )
    town.add(
        "network.delivery_point",
        office_id=office_id,
        id=point_id,
        address_text=address,
        search_key=address.lower(),
        commune_code=code,
        resolved_by="name",
        lat=lat + rnd.uniform(-0.02, 0.02),
        lon=lon + rnd.uniform(-0.02, 0.02),
        pin="commune",
        is_demo=IS_DEMO,
    )
    town.add(
        "dossiers.dossier",
        office_id=office_id,
        id=errand_id,
        service="S1" if is_s1 else "S2",
        procedure_code="1.001234",
        procedure_name="Cấp bản sao trích lục hộ tịch",
        partner_id=partner_id,
        citizen_id=citizen_id,
        delivery_point_id=point_id,
        item_id=item_id,
        item_code=item_code,
        state="booked" if is_s1 else "at_office",
        agency_state=1 if is_s1 else 9,
        wanted_on=service_day(town.now),
        service_duration_s=240,
        load_g=300,
        load_ml=1500,
        checklist=json.dumps(PAPERS if is_s1 else []),
        made_at=town.now,
        changed_at=town.now,
        is_demo=IS_DEMO,
    )
    visit = Visit(stop_id, point_id, act_id, kind, errand_id, item_id, citizen_id)
    if round_id is not None:
        _add_stop(town, position, office_id, round_id, visit)
    return visit


def _add_stop(
    town: Town, position: int, office_id: uuid.UUID, round_id: uuid.UUID, visit: Visit
) -> None:
    town.add(
        "rounds.stop",
        office_id=office_id,
        id=visit.stop_id,
        round_id=round_id,
        position=position,
        delivery_point_id=visit.point_id,
        citizen_id=visit.citizen_id,
        planned_at=town.now,
        service_duration_s=240,
        state="open",
    )
    _add_act(town, office_id, visit.stop_id, visit)


def _add_act(town: Town, office_id: uuid.UUID, stop_id: uuid.UUID, visit: Visit) -> None:
    town.add(
        "rounds.act",
        office_id=office_id,
        id=visit.act_id,
        stop_id=stop_id,
        kind=visit.kind,
        errand_id=visit.errand_id,
        state="open",
    )


def _add_item(town: Town, item_id: uuid.UUID, office_id: uuid.UUID, partner_id: uuid.UUID) -> str:
    # Serial numbers from the top: the office counts its own from the bottom.
    code = make_s10("LD", 99_999_999 - len(town.rows.get("custody.item", [])))
    town.add(
        "custody.item",
        office_id=office_id,
        id=item_id,
        kind="result",
        code=code,
        seal_number=f"NP{code[2:10]}",
        holder_kind="office",
        holder_id=office_id,
        num_handovers=2,
        made_at=town.now,
    )
    town.add("custody.item_code", code=code, office_id=office_id, item_id=item_id)
    record_id = uuid.UUID(int=item_id.int ^ 1)
    town.add(
        "custody.record",
        office_id=office_id,
        id=record_id,
        partner_id=partner_id,
        direction="from_agency",
        num_items=1,
        signed_at=town.now,
        signed_by_agency=partner_id,
        signed_by_post=office_id,
    )
    agency, office = ("agency", partner_id), ("office", office_id)
    for n, giver, taker in ((1, (None, None), agency), (2, agency, office)):
        town.add(
            "custody.handover",
            office_id=office_id,
            item_id=item_id,
            n=n,
            from_kind=giver[0],
            from_id=giver[1],
            to_kind=taker[0],
            to_id=taker[1],
            occurred_at=town.now,
            received_at=town.now,
            record_id=record_id if n == 2 else None,
        )
    return code
