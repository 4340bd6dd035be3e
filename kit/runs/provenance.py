"""What a run's environment.json says of the data that it was trained on, so that what does not fit is refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from kit.errors import DataError
from kit.files import read_json, write_json
from kit.runs import Run
from kit.runs.scores import read_environment


def check_competition(run: Run, slug: str) -> None:
    """Raises DataError unless the run is of that competition."""
    if run.slug != slug:
        raise DataError(f"run {run.id} is of another competition", received=run.slug, expected=slug)


def note_device(run: Run, chosen: Mapping[str, Any]) -> None:
    """Adds to environment.json what `auto` came to where the run is trained, last if on several machines."""
    path = run.folder / "environment.json"
    write_json(path, {**read_json(path), "device": chosen})


def check_data(run: Run, fingerprints: Mapping[str, str | None]) -> None:
    """Raises DataError unless the run was trained on this data and these folds: other folds would let members judge rows
    that they learned from.
    """
    environment = read_environment(run)
    for key, value in fingerprints.items():
        if environment.get(key) != value:
            what = key.removesuffix("_fingerprint")
            raise DataError(
                f"the {what} here differ from what {run.id} was trained on",
                received=f"{what} {str(value)[:12]}",
                expected=str(environment.get(key))[:12],
                do="bring back the folds.csv, corrections.csv and data it was trained on, or train again",
            )


def corrections_of(parts: Sequence[Run]) -> dict[str, str | None]:
    """For the environment of a run that is made of others: which corrections those were trained with, if all with the same."""
    found = {read_environment(part).get("corrections_fingerprint") for part in parts}
    return {"corrections_fingerprint": found.pop() if len(found) == 1 else "mixed"}
