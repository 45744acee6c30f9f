"""Verbs of charges: owe, collect, take back, decide doubts, hear the bank, hand on."""
