"""The table of labels and its column of labels."""

import pytest

from kit.errors import DataError
from kit.scaffold import facts
from tests.scaffold import forms
from tests.scaffold.conftest import text_of
from tests.small_archives import zipped

IMAGES = forms.pictures(["train/1.jpg", "train/2.jpg", "test/3.jpg"])


def test_a_table_of_labels_beside_archives_that_are_not_looked_into(scaffold):
    made = scaffold(
        {
            "train.7z": "",
            "test.7z": "",
            "trainLabels.csv": "id,label\n1,owl\n2,cat\n3,owl\n",
            "sampleSubmission.csv": "id,label\n1,cat\n2,cat\n",
        }
    )
    assert made.target.columns == ("cat", "owl") and made.submission.values == ()
    assert made.archives.labels == "trainLabels.csv" and made.submission.kind == "label"


@pytest.mark.parametrize(("written", "certain"), [("normal", True), ("0", False)])
def test_the_label_is_in_the_column_whose_values_fit_the_sample_else_that_is_to_do(scaffold, written, certain):
    made = scaffold(
        {
            **IMAGES,
            "train.csv": "image_id,variety,label,age\n1,ADT45,blast,45\n2,ADT45,normal,50\n",
            "sample.csv": f"image_id,prediction\n3,{written}\n",
        }
    )
    said = "TODO: a guess: the labels may be in any column of ('variety', 'label', 'age'), and the sample writes '0'"
    assert (said in text_of(made)) is not certain and (' "image_id", "label")' in text_of(made)) is certain
    assert (made.target.columns == ("blast", "normal")) is certain


@pytest.mark.parametrize("name", ["labels.csv", "train.csv", "annotations.csv"])
def test_the_column_of_ids_is_the_one_that_names_images(scaffold, name):
    table = "patient,breed,file\np1,owl,1.jpg\np2,cat,2.jpg\n"
    made = scaffold({**IMAGES, name: table, "sample.csv": "id,breed\n3,cat\n"})
    assert made.archives.labels == name and '"file", "breed")' in text_of(made)


def test_ids_of_both_parts_that_are_the_same_numbers(read):
    """As in cifar-10, where both parts count from 1."""
    images = forms.pictures(["train/1.png", "train/2.png", "test/1.png", "test/2.png"])
    labels, sample = "id,label\n1,owl\n2,cat\n", "id,label\n1,cat\n2,cat\n"
    _, train, _ = read({**images, "test.csv": "id\n1\n2\n", "trainLabels.csv": labels, "sampleSubmission.csv": sample})
    assert list(train.labels) == ["owl", "cat"] and [path.parent.name for path in train.images] == ["train"] * 2


def test_several_rows_of_an_image_are_counted(scaffold):
    made = scaffold({**IMAGES, "train.csv": "id,label\n1,owl\n1,cat\n2,cat\n", "sample.csv": "id,label\n3,owl\n"})
    said = "1 rows of train.csv are of an id that was there before: `read` has to join them"
    assert f"# TODO: a guess: {said}" in text_of(made)


def test_rows_without_a_label_are_counted(scaffold):
    made = scaffold({**IMAGES, "train.csv": "id,label\n1,owl\n2,\n", "sample.csv": "id,label\n3,owl\n"})
    assert "TODO: a guess: 1 rows of label are empty: `read` has to leave them out" in text_of(made)


def test_names_from_the_archive_cannot_become_code(scaffold):
    evil = '"+__import__("os").abort()+"'
    made = scaffold({"train.zip": "", "test.zip": "", "sample.csv": f'"id\'""\\n$x",{evil!r}\n1,a\n'})
    assert made.submission.target_columns == (repr(evil),)
    assert made.submission.id_column == "id'\"\\n$x"


def test_nor_can_what_a_guess_says_of_them(scaffold):
    table = 'id,"a\nimport os; os.abort()","b\r1/0"\n1,0,1\n2,1,0\n'
    made = scaffold({**IMAGES, "train.csv": table, "sample.csv": "id,label\n3,x\n"})
    assert "any column of ('a\\nimport os; os.abort()', 'b\\r1/0')" in text_of(made)


@pytest.mark.parametrize("fault", ["flipped bit", "password", "latin-1", "semicolons"])
def test_a_table_that_cannot_be_read_is_one_error(tmp_path, fault):
    labels = "id,label\n" + "1,owl\n2,köter\n" * 50
    content = (labels.replace(",", ";") if fault == "semicolons" else labels).encode(
        "latin-1" if fault == "latin-1" else "utf-8"
    )
    data = bytearray(zipped({"train.zip": "", "trainLabels.csv": content}))
    if fault == "flipped bit":
        data[data.index(b"trainLabels.csv") + 20] ^= 0xFF
    if fault == "password":
        data[data.rindex(b"PK\x01\x02") + 8] |= 1
        data[data.rindex(b"PK\x03\x04") + 6] |= 1
    archive = tmp_path / "bad.zip"
    archive.write_bytes(data)
    said = {
        "password": "is protected by a password",
        "latin-1": "trainLabels.csv is not UTF-8 text",
        "semicolons": "trainLabels.csv: fields separated by ';'",
    }
    with pytest.raises(DataError, match=said.get(fault, r"cannot read .*bad\.zip; received")):
        facts.read(archive)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("id,site,patient_id,label", ["p1", "p1", "p2", "p2"]),
        ("id,anatom_site,PatientID,label", ["p1", "p1", "p2", "p2"]),
        ("id,location,subject,label", ["p1", "p1", "p2", "p2"]),
        ("id,location,sunshine,label", ["here", "there", "here", "there"]),
        ("id,site,age,label", None),
        ("id,site,label,patient", None),
    ],
)
def test_rows_of_one_patient_or_the_like_are_groups(read, header, expected):
    images = forms.pictures(["train/1.jpg", "train/2.jpg", "train/3.jpg", "train/4.jpg", "test/5.jpg"])
    rows = ["1,here,p1,owl", "2,there,p1,cat", "3,here,p2,owl", "4,there,p2,cat"]
    if header.endswith("patient"):  # each row is of another
        rows = [
            f"{row},{place}" for place, row in enumerate(["1,here,owl", "2,there,cat", "3,here,owl", "4,there,cat"])
        ]
    _, train, _ = read({**images, "train.csv": forms.table(header, *rows), "sample.csv": "id,label\n5,owl\n"})
    assert train.groups == expected
