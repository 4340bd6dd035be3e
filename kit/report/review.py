"""What `kit review` has found, if it was asked: likely label errors of a run, near-duplicates of the data."""

from pathlib import Path

from kit.data import twins
from kit.data.cache import Part
from kit.data.corrections import PROPOSED
from kit.data.readers import table
from kit.report import html, images
from kit.report.subject import Subject, rows_of

MOST_ERRORS, MOST_PAIRS = 42, 24


def labels(subject: Subject) -> str:
    """Empty where nothing was looked for."""
    path = subject.run.folder / "review" / "corrections.csv"
    found = _rows(path, PROPOSED)  # worst first
    shown = found[:MOST_ERRORS]
    rows = rows_of(subject.data.train, [row["id"] for row in shown])
    tiles = []
    for one, row in zip(shown, rows, strict=True):
        caption = images.verdict(one["id"], one["given"], one["label"], float(one["probability"]))
        decided = f"<br>{html.text(one['action'])}" if one["action"] else ""
        tiles.append(images.tile(subject.data.train.images[row], caption + decided, f"{one['given']}?"))
    words = f"{len(found)} labels that the run contradicts out of fold, which it says in red. Look before you correct."
    return html.paragraph(words) + images.grid(tiles) if found else ""


def duplicates(subject: Subject) -> str:
    """Pairs that are nearly the same image, within train and across train and test; empty where nothing was looked for."""
    found = _rows(subject.folders.root / "review" / "twins.csv", twins.COLUMNS)  # most alike first
    sheets = []
    for part, title in (("train", "Within train"), ("test", "Across train and test")):
        pairs = [row for row in found if row["part"] == part]
        if pairs:
            shown = _pairs(subject, getattr(subject.data, part), pairs[:MOST_PAIRS])
            sheets.append(f"<h3>{title}: {len(pairs):,} pairs</h3>{images.grid(shown, 12)}")
    return "".join(sheets)


def _pairs(subject: Subject, part: Part, pairs: list[dict[str, str]]) -> list[str]:
    """A figure for each pair, the first image of train, the other of `part`."""
    train, names = subject.data.train, subject.competition.classes
    first = rows_of(train, [pair["id"] for pair in pairs])
    second = rows_of(part, [pair["other"] for pair in pairs])
    tiles = []
    for pair, a, b in zip(pairs, first, second, strict=True):
        labelled = [names[train.labels[a]], names[part.labels[b]] if len(part.labels) else "test"]
        both = images.img(train.images[a], pair["id"]) + images.img(part.images[b], pair["other"])
        said = " · ".join(map(html.text, labelled))
        tone = ' class="no"' if len(part.labels) and labelled[0] != labelled[1] else ""
        tiles.append(
            f'<figure><div class="side" style="--n:2">{both}</div><figcaption><b{tone}>{said}</b> '
            f"{html.text(pair['similarity'])}<br>id {html.text(pair['id'])}, {html.text(pair['other'])}</figcaption></figure>"
        )
    return tiles


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Raises DataError for a damaged table."""
    return table(path, columns) if path.exists() else []
