"""The words of messages: one file a kind and language, title on the first line."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import get_args

from backend.kit.catalog import Locale
from backend.notifications.model import Kind, Words

FOLDER = Path(__file__).with_name("templates")

# Why a visit failed, as the citizen is told: kindly, and never whose fault it is.
REASONS: dict[str, tuple[str, str]] = {
    "ADDR_NONE": ("Địa chỉ ghi trên hồ sơ không có thật", "The address does not exist"),
    "ADDR_WRONG": ("Địa chỉ chưa đúng", "The address is not right"),
    "ADDR_INCOMPLETE": ("Địa chỉ chưa đủ chi tiết", "The address is not complete"),
    "MOVED": ("Người nhận đã chuyển đi nơi khác", "The addressee has moved"),
    "NOT_FOUND": ("Không tìm thấy người nhận tại địa chỉ", "The addressee was not found there"),
    "ABSENT": ("Bưu tá đã đến nhưng không có ai ở nhà", "The courier called, nobody was in"),
    "REFUSED": ("Người nhận từ chối", "It was refused"),
    "NO_ID": ("Chưa xuất trình giấy tờ tuỳ thân", "No identity paper was shown"),
    "NO_AUTHORITY": ("Chưa có giấy uỷ quyền", "There was no written authority"),
    "FEE_UNPAID": ("Chưa nộp khoản phí cần thu", "The fee was not paid"),
    "DECEASED": ("Không trao được cho người nhận", "It could not be handed over"),
    "DAMAGED": ("Bưu gửi bị hư hại trên đường", "The item was damaged on the way"),
    "FORCE_MAJEURE": ("Thời tiết hoặc sự cố bất khả kháng", "Weather or another force majeure"),
}
INVITATION = (
    " Đây là giấy mời lần $number. Bưu tá sẽ quay lại, hoặc bạn đến $office để làm tiếp.",
    " This is invitation no. $number. The courier will come again, or you may go to $office.",
)
READY = {
    "S1": ("hồ sơ và giấy tờ tuỳ thân", "your papers and your ID"),
    "S2": ("giấy tờ tuỳ thân và giấy hẹn", "your ID and the appointment slip"),
}


@cache
def _template(kind: Kind, locale: Locale) -> tuple[Template, Template]:
    text = (FOLDER / f"{kind}.{locale}.txt").read_text(encoding="utf-8")
    title, body = text.rstrip("\n").split("\n", 1)
    return Template(title), Template(body)


def write(kind: Kind, locale: Locale, params: Mapping[str, str]) -> Words:
    """Return the message in words; raises `KeyError` when a parameter is missing."""
    title, body = _template(kind, locale)
    return Words(title.substitute(params), body.substitute(params))


def choose(pair: tuple[str, str], locale: Locale) -> str:
    """Return the words of one language of a pair."""
    return pair[0] if locale == "vi" else pair[1]


def check_templates() -> list[str]:
    """Return the names of missing template files."""
    names = (f"{kind}.{locale}.txt" for kind in get_args(Kind) for locale in get_args(Locale))
    return [name for name in names if not (FOLDER / name).is_file()]
