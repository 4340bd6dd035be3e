"""What lies in the store beside predictions: the folds, the competition's folder; and what is pushed without being named."""

import json

import pytest

from kit import paths
from kit.data import cache, folds
from kit.errors import DataError
from kit.files import write_text
from kit.targets import Classes
from tests.sharing.teammate import leave


def test_what_is_new_is_pushed(here, make_run, team):
    made = [make_run(name).id for name in ("a", "b")]
    begun, hidden = make_run("begun", finished=False).id, make_run("hidden").id
    here("runs", "archive", hidden)
    here("runs", "push", made[0], "--store", str(team))
    sent = json.loads(here("runs", "push", "--new", "--store", str(team), "--json").stdout)
    assert [row["run"] for row in sent] == [made[1]] and not (team / begun).exists()
    assert "nothing new" in here("runs", "push", "--new", "--store", str(team)).stdout
    for words in ((), (made[0], "--new")):
        assert here("runs", "push", *words, "--store", str(team), check=False).returncode == 2


@pytest.mark.parametrize("kind", ["folder", "kaggle"])
def test_folds_and_plugin_lie_beside_the_runs(cli, make_run, team, prepared, kind, request):
    where, poll = str(team), ("--poll", "0")
    if kind == "kaggle":
        request.getfixturevalue("kaggle")
        where = "kaggle:somebody/our-runs"
    run = make_run("a")
    write_text(run.plugin / "competition.py", "COMPETITION = 1\n")
    cli("runs", "push", run.id, "--store", where, *poll)
    leave(run)
    own = paths.data("tiny-stripes").folds
    was = own.read_bytes()
    own.unlink()
    assert str(own) in cli("runs", "folds", "--store", where, "tiny-stripes").stdout and own.read_bytes() == was
    cli("runs", "pull", "--store", where)
    assert (run.plugin / "competition.py").read_text() == "COMPETITION = 1\n"
    assert "is here already" in cli("runs", "pull", "--store", where).stdout


def test_other_folds_are_said_and_replaced_only_when_asked(cli, make_run, team, prepared):
    cli("runs", "push", make_run("a").id, "--store", str(team))
    own = paths.data("tiny-stripes")
    was, data = own.folds.read_bytes(), cache.load(prepared, own)
    folds.write(own.folds, data.train.ids, folds.make(data, Classes(("flat", "steep", "none")), 3, seed=99))
    assert "the team has other folds than" in cli("runs", "push", make_run("b").id, "--store", str(team)).stderr
    with pytest.raises(DataError, match="holds other folds than the team's; --reset-folds"):
        cli("runs", "folds", "--store", str(team), "tiny-stripes")
    cli("runs", "folds", "--store", str(team), "tiny-stripes", "--reset-folds")
    assert own.folds.read_bytes() == was
    (team / "tiny-stripes" / "folds.csv").unlink()
    with pytest.raises(DataError, match="the team has no folds of tiny-stripes"):
        cli("runs", "folds", "--store", str(team), "tiny-stripes")


@pytest.mark.parametrize(
    "name", ["plugin/../../evil", "plugin/a/../b", "plugin/./x", "/plugin/a/b", "plugin//a", "plugin/a"]
)
def test_a_plugin_stays_in_its_folder(name):
    from kit.sharing.manifest import PLUGIN

    assert not PLUGIN.files.fullmatch(name)
    assert PLUGIN.files.fullmatch("plugin/tiny-stripes/deep/competition.py")


def test_a_training_is_pushed_when_it_ends(here, prepared, team):
    run = here(
        "train", "tiny-stripes", "--folds", "1", "--set", "epochs=1", "--push", "--store", str(team)
    ).stdout.splitlines()[-1]
    assert (team / run / "manifest.json").exists() and (team / "tiny-stripes" / "folds.csv").exists()
    nowhere = here("train", "tiny-stripes", "--push", "--store", str(team / "nowhere"), check=False)
    assert nowhere.returncode == 3 and "no folder" in nowhere.stderr
