"""What the kit cannot do is refused in one line."""

import pytest

from kit.errors import DataError
from kit.scaffold import facts
from tests.scaffold import forms
from tests.small_archives import zipped

IMAGES = forms.pictures(["train/a.jpg", "train/b.jpg", "test/1.jpg"])


@pytest.mark.parametrize(
    ("members", "what"),
    [
        (
            {**IMAGES, "train.csv": "id,rle_mask\na,1 5 9 3\nb,\n", "sample.csv": "id,rle_mask\n1,1 1\n"},
            "masks; received run lengths in the column rle_mask of train.csv, such as '1 5 9 3'",
        ),
        (
            {**IMAGES, "train.csv": "id,pixels\na,1 5 9 3 20 2\nb,4 1\n", "sample.csv": "id,pixels\n1,\n"},
            "masks; received run lengths in the column pixels",
        ),
        (
            {**IMAGES, "train.csv": 'id,bbox\na,"[1, 2, 3, 4]"\n', "sample.csv": "id,PredictionString\n1,1 0 0 5 5\n"},
            "boxes; received bbox in train.csv",
        ),
        (
            {**IMAGES, "train.csv": "id,x_min,y_min,x_max,y_max\na,1,2,3,4\n", "sample.csv": "id,found\n1,0 0 5 5\n"},
            "boxes; received x_max, x_min, y_max, y_min in train.csv",
        ),
        (
            {
                "train.csv": "id,text,target\n1,a long text of more than five words,0\n",
                "test.csv": "id,text\n2,another long text of more than five words\n",
                "sample.csv": "id,target\n2,0\n",
            },
            "text; received no image, and texts in the column text of train.csv",
        ),
        (
            {
                "train.csv": "id,area,rooms,price\n1,70.5,3,100\n",
                "sample.csv": "id,price\n2,0\n",
            },
            "no images, no table for both parts; received 2 of .csv, no image among them",
        ),
        ({"train/a.wav": b"RIFF"}, "no images, no table for both parts; received 1 of .wav"),
    ],
)
def test_it_is_one_line(tmp_path, members, what):
    archive = tmp_path / "archive.zip"
    archive.write_bytes(zipped(members))
    with pytest.raises(DataError) as caught:
        facts.read(archive)
    assert str(caught.value).startswith(f"the kit cannot do this competition: {what}")
    assert str(caught.value).endswith("expected classes, labels, numbers or a ranking for each image or row of a table")


@pytest.mark.parametrize(
    "table",
    [
        "id,mask,label\na,1 5,owl\nb,,cat\n",
        "id,label,bbox\na,owl,1 2 3 4\nb,cat,1 2 3 4\n",
        "id,label\na,1 5\nb,5\n",
    ],
)
def test_columns_beside_labels_refuse_nothing(scaffold, table):
    assert scaffold({**IMAGES, "train.csv": table, "sample.csv": "id,label\n1,5\n"})


def test_a_ranking_of_numbers_is_no_mask(scaffold):
    table = forms.table("id,label", *(f"{'ab'[n % 2]},{n}" for n in range(10)))
    made = scaffold({**IMAGES, "train.csv": table, "sample.csv": "id,label\n1,0 1 2 3 4 5 6 7 8 9\n"})
    assert (made.submission.kind, made.submission.k) == ("ranking", 10)
