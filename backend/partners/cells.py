"""Reads the cells of an errand's row as people write them; pure, faults instead of failures."""

import re
from datetime import date, timedelta

import msgspec

from backend.kit import catalog
from backend.kit.csv_table import Column, Fault
from backend.kit.geo import is_on_earth
from backend.kit.text import fold

COLUMNS = (
    Column("service", ("dich_vu", "loai_dich_vu"), is_required=True),
    Column("dossier_code", ("ma_ho_so", "so_ho_so")),
    Column("procedure_code", ("ma_thu_tuc", "ma_tthc"), is_required=True),
    Column("citizen_name", ("ho_ten", "ho_va_ten", "ten_cong_dan"), is_required=True),
    Column("phone", ("dien_thoai", "so_dien_thoai", "sdt")),
    Column("address", ("dia_chi",), is_required=True),
    Column("commune", ("xa_phuong", "xa", "phuong", "ma_xa")),
    Column("lat", ("vi_do",)),
    Column("lon", ("kinh_do", "lng")),
    Column("wanted_on", ("ngay_hen", "ngay")),
    Column("window", ("khung_gio", "gio_hen")),
    Column("fee_vnd", ("le_phi", "phi_le_phi")),
    Column("postage_vnd", ("cuoc", "cuoc_phi")),
    Column("weight_g", ("khoi_luong", "khoi_luong_g")),
    Column("instruction", ("dan_do", "ghi_chu")),
    Column("seal_number", ("so_niem_phong", "niem_phong")),
    Column("import_key", ("ma_dong", "khoa")),
    Column("partner_code", ("ma_co_quan", "co_quan")),
)

SERVICES = {
    "s1": "S1",
    "nhan": "S1",
    "nhan ho so": "S1",
    "thu gom": "S1",
    "s2": "S2",
    "tra": "S2",
    "tra ket qua": "S2",
    "phat": "S2",
}
# Both shapes in use: 000.00.00.H05-260818-0001 and H05.18-260818-0001 (Circular 01/2018, 2025).
DOSSIER_CODE = re.compile(r"[A-Z0-9]{1,5}(\.[A-Z0-9]{1,5}){0,6}-[0-9]{6}-[0-9]{3,6}")
# The national code; the province's copy adds .000.00.00.Hxx.
PROCEDURE_CODE = re.compile(r"([0-9]\.[0-9]{6})(\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.H[0-9]{2})?")
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
CLOCK = r"(\d{1,2})(?:[:hg](\d{2})?)?"
WINDOW = re.compile(rf"{CLOCK}[-–—]{CLOCK}")
MONEY = re.compile(r"\d+|\d{1,3}([., ]\d{3})+")
WORDS_OF_MONEY = re.compile(r"(vnđ|vnd|đồng|đ|d)$")

NAME_LENGTH_MAX = 120
INSTRUCTION_LENGTH_MAX = 300
KEY_LENGTH_MAX = 80
AMOUNT_VND_MAX = 1_000_000_000
WEIGHT_G_MAX = 30_000  # what a motorbike carries in all
DAYS_BACK_MAX, DAYS_AHEAD_MAX = 30, 90
OPEN_S, CLOSE_S, WINDOW_MIN_S = 5 * 3600, 22 * 3600, 15 * 60
# Vietnam lies within; a point outside has its numbers swapped or mistyped.
LATS, LONS = (8.0, 24.0), (102.0, 110.0)


