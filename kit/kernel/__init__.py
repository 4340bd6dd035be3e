"""A kernel on Kaggle: its bundle, what runs inside, and a trial of it here."""
