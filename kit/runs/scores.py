"""What a finished run's metrics.json and environment.json say, typed for those who read them."""

from typing import Any, Literal, TypedDict, cast

from kit.json_files import read_json
from kit.runs import Run


class MemberScores(TypedDict, total=False):
    """Of a member's validation rows. class_prior: share of each class among the images that it learned from. weights_sha256: of
    its weights file.
    """

    fold: int
    seed: int
    score: float
    error: float
    rows: int
    class_prior: list[float]
    weights_sha256: str


class Scores(TypedDict, total=False):
    """Out of fold: score, its standard error over the rows, and their number. The rest is of some kinds of runs alone: members
    and one_seed of trainings, tta of `predict --tta auto`, images_joined_by (kit.ensemble.join_images) where several images
    answer for one row of the submission, the others of ensembles. loss: the target's own (kit.targets).
    """

    metric: str
    score: float
    error: float
    rows: int
    members: list[MemberScores]
    one_seed: dict[str, Any]
    test_images_given_the_class_prior: int
    tta: dict[str, Any]
    loss: float
    optimistic_score: float
    gain_over_best_part: dict[str, float]
    method: str
    parameters: dict[str, Any]
    finish: dict[str, Any] | None
    images_joined_by: Literal["mean", "max"] | float
    methods: list[dict[str, Any]]
    chosen_in_folds: dict[str, int]
    given_up: str | None
    parts: list[dict[str, Any]]


class Environment(TypedDict, total=False):
    """Versions, commit and machine (kit.runs.environment), what it was trained on, and what `auto` came to."""

    data_fingerprint: str
    rows_fingerprint: str
    folds_fingerprint: str
    corrections_fingerprint: str | None
    weights_sha256: str
    stacked_on_sha256: str
    plugin_sha256: str
    device: dict[str, Any]
    kit: str
    source_sha256: str
    git_commit: str | None
    seed: int
    keras_backend: str
    python: str
    machine: str
    packages: dict[str, str]


def read_scores(run: Run) -> Scores:
    """Raises DataError for a run that is not finished, or whose metrics.json is damaged. A score or error that is not defined,
    null in the file, is nan.
    """
    scores = cast(Scores, _rename_loss(read_json(run.metrics)))
    for record in (scores, *scores.get("members", [])):
        for key in ("score", "error"):
            if record.get(key, 0.0) is None:
                record[key] = float("nan")
    return scores


def _rename_loss(record: Any) -> Any:
    """What older runs call log_loss, as all targets were classes, is loss."""
    if isinstance(record, list):
        return [_rename_loss(one) for one in record]
    if not isinstance(record, dict):
        return record
    return {key.replace("log_loss", "loss"): _rename_loss(value) for key, value in record.items()}


def read_environment(run: Run) -> Environment:
    return cast(Environment, read_json(run.folder / "environment.json"))
