"""`kit runs`: what is listed, in which order; a run of another version of the kit does not hide the others."""

import json
import os
import re
import resource
import subprocess
import sys

import pytest

from kit import paths, runs
from kit.config import Config
from kit.errors import ConfigError, DataError
from kit.json_files import read_json, write_json
from kit.report import season
from kit.tracking import records

DEEP = "[" * 100_000
RUN = '{{"id": "x", "slug": "tiny-stripes", "kind": "train", "parents": {}}}'
METRICS = '{{"metric": "accuracy", "error": 0.1, "rows": 90, "score": {}}}'


def ids(done) -> list[str]:
    return [row["run"] for row in json.loads(done.stdout)]


@pytest.fixture
def three(make_run):
    good = make_run("good", skill=3.0, recipe="finetune", epochs=4, tta=("identity", "hflip"))
    bad = make_run("bad", skill=0.5, epochs=20)
    return good.id, bad.id, make_run("begun", finished=False).id


def test_where_takes_columns_and_settings(cli, three):
    good, bad, begun = three
    for words, expected in [
        ((), [good, bad, begun]),
        (("recipe=finetune",), [good]),
        (("recipe != finetune",), [bad, begun]),
        (("score>0.9",), [good]),
        (("score<=0.9",), [bad]),
        (("score!=2",), [good, bad, begun]),
        (("epochs>=4", "status=finished", "epochs<20"), [good]),
        (("tta=identity,hflip",), [good]),
        (("created>2099",), []),
    ]:
        found = cli("runs", "tiny-stripes", *(part for text in words for part in ("--where", text)), "--json")
        assert ids(found) == expected, words


def test_sort_and_columns(cli, three):
    good, bad, begun = three
    assert ids(cli("runs", "--sort", "score", "--json")) == [good, bad, begun]
    assert ids(cli("runs", "--sort", "-score", "--json")) == [bad, good, begun]
    assert ids(cli("runs", "--sort", "-epochs", "--json")) == [bad, begun, good]
    shown = cli("runs", "--sort", "score", "--columns", "epochs,tta").stdout.splitlines()
    assert shown[0].split()[-3:] == ["error", "epochs", "tta"] and shown[1].split()[-2:] == ["4", "identity,hflip"]
    assert read_json(paths.runs() / good / "run.json")["created"][:10] in shown[1]


def test_a_score_that_is_better_when_lower_comes_first(cli, three):
    for name in three[:2]:
        path = paths.runs() / name / "metrics.json"
        write_json(path, read_json(path) | {"metric": "log_loss"})
    assert ids(cli("runs", "--sort", "score", "--json")) == [three[1], three[0], three[2]]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--where", "recipe"), "is no condition; expected key=value"),
        (("--where", "recipes=finetune"), "runs have no 'recipes'; did you mean 'recipe'?"),
        (("--where", "score>high"), "--where score wants a number; received 'high'"),
        (("--where", "epochs>many"), "setting epochs has the wrong type"),
        (("--sort", "scores"), "did you mean 'score'?"),
        (("--columns", "widht"), "did you mean 'width'?"),
    ],
)
def test_a_mistyped_key_is_refused(cli, home, words, message):
    with pytest.raises(ConfigError) as error:
        cli("runs", *words)
    assert message in str(error.value)


def test_archived_runs_are_hidden_but_can_be_named(cli, three):
    good, bad, begun = three
    assert cli("runs", "archive", bad, begun).stdout.split() == [bad, begun]
    assert ids(cli("runs", "--json")) == [good] and [run.id for run in runs.list_runs()] == [good]
    assert ids(cli("runs", "--archived", "--json")) == [good, bad, begun]
    assert runs.find(bad).id == bad and "archived" in cli("runs", "--archived").stdout
    cli("runs", "archive", "--undo", bad)
    assert ids(cli("runs", "--json")) == [good, bad]


