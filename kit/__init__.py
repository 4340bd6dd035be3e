"""From a raw Kaggle image competition archive to a validated submission, and to what to believe about its score."""

__version__ = "0.2.0"
