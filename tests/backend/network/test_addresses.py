"""Addresses as people write them, and the communes they lie in."""

import csv
import unicodedata
from pathlib import Path

import pytest

from backend.kit.text import fold
from backend.network.addresses import Gazetteer
from backend.network.reference import Reference, read_reference

CASES = Path(__file__).resolve().parents[4] / "shared/geo/addresses/address_cases.csv"
PACKAGE_SHARE = 60 / 63  # what the package's own parser reaches on such addresses

KINH_BAC, VO_CUONG, TU_SON, DONG_NGUYEN = "09187", "09190", "09367", "09385"
FORMER_PROVINCES = {"24": "Bắc Giang", "27": "Bắc Ninh"}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference()


@pytest.fixture(scope="module")
def names(reference: Reference) -> Gazetteer:
    return Gazetteer(reference.communes, reference.former_districts, reference.former_communes)


def test_reference_has_the_whole_province(reference: Reference) -> None:
    """Tests that the package brings 66 xã and 33 phường, 18 districts and 313 former communes."""
    kinds = [unit.kind for unit in reference.communes]
    assert (kinds.count("xa"), kinds.count("phuong")) == (66, 33)
    assert len(reference.former_districts) == 18
    assert len(reference.former_communes) == 313


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Số 5, Phường Kinh Bắc, tỉnh Bắc Ninh", KINH_BAC),
        ("So 5, phuong Kinh Bac, tinh Bac Ninh", KINH_BAC),  # no marks at all
        ("SỐ 5, P.KINH BẮC, BN", KINH_BAC),  # abbreviated, upper case
        ("P. Suối Hoa, TP. Bắc Ninh, T. Bắc Ninh", KINH_BAC),  # abolished in 2025
        ("Phường Tiền An, TP Bắc Ninh", KINH_BAC),  # abolished before 2025
        ("Ngõ 3 Trần Phú, Đông Ngàn, Từ Sơn, Bắc Ninh", TU_SON),  # no words of kind
        ("Phường Đồng Kỵ, TP. Từ Sơn", DONG_NGUYEN),  # one tone apart from Đồng Kỳ
        ("Xã Đồng Kỳ, huyện Yên Thế", "07282"),
        ("Khu 3, Thị Trấn Thắng, Hiệp Hoà, Bắc Giang", "07840"),  # the tone on the other letter
        ("Thị trấn Chũ, huyện Lục Ngạn, Bắc Giang", "07525"),  # a district older than the last
        ("Nhà ở xã hội Cát Tường, phường Võ Cường", VO_CUONG),  # "xã hội" is no commune
        ("Quán cà phê Mẫu, Kinh Bắc, Bắc Ninh, Việt Nam", KINH_BAC),  # "quán" is no district
        ("Phường Bắc Giang, tỉnh Bắc Ninh", "07210"),  # a province's name, now a ward's
        ("Thôn Đông Tiến, xã Tam Đa, Bắc Ninh", "09208"),  # a hamlet named like a commune
    ],
)
def test_resolve_finds_the_one_commune(names: Gazetteer, text: str, code: str) -> None:
    """Tests that words which leave one answer give it, composed or decomposed."""
    assert names.resolve(text).commune_code == code
    assert names.resolve(unicodedata.normalize("NFD", text)).commune_code == code


@pytest.mark.parametrize(
    ("text", "why", "candidate"),
    [
        ("Số 1 Nguyễn Trãi, TP Bắc Ninh", "too_wide", KINH_BAC),  # a city only
        ("Bắc Ninh", "too_wide", None),
        ("Thôn Đoài, Tiên Du, Bắc Ninh", "too_wide", "09319"),  # district, or xã Tiên Du?
        ("Thị trấn Từ Sơn, Bắc Ninh", "ambiguous", TU_SON),  # split since
        ("Xã Đồng Tiến, tỉnh Bắc Giang", "ambiguous", "07246"),  # two of the name
        ("Xã Đại Đồng, huyện Thuận Thành", "conflict", "09400"),  # in another district
        ("Phường Kinh Bắc, rồi phường Võ Cường", "conflict", VO_CUONG),
        ("Phường Kinh Bắc, thành phố Hà Nội", "conflict", KINH_BAC),
        ("Số 2 Tràng Thi, Hà Nội", "outside", None),
        ("Phường Kinh Bắk", "unknown", KINH_BAC),  # misspelt: asked, not guessed
        ("12 Trần Phú", "unknown", None),  # a street that is also a ward's name
        ("", "unknown", None),
        ("!!! 123 ,,, ---", "unknown", None),
    ],
)
def test_resolve_says_why_it_cannot(
    names: Gazetteer, text: str, why: str, candidate: str | None
) -> None:
    """Tests that doubtful words give no commune, the reason, and whom to choose from."""
    found = names.resolve(text)
    assert (found.commune_code, found.by, found.why) == (None, "unresolved", why)
    assert candidate in found.candidates if candidate else not found.candidates


def test_resolve_knows_every_unit_of_before(names: Gazetteer, reference: Reference) -> None:
    """Tests that each former commune, written in full, is found, with marks and without."""
    districts = {district.code: district for district in reference.former_districts}
    for place in reference.former_communes:
        district = districts[place.district_code]
        province = FORMER_PROVINCES[district.province_code]
        text = f"Thôn Mẫu, {place.name}, {district.name}, tỉnh {province}"
        for written in (text, fold(text)):
            assert names.resolve(written).commune_code == place.commune_code, written


def test_resolve_knows_every_unit_in_force(names: Gazetteer, reference: Reference) -> None:
    """Tests that each unit in force is found by its name, as a name in force."""
    for unit in reference.communes:
        found = names.resolve(f"Số 1, {unit.name}, tỉnh Bắc Ninh")
        assert (found.commune_code, found.by) == (unit.code, "name"), unit.name


@pytest.mark.skipif(not CASES.exists(), reason="the shared address cases are not here")
def test_resolve_on_published_addresses(
    names: Gazetteer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that real addresses resolve at least as well as by the package, and none wrongly."""
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    num_right = num_clear = 0
    for row in rows:
        code = names.resolve(row["raw"]).commune_code
        if row["expected"] == "match":
            num_clear += 1
            num_right += code == row["new_code"]
            assert code in (None, row["new_code"]), row["raw"]
        else:
            assert code is None, row["raw"]
    with capsys.disabled():
        print(f"\naddresses: {num_right} of {num_clear} clear ones resolved, none wrongly")
    assert num_right / num_clear >= PACKAGE_SHARE
