import pytest

from kit.data.readers import class_folders, image_folder, labels, table
from kit.errors import DataError


def test_images_come_in_natural_order_and_of_one_kind(tmp_path):
    for name in ("10.png", "2.png", "1.PNG", "cat.9.png", "cat.10.png", "Thumbs.db", "1.jpg"):
        (tmp_path / name).touch()
    assert [path.name for path in image_folder(tmp_path, ".png")] == [
        "1.PNG",
        "2.png",
        "10.png",
        "cat.9.png",
        "cat.10.png",
    ]


def test_a_folder_that_is_missing_or_holds_no_such_image_is_named(tmp_path):
    with pytest.raises(DataError, match="no folder of images"):
        image_folder(tmp_path / "train", ".png")
    (tmp_path / "1.jpg").touch()
    with pytest.raises(DataError, match=r"no \.png files in .*1 other"):
        image_folder(tmp_path, ".png")


def test_all_values_are_text_as_written(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b'\xef\xbb\xbfid,label\r\n007,NA\r\n7,"a, ""b"""\r\n1.0,\r\n\r\n')
    assert table(path, ("id",)) == [
        {"id": "007", "label": "NA"},
        {"id": "7", "label": 'a, "b"'},
        {"id": "1.0", "label": ""},
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"id,label\n1,0\n2,0,9\n", "line 3: wrong number of fields; received 3; expected 2"),
        (b"id,label\n1\n", "line 2: wrong number of fields; received 1"),
        (b"id,label\n1,0\n\n2,0\n", "line 3: wrong number of fields; received 0"),
        (b"id,id\n1,0\n", "line 1: columns need different names"),
        (b"Id,label\n1,0\n", "line 1: no column 'id'; received Id,label; did you mean 'Id'"),
        (b"id;label\n1;0\n", "no column 'id'"),
        ("id,label\n1,ä\n".encode("latin-1"), "not UTF-8"),
        ("id,label\n1,0\n".encode("utf-16"), "not UTF-8"),
        (b'id,label\n1,"0\n', "not sound CSV"),
        (b'id,label\n1,"0"x\n', "not sound CSV"),
    ],
)
def test_a_table_that_is_not_sound_is_refused_with_file_and_line(tmp_path, data, message):
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(DataError) as error:
        table(tmp_path / "t.csv", ("id", "label"))
    assert message in str(error.value)
    assert "t.csv" in str(error.value)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no table .*t\.csv"):
        table(tmp_path / "t.csv")


def test_labels_are_joined_by_id(tmp_path):
    (tmp_path / "l.csv").write_text("id,label\n7,cat\n007,dog\n2,cat\n")
    assert labels(tmp_path / "l.csv", ["2", "007", "7"], "id", "label") == ["cat", "dog", "cat"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,cat\n", "has no label for 1 ids, such as '2'"),
        ("1,cat\n2,dog\n1,dog\n", "line 4: id '1' comes twice"),
        ("1,cat\n2,dog\n3,dog\n", "has labels without an image for 1 ids, such as '3'"),
    ],
)
def test_labels_that_do_not_fit_the_images_are_refused(tmp_path, rows, message):
    (tmp_path / "l.csv").write_text("id,label\n" + rows)
    with pytest.raises(DataError, match=message):
        labels(tmp_path / "l.csv", ["1", "2"], "id", "label")


def test_an_error_without_a_remedy_ends_without_one(tmp_path):
    (tmp_path / "9.txt").touch()
    with pytest.raises(DataError, match="received 1 other entries$"):
        image_folder(tmp_path, ".png")


def test_a_folder_for_each_class_holds_all_images(tmp_path):
    (tmp_path / "train" / "cat").mkdir(parents=True)
    with pytest.raises(DataError, match="received no images"):
        class_folders(tmp_path / "train", ".png")
    for name in ("cat/1.PNG", "cat/2.txt", "9.png"):
        (tmp_path / "train" / name).touch()
    with pytest.raises(DataError, match=r"1 \.png files outside of them, such as 9\.png"):
        class_folders(tmp_path / "train", ".png")
    (tmp_path / "train" / "9.png").unlink()
    assert class_folders(tmp_path / "train", ".png") == (["cat/1"], [tmp_path / "train/cat/1.PNG"], ["cat"])
    with pytest.raises(DataError, match="no folder"):
        class_folders(tmp_path / "tain", ".png")
