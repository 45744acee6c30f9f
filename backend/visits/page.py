"""The citizen's page with its state in words, complete without any script."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from backend.kit.catalog import Locale
from backend.kit.clock import LOCAL
from backend.kit.money import in_figures
from backend.notifications import say_day, say_time
from backend.visits.model import Stage, StageDone, Visit

MARKER = "<!--state-->"
FILE = "index.html"

# Where the app is not built: the words alone, in the browser's own dress.
PLAIN = """<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tận Nơi</title>
</head>
<body>
<main id="state"><!--state--></main>
</body>
</html>
"""

SENTENCES: dict[Stage, tuple[str, str]] = {
    "booked": (
        "Bưu điện đã nhận yêu cầu của bạn.",
        "The post has your request.",
    ),
    "planned": (
        "Bưu tá sẽ đến chỗ bạn ngày {day}.",
        "A courier will call on {day}.",
    ),
    "on_the_way": ("Bưu tá đã lên đường.", "The courier has set out."),
    "near": ("Bưu tá sắp đến chỗ bạn.", "The courier is near."),
    "accepted": (
        "Bưu tá đã nhận và niêm phong hồ sơ của bạn.",
        "The courier has taken and sealed your papers.",
    ),
    "at_office": ("Bưu gửi của bạn đang ở {office}.", "Your item is at {office}."),
    "handed_to_agency": (
        "Cơ quan giải quyết đã nhận hồ sơ của bạn.",
        "The agency has received your papers.",
    ),
    "delivered": ("Kết quả đã được trao.", "The result has been delivered."),
    "failed": (
        "Lần đến vừa rồi chưa thành. Bưu tá sẽ quay lại, hoặc bạn liên hệ {office}.",
        "The last visit did not succeed. The courier will come again, or contact {office}.",
    ),
    "returning": (
        "Kết quả đang được chuyển hoàn về cơ quan giải quyết.",
        "The result is going back to the agency.",
    ),
    "returned_to_agency": (
        "Kết quả đã trả lại cơ quan giải quyết.",
        "The result is back at the agency.",
    ),
    "refused": (
        "Cơ quan giải quyết không tiếp nhận hồ sơ. Hãy liên hệ {office}.",
        "The agency did not take the papers. Please contact {office}.",
    ),
    "cancelled": ("Yêu cầu này đã huỷ.", "This request was cancelled."),
    "on_hold": (
        "Yêu cầu đang được bưu cục kiểm tra. Hãy liên hệ {office}.",
        "The office is checking this request. Please contact {office}.",
    ),
}
EVENTS: dict[str, tuple[str, str]] = {
    "booked": ("Đã đặt lịch", "Booked"),
    "at_office": ("Về đến bưu cục", "At the office"),
    "planned": ("Đã xếp lịch đến", "Visit planned"),
    "on_round": ("Bưu tá lên đường", "Courier set out"),
    "accepted": ("Đã nhận hồ sơ", "Papers taken"),
    "delivered": ("Đã trao kết quả", "Result delivered"),
    "attempt_failed": ("Đến nhưng chưa thành", "Visit did not succeed"),
    "handed_to_agency": ("Đã bàn giao cho cơ quan", "Handed to the agency"),
    "agency_refused": ("Cơ quan không tiếp nhận", "Refused by the agency"),
    "agency_asks": ("Cơ quan yêu cầu bổ sung", "Agency asks for more papers"),
    "agency_done": ("Cơ quan đã giải quyết xong", "Agency has decided"),
    "returning": ("Bắt đầu chuyển hoàn", "Going back"),
    "returned_to_agency": ("Đã trả lại cơ quan", "Back at the agency"),
    "cancelled": ("Đã huỷ", "Cancelled"),
    "corrected": ("Đính chính: bước trước ghi nhầm", "Corrected: the step before was a mistake"),
}
LABELS = {
    "window": ("Dự kiến từ {early} đến {late}.", "Expected between {early} and {late}."),
    "away": ("Còn {num} điểm nữa là tới bạn.", "{num} visits before yours."),
    "next": ("Bạn là điểm kế tiếp.", "Yours is the next visit."),
    "courier": ("Bưu tá: {name}, số hiệu {badge}.", "Courier: {name}, badge {badge}."),
    "seen": ("Cập nhật lần cuối lúc {time}.", "Last update at {time}."),
    "ready": ("Bạn nhớ để sẵn", "Please have ready"),
    "receipt": ("Biên nhận", "Receipt"),
    "code": ("Mã bưu gửi", "Item code"),
    "done_at": ("Thời điểm", "Time"),
    "procedure": ("Thủ tục", "Procedure"),
    "papers": ("Giấy tờ đã nhận", "Papers taken"),
    "fee": ("Phí, lệ phí", "Fees"),
    "history": ("Các bước đã qua", "Steps so far"),
    "office": ("Bưu cục: {office}.", "Office: {office}."),
    "phone": ("Điện thoại: {phone}.", "Telephone: {phone}."),
    "unknown": (
        "Liên kết này không đúng hoặc đã hết hạn.",
        "This link is not right, or has ended.",
    ),
    "unknown_more": (
        "Hãy liên hệ bưu cục để nhận liên kết mới.",
        "Please ask your post office for a new link.",
    ),
}


def make_page(dist: Path, state: str, locale: Locale) -> str:
    """Return the page with its state put in; the plain page where the app is not built."""
    file = dist / FILE
    page = file.read_text(encoding="utf-8") if file.is_file() else PLAIN
    if MARKER not in page:
        page = PLAIN
    return page.replace('<html lang="vi">', f'<html lang="{locale}">', 1).replace(MARKER, state, 1)


def say_visit(visit: Visit, locale: Locale) -> str:
    """Return the state of a visit in words, as HTML in which nothing foreign is markup."""
    at = 0 if locale == "vi" else 1
    day = say_day(visit.wanted_on, locale)
    parts = [f"<h1>{_say(SENTENCES[visit.stage], at, day=day, office=visit.office)}</h1>"]
    parts += [f"<p>{line}</p>" for line in _say_coming(visit, at)]
    if visit.ready:
        parts.append(f"<h2>{_label('ready', at)}</h2>{_list(item.text for item in visit.ready)}")
    parts.append(_say_receipt(visit, at, locale))
    rows = (_say_step(step, at, locale) for step in reversed(visit.stages))
    parts.append(f"<h2>{_label('history', at)}</h2><ol reversed>{''.join(rows)}</ol>")
    parts.append(f"<p>{_label('office', at, office=visit.office)}")
    if visit.office_phone:
        parts.append(f" {_label('phone', at, phone=visit.office_phone)}")
    parts.append("</p>")
    return "".join(parts)


def say_unknown(locale: Locale) -> str:
    """Return what a link says that opens nothing."""
    at = 0 if locale == "vi" else 1
    return f"<h1>{_label('unknown', at)}</h1><p>{_label('unknown_more', at)}</p>"


def _say_coming(visit: Visit, at: int) -> list[str]:
    lines = []
    if visit.window is not None:
        early, late = say_time(visit.window.early), say_time(visit.window.late)
        lines.append(_label("window", at, early=early, late=late))
    if visit.stops_away is not None:
        key = "away" if visit.stops_away else "next"
        lines.append(_label(key, at, num=str(visit.stops_away)))
    if visit.courier is not None:
        name, badge = visit.courier.first_name, visit.courier.badge or "–"
        lines.append(_label("courier", at, name=name, badge=badge))
    if visit.last_update_at is not None:
        lines.append(_label("seen", at, time=say_time(visit.last_update_at)))
    return lines


def _say_receipt(visit: Visit, at: int, locale: Locale) -> str:
    receipt = visit.receipt
    if receipt is None:
        return ""
    rows = [
        ("done_at", f"{say_time(receipt.at)} {say_day(receipt.at.astimezone(LOCAL), locale)}"),
        ("procedure", receipt.procedure_name),
        ("code", receipt.item_code or ""),
        ("papers", ", ".join(receipt.papers)),
        ("fee", in_figures(receipt.fee_due_vnd + receipt.postage_due_vnd)),
    ]
    cells = "".join(
        f"<dt>{_label(key, at)}</dt><dd>{escape(text)}</dd>" for key, text in rows if text
    )
    return f"<h2>{_label('receipt', at)}</h2><dl>{cells}</dl>"


def _say_step(step: StageDone, at: int, locale: Locale) -> str:
    words = _say(EVENTS.get(step.code, (step.code, step.code)), at)
    moment = f"{say_time(step.at)} {say_day(step.at.astimezone(LOCAL), locale)}"
    return f'<li><time datetime="{step.at.isoformat()}">{moment}</time> {words}</li>'


def _say(pair: tuple[str, str], at: int, **params: str) -> str:
    """Return the sentence with its parameters escaped."""
    return pair[at].format(**{name: escape(text) for name, text in params.items()})


def _label(key: str, at: int, **params: str) -> str:
    return _say(LABELS[key], at, **params)


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
