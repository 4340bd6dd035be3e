"""From a built kernel to Kaggle and back: push the dataset, then the kernel; fetch what it wrote, believe it, keep it."""

import shutil
from pathlib import Path
from typing import Any, TypedDict, cast

from kit import paths
from kit.competition import Competition
from kit.data import cache
from kit.data import folds as fold_table
from kit.data.archives import unpack
from kit.errors import DataError, KaggleError
from kit.fields import check_fields, is_id, is_sha256, object_of, one_of
from kit.files import replace_folder, scratch_folder, sha256
from kit.json_files import read_json, write_json
from kit.kaggle import names
from kit.kernel import bundle
from kit.kernel.inside import OUTPUT
from kit.progress import say
from kit.runs.author import find_author
from kit.runs.check_records import read_records

RECORD = "pushed.json"
RESULT = {"bundle": is_sha256, "mode": one_of("predict", "train"), "run": is_id, "files": object_of(is_sha256)}
FILES = {"submission.csv", "run.zip"}  # that a kernel writes beside it


class Pushed(TypedDict, total=False):
    """What Kaggle has: the dataset as owner/name, None if the code carries all; the sha256 of the bundle; and, once it took the
    kernel too, that as owner/name, its version and address.
    """

    dataset: str | None
    bundle: str
    kernel: str
    version: int
    url: str


def push(folder: Path, *, timeout_s: float, poll_s: float) -> Pushed:
    """Publishes the dataset, unless Kaggle has this very one, then pushes the kernel. Returns what is recorded of it."""
    from kit.kaggle import datasets, kernels

    manifest = bundle.manifest(folder)
    owner = kernels.owner()
    name = str(_fill_owner(folder / "kernel" / "kernel-metadata.json", owner)["id"])
    before: Pushed = record(folder) if (folder / RECORD).exists() else {}
    dataset = None
    if (folder / "dataset").is_dir():
        dataset = str(_fill_owner(folder / "dataset" / bundle.METADATA, owner)["id"])
        if (before.get("dataset"), before.get("bundle")) == (dataset, manifest["sha256"]):
            say(f"dataset {dataset} is at Kaggle already")
        else:
            datasets.publish(folder / "dataset", manifest["sha256"][:12], timeout_s=timeout_s, poll_s=poll_s)
            # the dataset alone: should the kernel be refused, the next push need not upload again
            write_json(folder / RECORD, {"dataset": dataset, "bundle": manifest["sha256"]})
    sent = kernels.push(folder / "kernel", name)
    kept = Pushed(dataset=dataset, bundle=manifest["sha256"], kernel=name, version=sent.version, url=sent.url)
    write_json(folder / RECORD, kept)
    return kept


def _fill_owner(path: Path, owner: str) -> dict[str, Any]:
    """The metadata with the user's name filled in, on disk too."""
    text = path.read_text().replace(f'"{names.OWNER}/', f'"{owner}/')
    path.write_text(text)
    return dict(read_json(path))


def record(folder: Path) -> Pushed:
    """What was pushed last. Raises DataError if no kernel was."""
    bundle.manifest(folder)
    path = folder / RECORD
    kept = cast(Pushed, read_json(path)) if path.exists() else {}
    if not kept:
        raise DataError(f"{folder.name} was not pushed yet", do=f"kit kernel push {folder.name}")
    return kept


def version(folder: Path) -> tuple[str, int]:
    """(owner/slug, version) of the kernel that was pushed last."""
    kept = record(folder)
    if "kernel" not in kept:
        raise DataError(
            f"Kaggle has the dataset of {folder.name} but not the kernel", do=f"kit kernel push {folder.name}"
        )
    return kept["kernel"], kept["version"]


def fetch(folder: Path, competition: Competition) -> dict[str, Any]:
    """Brings what the pushed version wrote into folder/output; a run that was trained there becomes a run here.

    Raises KaggleError for files that are not what the kernel reported, such as an error page or an older version's.
    """
    from kit.kaggle import kernels

    name, number = version(folder)
    with replace_folder(folder / "output") as made:
        kernels.fetch(name, number, made)
        result = _verify_output(made, record(folder)["bundle"], f"{name} version {number}")
    if result["mode"] == "train":
        _keep_run(folder, competition, result["run"])
    return result | {"submission": str(folder / "output" / "submission.csv")}


def _verify_output(output: Path, built: str, what: str) -> dict[str, Any]:
    try:
        result = check_fields(read_json(output / OUTPUT), OUTPUT, RESULT, {})
        if result["bundle"] != built:
            raise KaggleError(
                f"the output of {what} is of another bundle",
                received=result["bundle"][:12],
                expected=built[:12],
                do="push again, and wait until it is complete",
            )
        files = result["files"]
        odd = [file for file, digest in files.items() if file not in FILES or sha256(output / file) != digest]
    except (DataError, OSError) as error:
        names_here = ", ".join(sorted(path.name for path in output.iterdir()))
        raise KaggleError(
            f"{what} left no whole result",
            received=f"{names_here}: {error}",
            do="`kit kernel status` says how it ended",
        ) from None
    if odd or "submission.csv" not in files:
        raise KaggleError(
            f"{what}: {', '.join(odd) or 'submission.csv'} is not what the kernel wrote", do="fetch again"
        )
    return result


def _keep_run(folder: Path, competition: Competition, run: str) -> None:
    target = paths.runs() / run
    if target.exists():
        say(f"run {run} is here already")
        return
    with scratch_folder(target.parent) as scratch:
        unpack.open_outermost(folder / "output" / "run.zip", scratch)
        arrived = scratch / run
        record, _ = read_records(arrived)
        if (record["id"], record["slug"]) != (run, competition.slug):
            raise DataError(f"run.zip holds another run than {run}", received=record["id"], do="push again")
        write_json(
            arrived / "run.json", {**record, "author": find_author()[0]}
        )  # who pushed the kernel, where it has no name
        stored = read_json(arrived / "config.json")
        stored["config"]["weights"] = read_json(folder / bundle.LOCAL)["weights"]  # where the file lies here
        write_json(arrived / "config.json", stored)
        _fit_in(arrived, competition)
        shutil.move(arrived, target)


def _fit_in(arrived: Path, competition: Competition) -> None:
    """Takes the run as one of the data here if ids, labels and folds are the same: Kaggle's image decodes a JPEG with another
    version of the library, and so some pixels to the next grey level, which is another fingerprint but no other data.
    """
    folders = paths.data(competition.slug)
    if not folders.folds.exists():
        say(f"`kit prepare {competition.slug}` comes before blending or predicting with this run")
        return
    data = cache.load(competition, folders)
    here = fold_table.fingerprints(data, fold_table.read(folders.folds, data.train.ids))
    there = read_json(arrived / "environment.json")
    same_rows = read_json(arrived / "rows.json")["rows_fingerprint"] == fold_table.rows_fingerprint(data)
    if same_rows and there["folds_fingerprint"] == here["folds_fingerprint"]:
        there |= {"decoded_fingerprint": there["data_fingerprint"], "data_fingerprint": here["data_fingerprint"]}
        write_json(arrived / "environment.json", there)
    else:
        say("warning: it was trained on other rows or folds than those here, and cannot be blended with runs of these")
