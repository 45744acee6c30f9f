"""Verbs of cash."""
