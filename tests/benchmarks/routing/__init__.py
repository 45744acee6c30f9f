"""The optimiser against its goals: `make bench-routing`, one file a kind of goal."""
