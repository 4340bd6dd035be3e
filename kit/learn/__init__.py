"""From decoded pixels to a run's predictions: input, networks, fit, predict, recipes, and what they cost."""
