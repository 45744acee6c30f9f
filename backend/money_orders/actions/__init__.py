"""Verbs of money orders: book, take, show the PIN once, pay, give back, decide by two."""
