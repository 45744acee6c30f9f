"""The stops to make and the rounds that make them: acts, attempts, what each phone must show."""

from backend.rounds.actions import (
    board_topic,
    phone_topic,
    publish,
    release_left_behind,
    remove_errands,
    touch_errand,
    touch_point,
    waive_storage,
)
from backend.rounds.acts import KINDS, perform
from backend.rounds.acts.demands import (
    ProofLine,
    ProofRule,
    ProofRules,
    find_proof_rules,
    list_proof_lines,
    set_proof_rules,
)
from backend.rounds.acts.orders import OrderAsked
from backend.rounds.acts.orders import judge_pay as judge_order
from backend.rounds.acts.papers import thaw
from backend.rounds.acts.passed import OpenPassing
from backend.rounds.acts.passed import list_documents as list_passing_documents
from backend.rounds.acts.passed import list_open as list_open_passings
from backend.rounds.acts.passing import give_up as give_up_passing
from backend.rounds.acts.places import PLACE_HOURS, PLACE_HOURS_USUAL
from backend.rounds.acts.places import forget as forget_places
from backend.rounds.documents import list_documents, needs_kept_storage
from backend.rounds.fees import owe
from backend.rounds.model import (
    KEPT_STORAGE,
    MONEY_KINDS,
    ActDraft,
    ActKind,
    Change,
    Context,
    Decision,
    Document,
    Op,
    PayoutPaid,
    ResultDelivered,
    Round,
    RoundDraft,
    Stop,
    StopDraft,
)
from backend.rounds.recall import Recall, list_recalled_stops, list_recalls, look, reassign, take
from backend.rounds.shelves import read_ahead
from backend.rounds.store import (
    add_change,
    find_round_of,
    list_current,
    list_open_errands,
    list_rounds,
    list_stops,
    take_changes,
)

__all__ = [
    "KEPT_STORAGE",
    "KINDS",
    "MONEY_KINDS",
    "PLACE_HOURS",
    "PLACE_HOURS_USUAL",
    "ActDraft",
    "ActKind",
    "Change",
    "Context",
    "Decision",
    "Document",
    "Op",
    "OpenPassing",
    "OrderAsked",
    "PayoutPaid",
    "ProofLine",
    "ProofRule",
    "ProofRules",
    "Recall",
    "ResultDelivered",
    "Round",
    "RoundDraft",
    "Stop",
    "StopDraft",
    "add_change",
    "board_topic",
    "find_proof_rules",
    "find_round_of",
    "forget_places",
    "give_up_passing",
    "judge_order",
    "list_current",
    "list_documents",
    "list_open_errands",
    "list_open_passings",
    "list_passing_documents",
    "list_proof_lines",
    "list_recalled_stops",
    "list_recalls",
    "list_rounds",
    "list_stops",
    "look",
    "needs_kept_storage",
    "owe",
    "perform",
    "phone_topic",
    "publish",
    "read_ahead",
    "reassign",
    "release_left_behind",
    "remove_errands",
    "set_proof_rules",
    "take",
    "take_changes",
    "thaw",
    "touch_errand",
    "touch_point",
    "waive_storage",
]
