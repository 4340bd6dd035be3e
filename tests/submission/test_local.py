import math

import pytest

from kit.errors import DataError
from kit.submission.local import score

SOLUTION = "id,label\n3,owl\n1,cat\n2,dog\n"


@pytest.fixture
def solution(tmp_path):
    path = tmp_path / "solution.csv"
    path.write_text(SOLUTION)
    return path


def test_accuracy_is_joined_by_id(labels, solution):
    assert score(b"id,label\n1,1\n2,2\n3,3\n", labels, solution) == 1.0
    assert score(b"id,label\r\n2,2\r\n1,2\r\n3,1", labels, solution) == pytest.approx(1 / 3)


def test_log_loss_of_three_columns(chances, solution):
    data = b"id,owl,cat,dog\n1,0.25,0.5,0.25\n2,0.1,0.1,0.8\n3,0,1,0\n"
    expected = -(math.log(0.5) + math.log(0.8) + math.log(1e-6)) / 3
    assert score(data, chances, solution) == pytest.approx(expected)


def test_classes_without_a_column_share_the_rest(single, solution):
    data = b"id,label\n1,0.2\n2,0.8\n3,0.5\n"  # the probability of a dog
    expected = -(math.log(0.4) + math.log(0.8) + math.log(0.25)) / 3
    assert score(data, single, solution) == pytest.approx(expected)


def test_faults_of_the_solution(labels, solution, tmp_path):
    good = b"id,label\n1,1\n2,2\n3,3\n"
    with pytest.raises(DataError, match="no readable solution"):
        score(good, labels, tmp_path / "none.csv")
    with pytest.raises(
        DataError, match=r"1 ids of the solution are not in the submission; received first missing id '3'"
    ):
        score(b"id,label\n1,1\n2,2\n", labels, solution)
    solution.write_text("id,label\n1,cat,x\n")
    with pytest.raises(DataError, match="malformed"):
        score(good, labels, solution)
    solution.write_text("id,label\n1,fox\n")
    with pytest.raises(DataError, match="unknown class"):
        score(good, labels, solution)
