import tracemalloc

import numpy as np
import pytest

from kit import predictions
from kit.errors import DataError
from kit.targets import Classes


def test_predictions_are_joined_by_id_and_survive_the_disk(tmp_path):
    made = predictions.make(["a", "007", "7"], np.array([[0.1, 0.9], [0.5, 0.5], [1, 0]]), Classes(("x", "y")))
    predictions.save(tmp_path / "p.npz", made)
    stored = predictions.load(tmp_path / "p.npz")
    assert stored.columns == ("x", "y")
    assert stored.select(["7", "a"]).tolist() == made.values[[2, 0]].tolist()
    with pytest.raises(DataError, match="first missing id '8'"):
        stored.select(["7", "8"])


@pytest.mark.parametrize(
    ("ids", "rows", "words"),
    [
        (["a", "a"], [[1, 0], [1, 0]], "twice"),
        (["a"], [[1, 0], [1, 0]], "do not fit"),
        (["a"], [[np.nan, 1]], "not probabilities"),
        (["a"], [[0.5, 0.4]], "not probabilities"),
    ],
)
def test_what_is_not_probabilities_is_refused(ids, rows, words):
    with pytest.raises(DataError, match=words):
        predictions.make(ids, np.array(rows), Classes(("x", "y")))


def test_a_damaged_file_is_one_line(tmp_path):
    path = tmp_path / "p.npz"
    predictions.save(path, predictions.make(["a"], np.array([[0.1, 0.9]]), Classes(("x", "y"))))
    for damaged in (b"not a zip", path.read_bytes()[:300], b""):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="is damaged"):
            predictions.load(path)


@pytest.mark.parametrize("hashed", [hash, lambda name: 7])
def test_rows_are_joined_by_id(hashed, monkeypatch):
    monkeypatch.setattr(predictions, "hash", hashed, raising=False)  # ids of one hash are told apart all the same
    a, b = np.array(["3", "1", "9", "10"]), np.array(["10", "2", "3"])
    left, right = predictions.match_ids(a, b)
    assert a[left].tolist() == b[right].tolist() == ["3", "10"]
    for empty in (predictions.match_ids(a, b[:0]), predictions.match_ids(b[:0], a)):
        assert [len(part) for part in empty] == [0, 0]


def test_rows_of_many_ids_are_found_in_little_memory():
    ids = np.array([f"{row:06}" for row in range(50_000)])
    wanted = ids[::-1][:49_000]
    tracemalloc.start()
    assert (ids[predictions.find_rows(ids, wanted)] == wanted).all()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * len(ids)
    with pytest.raises(
        DataError, match="2 ids are not in the data here; received first missing id 'x'; expected all 3"
    ):
        predictions.find_rows(ids, ["x", "000007", "y"])