def test_a_run_of_another_kit_is_listed_with_a_note_and_used_nowhere(cli, three):
    good, bad, begun = three
    path = paths.runs() / bad / "config.json"
    stored = read_json(path)
    stored["config"] |= {"whirl": 3, "epochs": "many"}
    write_json(path, stored)
    rows = json.loads(cli("runs", "--json").stdout)
    assert [row["run"] for row in rows] == [good, bad, begun]
    assert [row["note"] for row in rows] == ["", "of another version of the kit: epochs, whirl", ""]
    assert rows[1]["score"] is not None and "of another version of the kit" in cli("runs").stdout
    with pytest.raises(ConfigError, match="unknown setting 'whirl'|setting epochs"):
        runs.find(bad)
    with pytest.raises(ConfigError):
        cli("ensemble", "tiny-stripes", good, bad)
    compared = json.loads(cli("runs", "compare", good, bad, "--json").stdout)
    assert {"setting": "whirl", "values": [None, 3], "origins": ["", ""]} in compared["settings"]
    cli("runs", "delete", bad)
    assert ids(cli("runs", "--json")) == [good, begun]


def test_500_runs_are_listed_in_under_a_second(home, plugins):
    folder = runs.create("tiny-stripes", "train", Config(), {}, name="one", fingerprints={}).folder
    record, config = read_json(folder / "run.json"), (folder / "config.json").read_text()
    for number in range(499):
        twin = folder.with_name(f"{folder.name}-{number}")
        twin.mkdir()
        (twin / "config.json").write_text(config)
        scored = {"metric": "accuracy", "score": number / 500, "error": 0.01, "rows": 90}
        (twin / "metrics.json").write_text(json.dumps(scored))
        (twin / "run.json").write_text(json.dumps(record | {"id": twin.name}))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = ["--competitions", str(plugins), "runs", "tiny-stripes", "--where", "folds=5", "--sort", "score"]
    done = subprocess.run([sys.executable, "-m", "kit", *words], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(done.stdout.splitlines()) == 501 and done.stdout.splitlines()[1].split()[0].endswith("-498")
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(f"500 runs listed in {spent:.2f} s of processor time")
    assert spent < 1, spent


@pytest.mark.parametrize("stamp", [None, "yesterday", 7])
def test_a_run_that_does_not_say_when_it_was_made_is_as_old_as_its_file(cli, three, prepared, stamp):
    path = paths.runs() / three[0] / "run.json"
    record = read_json(path) | {"created": stamp}
    write_json(path, {key: value for key, value in record.items() if value is not None})
    os.utime(path, (1e9, 1e9))
    assert json.loads(cli("runs", "--json").stdout)[0]["created"] == "2001-09-09T01:46:40+00:00"
    assert "2001-09-09 01:46 UTC" in season.write(prepared).read_text()
    assert records.read_records(runs.find(three[0])).started == 10**12


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("run.json", text) for text in ("{", "[]", '{"id": "x"}', DEEP, RUN.format("5"), RUN.format('[{"a": 1}]'))),
        ("run.json", RUN.format("[]").replace("train", "\\u001b[2J")),
        *(("config.json", text) for text in ("{}", "", '{"config": []}', '{"config": {}, "origin": [1]}')),
        *(("metrics.json", text) for text in ("", "[]", DEEP, "{}", METRICS.format("NaN"), METRICS.format("1e999"))),
        *(("metrics.json", METRICS.format(text)) for text in ('"high"', "[1]", "9" * 400, '1, "members": 3')),
        *(("environment.json", text) for text in ("[]", '{"packages": ["numpy"]}', '{"packages": {}, "packages": {}}')),
    ],
)
def test_a_damaged_run_is_named_and_hides_no_other(cli, three, name, text):
    damaged = paths.runs() / three[0] / name
    damaged.write_text(text)
    done = cli("runs", "tiny-stripes", "--json")
    assert ids(done) == list(three[1:])
    assert f"left out: {damaged}" in done.stderr.replace("\n", " ") and "Traceback" not in done.stderr
    assert "1 of 3 runs are left out" in done.stderr and "\x1b" not in done.stderr
    with pytest.raises(DataError, match=re.escape(str(damaged))):
        cli("report", three[0])
