"""Pooled features of a frozen backbone: computed once per image and view, kept on disk, read as memory-mapped arrays."""

import hashlib
from pathlib import Path

import keras
import numpy as np

from kit import arrays
from kit.competition import View
from kit.config import Config
from kit.data.write_npy import open_npy
from kit.errors import DataError
from kit.files import replace_file, sha256
from kit.learn import device
from kit.learn.input.views import available
from kit.learn.member import Member
from kit.learn.networks import backbones, pretrained
from kit.progress import bar

BATCH = 32


def compute(member: Member, splits: tuple[str, ...], views: tuple[str, ...]) -> dict[tuple[str, str], np.ndarray]:
    """Features by (part, view), float32 (N, D) each, memory-mapped. Only what is not yet on disk is computed.

    The key is (data fingerprint, backbone, weights, size, view): another of any of these is another file.
    """
    config, folder, weights = member.config, member.data_folders.features, _identify_weights(member.config)
    wanted = {(split, view): folder / _name(member, weights, split, view) for split in splits for view in views}
    missing = {key: path for key, path in wanted.items() if not path.exists()}
    if missing:
        size, sides = backbones.size_of(config), backbones.sides_of(config, member.competition.image_shape)
        with device.float32_scope():
            model = pretrained.extractor(config.backbone, config.weights, sides, config.seed)
            for (split, view), path in missing.items():
                images, seen = member.data.get_split(split).images, available(member.competition)[view]
                _write(model, images, seen, config, size, path, f"{config.backbone} {split} {view}")
    return {key: map_features(path) for key, path in wanted.items()}


def map_features(path: Path) -> np.ndarray:
    """Memory-mapped. Raises DataError for a damaged file."""
    try:
        return arrays.map_array(path)
    except ValueError as error:
        raise DataError(f"{path} is damaged", received=error, do="remove it: it is computed again") from None


def _identify_weights(config: Config) -> str:
    """What is set, but the sha256 of a file, wherever it lies. Raises DataError for one that is not there."""
    if config.weights in ("imagenet", "none"):
        return config.weights
    pretrained.check_file(Path(config.weights), config.backbone)
    return sha256(Path(config.weights))


def _name(member: Member, weights: str, split: str, view: str) -> str:
    config, competition = member.config, member.competition
    height, width = backbones.sides_of(config, competition.image_shape)
    size = str(width) if height == width else f"{height}x{width}"
    seed = config.seed if weights == "none" else 0  # random weights differ by seed
    key = hashlib.sha256("|".join([member.data.fingerprint, config.backbone, weights, size, view, str(seed)]).encode())
    if view in competition.views and competition.folder:  # of its own: may come to mean something else
        key.update((competition.folder / "competition.py").read_bytes())
    return f"{config.backbone}-{size}-{split}-{view}-{key.hexdigest()[:16]}.npy"


def _write(
    model: keras.Model, images: np.ndarray, view: View, config: Config, size: int, path: Path, label: str
) -> None:
    with (
        replace_file(path) as temporary,
        open_npy(temporary, model.output_shape[1:], np.float32) as append,
        bar(total=len(images), label=label, unit="image") as shown,
    ):
        for start in range(0, len(images), BATCH):
            batch = _batch(images, start, view, config, size)
            filled = min(BATCH, len(images) - start)
            append(np.asarray(model.predict_on_batch(batch))[:filled])
            shown.update(filled)


def _batch(images: np.ndarray, start: int, view: View, config: Config, size: int) -> np.ndarray:
    """One batch of full size (one compiled graph), the last one filled up with its own last image."""
    rows = np.minimum(np.arange(start, start + BATCH), len(images) - 1)
    batch = pretrained.prepare(view(images[rows]), config.backbone, size)
    if start == 0:
        pretrained.check_input(batch, config.backbone)
    return batch
