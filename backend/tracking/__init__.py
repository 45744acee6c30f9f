"""The book of events told to the public about an errand; knows no errand's rules."""

from backend.tracking.actions import RECORDED, record, record_many
from backend.tracking.codes import UPU, EventCode
from backend.tracking.model import Event, NewEvent, Recorded
from backend.tracking.store import list_events

__all__ = [
    "RECORDED",
    "UPU",
    "Event",
    "EventCode",
    "NewEvent",
    "Recorded",
    "list_events",
    "record",
    "record_many",
]
