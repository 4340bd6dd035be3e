"""What differs between two runs, or between a run and a file."""
