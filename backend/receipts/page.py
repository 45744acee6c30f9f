"""The page behind the QR of a receipt: whether it holds, and nothing about people (A7)."""

from html import escape
from typing import Final

from backend.kit.catalog import Locale
from backend.kit.money import in_figures
from backend.receipts.model import Receipt

PAGE: Final = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
{lines}
</main>
</body>
</html>
"""
WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Kiểm tra biên lai", "Receipt check"),
    "number": ("Số biên lai", "Receipt number"),
    "amount": ("Số tiền", "Amount"),
    "day": ("Ngày lập", "Date"),
    "state": ("Tình trạng", "State"),
    "issued": ("Có hiệu lực", "Valid"),
    "void": ("Đã huỷ", "Void"),
    "unknown": (
        "Không có biên lai nào với mã này. Hãy hỏi bưu cục đã thu tiền.",
        "There is no receipt of this code. Ask the office that took the money.",
    ),
}


def say_validity(receipt: Receipt | None, locale: Locale) -> str:
    """Return the public page of a check code: number, amount, day, state; no name, no content."""
    at = 0 if locale == "vi" else 1
    if receipt is None:
        lines = f"<p>{escape(WORDS['unknown'][at])}</p>"
    else:
        pairs = (
            ("number", f"{receipt.template} {receipt.title}"),
            ("amount", in_figures(receipt.amount_vnd)),
            ("day", f"{receipt.issued_on:%d/%m/%Y}"),
            ("state", WORDS[receipt.state][at]),
        )
        rows = (f"<dt>{WORDS[name][at]}</dt><dd>{escape(text)}</dd>" for name, text in pairs)
        lines = f"<dl>{''.join(rows)}</dl>"
    return PAGE.format(lang=locale, title=WORDS["title"][at], lines=lines)
