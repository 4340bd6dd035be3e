"""The training loop and what it is made of: stages, schedules, optimizers, checkpoints."""
