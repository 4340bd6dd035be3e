"""`kit submit` as a person meets it: a run or a file in, a checked file and its hash out; nothing sent without --send."""

import hashlib
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import click.testing
import numpy as np
import pytest

from kit import paths, predictions, runs
from kit.config import Config
from kit.errors import ConfigError, DataError, KaggleError, SubmissionError
from kit.targets import Classes

PLUGIN = """
from kit.competition import Archives, Competition, Submission
from kit.targets import Classes

COMPETITION = Competition(
    slug="{slug}",
    title="Zoo",
    target=Classes(("cat", "dog")),
    image_shape=(8, 8, 3),
    metric="accuracy",
    submission=Submission("id", ("label",), values=("0", "1")),
    archives=Archives("train.zip", "test.zip", "sample.csv"),
    read=lambda raw, part: None,
    build={build},
)
"""
IDS = ("3", "1", "2")


@pytest.fixture
def plugins(tmp_path):
    """zoo, on Kaggle, and pond, a local one."""
    for slug, build in (("zoo", None), ("pond", "lambda archive, solution: None")):
        file = tmp_path / "plugins" / slug / "competition.py"
        file.parent.mkdir(parents=True)
        file.write_text(PLUGIN.format(slug=slug, build=build))
    return tmp_path / "plugins"


@pytest.fixture
def prepared(home):
    """The samples, and the solution of the local one, where `kit prepare` leaves them."""
    for slug in ("zoo", "pond"):
        raw = paths.data(slug).raw
        raw.mkdir(parents=True)
        (raw / "sample.csv").write_text("id,label\n" + "".join(f"{name},0\n" for name in IDS))
    paths.data("pond").solution.write_text("id,label\n1,dog\n2,cat\n3,dog\n")


@pytest.fixture
def make_run(prepared):
    """A finished run that says dog, cat, dog to 1, 2, 3; returns its id."""

    def make(slug: str, ids=("1", "2", "3")) -> runs.Run:
        run = runs.create(slug, "train", Config(), {}, name=None, fingerprints={"data": "f" * 64})
        values = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], np.float32)[: len(ids)]
        predictions.save(run.test, predictions.make(ids, values, Classes(("cat", "dog"))))
        return run

    return make


@pytest.fixture
def kaggle(monkeypatch):
    """Stands in for kit.kaggle.submissions: keeps what was sent; `fail` or `outcome` decide what comes back."""
    import kit.kaggle

    fake = SimpleNamespace(sent=[], fail=None, outcome=None)

    def send(slug, path, message, check):
        if fake.fail:
            raise fake.fail
        fake.sent.append((slug, path.read_bytes(), message))
        return 40 + len(fake.sent)

    fake.send = send
    fake.list_all = lambda slug: []
    fake.count_remaining = lambda slug: 3
    fake.wait = lambda slug, ref, *, timeout_s, poll_s: fake.outcome
    monkeypatch.setattr(kit.kaggle, "submissions", fake, raising=False)
    return fake


@pytest.fixture
def submit(home, plugins):
    """`kit submit` within this process, so that Kaggle can be stood in for; raises what the command raises."""
    from kit.cli.main import kit

    def run(*words: str) -> str:
        arguments = ["--competitions", str(plugins), "submit", *map(str, words)]
        return click.testing.CliRunner().invoke(kit, arguments, catch_exceptions=False, standalone_mode=False).stdout

    return run


def sent_records() -> list[dict]:
    files = sorted(paths.runs().rglob("submissions/**/*.json"))
    return [json.loads(path.read_text()) for path in files if path.name != "listed.json"]


def test_a_run_becomes_a_checked_file(here, make_run):
    run = make_run("zoo")
    done = here("submit", "zoo", run.id, "--json")
    result = json.loads(done.stdout)
    data = (run.folder / "submission.csv").read_bytes()
    assert data == b"id,label\n3,1\n1,1\n2,0\n"
    told = {"path": str(run.folder / "submission.csv"), "rows": 3, "sha256": hashlib.sha256(data).hexdigest()}
    assert result == {**told, "notices": []}
    assert f"submit zoo {run.id} --send" in done.stderr
    assert here("submit", "zoo", run.id[:8], "--json").stdout == done.stdout
    assert sent_records() == []


