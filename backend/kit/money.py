"""Whole đồng, in figures and in words; no decimals, no floats."""

from typing import Final

DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION: Final = 1_000_000_000
AMOUNT_IN_WORDS_MAX: Final = 10**15
"""Beyond it no receipt and no batch goes; a phone's numbers are exact below 2^53."""


def in_figures(amount_vnd: int) -> str:
    """Return the amount as people write it: `135.000 đ`."""
    return f"{amount_vnd:,}".replace(",", ".") + " đ"


def in_words(amount_vnd: int) -> str:
    """Return the amount as it stands on a receipt: `Một trăm ba mươi lăm nghìn đồng`.

    Raises `ValueError` below zero and from 10^15 on. Reading: mốt, lăm and tư after mươi, linh for
    a missing ten, không trăm for a missing hundred below a larger group, nghìn, triệu, tỷ.
    """
    if not 0 <= amount_vnd < AMOUNT_IN_WORDS_MAX:
        raise ValueError("an amount in words is from 0 to below 10^15")
    words = _read(amount_vnd, is_first=True) or [DIGITS[0]]
    text = " ".join([*words, "đồng"])
    return text[0].upper() + text[1:]


def _read(number: int, *, is_first: bool) -> list[str]:
    """Return the words of a number; what stands behind larger groups names its hundred."""
    if number >= BILLION:
        top, rest = divmod(number, BILLION)
        return [*_read(top, is_first=is_first), "tỷ", *_read(rest, is_first=False)]
    words: list[str] = []
    for size, name in ((1_000_000, "triệu"), (1_000, "nghìn"), (1, "")):
        group = number // size % 1_000
        if group:
            words += _read_group(group, is_first=is_first)
            words += [name] if name else []
        is_first = is_first and not group
    return words


def _read_group(group: int, *, is_first: bool) -> list[str]:
    hundred, ten, one = group // 100, group // 10 % 10, group % 10
    words: list[str] = []
    if hundred or not is_first:
        words += [DIGITS[hundred], "trăm"]
    if ten == 0 and one and words:
        words.append("linh")
    elif ten == 1:
        words.append("mười")
    elif ten > 1:
        words += [DIGITS[ten], "mươi"]
    if one:
        words.append(_read_one(one, ten))
    return words


def _read_one(one: int, ten: int) -> str:
    if one == 1 and ten > 1:
        return "mốt"
    if one == 4 and ten > 1:
        return "tư"
    return "lăm" if one == 5 and ten else DIGITS[one]
