"""Photographs arranged to tasks of other kinds than one class each: several labels, a number, a ranking.

No photograph is used twice, so none that is learned from is in the rows set aside. photographs: uint8 (N, S, S, 3); names:
the class of each. Each function gives the images, uint8 (M, H, W, 3), and what is known of each.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kit.competition import Competition

LARGEST_ANGLE = 45.0  # degrees
MOMENTS = ("morning", "evening")


def mosaics(
    photographs: np.ndarray, names: Sequence[str], draw: np.random.Generator
) -> tuple[np.ndarray, list[list[str]]]:
    """Four to an image, two by two: the classes that are in it, sorted."""
    fours = draw.permutation(len(photographs) // 4 * 4).reshape(-1, 2, 2)
    images = [np.concatenate([np.concatenate([*photographs[row]], axis=1) for row in four]) for four in fours]
    return np.stack(images), [sorted({names[place] for place in four.ravel()}) for four in fours]


def turned(
    photographs: np.ndarray, names: Sequence[str], draw: np.random.Generator
) -> tuple[np.ndarray, list[list[float]]]:
    """Each turned counter-clockwise by an angle that is drawn evenly, in degrees."""
    angles = draw.uniform(-LARGEST_ANGLE, LARGEST_ANGLE, len(photographs)).round(2)
    order = draw.permutation(len(photographs))
    images = [turn(photographs[place], angle) for place, angle in zip(order, angles, strict=True)]
    return np.stack(images), [[angle] for angle in angles.tolist()]


def turn(photograph: np.ndarray, angle: float) -> np.ndarray:
    """At twice its size, the square around the middle that a photograph turned by any angle fills: no corner is empty."""
    size = len(photograph)
    side = 2 * int(size / np.sqrt(2))
    middle = (size - 1) / 2
    moved = cv2.getRotationMatrix2D((middle, middle), angle, 2.0)
    moved[:, 2] += (side - 1) / 2 - middle
    return cv2.warpAffine(photograph, moved, (side, side), flags=cv2.INTER_LINEAR)


def pairs(photographs: np.ndarray, names: Sequence[str], draw: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """Two to an image, side by side: left-right, the class of each."""
    twos = draw.permutation(len(photographs) // 2 * 2).reshape(-1, 2)
    images = np.concatenate([photographs[twos[:, 0]], photographs[twos[:, 1]]], axis=2)
    return images, [f"{names[left]}-{names[right]}" for left, right in twos]


def at_moments(
    photographs: np.ndarray, names: Sequence[str], draw: np.random.Generator
) -> tuple[np.ndarray, list[str], list[list[Any]]]:
    """Each at one of two moments, class-moment, and two columns that tell of it: a number that is higher in the morning by two
    of its deviations, and a clock that is right in four rows of five and missing in one of ten.
    """
    order, moment = draw.permutation(len(photographs)), draw.integers(0, 2, len(photographs))
    light = draw.normal(2.0 * (moment == 0), 1.0).round(3)
    shown = np.where(draw.random(len(moment)) < 0.8, moment, 1 - moment)
    clock = np.where(draw.random(len(moment)) < 0.1, "", np.take(MOMENTS, shown))
    known = [f"{names[place]}-{MOMENTS[at]}" for place, at in zip(order, moment, strict=True)]
    return photographs[order], known, [list(row) for row in zip(light.tolist(), clock.tolist(), strict=True)]


def write(
    path: Path,
    competition: Competition,
    images: np.ndarray,
    known: Sequence[Any],
    aside: int,
    beside: Sequence[Sequence[Any]] | None = None,
) -> None:
    """The archive of a competition: the last `aside` images are its test images, of which it says nothing.

    beside: of each image what the columns of the competition's table hold.
    """
    form, learned = competition.submission, len(images) - aside
    header = [form.id_column, *form.target_columns]
    told = [()] * len(images) if beside is None else beside
    labels = [[number, _text(known[number]), *told[number]] for number in range(learned)]
    sample = [[number, _text(known[0])] for number in range(learned, len(images))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("train.csv", _table([[*header, *competition.table.columns], *labels]))
        if beside is not None:
            test = [[number, *told[number]] for number in range(learned, len(images))]
            archive.writestr("test.csv", _table([[form.id_column, *competition.table.columns], *test]))
        archive.writestr("sample_submission.csv", _table([header, *sample]))
        for number, image in enumerate(images):
            png = cv2.imencode(".png", image[..., ::-1])[1].tobytes()
            archive.writestr(f"{'train' if number < learned else 'test'}/{number}.png", png)


def _text(label: Any) -> str:
    return label if isinstance(label, str) else " ".join(map(str, label))


def _table(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
