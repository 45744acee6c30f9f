"""Verbs of evidence."""

from collections.abc import Sequence

from backend.kit.sql import Conn
from backend.proofs import store
from backend.proofs.model import Proof


async def keep(conn: Conn, proofs: Sequence[Proof]) -> None:
    """Keep pieces of evidence with the act they prove."""
    if proofs:
        await store.add_proofs(conn, proofs)
