"""What the kit writes passes its own check, joins by id, and is the same bytes every time."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from kit import predictions
from kit.errors import DataError
from kit.submission.build import build, write
from kit.submission.sample import Sample, parse
from kit.submission.validate import validate
from kit.targets import Classes

CLASSES = ("cat", "dog", "owl")
PETS = Classes(CLASSES)


def random_predictions(ids, seed: int, target=PETS):
    """In another order than `ids`, with some rows quite certain."""
    draw = np.random.default_rng(seed)
    values = draw.dirichlet([0.05] * len(target.columns), len(ids)).astype(np.float32)
    values[0] = np.eye(len(target.columns))[0]
    order = draw.permutation(len(ids))
    return predictions.make(np.array(ids)[order], values[order], target)


def cells(data: bytes) -> list[list[str]]:
    return [line.split(",") for line in data.decode().splitlines()]


@pytest.mark.parametrize("seed", range(5))
def test_built_files_pass_validation_in_sample_order(labels, chances, single, seed):
    ids = tuple(str(n) for n in np.random.default_rng(seed).permutation(500))
    made = random_predictions(ids, seed)
    for competition, columns in (
        (labels, ("id", "label")),
        (chances, ("id", "owl", "cat", "dog")),
        (single, ("id", "label")),
    ):
        data = build(competition, made, Sample(columns, ids))
        report = validate(data, competition, Sample(columns, ids))
        assert report.rows == 500 and not any("order" in notice for notice in report.notices)
        assert tuple(row[0] for row in cells(data)[1:]) == ids
        assert data == build(competition, made, Sample(columns, ids))
        assert data.endswith(b"\n") and b"\r" not in data


def test_labels_are_values_of_the_likeliest_class(labels):
    made = predictions.make(["b", "a"], [[0.1, 0.2, 0.7], [0.4, 0.35, 0.25]], Classes(CLASSES))
    assert build(labels, made, Sample(("id", "label"), ("a", "b"))) == b"id,label\na,1\nb,3\n"
    named = replace(labels, submission=replace(labels.submission, values=()))
    assert build(named, made, Sample(("label", "id"), ("a", "b"))) == b"label,id\ncat,a\nowl,b\n"


def test_probabilities_are_clipped_and_round_trip(chances, wide):
    made = random_predictions(wide.ids, seed=3)
    rows = np.array(cells(build(chances, made, wide))[1:])[:, 1:].astype(np.float64)
    due = np.clip(made.select(wide.ids)[:, [2, 0, 1]].astype(np.float64), 1e-6, 1 - 1e-6)
    assert np.array_equal(rows.astype(np.float32), due.astype(np.float32))
    assert rows.min() == 1e-6 and rows.max() == 1 - 1e-6


def test_classes_are_joined_by_name(chances, wide):
    straight = predictions.make(wide.ids, [[0.1, 0.2, 0.7]] * 3, PETS)
    turned = predictions.make(wide.ids, [[0.7, 0.2, 0.1]] * 3, Classes(CLASSES[::-1]))
    assert build(chances, straight, wide) == build(chances, turned, wide)


def test_ids_that_need_quotes_survive(labels):
    sample = Sample(("id", "label"), ('a,"b', "ü"))
    made = predictions.make(sample.ids, [[1, 0, 0], [0, 1, 0]], PETS)
    data = build(labels, made, sample)
    assert data == 'id,label\n"a,""b",1\nü,2\n'.encode()
    assert validate(data, labels, sample).rows == 2


def test_a_missing_id_or_another_class_leaves_the_old_file(labels, sample, tmp_path):
    target = tmp_path / "submission.csv"
    write(target, labels, random_predictions(sample.ids, 0), sample)
    before = target.read_bytes()
    with pytest.raises(DataError, match=r"1 ids have no prediction.*'6'"):
        write(target, labels, random_predictions(sample.ids[:-1], 0), sample)
    with pytest.raises(DataError, match="of other classes; received .*cat.*dog.*; expected cat, dog, owl"):
        write(target, labels, random_predictions(sample.ids, 0, Classes(CLASSES[:2])), sample)
    assert target.read_bytes() == before and list(tmp_path.iterdir()) == [target]


def test_many_rows_are_written_and_checked_in_little_more_memory_than_the_file_takes(chances):
    ids = np.array([f"{row:07}" for row in range(20_000)])
    made = predictions.make(ids, np.random.default_rng(0).dirichlet([1] * 3, len(ids)).astype(np.float32), PETS)
    sample = parse(b"id,owl,cat,dog\n" + b"".join(b"%s,0,0,0\n" % name.encode() for name in ids.tolist()), chances)
    tracemalloc.start()
    data = build(chances, made, sample)
    assert validate(data, chances, sample).rows == len(ids)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * len(data)
    written = zip(ids.tolist(), made.values.astype(np.float64)[:, [2, 0, 1]].tolist(), strict=True)
    assert cells(data)[1:] == [[name, *(f"{value:.9g}" for value in row)] for name, row in written]
