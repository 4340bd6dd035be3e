"""A metric of a competition's own is tried on rows of its target, as its submission says them."""

from dataclasses import replace

import pytest

from kit import check_plugin
from kit.competition import Metric
from kit.errors import DataError


@pytest.mark.parametrize("halves", ["labels", "numbers", "votes"], indirect=True)
def test_it_sees_labels_and_values_of_the_target(halves):
    seen = []

    def score(labels, values):
        seen.append((labels, values))
        return 0.5

    made = replace(halves, metrics={"own": Metric(score, True)}, metric="own")
    check_plugin.check(made, halves.folder / "competition.py")
    labels, values = seen[0]
    assert labels.shape == values.shape == (16, len(halves.target.columns))
    assert not halves.target.find_bad(values).any() and halves.target.parse(
        halves.target.write(labels)
    ) == pytest.approx(labels)
    if halves.target.kind == "labels":
        assert set(values.ravel()) == {0, 1}, "what the file says"
    fails = Metric(lambda labels, values: labels[:, 5].mean(), True)
    with pytest.raises(DataError, match="fails; received IndexError"):
        check_plugin.check(replace(made, metrics={"own": fails}), halves.folder / "competition.py")


@pytest.mark.parametrize("halves", ["numbers"], indirect=True)
def test_one_that_judges_other_targets_is_not_tried(halves):
    other = Metric(lambda labels, values: values.no_such, True, targets=("classes",))
    check_plugin.check(replace(halves, metrics={"other": other}), halves.folder / "competition.py")
