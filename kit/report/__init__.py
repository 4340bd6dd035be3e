"""Pages about a run or a competition."""
