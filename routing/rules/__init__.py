"""One rule, one file, all its voices: the exact check, the cost, and how engines are told."""
