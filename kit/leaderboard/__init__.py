"""What the board says, what it may be believed, and what to send next and last."""
