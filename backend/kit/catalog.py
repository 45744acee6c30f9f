"""The sentence of every refusal, in Vietnamese and English; a test finds codes without one."""

from collections.abc import Mapping
from typing import Literal

Locale = Literal["vi", "en"]

SENTENCES: dict[str, tuple[str, str]] = {
    # the rim
    "malformed": (
        "Nội dung gửi lên không đúng khuôn dạng ({path}).",
        "What was sent is malformed ({path}).",
    ),
    "not_found": ("Không tìm thấy.", "Not found."),
    "method_not_allowed": ("Thao tác này không dùng được ở đây.", "Method not allowed here."),
    "not_allowed": ("Bạn không có quyền làm việc này.", "You may not do this."),
    "cross_site": (
        "Yêu cầu đến từ trang khác nên bị từ chối.",
        "The request came from another site and was refused.",
    ),
    "too_large": ("Nội dung gửi lên quá lớn.", "What was sent is too large."),
    "document_too_large": (
        "Tài liệu quá dài, hãy chia nhỏ.",
        "The document is too long; divide it.",
    ),
    "unsupported": ("Kiểu nội dung này không nhận.", "This kind of content is not taken."),
    "too_many": (
        "Bạn thao tác quá nhanh, hãy thử lại sau {retry_after_s} giây.",
        "Too many requests; try again in {retry_after_s} seconds.",
    ),
    "busy": (
        "Hệ thống đang bận, hãy thử lại sau {retry_after_s} giây.",
        "The service is busy; try again in {retry_after_s} seconds.",
    ),
    "server_error": (
        "Hệ thống gặp lỗi. Mã tra cứu: {request_id}.",
        "The service failed. Reference: {request_id}.",
    ),
}


def sentence(code: str, locale: Locale, params: Mapping[str, object]) -> str:
    """Return the sentence of `code` with its parameters; an unknown code reads as itself."""
    pair = SENTENCES.get(code)
    if pair is None:
        return code
    text = pair[0] if locale == "vi" else pair[1]
    return text.format_map(_Blank(params))


class _Blank(dict[str, object]):
    """Leaves a missing parameter empty rather than failing while refusing."""

    def __missing__(self, key: str) -> str:
        return ""


def add(sentences: Mapping[str, tuple[str, str]]) -> None:
    """Add a room's sentences; a code has one meaning everywhere."""
    for code, pair in sentences.items():
        assert SENTENCES.get(code, pair) == pair, f"{code} has two meanings"
        SENTENCES[code] = pair
