"""The only room that talks to Kaggle, and what Kaggle accepts."""
