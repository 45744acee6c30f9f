"""Our events and the UPU EMSEVT codes they stand for."""

from typing import Literal

EventCode = Literal[
    "booked",
    "at_office",
    "planned",
    "on_round",
    "accepted",
    "delivered",
    "attempt_failed",
    "invited",
    "handed_to_agency",
    "agency_refused",
    "agency_asks",
    "agency_done",
    "returning",
    "returned_to_agency",
    "cancelled",
    "corrected",
]

# None: the event has no postal twin. Source: UPU EMSEVT; marks of certainty in the glossary.
UPU: dict[EventCode, str | None] = {
    "booked": None,
    "at_office": "EMG",
    "planned": None,
    "on_round": "EDG",
    "accepted": "EMA",
    "delivered": "EMI",
    "attempt_failed": "EMH",
    "invited": "EDH",
    "handed_to_agency": "EMI",
    "agency_refused": None,
    "agency_asks": None,
    "agency_done": None,
    "returning": None,
    "returned_to_agency": "EMI",
    "cancelled": None,
    "corrected": None,
}
