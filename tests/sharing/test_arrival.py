"""What does not fit, or is not what was pushed, is refused, and nothing of it is left."""

import os

import numpy as np
import pytest

from kit import paths, predictions
from kit.data import cache, folds
from kit.errors import ConfigError, DataError
from kit.files import sha256
from kit.json_files import read_json, write_json
from kit.targets import Classes
from tests.sharing.teammate import contents, leave, left, sign


def other_class_order(folder):
    own = predictions.load(folder / "oof.npz")
    predictions.save(folder / "oof.npz", predictions.make(own.ids, own.values, Classes(own.columns[::-1])))
    sign(folder, "oof.npz")


def other_ids(folder):
    own = predictions.load(folder / "oof.npz")
    predictions.save(folder / "oof.npz", predictions.make([f"x{i}" for i in own.ids], own.values, Classes(own.columns)))
    sign(folder, "oof.npz")


def fewer_test_ids(folder):
    own = predictions.load(folder / "test.npz")
    predictions.save(folder / "test.npz", predictions.make(own.ids[1:], own.values[1:], Classes(own.columns)))
    sign(folder, "test.npz")


def no_probabilities(folder):
    own = predictions.load(folder / "test.npz")
    np.savez(folder / "test.npz", ids=own.ids, probabilities=own.values * 9, classes=np.array(own.columns))
    sign(folder, "test.npz")


def changed(file: str, key: str, value, *, inside: str = ""):
    def change(folder):
        stored = read_json(folder / file)
        (stored[inside] if inside else stored)[key] = value
        write_json(folder / file, stored)
        if file != "manifest.json":
            sign(folder, file)

    return change


def written(file: str, text: str):
    def change(folder):
        (folder / file).write_text(text)
        sign(folder, file)

    return change


def a_flipped_bit(folder):
    data = bytearray((folder / "oof.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "oof.npz").write_bytes(data)


def named(name: str):
    """A manifest that names a file outside of the run, with its true hash."""

    def change(folder):
        (folder.parent / "evil.json").write_text("{}")
        stored = read_json(folder / "manifest.json")
        stored["files"][name] = {"sha256": sha256(folder.parent / "evil.json"), "bytes": 2}
        write_json(folder / "manifest.json", stored)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (a_flipped_bit, r"oof\.npz of .* is not what its manifest says"),
        (lambda folder: (folder / "test.npz").unlink(), r"lacks .*test\.npz"),
        (other_class_order, "has its classes in another order, or others; received .*none.*; expected .*flat"),
        (other_ids, "not of the rows here; received 90 ids, 90 of them unknown"),
        (fewer_test_ids, "test.npz of .* is not of the rows here; received 29 ids"),
        (no_probabilities, "are not probabilities"),
        (changed("environment.json", "folds_fingerprint", "0" * 64), "the folds here differ from what"),
        (changed("environment.json", "rows_fingerprint", "0" * 64), "the rows here differ from what"),
        (changed("metrics.json", "metric", "auc"), "was scored by another metric; received auc; expected accuracy"),
        (
            changed("metrics.json", "score", "high"),
            r"metrics\.json is not sound: score; received 'high'; expected a finite number",
        ),
        (changed("config.json", "whirl", 3, inside="config"), "unknown setting 'whirl'"),
        (changed("run.json", "id", "tiny-stripes-else"), r"run\.json of .* is not sound"),
        (changed("run.json", "parents", ["../../home"]), r"run\.json is not sound: parents"),
        (changed("run.json", "parents", 5), r"run\.json is not sound: parents; received 5; expected a list"),
        (changed("run.json", "slug", "../plugins"), r"run\.json is not sound: slug"),
        (changed("config.json", "origin", ["a"]), r"config\.json is not sound: origin"),
        (changed("environment.json", "packages", 3), r"environment\.json is not sound: packages"),
        (changed("metrics.json", "members", [{"fold": "0"}]), r"metrics\.json is not sound: members"),
        (changed("metrics.json", "score", None), r"metrics\.json of .* is not sound: score; received None"),
        (
            written("metrics.json", '{"metric": "accuracy", "score": Infinity, "error": 0, "rows": 90}'),
            "the number Inf",
        ),
        (written("metrics.json", '{"metric": "accuracy", "score": 1e999, "error": 0, "rows": 90}'), "the number 1e999"),
        (
            written("metrics.json", '{"metric": "accuracy", "score": 1, "error": 0, "rows": ' + "9" * 99 + "}"),
            "99 digits",
        ),
        (written("run.json", "[" * 100_000), "run.json is damaged; received too deeply nested"),
        (written("run.json", '{"id": 1, "id": 2}'), "a key that comes twice"),
        (written("fold-0/history.csv", "epoch,loss\n1,high\n"), r"history\.csv is damaged"),
        (written("fold-0/history.csv", "loss\n1\n"), r"history\.csv is damaged; expected a column epoch"),
        (
            written("fold-0/metrics.json", '{"fold": 0, "score": [1]}'),
            r"fold-0/metrics\.json of .* is not sound: score",
        ),
        (named("../evil.json"), "names what is no file of a run; received '../evil.json'"),
        (named("fold-0/../../evil.json"), "names what is no file of a run"),
        (named("/tmp/evil.json"), "names what is no file of a run"),
        (named("fold-0/metrics.json\n"), "names what is no file of a run"),
        (named("archived"), "names what is no file of a run"),
        (changed("manifest.json", "files", {}), "lacks run.json, config.json"),
        (changed("manifest.json", "run", "other"), "manifest of .* is damaged, or not one"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "manifest of .* is damaged, or not one"),
        (lambda folder: os.truncate(folder / "manifest.json", 1 << 40), "manifest of .* is damaged, or not one"),
        (lambda folder: (folder / "manifest.json").write_text("[" * 10**6), "manifest of .* too deeply nested"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_left(cli, make_run, team, change, message):
    run = make_run("a")
    cli("runs", "push", run.id, "--store", str(team))
    leave(run)
    change(team / run.id)
    outside = contents(paths.home())
    with pytest.raises((DataError, ConfigError), match=message):
        cli("runs", "pull", "--store", str(team), run.id)
    assert left() == [] and contents(paths.home()) == outside


def test_of_many_the_good_ones_are_taken_and_the_others_named(cli, make_run, team):
    a, b = make_run("a"), make_run("b")
    cli("runs", "push", a.id, b.id, "--store", str(team))
    leave(a)
    leave(b)
    a_flipped_bit(team / a.id)
    with pytest.raises(DataError, match="1 of 2 runs were refused"):
        cli("runs", "pull", "--store", str(team))
    assert left() == [b.id]


def test_the_fingerprints_are_of_the_folds_here(cli, make_run, team, prepared):
    run = make_run("a")
    cli("runs", "push", run.id, "--store", str(team))
    leave(run)
    where = paths.data("tiny-stripes")
    data = cache.load(prepared, where)
    folds.write(where.folds, data.train.ids, folds.make(data, Classes(("flat", "steep", "none")), 3, seed=99))
    with pytest.raises(DataError, match="the folds here differ from what"):
        cli("runs", "pull", "--store", str(team))
    assert left() == []
