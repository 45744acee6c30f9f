"""The proof sheet of an errand: what was done at its doors, by whom, and what proves it."""
