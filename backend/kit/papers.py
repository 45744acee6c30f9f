"""Papers that say who somebody is: which number each shows, and what the end of it proves. Pure.

A card and VNeID show the personal number of twelve digits; a passport shows its own, which changes
with every renewal; a foreigner's residence card bears a number of its own and names the passport.
Two numbers of one kind can be compared, of two kinds they cannot: such a paper is neither right nor
wrong by its number. Sources: Law 26/2023/QH15 (the cards of nine digits ended on 31/12/2024), ICAO
Doc 9303 part 4 (a passport's number has at most nine characters).
"""

import hmac
import re
from typing import Final, Literal

from backend.kit.text import fold

IdPaper = Literal["cccd", "vneid", "passport", "residence", "known"]
"""`residence`: a foreigner's card of permanent or temporary residence; `known`: no paper at all."""
NumberKind = Literal["personal", "passport"]
Verdict = Literal["same", "differs", "other_number", "not_seen"]

SHOWS: Final[dict[IdPaper, NumberKind | None]] = {
    "cccd": "personal",
    "vneid": "personal",
    "passport": "passport",
    "residence": None,
    "known": None,
}
PERSONAL: Final = re.compile(r"0(0[1-9]|[1-9][0-9])[0-9]{9}")
PASSPORT: Final = re.compile(r"(?=.*[A-Z])(?=.*[0-9])[0-9A-Z]{6,9}")
# Of some states; of a Vietnamese it would be a card that no longer holds.
PASSPORT_OF_DIGITS: Final = re.compile(r"[0-9]{6,9}")
HOME: Final = frozenset({"", "vietnam", "vn", "vnm", "vietnamese", "nguoivietnam"})


def tidy(text: str) -> str:
    """Return a number without blanks and dots, letters in capitals."""
    return re.sub(r"[\s.]+", "", text).upper()


def is_foreign(nationality: str) -> bool:
    """Return whether somebody says to be of another state."""
    return fold(nationality).replace(" ", "") not in HOME


def kind_of(number: str, nationality: str = "") -> NumberKind | None:
    """Return what kind of number this is, or None for one that cannot be.

    A passport's of digits alone is one only of a person who says to be of another state.
    """
    bare = tidy(number)
    if PERSONAL.fullmatch(bare):
        return "personal"
    is_digits = is_foreign(nationality) and PASSPORT_OF_DIGITS.fullmatch(bare) is not None
    return "passport" if is_digits or PASSPORT.fullmatch(bare) else None


def kind_of_known(number: str) -> NumberKind:
    """Return the kind of a number that was judged when it was kept; of none, `personal`."""
    bare = tidy(number)
    return "passport" if bare and PERSONAL.fullmatch(bare) is None else "personal"


def is_end(paper: IdPaper, end: str) -> bool:
    """Return whether these may be the last four characters of a paper's number."""
    if paper == "known":
        return end == ""
    shape = r"[0-9]{4}" if SHOWS[paper] == "personal" else r"[0-9A-Z]{4}"
    return re.fullmatch(shape, end) is not None


def judge_end(paper: IdPaper, end: str, *, kind: NumberKind, known_end: str) -> Verdict:
    """Return what the end of a paper's number says of a person whose number ends `known_end`.

    `other_number`: the paper shows none of that kind, so that its name and picture are all there
    is; whether that is enough is not for this module to say.
    """
    if paper == "known":
        return "other_number"
    if not is_end(paper, end):
        return "not_seen"
    if SHOWS[paper] == kind:
        return "same" if end == known_end else "differs"
    names_passport = paper == "residence" and kind == "passport" and end == known_end
    return "same" if names_passport else "other_number"


def judge_number(number: str, *, known: str) -> Verdict:
    """Return what a paper's whole number says of a person whose number is `known`."""
    given, wanted = tidy(number), tidy(known)
    if not given:
        return "not_seen"
    if hmac.compare_digest(given.encode(), wanted.encode()):
        return "same"
    return "differs" if kind_of_known(given) == kind_of_known(wanted) else "other_number"
