"""The calendar and the numbers of the law as they stand when a house is new.

They go into the database once; from then on the database counts and the operator changes it.
"""

from datetime import date

from backend.network.model import CalendarDay, RuleSetting

LABOUR = "Bộ luật Lao động 45/2019/QH14, điều 112"
CULTURE = "Nghị quyết 28/2026/QH16 (ngày 24/11 nghỉ hưởng lương từ năm 2026)"
SWAP = f"{LABOUR}; ngày trùng cuối tuần được nghỉ bù vào ngày làm việc kế tiếp"
TET = f"{LABOUR}; năm ngày quanh mùng 1, lịch hằng năm do Thủ tướng quyết định"
DEFAULT = "mặc định của phần mềm, đơn vị tự đặt lại"
CIRCULAR_17 = "Thông tư 17/2017/TT-BTTTT"
ALWAYS = date(2017, 8, 15)  # when circular 17 came into force
CULTURE_DAY = ("Ngày Văn hóa Việt Nam", "Vietnam Culture Day")


def _off(on_day: date, name_vi: str, name_en: str, source: str = LABOUR) -> CalendarDay:
    return CalendarDay(on_day, "holiday", name_vi, name_en, source)


def _tet(year: int, month: int, first: int, num: int = 5) -> list[CalendarDay]:
    start = date(year, month, first).toordinal()
    return [
        _off(date.fromordinal(start + n), "Tết Nguyên đán", "Lunar New Year", TET)
        for n in range(num)
    ]


# First day of Tết: 17/2/2026, 6/2/2027, 26/1/2028; the eve and the four days from the first on.
# Days that fall on a weekend give the next working days.
CALENDAR: tuple[CalendarDay, ...] = (
    _off(date(2026, 1, 1), "Tết Dương lịch", "New Year"),
    *_tet(2026, 2, 16),
    _off(date(2026, 4, 27), "Nghỉ bù Giỗ Tổ Hùng Vương", "Hùng Kings' Day in lieu", SWAP),
    _off(date(2026, 4, 30), "Ngày Chiến thắng", "Reunification Day"),
    _off(date(2026, 5, 1), "Quốc tế Lao động", "Labour Day"),
    _off(date(2026, 9, 1), "Nghỉ lễ Quốc khánh", "National Day, the day before"),
    _off(date(2026, 9, 2), "Quốc khánh", "National Day"),
    _off(date(2026, 11, 24), *CULTURE_DAY, CULTURE),
    _off(date(2027, 1, 1), "Tết Dương lịch", "New Year"),
    *_tet(2027, 2, 5),
    _off(date(2027, 2, 10), "Nghỉ bù Tết Nguyên đán", "Lunar New Year in lieu", SWAP),
    _off(date(2027, 2, 11), "Nghỉ bù Tết Nguyên đán", "Lunar New Year in lieu", SWAP),
    _off(date(2027, 4, 16), "Giỗ Tổ Hùng Vương", "Hùng Kings' Day"),
    _off(date(2027, 4, 30), "Ngày Chiến thắng", "Reunification Day"),
    _off(date(2027, 5, 3), "Nghỉ bù Quốc tế Lao động", "Labour Day in lieu", SWAP),
    _off(date(2027, 9, 2), "Quốc khánh", "National Day"),
    _off(date(2027, 9, 3), "Nghỉ lễ Quốc khánh", "National Day, the day after"),
    _off(date(2027, 11, 24), *CULTURE_DAY, CULTURE),
    _off(date(2028, 1, 3), "Nghỉ bù Tết Dương lịch", "New Year in lieu", SWAP),
    *_tet(2028, 1, 25),
    _off(date(2028, 1, 31), "Nghỉ bù Tết Nguyên đán", "Lunar New Year in lieu", SWAP),
)


def _rule(name: str, value: object, source: str, valid_from: date = ALWAYS) -> RuleSetting:
    return RuleSetting(name, valid_from, None, value, source)


