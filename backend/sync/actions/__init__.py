"""What the office does about phones, one file a subject."""
