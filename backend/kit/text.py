"""Vietnamese text: one stored form, one folded form to search and compare."""

import unicodedata

TONES = "\u0300\u0301\u0303\u0309\u0323"


def nfc(text: str) -> str:
    """Return `text` composed (NFC), with runs of white space made one blank and ends trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Return the search key of `text`: no tones or marks, đ as d, lower case, single blanks.

    Hoà and Hòa fold alike, so the place of a tone mark never decides a comparison.
    """
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def sound(text: str) -> str:
    """Return each word as its letters with their own marks, then its tone wherever it was put.

    Hoà and Hòa sound alike, Kỳ and Kỵ do not.
    """
    sounds = []
    for word in unicodedata.normalize("NFC", text).lower().split():
        spread = unicodedata.normalize("NFD", word)
        tones = "".join(mark for mark in spread if mark in TONES)
        letters = "".join(mark for mark in spread if mark not in TONES)
        sounds.append(unicodedata.normalize("NFC", letters) + tones)
    return " ".join(sounds)
