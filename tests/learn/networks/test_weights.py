"""A run predicts with the weights that it recorded, and with no others."""

import shutil

import keras
import pytest

from kit import runs
from kit.errors import DataError
from kit.files import sha256
from kit.json_files import read_json, write_json
from kit.learn.networks import weights


def _model(units, name="first"):
    layers = keras.layers
    return keras.Sequential([keras.Input((4,)), layers.Dense(units, name=name), layers.Dropout(0.5), layers.Dense(2)])


def test_weights_of_another_network_name_the_layer_and_both_shapes(tmp_path):
    path = tmp_path / weights.WEIGHTS
    weights.save_plain(_model(3), path)
    expected = r"of another network: layers/dense/vars/0; received shape \(4, 3\); expected shape \(4, 5\)"
    with pytest.raises(DataError, match=expected):
        weights.load(_model(5), path)
    with pytest.raises(DataError, match=r"layers/dense_1/vars/0; received shape \(3, 2\); expected shape none"):
        weights.load(keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]), path)


@pytest.mark.parametrize("harm", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"x" * len(data)])
def test_a_file_that_is_none_is_damaged(tmp_path, harm):
    path = tmp_path / weights.WEIGHTS
    weights.save_plain(_model(3), path)
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(DataError, match=f"^{path} is damaged; received"):
        weights.load(_model(3), path)


def test_a_plain_file_is_loaded_and_follows_from_the_weights_alone(tmp_path):
    a, b = _model(3), _model(3, "other")
    b.set_weights(a.get_weights())
    b.layers[1].seed_generator.state.assign(a.layers[1].seed_generator.state)
    weights.save_plain(a, tmp_path / "a.weights.h5")
    weights.save_plain(b, tmp_path / "b.weights.h5")
    assert (tmp_path / "a.weights.h5").read_bytes() == (tmp_path / "b.weights.h5").read_bytes()
    c = _model(3)
    weights.load(c, tmp_path / "a.weights.h5")
    assert all((one == other).all() for one, other in zip(a.get_weights(), c.get_weights(), strict=True))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.weights.h5", "b.weights.h5"]


def test_whatever_predicts_with_a_run_has_the_weights_that_it_recorded(here, prepared, home):
    run = runs.find(here("train", "tiny-stripes", "--folds", "2", "--set", "epochs=1").stdout.splitlines()[-1])
    first, second = (run.member(fold) / weights.WEIGHTS for fold in (0, 1))
    for fold, file in enumerate((first, second)):
        assert read_json(run.member(fold) / "metrics.json")["weights_sha256"] == sha256(file)
    shutil.copy(first, second)  # of the same shapes, and of rows that it is judged on
    for words in (
        ("predict", run.id, "--tta", "identity,hflip"),
        ("kernel", "build", "tiny-stripes", "--run", run.id),
        (
            "train",
            "tiny-stripes",
            "--recipe",
            "distill",
            "--set",
            f"teacher={run.id}",
            "--folds",
            "2",
            "--set",
            "epochs=1",
        ),
    ):
        done = here(*words, check=False)
        assert done.returncode == 3 and f"{second} is damaged or was replaced since it was trained" in done.stderr, (
            words
        )
    team = home / "team"
    team.mkdir()
    pushed = here("runs", "push", run.id, "--weights", "--store", str(team), check=False)
    assert pushed.returncode == 3 and "was replaced" in pushed.stderr and not list(team.iterdir())
    record = read_json(run.member(1) / "metrics.json")
    del record["weights_sha256"]  # of an older kit
    write_json(run.member(1) / "metrics.json", record)
    here("predict", run.id, "--tta", "identity,hflip")
