"""A short form of `make reliability`, and that what it counts with sees what it should."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kit.cli.main import kit
from kit.json_files import write_json
from tests.kaggle_server import Kaggle
from tests.reliability import kills, page, tree
from tests.reliability.child import Ended
from tests.reliability.hostile import FAMILIES
from tests.reliability.place import SLUG, Place
from tests.reliability.states import A, B
from tests.reliability.tally import Tally, judge_end
from tests.reliability.verbs import NOT_DISTURBED, VERBS, WRITE_NOTHING

ROOT = Path(__file__).parents[2]


def test_a_verb_that_is_disturbed_ends_as_it_should():
    """The disk is filled only where a file system may be mounted."""
    short = ("--verb", "download", "--others", "0", "--moments", "1", "--fault", "lost", "--steps", "2")
    command = [sys.executable, "-m", "tests.reliability", "kills", "faults", "disk", *short]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("download") >= 2


def _list_verbs(command: click.Command, *words: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from _list_verbs(command.get_command(context, name), *words, name)
    else:
        yield " ".join(words)


def test_every_verb_that_writes_is_disturbed():
    verbs = list(_list_verbs(kit))
    disturbed = [verb for verb in verbs if any(f"{line.name} ".startswith(f"{verb} ") for line in VERBS)]
    assert sorted([*disturbed, *WRITE_NOTHING, *NOT_DISTURBED]) == sorted(verbs)


@pytest.mark.parametrize("line", VERBS, ids=lambda line: line.name)
def test_what_is_typed_at_first_and_after_a_kill_parses(line, tmp_path, monkeypatch):
    """Nothing is done; runs with nothing but their ids lie there."""
    monkeypatch.setattr(click.Command, "invoke", lambda command, context: None)
    monkeypatch.setenv("KIT_DEVICE", "cpu")  # --device sets it while it is parsed
    place = Place(tmp_path, Kaggle(), "")
    run = place.home / "runs" / f"{SLUG}-c-1"
    for id in (A, B, run.name):
        write_json(place.home / "runs" / id / "run.json", {"id": id})
    words = line.words(place)
    kit.main(words, standalone_mode=False)
    unfinished = line.again(place, words)
    write_json(run / "metrics.json", {})
    for typed in (unfinished, line.again(place, words)):
        if typed:
            kit.main(typed, standalone_mode=False)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.promise)
def test_what_reads_hostile_files_parses(family, monkeypatch):
    monkeypatch.setattr(click.Command, "invoke", lambda command, context: None)
    for words in family.commands:
        kit.main(list(words), standalone_mode=False)


def test_files_that_are_missing_changed_or_too_many_are_told(tmp_path):
    before = {"a.csv": b"id\n1\n2\n", "b.json": b"{}", "c": b"same"}
    found = {"a.csv": b"id\n1\n3\n", "c": b"same", "tmp-12-b.json": b""}
    difference = tree.compare(found, before)
    assert difference.lost == ("a.csv", "b.json") and difference.strays == ("tmp-12-b.json",)
    assert (difference.bytes, difference.rows) == (9, 1) and not tree.compare(before, before)


def test_moments_are_no_difference(tmp_path):
    for run, when in (("one", "1120-120000"), ("other", "1121-130000-f48a")):
        folder = tmp_path / run / "runs" / f"zoo-a-{when}"
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(f'{{"id": "zoo-a-{when}", "created": "2026-11-2{len(run)}T12:00:00+00:00"}}')
        (folder / "metrics.json").write_text(f'{{"seconds": {len(run)}.5, "score": 0.5}}')
        (folder / "history.csv").write_text(f"epoch,loss,seconds\n1,0.5,{len(run)}\n")
    assert not tree.compare(tree.read(tmp_path / "one"), tree.read(tmp_path / "other"))
    (tmp_path / "one" / "runs" / "zoo-a-1120-120000" / "metrics.json").write_text('{"seconds": 1.0, "score": 0.6}')
    assert tree.compare(tree.read(tmp_path / "one"), tree.read(tmp_path / "other")).lost


def test_an_end_is_judged_by_code_and_lines():
    assert judge_end(Ended(0, "fine")) == "" and judge_end(Ended(3, "kit: damaged"), (0, 3)) == ""
    assert judge_end(Ended(3, "kit: damaged")).startswith("exit code 3")
    assert judge_end(Ended(3, "kit: damaged\nkit: twice"), (3,)) == "2 lines of an error"
    assert judge_end(Ended(1, "Traceback (most recent call last):\nValueError"), (1,)).startswith("a traceback")


def test_what_was_lost_counted_twice_or_seen_is_summed_up():
    tallies = [Tally(kills.PROMISE, "submit --send"), Tally(kills.PROMISE, "train")]
    for tally in tallies:
        tally.count("fine")
    tallies[0].counted_twice, tallies[1].bytes_lost = 1, 1500
    tallies[1].count("before 3", "lost a.csv")
    head, killed, once, hidden = page.sum_up(tallies)
    assert head == page.HEAD and killed[1:] == ("3", "2", "1,500", "0", "1", "0")
    assert once[:3] == (page.ONCE, "1", "0") and hidden[:3] == (page.HIDDEN, "3", "3")
    assert not tallies[0].is_kept and not tallies[1].is_kept
    written = page.write("<!-- tests/reliability -->\nold<!-- end of reliability -->", tallies, "how")
    assert "| `train` | 1 of 2 |  |  |" in written and "old" not in written
