import random
import re
import sys
import tracemalloc

import pytest

from kit.data.readers import (
    class_folders,
    column,
    find_images,
    image_folder,
    label_columns,
    labels,
    natural,
    numbers,
    one_hot,
    table,
    tags,
)
from kit.data.tables import read_columns
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


def test_folders_of_classes_beside_that_of_the_test(tmp_path):
    for name in ("Cover/1.jpg", "Cover/2.jpg", "UERD/1.jpg", "Test/1.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    ids, _, classes = class_folders(tmp_path, only=("Cover", "UERD"))
    assert (ids, classes) == (["Cover/1", "Cover/2", "UERD/1"], ["Cover", "Cover", "UERD"])


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
        (b"id;label\n1;0\n", "no column 'id'; received fields separated by ';': id;label; expected commas"),
        (b"id\tlabel\n1\t0\n", "received fields separated by '\\t'"),
        ("id,label\n1,ä\n".encode("latin-1"), "Windows-1252 or Latin-1, perhaps; save it as UTF-8"),
        ("id,label\n1,0\n".encode("utf-16"), "not UTF-8 text; received UTF-16"),
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


def test_columns_are_those_of_the_rows_in_a_fraction_of_the_memory(tmp_path):
    path, peaks = tmp_path / "t.csv", []
    path.write_text("id,label,note\n" + "".join(f'{row},{row % 7},"a, {row}"\n' for row in range(20_000)))
    for read in (table, read_columns):
        tracemalloc.start()
        found = read(path, ("id", "note"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert {name: of.tolist() for name, of in found.items()} == {
        name: [row[name] for row in table(path)] for name in ("id", "label", "note")
    }
    assert peaks[1] < peaks[0] / 2
    path.write_text("id,label\n")
    assert {name: of.tolist() for name, of in read_columns(path, ("id",)).items()} == {"id": [], "label": []}
    path.write_text("id,label\n1,0,9\n")
    with pytest.raises(DataError, match="line 2: wrong number of fields; received 3; expected 2"):
        read_columns(path, ("id",))


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
        ("1,cat\n2,dog\n3,dog\n", "has labels without a row here for 1 ids, such as '3'"),
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


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_images_of_any_ending_are_read_unless_one_is_asked_for(tmp_path, capsys):
    touch(tmp_path, "10.PNG", "2.jpg", "3.jpeg", "._2.jpg", ".DS_Store", "notes.txt")
    assert [path.name for path in image_folder(tmp_path)] == ["2.jpg", "3.jpeg", "10.PNG"]
    assert capsys.readouterr().err == ""
    assert [path.name for path in image_folder(tmp_path, ".jpg")] == ["2.jpg"]
    assert "2 more images are left out, such as 10.PNG" in capsys.readouterr().err


def test_files_that_differ_only_in_their_ending_keep_it_in_their_ids(tmp_path, capsys):
    touch(tmp_path, "daisy/0.jpg", "daisy/0.JPG", "daisy/1.png", "rose/1.jpeg", "__MACOSX/rose/._1.jpeg")
    ids, images, named = class_folders(tmp_path)
    assert ids == ["daisy/0.JPG", "daisy/0.jpg", "daisy/1", "rose/1"] and named == ["daisy"] * 3 + ["rose"]
    assert [path.name for path in images] == ["0.JPG", "0.jpg", "1.png", "1.jpeg"]
    class_folders(tmp_path, ".jpg")
    assert "2 more images are left out, such as daisy/1.png" in capsys.readouterr().err


def test_images_are_found_by_ids_with_their_ending_or_without(tmp_path, capsys):
    touch(tmp_path, "a/1.jpg", "b/2.png", "b/3.png", "__MACOSX/b/._2.png")
    found = find_images(tmp_path, ["2", "1.jpg"])
    assert found == [tmp_path / "b/2.png", tmp_path / "a/1.jpg"]
    assert "1 more images are left out, such as b/3.png" in capsys.readouterr().err
    assert find_images(tmp_path, ["b/3"], shared=True) == [tmp_path / "b/3.png"] and capsys.readouterr().err == ""
    with pytest.raises(
        DataError, match=r"1 of 2 ids have no image in .*, such as '9'; received 3 images, such as '1.jpg'"
    ):
        find_images(tmp_path, ["1", "9"])
    touch(tmp_path, "b/1.JPG")
    with pytest.raises(DataError, match=r"id '1' is the name of two images in .*; received a/1.jpg and b/1.JPG"):
        find_images(tmp_path, ["1"])
    with pytest.raises(DataError, match="no folder of images"):
        find_images(tmp_path / "c", ["1"])


def test_columns_of_0_and_1_become_names(tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("id,rust,scab\nx,1,0\ny,0,1.0\n")
    assert one_hot(path, ["y", "x"], "id", ("rust", "scab")) == ["scab", "rust"] and column(path, "id") == ["x", "y"]
    path.write_text("id,rust,scab\nx,1,1\ny,0,0\n")
    assert label_columns(path, ["y", "x"], "id", ("rust", "scab")) == [(), ("rust", "scab")]
    with pytest.raises(DataError, match="id 'y' is not of one class; received no 1 in any column; expected one 1"):
        one_hot(path, ["y", "x"], "id", ("rust", "scab"))
    path.write_text("id,rust,scab\nx,1,0.3\n")
    with pytest.raises(DataError, match="id 'x', column scab; received '0.3'; expected 0 or 1"):
        label_columns(path, ["x"], "id", ("rust", "scab"))


def test_tags_and_numbers_come_from_their_columns(tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("id,tags,age\nx,haze road ,4.5\ny,,7\n")
    assert tags(path, ["y", "x"], "id", "tags") == [(), ("haze", "road")]
    assert numbers(path, ["x", "y"], "id", ("age",)) == [(4.5,), (7.0,)]
    with pytest.raises(DataError, match="id 'y', column tags; received ''; expected a number"):
        numbers(path, ["y", "x"], "id", ("tags",))


def test_an_error_of_a_join_shows_an_id_of_each_side(tmp_path):
    (tmp_path / "l.csv").write_text("id,label\n1.jpg,cat\n")
    with pytest.raises(
        DataError, match=r"such as '1'; received 1 labels, such as of '1.jpg'; expected 1 rows, such as '1'"
    ):
        labels(tmp_path / "l.csv", ["1"], "id", "label")


def test_natural_order_is_by_numbers_then_by_letters():
    def parts(name):
        return [
            (0, int(part), part) if part[0] in "0123456789" else (1, 0, part)
            for part in re.findall(r"[0-9]+|[^0-9]+", name)
        ]

    draw = random.Random(0)
    names = ["".join(draw.choices("0019a.b_é/", k=draw.randrange(9))) for _ in range(5000)]
    assert sorted(names, key=natural) == sorted(names, key=parts)
    assert sys.getsizeof(natural("123456.png")) < 100