class Cells(msgspec.Struct):
    """Reads one row's cells and collects what is wrong with each."""

    row: int
    cells: dict[str, str]
    faults: list[Fault] = []

    def fault(self, column: str, code: str, **params: str | int | None) -> None:
        """Note what is wrong with a cell."""
        self.faults.append(Fault(self.row, column, code, self.cells.get(column, ""), params))

    def text(self, column: str, *, length_max: int, is_required: bool = False) -> str:
        """Return a cell's text."""
        text = self.cells[column]
        if not text and is_required:
            self.fault(column, "cell_missing")
        elif len(text) > length_max:
            self.fault(column, "cell_too_long", length_max=length_max)
        return text

    def service(self) -> str:
        """Return S1 or S2."""
        service = SERVICES.get(fold(self.cells["service"]), "")
        if not self.cells["service"]:
            self.fault("service", "cell_missing")
        elif not service:
            self.fault("service", "cell_service")
        return service

    def name(self) -> str:
        """Return the citizen's name."""
        name = self.text("citizen_name", length_max=NAME_LENGTH_MAX, is_required=True)
        has_digit = any(character.isdigit() for character in name)
        if name and (has_digit or not any(character.isalpha() for character in name)):
            self.fault("citizen_name", "cell_name")
        return name

    def dossier_code(self, *, is_required: bool) -> str | None:
        """Return the agency's code of the dossier in capitals, or None."""
        code = self.cells["dossier_code"].upper().replace(" ", "")
        if not code:
            if is_required:
                self.fault("dossier_code", "cell_missing")
            return None
        if DOSSIER_CODE.fullmatch(code) is None:
            self.fault("dossier_code", "cell_dossier_code")
        return code

    def procedure_code(self) -> str | None:
        """Return the national code of the procedure, or None for what is none."""
        text = self.cells["procedure_code"].replace(" ", "").upper()
        if not text:
            self.fault("procedure_code", "cell_missing")
            return None
        match = PROCEDURE_CODE.fullmatch(text)
        if match is None:
            self.fault("procedure_code", "cell_procedure_unknown")
        return match[1] if match else None

    def day(self, today: date) -> date:
        """Return the day wished for; today when the cell is empty."""
        text = self.cells["wanted_on"]
        if not text:
            return today
        match = DAY.fullmatch(text)
        if match is None:
            self.fault("wanted_on", "cell_date")
            return today
        parts = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
        try:
            day = date(*(int(part) for part in parts))
        except ValueError:
            self.fault("wanted_on", "cell_date")
            return today
        if not timedelta(-DAYS_BACK_MAX) <= day - today <= timedelta(DAYS_AHEAD_MAX):
            self.fault("wanted_on", "cell_date_far", back=DAYS_BACK_MAX, ahead=DAYS_AHEAD_MAX)
        return day

    def window(self) -> tuple[int, int] | None:
        """Return the hours wished for in seconds of the day, or None for any."""
        text = self.cells["window"].lower().replace(" ", "")
        if not text:
            return None
        match = WINDOW.fullmatch(text)
        if match is None:
            self.fault("window", "cell_window")
            return None
        hours = [int(match[n] or 0) for n in (1, 2, 3, 4)]
        early_s, late_s = (h * 3600 + m * 60 for h, m in (hours[:2], hours[2:]))
        is_clock = hours[1] < 60 and hours[3] < 60
        if not is_clock or early_s < OPEN_S or late_s > CLOSE_S or late_s - early_s < WINDOW_MIN_S:
            self.fault("window", "cell_window")
            return None
        return early_s, late_s

    def amount(self, column: str) -> int | None:
        """Return whole đồng, or None for an empty cell; `25.000 đ` is read as it is meant."""
        text = WORDS_OF_MONEY.sub("", self.cells[column].lower()).strip()
        if not self.cells[column]:
            return None
        if MONEY.fullmatch(text) is None:
            self.fault(column, "cell_amount")
            return None
        amount = int(re.sub(r"[., ]", "", text))
        if amount > AMOUNT_VND_MAX:
            self.fault(column, "cell_amount")
            return None
        return amount

    def weight(self) -> int | None:
        """Return whole grams, or None for an empty cell."""
        text = self.cells["weight_g"]
        if not text:
            return None
        if not text.isdecimal() or not 1 <= int(text) <= WEIGHT_G_MAX:
            self.fault("weight_g", "cell_weight", grams_max=WEIGHT_G_MAX)
            return None
        return int(text)

    def position(self) -> tuple[float, float] | None:
        """Return latitude and longitude, or None when both cells are empty."""
        found = []
        for column in ("lat", "lon"):
            text = self.cells[column].replace(",", ".")
            try:
                found.append(float(text) if text else None)
            except ValueError:
                self.fault(column, "cell_not_a_number")
                return None
        lat, lon = found
        if lat is None and lon is None:
            return None
        if lat is None or lon is None:
            self.fault("lat" if lat is None else "lon", "cell_half_position")
            return None
        if _is_in(lat, LONS) and _is_in(lon, LATS):
            self.fault("lat", "cell_position_swapped")
            return None
        if not (is_on_earth(lat, lon) and _is_in(lat, LATS) and _is_in(lon, LONS)):
            self.fault("lat", "cell_position_abroad")
            return None
        return lat, lon


def _is_in(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]  # False for NaN


