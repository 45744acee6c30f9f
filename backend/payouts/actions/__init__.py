"""Verbs of payouts, one subject a file."""
