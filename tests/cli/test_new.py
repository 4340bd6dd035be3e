"""`kit new` reads what it can off an archive, and what it writes loads."""

import pytest

from kit.errors import DataError
from kit.plugins import load_folder
from kit.scaffold import facts, template
from tests.small_archives import zipped


@pytest.fixture
def plugins(tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    return folder


@pytest.fixture
def scaffold(tmp_path):
    """The competition that `kit new` would make from an archive of these members."""

    def make(members: dict[str, str | bytes], slug: str = "zoo"):
        archive = tmp_path / "archive.zip"
        archive.write_bytes(zipped(members))
        folder = tmp_path / "made" / slug
        folder.mkdir(parents=True)
        (folder / "competition.py").write_text(template.competition(slug, facts.read(archive)))
        return load_folder(folder)

    return make


def test_without_an_archive_it_loads_and_lists(here, plugins):
    done = here("new", "zoo", "--in", str(plugins))
    assert done.stdout.strip() == str(plugins / "zoo" / "competition.py")
    assert "where it says TODO" in done.stderr and "next: kit --competitions" in done.stderr
    assert sorted(path.name for path in (plugins / "zoo").iterdir()) == ["README.md", "competition.py"]
    assert "\nzoo " in here("list").stdout


def test_it_never_overwrites(here, plugins):
    (plugins / "zoo").mkdir()
    done = here("new", "zoo", "--in", str(plugins), check=False)
    assert done.returncode == 3 and "is there already" in done.stderr and done.stdout == ""
    assert list((plugins / "zoo").iterdir()) == []


@pytest.mark.parametrize("slug", ["../evil", "Zoo", "a b", "-x-", "zoo/.."])
def test_a_name_that_is_no_slug_is_refused(here, plugins, slug):
    done = here("new", "--in", str(plugins), "--", slug, check=False)
    assert done.returncode == 3 and "is not a slug" in done.stderr
    assert list(plugins.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"<html>403</html>", zipped({"train.csv": "label\n1\n"})[:-30]])
def test_what_is_no_archive_leaves_nothing(here, plugins, tmp_path, content):
    archive = tmp_path / "bad.zip"
    archive.write_bytes(content)
    done = here("new", "zoo", "--in", str(plugins), "--from", str(archive), check=False)
    assert done.returncode == 3 and "cannot read" in done.stderr and len(done.stderr.splitlines()) == 1
    assert list(plugins.iterdir()) == []


def test_the_downloaded_archive_is_found(here, home, plugins):
    archive = home / "data" / "zoo" / "archives" / "zoo.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(zipped({"train.7z": "", "test.7z": "", "sample_submission.csv": "Name,Kind\nx,0\n"}))
    done = here("new", "zoo", "--in", str(plugins))
    assert "read " in done.stderr and "prepare zoo" in done.stderr
    made = load_folder(plugins / "zoo")
    assert (made.submission.id_column, made.submission.target_columns) == ("Name", ("Kind",))
    assert (made.archives.train, made.archives.sample) == ("train.7z", "sample_submission.csv")


def test_a_table_of_labels_gives_the_classes(scaffold):
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
            "train/1.jpg": b"",
            "train/2.jpg": b"",
            "test/3.jpg": b"",
            "train.csv": "image_id,variety,label,age\n1,ADT45,blast,45\n2,ADT45,normal,50\n",
            "sample.csv": f"image_id,prediction\n3,{written}\n",
        }
    )
    text = (made.folder / "competition.py").read_text()
    said = "TODO: a guess; the label may be in any column of ('variety', 'label', 'age'), and the sample writes ['0']"
    assert (said in text) is not certain and (' "image_id", "label")' in text) is certain
    assert (made.target.columns == ("blast", "normal")) is certain


def test_images_of_any_ending_are_read(scaffold, tmp_path):
    files = ("train/a/1.jpg", "train/a/1.JPG", "train/b/2.png", "train/b/3.jpeg", "test/4.png", "test/5.jpg")
    made = scaffold({**dict.fromkeys(files, b""), "sample.csv": "id,label\n4,a\n5,a\n"})
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(made.read(tmp_path, "train").ids) == ["a/1.JPG", "a/1.jpg", "b/2", "b/3"]
    assert list(made.read(tmp_path, "test").ids) == ["4", "5"]


def test_it_is_written_into_the_folder_of_competitions_that_is_given(here, plugins):
    done = here("new", "zoo")
    assert "--in" not in done.stderr and load_folder(plugins / "zoo").slug == "zoo"


def test_ids_with_the_ending_of_their_files(scaffold, tmp_path):
    table = "image_id,label\n1.jpg,owl\n2.jpg,cat\n"
    files = ("train/1.jpg", "train/2.jpg", "test/3.jpg")
    made = scaffold({**dict.fromkeys(files, b""), "train.csv": table, "sample.csv": "image_id,label\n3.jpg,cat\n"})
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "train.csv").write_text(table)
    split = made.read(tmp_path, "train")
    assert (list(split.ids), list(split.labels)) == (["1.jpg", "2.jpg"], ["owl", "cat"])
    assert list(made.read(tmp_path, "test").ids) == ["3.jpg"]


def test_a_table_of_pixels_gives_classes_and_shape(scaffold, tmp_path):
    head = "label," + ",".join(f"pixel{n}" for n in range(4))
    made = scaffold(
        {
            "train.csv": f"{head}\n10,1,2,3,4\n2,1,2,3,4\n",
            "test.csv": head.partition(",")[2] + "\n1,2,3,4\n",
            "sample_submission.csv": "ImageId,Label\n1,2\n",
        }
    )
    assert made.target.columns == ("2", "10") and made.image_shape == (2, 2, 1) and made.archives.train == "train.csv"
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "train.csv").write_text(f"{head}\n10,1,2,3,4\n2,1,2,3,4\n")
    split = made.read(raw, "train")
    assert (list(split.ids), list(split.labels)) == (["1", "2"], ["10", "2"])


