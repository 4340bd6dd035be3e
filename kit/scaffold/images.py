"""Which members are images of training and test, in which folders they lie, and how large they are."""

import os
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from PIL import Image

from kit.check_plugin import MAX_CHANNELS
from kit.data.archives.limits import ARCHIVES, strip_packed
from kit.data.open_values import open_values
from kit.data.readers import IMAGES, natural
from kit.scaffold.members import Members

MEASURED = 20  # images whose size is looked at
LARGEST = 128  # pixels of a side that are kept as they are
SHAPE = (96, 96, 3)


@dataclass(frozen=True)
class Part:
    """Of the training or the test images. source: what Archives names. folder: where they lie below raw/. paths: of each.
    doubt: why it is a guess; empty if it is none.
    """

    source: str
    folder: str
    paths: tuple[str, ...] = ()
    doubt: str = "no such images were seen"


@dataclass(frozen=True)
class Size:
    """shape: to decode to. seen: the sizes of some images in words. doubt: why shape is a guess."""

    shape: tuple[int, int, int] = SHAPE
    seen: str = ""
    doubt: str = "no image was looked at"


@dataclass(frozen=True)
class Index:
    """paths: of all images. by_stem: the same by the name of the file without its ending."""

    paths: tuple[str, ...]
    by_stem: Mapping[str, Sequence[str]]

    def find(self, name: str) -> list[str]:
        """The images that answer to an id: the name of a file or the end of its path, with its ending or without."""
        last = name.rpartition("/")[2]
        stems = {last, os.path.splitext(last)[0]}
        paths = [path for stem in stems for path in self.by_stem.get(stem, ())]
        return [
            path
            for path in paths
            if f"/{path}".endswith(f"/{name}") or f"/{path}".rpartition(".")[0].endswith(f"/{name}")
        ]


def index_images(members: Members) -> Index:
    paths = tuple(path for path in members.files if path.lower().endswith(IMAGES))
    by_stem = defaultdict(list)
    for path in paths:
        by_stem[os.path.splitext(os.path.basename(path))[0]].append(path)
    return Index(paths, by_stem)


def locate(members: Members, index: Index, part: str, ids: Sequence[str]) -> Part:
    """The images of these ids. Of several that answer to an id, the one with `part` ("train", "test") in its path; rather no
    DICOM, which needs more to be read.
    """
    paths, roots, lacking = [], set(), []
    for name in ids:
        answering = index.find(name)
        fitting = [path for path in answering if part in path.lower()] if len(answering) > 1 else answering
        if not fitting:
            lacking.append(name)
            continue
        path = min(fitting, key=lambda one: one.lower().endswith((".dcm", ".dicom")))
        paths.append(path)
        roots.add(path[: path.rindex(name)].rstrip("/") if "/" in name else os.path.dirname(path))
    if not paths:
        guess = guess_part(members, index, part)
        if not ids or not index.paths:
            return guess
        called = f"none of {len(ids)} ids names an image, such as {ids[0]!r}; images are called {index.paths[0]}"
        return replace(guess, doubt=called)
    doubt = f"{len(lacking)} of {len(ids)} ids have no image, such as {lacking[0]!r}" if lacking else ""
    folder = os.path.commonpath(roots)
    return Part(_find_source(members, folder, paths), folder, tuple(paths), doubt)


def guess_part(members: Members, index: Index, part: str) -> Part:
    """By the names of folders and archives alone, the shortest first."""
    folders = {os.path.dirname(path) for path in index.paths}
    parents = {str(parent) for folder in folders for parent in (folder, *PurePosixPath(folder).parents)} - {"."}
    called = [folder for folder in parents if part in PurePosixPath(folder).name.lower()]
    if called:
        folder = min(called, key=lambda name: (name.count("/"), not _begins(name, part), len(name), name))
        paths = tuple(path for path in index.paths if path.startswith(f"{folder}/"))
        return Part(_find_source(members, folder, paths), folder, paths, doubt="")
    closed = [name for name in members.closed if _begins(name, part)]
    if closed:
        name = min(closed, key=lambda name: (len(name), name))
        return Part(name, strip_packed(name), doubt=f"it could not be looked into: {members.closed[name]}"[:120])
    return Part(f"{part}.zip", part)


