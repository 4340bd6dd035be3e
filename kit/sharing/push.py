"""Runs to the team: once, whole, and never another one under the same id."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from kit import runs
from kit.errors import DataError, NewerVersionError
from kit.files import write_text
from kit.json_files import parse_json, to_json
from kit.runs import Run, notes, provenance
from kit.sharing import manifest, team_folds
from kit.sharing.manifest import PLUGIN, PREDICTIONS, WEIGHTS, Manifest, Part
from kit.sharing.stores import Store


def push(store: Store, shared: Sequence[Run], *, weights: bool = False) -> dict[str, int]:
    """Puts predictions and records of finished runs, what they learned with, and their weights if asked, into the store, and
    the folds, if none are there. Bytes sent, by id: 0 for a run that is there already; its note and tags there become
    those here, if it has any.

    Raises DataError for a run that is not finished or has no weights, and for another run of that id in the store.
    """
    made = [(run, _manifest(run, part)) for run in shared for part in _list_parts(run, weights)]
    there = {own.key: data for _, own in made if (data := _read_same(store, own))}
    new = [(run, own) for run, own in made if own.key not in there]
    renewed = {own.key: text for run, own in made if own.key in there and (text := _renew(run, own, there[own.key]))}
    with tempfile.TemporaryDirectory() as scratch:
        files = team_folds.find_missing(store, {run.slug for run in shared})
        for run, own in new:
            files |= {f"{run.id}/{name}": run.folder / name for name in own.files}
            files[own.key] = Path(scratch) / own.key
            write_text(files[own.key], own.text())
        for key, text in renewed.items():
            files[key] = Path(scratch) / key
            write_text(files[key], text)
        if files:
            store.put(files)
    return {run.id: sum(own.size for one, own in new if one is run) for run in shared}


def list_new(store: Store, competition: str | None = None) -> list[Run]:
    """The finished runs here, of one competition if asked, that the store has not; none that is archived."""
    there = set(store.ids(PREDICTIONS.name))
    return [run for run in runs.list_runs(competition) if run.status() == "finished" and run.id not in there]


def _list_parts(run: Run, weights: bool) -> list[Part]:
    """The plug-in first: a run is there with its predictions."""
    parts = [PLUGIN] if run.plugin.is_dir() else []
    return [*parts, PREDICTIONS, *([WEIGHTS] if weights and run.kind == "train" else [])]


def _manifest(run: Run, part: Part) -> Manifest:
    if run.status() != "finished":
        raise DataError(f"{run.id} is not finished", received=run.status(), do=f"kit train --resume {run.id}")
    own = manifest.make(run, part)
    if part is WEIGHTS and len(own.files) != len(run.members()):
        raise DataError(
            f"{run.id} has not all its weights here",
            received=f"{len(own.files)} files",
            expected=len(run.members()),
            do="leave out --weights",
        )
    for name in own.files if part is WEIGHTS else ():
        provenance.check_weights(run.folder / name)
    return own


def _read_same(store: Store, own: Manifest) -> bytes | None:
    """Its manifest in the store, None if there is none. A damaged one counts as none: it may be half of one, as a push that was
    cut off can leave.
    """
    data = store.read(own.key)
    try:
        there = manifest.parse(data or b"", own.run, own.part)
    except NewerVersionError:
        raise
    except DataError:
        return None
    if there.files != own.files:
        odd = [name for name in own.files.keys() | there.files.keys() if there.files.get(name) != own.files.get(name)]
        raise DataError(
            f"another run {own.run} is there already",
            received=f"{len(odd)} files differ, such as {min(odd)}",
            expected="the same bytes: a run does not change",
        )
    return data


def _renew(run: Run, own: Manifest, data: bytes) -> str:
    """The manifest in the store with the note and the tags that the run has here; empty where that changes nothing."""
    stored, words = parse_json(data), notes.describe(run) if own.part is PREDICTIONS else {}
    about = stored.get("about", {}) | words
    return "" if about == stored.get("about", {}) else to_json(stored | {"about": about}) + "\n"
