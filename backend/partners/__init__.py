"""Agencies and files: signed records at the counter, spreadsheets in, faults out."""

from backend.kit.csv_table import write_faults as faults_csv
from backend.partners.imports import ImportResult, import_errands

__all__ = ["ImportResult", "faults_csv", "import_errands"]
