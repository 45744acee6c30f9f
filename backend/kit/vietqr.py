"""VietQR: the payload of a QR that a banking app reads (EMVCo, merchant-presented mode).

Source: EMV QRCPS Merchant-Presented Mode 1.1; NAPAS' application A000000727; CRC-16/CCITT-FALSE.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from backend.kit import catalog
from backend.kit.errors import Invalid
from backend.kit.text import fold

NAPAS: Final = "A000000727"
DONG: Final = "704"
PURPOSE_LENGTH_MAX: Final = 25
AMOUNT_VND_MAX: Final = 50_000_000_000
BIN: Final = re.compile(r"[0-9]{6}")
ACCOUNT: Final = re.compile(r"[0-9A-Za-z]{1,19}")
WORDS: Final = re.compile(r"[0-9A-Za-z ]*")
SERVICES: Final = {"QRIBFTTA": "account", "QRIBFTTC": "card"}

catalog.add(
    {
        "qr_unreadable": (
            "Mã QR không đúng khuôn dạng VietQR.",
            "The QR code is not a well-formed VietQR.",
        ),
        "qr_crc": (
            "Mã QR bị sai mã kiểm tra, hãy quét lại.",
            "The check of the QR code is wrong; scan it again.",
        ),
        "qr_field": (
            "Mã QR có thông tin không dùng được: {field}.",
            "The QR code has a field that cannot be used: {field}.",
        ),
    }
)


class VietQr(msgspec.Struct, frozen=True, kw_only=True):
    """What a VietQR says: to whose account, how much, for what."""

    bin: str
    """Six digits of the bank."""
    account: str
    kind: Literal["account", "card"] = "account"
    amount_vnd: int | None = None
    """None for a static code: the payer writes the amount."""
    purpose: str = ""
    """ASCII letters, digits and blanks, 25 at most."""
    bill: str = ""


def crc16(text: str) -> str:
    """Return CRC-16/CCITT-FALSE (poly 1021, init FFFF) in four upper-case hex digits."""
    value = 0xFFFF
    for byte in text.encode():
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return f"{value:04X}"


def make_purpose(text: str) -> str:
    """Return a text as it may stand in a payload: no tones, 25 characters at most."""
    words = " ".join(re.sub(r"[^0-9a-z]+", " ", fold(text)).split())
    return words.upper()[:PURPOSE_LENGTH_MAX].strip()


def make_payload(qr: VietQr) -> str:
    """Return the payload of a VietQR; with an amount it is a dynamic one.

    Raises `Invalid` `qr_field` for a bank, account, amount, purpose or bill that cannot be there.
    """
    check(qr)
    service = next(code for code, kind in SERVICES.items() if kind == qr.kind)
    payee = _field("00", qr.bin) + _field("01", qr.account)
    more = _field("01", qr.bill) + _field("08", qr.purpose)
    text = (
        _field("00", "01")
        + _field("01", "11" if qr.amount_vnd is None else "12")
        + _field("38", _field("00", NAPAS) + _field("01", payee) + _field("02", service))
        + _field("53", DONG)
        + ("" if qr.amount_vnd is None else _field("54", str(qr.amount_vnd)))
        + _field("58", "VN")
        + _field("62", more)
        + "6304"
    )
    return text + crc16(text)


def read_payload(payload: str) -> VietQr:
    """Return what a payload says; fields that we do not use are passed over.

    Raises `Invalid`: `qr_unreadable`, `qr_crc`, `qr_field` (says which).
    """
    if not payload.isascii() or payload[-8:-4] != "6304":
        raise Invalid("qr_unreadable")
    if crc16(payload[:-4]) != payload[-4:]:
        raise Invalid("qr_crc")
    fields = _read_fields(payload)
    account = _read_fields(fields.get("38", ""))
    payee = _read_fields(account.get("01", ""))
    more = _read_fields(fields.get("62", ""))
    for name, found, wanted in (
        ("version", fields.get("00"), "01"),
        ("payee", account.get("00"), NAPAS),
        ("currency", fields.get("53"), DONG),
        ("country", fields.get("58"), "VN"),
    ):
        if found != wanted:
            raise Invalid("qr_field", field=name)
    amount = fields.get("54")
    if amount is not None and not re.fullmatch(r"[1-9][0-9]{0,12}", amount):
        raise Invalid("qr_field", field="amount")
    if fields.get("01") != ("11" if amount is None else "12"):
        raise Invalid("qr_field", field="method")
    kind = SERVICES.get(account.get("02", ""))
    if kind is None:
        raise Invalid("qr_field", field="service")
    qr = VietQr(
        bin=payee.get("00", ""),
        account=payee.get("01", ""),
        kind="card" if kind == "card" else "account",
        amount_vnd=None if amount is None else int(amount),
        purpose=more.get("08", ""),
        bill=more.get("01", ""),
    )
    check(qr)
    return qr


def check(qr: VietQr) -> None:
    """Raise `Invalid` `qr_field` for the first field that cannot stand in a payload."""
    amount_vnd = 1 if qr.amount_vnd is None else qr.amount_vnd
    for name, is_right in (
        ("bin", BIN.fullmatch(qr.bin) is not None),
        ("account", ACCOUNT.fullmatch(qr.account) is not None),
        ("amount", 1 <= amount_vnd <= AMOUNT_VND_MAX),
        ("purpose", len(qr.purpose) <= PURPOSE_LENGTH_MAX and bool(WORDS.fullmatch(qr.purpose))),
        ("bill", len(qr.bill) <= PURPOSE_LENGTH_MAX and bool(WORDS.fullmatch(qr.bill))),
    ):
        if not is_right:
            raise Invalid("qr_field", field=name)


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}" if value else ""


def _read_fields(text: str) -> dict[str, str]:
    return dict(_split(text))


def _split(text: str) -> Iterator[tuple[str, str]]:
    at, seen = 0, set[str]()
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        value = text[at + 4 : at + 4 + int(length)] if re.fullmatch("[0-9]{2}", length) else ""
        if not re.fullmatch("[0-9]{2}", tag) or not value or len(value) != int(length):
            raise Invalid("qr_unreadable")
        if tag in seen:
            raise Invalid("qr_unreadable")
        seen.add(tag)
        yield tag, value
        at += 4 + len(value)
