"""Settings found by trying: the learning rate, and any other by Optuna."""
