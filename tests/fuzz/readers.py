"""What reads that which others wrote, each with inputs for it: a reader takes an input and a folder of its own to lay it in."""

import dataclasses
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from kit import config, predictions, runs
from kit.competition import Submission
from kit.data import tables
from kit.data.archives.limits import Limits
from kit.data.archives.unpack import extract
from kit.data.readers import pixel_csv
from kit.files import read_json
from kit.runs.scores import read_scores
from kit.scaffold import facts, template
from kit.sharing import manifest, read_predictions
from kit.submission.read_back import read_back
from kit.submission.sample import Sample
from kit.submission.validate import validate
from kit.targets import Classes, Labels, Numbers
from tests.fuzz.mutations import Input, literals, mutated, packed
from tests.scaffold import forms
from tests.small_archives import packed7, tarred, zipped
from tests.submission.conftest import CLASSES, competition

LIMITS = Limits(members=1000, bytes=32 << 20, ratio_from=1 << 20)


@dataclass(frozen=True)
class Reader:
    """read: returns for an input that it takes, raises KitError for any other."""

    inputs: st.SearchStrategy[Input]
    read: Callable[[Input, Path], None]


def _write(given: Input, folder: Path) -> Path:
    path = folder / given.name
    path.write_bytes(given.data)
    return path


# Submission files, of every form.

IDS = ("7", "007", "a b", "4", "5", "6")
FORMS = {
    "label": (Submission("id", ("answer",), values=("1", "2", "3")), "accuracy", Classes(CLASSES), "1"),
    "one": (Submission("id", ("answer",), kind="probability", of=("dog",)), "log_loss", Classes(CLASSES), "0.25"),
    "probability": (
        Submission("id", ("owl", "cat", "dog"), kind="probability"),
        "log_loss",
        Classes(CLASSES),
        ".2,.3,0.5",
    ),
    "ranking": (Submission("id", ("answer",), kind="ranking"), "map@3", Classes(CLASSES), "cat owl dog"),
    "labels": (Submission("id", ("answer",), kind="labels"), "micro_f1", Labels(CLASSES), "cat dog"),
    "value": (Submission("id", ("answer",), kind="value"), "rmse", Numbers(("size",), low=0, high=9), "2.5"),
}


def _competition(name: str):
    form, metric, target, _ = FORMS[name]
    return dataclasses.replace(competition(form, metric), target=target)


def _submission(name: str) -> Input:
    form, _, _, said = FORMS[name]
    lines = [",".join(("id", *form.target_columns)), *(f"{one},{said}" for one in IDS)]
    return Input(name, "".join(f"{line}\n" for line in lines).encode())


def _read_submission(given: Input, folder: Path) -> None:
    judged = _competition(given.name)
    form = judged.submission
    validate(given.data, judged, Sample((form.id_column, *form.target_columns), IDS))
    read_back(judged, given.data)  # what passed can be scored


# Archives, and the scaffold, which looks into them without unpacking.

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
ARCHIVES = [
    *(Input("a.zip", zipped(members)) for members in (INNER, NESTED)),
    *(Input("a.7z", packed7(INNER)), Input("a.tar", tarred(INNER)), Input("a.tar.gz", tarred(INNER, "w:gz"))),
]


def _read_archive(given: Input, folder: Path) -> None:
    extract(_write(given, folder), folder / "raw", limits=LIMITS)


FOUND = [
    {name: data if isinstance(data, bytes) else data.encode() for name, data in form().items()}
    for form in (forms.breeds, forms.catheters)
]
SCAFFOLDED = (
    *NAMES,
    "train.csv",
    "test.csv",
    "sample_submission.csv",
    "annotations.json",
    "train/cat.1.jpg",
    "test/images.npy",
)


def _read_scaffold(given: Input, folder: Path) -> None:
    for name, text in template.write_files("zoo", facts.read(_write(given, folder))).items():
        if name.endswith(".py"):
            compile(text, name, "exec")


# Tables of a competition.

PIXELS = b"label," + b",".join(b"pixel%d" % n for n in range(4)) + b"\ncat,0,1,2,255\ndog,3,4,5,6\n"
RECORDS = b'[{"id": "1", "label": "cat", "box": [1, 2]}, {"id": "2", "label": null}]'
COCO = b'{"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"id": 5, "image_id": 1, "category_id": 7}]}'
TABLES = [
    *(Input("labels.csv", b'id,label\n1,cat\n007,"a, ""b"""\n'), Input("pixels.csv", PIXELS)),
    *(Input("records.json", RECORDS), Input("coco.json", COCO)),
]


