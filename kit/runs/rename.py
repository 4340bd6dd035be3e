"""Another id for a run, before anything refers to it; and the folder of one whose id it does not have."""

import datetime
from collections.abc import Sequence

from kit import paths, runs
from kit.errors import ConfigError, DataError
from kit.json_files import read_json, write_json
from kit.runs import NAME, Run


def rename(run: Run, name: str | None, submitted: Sequence[int]) -> Run:
    """The run with `name` in its id; its time stays. Without a name, a folder that somebody has renamed is called as its run
    again, and any other run only gets another random part.

    submitted: the numbers of its submissions on Kaggle. Raises DataError where those, or other runs, know it by its id.
    """
    if run.status() == "running":
        raise DataError(f"{run.id} is being trained", do="stop it first, or wait")
    mended = paths.runs() / run.id
    if name is None and run.folder.name != run.id and not mended.exists():
        run.folder.rename(mended)
        return runs.open_run(mended)
    _check_unknown(run, submitted)
    if name is not None and not NAME.fullmatch(name):
        raise ConfigError(
            "that name does not fit into a folder name", received=repr(name), expected="letters, digits, . _ -"
        )
    label = name or runs.label_of(run)
    target = paths.runs() / runs.make_id(run.slug, label, datetime.datetime.fromisoformat(run.created))
    run.folder.rename(target)  # killed here, the folder has not the id of its run, which `kit runs` says
    record = read_json(target / "run.json")
    write_json(target / "run.json", {**record, "id": target.name, "name": label})
    return runs.open_run(target)


def _check_unknown(run: Run, submitted: Sequence[int]) -> None:
    if submitted:
        numbers = ", ".join(map(str, submitted))
        raise DataError(
            f"{run.id} was submitted as {numbers}: Kaggle's list knows it by its id", do="kit runs note, instead"
        )
    others = [one for one in runs.list_runs(run.slug, archived=True) if one.folder != run.folder]
    twin = any(one.id == run.id for one in others)  # a copy of the folder: the others mean that one
    if needing := [one.id for one in others if run.id in (*one.parents, one.config.teacher) and not twin]:
        raise DataError(f"{run.id} is known by its id to {', '.join(needing)}", do="kit runs note, instead")
