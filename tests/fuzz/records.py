"""Settings, as they are typed and as a run keeps them; arrays and JSON that a teammate or a kernel left."""

import dataclasses
import io
import json
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from kit import config, predictions, runs
from kit.json_files import read_json
from kit.runs.scores import read_scores
from kit.sharing import manifest, read_predictions
from tests.fuzz.mutations import Input, literals, mutated
from tests.fuzz.submissions import make_competition
from tests.submission.conftest import CLASSES

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


def read_configuration(given: Input, folder: Path) -> None:
    text = given.data.decode()
    layer = json.loads(text) if given.name == "kept" else dict([config.parse(text)])
    config.resolve([(given.name, layer)])


ZOO = make_competition("label")


def _stored(**arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def _arrays() -> list[Input]:
    values = np.full((3, 3), 1 / 3, np.float32)
    return [Input("oof.npz", _stored(ids=np.array(["1", "2", "3"]), probabilities=values, classes=np.array(CLASSES)))]


def read_arrays(given: Input, folder: Path) -> None:
    path = given.lay(folder)
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


def read_json_record(given: Input, folder: Path) -> None:
    for name, value in JSON.items():
        (folder / name).write_text(json.dumps(value))
    path = given.lay(folder)
    if given.name == "manifest.json":
        manifest.parse(given.data, str(RUN["id"]), manifest.PREDICTIONS)
    else:
        read_json(path)
        run = runs.read_run(folder)
        read_scores(run)


CONFIGURATIONS = _typed() | _kept()
ARRAYS = mutated(_arrays())
RECORDS = _replaced() | mutated([Input(name, json.dumps(value).encode()) for name, value in JSON.items()])
