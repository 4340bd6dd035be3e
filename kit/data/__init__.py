"""From an archive to decoded pixels, folds and corrections, written once and shared in the team."""
