"""The ledger out of files: those written here, and those of others that have been copied in between."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from kit import paths
from kit.kaggle.submissions import KaggleSubmission
from kit.leaderboard import ledger
from kit.submission import kaggle_list, records

RUN, SHA = "zoo-big-1120-101500", "0123456789ab"
PENDING = KaggleSubmission(
    7, "pending", "", "", "", f"try {RUN} CV 0.9 +- 0.01 {SHA}", "2026-11-20T10:15:00+00:00", "anna", "us"
)
COMPLETE = replace(PENDING, status="complete", public_score="0.91000")


def files() -> list:
    return sorted((kaggle_list.folder("zoo") / "submissions").iterdir())


def test_a_run_that_is_not_here_is_known_by_its_message(home):
    kaggle_list.keep("zoo", [COMPLETE])
    [entry] = ledger.read_cached("zoo")
    assert (entry.run, entry.cv, entry.cv_error, entry.sha256) == (RUN, 0.9, 0.01, SHA)
    assert (entry.by, entry.public, entry.private) == ("anna", 0.91, None)


def test_the_score_of_a_run_that_is_here_is_its_own(home):
    kaggle_list.keep("zoo", [COMPLETE])
    folder = home / "runs" / RUN
    folder.mkdir()
    (folder / "metrics.json").write_text('{"score": 0.90001, "error": 0.0101}')
    [entry] = ledger.read_cached("zoo")
    assert (entry.cv, entry.cv_error) == (0.90001, 0.0101)


def test_a_file_is_written_again_only_when_kaggle_says_more(home):
    kaggle_list.keep("zoo", [PENDING])
    before = [path.stat().st_mtime_ns for path in files()]
    kaggle_list.keep("zoo", [PENDING])
    assert [path.stat().st_mtime_ns for path in files()] == before
    kaggle_list.keep("zoo", [COMPLETE])
    assert len(files()) == 1 and ledger.read_cached("zoo")[0].public == 0.91


def test_copies_and_damaged_files_of_others_do_no_harm(home, capsys):
    kaggle_list.keep("zoo", [COMPLETE, replace(COMPLETE, ref=8, submitted_by="ben")])
    [seven, _] = files()
    old = json.loads(seven.read_text()) | {"status": "pending", "public_score": ""}
    seven.with_name("7 (conflicted copy).json").write_text(json.dumps(old))
    seven.with_name("9.json").write_text('{"ref": 9')
    seven.with_name("10.json").write_text("[]")
    shutil.copy(seven, seven.with_name("a.json"))
    seven.with_name("7.json.tmp").write_text("half")
    assert [(entry.ref, entry.by, entry.status) for entry in ledger.read_cached("zoo")] == [
        (7, "anna", "complete"),
        (8, "ben", "complete"),
    ]
    assert "9.json is no submission" in capsys.readouterr().err


def test_an_upload_is_known_before_kaggle_is_asked_and_a_score_is_not_forgotten(home):
    when = "2026-11-20T10:15:01.250000+00:00"
    upload = records.Record("zoo", SHA * 5, RUN, "x.csv", f"{RUN} {SHA}", 7, when)
    records.write(paths.submissions("zoo"), upload)
    [entry] = ledger.read_cached("zoo")
    assert (entry.ref, entry.status, entry.run, entry.cv) == (7, "pending", RUN, None)
    assert entry.when == "2026-11-20T10:15:01+00:00"
    kaggle_list.keep("zoo", [PENDING])
    records.write(paths.submissions("zoo"), replace(upload, status="complete", public_score="0.91"))
    assert ledger.read_cached("zoo")[0].public == 0.91  # by `kit submit --wait`, after the list was fetched
    kaggle_list.keep("zoo", [replace(COMPLETE, private_score="0.89")])
    assert (ledger.read_cached("zoo")[0].private, ledger.read_cached("zoo")[0].by) == (0.89, "anna")


def test_reading_offline_imports_nothing_heavy(home):
    kaggle_list.keep("digit-recognizer", [COMPLETE])
    (kaggle_list.folder("digit-recognizer") / "leaderboard.csv").write_text("Rank,TeamName,Score\n1,us,0.9\n")
    (kaggle_list.folder("digit-recognizer") / "asked.json").write_text(
        '{"asked": "2026-11-20T10:00:00+00:00", "left": 1, "last": 7}'
    )
    script = """
import sys
from kit.cli.main import kit
for words in (["submissions"], ["leaderboard"]):
    kit([*words, "digit-recognizer", "--offline"], standalone_mode=False)
heavy = {"kaggle", "requests", "tensorflow", "keras", "pandas", "sklearn", "scipy", "matplotlib", "cv2"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0 and "place 1 of 1 teams: us" in done.stdout, done.stderr


@pytest.mark.parametrize("words", [("submissions",), ("leaderboard",), ("submissions", "--offline")])
def test_a_competition_that_is_not_on_kaggle(home, words):
    import click.testing

    from kit.cli.main import kit
    from kit.errors import ConfigError

    with pytest.raises(ConfigError, match="sklearn-digits is not on Kaggle"):
        click.testing.CliRunner().invoke(
            kit, [words[0], "sklearn-digits", *words[1:]], catch_exceptions=False, standalone_mode=False
        )


def test_of_a_run_that_was_sent_twice_the_one_that_is_ticked_is_found(home):
    kaggle_list.keep("zoo", [COMPLETE, replace(COMPLETE, ref=8, date="2026-11-21T10:15:00+00:00")])
    entries = ledger.read_cached("zoo")
    found = [ledger.find_runs([RUN], entries, ticked)[0] for ticked in (None, set(), {8}, {7})]
    assert [(one["ref"], one["ticked"]) for one in found] == [(8, None), (8, False), (8, True), (7, True)]
