"""The demo town's lists of errands, as an agency would send them: CSV, row by row made up."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from backend.ops.demo_names import Place, make_door, make_person

# Procedures by post and how often they come.
PROCEDURES: Final = {
    "2.000635": 22, "2.000815": 18, "1.004873": 14, "1.001193": 12, "1.001612": 8, "1.012783": 8,
    "2.000488": 6, "1.001776": 5, "2.000720": 4, "1.000656": 4, "1.001699": 3,
}  # fmt: skip
MORNING: Final = ("08:00-10:00", "08:30-11:00", "09:00-11:30", "08:00-12:00")
AFTERNOON: Final = ("13:30-15:30", "14:00-17:00", "15:00-17:00")
WISHES: Final = (
    "Mẫu: gọi điện trước khi đến",
    "Mẫu: nhà có chó, đứng ngoài cổng gọi",
    "Mẫu: giao cho người nhà nếu tôi vắng",
    "Mẫu: cổng sắt xanh cuối ngõ",
)
SHARE_OF_RESULTS: Final = 0.6
SHARE_WITH_WINDOW: Final = 0.4
SHARE_SAME_DOOR: Final = 0.06
SHARE_WITHOUT_PIN: Final = 0.02
FEES: Final = (0, 0, 0, 8_000, 15_000, 50_000, 100_000)
POSTAGES: Final = (0, 22_000, 25_000, 30_000)
HEADER: Final = (
    "service", "dossier_code", "procedure_code", "citizen_name", "phone", "address", "lat", "lon",
    "wanted_on", "window", "fee_vnd", "postage_vnd", "weight_g", "instruction", "seal_number",
    "import_key",
)  # fmt: skip
Line = dict[str, str]


def make_list(
    *,
    seed: str,
    places: Sequence[Place],
    num: int,
    wanted_on: date,
    windows: Sequence[str] = (*MORNING, *AFTERNOON),
    share_of_results: float = SHARE_OF_RESULTS,
    first_person: int = 0,
) -> bytes:
    """Return a CSV of `num` errands; the same list from the same arguments.

    Half of the doors lie in the office's own commune. `first_person` keeps people of two lists
    apart.
    """
    rnd = random.Random(seed)  # noqa: S311 (made-up people, no secrets)
    lines: list[Line] = []
    while len(lines) < num:
        number = first_person + len(lines)
        lines.append(_make_line(rnd, seed, places, number, wanted_on, windows, share_of_results))
        if rnd.random() < SHARE_SAME_DOOR and len(lines) < num:
            lines.append(_make_second(rnd, lines[-1], first_person + len(lines), seed))
    return write_csv(lines)


def write_csv(lines: Iterable[Line]) -> bytes:
    """Return lines as a file of the import's format."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEADER)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def _make_line(
    rnd: random.Random,
    seed: str,
    places: Sequence[Place],
    number: int,
    wanted_on: date,
    windows: Sequence[str],
    share_of_results: float,
) -> Line:
    person = make_person(rnd, number)
    place = places[0] if rnd.random() < 0.5 else rnd.choice(places)
    door = make_door(rnd, place)
    is_result = rnd.random() < share_of_results
    procedure = rnd.choices(list(PROCEDURES), weights=list(PROCEDURES.values()))[0]
    # Without a pin the words alone place the door, so they must not be vague.
    has_pin = rnd.random() >= SHARE_WITHOUT_PIN
    return {
        "service": "S2" if is_result else "S1",
        "dossier_code": f"H05.18-{wanted_on:%y%m%d}-{number % 10_000:04d}" if is_result else "",
        "procedure_code": procedure,
        "citizen_name": person.name,
        "phone": person.phone,
        "address": door.address,
        "lat": str(door.lat) if has_pin else "",
        "lon": str(door.lon) if has_pin else "",
        "wanted_on": wanted_on.isoformat(),
        "window": rnd.choice(windows) if rnd.random() < SHARE_WITH_WINDOW else "",
        "fee_vnd": str(rnd.choice(FEES)) if is_result else "",
        "postage_vnd": str(rnd.choice(POSTAGES)),
        "weight_g": str(rnd.randint(40, 600)),
        "instruction": rnd.choice(WISHES) if rnd.random() < 0.3 else "",
        "seal_number": f"NP{rnd.randint(0, 999_999):06d}" if is_result else "",
        "import_key": f"{seed}:{number}",
    }


def _make_second(rnd: random.Random, line: Line, number: int, seed: str) -> Line:
    """Return another errand of the same person at the same door, the other way round."""
    is_result = line["service"] == "S1"
    wanted_on = date.fromisoformat(line["wanted_on"])
    return line | {
        "service": "S2" if is_result else "S1",
        "dossier_code": f"H05.18-{wanted_on:%y%m%d}-{number % 10_000:04d}" if is_result else "",
        "procedure_code": rnd.choice(list(PROCEDURES)),
        "fee_vnd": str(rnd.choice(FEES)) if is_result else "",
        "seal_number": f"NP{rnd.randint(0, 999_999):06d}" if is_result else "",
        "import_key": f"{seed}:{number}",
    }
