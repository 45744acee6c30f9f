"""Nouns of the book of money: accounts, transfers, balances, seals. Whole đồng, `bigint`."""

from datetime import date, datetime
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID, uuid5

import msgspec

AccountKind = Literal[
    "hand",
    "drawer",
    "vault",
    "in_transit",
    "bank",
    "receivable",
    "agency_payable",
    "biller_payable",
    "tax_payable",
    "fee_payable",
    "order_payable",
    "clearing",
    "suspense",
    "postage_revenue",
    "service_revenue",
    "shortage",
    "overage",
    "loss",
]
Phase = Literal["single", "pending", "post", "void"]
Floor = Literal["debit", "credit", "none"]

ACCOUNTS: Final = UUID("5b0f3c1e-9b55-5c7e-8d0d-6f1f4ad7a5c1")
"""Namespace of account ids, so that an account has the same id wherever it is named."""
AMOUNT_VND_MAX: Final = 50_000_000_000


class Account(msgspec.Struct, frozen=True):
    """Whose money it is; the id follows from the rest."""

    office_id: UUID
    kind: AccountKind
    owner_id: UUID | None = None
    """The courier of `hand` and `shortage`, the partner of a payable; None for the office's own."""
    scheme: str = ""
    """Under which a partner's money is kept apart: `pension`, `merit`, a biller's code."""

    @property
    def id(self) -> UUID:
        """Return the id under which the account is posted to."""
        return _id_of(self.office_id, self.kind, self.owner_id, self.scheme)


@lru_cache(maxsize=8_192)
def _id_of(office_id: UUID, kind: AccountKind, owner_id: UUID | None, scheme: str) -> UUID:
    return uuid5(ACCOUNTS, f"{office_id}:{kind}:{owner_id}:{scheme}")


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One balanced row: `debit` receives, `credit` gives (L1)."""

    id: UUID
    group_id: UUID
    """Legs of one act share it."""
    code: str
    """What happened, such as `payout.pension` or `float.issue`."""
    debit: Account
    credit: Account
    amount_vnd: int
    """1 to 50 000 000 000."""
    occurred_at: datetime
    created_by: UUID
    phase: Phase = "single"
    pending_id: UUID | None = None
    """What a `post` or `void` resolves."""
    reverses_id: UUID | None = None
    business_key: str | None = None
    """With `code` unique in the whole country: a debt is paid once (L7)."""
    op_id: UUID | None = None
    """The fact of a phone that this comes from."""
    approved_by: UUID | None = None
    """The second person, never the maker (L8)."""
    reason: str = ""


class Line(msgspec.Struct, frozen=True):
    """A transfer as it is kept; columns in the order of `list_lines`."""

    office_id: UUID
    id: UUID
    group_id: UUID
    code: str
    phase: Phase
    debit_id: UUID
    credit_id: UUID
    amount_vnd: int
    pending_id: UUID | None
    reverses_id: UUID | None
    business_key: str | None
    posted_on: date
    occurred_at: datetime
    posted_at: datetime
    op_id: UUID | None
    created_by: UUID
    approved_by: UUID | None
    reason: str


class Balance(msgspec.Struct, frozen=True):
    """Sums of an account; columns in the order of `list_balances`."""

    office_id: UUID
    account_id: UUID
    kind: AccountKind
    owner_id: UUID | None
    scheme: str
    floor: Floor
    dp: int
    """Debits posted, đồng."""
    cp: int
    """Credits posted."""
    dh: int
    """Debits held by pending transfers."""
    ch: int
    """Credits held by pending transfers."""

    @property
    def amount_vnd(self) -> int:
        """Return what is there: debits less credits, or the other way for what is owed."""
        return self.cp - self.dp if self.floor == "credit" else self.dp - self.cp

    @property
    def free_vnd(self) -> int:
        """Return what may be spent now: without what pending transfers have reserved."""
        return self.amount_vnd - (self.dh if self.floor == "credit" else self.ch)


class Seal(msgspec.Struct, frozen=True):
    """A block of rows under one signed hash (L13); columns in the order of `find_last_seal`."""

    epoch: int
    n: int
    xid_from: int
    xid_until: int
    num_rows: int
    root: bytes
    prev_root: bytes
    signature: bytes
    sealed_at: datetime
