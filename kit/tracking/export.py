"""Runs to MLflow: an experiment per competition, in it a run per run, found again by its tag kit.run.

An export can be repeated, also after one that broke off: values have the times of the run's own records, so that MLflow takes
the same one only once, and the tag kit.records, written last, tells what need not be repeated.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from kit.progress import say
from kit.runs import Run, age
from kit.tracking import records, store
from kit.tracking.records import Records

RUN, DONE = "kit.run", "kit.records"
METRICS, PARAMS = 1000, 100  # what MLflow takes in one request


def export_finished(*runs: Run) -> None:
    """Exports runs that have just finished, if that is wanted. What fails is said in one line, and never raised: the runs are
    whole without it, and `kit runs sync` catches up.
    """
    if not store.is_wanted():
        return
    try:
        for _ in sync(runs):
            pass
    except Exception as error:  # of any kind: hours of training do not fail because of a copy of their records
        say(" ".join(f"not tracked: {error}".split()))


def sync(runs: Iterable[Run]) -> Iterator[tuple[Run, str]]:
    """Exports finished runs, oldest first; yields each with "exported", "updated" (its records have changed), or "unchanged".

    Raises ConfigError without MLflow, TrackingError when the server fails, DataError for damaged records.
    """
    with store.connect() as client:
        experiments: dict[str, str] = {}
        for run in sorted(runs, key=age):
            with store.lock_exports():
                if run.slug not in experiments:
                    experiments[run.slug] = store.experiment(client, run.slug)
                outcome = _export(client, experiments[run.slug], run)
            yield run, outcome


def _export(client: Any, experiment: str, run: Run) -> str:
    now, existing = records.fingerprint(run), _find(client, experiment, run.id)
    if existing and existing.data.tags.get(DONE) == now:
        return "unchanged"
    values = records.read_records(run)
    note = {"mlflow.note.content": _note(client, experiment, run)}
    copy = existing or client.create_run(experiment, values.started, {RUN: run.id}, run_name=run.id)
    _log(client, copy.info.run_id, values, note)
    client.set_tag(copy.info.run_id, DONE, now)
    return "updated" if existing and DONE in existing.data.tags else "exported"


def _find(client: Any, experiment: str, run: str) -> Any:
    """MLflow's copy of a run, None without one."""
    matches = client.search_runs([experiment], f"tags.`{RUN}` = '{run}'", max_results=1)
    return matches[0] if matches else None


def _note(client: Any, experiment: str, run: Run) -> str:
    """The description on the page of a copy: the folder's id, and links to the runs that it came from."""
    lines = [f"Copy of `runs/{run.id}`, which is the truth."]
    for parent in run.parents:
        copy = _find(client, experiment, parent)
        link = f"[{parent}](#/experiments/{experiment}/runs/{copy.info.run_id})" if copy else parent
        lines.append(f"- from {link}")
    return "\n".join(lines)


def _log(client: Any, copy: str, values: Records, note: dict[str, str]) -> None:
    from mlflow.entities import Metric, Param, RunTag

    metrics = [Metric(point.key, point.value, point.when, point.step) for point in values.points]
    params = [Param(key, value) for key, value in values.params.items()]
    for start in range(0, len(metrics), METRICS):
        client.log_batch(copy, metrics=metrics[start : start + METRICS])
    for start in range(0, len(params), PARAMS):
        client.log_batch(copy, params=params[start : start + PARAMS])
    client.log_batch(copy, tags=[RunTag(key, value) for key, value in {**values.tags, **note}.items()])
    for file in values.files:
        client.log_artifact(copy, str(file))
    client.set_terminated(copy, end_time=values.ended)
