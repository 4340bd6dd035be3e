"""Runs of the same rows whose images were decoded to different sizes: joined and compared, but predicted with as trained."""

import pytest

from kit import runs
from kit.data import cache, corrections, folds
from kit.paths import data as data_folders


@pytest.fixture
def two(prepared, plugins, here):
    """Ids of a run on images of 8x8 pixels and one on 6x6, the present size."""
    words = ("train", "tiny-stripes", "--set", "epochs=1", "--set", "folds=3")
    large = here(*words).stdout.splitlines()[-1]
    source = plugins / "tiny-stripes" / "competition.py"
    smaller = source.read_text().replace("image_shape=SHAPE", "image_shape=(6, 6, 1)")
    source.write_text(smaller.replace("images, labels)\n", "np.stack([one[1:7, 1:7] for one in images]), labels)\n"))
    here("prepare", "tiny-stripes")
    return large, here(*words, "--seed", "1").stdout.splitlines()[-1]


def test_runs_of_two_image_sizes_are_joined_compared_and_submitted(two, here, prepared):
    joined = here("ensemble", "tiny-stripes", *two).stdout.splitlines()[-1]
    assert len(runs.find(joined).parents) == 2
    for words in (
        ("diff", *two),
        ("runs", "compare", *two),
        ("submit", "tiny-stripes", joined),
        ("submit", "tiny-stripes", two[0]),
    ):
        here(*words)
    done = here("train", "--resume", two[0], check=False)
    assert done.returncode == 3 and "has changed since" in done.stderr  # the competition says another size
    for words in (
        ("predict", two[0], "--tta", "identity,hflip"),
        ("train", "tiny-stripes", "--recipe", "distill", "--set", f"teacher={joined}", "--set", "epochs=1"),
        ("kernel", "build", "tiny-stripes", "--run", joined),
    ):
        done = here(*words, check=False)
        assert done.returncode and f"the data here differ from what {two[0]} was trained on" in done.stderr, words


def test_other_labels_or_folds_are_no_same_rows(prepared, here):
    from kit.errors import DataError
    from kit.runs import provenance

    where = data_folders("tiny-stripes")
    data = cache.load(prepared, where)
    fold_of = folds.read(where.folds, data.train.ids)
    run = runs.find(here("train", "tiny-stripes", "--set", "epochs=1", "--create").stdout.splitlines()[-1])
    prints = folds.fingerprints(data, fold_of)
    provenance.check_rows(run, prints | {"data_fingerprint": "other pixels"})
    for other in ({"folds_fingerprint": "0"}, {"data_fingerprint": "0", "rows_fingerprint": "0"}):
        with pytest.raises(DataError, match="differ from what"):
            provenance.check_rows(run, prints | other)
    relabeled = corrections.apply(data, [corrections.Decision(0, "relabel", 1)])
    assert folds.fingerprints(relabeled, fold_of) == prints, "corrections are noted apart"
