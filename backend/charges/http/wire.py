"""What a desk sees of a charge: a person's tax code is their identity number, so masked (A6)."""

import msgspec

from backend.charges.model import Charge
from backend.kit import tax_code


class ChargeOut(Charge, frozen=True):
    """A charge with the payer's own number masked; an organisation's code stands whole."""


def charge_out(charge: Charge) -> ChargeOut:
    """Return a charge as a desk sees it."""
    fields = msgspec.structs.asdict(charge)
    return ChargeOut(**(fields | {"payer_tax_code": tax_code.mask(charge.payer_tax_code)}))
