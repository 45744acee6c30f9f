"""Tax codes: ten digits of an organisation, thirteen of its branch, twelve of a person.

Source: Circular 86/2024/TT-BTC; the personal identity number has been the tax code since 1/7/2025.
"""

import re
from typing import Final, Literal

WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)
ORGANISATION: Final = re.compile(r"([0-9]{10})(-[0-9]{3})?")
PERSON: Final = re.compile(r"0(0[1-9]|[1-9][0-9])[0-9]{9}")
TaxCodeKind = Literal["organisation", "branch", "person"]


def tidy(text: str) -> str:
    """Return a code as it is kept: no blanks, a branch behind a hyphen."""
    bare = re.sub(r"[\s.]+", "", text)
    return f"{bare[:10]}-{bare[10:]}" if re.fullmatch("[0-9]{13}", bare) else bare


def kind_of(text: str) -> TaxCodeKind | None:
    """Return what kind of tax code this is, or None for one that cannot be."""
    code = tidy(text)
    found = ORGANISATION.fullmatch(code)
    if found is not None:
        if not _has_check(found[1]):
            return None
        return "organisation" if found[2] is None else "branch"
    return "person" if PERSON.fullmatch(code) else None


def mask(text: str) -> str:
    """Return a code to be shown: a person's is an identity number, of which four digits are."""
    return f"••••••••{text[-4:]}" if PERSON.fullmatch(text) else text


def _has_check(digits: str) -> bool:
    """Return whether the tenth digit is ten less the weighted sum modulo eleven."""
    rest = sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=False)) % 11
    return rest != 0 and 10 - rest == int(digits[9])
