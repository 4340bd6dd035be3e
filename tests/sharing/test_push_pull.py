"""What is pushed arrives to the last byte, from every kind of store."""

import json

import pytest

from kit import predictions, runs
from kit.errors import ConfigError, DataError
from kit.sharing import stores
from kit.targets import Classes
from tests.sharing.teammate import contents, leave, left


@pytest.mark.parametrize("kind", ["folder", "file", "memory", "kaggle"])
def test_a_run_arrives_as_it_was_in_every_kind_of_store(cli, make_run, team, kind, request):
    if kind in ("file", "memory"):
        pytest.importorskip("fsspec")
    if kind == "kaggle":
        kaggle = request.getfixturevalue("kaggle")
    where = {"folder": str(team), "kaggle": "kaggle:somebody/our-runs"}.get(kind, f"{kind}://{team}/deep")
    poll = ("--poll", "0")
    a, b = make_run("a"), make_run("b", seed=5)
    sent = json.loads(cli("runs", "push", a.id, "--store", where, *poll, "--json").stdout)
    assert sent[0]["run"] == a.id and sent[0]["bytes"] > 1000
    cli("runs", "push", b.id, "--store", where, "--weights", *poll)
    was, wholly = leave(a), leave(b)
    assert left() == []
    got = cli("runs", "pull", "--store", where)
    assert a.id in got.stdout and b.id in got.stdout and "ensemble" in got.stderr
    came, other = contents(a.folder), contents(b.folder)
    assert json.loads(came.pop("pulled.json"))["from"] == where and other.pop("pulled.json")
    assert (
        came == {name: data for name, data in was.items() if not name.endswith(".h5")} and other.keys() == came.keys()
    )
    assert "is here already" in cli("runs", "pull", "--store", where, a.id, b.id).stdout
    with pytest.raises(DataError, match=f"no weights of {a.id}; its owner is to push it --weights"):
        cli("runs", "pull", "--store", where, a.id, "--weights")
    cli("runs", "pull", "--store", where, b.id[:-3], "--weights")
    assert contents(b.folder).keys() - {"pulled.json"} == wholly.keys() and left() == sorted([a.id, b.id])
    if kind == "kaggle":
        versions = kaggle.of_kernels.datasets["somebody/our-runs"]
        assert len(versions) == 2 and versions[0].items() < versions[1].items()
        first = {f"{a.id}--manifest.json", f"{a.id}--predictions.pack", "tiny-stripes--folds.csv"}
        assert set(versions[0]) == first and len(versions[1]) == 7
        assert kaggle.asked("CreateDataset")[0]["isPrivate"] is True


def test_what_a_newer_kit_has_pushed_is_not_written_over(cli, make_run, team):
    run = make_run("a")
    cli("runs", "push", run.id, "--store", str(team))
    path = team / run.id / "manifest.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    for words in (("push", run.id), ("pull",)):
        with pytest.raises(DataError, match="written by a newer version of the kit|runs were refused"):
            cli("runs", *words, "--store", str(team))
    assert '"format": 2' in path.read_text()


def test_a_second_push_sends_nothing_and_another_run_of_that_id_is_refused(cli, make_run, team):
    run = make_run("a")
    cli("runs", "push", run.id, "--store", str(team))
    before = {path: path.stat().st_mtime_ns for path in team.rglob("*")}
    assert "is there already" in cli("runs", "push", run.id, "--store", str(team)).stdout
    assert {path: path.stat().st_mtime_ns for path in team.rglob("*")} == before
    own = predictions.load(run.oof)
    predictions.save(run.oof, predictions.make(own.ids, own.values[::-1], Classes(own.columns)))
    with pytest.raises(DataError, match=r"another run .* is there already; received 1 files differ, such as oof\.npz"):
        cli("runs", "push", run.id, "--store", str(team))
    with pytest.raises(DataError, match=r"another run .* is here already, with other bytes"):
        cli("runs", "pull", "--store", str(team), run.id)
    assert {path: path.stat().st_mtime_ns for path in team.rglob("*")} == before


