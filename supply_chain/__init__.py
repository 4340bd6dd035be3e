"""What the kit is built from: whether a package of the lock files is known to be vulnerable, and what an image holds."""
