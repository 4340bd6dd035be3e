from pathlib import Path

import numpy as np
import pytest

import kit
from kit import paths
from kit.config import Config
from kit.data import cache, folds
from kit.errors import ConfigError
from kit.learn import competitions
from kit.report import page, subject


@pytest.fixture
def trained(prepared, make_run):
    """A run whose first member has weights: random ones, but of the right network."""
    from kit.learn import train
    from kit.learn.networks import weights
    from kit.learn.recipes import scratch

    run = make_run(0.7)
    data = cache.load(prepared, paths.data(prepared.slug))
    fold_of = folds.read(paths.data(prepared.slug).folds, data.train.ids)
    model = scratch.network(train.member_of(run, prepared, data, fold_of, 0, 0))
    weights.save(model, run.member(0) / weights.WEIGHTS)
    return run, model


def test_the_documented_way_into_a_run(prepared, trained, monkeypatch):
    run, model = trained
    monkeypatch.setattr(competitions, "load_competition", lambda slug: prepared)
    page = (Path(kit.__file__).parents[1] / "docs" / "running.md").read_text()
    [block] = [
        part.partition("```")[0] for part in page.split("```python\n") if "kit.find_run(" in part.partition("```")[0]
    ]
    first, _, last = block.rstrip().rpartition("\n")
    names: dict = {}
    exec(first.replace("sklearn-digits-scratch-cnn", run.id), names)
    said, about = eval(last, names), names["about"]
    assert names["oof"].values.shape == (len(names["oof"].ids), len(names["oof"].columns))
    expected = model.predict_on_batch(about.data.train.images[about.rows[:9]].astype(np.float32))
    assert np.allclose(said, np.asarray(expected), atol=1e-5)


def test_a_class_s_map_adds_up_to_what_the_network_says_of_it(prepared, trained):
    from kit.learn.open import open_network
    from kit.report.sections import class_maps

    run, model = trained
    about = subject.load(run, prepared)
    network = open_network(prepared, about.data, run)
    pictures = about.data.train.images[:5]
    found, pooling = class_maps.maps(network, pictures)
    logits = np.asarray(model.predict_on_batch(pictures.astype(np.float32)))
    bias = model.get_layer("logits").get_weights()[1]
    assert pooling == "average" and np.allclose(found.mean((1, 2)) + bias, logits, atol=1e-4)


@pytest.mark.parametrize(("backbone", "pooling"), [("cnn", "average"), ("resnet9", "max"), ("airbench", "max")])
def test_a_class_s_map_is_its_grad_cam(backbone, pooling):
    """Selvaraju et al. 2017: maps weighted by the mean, over places, of the class's gradient; equal but for a factor."""
    tf, keras = pytest.importorskip("tensorflow"), pytest.importorskip("keras")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the gradient is TensorFlow's")
    from kit.learn import networks as built
    from kit.learn.open import Network
    from kit.report.sections import class_maps

    keras.utils.set_random_seed(0)
    model = built.NETWORKS[backbone].build((None, None, 3), 4, Config(width=4))
    pictures = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    [*_, dense] = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    network = Network(model, lambda some: some.astype(np.float32), dense.get_weights()[0], "", np.arange(2))
    found, kind = class_maps.maps(network, pictures)
    [pool] = [layer for layer in model.layers if isinstance(layer, class_maps.POOLINGS)]
    with tf.GradientTape() as tape:
        features, logits = keras.Model(model.inputs[0], [pool.input, model.outputs[0]])(pictures.astype(np.float32))
        said = logits[:, 1]
    importance = tf.reduce_mean(tape.gradient(said, features), (1, 2), keepdims=True)
    grad_cam, seen = np.asarray(tf.reduce_sum(importance * features, -1)), found[..., 1]
    assert kind == pooling and seen.std() > 0
    assert np.allclose(grad_cam / abs(grad_cam).max(), seen / abs(seen).max(), atol=1e-4)


def test_the_page_shows_what_the_network_saw(prepared, trained):
    run, _ = trained
    text = page.write(run, prepared).read_text()
    assert 'id="activation"' in text and "Wrong: the class it named" in text and "<h3>Filters</h3>" in text
    body = page.write(run, prepared, layer=4).read_text()  # of 8 channels, where the first has 4
    assert "and 4 maps" in text and "and 8 maps" in body and "<h3>Filters</h3>" not in body
    with pytest.raises(ConfigError, match="expected 1 to 6"):
        page.write(run, prepared, layer=7)
    (run.member(0) / "model.weights.h5").unlink()
    text = page.write(run, prepared).read_text()
    assert text.count(f"the weights of {run.id} are not here") == 2
