"""`kit runs rename` and `note`: ids that do not meet, folders that are called as their runs, and a line about each."""

import json
import shutil

import pytest

from kit import paths, runs
from kit.errors import ConfigError, DataError
from kit.submission import message


def _rows(cli):
    return {row["run"]: row for row in json.loads(cli("runs", "--json").stdout)}


def test_two_members_in_one_second_make_two_runs_and_messages_know_both(make_run):
    made = [make_run("same").id for _ in range(3)]
    assert len(set(made)) == 3
    for name in (*made, "tiny-stripes-same-1121-120447", "tiny-stripes-same-1121-120447-2"):
        assert message.parse(message.write("", name, "0123456789abcdef")).run == name


def test_a_folder_renamed_by_hand_is_told_and_mended(cli, make_run):
    run, other = make_run("first"), make_run("second")
    moved = run.folder.rename(paths.runs() / "my-best")
    done = cli("runs")
    assert (
        "in the folder my-best, which is not its id: kit" in _rows(cli)[run.id]["note"]
        and "runs rename my-best" in done.stdout
    )
    assert other.id in done.stderr and run.id not in done.stderr
    with pytest.raises(
        DataError, match=f"the folder my-best is not called as the run in it; received {run.id}; kit runs rename"
    ):
        runs.find("my-best")
    assert cli("runs", "rename", "my-best").stdout.splitlines()[-1] == run.id
    assert not moved.exists() and _rows(cli)[run.id]["note"] == "" and runs.find(run.id).status() == "finished"


def test_a_copy_of_a_folder_becomes_a_run_of_its_own(cli, make_run):
    run = make_run("first")
    blend = make_run("whole", kind="ensemble", parents=(run.id,))
    shutil.copytree(run.folder, paths.runs() / "copy")
    twin = cli("runs", "rename", "copy", "again").stdout.splitlines()[-1]
    assert twin.startswith("tiny-stripes-again-") and twin != run.id
    assert set(_rows(cli)) == {run.id, twin, blend.id} and not (paths.runs() / "copy").exists()


def test_what_others_know_by_its_id_keeps_it(cli, make_run):
    first, pupil = make_run("first"), None
    renamed = cli("runs", "rename", first.id, "better").stdout.splitlines()[-1]
    assert (
        renamed.startswith(f"tiny-stripes-better-{'-'.join(first.id.split('-')[-3:-1])}-") and not first.folder.exists()
    )
    assert runs.find(renamed).id == renamed and runs.find(renamed).created == first.created
    with pytest.raises(ConfigError, match="does not fit into a folder name"):
        cli("runs", "rename", renamed, "../x")
    blend, pupil = make_run("whole", kind="ensemble", parents=(renamed,)), make_run("pupil", teacher=renamed)
    with pytest.raises(DataError, match=f"{renamed} is known by its id to {blend.id}, {pupil.id}; kit runs note"):
        cli("runs", "rename", renamed, "best")


def test_a_submitted_run_keeps_its_id(make_run):
    from kit.runs.rename import rename

    run = make_run("first")
    with pytest.raises(DataError, match="was submitted as 7: Kaggle's list knows it by its id"):
        rename(run, "second", [7])
    assert run.folder.exists()


def test_a_note_is_kept_with_the_run_and_shown_in_the_list(cli, make_run):
    run = make_run("first")
    cli("runs", "note", run.id, "worse", "on steep ones,\n try more mixup")
    assert cli("runs", "note", run.id).stdout == "worse on steep ones, try more mixup\n"
    assert (
        _rows(cli)[run.id]["note"] == "worse on steep ones, try more mixup" and "try more mixup" in cli("runs").stdout
    )
    cli("runs", "note", run.id, "--remove")
    assert cli("runs", "note", run.id).stdout == "\n" and not run.note_file.exists()


def test_tags_are_kept_with_the_run_and_filter_the_list(cli, make_run):
    a, b = make_run("a"), make_run("b")
    assert cli("runs", "note", a.id, "wide", "--tag", "final", "--tag", "tta").stdout == "wide\ntags: final, tta\n"
    cli("runs", "note", b.id, "--tag", "final", "--tag", "final")
    assert {run: row["tags"] for run, row in _rows(cli).items()} == {a.id: ["final", "tta"], b.id: ["final"]}
    told = cli("runs", "--tag", "final", "--tag", "tta").stdout
    assert a.id in told and "final,tta" in told and b.id not in told
    assert "no runs yet" in cli("runs", "--tag", "none").stdout
    cli("runs", "note", a.id, "--untag", "final")
    assert _rows(cli)[a.id]["tags"] == ["tta"] and "wide" in cli("runs", "note", a.id).stdout
    with pytest.raises(ConfigError, match="that is no tag; received 'two words'; expected a word of letters"):
        cli("runs", "note", a.id, "--tag", "two words")
    a.tags_file.write_text("tta ../evil\n\x1b[2J\n")
    a.note_file.write_text("wide\x1b[2J\n")
    assert (_rows(cli)[a.id]["tags"], _rows(cli)[a.id]["note"]) == (["tta"], "wide[2J")