catalog.add(
    {
        "cell_service": (
            "Dịch vụ “{value}” không rõ. Ghi S1 (nhận hồ sơ tại nhà) hoặc S2 (trả kết quả).",
            "Unknown service “{value}”. Write S1 (fetch a dossier) or S2 (bring a result).",
        ),
        "cell_name": ("“{value}” không phải là họ tên.", "“{value}” is not a person's name."),
        "cell_dossier_code": (
            "Mã hồ sơ “{value}” không đúng dạng, ví dụ H05.18-261123-0001.",
            "The dossier code “{value}” is malformed; an example is H05.18-261123-0001.",
        ),
        "cell_procedure_unknown": (
            "Không có thủ tục “{value}” trong danh mục đang áp dụng.",
            "The catalogue in force has no procedure “{value}”.",
        ),
        "cell_not_by_post": (
            "Thủ tục “{value}” không nhận qua bưu chính.",
            "The procedure “{value}” is not taken by post.",
        ),
        "cell_must_appear": (
            "Thủ tục “{value}” bắt buộc công dân có mặt, không nhận qua bưu chính.",
            "The procedure “{value}” needs the citizen in person; it is not taken by post.",
        ),
        "cell_phone": (
            "Số điện thoại “{value}” không đúng.",
            "The phone number “{value}” is not valid.",
        ),
        "cell_date": (
            "Ngày “{value}” không đúng, ghi 2026-11-23 hoặc 23/11/2026.",
            "The date “{value}” is wrong; write 2026-11-23 or 23/11/2026.",
        ),
        "cell_date_far": (
            "Ngày “{value}” quá xa: chỉ nhận từ {back} ngày trước đến {ahead} ngày tới.",
            "The date “{value}” is too far: {back} days back to {ahead} days ahead are taken.",
        ),
        "cell_window": (
            "Khung giờ “{value}” không đúng, ghi 08:00-10:00, trong khoảng 05:00 đến 22:00.",
            "The window “{value}” is wrong; write 08:00-10:00, between 05:00 and 22:00.",
        ),
        "cell_amount": (
            "Số tiền “{value}” không đúng, ghi số đồng nguyên, ví dụ 25000.",
            "The amount “{value}” is wrong; write whole đồng, such as 25000.",
        ),
        "cell_weight": (
            "Khối lượng “{value}” không đúng, ghi số gam nguyên từ 1 đến {grams_max}.",
            "The weight “{value}” is wrong; write whole grams from 1 to {grams_max}.",
        ),
        "cell_half_position": (
            "Toạ độ thiếu một nửa: cần cả vĩ độ và kinh độ, hoặc để trống cả hai.",
            "Half of the position is missing: give both latitude and longitude, or neither.",
        ),
        "cell_position_swapped": (
            "Vĩ độ và kinh độ bị đổi chỗ cho nhau.",
            "Latitude and longitude are swapped.",
        ),
        "cell_position_abroad": (
            "Toạ độ này không nằm ở Việt Nam.",
            "This position is not in Vietnam.",
        ),
        "cell_position_far": (
            "Toạ độ cách {commune} khoảng {distance_km} km; hãy kiểm tra địa chỉ hoặc toạ độ.",
            "The position is about {distance_km} km from {commune}; check address and position.",
        ),
        "cell_commune_conflict": (
            "Cột xã, phường ghi “{value}” nhưng địa chỉ nằm ở {commune}.",
            "The commune column says “{value}” but the address lies in {commune}.",
        ),
        "cell_address_unknown": (
            "Không nhận ra xã, phường trong địa chỉ. Hãy thêm cột xã, phường. Gợi ý: {candidates}.",
            "No commune was found in the address. Add a commune column. Near: {candidates}.",
        ),
        "cell_address_too_wide": (
            "Địa chỉ chưa ghi xã, phường. Có thể là: {candidates}.",
            "The address names no commune. It could be: {candidates}.",
        ),
        "cell_address_ambiguous": (
            "Tên trong địa chỉ có nhiều nơi trùng. Có thể là: {candidates}.",
            "The name in the address is that of several places: {candidates}.",
        ),
        "cell_address_conflict": (
            "Các phần của địa chỉ mâu thuẫn nhau. Có thể là: {candidates}.",
            "The parts of the address contradict each other. It could be: {candidates}.",
        ),
        "cell_address_outside": (
            "Địa chỉ nằm ngoài tỉnh Bắc Ninh.",
            "The address lies outside Bắc Ninh province.",
        ),
        "cell_partner_unknown": (
            "Không có cơ quan mang mã “{value}” ở bưu cục này.",
            "This office serves no agency with the code “{value}”.",
        ),
        "cell_not_served": (
            "Không bưu cục nào trong phạm vi của bạn phục vụ {commune}.",
            "None of your offices serves {commune}.",
        ),
        "row_twice": (
            "Dòng này trùng với dòng {first_row}.",
            "This row is the same as row {first_row}.",
        ),
    }
)
