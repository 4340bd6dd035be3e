"""Runs of the team to here: checked to the last byte in a folder of their own, which then becomes a run, or vanishes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kit import paths, runs
from kit.competition import Competition
from kit.errors import DataError
from kit.files import scratch_folder, sha256
from kit.json_files import write_json
from kit.runs import Run, notes
from kit.sharing import arrival, manifest
from kit.sharing.manifest import PLUGIN, PREDICTIONS, WEIGHTS, Manifest, Part
from kit.sharing.stores import Store


def pull(
    store: Store, run_id: str, find_competition: Callable[[str], Competition], *, source: str, weights: bool = False
) -> int:
    """Brings a run here, with its weights if asked. Returns the bytes fetched: 0 if all of it is here already.

    find_competition: by slug. source: what its record says it came from. Raises DataError, and leaves nothing, for files that
    are not what the manifest says, a run that does not fit the data and folds here, and one whose id is another run's here.
    """
    said = _read(store, run_id, PREDICTIONS)
    learned_with = _read(store, run_id, PLUGIN) if store.read(f"{run_id}/{PLUGIN.name}") else None
    carried = _read(store, run_id, WEIGHTS) if weights and said.kind == "train" else None
    target, fetched = paths.runs() / run_id, 0
    if target.exists():
        run = runs.read_run(target)
        _check_same(run, said)
        _take_words(run, said)
    else:
        with _fetch_files(store, said) as folder:
            competition = find_competition(arrival.slug_of(folder, said))
            run = arrival.check(folder, competition)
            if learned_with:
                _fetch_plugin(store, learned_with, folder)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            write_json(folder / "pulled.json", {"from": source, "when": now})
            _take_words(run, said)
            folder.rename(target)
        fetched += said.size
    if carried and not _check_same(runs.read_run(target), carried):
        with _fetch_files(store, carried) as folder:
            for name in carried.files:
                (target / name).parent.mkdir(exist_ok=True)
                (folder / name).replace(target / name)
        fetched += carried.size
    return fetched


def list_missing_parents(run_id: str) -> list[str]:
    """The runs that a run was made of and that are not here: of it, there are the predictions only."""
    parents = runs.read_run(paths.runs() / run_id).parents
    return [parent for parent in parents if not (paths.runs() / parent / "run.json").exists()]


def _take_words(run: Run, said: Manifest) -> None:
    notes.take(run, said.about.get("note", ""), said.about.get("tags", []))


def _fetch_plugin(store: Store, said: Manifest, into: Path) -> None:
    """The copy of the competition's folder, to read and compare: nothing of it is run."""
    with _fetch_files(store, said) as folder:
        (folder / "plugin").rename(into / "plugin")


def _read(store: Store, run_id: str, part: Part) -> Manifest:
    data = store.read(f"{run_id}/{part.name}")
    if data is None:
        what = "weights" if part is WEIGHTS else "whole run"
        raise DataError(
            f"there is no {what} of {run_id}", do="its owner is to push it" + " --weights" * (part is WEIGHTS)
        )
    return manifest.parse(data, run_id, part)


def _check_same(here: Run, said: Manifest) -> bool:
    """Whether the part is here; False if only some of the weights are. Raises DataError if it is here with other bytes."""
    own = manifest.make(here, said.part)
    if said.part is WEIGHTS and own.files.items() < said.files.items():
        return False
    if own.files != said.files:
        raise DataError(
            f"another run {said.run} is here already, with other bytes", do=f"kit runs delete {said.run}, or keep yours"
        )
    return True


@contextmanager
def _fetch_files(store: Store, said: Manifest) -> Iterator[Path]:
    """A folder with the files of the manifest, each of them checked; it vanishes unless it is moved away."""
    with scratch_folder(paths.runs()) as scratch:
        folder = scratch / said.run
        for name in said.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        store.fetch({f"{said.run}/{name}": folder / name for name in said.files})
        odd = [name for name, (digest, _) in said.files.items() if sha256(folder / name) != digest]
        if odd:
            raise DataError(f"{odd[0]} of {said.run} is not what its manifest says", do="push it again")
        yield folder
