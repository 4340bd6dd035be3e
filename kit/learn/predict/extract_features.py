"""Pooled features of a frozen backbone: computed once per image and view, kept on disk, read as memory-mapped arrays."""

import hashlib
from pathlib import Path

import keras
import numpy as np

from kit.config import Config
from kit.data.cache import Dataset
from kit.files import replacing, sha256
from kit.learn import device
from kit.learn.input.views import VIEWS
from kit.learn.networks import backbones, pretrained
from kit.paths import DataFolders
from kit.progress import bar

BATCH = 32


def compute(
    data: Dataset, places: DataFolders, config: Config, parts: tuple[str, ...], views: tuple[str, ...]
) -> dict[tuple[str, str], np.ndarray]:
    """Features by (part, view), float32 (N, D) each, memory-mapped. Only what is not yet on disk is computed.

    The key is (data fingerprint, backbone, weights, size, view): another of any of these is another file.
    """
    wanted = {(part, view): places.features / _name(data, config, part, view) for part in parts for view in views}
    missing = {key: path for key, path in wanted.items() if not path.exists()}
    if missing:
        size = backbones.size_of(config)
        with device.exact():
            model = pretrained.extractor(config.backbone, config.weights, size, config.seed)
            for (part, view), path in missing.items():
                _write(model, data.part(part).images, view, config, size, path, f"{config.backbone} {part} {view}")
    return {key: np.load(path, mmap_mode="r", allow_pickle=False) for key, path in wanted.items()}


def _name(data: Dataset, config: Config, part: str, view: str) -> str:
    size = backbones.size_of(config)
    weights = config.weights if config.weights in ("imagenet", "none") else sha256(Path(config.weights))
    seed = config.seed if weights == "none" else 0  # random weights differ by seed
    key = hashlib.sha256("|".join([data.fingerprint, config.backbone, weights, str(size), view, str(seed)]).encode())
    return f"{config.backbone}-{size}-{part}-{view}-{key.hexdigest()[:16]}.npy"


def _write(
    model: keras.Model, images: np.ndarray, view: str, config: Config, size: int, path: Path, label: str
) -> None:
    with replacing(path) as temporary:
        out = np.lib.format.open_memmap(
            temporary, mode="w+", dtype=np.float32, shape=(len(images), model.output_shape[-1])
        )
        with bar(total=len(images), label=label, unit="image") as shown:
            for start in range(0, len(images), BATCH):
                batch = _batch(images, start, view, config, size)
                filled = min(BATCH, len(images) - start)
                out[start : start + filled] = np.asarray(model.predict_on_batch(batch))[:filled]
                shown.update(filled)
        out.flush()


def _batch(images: np.ndarray, start: int, view: str, config: Config, size: int) -> np.ndarray:
    """One batch of full size (one compiled graph), the last one filled up with its own last image."""
    rows = np.minimum(np.arange(start, start + BATCH), len(images) - 1)
    batch = pretrained.prepare(VIEWS[view](images[rows]), config.backbone, size)
    if start == 0:
        pretrained.check_input(batch, config.backbone)
    return batch
