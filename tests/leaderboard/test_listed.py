"""Submissions that only Kaggle's list knows, in the forecast."""

import numpy as np
import pytest

from kit.leaderboard import listed, private_board
from kit.leaderboard.ledger import Entry

NAN = np.nan


def entry(ref: int, run: str | None = None, sha256: str | None = None, status="complete", public=0.8, cv=None) -> Entry:
    return Entry(ref, "", "ann", status, public, None, "", "words", run, cv, None, sha256)


def test_each_run_and_each_file_takes_part_once():
    entries = [
        entry(1, "here", "aa"),
        entry(2, None, "aa"),  # the file that a run here made
        entry(3, "away", "bb", public=None, cv=0.9, status="pending"),
        entry(4, "away", "bb", cv=0.9),
        entry(5, None, "bb"),
        entry(6),
        entry(7, public=None, status="pending"),
        entry(8, public=0.9, status="error"),
    ]
    selected = listed.select(entries, {"here"})
    assert [one.ref for one in selected] == [4, 6]
    assert [one.name for one in selected] == ["away", "submission 6"]
    assert listed.read_scores(selected).cv == pytest.approx([0.9, NAN], nan_ok=True)
    assert listed.read_scores([]).public.shape == (0,)


def test_what_is_assumed_is_like_the_others_on_average():
    known = np.array([[1.0, 0.6, 0.6], [0.6, 4.0, 0.4], [0.6, 0.4, 1.0]])
    correlations = known / np.sqrt(np.outer(known.diagonal(), known.diagonal()))
    alike = correlations[np.triu_indices(3, 1)].mean()
    found = listed.extend_covariance(known, np.array([NAN, 9.0, 0.0]))
    assert found[:3, :3] == pytest.approx(known) and found.diagonal()[3:] == pytest.approx([2, 9, 2])
    scaled = found / np.sqrt(np.outer(found.diagonal(), found.diagonal()))
    assert scaled[3, :3].mean() == pytest.approx(alike) and scaled[3, 4] == pytest.approx(alike)
    assert listed.extend_covariance(np.eye(1), np.array([NAN]))[0, 1] == listed.ALIKE
    assert (listed.extend_covariance(np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([NAN]))[2] == [0, 0, 1]).all()
    opposite = np.array([[1.0, -0.9, 0.9], [-0.9, 1.0, -0.9], [0.9, -0.9, 1.0]])
    assert np.linalg.eigvalsh(listed.extend_covariance(opposite, np.array([NAN, NAN])))[0] > -1e-9


def test_a_public_score_alone_is_drawn_to_the_other_runs_and_to_the_shift():
    """Half a point of accuracy above the others on 100 public rows is mostly luck; on 100,000 it is not."""
    cv, public = np.array([0.80, 0.81, NAN]), np.array([0.70, 0.71, 0.76])
    covariance = listed.extend_covariance(0.16 * (np.eye(2) / 2 + 0.5), np.array([NAN]))
    few, many = (private_board.infer(cv, public, covariance, (1000, rows, 300)) for rows in (100, 100_000))
    assert few.mean[2] < 0.76 - 0.01 and many.mean[2] == pytest.approx(0.76, abs=0.01)
    assert few.error[2] > few.error[:2].max(), "it was never judged out of fold"