def test_a_column_of_ids_in_a_table_of_pixels(scaffold, tmp_path):
    train = "id,letter,p0,p1,p2,p3\nx7,b,1,2,3,4\nx8,a,1,2,3,4\n"
    made = scaffold(
        {
            "train.csv": train,
            "test.csv": "id,p0,p1,p2,p3\nx9,1,2,3,4\n",
            "sample_submission.csv": "id,letter\nx9,a\n",
        }
    )
    assert made.target.columns == ("a", "b") and made.image_shape == (2, 2, 1)
    (tmp_path / "train.csv").write_text(train)
    (tmp_path / "test.csv").write_text("id,p0,p1,p2,p3\nx9,1,2,3,4\n")
    split = made.read(tmp_path, "train")
    assert (list(split.ids), list(split.labels)) == (["x7", "x8"], ["b", "a"]) and next(iter(split.images)).max() == 4
    assert list(made.read(tmp_path, "test").ids) == ["x9"]


@pytest.mark.parametrize("outside", [(), ("train/0.jpg",)])
def test_a_folder_of_images_for_each_class(scaffold, tmp_path, outside):
    files = ("train/pattern/1.jpg", "train/Golden Dog/1.jpg", "train/Golden Dog/2.jpg", "test/10.jpg", "test/9.jpg")
    made = scaffold(
        {**dict.fromkeys((*files, *outside), b""), "sample_submission.csv": "id,breed\n9,pattern\n10,pattern\n"}
    )
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    if outside:
        assert made.target.columns == ("first", "second"), "one image lies in no folder: these are no classes"
        with pytest.raises(DataError, match="class_folders"):
            made.read(tmp_path, "train")
        return
    split = made.read(tmp_path, "train")
    assert list(split.ids) == ["Golden Dog/1", "Golden Dog/2", "pattern/1"]
    assert list(split.labels) == ["Golden Dog", "Golden Dog", "pattern"] and made.target.columns == (
        "Golden Dog",
        "pattern",
    )
    assert [path.relative_to(tmp_path).as_posix() for path in split.images] == [files[1], files[2], files[0]]
    assert list(made.read(tmp_path, "test").ids) == ["9", "10"]


def test_folders_of_images_and_a_table_called_train(scaffold, tmp_path):
    labels = "image_id,label\na,0\nb,3\n"
    made = scaffold(
        {
            "train_images/a.png": b"",
            "train_images/b.png": b"",
            "test_images/c.png": b"",
            "train.csv": labels,
            "sample_submission.csv": "image_id,label\nc,0\n",
        }
    )
    assert (made.archives.train, made.archives.test, made.archives.labels) == (
        "train_images",
        "test_images",
        "train.csv",
    )
    raw = tmp_path / "raw"
    (raw / "train_images").mkdir(parents=True)
    for name in ("a", "b"):
        (raw / "train_images" / f"{name}.png").touch()
    (raw / "train.csv").write_text(labels)
    assert list(made.read(raw, "train").labels) == ["0", "3"]


def test_decimals_in_the_sample_mean_probabilities(scaffold):
    made = scaffold({"train.zip": "", "test.zip": "", "sample_submission.csv": "id,label\n1,0.5\n"})
    assert (made.submission.kind, made.metric) == ("probability", "log_loss")
    assert len(made.submission.of) == 1 and set(made.submission.of) <= set(made.target.columns)


def test_several_target_columns_are_the_classes(scaffold):
    made = scaffold(
        {"train.zip": "", "test.zip": "", "sample.csv.zip": zipped({"sample.csv": "id,c0,c1,c2\n1,1,0,0\n"})}
    )
    assert made.submission.target_columns == made.target.columns == ("c0", "c1", "c2")
    assert made.submission.kind == "probability" and made.archives.sample == "sample.csv.zip"


def test_names_from_the_archive_cannot_become_code(scaffold):
    evil = '"+__import__("os").abort()+"'
    made = scaffold({"train.zip": "", "test.zip": "", "sample.csv": f'"id\'""\\n$x",{evil!r}\n1,a\n'})
    assert made.submission.target_columns == (repr(evil),)
    assert made.submission.id_column == "id'\"\\n$x"


def test_a_column_of_too_many_values_is_not_a_list_of_classes(scaffold):
    rows = "".join(f"{n},{n}.5\n" for n in range(1200))
    made = scaffold({"train.zip": "", "train_labels.csv": "id,label\n" + rows, "sample.csv": "id,label\n1,7\n"})
    assert len(made.target.columns) == 2


@pytest.mark.parametrize("fault", ["flipped bit", "password", "latin-1"])
def test_a_table_that_cannot_be_read_is_one_error(tmp_path, fault):
    labels = "id,label\n" + "1,owl\n2,köter\n" * 50
    content = labels.encode("latin-1" if fault == "latin-1" else "utf-8")
    data = bytearray(zipped({"train.zip": "", "trainLabels.csv": content}))
    if fault == "flipped bit":
        data[data.index(b"trainLabels.csv") + 20] ^= 0xFF
    if fault == "password":
        data[data.rindex(b"PK\x01\x02") + 8] |= 1
        data[data.rindex(b"PK\x03\x04") + 6] |= 1
    archive = tmp_path / "bad.zip"
    archive.write_bytes(data)
    with pytest.raises(DataError, match=r"cannot read .*bad\.zip; received"):
        facts.read(archive)
