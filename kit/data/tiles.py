"""Large photographs in tiles: each an image of its own, and all of a photograph answer for one row of the submission."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kit.competition import Split
from kit.errors import DataError


@dataclass(frozen=True)
class Tile:
    """One of rows x columns equal parts of the image in a file, counted from 0: the one at (row, column)."""

    path: Path
    row: int
    column: int
    rows: int
    columns: int


def list_grids(split: Split) -> list[tuple[int, int]]:
    """The different (rows, columns) that images of the split were cut into, (1, 1) of whole ones."""
    return sorted({(image.rows, image.columns) if isinstance(image, Tile) else (1, 1) for image in split.images})


def cut_into_tiles(split: Split, rows: int, columns: int) -> Split:
    """The same split with rows x columns images in place of each, which have to be paths: for the end of a `read`.

    What is known of an image is known of each of its tiles; their ids are its own with _0, _1, ... added. Which row of the
    submission they answer for is that of the image, its id where the split names none. Raises DataError for other images.
    """
    for image in split.images:
        if not isinstance(image, str | Path):
            raise DataError("only images in files are cut into tiles", received=type(image).__name__, expected="a path")
    count = rows * columns

    def repeat(values: Sequence[Any] | None) -> list[Any] | None:
        return None if values is None else [value for value in values for _ in range(count)]

    grid = [(row, column) for row in range(rows) for column in range(columns)]
    return replace(
        split,
        ids=[f"{name}_{number}" for name in split.ids for number in range(count)],
        images=[Tile(Path(path), *place, rows, columns) for path in split.images for place in grid],
        labels=repeat(split.labels),
        auxiliary=repeat(split.auxiliary),
        groups=repeat(split.groups),
        weights=repeat(split.weights),
        rows=repeat(split.rows or split.ids),
        table=split.table and {name: repeat(list(values)) or [] for name, values in split.table.items()},
    )
