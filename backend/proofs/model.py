"""Nouns of evidence."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

ProofKind = Literal[
    "photo",
    "sign_citizen",
    "sign_courier",
    "identity",
    "proxy",
    "seal",
    "checklist",
    "reclaim",
    "failure",
    "correction",
]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence of one act."""

    office_id: UUID
    id: UUID
    errand_id: UUID
    op_id: UUID | None
    kind: ProofKind
    sha256: bytes | None
    """Names the picture's bytes; they may arrive after the act."""
    data: dict[str, Any]
    occurred_at: datetime
    received_at: datetime


class Blob(msgspec.Struct, frozen=True):
    """A stored picture; columns in the order of `find_blob`."""

    sha256: bytes
    size: int
    media_type: str
    stored_at: datetime
    by_staff_id: UUID


class Upload(msgspec.Struct, frozen=True):
    """A picture on its way from one phone; columns in the order of `find_upload`."""

    sha256: bytes
    length: int
    """Of the bytes that travel: sealed ones are longer than the picture."""
    received: int
    seal_eph: bytes | None
    seal_iv: bytes | None
    begun_at: datetime


class Named(msgspec.Struct, frozen=True):
    """A picture that a fact names."""

    seq: int
    op_id: UUID
    sha256: bytes


class Namer(msgspec.Struct, frozen=True):
    """The stream whose facts name pictures, and whose it is."""

    office_id: UUID
    stream_id: UUID
    device_id: UUID
    staff_id: UUID
