"""The states that verbs begin with, each made by commands of the kit, and the files that some verbs are given."""

import hashlib
import json
import shutil
import zipfile

import numpy as np
from PIL import Image

from kit.data import cache, folds
from kit.paths import DataFolders
from kit.plugins import load
from tests.kaggle_kernels import make_outputs
from tests.reliability.child import RENAMES, Kill
from tests.reliability.place import SLUG, Place

A, B = f"{SLUG}-a-", f"{SLUG}-b-"  # beginnings of the ids of two runs
KERNEL, TRAINING = f"{SLUG}-predict", f"{SLUG}-train"
SHORT = ("--folds", "1", "--deterministic", "--set", "epochs=2", "--set", "patience=2")
UNTRAINED = ("fresh", "downloaded", "prepared")
CORRECTIONS = "id,action,label\n1,drop,\n2,relabel,flat\n"


def make_states(place: Place, trained: bool = True) -> None:
    """fresh, downloaded and prepared; and if asked those that need a training."""
    place.make("downloaded", "fresh", ["download", SLUG, "--from", str(place.archive)])
    place.make("prepared", "downloaded", ["prepare", SLUG, "--folds", "3"])
    (place.given / "corrections.csv").write_text(CORRECTIONS)
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(place.given / "photo.png")
    if trained:
        _make_trained(place)
        _interrupt(place)


def _make_trained(place: Place) -> None:
    trainings = [["train", SLUG, *SHORT, "--name", name, "--seed", str(n)] for n, name in enumerate("ab")]
    place.make("trained", "prepared", *trainings)
    place.make("held out", "downloaded", ["prepare", SLUG, "--folds", "3", "--holdout", "0.2"], trainings[0])
    place.make("shared", "trained", ["runs", "push", A, "--weights", "--store", str(place.team)])
    shutil.rmtree(next((place.states / "shared" / "home" / "runs").glob(f"{A}*")))
    place.make("listed", "shared", ["submissions", SLUG])
    place.make("other folds", "shared", ["prepare", SLUG, "--folds", "3", "--reset-folds", "--fold-seed", "1"])
    place.make("deleted", "trained", ["runs", "delete", B])
    place.make("built", "trained", ["kernel", "build", SLUG, "--run", A])
    place.make("submitted", "trained", ["submit", SLUG, A, "--send"])
    place.make(
        "pushed",
        "trained",
        ["kernel", "build", SLUG, "--mode", "train", "--run", A],
        ["kernel", "push", TRAINING, "--poll", "0"],
    )
    _let_kernel_train(place)


def _let_kernel_train(place: Place) -> None:
    """The pushed kernel has made run A, which is no longer here."""
    state = place.states / "pushed" / "home"
    run, where = next((state / "runs").glob(f"{A}*")), DataFolders(state / "data" / SLUG)
    data = cache.load(load(SLUG, [place.plugins]), where)
    (run / "rows.json").write_text(json.dumps({"rows_fingerprint": folds.rows_fingerprint(data)}))
    packed = place.root / "run.zip"
    with zipfile.ZipFile(packed, "w") as out:
        for path in run.rglob("*"):
            out.write(path, f"{run.name}/{path.relative_to(run)}")
    folder = state / "kernels" / TRAINING
    files = {"run.zip": packed.read_bytes(), "submission.csv": make_outputs(folder)["submission.csv"]}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    place.kernels["pushed"].outputs = files | make_outputs(folder, mode="train", run=run.name, files=hashes)
    shutil.rmtree(run)


def _interrupt(place: Place) -> None:
    """A training that was killed after its first epoch."""
    words = ["train", SLUG, *SHORT, "--name", "c"]
    place.restore("prepared")
    names = [name for _, name in RENAMES]
    for number, name in enumerate(place.run(words).events):
        if name in names:
            place.restore("prepared")
            place.run(words, Kill(number, after=True))
            if list(place.home.glob("runs/*/fold-0/state.json")):
                place.keep("interrupted")
                return
    raise RuntimeError("no checkpoint was seen")
