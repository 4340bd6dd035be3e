"""Images in JSON records."""

import json

import numpy as np
import pytest

from kit.data.readers import json_images
from kit.errors import DataError

RECORDS = [{"id": 7, "red": [1, 2, 3, 4, 5, 6], "blue": [0.5] * 6}, {"id": 8, "red": [9] * 6, "blue": [-1.5] * 6}]


@pytest.fixture
def written(tmp_path):
    def write(records):
        path = tmp_path / "train.json"
        path.write_text(json.dumps(records))
        return path

    return write


def test_each_field_is_a_channel_and_images_come_in_the_order_of_ids(written):
    images = json_images(written(RECORDS), ["8", "7"], "id", ("red", "blue"), (2, 3, 2))
    assert [(image.shape, image.dtype) for image in images] == [((2, 3, 2), np.float32)] * 2
    assert images[1][..., 0].tolist() == [[1, 2, 3], [4, 5, 6]] and images[0][0, 0].tolist() == [9, -1.5]


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (
            {"id": 7},
            "holds no such images; received no list; expected records of id, red, 6 numbers in each of the latter",
        ),
        ([{"id": 7}], "holds no such images; received 'red'"),
        ([{"id": 7, "red": [1, 2]}], "holds no such images; received cannot reshape"),
        (RECORDS[:1], "has no image for 1 of 2 ids, such as '8'"),
    ],
)
def test_what_is_no_image_is_one_error(written, records, message):
    with pytest.raises(DataError, match=message):
        json_images(written(records), ["7", "8"], "id", ("red",), (2, 3, 1))
