"""What the `read` functions of competitions are made of: folders of images here, labels from tables in kit.data.labels, images
in the rows of a table in kit.data.pixels, in JSON in kit.data.json_images.

Nothing is left out without a line that counts and names it; hidden files and what lies in `__MACOSX` are never images.
"""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from kit.data.archives.limits import is_hidden
from kit.data.json_images import json_images
from kit.data.labels import column, label_columns, labels, numbers, one_hot, table_columns, tags
from kit.data.pixels import PixelTable, pixel_csv
from kit.data.tables import table
from kit.errors import DataError
from kit.progress import say

__all__ = [
    "PixelTable",
    "class_folders",
    "column",
    "find_images",
    "image_folder",
    "json_images",
    "label_columns",
    "labels",
    "natural",
    "numbers",
    "one_hot",
    "pixel_csv",
    "table",
    "table_columns",
    "tags",
]

IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".npy", ".dcm", ".dicom")


def natural(name: str) -> str:
    """A sort key by which 2.png comes before 10.png: of a number it begins with how many digits there are. One text, since a
    folder may hold very many images.
    """
    return re.sub(r"[0-9]+|[^0-9]+", _natural_part, name)


def _natural_part(found: re.Match[str]) -> str:
    part = found[0]
    digits = part.lstrip("0")
    return f"0{chr(len(digits))}{digits}\0{part}\0" if part[0] in "0123456789" else f"1{part}\0"


def image_folder(folder: Path, suffix: str | None = None) -> list[Path]:
    """The images in `folder` that end in `suffix` (".png"; case does not matter), by default in any of IMAGES; natural order.

    Images of other endings are counted and named on stderr. DataError if there is none of that ending.
    """
    if not folder.is_dir():
        raise DataError(f"no folder of images {folder}", do="compare Archives and `read` with what the archive holds")
    files = [path for path in folder.iterdir() if not is_hidden(path.name)]
    images = [path for path in files if _is_image(path, suffix)]
    if not images:
        raise DataError(
            f"no {suffix or 'image'} files in {folder}",
            received=f"{sum(1 for _ in folder.iterdir())} other entries",
            do="a folder for each class wants kit.data.readers.class_folders" if any(folder.glob("*/")) else "",
        )
    _mention_others(folder, [path for path in files if _is_image(path) and not _is_image(path, suffix)])
    return sorted(images, key=lambda path: natural(path.name))


def class_folders(
    folder: Path, suffix: str | None = None, *, only: Sequence[str] = ()
) -> tuple[list[str], list[Path], list[str]]:
    """Ids, images and labels of a folder with a folder of images for each class, in natural order of the ids.

    A label is the name of the folder that the image lies in, an id its path below `folder`: cat/1 of cat/1.jpg, so that
    another class may have a 1.jpg too; where cat/1.png lies beside it, both ids keep their ending. suffix: as for image_folder.
    only: the folders that are classes, where that of the test lies beside them.
    Raises DataError for no such folder and for images that lie in none.
    """
    if not folder.is_dir():
        raise DataError(f"no folder {folder}", do="compare Archives and `read` with what the archive holds")
    everything = [path for name in only or [""] for path in _images_below(folder / name)]
    images = [path for path in everything if _is_image(path, suffix)]
    loose = [path.name for path in images if path.parent == folder]
    if loose or not images:
        what = suffix or "image"
        raise DataError(
            f"{folder} is no folder of classes",
            received=f"{len(loose)} {what} files outside of them, such as {min(loose)}" if loose else "no images",
            expected=f"a folder of {what} files for each class",
        )
    _mention_others(folder, [path for path in everything if not _is_image(path, suffix)])
    named = _ids_below(folder, images)
    ids = sorted(named, key=natural)
    return ids, [named[one] for one in ids], [named[one].parent.name for one in ids]


def find_images(folder: Path, ids: Sequence[str], *, shared: bool = False) -> list[Path]:
    """The image of each of `ids`, in their order: an id is a file's name or path below `folder`, with its ending or without.

    Other images there are counted and named on stderr, unless the folder is shared with the other part.
    Raises DataError for an id without an image and for one that two files answer to.
    """
    if not folder.is_dir():
        raise DataError(f"no folder of images {folder}", do="compare Archives and `read` with what the archive holds")
    images = _images_below(folder)
    known: dict[str, set[Path]] = {}
    for path in images:
        inside = path.relative_to(folder)
        for name in (path.name, path.stem, inside.as_posix(), inside.with_suffix("").as_posix()):
            known.setdefault(name, set()).add(path)
    if missing := [name for name in ids if name not in known]:
        raise DataError(
            f"{len(missing)} of {len(ids)} ids have no image in {folder}, such as {missing[0]!r}",
            received=f"{len(images)} images, such as {images[0].name!r}" if images else "no images",
            expected="ids that are names of files, with their ending or without",
        )
    for name in ids:
        if len(known[name]) > 1:
            both = " and ".join(sorted(str(path.relative_to(folder)) for path in known[name])[:2])
            raise DataError(f"id {name!r} is the name of two images in {folder}", received=both, expected="one")
    if not shared:
        used = {path for name in ids for path in known[name]}
        _mention_others(folder, [path for path in images if path not in used])
    return [next(iter(known[name])) for name in ids]


def _is_image(path: Path, suffix: str | None = None) -> bool:
    return path.suffix.lower() == suffix.lower() if suffix else path.suffix.lower() in IMAGES


def _images_below(folder: Path) -> list[Path]:
    """All images at any depth, sorted; but for what is hidden."""
    files = (Path(root) / name for root, _, names in os.walk(folder) for name in names)
    return sorted(path for path in files if _is_image(path) and not is_hidden(path.relative_to(folder).as_posix()))


def _ids_below(folder: Path, images: Sequence[Path]) -> dict[str, Path]:
    """Images by their path below `folder` without its ending, or with it where two would be called alike."""
    short = [path.relative_to(folder).with_suffix("").as_posix() for path in images]
    twice = {name for name, earlier in zip(sorted(short)[1:], sorted(short), strict=False) if name == earlier}
    return {
        path.relative_to(folder).as_posix() if name in twice else name: path
        for name, path in zip(short, images, strict=True)
    }


def _mention_others(folder: Path, others: Iterable[Path]) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in others)
    if names:
        say(f"{folder}: {len(names)} more images are left out, such as {names[0]}")
