"""Agencies and files: signed records at the counter, spreadsheets in, faults out."""
