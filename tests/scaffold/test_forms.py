"""`kit new` on archives in the forms of real competitions: what is written loads, and reads what the archive holds."""

import pytest

from tests.scaffold import forms
from tests.scaffold.conftest import text_of

# form, target, its columns, submission, metric, labels of the first training rows, guesses beside the size of images
FORMS = [
    (forms.breeds, "classes", ("akita", "boxer", "pug"), "probability", "log_loss", ["pug", "boxer"], []),
    (forms.cactus, "classes", ("0", "1"), "probability", "log_loss", ["0", "1"], []),
    (forms.apples, "classes", ("healthy", "rust", "scab"), "probability", "log_loss", ["healthy", "rust"], []),
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
        forms.amazon,
        "labels",
        ("clear", "cloudy", "haze", "primary", "road"),
        "labels",
        "row_f1",
        [("clear", "primary"), ("clear", "primary", "road")],
        [],
    ),
    (
        forms.retinas,
        "grades",
        ("0", "1", "2"),
        "label",
        "quadratic_kappa",
        ["0", "1"],
        ["3 whole numbers, 0 to 2 in diagnosis: Grades if their order counts, else Classes"],
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
    (
        forms.cats,
        "classes",
        ("cat", "dog"),
        "label",
        "accuracy",
        ["cat", "cat"],
        ["read from names of files such as cat.0.jpg", "what is written for each class; the sample writes '0'"],
    ),
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


def test_what_is_left_out_is_counted_and_named(here, tmp_path):
    from tests.small_archives import zipped

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