@st.composite
def _records(draw: st.DrawFn) -> Input:
    """JSON of any kind, or images and annotations of which one part is so."""
    if draw(st.booleans()):
        return Input("records.json", json.dumps(draw(literals())).encode())
    value = json.loads(COCO)
    part = draw(st.sampled_from(("images", "annotations")))
    if draw(st.booleans()):
        value[part] = draw(literals())
    else:
        value[part][0][draw(st.sampled_from(sorted(value[part][0])))] = draw(literals())
    return Input("coco.json", json.dumps(value).encode())


def _read_table(given: Input, folder: Path) -> None:
    path = _write(given, folder)
    if given.name == "pixels.csv":
        pixel_csv(path, (2, 2, 1), label_column="label")
    else:
        tables.table(path)


# Settings, as they are typed and as a run keeps them.

VALUES = st.text(max_size=12) | st.sampled_from(
    ("1", "-1", "1e400", "nan", "inf", "true", "", ",", "1,,2", "9" * 5000, "1_0", "\u0661")
)


def _typed() -> st.SearchStrategy[Input]:
    keys = st.sampled_from(sorted(config.FIELDS)) | st.text(max_size=6)
    return st.builds(
        lambda key, mark, value: Input("typed", f"{key}{mark}{value}".encode("utf-8", "replace")),
        keys,
        st.sampled_from("== :"),
        VALUES,
    )


def _kept() -> st.SearchStrategy[Input]:
    settings = st.dictionaries(st.sampled_from(sorted(config.FIELDS)), literals(), max_size=3)
    return settings.map(lambda held: Input("kept", json.dumps(held).encode()))


def _read_configuration(given: Input, folder: Path) -> None:
    text = given.data.decode()
    layer = json.loads(text) if given.name == "kept" else dict([config.parse(text)])
    config.resolve([(given.name, layer)])


# What a teammate or a kernel left.

ZOO = _competition("label")


def _stored(**arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def _arrays() -> list[Input]:
    values = np.full((3, 3), 1 / 3, np.float32)
    return [Input("oof.npz", _stored(ids=np.array(["1", "2", "3"]), probabilities=values, classes=np.array(CLASSES)))]


def _read_arrays(given: Input, folder: Path) -> None:
    path = _write(given, folder)
    predictions.check(predictions.load(path), ZOO.target)
    read_predictions.read(path, ZOO)


SETTINGS = dataclasses.asdict(config.Config())
RUN = {
    "id": "zoo-x-1120-120000",
    "slug": "zoo",
    "kind": "train",
    "name": None,
    "parents": [],
    "created": "2026-11-20T12:00:00+00:00",
}
SHARED = {name: {"sha256": "0" * 64, "bytes": 5} for name in manifest.NEEDED}
JSON = {
    "run.json": RUN,
    "config.json": {"config": SETTINGS, "origin": {}},
    "manifest.json": {"format": manifest.FORMAT, "run": RUN["id"], "kind": "train", "files": SHARED},
    "metrics.json": {"metric": "accuracy", "score": 0.9, "error": 0.01, "rows": 90},
}


@st.composite
def _replaced(draw: st.DrawFn) -> Input:
    """Sound JSON with another value in one place."""
    name = draw(st.sampled_from(sorted(JSON)))
    value = json.loads(json.dumps(JSON[name]))
    inner = value["config"] if name == "config.json" else value
    inner[draw(st.sampled_from(sorted(inner)))] = draw(literals())
    return Input(name, json.dumps(value).encode())


def _read_json(given: Input, folder: Path) -> None:
    for name, value in JSON.items():
        (folder / name).write_text(json.dumps(value))
    path = _write(given, folder)
    if given.name == "manifest.json":
        manifest.parse(given.data, str(RUN["id"]), manifest.PREDICTIONS)
    else:
        read_json(path)
        run = runs.read_run(folder)
        read_scores(run)


READERS = {
    "submission validator": Reader(mutated([_submission(name) for name in FORMS]), _read_submission),
    "archive reader": Reader(mutated(ARCHIVES) | packed([INNER, NESTED], NAMES), _read_archive),
    "table reader": Reader(mutated(TABLES) | _records(), _read_table),
    "configuration parser": Reader(_typed() | _kept(), _read_configuration),
    "scaffold": Reader(packed(FOUND, SCAFFOLDED), _read_scaffold),
    "npz reader": Reader(mutated(_arrays()), _read_arrays),
    "json reader": Reader(
        _replaced() | mutated([Input(name, json.dumps(value).encode()) for name, value in JSON.items()]), _read_json
    ),
}
