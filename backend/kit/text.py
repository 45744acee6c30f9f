"""Vietnamese text: one stored form, one folded form to search and compare."""

import unicodedata


def nfc(text: str) -> str:
    """Return `text` composed (NFC), with runs of white space made one blank and ends trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Return the search key of `text`: no tones or marks, đ as d, lower case, single blanks.

    Hoà and Hòa fold alike, so the place of a tone mark never decides a comparison.
    """
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())
