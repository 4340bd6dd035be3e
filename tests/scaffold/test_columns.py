"""Columns of tables, beside the images and alone."""

import json

from tests.scaffold import forms
from tests.small_archives import zipped


def test_columns_of_both_tables_are_learned_from(read):
    images = forms.pictures(["train/1.jpg", "train/2.jpg", "train/3.jpg", "test/5.jpg", "test/6.jpg"])
    header = "id,file,age,sex,same,patient,note{}"
    train = ["1,1.jpg,4,f,x,p1,a,owl", "2,2.jpg,,m,x,p1,b,cat", "3,3.jpg,5.5,f,x,p2,c,owl"]
    members = {
        "train.csv": forms.table(header.format(",label"), *train),
        "test.csv": forms.table(header.format(""), "6,6.jpg,7,,x,p3,d", "5,5.jpg,8,f,x,p3,e"),
        "sample.csv": "id,label\n5,owl\n6,owl\n",
    }
    made, train, test = read({**images, **members})
    assert (made.table.numbers, made.table.categories) == (("age",), ("sex",))
    assert (train.table["age"], test.table["sex"]) == (["4", None, "5.5"], ["f", None])


def test_a_mark_among_numbers_is_a_missing_one(read):
    made, train, _ = read(_houses())
    assert (made.table.numbers, made.table.categories) == (("Area", "Frontage"), ("Street",)) and not made.has_images
    assert train.table["Frontage"][:2] == [None, "21"] and train.labels[1] == (1101.5,)


def test_a_table_alone_goes_from_new_to_a_checked_file(here, tmp_path):
    archive = tmp_path / "houses.zip"
    archive.write_bytes(zipped(_houses()))
    here("new", "houses", "--from", str(archive))
    here("download", "houses", "--from", str(archive))
    here("prepare", "houses", "--folds", "2")
    run = here("train", "houses", "--set", "trees=5").stdout.splitlines()[-1]
    assert json.loads(here("submit", "houses", run, "--json").stdout)["rows"] == 10


def _houses() -> dict[str, str]:
    """Numbers of which some are missing, few texts, a text that is another in each row, a constant, and what is predicted."""
    streets, header = ("Pave", "Grvl", "Pave"), "Id,Area,Frontage,Street,Address,Utilities"
    rows = [f"{n},{30 + n},{'NA' if n % 4 == 0 else 20 + n},{streets[n % 3]},{n} Elm Street,AllPub" for n in range(60)]
    return {
        "data_description.txt": "Area: of the living rooms",
        "train.csv": forms.table(f"{header},Price", *(f"{row},{1000 + 101.5 * n}" for n, row in enumerate(rows[:50]))),
        "test.csv": forms.table(header, *rows[50:]),
        "sample_submission.csv": forms.table("Id,Price", *(f"{n},1234.5" for n in range(50, 60))),
    }
