"""What a run's environment.json says of the data that it was trained on, so that what does not fit is refused."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kit import runs
from kit.errors import DataError, list_names
from kit.files import sha256
from kit.json_files import read_json, write_json
from kit.runs import Run, plugin
from kit.runs.scores import read_environment


def check_competition(run: Run, slug: str) -> None:
    """Raises DataError unless the run is of that competition."""
    if run.slug != slug:
        raise DataError(f"run {run.id} is of another competition", received=run.slug, expected=slug)


def note_device(run: Run, chosen: Mapping[str, Any]) -> None:
    """Adds to environment.json what `auto` came to where the run is trained, last if on several machines."""
    path = run.folder / "environment.json"
    write_json(path, {**read_environment(run), "device": chosen})


def check_rows(run: Run, fingerprints: Mapping[str, str | None]) -> None:
    """Raises DataError unless the run was trained on these rows and folds, in whatever size their images are decoded here now:
    what its predictions can be joined with, and compared.
    """
    left_out = (
        "data_fingerprint" if "rows_fingerprint" in read_environment(run) else "rows_fingerprint"
    )  # of an older kit
    _compare(run, {key: value for key, value in fingerprints.items() if key != left_out})


def check_data(run: Run, fingerprints: Mapping[str, str | None]) -> None:
    """Raises DataError unless the run was trained on this data, to the pixel, and these folds: other folds would let members
    judge rows that they learned from; and where what it is stacked on is not here, or has changed.
    """
    _compare(run, {key: value for key, value in fingerprints.items() if key != "rows_fingerprint"})
    if run.kind == "train" and run.parents:
        _check_sources(run)


def find_source(reference: str) -> Run:
    """A run that another one is stacked on, among those here. Raises DataError where there is none."""
    try:
        return runs.find(runs.find(reference).id)  # not one in a folder elsewhere
    except DataError as error:
        raise DataError(str(error), do="a teammate's comes by kit runs pull") from None


def hash_predictions(sources: Sequence[str]) -> str:
    """The sha256, in hex, of what those runs predicted, out of fold and of the test rows."""
    files = [path for run in map(find_source, sources) for path in (run.oof, run.test)]
    return hashlib.sha256(" ".join(map(sha256, files)).encode()).hexdigest()


def _check_sources(run: Run) -> None:
    noted, actual = read_environment(run).get("stacked_on_sha256", ""), hash_predictions(run.parents)
    if noted != actual:
        raise DataError(
            f"the predictions that {run.id} is stacked on have changed since it was trained",
            received=f"{', '.join(run.parents)}: sha256 {actual[:12]}",
            expected=noted[:12],
            do="bring them back, or train again",
        )


def check_not_stacked(run: Run, purpose: str) -> None:
    """Raises DataError for a training that is stacked on other runs, which `purpose` cannot ask for more predictions."""
    if run.kind == "train" and run.parents:
        raise DataError(
            f"{run.id} cannot be used {purpose}: it is stacked on files of predictions, not on models",
            received=f"stacked_on={','.join(run.parents)}",
            expected="a run that reads the data alone",
        )


def _compare(run: Run, fingerprints: Mapping[str, str | None]) -> None:
    environment = read_environment(run)
    for key, value in fingerprints.items():
        if environment.get(key) != value:
            what = key.removesuffix("_fingerprint")
            raise DataError(
                f"the {what} here differ from what {run.id} was trained on",
                received=f"{what} {str(value)[:12]}",
                expected=str(environment.get(key))[:12],
                do="bring back the folds.csv (a team's: `kit runs folds SLUG`), corrections.csv and data it was trained "
                "on, or train again",
            )


def check_plugin(run: Run, folder: Path | None) -> None:
    """Raises DataError where the competition's folder is not what it was when the run began: members learn alike, or are no
    members of one run. One of an older kit, or that somebody else trained, does not know.
    """
    known = read_environment(run).get("plugin_sha256")
    if known and folder and plugin.hash_folder(folder) != known:
        odd = [name for name, _ in plugin.compare(run.plugin, folder)] if run.plugin.is_dir() else [folder]
        raise DataError(
            f"{folder} has changed since {run.id} began",
            received=f"another {list_names(list(map(str, odd)))}",
            expected=f"as in {run.plugin}",
            do=f"kit --competitions {run.plugin.parent} train --resume {run.id} goes on as it began; "
            f"or train a new run: kit train {run.slug}",
        )


def check_weights(path: Path) -> None:
    """Raises DataError unless the weights of a member are those that its metrics.json beside them recorded. An older kit, and a
    member that is not finished, recorded none.
    """
    record = path.with_name("metrics.json")
    known = read_json(record).get("weights_sha256") if record.exists() and path.exists() else None
    if known and (actual := sha256(path)) != known:
        raise DataError(
            f"{path} is damaged or was replaced since it was trained",
            received=f"sha256 {actual}",
            expected=known,
            do="`kit runs pull RUN --weights` if a teammate has it, else move its folder away and resume the run",
        )


def move_weights(run: Run, path: Path) -> Run:
    """The run, which from now on knows that the pretrained weights it was trained with lie at `path`. Raises DataError unless
    that is the same file, by its sha256.
    """
    noted, actual = read_environment(run).get("weights_sha256"), sha256(path) if path.is_file() else "no such file"
    if noted != actual:
        raise DataError(
            f"{path} is not the weights file that {run.id} was trained with",
            received=actual,
            expected=f"sha256 {noted or 'noted when it was trained: it had no such file, or an older kit trained it'}",
        )
    weights = str(path.resolve())
    record = read_json(run.folder / "config.json")
    write_json(run.folder / "config.json", {**record, "config": {**record["config"], "weights": weights}})
    return replace(run, config=replace(run.config, weights=weights))


def corrections_of(parts: Sequence[Run]) -> dict[str, str | None]:
    """For the environment of a run that is made of others: which corrections those were trained with, if all with the same."""
    fingerprints = {read_environment(part).get("corrections_fingerprint") for part in parts}
    return {"corrections_fingerprint": fingerprints.pop() if len(fingerprints) == 1 else "mixed"}
