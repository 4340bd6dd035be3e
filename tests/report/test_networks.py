import numpy as np
import pytest

from kit import places
from kit.data import cache, folds
from kit.errors import ConfigError
from kit.report import page, subject


@pytest.fixture
def trained(prepared, make_run):
    """A run whose first member has weights: random ones, but of the right network."""
    from kit.learn import checkpoints, train
    from kit.learn.recipes import scratch

    run = make_run(0.7)
    data = cache.load(prepared, places.data(prepared.slug))
    fold_of = folds.read(places.data(prepared.slug).folds, data.train.ids)
    model = scratch.network(train.task_of(run, prepared, data, fold_of, 0, 0))
    checkpoints.save(model, run.member(0) / checkpoints.WEIGHTS)
    return run, model


def test_a_class_s_map_adds_up_to_what_the_network_says_of_it(prepared, trained):
    from kit.report import networks

    run, model = trained
    about = subject.load(run, prepared)
    network = networks.opened(about)
    pictures = about.data.train.images[:5]
    found, pooling = networks.maps(network, pictures)
    logits = np.asarray(model.predict_on_batch(pictures.astype(np.float32)))
    bias = model.get_layer("logits").get_weights()[1]
    assert pooling == "average" and np.allclose(found.mean((1, 2)) + bias, logits, atol=1e-4)


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
