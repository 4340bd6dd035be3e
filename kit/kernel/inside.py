"""What runs inside a Kaggle kernel: from the mounted data and the bundle to /kaggle/working/submission.csv."""

import json
import platform
import resource
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from kit import paths, predictions, runs
from kit.competition import Archives, Competition
from kit.config import resolve
from kit.data import cache, prepare, write_cache
from kit.data import folds as fold_table
from kit.data.archives import unpack
from kit.data.archives.budget import Limits, allow
from kit.data.cache import Dataset
from kit.data.image_rows import list_rows
from kit.ensemble import finish, join_images
from kit.ensemble.build import blend
from kit.errors import DataError, KitError
from kit.files import sha256
from kit.json_files import read_json, write_json
from kit.learn import backend
from kit.plugins import load
from kit.progress import say
from kit.submission import check

OPENED_BEFORE = Limits(
    files=sys.maxsize, bytes=sys.maxsize, ratio=sys.maxsize
)  # by `kit prepare`, under those of its call
OUTPUT = "result.json"  # written last, with the sha256 of the other files: what `kit kernel output` trusts


def run(bundle: Path, kaggle: Path) -> None:
    """Predicts, or trains, as the bundle says. Ends the process with one line for people if that cannot be done."""
    try:
        _run(bundle, kaggle, time.monotonic())
    except KitError as error:
        raise SystemExit(f"kit: {error}") from error


