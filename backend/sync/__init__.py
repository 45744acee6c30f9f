"""The phone's facts in, its feed out: one exchange, one transaction, nothing lost or doubled."""

from backend.sync.actions.aside import list_set_aside, read_set_aside
from backend.sync.actions.aside import look as look_at_aside
from backend.sync.actions.brought import Brought, take_file
from backend.sync.actions.held import ask_held, decide_held, note_settled
from backend.sync.exchange import exchange
from backend.sync.feed import snapshot
from backend.sync.model import (
    Caller,
    ExchangeRequest,
    Held,
    HeldProposal,
    Reply,
    SetAside,
    Snapshot,
)
from backend.sync.rules import chain, first_hash, moves_money
from backend.sync.store import list_held, list_held_proposals

__all__ = [
    "Brought",
    "Caller",
    "ExchangeRequest",
    "Held",
    "HeldProposal",
    "Reply",
    "SetAside",
    "Snapshot",
    "ask_held",
    "chain",
    "decide_held",
    "exchange",
    "first_hash",
    "list_held",
    "list_held_proposals",
    "list_set_aside",
    "look_at_aside",
    "moves_money",
    "note_settled",
    "read_set_aside",
    "snapshot",
    "take_file",
]
