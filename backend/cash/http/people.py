"""Who acts at the desk."""

from uuid import UUID

from backend.identity import Actor


def by_of(actor: Actor) -> UUID:
    """Return the member of staff at the desk."""
    assert actor.id is not None, "the desk is staff"
    return actor.id
