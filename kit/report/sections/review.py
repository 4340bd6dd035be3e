"""What `kit review` has found, if it was asked: likely label errors of a run, near-duplicates of the data."""

from kit.data import near_duplicates
from kit.data.cache import CachedSplit
from kit.data.corrections import PROPOSED
from kit.data.image_rows import first_images
from kit.data.near_duplicates import Pair
from kit.data.readers import table
from kit.report.render import html, images
from kit.report.subject import Subject

MAX_ERRORS, MAX_PAIRS = 42, 24


def labels(subject: Subject) -> str:
    """Empty where nothing was looked for."""
    path = subject.run.folder / "review" / "corrections.csv"
    proposals = table(path, PROPOSED) if path.exists() else []  # worst first
    shown = proposals[:MAX_ERRORS]
    rows = first_images(subject.data.train.rows, [row["id"] for row in shown])
    tiles = []
    for one, row in zip(shown, rows, strict=True):
        caption = images.verdict(one["id"], one["given"], one["label"], one["probability"])
        decided = f"<br>{html.text(one['action'])}" if one["action"] else ""
        tiles.append(images.tile(subject.data.train.images[row], caption + decided, f"{one['given']}?"))
    words = (
        f"{len(proposals)} labels that the run contradicts out of fold, which it says in red. Look before you correct."
    )
    return html.paragraph(words) + images.grid(tiles) if proposals else ""


def duplicates(subject: Subject) -> str:
    """Pairs that are nearly the same image, within train and across train and test; empty where nothing was looked for."""
    listed = subject.folders.review / "twins.csv"
    near = near_duplicates.read(listed, subject.data) if listed.exists() else []
    sheets = []
    for split, title in (("train", "Within train"), ("test", "Across train and test")):
        pairs = [pair for pair in near if pair.part == split]
        if pairs:
            shown = _pairs(subject, getattr(subject.data, split), pairs[:MAX_PAIRS])
            sheets.append(f"<h3>{title}: {len(pairs):,} pairs</h3>{images.grid(shown, 12)}")
    return "".join(sheets)


def _pairs(subject: Subject, split: CachedSplit, pairs: list[Pair]) -> list[str]:
    """A figure for each pair, the first image of train, the other of `part`."""
    train, target = subject.data.train, subject.competition.target
    tiles = []
    for pair in pairs:
        a, b = pair.row, pair.other
        one, other = str(train.ids[a]), str(split.ids[b])
        other_label = target.caption(split.labels[[b]]) if len(split.labels) else ["test"]
        labelled = target.caption(train.labels[[a]]) + other_label
        both = images.img(train.images[a], one) + images.img(split.images[b], other)
        labels_text = " · ".join(map(html.text, labelled))
        tone = ' class="no"' if len(split.labels) and labelled[0] != labelled[1] else ""
        tiles.append(
            f'<figure><div class="side" style="--n:2">{both}</div><figcaption><b{tone}>{labels_text}</b> '
            f"{pair.similarity:.4f}<br>id {html.text(one)}, {html.text(other)}</figcaption></figure>"
        )
    return tiles
