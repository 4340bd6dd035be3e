"""Runs are deleted in two steps: first they move to runs/.trash/, from where they can come back; then the trash is emptied."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from kit import paths, runs, temporary
from kit.errors import DataError
from kit.files import write_text
from kit.runs import Run
from kit.runs.run import CHECKPOINTS

WEIGHTS = ("model.weights.h5", *CHECKPOINTS, "state.json")  # of a member, with its checkpoints


def folder() -> Path:
    return paths.runs() / ".trash"


def _mark(run_id: str) -> Path:
    """An empty file for each run that was deleted here: it stays away, also when the trash is empty, until it is asked for."""
    return paths.runs() / ".deleted" / run_id


def list_deleted() -> set[str]:
    """The ids of the runs that were deleted here, and not brought back."""
    return {file.name for file in _mark("").glob("*")} | set(list_ids())


def forget_deletion(run_id: str) -> None:
    """The run is wanted here again."""
    _mark(run_id).unlink(missing_ok=True)


def list_ids() -> list[str]:
    """The ids of the runs in the trash."""
    return sorted(file.parent.name for file in folder().glob("*/run.json"))


def delete(doomed: Sequence[Run], submitted: Callable[[Run], Sequence[int]], *, force: bool = False) -> None:
    """Moves all of them to the trash, or none.

    submitted: (run) -> the numbers of its submissions on Kaggle. force: also runs that have some; their records stay. Raises
    DataError for a run that is being trained, one that was submitted, and one that another run needs which is not deleted
    with it.
    """
    gone = {run.id for run in doomed}
    staying = [run for run in runs.list_runs(archived=True) if run.id not in gone]
    for run in doomed:
        _check(run, staying)
        if not force and (sent := [str(ref) for ref in submitted(run)]):
            raise DataError(
                f"{run.id} was submitted as {', '.join(sent)}", do="--force deletes it, and keeps that record"
            )
    for run in doomed:
        folder().mkdir(parents=True, exist_ok=True)
        _keep_submissions(run)
        write_text(_mark(run.id), "")
        run.folder.rename(folder() / run.id)


def _check(run: Run, staying: Sequence[Run]) -> None:
    _check_idle(run)
    if run.folder.parent.resolve() != paths.runs().resolve():
        raise DataError(f"{run.id} does not lie in {paths.runs()}", received=run.folder)
    if (folder() / run.id).exists():
        raise DataError(f"a run {run.id} is in the trash already", do="kit runs empty-trash, then delete it")
    if needing := [other.id for other in staying if run.id in other.parents]:
        raise DataError(f"{run.id} is needed by {', '.join(needing)}", do="delete those too, or --weights-only")
    _check_no_pupil(run, staying)


def _check_idle(run: Run) -> None:
    if run.status() == "running":
        raise DataError(f"{run.id} is being trained", do="stop it first, or wait")


def _check_no_pupil(run: Run, staying: Sequence[Run]) -> None:
    """A teacher's weights are needed until its students are trained, and those of what the teacher was made of."""
    learning = [other for other in staying if other.config.teacher and other.status() != "finished"]
    if needing := [other.id for other in learning if _depends_on(other.config.teacher, run)]:
        raise DataError(
            f"{run.id} is needed by {', '.join(needing)}, its student run", do="finish or delete that first"
        )


def _depends_on(reference: str, run: Run) -> bool:
    """Whether the run of that reference is `run`, or goes back to it."""
    try:
        named = runs.find(reference, runs.read_run)
    except DataError:
        return False
    return named.id == run.id or any(_depends_on(parent, run) for parent in named.parents)


def _keep_submissions(run: Run) -> None:
    """Where those of bare files lie: what was uploaded stays known, and each record names its run."""
    target = paths.submissions(run.slug)
    for file in paths.submissions(run.slug, run.folder).glob("*.json"):
        target.mkdir(parents=True, exist_ok=True)
        file.rename(target / file.name)


def delete_weights(run: Run) -> int:
    """Removes weights and checkpoints for good; predictions and records stay. Returns the bytes freed.

    Raises DataError for a run that is not finished: it could not go on; and for the teacher of one.
    """
    _check_idle(run)
    _check_no_pupil(run, runs.list_runs(archived=True))
    if run.status() != "finished":
        raise DataError(f"{run.id} is not finished", do="without --weights-only the whole run goes to the trash")
    doomed = [file for pattern in WEIGHTS for file in run.folder.glob(f"fold-*/{pattern}")]
    freed = sum(file.lstat().st_size for file in doomed)
    for file in doomed:
        file.unlink()
    return freed


def restore(reference: str) -> Run:
    """Brings a run back by its id or a unique beginning of it. Raises DataError if another one of that id is here."""
    name = runs.one_of(reference, list_ids(), str(folder()), "or it was deleted for good")
    target = paths.runs() / name
    if target.exists():
        raise DataError(f"a run {name} is here already", do="delete that one first")
    forget_deletion(name)  # before it is back: killed in between, it lies in the trash as before
    (folder() / name).rename(target)
    return runs.read_run(target)


def empty() -> int:
    """Removes the runs in the trash for good. Returns the bytes freed."""
    freed = size(folder())
    temporary.sweep(paths.runs())
    if folder().exists():
        gone = temporary.name_within(paths.runs())
        folder().rename(gone)  # all at once: no run that is half removed can come back
        shutil.rmtree(gone)
    return freed


def size(root: Path) -> int:
    """Bytes of all files below."""
    return sum(file.lstat().st_size for file in root.rglob("*") if file.is_file())
