"""Every form that the kit stores says, or is taken to say, of which version it is; a newer one is refused in one line."""

import json
import re
from pathlib import Path

import pytest

from kit import paths, runs
from kit.data import cache, prepare
from kit.data.archives import unpack
from kit.errors import DataError
from kit.json_files import read_json, write_json
from kit.kaggle import archive
from kit.kaggle.submissions import KaggleSubmission
from kit.kernel import bundle, pushed
from kit.leaderboard import board
from kit.learn.fit import checkpoints
from kit.runs.scores import read_environment, read_scores
from kit.sharing import manifest
from kit.submission import kaggle_list, records

SLUG = "tiny-stripes"
KIT = Path(__file__).resolve().parents[2] / "kit"


def of_run(name, read):
    return lambda make_run, competition: (made := make_run("a").folder / name, lambda: read(runs.open_run(made.parent)))


def of_data(read):
    return lambda make_run, competition: read(competition, paths.data(SLUG))


def upload(make_run, competition):
    path = records.write(paths.submissions(SLUG), records.Record(SLUG, "0" * 64, None, "a.csv", "", 1, records.now()))
    return path, lambda: records.list_records(SLUG)


def asked(make_run, competition):
    folder = kaggle_list.folder(SLUG)
    folder.mkdir(parents=True)
    (folder / "leaderboard.csv").write_text("Rank,TeamName,Score\n")
    write_json(folder / "asked.json", {"asked": "2026-01-01T00:00:00+00:00", "left": 1, "last": 0})
    return folder / "asked.json", lambda: board.read_cached(SLUG)


def checkpoint(make_run, competition):
    folder = paths.home() / "fold-0"
    write_json(folder / "state.json", {"epoch": 0})
    return folder / "state.json", lambda: checkpoints.read(folder)


def kernel(name, read):
    def make(make_run, competition):
        folder = paths.kernels() / "a"
        write_json(folder / "dataset" / "bundle.json", {"slug": SLUG})
        write_json(folder / name, read_json(folder / name) if (folder / name).exists() else {"dataset": None})
        return folder / name, lambda: read(folder)

    return make


def shared(make_run, competition):
    run = make_run("a")
    made = manifest.make(run, manifest.PREDICTIONS)
    path = run.folder / "manifest.json"
    path.write_text(made.text())
    return path, lambda: manifest.parse(path.read_bytes(), run.id, manifest.PREDICTIONS)


FORMS = {
    "run.json": of_run("run.json", lambda run: run),
    "config.json": of_run("config.json", lambda run: run),
    "environment.json": of_run("environment.json", read_environment),
    "metrics.json": of_run("metrics.json", read_scores),
    "an upload": upload,
    "the answer of the leaderboard": asked,
    "a checkpoint": checkpoint,
    "a bundle": kernel("dataset/bundle.json", bundle.manifest),
    "a pushed kernel": kernel("pushed.json", pushed.record),
    "the manifest of a shared run": shared,
    "the cache": of_data(
        lambda competition, data: (data.cache / "manifest.json", lambda: cache.load(competition, data))
    ),
    "the check": of_data(
        lambda competition, data: (
            data.cache / "check.json",
            lambda: prepare.check_data(competition, data, cache.load(competition, data)),
        )
    ),
    "the extracted archive": of_data(
        lambda competition, data: (data.raw / "manifest.json", lambda: unpack.count_hidden(data.raw))
    ),
    "the record of an archive": of_data(
        lambda competition, data: (
            archive.manifest(data.archives / f"{SLUG}.zip"),
            lambda: archive.read_digest(data.archives / f"{SLUG}.zip"),
        )
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_newer_form_is_refused_and_one_that_names_no_version_is_read(make_run, prepared, form):
    archive.record(paths.data(SLUG).archives / f"{SLUG}.zip", "file")
    path, read = FORMS[form](make_run, prepared)
    read()
    stored = json.loads(path.read_text())
    if form != "the cache":  # which is made again where its form has changed
        path.write_text(json.dumps({key: value for key, value in stored.items() if key != "format"}))
        read()
    for newer in (99, "2", None):
        path.write_text(json.dumps(stored | {"format": newer}))
        with pytest.raises(
            DataError, match="was written by a newer version of the kit; received format .*; expected at most"
        ):
            read()


def test_a_newer_row_of_kaggles_list_is_left_out_by_name(home, capsys):
    kaggle_list.keep(
        SLUG, [KaggleSubmission(1, "complete", "0.5", "", ""), KaggleSubmission(2, "complete", "0.6", "", "")]
    )
    path = kaggle_list.folder(SLUG) / "submissions" / "1.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    assert list(kaggle_list.rows(SLUG)) == [2] and str(path) in capsys.readouterr().err.replace("\n", "")


def test_what_an_older_kit_called_log_loss_is_the_loss(make_run):
    run = make_run("a")
    write_json(run.metrics, read_json(run.metrics) | {"log_loss": 0.5})
    assert read_scores(run)["loss"] == 0.5


def test_stored_json_is_read_in_one_place():
    """json.loads knows of no version; what others write (Kaggle's answers, tables, notebooks, a credentials file) has none."""
    direct = {
        path.relative_to(KIT).as_posix() for path in KIT.rglob("*.py") if re.search(r"json\.loads?\(", path.read_text())
    }
    assert direct <= {
        "json_files.py",
        "data/json_tables.py",
        "kaggle/credentials.py",
        "kaggle/datasets.py",
        "kernel/trial.py",
    }
