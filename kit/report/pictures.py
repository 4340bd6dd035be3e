"""The pictures of a report, each as PNG bytes. From out-of-fold predictions only: images that the model did not see."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100, bbox_inches="tight", metadata={"Software": None})
    return out.getvalue()


def curves(histories: dict[str, list[dict[str, float]]]) -> bytes:
    """Loss and accuracy by epoch, a line per member; dashed: on the rows that decide when to stop."""
    figure = Figure(figsize=(9, 3.2))
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for number, (member, records) in enumerate(histories.items()):
            for key, style in ((name, "-"), (f"stopping_{name}", "--")):
                points = [(record["epoch"], record[key]) for record in records if key in record]
                if points:
                    label = member if style == "-" else None
                    axes.plot(*zip(*points, strict=True), style, color=f"C{number % 10}", label=label)
        axes.set(xlabel="epoch", title=name)
    figure.axes[0].legend()
    return _png(figure)


def range_test(rates: np.ndarray, losses: np.ndarray, smoothed: np.ndarray, steepest: float, lowest: float) -> bytes:
    """Loss by learning rate, both ends of the fall marked: where it is steepest, and where the loss is lowest."""
    figure = Figure(figsize=(8, 4.2))
    axes = figure.subplots()
    axes.plot(rates, losses, ".", color="0.75", markersize=5, label="one batch")
    axes.plot(rates, smoothed, color="C0", linewidth=2.2, label="smoothed")
    for rate, colour, words in ((steepest, "C3", "steepest descent"), (lowest, "0.45", "lowest loss")):
        height = float(np.interp(rate, rates, smoothed))
        axes.axvline(rate, color=colour, linewidth=1, linestyle=":")
        axes.plot(rate, height, "o", color=colour, markersize=9, markeredgecolor="white", label=f"{words}: {rate:.2g}")
    valley, top = float(smoothed.min()), float(smoothed[0])
    axes.set_ylim(valley - 0.15 * (top - valley), top + 0.4 * (top - valley))  # what explodes behind is not of interest
    axes.set_xscale("log")
    axes.set(xlabel="learning rate", ylabel="loss", title="Loss while the learning rate rises from batch to batch")
    axes.grid(color="0.93")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower left")
    return _png(figure)


def confusion(labels: np.ndarray, probabilities: np.ndarray, classes: Sequence[str]) -> bytes:
    """Rows: the true class; columns: the predicted one; counts of out-of-fold rows."""
    size = len(classes)
    counts = np.zeros((size, size), dtype=int)
    np.add.at(counts, (labels, probabilities.argmax(1)), 1)
    figure = Figure(figsize=(1.5 + 0.5 * size, 1.2 + 0.45 * size))
    axes = figure.subplots()
    off = np.where(np.eye(size, dtype=bool), 0, counts)
    axes.imshow(off, cmap="Reds")  # mistakes coloured, hits only counted: else the diagonal drowns them
    for row in range(size):
        for column in range(size):
            if counts[row, column]:
                colour = "white" if off[row, column] > 0.6 * off.max() else "black"
                axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=8, color=colour)
    axes.set_xticks(range(size), classes, rotation=90)
    axes.set_yticks(range(size), classes)
    axes.set(xlabel="predicted", ylabel="true")
    return _png(figure)


def reliability(labels: np.ndarray, probabilities: np.ndarray) -> tuple[bytes, float]:
    """Confidence against accuracy in ten bins, and the expected calibration error (Guo et al. 2017), 0 to 1."""
    confidence, hit = probabilities.max(1), probabilities.argmax(1) == labels
    bins = np.minimum((confidence * 10).astype(int), 9)
    filled = [number for number in range(10) if (bins == number).any()]
    means = [
        (confidence[bins == number].mean(), hit[bins == number].mean(), (bins == number).mean()) for number in filled
    ]
    figure = Figure(figsize=(3.6, 3.2))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="0.7")
    axes.plot([x for x, _, _ in means], [y for _, y, _ in means], "o-")
    axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02))
    return _png(figure), float(sum(abs(x - y) * share for x, y, share in means))


def mistakes(
    images: np.ndarray,
    ids: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    classes: Sequence[str],
    most: int = 40,
) -> bytes | None:
    """The most confident mistakes out of fold, worst first; None if there is none. images: uint8 (N, H, W, C)."""
    predicted = probabilities.argmax(1)
    wrong = np.flatnonzero(predicted != labels)
    worst = wrong[np.argsort(probabilities[wrong, labels[wrong]], kind="stable")][:most]
    if not len(worst):
        return None
    titles = [
        f"id {ids[row]}: {classes[labels[row]]}\nsaid {classes[predicted[row]]} {probabilities[row, predicted[row]]:.2f}"
        for row in worst
    ]
    return sheet(images[worst], titles)


def sheet(images: np.ndarray, titles: Sequence[str], columns: int = 8) -> bytes:
    """Images beside and below each other, row by row, a title over each. images: uint8 (N, H, W, C)."""
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(1.4 * columns, 1.75 * rows))
    grid: Any = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    for axes, image, title in zip(grid, images, titles, strict=False):
        axes.imshow(image if image.shape[-1] == 3 else image[..., 0], cmap=None if image.shape[-1] == 3 else "gray")
        axes.set_title(title, fontsize=7)
    return _png(figure)
