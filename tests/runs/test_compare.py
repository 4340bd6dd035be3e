"""`kit runs compare`: only what differs, and a gain that is called noise when it is."""

import json
import subprocess
import sys

import numpy as np
import pytest

from kit import paths, predictions
from kit.data import cache
from kit.errors import ConfigError
from kit.json_files import read_json, write_json
from kit.targets import Classes


def test_only_what_differs_is_shown_with_where_it_came_from(cli, make_run):
    a = make_run("a", epochs=4, mixup=0.2)
    b = make_run("b", epochs=8, mixup=0.2, tta=("identity", "hflip"))
    environment = read_json(b.folder / "environment.json")
    environment["packages"]["numpy"] = "0.0.1"
    write_json(b.folder / "environment.json", environment)
    found = json.loads(cli("runs", "compare", a.id, b.id, "--json").stdout)
    line = "the command line"
    assert found["settings"] == [
        {"setting": "tta", "values": [["identity"], ["identity", "hflip"]], "origins": ["", line]},
        {"setting": "epochs", "values": [4, 8], "origins": [line, line]},
    ]
    assert [row["what"] for row in found["environment"]] == ["packages numpy"]
    assert [run["seconds"] for run in found["runs"]] == [6, 6]
    text = cli("runs", "compare", a.id, b.id).stdout
    assert "8 (the command line)" in text and "identity,hflip" in text and "0.0.1" in text and "mixup" not in text


def test_the_gain_is_paired_on_common_rows_and_noise_is_called_so(cli, make_run, prepared):
    a, b, c = make_run("a", skill=3.0, seed=1), make_run("b", skill=0.0, seed=2), make_run("c", skill=3.0, seed=3)
    some = predictions.load(b.oof)
    predictions.save(
        b.oof, predictions.make(some.ids[::-2], some.values[::-2], Classes(some.columns))
    )  # another order, too
    found = json.loads(cli("runs", "compare", a.id, b.id, c.id, "--json").stdout)["gains"]
    data = cache.load(prepared, paths.data(prepared.slug))
    labels = cache.labels_of(data.train, some.ids[::-2])
    hits = [predictions.load(run.oof).select(some.ids[::-2]).argmax(1) == labels for run in (a, b)]
    difference = hits[1].astype(float) - hits[0]
    assert found[0]["rows"] == 45 and found[0]["gain"] == pytest.approx(difference.mean())
    assert found[0]["error"] == pytest.approx(difference.std() / np.sqrt(45))
    assert [row["noise"] for row in found] == [False, True]
    text = cli("runs", "compare", a.id, b.id, c.id).stdout
    assert "B over A: -" in text and "on 45 rows: worse" in text and "on 90 rows: that is noise" in text


def test_an_ensemble_has_no_settings_of_training_and_an_unfinished_run_no_gain(cli, make_run):
    a, b = make_run("a", epochs=4), make_run("b", epochs=4, finished=False)
    whole = make_run("whole", kind="ensemble", recipe="ensemble", parents=(a.id, b.id))
    found = json.loads(cli("runs", "compare", a.id, whole.id, b.id, "--json").stdout)
    assert [row["setting"] for row in found["settings"]] == ["recipe"]
    assert [(row["run"], row["over"]) for row in found["gains"]] == [(whole.id, a.id)]
    with pytest.raises(ConfigError, match="needs different runs of one competition"):
        cli("runs", "compare", a.id, a.id)


def test_reading_verbs_import_no_tensorflow(make_run, plugins):
    a, b = make_run("a"), make_run("b")
    script = f"""
import sys
from kit.cli.main import kit
kit(["--competitions", {str(plugins)!r}, "runs", "compare", {a.id!r}, {b.id!r}], standalone_mode=False)
kit(["--competitions", {str(plugins)!r}, "runs", "--sort", "score"], standalone_mode=False)
heavy = {{"tensorflow", "keras", "kaggle", "pandas", "requests"}} & set(sys.modules)
sys.exit(f"imported {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
