"""Which of the images of a folder are of which class, and which are set aside, by the names of the folders they lie in."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.errors import DataError, list_names

PARTS = {"train": {"train", "training"}, "test": {"test", "testing"}, "val": {"val", "valid", "validation"}}

Classes = dict[str, str]  # path -> class


@dataclass(frozen=True)
class Parts:
    """The class of each training and test image by its path. test is empty where no folder says what is set aside."""

    train: Classes
    test: Classes


def find_parts(source: Path, images: Sequence[str]) -> Parts:
    """The folders right below the source are the classes; or, where there is a train and a test or val folder, those below
    each. Of test and val, both with classes, val is learned from. Folders around all others are passed over.

    source: what to call it. images: paths below it. Raises DataError for fewer than two classes, for folders of which any
    might be the classes, and for a test part of classes that train has not.
    """
    root = _unwrap("", images)
    folders = _find_part_folders(_list_folders(root, images))
    whole = "train" not in folders or len(folders) < 2
    roots = {"train": root} if whole else {part: _unwrap(f"{root}{name}/", images) for part, name in folders.items()}
    by_part = {part: _classes_below(where, images) for part, where in roots.items()}
    train = by_part.pop("train")
    _check(source / roots["train"], roots["train"], images, train)
    labeled = {part: named for part, named in by_part.items() if set(named.values()) & set(train.values())}
    test = labeled.get("test") or labeled.get("val") or {}
    if "test" in labeled:
        train |= labeled.get("val", {})
    if strange := sorted(set(test.values()) - set(train.values())):
        raise DataError(f"{source}: no training image is of {list_names(strange)}, which the test part holds")
    return Parts(train, test)


def _list_folders(root: str, images: Iterable[str]) -> list[str]:
    """The names of the folders right below `root` that hold images, at any depth."""
    inside = (path.removeprefix(root).split("/") for path in images if path.startswith(root))
    return list(dict.fromkeys(parts[0] for parts in inside if len(parts) > 1))


def _unwrap(root: str, images: Sequence[str]) -> str:
    """`root`, or while its images lie in a single folder with folders in it, that one."""
    while len(names := _list_folders(root, images)) == 1 and _list_folders(f"{root}{names[0]}/", images):
        root = f"{root}{names[0]}/"
    return root


def _find_part_folders(names: Iterable[str]) -> dict[str, str]:
    """The folder of each part of PARTS that only one is called after, such as seg_train after train."""
    called = defaultdict(list)
    for name in names:
        for part, words in PARTS.items():
            if words & set(re.split("[^a-z]+", name.lower())):
                called[part].append(name)
    return {part: several[0] for part, several in called.items() if len(several) == 1}


def _classes_below(root: str, images: Iterable[str]) -> Classes:
    """Of each image in a folder below `root`, however deep, the name of the first folder."""
    inside = {path: path.removeprefix(root) for path in images if path.startswith(root)}
    return {path: name.partition("/")[0] for path, name in inside.items() if "/" in name}


def _check(source: Path, root: str, images: Iterable[str], named: Classes) -> None:
    classes = list(dict.fromkeys(named.values()))
    if len(classes) < 2:
        loose = sum(path.startswith(root) for path in images) - len(named)
        raise DataError(
            f"{source} has {'one class' if classes else 'no classes'}",
            received=f"{len(named)} images in {classes[0] if classes else 'folders'}, {loose} beside",
            expected="a folder of images for each of two or more classes",
        )
    inner = defaultdict(set)
    for path, name in named.items():
        inner[name].update(path.removeprefix(f"{root}{name}/").split("/")[:-1][:1])
    if len(both := set.intersection(*inner.values())) > 1:
        raise DataError(
            f"{source}: which folders are the classes?",
            received=f"{list_names(classes)}, each with {list_names(sorted(both))} in it",
            do="give one of them alone",
        )
