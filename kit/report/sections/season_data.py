"""A competition's data: how many rows, how balanced, and how they look."""

import numpy as np

from kit import paths
from kit.competition import Competition
from kit.data import cache, holdout
from kit.data.cache import CachedSplit
from kit.json_files import read_json
from kit.report.render import html, images
from kit.report.render.html import Card
from kit.report.season_runs import Season
from kit.report.sections import columns
from kit.targets import Target

MAX_SAMPLES = 24  # images


def section(about: Season) -> str:
    """Counts, balance, and an image of each class, or of each sort of labels that folds deal out."""
    folders, target = paths.data(about.competition.slug), about.competition.target
    data, check = cache.load(about.competition, folders), read_json(folders.cache / "check.json")
    counts = target.describe(data.train.labels)
    balance = f"{min(counts.values()):,} to {max(counts.values()):,} of a {target.counted}"
    named = about.competition.rows_name
    own = ~holdout.is_held_out(data.test.ids)  # held-out training images lie among them
    cards = [
        (f"training {named}", f"{len(data.train.ids):,}", balance),
        (f"test {named}", f"{own.sum():,}", f"{int((own & ~data.test.readable).sum())} unreadable"),
        *_pixels(about.competition),
        ("identical", f"{check['train']['duplicates']:,}", "within train"),
        ("exact duplicates", f"{check['twins']:,}", "across train and test"),
    ]
    table = [{target.counted: name, f"training {named}": number} for name, number in counts.items()]
    listed = "" if target.exclusive else html.table(table, tall=len(table) > 20)
    samples = images.grid(_draw_samples(data.train, target, counts), 6) if about.competition.has_images else ""
    return html.cards(cards) + listed + samples + columns.section(about.competition, data)


def _pixels(competition: Competition) -> list[Card]:
    height, width, channels = competition.image_shape
    seen = {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")
    return [("pixels", f"{height} x {width}", seen)] if channels else []


def _draw_samples(train: CachedSplit, target: Target, counts: dict[str, int]) -> list[str]:
    """A tile per stratum: per class, with its number of images, where rows are of one."""
    strata, tiles = target.strata(train.labels), []
    for stratum in np.unique(strata)[:MAX_SAMPLES]:
        row = np.random.default_rng(0).choice(np.flatnonzero(strata == stratum))
        [name] = target.caption(train.labels[[row]])
        number = f"<br>{counts[name]:,}" if target.exclusive else ""
        tiles.append(images.tile(train.images[row], f"<b>{html.text(name)}</b>{number}", name))
    return tiles
