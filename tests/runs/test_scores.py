from types import SimpleNamespace

import numpy as np

from kit.json_files import write_json
from kit.runs.scores import read_scores


def test_a_fold_without_a_score_reads_as_nan(tmp_path):
    undefined = {"fold": 1, "score": float("nan"), "error": float("nan")}
    write_json(
        tmp_path / "metrics.json", {"score": 0.8, "error": 0.1, "members": [{"fold": 0, "score": 0.8}, undefined]}
    )
    scores = read_scores(SimpleNamespace(metrics=tmp_path / "metrics.json"))
    assert scores["score"] == 0.8 and scores["members"][0] == {"fold": 0, "score": 0.8}
    assert np.isnan(scores["members"][1]["score"]) and np.isnan(scores["members"][1]["error"])


def test_older_runs_call_the_loss_of_the_target_log_loss(tmp_path):
    write_json(tmp_path / "metrics.json", {"log_loss": 0.5, "parts": [{"log_loss_lost_without": 0.1}]})
    scores = read_scores(SimpleNamespace(metrics=tmp_path / "metrics.json"))
    assert scores == {"loss": 0.5, "parts": [{"loss_lost_without": 0.1}]}
