"""People, doors and days that never were: made from tables of our own, all from one seed.

How often a name comes is roughly as in the Red River delta; no list of real people stands behind.
"""

import math
import random
from dataclasses import dataclass
from typing import Final

FAMILY: Final = {
    "Nguyễn": 400, "Trần": 95, "Lê": 70, "Phạm": 65, "Vũ": 50, "Hoàng": 45, "Đỗ": 40, "Ngô": 35,
    "Đặng": 30, "Bùi": 30, "Dương": 25, "Đào": 20, "Trịnh": 15, "Lương": 12, "Chu": 10, "Tạ": 10,
    "Mai": 8, "Hà": 8, "Phan": 8, "Đinh": 8, "Cao": 6, "Lưu": 5,
}  # fmt: skip
MIDDLE_OF_MEN: Final = {
    "Văn": 300, "Đức": 60, "Hữu": 40, "Xuân": 40, "Quang": 35, "Công": 30, "Đình": 30, "Ngọc": 30,
    "Minh": 25, "Thế": 20, "Trọng": 15, "Bá": 12, "Huy": 10, "Tuấn": 10,
}  # fmt: skip
MIDDLE_OF_WOMEN: Final = {
    "Thị": 320, "Thị Thu": 40, "Thị Thanh": 40, "Thị Ngọc": 35, "Thị Hồng": 30, "Thị Minh": 25,
    "Ngọc": 20, "Thu": 18, "Thanh": 15, "Phương": 12, "Thị Kim": 12, "Khánh": 8,
}  # fmt: skip
GIVEN_OF_MEN: Final = {
    "Hùng": 30, "Tuấn": 30, "Dũng": 28, "Cường": 24, "Sơn": 22, "Hải": 22, "Minh": 20, "Thắng": 20,
    "Nam": 20, "Long": 18, "Đạt": 18, "Huy": 18, "Quân": 14, "Phúc": 14, "Toàn": 12, "Việt": 12,
    "Khánh": 10, "Bình": 10, "Lâm": 8, "Thành": 22, "Tiến": 16, "Trung": 16, "Kiên": 12,
}  # fmt: skip
GIVEN_OF_WOMEN: Final = {
    "Hương": 30, "Lan": 28, "Hoa": 26, "Hằng": 24, "Nga": 22, "Thủy": 22, "Linh": 22, "Trang": 20,
    "Mai": 20, "Huyền": 18, "Yến": 16, "Phượng": 14, "Hạnh": 14, "Dung": 14, "Loan": 12, "Oanh": 10,
    "Ngân": 12, "Thảo": 18, "Hiền": 18, "Vân": 16, "Nhung": 14, "Liên": 10, "Xuân": 8,
}  # fmt: skip

KM_PER_DEGREE: Final = 111.2
QUARTER_SPREAD_KM: Final = 0.22
NUM_QUARTERS: Final = 7
QUARTER_NAMES: Final = (
    "Mẫu Đông",
    "Mẫu Đoài",
    "Mẫu Thượng",
    "Mẫu Hạ",
    "Mẫu Trung",
    "Mẫu Nội",
    "Mẫu Ngoại",
)
# Names of before the reform that still stand on papers, by commune.
FORMER: Final = {
    "09187": ("Phường Suối Hoa, TP. Bắc Ninh", "P. Vạn An, TP Bắc Ninh"),
    "09190": ("Phường Võ Cường, TP. Bắc Ninh", "P. Đại Phúc, TP. Bắc Ninh"),
    "09169": ("Phường Thị Cầu, TP. Bắc Ninh", "Phường Đáp Cầu, TP Bắc Ninh"),
    "09325": ("Phường Hạp Lĩnh, TP. Bắc Ninh",),
}
SHARE_OF_FORMER: Final = 0.15


@dataclass(frozen=True)
class Place:
    """A commune as the demo town spreads doors over it."""

    code: str
    name: str
    lat: float
    lon: float
    area_km2: float


@dataclass(frozen=True)
class Person:
    """A citizen who never was."""

    name: str
    phone: str


@dataclass(frozen=True)
class Door:
    """A door that never was; the position is near the commune's centre."""

    address: str
    lat: float
    lon: float


def make_name(rnd: random.Random) -> str:
    """Return a full name, family name first."""
    is_woman = rnd.random() < 0.52
    middle = MIDDLE_OF_WOMEN if is_woman else MIDDLE_OF_MEN
    given = GIVEN_OF_WOMEN if is_woman else GIVEN_OF_MEN
    return f"{_pick(rnd, FAMILY)} {_pick(rnd, middle)} {_pick(rnd, given)}"


def make_person(rnd: random.Random, number: int) -> Person:
    """Return a person; the phone lies in a block of its own for the demo, one a number."""
    return Person(make_name(rnd), f"0990{number:06d}")


def make_door(rnd: random.Random, place: Place) -> Door:
    """Return a door in one of the commune's quarters, as a citizen writes it on a form."""
    number = rnd.randrange(NUM_QUARTERS)
    quarters = random.Random(f"quarters:{place.code}")  # noqa: S311 (no secret: the same each time)
    radius_km = math.sqrt(place.area_km2 / math.pi)
    centres = [
        (quarters.uniform(0, 2 * math.pi), radius_km * math.sqrt(quarters.uniform(0.02, 0.55)))
        for _ in range(NUM_QUARTERS)
    ]
    angle, away_km = centres[number]
    north_km = away_km * math.sin(angle) + rnd.gauss(0, QUARTER_SPREAD_KM)
    east_km = away_km * math.cos(angle) + rnd.gauss(0, QUARTER_SPREAD_KM)
    lat = place.lat + north_km / KM_PER_DEGREE
    lon = place.lon + east_km / (KM_PER_DEGREE * math.cos(math.radians(place.lat)))
    former = FORMER.get(place.code)
    where = f"{place.name}, tỉnh Bắc Ninh"
    if former is not None and rnd.random() < SHARE_OF_FORMER:
        where = rnd.choice(former)
    house = f"Số {rnd.randint(1, 180)}"
    if rnd.random() < 0.6:
        house += f" ngõ {rnd.randint(1, 40)}"
    return Door(f"{house}, khu {QUARTER_NAMES[number]}, {where}", round(lat, 6), round(lon, 6))


def _pick(rnd: random.Random, table: dict[str, int]) -> str:
    return rnd.choices(list(table), weights=list(table.values()))[0]
