"""Two teammates with a home each and a shared folder between them, by the real CLI; and a third, who dealt other folds.

The competition's folder, which all have, brings a metric, a view, a network and a recipe of its own.
"""

import json
import shutil

from kit import paths, predictions, runs
from kit.data import cache, folds
from kit.json_files import read_json
from kit.targets import Classes
from tests import own_parts


def test_a_teammates_model_joins_the_ensemble_and_other_folds_are_refused(
    here, prepared, plugins, home, make_run, tmp_path, monkeypatch
):
    team, second, third = tmp_path / "team", tmp_path / "second", tmp_path / "third"
    team.mkdir()
    for place in (second, third):
        shutil.copytree(home / "data", place / "data")

    own_parts.bring(plugins)
    hers = here("train", "tiny-stripes", "--folds", "1", "--set", "epochs=1").stdout.splitlines()[-1]
    pushed = here("runs", "push", hers, "--store", str(team), "--weights")
    assert f"runs pull --store {team}" in pushed.stderr

    monkeypatch.setenv("KIT_HOME", str(second))
    own = make_run("own", skill=1.0, folds=1)
    assert hers in here("runs", "pull", "--store", str(team)).stdout
    assert not list((paths.runs() / hers).rglob("*.h5"))
    judged, mine = predictions.load(paths.runs() / hers / "oof.npz").ids, predictions.load(own.oof)
    predictions.save(own.oof, predictions.make(judged, mine.select(judged), Classes(mine.columns)))
    joined = here("ensemble", "tiny-stripes", hers, own.id).stdout.splitlines()[-1]
    assert read_json(paths.runs() / joined / "run.json")["parents"] == [hers, own.id]
    checked = json.loads(here("submit", "tiny-stripes", joined, "--json").stdout)
    assert checked["rows"] == 30
    here("report", hers)

    here("runs", "pull", "--store", str(team), hers, "--weights")
    weights = {path.name: path.read_bytes() for path in (home / "runs" / hers / "fold-0").glob("*.h5")}
    assert weights == {path.name: path.read_bytes() for path in (paths.runs() / hers / "fold-0").glob("*.h5")} != {}
    again = runs.find(here("predict", hers, "--tta", "rolled").stdout.splitlines()[-1])
    assert read_json(again.metrics)["metric"] == "worth" and again.config.recipe == "short"

    monkeypatch.setenv("KIT_HOME", str(third))
    where = paths.data("tiny-stripes")
    data = cache.load(prepared, where)
    folds.write(where.folds, data.train.ids, folds.make(data, Classes(("flat", "steep", "none")), 3, seed=99))
    refused = here("runs", "pull", "--store", str(team), hers, check=False)
    assert refused.returncode == 3 and "the folds here differ from what" in refused.stderr
    assert list(paths.runs().iterdir()) == []
