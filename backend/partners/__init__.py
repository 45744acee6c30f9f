"""Agencies and files: signed records at the counter, spreadsheets in, faults out."""

from backend.kit.csv_table import write_faults as faults_csv
from backend.partners.agency import answer, hand_over, list_expected, receive
from backend.partners.agency_model import AgencyAnswer, NewRecord
from backend.partners.imports import ImportResult, import_errands

__all__ = [
    "AgencyAnswer",
    "ImportResult",
    "NewRecord",
    "answer",
    "faults_csv",
    "hand_over",
    "import_errands",
    "list_expected",
    "receive",
]
