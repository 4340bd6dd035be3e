"""Deleting is safe: nothing that is needed goes, what goes can come back, and what was submitted stays known."""

import os
import shutil
from pathlib import Path

import pytest

from kit import paths, predictions, runs
from kit.errors import ConfigError, DataError
from kit.files import hold_lock
from kit.json_files import write_json
from kit.kaggle.submissions import KaggleSubmission
from kit.runs import trash
from kit.stats.digits import write_size
from kit.submission import kaggle_list, message, records


def test_a_deleted_run_comes_back_as_it_was(cli, make_run):
    run = make_run("a")
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    done = cli("runs", "delete", run.id[:-2])
    size = write_size(sum(map(len, before.values())))
    assert run.id in done.stdout and f"in the trash: {size}, " in done.stdout and not run.folder.exists()
    assert not runs.list_runs() and cli("runs").stdout == "no runs yet\n"
    assert cli("runs", "restore", run.id).stdout.strip() == run.id
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before
    with pytest.raises(DataError, match=r"no run .*\.trash"):
        cli("runs", "restore", run.id)


def _stop(*arguments, **options):
    raise KeyboardInterrupt


def test_a_run_that_is_back_is_not_called_deleted_wherever_the_command_ends(cli, make_run, monkeypatch):
    run = make_run("a")
    cli("runs", "delete", run.id)
    for owner, name in ((Path, "rename"), (Path, "unlink")):
        with monkeypatch.context() as stopped, pytest.raises(KeyboardInterrupt):
            stopped.setattr(owner, name, _stop)
            trash.restore(run.id)
        assert run.folder.exists() == (run.id not in trash.list_deleted())
    trash.restore(run.id)
    assert run.folder.exists() and not trash.list_deleted()


def test_a_trash_that_is_half_empty_brings_nothing_back(cli, make_run, monkeypatch):
    run = make_run("a")
    cli("runs", "delete", run.id)
    with monkeypatch.context() as stopped, pytest.raises(KeyboardInterrupt):
        stopped.setattr(shutil, "rmtree", _stop)
        trash.empty()
    assert not trash.list_ids()


def test_a_run_that_others_are_made_of_is_refused_unless_they_go_too(cli, make_run):
    a, b = make_run("a"), make_run("b")
    whole = make_run("whole", kind="ensemble", parents=(a.id, b.id))
    with pytest.raises(DataError, match=f"{a.id} is needed by {whole.id}"):
        cli("runs", "delete", a.id)
    whole.archive_mark.touch()  # archived, it is still made of them
    with pytest.raises(DataError, match="is needed by"):
        cli("runs", "delete", b.id)
    assert a.folder.exists() and b.folder.exists()
    cli("runs", "delete", a.id, whole.id)
    assert not a.folder.exists() and not whole.folder.exists() and b.folder.exists()


def test_a_teacher_is_needed_until_its_pupil_is_finished(cli, make_run):
    teacher = make_run("teacher")
    pupil = make_run("pupil", finished=False, teacher=teacher.id)
    with pytest.raises(DataError, match=f"needed by {pupil.id}"):
        cli("runs", "delete", teacher.id)
    with pytest.raises(DataError, match=f"needed by {pupil.id}"):
        cli("runs", "delete", "--weights-only", teacher.id)
    assert len(list(teacher.folder.rglob("*.h5"))) == 3
    write_json(pupil.metrics, {})
    cli("runs", "delete", "--weights-only", teacher.id)
    cli("runs", "delete", teacher.id)


def test_the_weights_of_what_a_teacher_was_made_of_are_needed_too(cli, make_run):
    part = make_run("part")
    whole = make_run("whole", kind="ensemble", parents=(part.id,))
    pupil = make_run("pupil", finished=False, teacher=whole.id[:-1])
    with pytest.raises(DataError, match=f"needed by {pupil.id}"):
        cli("runs", "delete", "--weights-only", part.id)


def test_a_running_one_is_refused_an_interrupted_one_is_not(cli, make_run):
    run = make_run("a", finished=False)
    with hold_lock(run.lock, "busy"), pytest.raises(DataError, match="is being trained"):
        cli("runs", "delete", run.id)
    cli("runs", "delete", run.id)
    assert trash.list_ids() == [run.id]


def test_a_submitted_run_goes_only_by_force_and_its_records_stay(cli, make_run):
    run, other = make_run("a"), make_run("b")
    records.write(run.folder / "submissions", records.Record(run.slug, "ab" * 32, run.id, "x", "m", 77, records.now()))
    with pytest.raises(DataError, match="was submitted as 77; --force"):
        cli("runs", "delete", other.id, run.id)
    assert other.folder.exists()  # all or none
    cli("runs", "delete", run.id, "--force")
    assert [(record.ref, record.run) for record in records.list_records(run.slug)] == [(77, run.id)]
    cli("runs", "restore", run.id)
    assert [record.ref for record in records.list_records(run.slug)] == [77]
    with pytest.raises(DataError, match="was submitted as 77"):
        cli("runs", "delete", run.id)


def test_a_run_that_a_teammate_submitted_is_refused_too(cli, make_run):
    run = make_run("a")
    uploaded = KaggleSubmission(
        88, "complete", "0.9", "", "", message.write("again", run.id, "ab" * 32), "2026-11-01T09:00:00+00:00", "ben"
    )
    kaggle_list.keep(run.slug, [uploaded])
    with pytest.raises(DataError, match="was submitted as 88"):
        cli("runs", "delete", run.id)


def test_weights_only_keeps_what_ensembles_and_submissions_need(cli, make_run):
    run = make_run("a")
    begun = make_run("begun", finished=False)
    assert "freed 3.0 kB" in cli("runs", "delete", "--weights-only", run.id).stdout
    assert not list(run.folder.rglob("*.h5")) and len(list(run.folder.glob("fold-*/history.csv"))) == 3
    assert len(predictions.load(run.oof).ids) == 90 and runs.find(run.id).status() == "finished"
    assert trash.delete_weights(make_run("c")) == 3000
    with pytest.raises(DataError, match="is not finished; without --weights-only"):
        cli("runs", "delete", "--weights-only", begun.id)
    assert len(list(begun.folder.rglob("*.h5"))) == 3


def test_the_trash_is_emptied_after_asking(cli, make_run):
    run = make_run("a")
    cli("runs", "delete", run.id)
    assert cli("runs", "empty-trash", input="n\n").stdout.startswith(run.id) and trash.list_ids() == [run.id]
    cli("runs", "empty-trash", "--yes")
    assert os.listdir(paths.runs()) == [".deleted"] and "freed 0.0" in cli("runs", "empty-trash").stdout


def test_a_run_of_the_same_id_is_never_written_over(cli, make_run):
    run = make_run("a")
    cli("runs", "delete", run.id)
    write_json(run.folder / "config.json", {"config": {}, "origin": {}})
    record = {"id": run.id, "slug": run.slug, "kind": "train", "parents": []}
    write_json(run.folder / "run.json", record)
    with pytest.raises(DataError, match="is here already"):
        cli("runs", "restore", run.id)
    with pytest.raises(DataError, match="in the trash already"):
        cli("runs", "delete", run.id)
    assert run.folder.exists() and trash.list_ids() == [run.id]
    with pytest.raises(DataError, match="no run 'none'"):
        cli("runs", "delete", "none")
    with pytest.raises(ConfigError):
        cli("runs", "--where", "none")
