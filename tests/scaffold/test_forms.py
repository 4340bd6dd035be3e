"""`kit new` on archives in the forms of real competitions: what is written loads, and reads what the archive holds."""

import pytest

from kit.plugins import load
from kit.targets import Labels
from tests.scaffold import forms
from tests.scaffold.conftest import text_of
from tests.small_archives import ARCHIVES, tarred, zipped

# form, target, its columns, submission, metric, labels of the first training rows, guesses beside the size of images
FORMS = [
    (forms.breeds, "classes", ("akita", "boxer", "pug"), "probability", "log_loss", ["pug", "boxer"], []),
    (
        forms.catheters,
        "labels",
        ("ETT - Normal", "CVC", "Swan"),
        "probability",
        "auc",
        [(), ("ETT - Normal",)],
        ["the sample writes '0': probabilities, or 0 and 1, which is kind labels"],
    ),
    (
        forms.pets,
        "numbers",
        ("Pawpularity",),
        "value",
        "rmse",
        [(10,), (17,)],
        ["the least and the greatest that were seen; what is predicted is kept between"],
    ),
    (forms.whales, "classes", ("new_whale", "w_1", "w_2", "w_3"), "ranking", "map@3", ["new_whale", "w_1"], []),
    (forms.drivers, "classes", ("c0", "c1"), "probability", "log_loss", ["c0", "c0"], []),
    (forms.paddies, "classes", ("blast", "normal", "tungro"), "label", "accuracy", ["blast", "tungro"], []),
    (
        forms.melanomas,
        "classes",
        ("0", "1"),
        "probability",
        "auc",
        ["0", "1"],
        ["the sample writes '0' in every row: a probability, or kind label"],
    ),
    (forms.seizures, "votes", ("seizure", "other"), "probability", "kl_divergence", [(0, 6), (1, 5)], []),
]


@pytest.mark.parametrize(
    ("form", "kind", "columns", "submits", "metric", "labels", "guesses"),
    FORMS,
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_form_is_recognized_and_what_is_written_reads_it(read, form, kind, columns, submits, metric, labels, guesses):
    made, train, test = read(form())
    assert (made.target.kind, made.target.columns, made.submission.kind, made.metric) == (
        kind,
        columns,
        submits,
        metric,
    )
    assert list(train.labels)[:2] == labels and len(test.ids) == 2
    assert len(made.target.encode(train.labels)) == len(train.ids)
    lines = [line.partition("TODO: a guess: ")[2] for line in text_of(made).splitlines() if "a guess" in line]
    assert [line for line in lines if not line.startswith("images have")] == guesses


@pytest.mark.parametrize("slug", [slug for slug in ARCHIVES if not slug.startswith("planet")])
def test_what_is_built_in_is_recognized_as_it_is_declared(read, tmp_path, slug):
    """Rows, labels and columns, whatever the classes are called; the metric is for a person to say."""
    made, train, test = read(ARCHIVES[slug]())
    declared = load(slug)
    assert (made.submission.id_column, made.submission.target_columns) == (
        declared.submission.id_column,
        declared.submission.target_columns,
    )
    expected = declared.read(tmp_path / "raw", "train")
    labels, named = made.target.encode(train.labels), declared.target.encode(expected.labels)
    assert dict(zip(train.ids, labels, strict=True)) == dict(zip(expected.ids, named, strict=True))
    assert set(test.ids) == set(declared.read(tmp_path / "raw", "test").ids)


def test_tags_in_one_column(read):
    made, train, _ = read(
        {
            "train-jpg.tar": tarred(forms.pictures([f"train-jpg/train_{n}.jpg" for n in range(6)])),
            "test-jpg.tar": tarred(forms.pictures(["test-jpg/test_0.jpg"])),
            "train_v2.csv": forms.table(
                "image_name,tags",
                "train_0,clear primary",
                "train_1,cloudy",
                "train_2,haze primary road",
                "train_3,clear",
                "train_4,road clear",
                "train_5,haze",
            ),
            "sample_submission_v2.csv": forms.table("image_name,tags", "test_0,primary clear road"),
        }
    )
    assert made.target == Labels(("clear", "cloudy", "haze", "primary", "road"))
    assert (made.submission.kind, made.metric) == ("labels", "row_f1")
    assert list(train.labels)[:2] == [("clear", "primary"), ("cloudy",)]


def test_what_is_left_out_is_counted_and_named(here, tmp_path):
    archive = tmp_path / "archive.zip"
    members = forms.catheters() | {"__MACOSX/._train.csv": "", ".DS_Store": ""}
    archive.write_bytes(zipped(members))
    said = here("new", "zoo", "--from", str(archive)).stderr.splitlines()
    assert said[1:9] == [
        "training  6 images in train",
        "test      2 images in test",
        "sizes     32x32 pixels (all of 6 looked at), color",
        "labels    in train.csv, columns ETT - Normal, CVC, Swan",
        "target    Labels: ETT - Normal, CVC, Swan",
        "submits   kind probability, 2 rows as in sample_submission.csv",
        "left out  2 files (1 of .csv, 1 of .tfrec): train_annotations.csv, train_tfrecords/00.tfrec",
        "left out  1 column of train.csv: PatientID",
    ]
    assert said[9] == "left out  2 hidden files (.DS_Store, __MACOSX)"