@pytest.mark.parametrize("weights", [False, True])
def test_a_push_that_was_cut_off_is_not_seen_as_whole_and_can_be_repeated(cli, make_run, team, monkeypatch, weights):
    run = make_run("a")
    words = ("runs", "push", run.id, "--store", str(team), *["--weights"][: int(weights)])
    put, last = stores.Folder.put, "weights.json" if weights else "manifest.json"

    def cut(self, files):
        put(self, dict(list(files.items())[:-1]))
        raise OSError("the share went away")

    monkeypatch.setattr(stores.Folder, "put", cut)
    with pytest.raises(OSError, match="went away"):
        cli(*words)
    assert contents(team) and not (team / run.id / last).exists()
    monkeypatch.setattr(stores.Folder, "put", put)
    was = leave(run)
    with pytest.raises(DataError, match="no run" if not weights else "there is no weights"):
        cli("runs", "pull", "--store", str(team), run.id, *words[5:])
    assert left() == []
    run.folder.mkdir()
    for name, data in was.items():
        (run.folder / name).parent.mkdir(exist_ok=True)
        (run.folder / name).write_bytes(data)
    (team / run.id / last).write_text('{"format": 1, "ru')  # half of a manifest, as a store without renaming leaves it
    cli(*words)
    leave(run)
    cli("runs", "pull", "--store", str(team), run.id, *words[5:])
    assert contents(run.folder)["oof.npz"] == was["oof.npz"]


def test_an_ensemble_goes_without_its_parents_and_says_so(cli, make_run, team, prepared):
    a, b, c = make_run("a", seed=1), make_run("b", seed=2), make_run("c", seed=3)
    whole = runs.find(cli("ensemble", "tiny-stripes", a.id, b.id).stdout.splitlines()[-1])
    assert cli("runs", "push", whole.id, "--store", str(team), "--weights").stdout.startswith(whole.id)
    for run in (a, b, whole):
        leave(run)
    assert f"came without {a.id}, {b.id}, of which" in cli("runs", "pull", "--store", str(team), "--weights").stderr
    joined = cli("ensemble", "tiny-stripes", whole.id, c.id).stdout.splitlines()[-1]
    assert runs.find(joined).parents == (whole.id, c.id)
    assert (
        "rows" in cli("submit", "tiny-stripes", joined).stdout
        and "score" in cli("runs", "compare", joined, c.id).stdout
    )


def test_what_cannot_be_pushed(cli, make_run, team):
    run, begun = make_run("a"), make_run("begun", finished=False)
    cli("runs", "delete", "--weights-only", run.id)
    with pytest.raises(DataError, match="has not all its weights here; received 0 files; expected 3"):
        cli("runs", "push", run.id, "--store", str(team), "--weights")
    with pytest.raises(DataError, match="is not finished"):
        cli("runs", "push", run.id, begun.id, "--store", str(team))
    with pytest.raises(DataError, match="no folder .*nowhere; expected a shared folder, a URL"):
        cli("runs", "push", run.id, "--store", str(team / "nowhere"))
    assert not contents(team)
    with pytest.raises(DataError, match="no run 'a'"):
        cli("runs", "pull", "--store", str(team), "a")


def test_an_address_that_cannot_be_used_is_one_line_without_its_password():
    for name in ("team", "kaggle:owner", "kaggle:owner/no", "kaggle:owner/Not_This"):
        with pytest.raises(
            (ConfigError, DataError), match="no folder team" if name == "team" else "no dataset of Kaggle"
        ):
            stores.open_store(name)
    pytest.importorskip("fsspec")
    with pytest.raises(DataError) as error:
        stores.open_store("nosuch://me:SECRET@host/team?key=SECRET")
    assert "cannot use nosuch://host/team" in str(error.value) and "SECRET" not in str(error.value)


def test_a_public_dataset_is_neither_read_nor_written(cli, make_run, kaggle):
    run = make_run("a")
    kaggle.of_kernels.datasets["somebody/our-runs"] = [{}]
    kaggle.of_kernels.public.add("somebody/our-runs")
    for words in (("push", run.id), ("pull",)):
        with pytest.raises(Exception, match="the dataset somebody/our-runs is public; make it private"):
            cli("runs", *words, "--store", "kaggle:somebody/our-runs")
    kaggle.of_kernels.public.clear()
    kaggle.of_kernels.datasets["somebody/our-runs"] = [{"../evil": 2}]
    with pytest.raises(DataError, match=r"holds other things than runs; received \.\./evil"):
        cli("runs", "push", run.id, "--store", "kaggle:somebody/our-runs")
    assert not kaggle.uploads and not kaggle.asked("DownloadDataset")
