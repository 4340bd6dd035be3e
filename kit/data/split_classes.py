"""A folder with a subfolder of images for each class, or a zip of one, as a competition that is scored here.

The archive holds train/<class>/<image>, test/<id>.<ending> and sample_submission.csv; the solution id, label and file. An id is
the beginning of the sha256 of the image's bytes, which tells nothing of its class.
Where no folder says what is set aside, it is a fifth of each class, chosen by the same sha256: the same images wherever it
runs, equal ones together.
"""

import csv
import hashlib
import io
import os
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path, PurePosixPath

from kit.data.archives.limits import is_hidden
from kit.data.archives.open_checked import check_listing
from kit.data.class_parts import Classes, Parts, find_parts
from kit.data.readers import IMAGES, natural
from kit.errors import DataError
from kit.files import write_csv
from kit.progress import bar, say

SHARE = 0.2  # of the different images of a class, those that are set aside
ID_LENGTH = 16  # of 64 hexadecimal digits
SAMPLE = "sample_submission.csv"

Files = Mapping[str, Callable[[], bytes]]  # what reads each file, by its path


def split_classes(source: Path, archive: Path, solution: Path) -> None:
    """Writes archive and solution of `source`, a folder or a zip. Images keep their bytes; what is left out is counted.

    Raises DataError for no such folder, and where kit.data.class_parts finds no two classes, or no test part can be made.
    """
    with ExitStack() as stack:
        files = _list_files(stack, source)
        images = sorted((path for path in files if path.lower().endswith(IMAGES)), key=natural)
        parts = find_parts(source, images)
        digests = {
            path: hashlib.sha256(files[path]()).hexdigest()
            for path in bar([*parts.train, *parts.test], label=f"reading {source.name}", unit="image")
        }
        if not parts.test:
            parts = _set_aside(parts.train, digests)
        if not parts.test:
            raise DataError(f"{source}: nothing can be set aside", received="classes of one image, or of equal ones")
        ids = _name_test_images(sorted(parts.test, key=lambda path: (digests[path], path)), digests)
        _write_archive(archive, files, parts.train, ids)
    write_csv(solution, ("id", "label", "file"), ((ids[path], parts.test[path], path) for path in ids))
    _describe(source, parts, [path for path in files if path not in parts.train and path not in parts.test])


def _list_files(stack: ExitStack, source: Path) -> Files:
    """All but what is hidden."""
    if source.is_dir():
        walked = (Path(root) / name for root, _, names in os.walk(source) for name in names)
        return {name: path.read_bytes for path in walked if not is_hidden(name := path.relative_to(source).as_posix())}
    try:
        check_listing(source)
        packed = stack.enter_context(zipfile.ZipFile(source))
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"no folder of images at {source}", received=error) from None
    return {name: partial(packed.read, name) for name in packed.namelist() if name[-1] != "/" and not is_hidden(name)}


def _set_aside(named: Classes, digests: Mapping[str, str]) -> Parts:
    """Of each class the fifth of its different images whose digests come first; of two images at least one."""
    class_of: dict[str, str] = {}
    for path, name in named.items():
        class_of.setdefault(digests[path], name)  # of equal images, that of the first
    of_class = defaultdict(list)
    for digest in sorted(class_of):
        of_class[class_of[digest]].append(digest)
    chosen = {one for some in of_class.values() if len(some) > 1 for one in some[: max(1, round(SHARE * len(some)))]}
    test = {path: name for path, name in named.items() if digests[path] in chosen}
    return Parts({path: name for path, name in named.items() if path not in test}, test)


def _name_test_images(test: Sequence[str], digests: Mapping[str, str]) -> dict[str, str]:
    """The id of each path, in that order; of equal images all but the first have a number behind it."""
    seen: Counter[str] = Counter()
    ids = {}
    for path in test:
        short = digests[path][:ID_LENGTH]
        seen[short] += 1
        ids[path] = short if seen[short] == 1 else f"{short}-{seen[short]}"
    return ids


def _write_archive(archive: Path, files: Files, train: Classes, ids: Mapping[str, str]) -> None:
    """The same bytes wherever it runs: stored, not deflated, and dated 1980."""
    names = _flatten(train) | {path: f"test/{one}{_ending(path)}" for path, one in ids.items()}
    rows = [("id", "label"), *((one, min(train.values(), key=natural)) for one in ids.values())]
    sample = io.StringIO()
    csv.writer(sample, lineterminator="\n").writerows(rows)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        for path in bar(names, label=f"packing {archive.name}", unit="image"):
            out.writestr(zipfile.ZipInfo(names[path]), files[path]())
        out.writestr(zipfile.ZipInfo(SAMPLE), sample.getvalue())


def _flatten(train: Classes) -> dict[str, str]:
    """train/<class>/<image> of each path; where two would be called alike, each after all folders that it lies in."""
    stems = {path: f"train/{label}/{PurePosixPath(path).stem}" for path, label in train.items()}
    several = Counter(stems.values())
    return {
        path: f"{stem}{_ending(path)}" if several[stem] == 1 else f"train/{train[path]}/{path.replace('/', '-')}"
        for path, stem in stems.items()
    }


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _describe(source: Path, parts: Parts, left_out: Sequence[str]) -> None:
    sizes = Counter(parts.train.values()).values()
    classes = f"{len(sizes)} classes of {min(sizes)} to {max(sizes)} images"
    say(f"{source}: {classes} to learn from, {len(parts.test)} images set aside")
    if left_out:
        say(f"{source}: {len(left_out)} other files are left out, such as {min(left_out, key=natural)}")
