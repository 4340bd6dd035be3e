"""JSON files that are read like tables."""

import json

import pytest

from kit.data.readers import column, labels, table
from kit.errors import DataError

COCO = {
    "info": {"year": 2020},
    "images": [{"id": 7, "file_name": "a/7.jpg"}, {"id": 8, "file_name": "a/8.jpg"}, {"id": 9, "file_name": "a/9.jpg"}],
    "annotations": [
        {"id": 1, "image_id": 9, "category_id": 3, "bbox": [1, 2, 3, 4]},
        {"id": 2, "image_id": 7, "category_id": 15, "bbox": [1, 2, 3, 4]},
    ],
    "categories": [{"id": 3, "name": "owl"}, {"id": 15, "name": "cat"}],
}


@pytest.fixture
def written(tmp_path):
    def write(content: object):
        path = tmp_path / "metadata.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def test_a_row_is_an_annotation_and_what_is_known_of_its_image(written):
    path = written(COCO)
    assert table(path)[0] == {"image_id": "9", "file_name": "a/9.jpg", "category_id": "3"}
    assert labels(path, ["7", "9"], "image_id", "category_id") == ["15", "3"]


def test_without_annotations_a_row_is_an_image(written):
    images = [{"image_id": "b", "file_name": "1.jpg", "hard": None, "license": 0.5}]
    assert table(written({"images": images})) == [{"image_id": "b", "file_name": "1.jpg", "hard": "", "license": "0.5"}]


def test_records_of_a_list_are_rows_of_the_fields_of_the_first(written):
    path = written([{"id": "x", "band": [0.5, 1.5], "angle": "na"}, {"angle": 34.5, "id": "y", "more": 1}, {"id": "z"}])
    assert table(path) == [{"id": "x", "angle": "na"}, {"id": "y", "angle": "34.5"}, {"id": "z", "angle": ""}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"0": "healthy"}, "is no table; received neither; expected a list of records, or images with annotations"),
        ([1, 2], "is no table; received a list of int, not of records"),
        ('[{"id": 1}, {"id"', "is no table"),
        ('[{"id": 1}, ', "is no table; received a list without an end"),
        ('{"images": [{}]}', "is no table; received 'id'"),
        ("[" * 100_000, "is no table; received it is nested too deeply"),
        ({"images": 5}, "is no table; received images that are no records"),
        ({"images": [{"id": [1]}]}, "is no table; received images whose ids are no single values"),
        ([], "is empty"),
        ([{"Id": 1}], "no column 'id'; received Id; did you mean 'Id'"),
    ],
)
def test_what_is_no_table_is_one_error(written, content, message):
    with pytest.raises(DataError, match=message):
        column(written(content), "id")
