"""Class activation maps (Zhou et al. 2016, "Learning Deep Features for Discriminative Localization"): where a global pooling
and one dense layer end a network, a class's score is a sum over places of its feature maps times the layer's weights. The
sum's terms are the map: no gradients, so any Keras backend will do. But for a factor it is what Grad-CAM (Selvaraju et al.
2017) finds there, under pooling by maximum as well; every network of the kit ends in that way.
"""

import numpy as np
from keras import layers

from kit.errors import DataError
from kit.learn.open import Network
from kit.report.render import html, images
from kit.report.sections.networks import opened
from kit.report.sections.sheets import sample_strata
from kit.report.subject import Subject

RIGHT, WRONG = 8, 12
SAMPLED, COLUMNS = 12, 2  # images, and maps of each, where more than one class may be right
POOLINGS = (layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D)


def maps(network: Network, pictures: np.ndarray) -> tuple[np.ndarray, str]:
    """(class activation maps, float32 (N, h, w, classes), the kind of pooling: "average" or "max").

    pictures: uint8 (N, H, W, C). The mean of a map over its places is, for average pooling, the logit but for bias and scale.
    Raises DataError where more than a pooling and a dense layer lies behind the feature maps.
    """
    rows = [number for number, layer in enumerate(network.model.layers) if isinstance(layer, POOLINGS)]
    last = rows[-1] if rows else -1
    behind = network.model.layers[last + 1 :]
    if not rows or not all(isinstance(layer, layers.Dropout | layers.Dense | layers.Rescaling) for layer in behind):
        raise DataError(
            "no class activation maps of this network", expected="a global pooling and one dense layer at its end"
        )
    pool = network.model.layers[last]
    features = network.output(pool.input, pictures)
    kind = "average" if isinstance(pool, layers.GlobalAveragePooling2D) else "max"
    return np.asarray(features @ network.kernel, np.float32), kind


def activation(about: Subject) -> str:
    """Where in the image the network saw what it predicts."""
    network = opened(about)
    inside = np.isin(about.rows, network.validation_rows)
    return (_classes if about.competition.target.exclusive else _columns)(about, network, inside)


def _columns(about: Subject, network: Network, inside: np.ndarray) -> str:
    """Of some images, maps of the columns of the largest values. inside: bool (N,), rows that the network never saw."""
    target, rows = about.competition.target, np.flatnonzero(inside)
    rows = rows[sample_strata(target.strata(about.labels[rows]), SAMPLED, about.run.config.seed)]
    pictures = about.data.train.images[about.rows[rows]]
    heat, _ = maps(network, pictures)
    tiles = []
    for row, picture, of in zip(rows, pictures, heat, strict=True):
        shown = np.argsort(-about.unfinished[row], kind="stable")[:COLUMNS].tolist()
        texts = [target.caption(labels[[row]])[0] for labels in (about.labels, about.predicted)]
        caption = images.verdict(about.data.train.ids[about.rows[row]], *texts)
        tiles.append(
            _side_by_side(picture, of, texts[0], [(number, target.columns[number]) for number in shown], caption)
        )
    words = f"Bright: what raises a prediction, by {network.label}, which never saw these images."
    if len(target.columns) > 1:
        words += f" Of each image the {COLUMNS} {target.named} of the largest values, from the left."
    return html.paragraph(words) + images.grid(tiles, 16)


def _classes(about: Subject, network: Network, inside: np.ndarray) -> str:
    """Of right predictions the class that was named; of wrong ones the true class, too. inside: as of _columns."""
    right = np.flatnonzero(inside & (about.predicted == about.labels))
    right = right[sample_strata(about.labels[right], RIGHT, about.run.config.seed)]
    wrong = about.wrong[inside[about.wrong]][:WRONG]
    rows = np.concatenate([right, wrong])
    pictures = about.data.train.images[about.rows[rows]]
    heat, pooling = maps(network, pictures)
    tiles = [_tile(about, row, picture, of) for row, picture, of in zip(rows, pictures, heat, strict=True)]
    words = f"Bright: where {network.label}, which never saw these images, found the class it named."
    if pooling == "max":
        words += " Its pooling is by maximum: of each feature only the highest place counts, the map shows all."
    return (
        html.paragraph(words)
        + "<h3>Right</h3>"
        + images.grid(tiles[: len(right)], 12)
        + "<h3>Wrong: the class it named, and the true one</h3>"
        + (images.grid(tiles[len(right) :], 16) if len(wrong) else html.empty_note("none in this fold"))
    )


def _tile(about: Subject, row: int, picture: np.ndarray, heat: np.ndarray) -> str:
    """One figure: the image, the map of what was said, and, if that is wrong, of the truth, both on one scale."""
    names, train = about.competition.target.columns, about.data.train
    guess, truth = about.predicted[row], about.labels[row]
    shown = [guess] if guess == truth else [guess, truth]
    caption = images.verdict(
        train.ids[about.rows[row]], names[truth], names[guess], float(about.unfinished[row, guess])
    )
    return _side_by_side(picture, heat, names[truth], [(one, names[one]) for one in shown], caption)


def _side_by_side(picture: np.ndarray, heat: np.ndarray, truth: str, shown: list[tuple[int, str]], caption: str) -> str:
    """A figure: the image, and its map of each column (number, name) that is shown, all on one scale. caption: HTML."""
    top = max(float(heat[..., [number for number, _ in shown]].max()), 1e-6)
    pieces = [images.img(picture, truth)]
    for number, name in shown:
        pieces.append(images.img(images.overlay_heat(picture, heat[..., number] / top), f"{name} seen here"))
    return (
        f'<figure><div class="side" style="--n:{len(pieces)}">{"".join(pieces)}</div>'
        f"<figcaption>{caption.replace('<br>', ' · ')}</figcaption></figure>"
    )