def test_nothing_of_kaggle_is_imported_without_send(plugins, make_run):
    run = make_run("zoo")
    script = f"""
import sys
from kit.cli.main import kit
kit(["--competitions", {str(plugins)!r}, "submit", "zoo", {run.id!r}], standalone_mode=False)
heavy = {{"kaggle", "kagglesdk", "tensorflow", "keras", "pandas", "requests"}} & set(sys.modules)
sys.exit(f"imported {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_local_competition_is_scored_here(here, make_run):
    run = make_run("pond")
    done = here("submit", "pond", run.id, "--json")
    assert json.loads(done.stdout)["local_score"] == 1.0
    assert f"report {run.id}" in done.stderr
    refused = here("submit", "pond", run.id, "--send", check=False)
    assert refused.returncode == 2 and "it is scored here" in refused.stderr


def test_a_bare_file_is_checked_where_it_lies(here, prepared, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_bytes(b"id,label\n1,1\n2,1\n3,1\n")
    done = here("submit", "zoo", str(file))
    assert str(file) in done.stdout and "constant prediction" in done.stdout and "another order" in done.stdout
    file.write_bytes(b"id,label\n1,1\n2,2\n3,cat\n")
    refused = here("submit", "zoo", str(file), check=False)
    assert refused.returncode == 6 and refused.stdout == ""
    assert "'label domain' on 2 lines, first on line 3; received '2' in label; expected one of 0, 1" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_what_is_neither_a_run_nor_a_file(submit, make_run):
    other = make_run("pond")
    with pytest.raises(DataError, match=r"cannot read none\.csv; received No such file"):
        submit("zoo", "none.csv")
    with pytest.raises(DataError, match="no run 'none'"):
        submit("zoo", "none")
    with pytest.raises(DataError, match="is of another competition; received pond; expected zoo"):
        submit("zoo", other.id)
    assert not (other.folder / "submission.csv").exists()


def test_an_unfinished_run_and_an_unprepared_competition(submit, make_run):
    run = make_run("zoo", ids=("1", "2"))
    with pytest.raises(DataError, match="1 ids have no prediction; received first missing id '3'"):
        submit("zoo", run.id)
    run.test.unlink()
    with pytest.raises(DataError, match="no predictions at"):
        submit("zoo", run.id)
    assert not (run.folder / "submission.csv").exists()
    (paths.data("zoo").raw / "sample.csv").unlink()
    with pytest.raises(DataError, match="run: kit prepare zoo"):
        submit("zoo", run.id)


@pytest.mark.parametrize("option", ["--wait", "--again"])
def test_options_about_uploads_need_send(submit, make_run, option):
    with pytest.raises(ConfigError, match=f"{option} is about an upload; add --send"):
        submit("zoo", make_run("zoo").id, option)


def test_send_reports_and_records_the_reference(submit, make_run, kaggle):
    run = make_run("zoo")
    result = json.loads(submit("zoo", run.id, "--send", "-m", "first try", "--json"))
    ((slug, data, message),) = kaggle.sent
    sha256 = hashlib.sha256(data).hexdigest()
    assert (slug, data, message) == ("zoo", b"id,label\n3,1\n1,1\n2,0\n", f"first try {run.id} {sha256[:12]}")
    assert result["ref"] == 41 and result["public_score"] is None
    (record,) = sent_records()
    assert (record["sha256"], record["run"], record["ref"], record["message"]) == (sha256, run.id, 41, message)
    assert list((run.folder / "submissions").glob(f"{sha256[:8]}-*.json"))


def test_the_same_bytes_go_twice_only_with_again(submit, make_run, kaggle, tmp_path):
    run = make_run("zoo")
    submit("zoo", run.id, "--send")
    twin = tmp_path / "twin.csv"
    twin.write_bytes((run.folder / "submission.csv").read_bytes())
    for subject in (run.id, twin):
        with pytest.raises(ConfigError, match=rf"uploaded before, as submission 41 of {run.id} at .*--again"):
            submit("zoo", subject, "--send")
    assert len(kaggle.sent) == 1
    submit("zoo", twin, "--send", "--again")
    assert [record["ref"] for record in sorted(sent_records(), key=lambda record: record["when"])] == [41, 42]
    assert list((paths.runs() / "submissions" / "zoo").glob("*.json"))


def test_what_fails_is_neither_sent_nor_recorded(submit, make_run, kaggle, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"id,label\n1,1\n2,1\n")
    with pytest.raises(SubmissionError, match="row count"):
        submit("zoo", bad, "--send")
    assert kaggle.sent == []
    run = make_run("zoo")
    kaggle.fail = KaggleError("the upload broke off")
    with pytest.raises(KaggleError, match="broke off"):
        submit("zoo", run.id, "--send")
    assert sent_records() == []
    kaggle.fail = None
    submit("zoo", run.id, "--send")
    assert len(sent_records()) == 1


def test_a_file_that_changes_after_the_check_is_not_sent(submit, prepared, kaggle, tmp_path, monkeypatch):
    file = tmp_path / "mine.csv"
    file.write_bytes(b"id,label\n3,1\n1,1\n2,0\n")
    monkeypatch.setattr(kaggle, "list_all", lambda slug: file.write_bytes(b"other") and [])
    with pytest.raises(DataError, match=r"mine\.csv has changed since it was checked"):
        submit("zoo", file, "--send")
    assert kaggle.sent == [] and sent_records() == []


def test_wait_prints_and_records_the_score(submit, make_run, kaggle):
    kaggle.outcome = SimpleNamespace(status="complete", public_score="0.987", private_score="", error="")
    text = submit("zoo", make_run("zoo").id, "--send", "--wait")
    assert "public_score  0.987" in text and "private" not in text
    (record,) = sent_records()
    assert (record["status"], record["public_score"], record["private_score"]) == ("complete", "0.987", None)


def test_a_submission_that_kaggle_cannot_score_is_an_error(submit, make_run, kaggle):
    kaggle.outcome = SimpleNamespace(status="error", public_score=None, private_score=None, error="Evaluation failed")
    with pytest.raises(KaggleError, match="could not score submission 41; received Evaluation failed"):
        submit("zoo", make_run("zoo").id, "--send", "--wait")
    (record,) = sent_records()
    assert (record["ref"], record["status"]) == (41, "error")
