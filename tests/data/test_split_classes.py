"""Folders with a subfolder of images for each class become an archive and a solution."""

import csv
import io
import zipfile

import pytest

from kit.data.split_classes import split_classes
from kit.errors import DataError
from tests.small_archives import image, zipped


def images(*names: str) -> dict[str, bytes]:
    """PNGs that differ, by their paths."""
    return {name: image(n, "PNG") for n, name in enumerate(names)}


def pets(prefix: str = "", count: int = 10) -> dict[str, bytes]:
    return images(*(f"{prefix}{kind}/{n}.png" for kind in ("cat", "dog") for n in range(count)))


@pytest.fixture
def split(tmp_path):
    """(members of the archive, rows of the solution) of files that lie in a folder, or in a zip of one."""

    def run(files: dict[str, bytes], packed: bool = False) -> tuple[dict[str, bytes], list[dict[str, str]]]:
        source = tmp_path / "given"
        if packed:
            source.write_bytes(zipped(files))
        else:
            for name, content in files.items():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                (source / name).write_bytes(content)
        archive, solution = tmp_path / "archive.zip", tmp_path / "solution.csv"
        split_classes(source, archive, solution)
        with zipfile.ZipFile(archive) as made:
            members = {name: made.read(name) for name in made.namelist()}
        return members, [*csv.DictReader(io.StringIO(solution.read_text()))]

    return run


def test_a_fifth_of_each_class_is_set_aside_and_no_byte_is_lost(split):
    files = pets()
    members, solution = split(files)
    assert sorted(row["label"] for row in solution) == ["cat", "cat", "dog", "dog"]
    assert all(members[f"test/{row['id']}.png"] == files[row["file"]] for row in solution)
    learned = {name.removeprefix("train/"): content for name, content in members.items() if name.startswith("train/")}
    assert learned == {name: files[name] for name in files.keys() - {row["file"] for row in solution}}
    sample = members["sample_submission.csv"].decode().splitlines()
    assert sample == ["id,label", *(f"{row['id']},cat" for row in solution)]


def test_the_same_images_are_set_aside_wherever_they_lie_and_if_others_come(split, tmp_path):
    first = {row["file"]: row["id"] for row in split(pets("around/them/"), packed=True)[1]}
    again = {f"around/them/{row['file']}": row["id"] for row in split_again(split, tmp_path)}
    assert first == again


def split_again(split, tmp_path):
    (tmp_path / "given").unlink()
    return split(pets())[1]


def test_equal_images_stay_together_and_a_class_of_one_is_learned(split):
    files = pets() | {f"cat/copy-{n}.png": image(n, "PNG") for n in range(10)} | {"owl/1.png": image(99, "PNG")}
    members, solution = split(files)
    tested = {files[row["file"]] for row in solution}
    assert not tested & {content for name, content in members.items() if name.startswith("train/")}
    assert len({row["id"] for row in solution}) == len(solution) and "train/owl/1.png" in members


@pytest.mark.parametrize(
    "names", [("train", "test"), ("seg_train/seg_train", "seg_test/seg_test"), ("Training", "val")]
)
def test_a_split_that_is_there_is_kept(split, names):
    train, test = names
    files = pets(f"{train}/") | images(f"{test}/cat/a.png", f"{test}/dog/b.png") | {"more/x.png": b"", "notes.txt": b""}
    members, solution = split(files)
    assert [row["file"] for row in sorted(solution, key=lambda row: row["file"])] == [
        f"{test}/cat/a.png",
        f"{test}/dog/b.png",
    ]
    assert sum(name.startswith("train/") for name in members) == 20


def test_beside_a_test_part_val_is_learned_from(split, capsys):
    members, solution = split(pets("train/") | images("test/cat/1.png", "test/dog/1.png", "val/cat/1.png"))
    assert len(solution) == 2 and sum(name.startswith("train/cat/") for name in members) == 11
    assert "left out" not in capsys.readouterr().err


def test_a_test_part_without_classes_is_left_out_and_counted(split, capsys):
    _, solution = split(pets("train/") | images("test1/test1/1.png", "test1/test1/2.png"))
    said = capsys.readouterr().err
    assert len(solution) == 4 and "2 other files are left out, such as test1/test1/1.png" in said


def test_loose_and_hidden_files_are_no_images_of_a_class(split, capsys):
    files = pets() | {"loose.png": b"x", "cat/._1.png": b"x", "__MACOSX/cat/1.png": b"x", "cat/notes.txt": b"x"}
    members, _ = split(files)
    said = capsys.readouterr().err
    assert "2 classes of 8 to 8 images to learn from, 4 images set aside" in said
    assert "2 other files are left out, such as cat/notes.txt" in said and len(members) == 21


def test_names_that_come_twice_in_a_class_are_kept_apart(split):
    members, _ = split(pets() | images("cat/a/x.png", "cat/b/x.png", "cat/c/x.jpg"))
    assert len(members) == 24


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (images("1.png", "2.png"), "has no classes; received 0 images in folders, 2 beside"),
        (images("cat/1.png", "cat/2.png", "3.png"), "has one class; received 2 images in cat, 1 beside"),
        ({"notes.txt": b""}, "has no classes"),
        (images("train/cat/1.png", "test/cat/1.png"), "train has one class"),
        (pets("color/") | pets("grey/"), "which folders are the classes.*color, grey, each with cat, dog in it"),
        (pets("train/") | images("test/cat/1.png", "test/owl/1.png"), "no training image is of owl"),
        (images("cat/1.png", "dog/1.png"), "nothing can be set aside"),
    ],
)
def test_what_cannot_be_is_one_line(split, tmp_path, files, message):
    with pytest.raises(DataError, match=message):
        split(files)
    assert not (tmp_path / "solution.csv").exists()
