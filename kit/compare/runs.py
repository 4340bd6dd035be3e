"""What differs between runs: settings, environment, and scores, paired on the rows that all of them judged."""

from collections.abc import Mapping, Sequence
from typing import Any

from kit import paths, predictions
from kit.competition import Competition
from kit.config import FIELDS
from kit.data import corrections
from kit.json_files import read_json
from kit.runs import Run, plugin
from kit.runs.scores import read_environment
from kit.stats import paired

WITHOUT_MODELS = ("recipe", "backbone", "folds")  # of ensembles and imports; the other settings say nothing of them


def settings(compared: Sequence[Run]) -> list[dict[str, Any]]:
    """The settings that are not the same in all runs: {"setting", "values": one per run, "origins": where each came from}.

    A setting that a run does not record, since its kit did not know it yet, is what it is by default here.
    """
    stored = [_read_settings(run) for run in compared]
    rows = []
    for key in dict.fromkeys(key for values, _ in stored for key in values):
        values = [values.get(key) for values, _ in stored]
        pairs = zip(values, compared, strict=True)
        meant = [value for value, run in pairs if run.has_models or key in WITHOUT_MODELS]
        if any(value != meant[0] for value in meant):
            rows.append({"setting": key, "values": values, "origins": [origin.get(key, "") for _, origin in stored]})
    return rows


def _read_settings(run: Run) -> tuple[dict[str, Any], dict[str, str]]:
    record = read_json(run.folder / "config.json")
    if not run.has_models:
        return {key: record["config"][key] for key in WITHOUT_MODELS}, {}
    defaults = {name: list(f.default) if isinstance(f.default, tuple) else f.default for name, f in FIELDS.items()}
    return defaults | record["config"], record["origin"]


def environments(compared: Sequence[Run]) -> list[dict[str, Any]]:
    """What is not the same in all environments: {"what", "values": one per run}. The versions of packages among it."""
    stored = [_flat(read_environment(run)) for run in compared]
    by_key = {key: [one.get(key) for one in stored] for one in stored for key in one}
    differing = {key: values for key, values in by_key.items() if any(value != values[0] for value in values)}
    return [{"what": key, "values": values} for key, values in differing.items() if key != "seed"]  # that is a setting


def plugins(compared: Sequence[Run]) -> list[dict[str, Any]]:
    """How the competition's folder differs from that of the first run, of the runs that kept a copy of it: {"run", "over",
    "file", "diff": lines, none of a file that is no text}.
    """
    kept = [run for run in compared if run.plugin.is_dir()]
    return [
        {"run": run.id, "over": kept[0].id, "file": name, "diff": diff}
        for run in kept[1:]
        for name, diff in plugin.compare(kept[0].plugin, run.plugin)
    ]


def _flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        flat |= _flat(value, f"{key} ") if isinstance(value, Mapping) else {prefix + key: value}
    return flat


def gains(competition: Competition, compared: Sequence[Run]) -> list[dict[str, Any]]:
    """How much better each run is than the first one, on the out-of-fold rows that both have: {"run", "over", "rows", "gain"
    (positive for better in either direction), "error": its standard error, "noise": whether no more than twice that}.

    Without such a row there is no gain. Raises DataError for data that are not prepared here, and for predictions that are
    missing or damaged.
    """
    known = corrections.read_clean_labels(competition, paths.data(competition.slug))
    first, rows = predictions.load(compared[0].oof), []
    for run in compared[1:]:
        pair = paired.compare(competition, predictions.load(run.oof), first, known)
        rows.append({"run": run.id, "over": compared[0].id, **(pair.record if pair else {"rows": 0})})
    return rows
