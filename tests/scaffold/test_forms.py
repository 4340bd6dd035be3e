"""`kit new` on archives in the forms of real competitions: what is written loads, and reads what the archive holds."""

import pytest

from kit.competition import Split
from kit.plugins import load
from kit.scaffold.template import list_guesses
from kit.targets import Target
from tests.built_in_archives import ARCHIVES
from tests.scaffold import forms
from tests.scaffold.conftest import text_of
from tests.small_archives import zipped

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
        [
            "6 rows of 3 PatientID; those of one stay in one fold",
            "the sample writes '0': probabilities, or 0 and 1, which is kind labels",
        ],
    ),
    (
        forms.pets,
        "numbers",
        ("Pawpularity",),
        "value",
        "rmse",
        [(10,), (17,)],
        [
            "columns that test.csv has, too; which of them say something is to be tried",
            "the bounds that predictions are kept in; the least and the greatest that were seen",
        ],
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
    assert [line for line in list_guesses(text_of(made)) if not line.startswith("the size to decode to")] == guesses


def _rows(target: Target, split: Split) -> dict[str, object]:
    """By id, the labels of each row; a class by its place, since classes may be called otherwise."""
    several = target.kind == "labels"
    labels = map(set, split.labels) if several else target.encode(split.labels).tolist()
    return dict(zip(split.ids, labels, strict=True))


@pytest.mark.parametrize("slug", ARCHIVES)
def test_what_is_built_in_is_recognized_as_it_is_declared(read, tmp_path, slug):
    """Rows, labels and columns, whatever the classes are called; the metric is for a person to say."""
    made, train, test = read(ARCHIVES[slug]())
    declared = load(slug)
    assert (made.submission.id_column, made.submission.target_columns) == (
        declared.submission.id_column,
        declared.submission.target_columns,
    )
    expected = declared.read(tmp_path / "raw", "train")
    known = (
        declared.target if declared.target.columns else made.target
    )  # else its classes are known once it is unpacked
    assert _rows(made.target, train) == _rows(known, expected)
    assert set(test.ids) == set(declared.read(tmp_path / "raw", "test").ids)


def test_what_is_left_out_is_counted_and_named(here, tmp_path):
    archive = tmp_path / "archive.zip"
    members = forms.catheters() | {"__MACOSX/._train.csv": "", ".DS_Store": ""}
    archive.write_bytes(zipped(members))
    said = here("new", "zoo", "--from", str(archive)).stderr.splitlines()
    assert said[1:10] == [
        "training  6 images in train",
        "test      2 images in test",
        "sizes     32x32 pixels (all of 6 looked at), color",
        "labels    in train.csv, columns ETT - Normal, CVC, Swan",
        "target    Labels: ETT - Normal, CVC, Swan",
        "submits   kind probability, 2 rows as in sample_submission.csv",
        "left out  2 files (1 of .csv, 1 of .tfrec): train_annotations.csv, train_tfrecords/00.tfrec",
        "left out  2 hidden files (.DS_Store, __MACOSX)",
        "to do     6 rows of 3 PatientID; those of one stay in one fold",
    ]
    assert said[10] == "to do     the sample writes '0': probabilities, or 0 and 1, which is kind labels"
