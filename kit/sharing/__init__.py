"""Runs between the members of a team: what a run consists of, where it can lie, and what is checked when it arrives."""
