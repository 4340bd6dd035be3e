"""The feature pass over JPEG files against what Keras offers: python -m tests.bench.passes BACKBONE WEIGHTS.

keras: image_dataset_from_directory, preprocess_input and predict. kit: decode to a cache, then the features of it; and the
features alone, as in each later pass. The same photos, size, weights and batch size; models are built beforehand.
"""

import sys
import tempfile
from pathlib import Path

import keras
import numpy as np

from kit.config import Config
from kit.learn.input.views import VIEWS
from kit.learn.networks import pretrained
from kit.learn.predict import extract_features
from tests.bench.decoded import decode, photos
from tests.bench.ratios import alternated, ratio, spread, timed

COUNT, SIZE, TIMES = 320, 224, 4


def _own(model: keras.Model, backbone: str) -> keras.Model:
    """The same backbone as Keras itself builds it."""
    chosen = pretrained.BACKBONES[backbone]
    arguments = dict(chosen.arguments, include_top=False, pooling="avg", input_shape=model.input_shape[1:])
    plain = getattr(keras.applications, chosen.builder)(weights=None, **arguments)
    plain.set_weights(model.get_weights())
    return plain


def _keras(folder: Path, model: keras.Model, backbone: str) -> np.ndarray:
    """float32 (N, D), in the order of the files' names."""
    import tensorflow as tf

    prepare = getattr(keras.applications, pretrained.BACKBONES[backbone].family).preprocess_input
    images = keras.utils.image_dataset_from_directory(
        folder, labels=None, image_size=(SIZE, SIZE), batch_size=extract_features.BATCH, shuffle=False, verbose=False
    )
    return model.predict(images.map(prepare, tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE), verbose=0)


def extracted(cache: Path, out: Path, model: keras.Model, config: Config, size: int = SIZE) -> np.ndarray:
    """float32 (N, D): the features of decoded images, as `kit train` writes them to disk."""
    extract_features._write(model, np.load(cache, mmap_mode="r"), VIEWS["identity"], config, size, out, "pass")
    return np.load(out)


def main(backbone: str, weights: str) -> None:
    paths = sorted(photos(COUNT))
    config = Config(recipe="features", backbone=backbone, weights=weights, image_size=SIZE)
    plain = _own(pretrained.build(backbone, weights, SIZE), backbone)
    model = pretrained.extractor(backbone, weights, SIZE)
    with tempfile.TemporaryDirectory() as place:
        folder, cache, out = Path(place) / "photos", Path(place) / "cache.npy", Path(place) / "features.npy"
        folder.mkdir()
        for path in paths:
            (folder / path.name).symlink_to(path)
        runs = {
            "keras": lambda: len(_keras(folder, plain, backbone)),
            "kit": lambda: decode(paths, SIZE, cache) and len(extracted(cache, out, model, config)),
            "kit from its cache": lambda: len(extracted(cache, out, model, config)),
        }
        for run in runs.values():
            assert run() == COUNT
        rates = alternated({name: timed(run) for name, run in runs.items()}, TIMES)
    for name in ("kit", "kit from its cache"):
        print(
            f"feature pass of {backbone}, {SIZE} px, {name} ÷ keras: {ratio(rates[name], rates['keras'])}; "
            f"images/s {spread(rates[name], '.0f')} and {spread(rates['keras'], '.0f')}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
