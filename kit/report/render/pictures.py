"""Pictures that stand alone, as PNG bytes; those within a report are kit.report.render.charts and kit.report.render.images."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kit.report.render.images import convert_to_visible


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100, bbox_inches="tight", metadata={"Software": None})
    return out.getvalue()


def range_test(rates: np.ndarray, losses: np.ndarray, smoothed: np.ndarray, steepest: float, lowest: float) -> bytes:
    """Loss by learning rate, both ends of the fall marked: where it is steepest, and where the loss is lowest."""
    figure = Figure(figsize=(8, 4.2))
    axes = figure.subplots()
    axes.plot(rates, losses, ".", color="0.75", markersize=5, label="one batch")
    axes.plot(rates, smoothed, color="C0", linewidth=2.2, label="smoothed")
    for rate, color, words in ((steepest, "C3", "steepest descent"), (lowest, "0.45", "lowest loss")):
        height = float(np.interp(rate, rates, smoothed))
        axes.axvline(rate, color=color, linewidth=1, linestyle=":")
        axes.plot(rate, height, "o", color=color, markersize=9, markeredgecolor="white", label=f"{words}: {rate:.2g}")
    valley, top = float(smoothed.min()), float(smoothed[0])
    axes.set_ylim(valley - 0.15 * (top - valley), top + 0.4 * (top - valley))  # what explodes behind is not of interest
    axes.set_xscale("log")
    axes.set(xlabel="learning rate", ylabel="loss", title="Loss while the learning rate rises from batch to batch")
    axes.grid(color="0.93")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower left")
    return _png(figure)


def sheet(images: np.ndarray, titles: Sequence[str], columns: int = 8) -> bytes:
    """Images beside and below each other, row by row, a title over each. images: uint8 (N, H, W, C)."""
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(1.4 * columns, 1.75 * rows))
    grid: Any = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    pairs = zip(images, titles, strict=True)
    for axes, (image, title) in zip(grid, pairs, strict=False):  # the last row may not be full
        axes.imshow(convert_to_visible(image), cmap="gray")  # a colormap is for grey ones only
        axes.set_title(title, fontsize=7)
    return _png(figure)
