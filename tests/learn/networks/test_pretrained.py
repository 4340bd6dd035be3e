import pkgutil
import warnings
from dataclasses import replace

import keras
import numpy as np
import pytest

from kit.errors import DataError, KaggleError
from kit.learn.networks import pretrained
from kit.learn.networks.pretrained import BACKBONES, RANGES

EVERY_PIXEL = np.stack([np.full((4, 4, 3), value, np.uint8) for value in (0, 128, 255)])


@pytest.mark.parametrize("name", BACKBONES)
def test_the_table_states_the_range_that_keras_itself_prepares(name):
    prepared = pretrained.prepare(EVERY_PIXEL, name, 4)
    low, high = RANGES[BACKBONES[name].range]
    assert prepared.dtype == np.float32
    assert prepared.min() == pytest.approx(low, abs=0.01 * (high - low))
    assert prepared.max() == pytest.approx(high, abs=0.01 * (high - low))
    pretrained.check_input(prepared, name)


def test_every_family_of_keras_applications_is_there():
    builders = {name for name in vars(keras.applications) if name[0].isupper()}
    assert {backbone.builder for backbone in BACKBONES.values()} == builders


@pytest.mark.parametrize("name", ["efficientnet_b0", "mobilenet_v2_1.00", "resnet50"])
@pytest.mark.parametrize("spoil", [lambda x: x / 255.0, lambda x: x / 127.5 - 1.0])
def test_pixels_rescaled_twice_are_refused_not_trained(name, spoil):
    spoiled = pretrained.prepare(np.clip(spoil(EVERY_PIXEL.astype(float)), 0, 255).astype(np.uint8), name, 4)
    with pytest.raises(DataError, match="received .* mean .* expected about"):
        pretrained.check_input(spoiled, name)


def test_grey_images_of_another_size_are_adapted():
    prepared = pretrained.prepare(np.full((2, 8, 8, 1), 200, np.uint8), "mobilenet_v2_0.35", 32)
    assert prepared.shape == (2, 32, 32, 3) and np.allclose(prepared, 200 / 127.5 - 1)


@pytest.mark.parametrize("channels", range(1, 9))
def test_any_number_of_channels_becomes_three_of_the_same_range(channels):
    mixture = pretrained.mix_channels(channels)
    assert mixture.shape == (channels, 3) and np.allclose(mixture.sum(0), 1) and (mixture.sum(1) > 0).all()
    prepared = pretrained.prepare(np.full((2, 8, 8, channels), 200, np.uint8), "resnet50", 8)
    assert np.allclose(prepared, pretrained.prepare(np.full((2, 8, 8, 3), 200, np.uint8), "resnet50", 8), atol=1e-4)


def test_channels_mixed_before_the_first_convolution_are_its_filters_repeated():
    draw = np.random.default_rng(0)
    images, kernel = (
        draw.normal(size=(1, 6, 6, 4)).astype(np.float32),
        draw.normal(size=(3, 3, 3, 2)).astype(np.float32),
    )
    repeated = kernel[:, :, [0, 1, 2, 0]] / np.array([2, 1, 1, 2])[:, None]
    mixed = keras.ops.conv(images @ pretrained.mix_channels(4), kernel)
    assert np.allclose(mixed, keras.ops.conv(images, repeated.astype(np.float32)), atol=1e-4)


def test_weights_are_loaded_from_a_local_file(tmp_path):
    keras.utils.set_random_seed(1)
    source = pretrained.build("mobilenet_0.25", "none", 32)
    source.save_weights(tmp_path / "own.weights.h5")
    keras.utils.set_random_seed(2)
    loaded = pretrained.build("mobilenet_0.25", str(tmp_path / "own.weights.h5"), 32)
    assert all(np.array_equal(a, b) for a, b in zip(source.get_weights(), loaded.get_weights(), strict=True))


def test_a_wrong_weights_file_is_refused(tmp_path):
    pretrained.build("mobilenet_0.25", "none", 32).save_weights(tmp_path / "small.weights.h5")
    (tmp_path / "page.h5").write_text("<html>")
    (tmp_path / "model.keras").write_bytes(b"PK")
    for name, words in {
        "small.weights.h5": "does not hold weights of mobilenet_0.50",
        "page.h5": "does not hold weights",
        "model.keras": "whole models are never loaded",
        "nowhere.h5": "no weights file",
    }.items():
        with pytest.raises(DataError, match=words):
            pretrained.build("mobilenet_0.50", str(tmp_path / name), 32)


def test_imagenet_without_internet_says_what_to_do(monkeypatch):
    def unreachable(**arguments):
        raise Exception("URL fetch failure on https://example.org/weights.h5: None -- refused")

    monkeypatch.setattr(keras.applications, "MobileNet", unreachable)
    monkeypatch.setenv("KERAS_HOME", "/work/keras")
    with pytest.raises(
        KaggleError,
        match=r"no internet and none in /work/keras/models; fetch https://example.org/weights.h5 .*--weights PATH",
    ):
        pretrained.build("mobilenet_0.25", "imagenet", 128)


def test_another_size_than_that_of_imagenet_is_no_reason_to_warn(home, tmp_path, monkeypatch):
    stored = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(40, 40, 3), alpha=0.35)
    stored.save_weights(tmp_path / "own.weights.h5")
    monkeypatch.setattr(
        "keras.src.applications.mobilenet_v2.file_utils.get_file", lambda *a, **k: str(tmp_path / "own.weights.h5")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        pretrained.build("mobilenet_v2_0.35", "imagenet", 40)


def test_what_a_kernel_carries_of_an_efficientnet_is_what_imagenet_stands_for(home, tmp_path, monkeypatch):
    """Keras's own download is replaced by a file, and of its blocks there are two; what it builds around them is its own."""
    blocks = "keras.src.applications.efficientnet.DEFAULT_BLOCKS_ARGS"
    monkeypatch.setattr(blocks, pkgutil.resolve_name(blocks)[:2])
    monkeypatch.setitem(
        pretrained.BACKBONES, "efficientnet_b0", replace(pretrained.BACKBONES["efficientnet_b0"], size=32)
    )
    stored = keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(32, 32, 3))
    stored.save_weights(tmp_path / "b0.weights.h5")
    monkeypatch.setattr(
        "keras.src.applications.efficientnet.file_utils.get_file", lambda *a, **k: str(tmp_path / "b0.weights.h5")
    )
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3)).astype("float32")
    wanted = pretrained.build("efficientnet_b0", "imagenet", 32).predict_on_batch(images)
    carried = pretrained.build(
        "efficientnet_b0", str(pretrained.save_imagenet("efficientnet_b0")), 32
    ).predict_on_batch(images)
    assert np.allclose(wanted, carried, atol=1e-4 * np.abs(wanted).max())
    unscaled = pretrained.build("efficientnet_b0", str(tmp_path / "b0.weights.h5"), 32).predict_on_batch(images)
    assert not np.allclose(wanted, unscaled, atol=1e-2 * np.abs(wanted).max())
