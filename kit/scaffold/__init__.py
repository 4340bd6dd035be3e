"""A folder for another competition, from what its archive shows."""
