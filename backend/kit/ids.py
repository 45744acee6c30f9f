"""Ids made where the thing is born: UUIDv7, so that keys grow with time."""

import uuid

import uuid_utils


def new_id() -> uuid.UUID:
    """Return a fresh UUIDv7 (RFC 9562)."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)
