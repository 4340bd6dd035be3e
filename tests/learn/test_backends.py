"""One form of a run for both backends of Keras: what TensorFlow has trained JAX predicts with, and the other way round."""

import json
import shutil

import numpy as np
import pytest

from kit import predictions, runs

SCRATCH = ("--set", "epochs=6", "--set", "patience=3", "--set", "ema=0.8", "--set", "dropout=0.2")
RECIPES = {
    "cnn": ("--backbone", "cnn", *SCRATCH),
    "resnet9": ("--backbone", "resnet9", "--set", "schedule=cosine", "--set", "optimizer=adamw", *SCRATCH),
    "features": ("--recipe", "features", "--backbone", "mobilenet_0.25", "--set", "image_size=32"),
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Settings of JAX: what one process has compiled the next ones load, which halves the time of these tests."""
    folder = tmp_path_factory.mktemp("compiled")
    return {"JAX_COMPILATION_CACHE_DIR": str(folder), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}


def _logits(path):
    """Up to a constant per row, which softmax forgets. Only of one view: the mean of several is no softmax."""
    probabilities = predictions.load(path).values
    assert probabilities.min() > 1e-30  # else the logarithm would know less than the network said
    logarithms = np.log(probabilities.astype(np.float64))
    return logarithms - logarithms.mean(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("recipe", "trainer", "other"),
    [
        ("resnet9", "tensorflow", "jax"),
        ("resnet9", "jax", "tensorflow"),
        ("cnn", "jax", "tensorflow"),
        ("features", "tensorflow", "jax"),  # the other way round would compare the same two sets of features
    ],
)
def test_what_one_backend_trained_the_other_predicts_with_the_same_logits(
    kit, prepared, home, compiled, recipe, trainer, other
):
    words = ("tiny-stripes", "--folds", "1", *RECIPES[recipe], "--set", "tta=identity")
    trained = kit("train", *words, KERAS_BACKEND=trainer, **compiled)
    run = runs.find(trained.stdout.splitlines()[-1])
    shutil.rmtree(home / "data/tiny-stripes/features", ignore_errors=True)  # so that the other one computes its own
    predicted = kit("predict", run.id, "--tta", "identity", KERAS_BACKEND=other, **compiled)
    again = runs.find(predicted.stdout.splitlines()[-1])

    kept = [json.loads((one.folder / "environment.json").read_text())["keras_backend"] for one in (run, again)]
    assert kept == [trainer, other]
    for one, two in ((run.oof, again.oof), (run.test, again.test)):
        assert predictions.load(one).ids.tolist() == predictions.load(two).ids.tolist()
        assert np.ptp(_logits(one)) > 0.5  # it learned something that could differ
        assert np.abs(_logits(one) - _logits(two)).max() < 1e-4
