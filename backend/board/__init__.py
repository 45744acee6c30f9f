"""The dispatcher's live screens: reads many rooms, owns no table."""
