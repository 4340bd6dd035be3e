"""What a network is shown: augmented images as in training, and the views of test-time augmentation."""

import numpy as np

from kit.competition import Competition
from kit.config import Config
from kit.data.cache import Dataset
from kit.learn import recipes
from kit.learn.input.views import available
from kit.report.render import html, images
from kit.report.subject import Subject

IMAGES, EPOCHS = 5, 7


def augmentation(subject: Subject) -> str:
    """Empty for a run that trains on its images as they are: a frozen backbone, an ensemble, an import."""
    config, competition = subject.run.config, subject.competition
    if not subject.run.has_models or not recipes.find(competition, config).uses("augment_on"):
        return ""
    labels, target = subject.data.train.labels, competition.target
    rows = sample_strata(target.strata(labels), IMAGES, config.seed)
    pictures = augment_images(competition, config, subject.data, rows, EPOCHS)
    strips = []
    for name, line in zip(target.caption(labels[rows]), pictures, strict=True):
        captions = [f"<b>{html.text(name)}</b>", *(f"epoch {epoch + 1}" for epoch in range(EPOCHS))]
        tiles = [images.tile(image, words, name) for image, words in zip(line, captions, strict=True)]
        strips.append(images.strip(tiles))
    words = (
        "Each image as it is, and as the first member saw it in one epoch after another, by the same code and seeds."
    )
    mixed = " Mixup and CutMix come after and are not shown." if config.mixup or config.cutmix else ""
    return html.paragraph(words + mixed) + "".join(strips)


def sample_strata(strata: np.ndarray, count: int, seed: int) -> list[int]:
    """Rows, stratum after stratum in turn: class after class, where rows are of one. strata: int (N,) (kit.targets)."""
    order = np.random.default_rng(seed).permutation(len(strata))
    turns = {one: iter(order[strata[order] == one]) for one in np.unique(strata)}
    rows: list[int] = []
    while len(rows) < min(count, len(strata)):
        rows += [int(row) for turn in turns.values() if (row := next(turn, None)) is not None]
    return rows[:count]


def augment_images(competition: Competition, config: Config, data: Dataset, rows: list[int], epochs: int) -> np.ndarray:
    """uint8 (len(rows), 1 + epochs, H, W, C): each image as cached, then as in the epochs of the first member."""
    from kit.learn.input.augmenter import Source, open_source
    from kit.learn.input.samples import samples
    from kit.learn.member import member_seed

    images, chosen = data.train.images, samples("train", np.array(rows))
    augmenter = open_source(Source({"train": images}, competition.folder, config, member_seed(config.seed, 0)))
    return np.stack([images[rows], *(augmenter.batch(epoch, chosen) for epoch in range(epochs))], axis=1)


def views(subject: Subject) -> str:
    """The views that are averaged, on two images; with what each gains, if that was measured."""
    names = subject.run.config.tta
    if not subject.run.has_models or len(names) < 2:
        return ""
    rows = sample_strata(subject.competition.target.strata(subject.data.train.labels), 2, subject.run.config.seed)
    pictures = subject.data.train.images[np.array(rows)]
    seen = {name: available(subject.competition)[name](pictures) for name in names}
    strips = [
        images.strip([images.tile(of[row], html.text(name), name) for name, of in seen.items()])
        for row in range(len(rows))
    ]
    return html.paragraph(f"{len(names)} views, averaged.") + "".join(strips) + _gains(subject)


def _gains(subject: Subject) -> str:
    tta = subject.metrics.get("tta")
    if not tta:
        return ""
    rows = [
        {
            "view": row["view"],
            "gain": row["gain"],
            "±": row["error"],
            f"gain in {subject.competition.target.loss_name}": row["loss_gain"],
            "± ": row["loss_error"],
            "averaged": "yes" if row["kept"] else "no",
        }
        for row in tta["views"]
    ]
    return "<h3>Gain of each with the first one, over the first one alone</h3>" + html.table(rows)
