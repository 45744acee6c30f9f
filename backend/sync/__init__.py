"""The phone's facts in, its feed out: one exchange, one transaction, nothing lost or doubled."""

from backend.sync.actions.brought import Brought, take_file
from backend.sync.actions.held import decide_held
from backend.sync.exchange import exchange
from backend.sync.feed import snapshot
from backend.sync.model import Caller, ExchangeRequest, Held, Reply, Snapshot
from backend.sync.rules import chain, first_hash
from backend.sync.store import list_held

__all__ = [
    "Brought",
    "Caller",
    "ExchangeRequest",
    "Held",
    "Reply",
    "Snapshot",
    "chain",
    "decide_held",
    "exchange",
    "first_hash",
    "list_held",
    "snapshot",
    "take_file",
]
