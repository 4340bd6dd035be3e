"""Boosted trees: grown by scikit-learn, kept and asked as plain arrays."""
