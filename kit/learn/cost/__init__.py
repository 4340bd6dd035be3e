"""What a training costs: a plan of its time, and whether the device works."""
