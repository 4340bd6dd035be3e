"""What the records of a run must look like, whoever wrote them: a run is sound, or left out as a whole."""

from pathlib import Path
from typing import Any

from kit.fields import (
    check_fields,
    either,
    is_count,
    is_id,
    is_number,
    is_object,
    is_share,
    is_text,
    list_of,
    object_of,
    object_with,
    one_of,
    or_null,
)
from kit.json_files import read_json

KINDS = ("train", "predict", "ensemble", "import")
NUMBER = or_null(is_number)  # null where it is not defined
SCORES = {"score": NUMBER, "error": NUMBER, "rows": is_count}
OF_A_MEMBER = {
    "fold": is_count,
    "seed": is_count,
    "class_prior": list_of(is_number),
    "weights_sha256": is_text,
    **SCORES,
}  # its metrics.json
MEMBER = object_with({"fold": is_count, **SCORES}, OF_A_MEMBER)
RUN = {"id": is_id, "slug": is_id, "kind": one_of(*KINDS), "parents": list_of(is_id)}
CONFIG = {"config": is_object}
METRICS = {"metric": is_text, **SCORES}
OF_SOME_METRICS = {
    "members": list_of(MEMBER),
    "one_seed": object_with({"scores": list_of(is_number), "mean": is_number, "deviation": is_number}),
    "tta": is_object,
    "loss": NUMBER,
    "optimistic_score": NUMBER,
    "gain_over_best_part": object_of(NUMBER),
    "method": is_text,
    "parameters": is_object,
    "finish": or_null(is_object),
    "images_joined_by": either(one_of("mean", "max"), is_share),
    "methods": list_of(is_object),
    "chosen_in_folds": object_of(is_count),
    "given_up": or_null(is_text),
    "parts": list_of(object_with({"run": is_id})),
}
SCORED = {"score": NUMBER, "error": NUMBER}  # what a submission is listed with
COMPARED = METRICS | {"score": is_number, "error": is_number}  # of a run that arrives
TEXT = or_null(is_text)
OF_SOME_ENVIRONMENTS = {
    **dict.fromkeys(("data_fingerprint", "rows_fingerprint", "folds_fingerprint", "corrections_fingerprint"), TEXT),
    **dict.fromkeys(
        ("weights_sha256", "kit", "source_sha256", "git_commit", "keras_backend", "python", "machine"), TEXT
    ),
    **dict.fromkeys(("stacked_on_sha256", "plugin_sha256"), TEXT),
    "packages": object_of(is_text),
    "device": is_object,
}


def read_records(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(run.json, the settings in config.json). Raises DataError if those, environment.json or metrics.json are damaged; the
    latter two may be missing.
    """
    record = check_fields(read_json(folder / "run.json"), folder / "run.json", RUN, {"author": is_text})
    stored = check_fields(
        read_json(folder / "config.json"), folder / "config.json", CONFIG, {"origin": object_of(is_text)}
    )
    for name, needed, allowed in (("environment", {}, OF_SOME_ENVIRONMENTS), ("metrics", METRICS, OF_SOME_METRICS)):
        path = folder / f"{name}.json"
        if path.exists():
            check_fields(read_json(path), path, needed, allowed)
    return record, stored["config"]
