"""What a courier may report, right and wrong, as the fields of an op."""

import random
import uuid
from typing import Any

from tests.simulation.town import CourierOfTown, Visit

STROKES = "M10 10L40 30C42 31 50 12 61 20"
NUM_STROKES = 12
KNOWN = {"method": "known", "last4": ""}
PHOTO = "5" * 64


def arrival(visit: Visit) -> tuple[str, dict[str, Any]]:
    """Return the fact of standing at a door."""
    return "stop.arrived", {"stop": str(visit.stop_id), "lat": 21.18, "lon": 106.06}


def note(visit: Visit, text: str) -> tuple[str, dict[str, Any]]:
    """Return a note about a door."""
    return "note.added", {"stop": str(visit.stop_id), "text": text}


def pin(visit: Visit, lat: float, lon: float) -> tuple[str, dict[str, Any]]:
    """Return the place of a door."""
    fields = {"point": str(visit.point_id), "lat": lat, "lon": lon, "accuracy_m": 8}
    return "pin.moved", fields


def delivery(
    visit: Visit, *, is_signed: bool = True, is_seal_whole: bool = True
) -> tuple[str, dict[str, Any]]:
    """Return the fact of a result handed over."""
    return "result.delivered", {
        "stop": str(visit.stop_id),
        "act": str(visit.act_id),
        "is_seal_whole": is_seal_whole,
        "identity": KNOWN,
        "proxy": None,
        "reclaimed": [],
        "sign_citizen": STROKES * NUM_STROKES if is_signed else "",
        "photos": [],
    }


def acceptance(visit: Visit, *, is_signed: bool = True) -> tuple[str, dict[str, Any]]:
    """Return the fact of papers taken at the door."""
    return "dossier.accepted", {
        "stop": str(visit.stop_id),
        "act": str(visit.act_id),
        "checklist": [{"paper": "to_khai", "form": "original", "count": 1}],
        "seal": f"NP{visit.act_id.int % 10**8:08d}",
        "sealed_before_citizen": True,
        "fee_shown_vnd": 0,
        "identity": KNOWN,
        "proxy": None,
        "sign_citizen": STROKES * NUM_STROKES if is_signed else "",
        "sign_courier": STROKES,
        "photos": [PHOTO],
    }


def make_code(number: int) -> str:
    """Return the code of a hand-over: the number's digits and the symbol that makes them one."""
    digits = f"{number:07d}"
    weight = sum(place * int(digit) for place, digit in enumerate(digits, 1))
    return digits + "0123456789ABCDEFGHJKMNPQRSTVWXY"[-4 * weight % 31]


def passing(courier: CourierOfTown, visits: list[Visit], code: str) -> tuple[str, dict[str, Any]]:
    """Return the fact of items handed to a colleague."""
    errands = [str(visit.errand_id) for visit in visits]
    return "items.passed", {"round": str(courier.round_id), "code": code, "errands": errands}


def taking(courier: CourierOfTown, num: int, code: str) -> tuple[str, dict[str, Any]]:
    """Return the fact of items taken from a colleague."""
    fields = {"round": str(courier.round_id), "code": code, "num": num, "is_seal_whole": True}
    return "items.taken", fields


def keeping(courier: CourierOfTown, code: str) -> tuple[str, dict[str, Any]]:
    """Return the fact of items that nobody took."""
    return "items.kept", {"round": str(courier.round_id), "code": code}


def act(visit: Visit, *, is_signed: bool = True) -> tuple[str, dict[str, Any]]:
    """Return what the visit is for, done."""
    if visit.kind == "result.deliver":
        return delivery(visit, is_signed=is_signed)
    return acceptance(visit, is_signed=is_signed)


def failure(
    visit: Visit,
    *,
    reason: str = "ABSENT",
    has_photo: bool = True,
    text: str = "",
    is_invited: bool = False,
) -> tuple[str, dict[str, Any]]:
    """Return the fact of a visit in vain."""
    return "visit.failed", {
        "stop": str(visit.stop_id),
        "act": str(visit.act_id),
        "reason": reason,
        "photos": [PHOTO] if has_photo else [],
        "note": text,
        "invited": is_invited,
    }


def correction(visit: Visit, op_id: str, *, wrong: str) -> tuple[str, dict[str, Any]]:
    """Return what is said afterwards of an act."""
    return "act.corrected", {
        "stop": str(visit.stop_id),
        "act": str(visit.act_id),
        "op": op_id,
        "wrong": wrong,
        "reason": "Bấm nhầm việc",
    }


def opening(courier: CourierOfTown) -> tuple[str, dict[str, Any]]:
    """Return the fact of setting out."""
    return "round.opened", {"round": str(courier.round_id)}


def closing(courier: CourierOfTown) -> tuple[str, dict[str, Any]]:
    """Return the fact of the day's end."""
    return "round.closed", {"round": str(courier.round_id)}


def loading(courier: CourierOfTown, items: list[uuid.UUID]) -> tuple[str, dict[str, Any]]:
    """Return the fact of a packed bag."""
    fields = {"round": str(courier.round_id), "items": [str(item) for item in items]}
    return "items.loaded", {**fields, "missing": []}


def returning(courier: CourierOfTown, items: list[uuid.UUID]) -> tuple[str, dict[str, Any]]:
    """Return the fact of items given back at the office."""
    fields = {"round": str(courier.round_id), "items": [str(item) for item in items]}
    return "items.returned", fields


def day_of(
    courier: CourierOfTown, rnd: random.Random, num_facts: int
) -> list[tuple[str, dict[str, Any]]]:
    """Return a day's facts in order: packed, opened, then door after door.

    A visit gives up to four facts: arrival, note or pin, the act or its failure, a note.
    """
    items = [visit.item_id for visit in courier.visits if visit.item_id is not None]
    day = [loading(courier, items[at : at + 200]) for at in range(0, len(items), 200)]
    day.append(opening(courier))
    for visit in courier.visits:
        day.append(arrival(visit))
        if rnd.random() < 0.7:
            day.append(note(visit, f"Gọi trước, cổng số {rnd.randrange(1, 99)}"))
        if rnd.random() < 0.5:
            day.append(pin(visit, 21.17 + rnd.uniform(0, 0.02), 106.05 + rnd.uniform(0, 0.02)))
        day.append(act(visit) if rnd.random() < 0.8 else failure(visit))
    while len(day) < num_facts:
        visit = rnd.choice(courier.visits)
        day.append(note(visit, f"Ghi chú {rnd.randrange(1, 999)}"))
    return day[:num_facts]
