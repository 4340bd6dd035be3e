"""The submission file: built, read back, checked by rules, and what was sent."""
