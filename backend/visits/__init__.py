"""The citizen's side of a visit: what the link shows, in data and in words; owns no table."""