RULES: tuple[RuleSetting, ...] = (
    _rule("invitations_min", 2, f"{CIRCULAR_17}, điều 5; Luật Bưu chính 2010, điều 17"),
    _rule("invitation_gap_days", 2, f"{CIRCULAR_17}, điều 5; Luật Bưu chính 2010, điều 17"),
    _rule(
        "transit_days",
        {
            "same_commune": 1,
            "same_commune_with_receipt": 2,
            "same_former_district": 1,
            "same_former_district_with_receipt": 2,
            "same_province": 2,
            "same_province_with_receipt": 4,
            "between_special_cities": 3,
            "between_special_cities_with_receipt": 6,
            "elsewhere": 4,
            "elsewhere_with_receipt": 8,
        },
        f"{CIRCULAR_17}, điều 7; cấp huyện bỏ từ 1/7/2025 nên lấy huyện cũ",
    ),
    _rule("agency_cutoff_s", 15 * 3600, "Nghị định 61/2018/NĐ-CP, điều 18 (văn bản trước)"),
    _rule(
        "agency_hours_s",
        [[7 * 3600 + 1800, 11 * 3600 + 1800], [13 * 3600 + 1800, 17 * 3600]],
        "giờ hành chính thông dụng; từng trung tâm công bố riêng",
    ),
    _rule("complaint_days", {"same_province": 5, "elsewhere": 7}, f"{CIRCULAR_17}, điều 8"),
    _rule("compensation_times_postage_min", 4, "Nghị định 47/2011/NĐ-CP, điều 24–26"),
    _rule("voucher_years_min", {"paper": 1, "electronic": 5}, f"{CIRCULAR_17}, điều 14"),
    _rule(
        "legal_basis",
        ["Quyết định 45/2016/QĐ-TTg", CIRCULAR_17, "Nghị định 118/2025/NĐ-CP"],
        "văn bản áp dụng cho việc nhận, trả hồ sơ qua bưu chính công ích",
    ),
    _rule("link_lifetime_days", 30, DEFAULT),
    _rule("money_needs_kept_storage", 1, f"{DEFAULT}: 1 là máy phải hứa giữ dữ liệu"),
    _rule(
        "evidence_late_h", 24, f"{DEFAULT}: sau bao nhiêu giờ ảnh chưa về thì báo điều phối viên"
    ),
    _rule("courier_place_hours_max", 12, f"{DEFAULT}: số giờ giữ vị trí mới nhất của bưu tá"),
    _rule("courier_cash_limit_vnd", 200_000_000, f"{DEFAULT}: chưa có mức công bố"),
    _rule("cash_trip_second_person_vnd", 500_000_000, f"{DEFAULT}: mức cần người đi cùng"),
    _rule("courier_cash_reloads_max", 1, f"{DEFAULT}: số lần về bưu cục nhận thêm tiền"),
    _rule("vehicle_load_g_max", 35_000, f"{DEFAULT}: xe máy chở khoảng 30–40 kg"),
    _rule(
        "operator",
        {"name": "Bưu điện tỉnh Bắc Ninh", "tax_code": ""},
        "tên và mã số thuế của đơn vị thu, in trên biên lai và báo cáo",
    ),
    _rule(
        "paper_receipts_until", "2026-12-31", "Nghị định 254/2026/NĐ-CP: từ 1/1/2027 chỉ điện tử"
    ),
    _rule("tax_remit_days", 1, "Nghị định 252/2026/NĐ-CP, điều 25 khoản 2"),
    _rule("order_ceiling_vnd", {"order": 600_000_000, "sender_day": 1_000_000_000}, DEFAULT),
    _rule(
        "order_fees_vnd",
        [
            [1_000_000, 15_000],
            [5_000_000, 25_000],
            [10_000_000, 40_000],
            [20_000_000, 70_000],
            [50_000_000, 120_000],
            [100_000_000, 200_000],
            [500_000_000, 600_000],
            [1_000_000_000, 1_000_000],
        ],
        f"{DEFAULT}: phí theo mức, mỗi dòng là số tiền gửi tối đa và phí",
    ),
    _rule("aml_cash_day_vnd", 400_000_000, "Quyết định 11/2023/QĐ-TTg"),
    _rule("aml_transfer_vnd", 500_000_000, "Thông tư 27/2025/TT-NHNN"),
)