def _run(bundle: Path, kaggle: Path, started: float) -> None:
    manifest = read_json(bundle / "bundle.json")
    check_files(bundle, manifest["files"])
    competition = load(manifest["slug"])
    backend.load()
    mounted = _find_data(kaggle / "input", competition)
    with allow(OPENED_BEFORE):
        final = {"predict": _predict, "train": _train}[manifest["mode"]](competition, manifest, bundle, mounted)
    checked = check.build_or_read_checked(competition, final.id)
    output = kaggle / "working"
    shutil.copy(checked.path, output / "submission.csv")
    if manifest["mode"] == "train":
        data = cache.load(competition, paths.data(competition.slug))
        write_json(final.folder / "rows.json", {"rows_fingerprint": fold_table.rows_fingerprint(data)})
        shutil.make_archive(str(output / "run"), "zip", final.folder.parent, final.id)
    for notice in checked.report.notices:
        say(f"notice: {notice}")
    result = {
        "bundle": sha256(bundle / "bundle.json"),
        "mode": manifest["mode"],
        "run": final.id,
        "rows": checked.report.rows,
        "files": {name: sha256(output / name) for name in ("submission.csv", "run.zip") if (output / name).exists()},
        "seconds": round(time.monotonic() - started, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "python": platform.python_version(),
    }
    write_json(output / OUTPUT, result)
    print(json.dumps(result))  # noqa: T201 - the log of a kernel is its standard output


def check_files(folder: Path, expected: dict[str, str]) -> None:
    """Raises DataError unless the files named in `expected` are there with that sha256."""
    for name, digest in expected.items():
        actual = sha256(folder / name) if (folder / name).is_file() else "no such file"
        if actual != digest:
            raise DataError(f"{name} of the bundle is not what was built", received=actual, expected=f"sha256 {digest}")


def _find_data(inputs: Path, competition: Competition) -> Path:
    """The competition's data: /kaggle/input/<slug>, or newer /kaggle/input/competitions/<slug>."""
    for folder in (inputs / competition.slug, inputs / "competitions" / competition.slug):
        if folder.is_dir():
            return folder
    for folder in (*inputs.glob(f"*/{competition.slug}"), *inputs.glob(f"*/*/{competition.slug}")):
        if folder.is_dir():
            return folder
    raise DataError(
        f"the data of {competition.slug} are not mounted",
        received=", ".join(sorted(path.name for path in inputs.glob("*"))) or "nothing",
        do="add the competition to the kernel's inputs, and accept its rules",
    )


def _predict(competition: Competition, manifest: dict[str, Any], bundle: Path, mounted: Path) -> runs.Run:
    """Test predictions of the bundle's runs, parts before the ensembles made of them. Returns the last, which is asked for."""
    folders = paths.data(competition.slug)
    unpack.gather(mounted, folders.raw, without=unneeded(competition.archives))
    window = manifest.get("window")  # as it was found in the training images
    levels = tuple(map(tuple, manifest.get("levels", ())))  # likewise
    write_cache.write(competition, folders, "mounted", test_only=True, window=window and tuple(window), levels=levels)
    data = cache.load(competition, folders)
    ids = list_rows(data.test.rows)[0]
    done: dict[str, runs.Run] = {}
    for entry in manifest["runs"]:
        run = _restore_run(entry, bundle)
        values = (
            _blend_runs(competition, entry["blend"], done, ids)
            if entry["blend"]
            else _average_members(run, entry, competition, data)
        )
        said = finish.finish_test(competition.target, ids, values, entry["finish"])
        predictions.save(run.test, said)
        done[run.id] = run
    return run


def unneeded(archives: Archives) -> tuple[str, ...]:
    """What a kernel that only predicts leaves packed: the training images, unless the same archive holds the test images."""
    return () if archives.train in (archives.test, archives.sample) else (archives.train,)


def _restore_run(entry: dict[str, Any], bundle: Path) -> runs.Run:
    """A run folder as far as prediction needs it; weights are linked from the bundle."""
    folder = paths.runs() / entry["id"]
    stored = dict(entry["config"])
    if entry["backbone"]:
        stored["weights"] = str(bundle / entry["backbone"])
    folder.mkdir(parents=True)
    write_json(folder / "config.json", {"config": stored, "origin": {}})
    write_json(folder / "run.json", {key: entry[key] for key in ("id", "slug", "kind")} | {"parents": []})
    run = runs.open_run(folder)
    for member, carried in zip(run.members(), entry["members"], strict=False):  # an ensemble has none
        run.member(*member).mkdir()
        (run.member(*member) / "model.weights.h5").symlink_to(bundle / carried["weights"])
    return run


def _average_members(run: runs.Run, entry: dict[str, Any], competition: Competition, data: Dataset) -> np.ndarray:
    """The mean of the members' test probabilities, float32 (N, C), of rows of the submission."""
    from kit.learn import recipes
    from kit.learn.member import Member
    from kit.learn.train_member import test_probabilities

    none, known, values = np.empty(0, np.int64), recipes.available(competition), []
    for (fold, seed), carried in zip(run.members(), entry["members"], strict=True):
        folder = run.member(fold, seed)
        where = paths.data(run.slug)
        member = Member(competition, run.config, data, where, fold, none, none, folder, seed, recipes=known)
        values.append(test_probabilities(member, member.recipe.predictor(member), carried["class_prior"]))
    images = predictions.average(values)
    return join_images.join_test(competition.target, data.test, images, entry["images_joined_by"] or "mean")[1]


def _blend_runs(
    competition: Competition, record: dict[str, Any], done: dict[str, runs.Run], ids: np.ndarray
) -> np.ndarray:
    parts = [predictions.load(done[name].test).before_finish() for name in record["parts"]]
    return blend(competition.target, np.stack([part.select(ids) for part in parts]), record)


def _train(competition: Competition, manifest: dict[str, Any], bundle: Path, mounted: Path) -> runs.Run:
    """Trains the bundle's configuration here, on the folds, hold-out and corrections that the bundle brings."""
    from kit.learn import train

    folders = paths.data(competition.slug)
    unpack.gather(mounted, folders.raw)
    for shared in (folders.folds, folders.holdout, folders.corrections):
        if (bundle / shared.name).exists():
            shutil.copy(bundle / shared.name, shared)
    dealt = max(competition.folds, manifest["config"]["folds"], 2)
    prepare.decode(competition, folders, "mounted", folds=dealt)
    stored = dict(manifest["config"])
    if manifest["backbone"]:
        stored["weights"] = str(bundle / manifest["backbone"])
    config, _ = resolve([("the bundle", stored)])
    return train.train(competition, config, manifest["origin"], name=manifest["name"])
