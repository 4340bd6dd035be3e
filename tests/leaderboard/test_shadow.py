"""The shadow leaderboard: what is held out is never trained on, predicted all the same, and its private half stays private."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from kit import metrics, paths, predictions, runs
from kit.config import Config
from kit.data import cache, folds, holdout
from kit.data.prepare import prepare
from kit.errors import ConfigError, DataError
from kit.leaderboard import shadow
from kit.targets import Classes
from tests.compare.conftest import sure


@pytest.fixture
def held(prepared):
    """tiny-stripes with 30 % of its rows held out, after it was prepared without."""
    return prepare(prepared, paths.data("tiny-stripes"), folds=3, held_out=0.3)


def test_what_is_held_out_lies_among_the_test_images_and_in_no_fold(prepared, held):
    where = paths.data("tiny-stripes")
    kept = holdout.read(where.holdout, prepared)
    assert (len(held.train.ids), len(held.test.ids), len(kept.ids)) == (63, 57, 27)
    assert held.test.ids[:30].tolist() == [str(n) for n in range(1, 31)]
    assert held.test.ids[30:].tolist() == kept.ids.tolist()
    trained = set(held.train.ids)
    assert not trained & {name.removeprefix(holdout.PREFIX) for name in kept.ids.tolist()} and len(trained) == 63
    assert np.bincount(kept.labels).tolist() == [9, 9, 9]
    assert kept.public.sum() in (13, 14) and np.bincount(kept.labels[kept.public]).min() >= 4
    assert len(folds.read(where.folds, held.train.ids)) == 63
    raw = held.test.images[30:]  # its pixels are those of its training row
    whole = np.loadtxt(where.raw / "train.csv", delimiter=",", skiprows=1, usecols=range(1, 65))
    rows = [int(name.removeprefix(holdout.PREFIX)) - 1 for name in kept.ids]
    assert np.array_equal(raw.reshape(27, 64), whole[rows])


def test_it_is_set_aside_once(prepared, held, capsys):
    where = paths.data("tiny-stripes")
    first = where.holdout.read_bytes()
    again = prepare(prepared, where, folds=3, held_out=0.5)
    assert where.holdout.read_bytes() == first and again.fingerprint == held.fingerprint
    assert "held out once and for all" in capsys.readouterr().err


def test_a_cache_and_a_holdout_that_do_not_fit(prepared, held):
    where = paths.data("tiny-stripes")
    text = where.holdout.read_text()
    where.holdout.write_text(text.replace("public", "private", 1))
    with pytest.raises(DataError, match=r"made with another holdout\.csv"):
        cache.load(prepared, where)
    where.holdout.write_text(text.replace("\n", "\nnobody,flat,public\n", 1))
    with pytest.raises(DataError, match="not for these training rows; received 27 of its 28 ids"):
        prepare(prepared, where, folds=3)
    where.holdout.write_text("id,label,part\n1,flat,public\n")
    with pytest.raises(DataError, match="is damaged"):
        holdout.read(where.holdout, prepared)


def test_a_public_score_is_of_the_competition_s_own_rows(prepared, held):
    from kit.leaderboard import overview

    assert len(held.test.ids) == 57
    assert (overview.public_rows(prepared, 0.5), overview.public_rows(prepared, None)) == (15, None)


def test_the_report_counts_the_competition_s_own_test_images(prepared, held):
    from kit.report import season_runs
    from kit.report.sections import season_data

    shown = season_data.section(season_runs.Season(prepared, [], []))
    assert "<b>63</b>" in shown and "<b>30</b>" in shown and "<b>57</b>" not in shown


def test_exact_duplicates_stay_together(prepared, held, tmp_path):
    train = cache.load(prepared, paths.data("tiny-stripes")).train
    doubled = cache.CachedSplit(
        "train", train.ids, train.images, np.arange(63) % 3, train.readable, np.arange(63) // 3 * 3 + np.arange(63) % 3
    )
    pairs = cache.CachedSplit(
        "train", train.ids, train.images, np.arange(63) // 2 % 3, train.readable, np.arange(63) // 2
    )
    for part, number in ((doubled, 1), (pairs, 2)):
        holdout.write(tmp_path / "h.csv", prepared, part, *holdout.choose(part, prepared.target, 0.4))
        out = set(holdout.read(tmp_path / "h.csv", prepared).ids.tolist())
        for group in np.unique(part.groups):
            members = [holdout.PREFIX + name in out for name in part.ids[part.groups == group].tolist()]
            assert len(members) <= number + 1 and len(set(members)) == 1


def test_shares_that_make_no_sense(prepared):
    train = cache.load(prepared, paths.data("tiny-stripes")).train
    with pytest.raises(ConfigError, match="share of the training rows; received 1.5"):
        holdout.choose(train, Classes(("a", "b")), 1.5)
    with pytest.raises(DataError, match="too small for its classes"):
        holdout.choose(train, Classes(("a", "b")), 0.02)


@pytest.fixture
def score(prepared, held):
    """score(name, wrong): a run that is wrong on the first `wrong` held-out rows."""
    kept = holdout.read(paths.data("tiny-stripes").holdout, prepared)

    def make(name: str, wrong: int) -> runs.Run:
        run = runs.create("tiny-stripes", "train", Config(), {}, name=name, fingerprints={})
        said = np.concatenate([np.arange(30) % 3, (kept.labels + (np.arange(27) < wrong)) % 3])
        predictions.save(run.test, predictions.make(held.test.ids, sure(said), prepared.target))
        return run

    return make


def test_the_table_and_what_stays_private(here, prepared, score):
    kept = holdout.read(paths.data("tiny-stripes").holdout, prepared)
    good, bad = score("good", 2), score("bad", 12)
    first = json.loads(here("submit", "tiny-stripes", bad.id, "--local", "--json").stdout)
    assert (first["rank"], first["runs"], first["private"], first["revealed"]) == (1, 1, None, 0)
    assert first["public"]["score"] == pytest.approx(1 - (kept.public & (np.arange(27) < 12)).sum() / kept.public.sum())
    text = here("submit", "tiny-stripes", good.id, "--local").stdout
    assert text.startswith("rank 1 of 2") and "revealed so far: 0" in text
    files = sorted((paths.runs() / "shadow" / "tiny-stripes").glob("*.json"))
    assert [file.stem for file in files] == sorted([good.id, bad.id])
    assert all(json.loads(file.read_text())["private"] is None for file in files)
    shown = json.loads(here("submit", "tiny-stripes", bad.id, "--local", "--reveal", "--json").stdout)
    expected = 1 - (~kept.public & (np.arange(27) < 12)).sum() / (~kept.public).sum()
    assert shown["private"]["score"] == pytest.approx(expected) and shown["revealed"] == 1
    assert shadow.submit(prepared, bad).private == shown["private"], "what was seen stays recorded as seen"


def test_the_file_for_kaggle_holds_no_held_out_row(here, score):
    run = score("good", 2)
    here("submit", "tiny-stripes", run.id)
    assert len((run.folder / "submission.csv").read_text().splitlines()) == 31
    other = score("other", 20)
    for one in (run, other):
        predictions.save(one.oof, predictions.make(["1"], sure(np.array([0])), Classes(("flat", "steep", "none"))))
    found = json.loads(here("diff", run.id, other.id, "--json").stdout)
    assert (found["test"]["rows"], found["test"]["differ"]) == (30, 0)


def test_who_is_refused(here, prepared, score):
    old = runs.create("tiny-stripes", "train", Config(), {}, name="old", fingerprints={})
    predictions.save(
        old.test, predictions.make([str(n) for n in range(1, 31)], sure(np.arange(30) % 3), prepared.target)
    )
    with pytest.raises(DataError, match="did not predict the hold-out; received 27 of 27 rows missing"):
        shadow.submit(prepared, old)
    for words in ((old.id, "--reveal"), (old.id, "--local", "--send"), ("file.csv", "--local")):
        assert here("submit", "tiny-stripes", *words, check=False).returncode == 2
    paths.data("tiny-stripes").holdout.unlink()
    with pytest.raises(DataError, match=r"has no hold-out; .*kit prepare tiny-stripes --holdout 0\.1"):
        shadow.submit(prepared, old)


def test_a_real_training_predicts_what_it_never_learned_from(here, prepared):
    done = here("prepare", "tiny-stripes", "--folds", "3", "--holdout", "0.2")
    assert "never trained on from here on" in done.stderr
    assert "held out       18 training images" in done.stdout
    run = here("train", "tiny-stripes", "--folds", "1", "--set", "epochs=1").stdout.split()[-1]
    text = here("submit", "tiny-stripes", run, "--local").stdout
    assert re.search(r"rank 1 of 1, on 9 public rows", text)
    judged = predictions.load(runs.find(run).oof).ids
    assert not any(name.startswith(holdout.PREFIX) for name in judged.tolist())


def test_the_error_is_over_groups_that_were_held_out(prepared, tmp_path):
    train = cache.load(prepared, paths.data("tiny-stripes")).train
    holdout.write(tmp_path / "alone.csv", prepared, train, *holdout.choose(train, prepared.target, 0.4))
    assert holdout.read(tmp_path / "alone.csv", prepared).groups is None
    patients = replace(train, groups=np.arange(90) // 3)
    holdout.write(tmp_path / "h.csv", prepared, patients, *holdout.choose(patients, prepared.target, 0.4))
    held = holdout.read(tmp_path / "h.csv", prepared)
    where = {name: group for name, group in zip(train.ids, patients.groups, strict=True)}
    assert held.groups.tolist() == [str(where[name.removeprefix(holdout.PREFIX)]) for name in held.ids]
    values = np.eye(3)[np.where(held.groups.astype(int) % 2, held.labels, 0)]
    found = shadow._score(prepared, held, values, held.public)
    plain = metrics.evaluate(prepared, held.labels[held.public], values[held.public])
    assert found["score"] == plain["score"] and found["error"] != plain["error"]
