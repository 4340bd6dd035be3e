"""Images that were predicted worst, as a grid: the first at once, more when asked for."""

from collections.abc import Sequence

import numpy as np

from kit.report.render import html, images
from kit.report.subject import Subject

MAX_SHOWN, FIRST = 70, 28


def show(words: str, tiles: Sequence[str]) -> str:
    """HTML. words: what they are, as plain text. tiles: made by kit.report.render.images, the worst first."""
    more = tiles[FIRST:MAX_SHOWN]
    hidden = f"<details><summary>{len(more)} more</summary>{images.grid(more)}</details>" if more else ""
    return html.paragraph(words) + images.grid(tiles[:FIRST]) + hidden


def show_farthest(words: str, subject: Subject) -> str:
    """Of predictions that are near or far, not right or wrong: those of the largest loss, with what is true and predicted."""
    target, train = subject.competition.target, subject.data.train
    order = np.argsort(-target.losses(subject.labels, subject.predicted), kind="stable")[:MAX_SHOWN]
    texts = zip(target.caption(subject.labels[order]), target.caption(subject.predicted[order]), strict=True)
    tiles = []
    for row, (true, told) in zip(subject.rows[order], texts, strict=True):
        caption = images.verdict(train.ids[row], true, told)
        tiles.append(images.tile(train.images[row], caption, f"{true}, predicted {told}"))
    return show(words, tiles)
