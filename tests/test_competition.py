import pytest

from kit.errors import DataError
from kit.plugins import load


def test_a_label_outside_the_classes_is_named_with_its_row(plugins):
    competition = load("tiny-stripes", [plugins])
    assert competition.target.encode(["none", "flat"]).tolist() == [2, 0]
    with pytest.raises(DataError, match="row 2 .* received 'NA'"):
        competition.target.encode(["flat", "NA"])