def _begins(path: str, part: str) -> bool:
    return PurePosixPath(path).name.lower().startswith(part)


def _find_source(members: Members, folder: str, paths: Sequence[str]) -> str:
    """The archive inside that they come from; of several, the first; else their folder."""
    packed = sorted({members.sources[path] for path in paths if members.sources[path].lower().endswith(ARCHIVES)})
    return packed[0] if packed else folder or members.sources[paths[0]]


def find_class_folders(part: Part) -> tuple[str, ...]:
    """The names of the folders right below the part's, if all its images lie in several of them."""
    inside = [path.removeprefix(f"{part.folder}/").split("/") for path in part.paths]
    names = {parts[0] for parts in inside}
    whole = inside and all(len(parts) == 2 for parts in inside)
    return tuple(sorted(names, key=natural)) if whole and len(names) > 1 else ()


def find_name_classes(part: Part) -> tuple[str, tuple[str, ...]]:
    """(separator, classes) where images are called like cat.0.jpg: a few words, each before numbers. Else ("", ())."""
    found = [re.fullmatch(r"(.*?)([._-])\d+", PurePosixPath(path).stem) for path in part.paths]
    words = Counter(match[1] for match in found if match)
    marks = {match[2] for match in found if match}
    fits = found and None not in found and len(marks) == 1 and len(words) > 1 and min(words.values()) > 1
    if not fits or any(marks & set(word) for word in words):
        return "", ()
    return marks.pop(), tuple(sorted(words, key=natural))


def find_beside(index: Index, test: Part) -> Part | None:
    """The training images, where each class has a folder beside that of the test."""
    paths = tuple(path for path in index.paths if not path.startswith(f"{test.folder}/"))
    around = os.path.dirname(test.folder)
    part = Part(paths[0].removeprefix(f"{around}/").split("/")[0], around, paths, doubt="") if paths else None
    return part if part and test.paths and find_class_folders(part) else None


def measure(members: Members, paths: Sequence[str]) -> Size:
    """The shape that suits: the size of the images where all are alike and small. Looks at some of them, spread evenly; in a
    .7z or .tar.gz at the first ones, since it is unpacked up to what is read.
    """
    wanted = set(paths)
    listed = [path for path in members.files if path in wanted]
    solid = any(members.sources[path].lower().endswith((".7z", ".gz")) for path in listed)
    seen = [_open(members, path) for path in listed[:: 1 if solid else max(1, len(listed) // MEASURED)][:MEASURED]]
    sizes = [size for size in seen if size]
    if not sizes:
        return Size(doubt="no image could be looked at" if paths else Size.doubt)
    heights, widths, channels = zip(*sizes, strict=True)
    height, width = statistics.median_low(heights), statistics.median_low(widths)
    alike = len(set(heights)) == len(set(widths)) == 1
    spread = "all of" if alike else f"from {min(widths)}x{min(heights)} to {max(widths)}x{max(heights)},"
    color = {1: "grey", 3: "color"}.get(max(channels), f"{max(channels)} channels")
    words = f"{width}x{height} pixels ({spread} {len(sizes)} looked at), {color}"
    if alike and max(height, width) <= LARGEST:
        return Size((height, width, max(channels)), words, "")
    return Size((*SHAPE[:2], max(channels)), words, f"the size to decode to; images have {words}")


def _open(members: Members, path: str) -> tuple[int, int, int] | None:
    """Height, width and channels of an image; None where it cannot be read."""
    try:
        with members.files[path]() as raw:
            opened = open_values(raw)
    except Exception:  # on hostile bytes Pillow raises whatever its parsers stumble over
        return None
    if isinstance(opened, Image.Image):
        return opened.height, opened.width, 1 if opened.mode in ("1", "L") else 3
    shape = opened.shape if opened.ndim > 2 else (*opened.shape, 1)
    height, width, channels = shape if shape[-1] <= shape[0] else (*shape[1:], shape[0])
    return (height, width, channels) if channels <= MAX_CHANNELS else None
