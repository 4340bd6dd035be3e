"""Probabilities of images, over one view or several, now or again later."""
