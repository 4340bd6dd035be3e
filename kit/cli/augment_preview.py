"""kit augment-preview: a look at what training sees, before hours are spent on it."""

import click
import numpy as np

from kit.cli import options
from kit.competition import Competition
from kit.config import Config
from kit.data.cache import Dataset
from kit.places import DataFolders


@click.command(short_help="a sheet of augmented images: what training sees")
@options.slug_argument
@click.option("--images", "count", default=6, show_default=True, type=click.IntRange(1, 50), help="Rows of the sheet.")
@click.option(
    "--epochs", default=7, show_default=True, type=click.IntRange(1, 15), help="Augmented forms of each image."
)
@click.option("--seed", default=0, show_default=True, help="Which images, and how they are augmented.")
@options.settings_option
@options.json_option
@click.pass_obj
def command(
    obj: options.Settings, slug: str, count: int, epochs: int, seed: int, settings: tuple[str, ...], as_json: bool
) -> None:
    """Write a picture of some training images, each as cached and then as it is shown in one epoch after another.

    The pixels are those that `kit train --seed` feeds to its first member: made by the same code, of the same seeds.
    Mixup and cutmix are not shown: they come after.
    """
    from kit import places
    from kit.cli.train import resolved
    from kit.data import cache
    from kit.files import writing
    from kit.report import pictures

    competition, folders = obj.competition(slug), places.data(slug)
    data = cache.load(competition, folders)
    rows = _of_all_classes(data.train.labels, count, seed)
    config, _ = resolved(competition, {}, {"seed": seed}, settings)
    images = shown(competition, config, data, folders, rows, epochs)
    names = [competition.classes[data.train.labels[row]] for row in rows]
    titles = [title for name in names for title in (name, *(f"epoch {epoch}" for epoch in range(1, epochs + 1)))]
    path = folders.root / "augment-preview.png"
    with writing(path) as out:
        out.write(pictures.sheet(images.reshape(-1, *images.shape[2:]), titles, columns=epochs + 1))
    ids = [str(data.train.ids[row]) for row in rows]
    options.result({"picture": str(path), "ids": ids}, str(path), as_json=as_json)
    options.next_step(f"train {slug}")


def _of_all_classes(labels: np.ndarray, count: int, seed: int) -> list[int]:
    """Rows, class after class in turn."""
    order = np.random.default_rng(seed).permutation(len(labels))
    turns = {label: iter(order[labels[order] == label]) for label in np.unique(labels)}
    rows: list[int] = []
    while len(rows) < min(count, len(labels)):
        rows += [int(row) for turn in turns.values() if (row := next(turn, None)) is not None]
    return rows[:count]


def shown(
    competition: Competition, config: Config, data: Dataset, folders: DataFolders, rows: list[int], epochs: int
) -> np.ndarray:
    """uint8 (len(rows), 1 + epochs, H, W, C): each image as cached, then as in the epochs of the first member."""
    from kit.learn.loader import Source, open_source
    from kit.learn.task import member_seed

    chosen = np.array(rows)
    files = (folders.cache / "train.npy",)
    augmenter = open_source(Source(files, competition.folder, config, member_seed(config.seed, 0)))
    return np.stack([data.train.images[chosen], *(augmenter.batch(epoch, chosen) for epoch in range(epochs))], axis=1)
