"""From an image to an augmented batch, in worker processes. Nothing here imports Keras."""
