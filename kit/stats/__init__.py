"""How far to believe a difference: paired gains, and the standard errors of scores."""
