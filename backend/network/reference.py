"""Reads the units of the province from the package `vietnamadminunits`, at install time only.

The package itself is not imported: that would load tables of the whole country and a geocoder.
Its SQLite file and its old-to-new table are read as they lie.
"""

import importlib.util
import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from backend.kit.text import fold, nfc
from backend.network.model import Commune, CommuneKind, FormerCommune, FormerDistrict

PACKAGE = "vietnamadminunits"
PROVINCE_CODE = "24"
PROVINCE_NAME = "Bắc Ninh"
FORMER_PROVINCES = ("24", "27")  # Bắc Giang and Bắc Ninh of before
PROVINCE_KEY = "tinhbacninh"
REFORM_ON = date(2025, 7, 1)  # resolution 1658/NQ-UBTVQH15
# Thị xã Chũ was part of huyện Lục Ngạn until 2025 (resolution 1191/NQ-UBTVQH15).
EARLIER_DISTRICT_KEYS = {"224": ("huyenlucngan", "lucngan")}

# Names an address may end with, folded and without blanks. Ours: now, and as abbreviated; the
# value is the code of the former province, where the name tells it.
OURS = {"bacninh": "", "bn": "", "bacgiang": "24", "bg": "24"}
COUNTRY = frozenset({"vietnam", "vn"})
ELSEWHERE_NAMES = (
    "hanoi hn hagiang caobang backan tuyenquang laocai dienbien laichau sonla yenbai hoabinh "
    "thainguyen langson quangninh phutho vinhphuc haiduong haiphong hungyen thaibinh hanam "
    "namdinh ninhbinh thanhhoa nghean hatinh quangbinh quangtri hue thuathienhue danang quangnam "
    "quangngai binhdinh phuyen khanhhoa ninhthuan binhthuan kontum gialai daklak daknong lamdong "
    "binhphuoc tayninh binhduong dongnai bariavungtau vungtau hochiminh hcm tphcm longan "
    "tiengiang bentre travinh vinhlong dongthap angiang kiengiang cantho haugiang soctrang "
    "baclieu camau"
)
ELSEWHERE = frozenset(ELSEWHERE_NAMES.split())

KINDS: dict[str, CommuneKind] = {"xã": "xa", "phường": "phuong", "đặc khu": "dac_khu"}
FORMER_KINDS: dict[str, Literal["xa", "phuong", "thi_tran"]] = {
    "xã": "xa",
    "phường": "phuong",
    "thị trấn": "thi_tran",
}

UNITS = """
SELECT wardCode, ward, wardType, wardShort, wardLat, wardLon, wardAreaKm2, wardKey
FROM admin_units WHERE provinceCode = ? ORDER BY wardCode
"""
FORMER_UNITS = """
SELECT wardCode, ward, wardType, districtCode, district, provinceCode,
    provinceKey, districtKey, wardKey, wardKeywords, districtKeywords
FROM admin_units_legacy WHERE provinceCode IN (?, ?) ORDER BY wardCode
"""


class ReferenceMissing(Exception):
    """The package is not installed, or no longer shaped as this reader knows it."""


class Reference(msgspec.Struct, frozen=True):
    """The province's units in force and of before."""

    communes: tuple[Commune, ...]
    former_districts: tuple[FormerDistrict, ...]
    former_communes: tuple[FormerCommune, ...]


def read_reference() -> Reference:
    """Return the units of the province; raise `ReferenceMissing` when the package lacks them."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ReferenceMissing(f"the package {PACKAGE} is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "data"
    database = folder / "dataset.db"
    try:
        # Read-only and immutable: an installed package must never be written to.
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            units = conn.execute(UNITS, (PROVINCE_CODE,)).fetchall()
            former = conn.execute(FORMER_UNITS, FORMER_PROVINCES).fetchall()
        table = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
        whole: dict[str, list[str]] = table["DICT_PROVINCE_WARD_NO_DIVIDED"][PROVINCE_KEY]
        split: dict[str, list[dict[str, str]]] = table["DICT_PROVINCE_WARD_DIVIDED"].get(
            PROVINCE_KEY, {}
        )
        return _make(units, former, whole, split)
    except (OSError, sqlite3.Error, KeyError, ValueError) as error:
        raise ReferenceMissing(f"the data of {PACKAGE} cannot be read: {error!r}") from error


def _make(
    units: list[sqlite3.Row],
    former: list[sqlite3.Row],
    whole: dict[str, list[str]],
    split: dict[str, list[dict[str, str]]],
) -> Reference:
    code_of = {row["wardKey"]: row["wardCode"] for row in units}
    went_to: dict[str, list[str]] = {}
    for new_key, old_keys in whole.items():
        for old_key in old_keys:
            went_to.setdefault(old_key, []).append(code_of[new_key])
    for old_key, parts in split.items():
        went_to.setdefault(old_key, []).extend(code_of[part["newWardKey"]] for part in parts)
    districts = {
        row["districtCode"]: FormerDistrict(
            row["districtCode"],
            nfc(row["district"]),
            row["provinceCode"],
            tuple(
                sorted(
                    {
                        *json.loads(row["districtKeywords"]),
                        *EARLIER_DISTRICT_KEYS.get(row["districtCode"], ()),
                    }
                )
            ),
        )
        for row in former
    }
    communes = tuple(
        Commune(
            row["wardCode"],
            nfc(row["ward"]),
            KINDS[nfc(row["wardType"]).lower()],
            PROVINCE_CODE,
            PROVINCE_NAME,
            row["wardLat"],
            row["wardLon"],
            row["wardAreaKm2"],
            fold(row["wardShort"]),
        )
        for row in units
    )
    former_communes = tuple(
        FormerCommune(
            row["wardCode"],
            code,
            row["districtCode"],
            nfc(row["ward"]),
            FORMER_KINDS[nfc(row["wardType"]).lower()],
            tuple(sorted(json.loads(row["wardKeywords"]))),
        )
        for row in former
        for code in went_to[f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey']}"]
    )
    return Reference(communes, tuple(districts.values()), former_communes)
