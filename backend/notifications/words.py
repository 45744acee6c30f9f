"""From a message's kind to its words: what is true at the moment of sending.

One template a kind and language, title on the first line.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Template
from typing import get_args
from uuid import UUID

from backend import dispatch, tracking
from backend.kit.catalog import Locale
from backend.kit.clock import service_day
from backend.kit.sql import Conn
from backend.notifications import store
from backend.notifications.model import Kind, Message, Subscription, Words
from backend.notifications.rules import Nearness, narrow, say_day, say_time
from backend.tracking import Event

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
    "NO_PIN": ("Người nhận chưa có mã PIN", "The payee did not have the PIN"),
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


COMING: dict[Kind, Nearness] = {
    "planned": "planned",
    "on_the_way": "out",
    "next": "near",
}
"""Kinds that speak of a visit to come, and how near it is."""


async def find_words(conn: Conn, message: Message, to: Subscription, now: datetime) -> Words | None:
    """Return what to say, or None when the message has been overtaken by events."""
    if to.errand_id is None:
        return write(message.kind, to.locale, {})
    errand = await store.read_errand(conn, to.office_id, to.errand_id)
    if errand is None:
        return None
    params = {
        "office": errand.office,
        "code": errand.item_code or "",
        "ready": choose(READY[errand.service], to.locale),
    }
    if message.kind in COMING:
        coming = await _describe_visit(conn, message.kind, to.errand_id, to, now)
        if coming is None:
            return None
        params |= coming
    elif message.about.isdigit():
        events = await tracking.list_events(conn, to.office_id, to.errand_id)
        params |= _describe_event(events, int(message.about), errand.office, to.locale)
    return write(message.kind, to.locale, params)


async def _describe_visit(
    conn: Conn, kind: Kind, errand_id: UUID, to: Subscription, now: datetime
) -> dict[str, str] | None:
    place = await dispatch.find_place_in_round(conn, to.office_id, errand_id)
    if place is None or (kind != "planned" and place.round_state != "open"):
        return None
    early, late = narrow(
        place.planned_at,
        COMING[kind],
        delay_s=place.delay_s,
        tw_early_at=place.tw_early_at,
        tw_late_at=place.tw_late_at,
        now=now,
    )
    return {
        "day": say_day(place.service_on, to.locale),
        "early": say_time(early),
        "late": say_time(late),
        "stops": str(place.num_before),
    }


def _describe_event(events: list[Event], n: int, office: str, locale: Locale) -> dict[str, str]:
    """Return what event `n` says; a visit that failed takes the invitation told with it along."""
    event = next(event for event in events if event.n == n)
    params = {
        "day": say_day(service_day(event.occurred_at), locale),
        "time": say_time(event.occurred_at),
        "reason": choose(REASONS.get(str(event.data.get("reason")), ("", "")), locale),
        "invitation": "",
    }
    after = next((e for e in events if e.n == n + 1 and e.code == "invited"), None)
    if after is not None:
        text = choose(INVITATION, locale).replace("$number", str(after.data.get("number")))
        params["invitation"] = text.replace("$office", office)
    return params
