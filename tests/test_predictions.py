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


def test_rows_are_joined_by_id():
    a, b = np.array(["3", "1", "9", "10"]), np.array(["10", "2", "3"])
    left, right = predictions.match_ids(a, b)
    assert a[left].tolist() == b[right].tolist() == ["3", "10"]
    for empty in (predictions.match_ids(a, b[:0]), predictions.match_ids(b[:0], a)):
        assert [len(part) for part in empty] == [0, 0]
