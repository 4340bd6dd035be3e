"""Archives, with the function that unpacks them and the scaffold, which looks into them without unpacking."""

from pathlib import Path

from kit.data.archives.budget import Limits
from kit.data.archives.unpack import extract
from kit.scaffold import facts, template
from tests.fuzz.mutations import Input, mutated, packed
from tests.scaffold import forms
from tests.small_archives import packed7, tarred, zipped

LIMITS = Limits(files=1000, bytes=32 << 20, ratio_from=1 << 20)
INNER = {"train/1.png": b"one" * 9, "train/2.png": b"two", "labels.csv": b"id,label\n1,cat\n"}
NAMES = (
    "/etc/x",
    "../x",
    "a\\b",
    "C:x",
    "train",
    "train/1.png/x",
    "TRAIN/1.PNG",
    "a\nb",
    "x" * 300,
    ".hidden",
    "__MACOSX/a",
    "é",
    "e\u0301",
    "inner.zip",
    "x.tar",
    "x.7z",
    "x.gz",
    "manifest.json",
)
NESTED = {
    "train.zip": zipped(INNER),
    "test.tar": tarred(INNER),
    "more.7z": packed7(INNER),
    "sample.csv": b"id,label\n1,cat\n",
}
GOOD = [
    *(Input("a.zip", zipped(members)) for members in (INNER, NESTED)),
    *(Input("a.7z", packed7(INNER)), Input("a.tar", tarred(INNER)), Input("a.tar.gz", tarred(INNER, "w:gz"))),
]


def read_archive(given: Input, folder: Path) -> None:
    extract(given.lay(folder), folder / "raw", limits=LIMITS)


COMPETITIONS = [
    {name: data if isinstance(data, bytes) else data.encode() for name, data in form().items()}
    for form in (forms.breeds, forms.catheters)
]
OTHER_NAMES = (
    *NAMES,
    "train.csv",
    "test.csv",
    "sample_submission.csv",
    "annotations.json",
    "train/cat.1.jpg",
    "test/images.npy",
)


def read_scaffold(given: Input, folder: Path) -> None:
    for name, text in template.write_files("zoo", facts.read(given.lay(folder))).items():
        if name.endswith(".py"):
            compile(text, name, "exec")


ARCHIVES = mutated(GOOD) | packed([INNER, NESTED], NAMES)
SCAFFOLDED = packed(COMPETITIONS, OTHER_NAMES)
