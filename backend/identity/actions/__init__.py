"""What identity can do, one subject a file."""
