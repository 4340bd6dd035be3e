"""The peers' side of tests.bench.peers, for an environment with PyTorch: timm and fastai, each with its own loader.

python -m tests.bench.peers_torch NETWORK SIZE BATCH FILE ...: answers "timm train", "timm features", "fastai train" and
"fastai features" with images per second. Every pass decodes the files anew, as both do. float32, channels last.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import nn

from tests.bench.serving import serve

try:
    import torchvision  # noqa: F401
except RuntimeError:  # a wheel for GPUs beside a PyTorch without: two of its operators must exist, and are never called
    _library = torch.library.Library("torchvision", "DEF")
    for _name in ("nms", "qnms"):
        _library.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import timm
from fastai.vision import all as fastai
from timm.data import create_loader
from timm.data.dataset import ImageDataset

WORKERS = os.cpu_count()


def _label(path: Path) -> str:
    return path.name[:3]


def _sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, nesterov=True)


class _Skip(fastai.Callback):
    """No validation, which is not measured."""

    def before_validate(self) -> None:
        raise fastai.CancelValidException


def timm_train(model: nn.Module, loader: object) -> int:
    """An epoch of a plain loop, as in timm's train.py."""
    model.train()
    optimizer, loss, images = _sgd(model), nn.CrossEntropyLoss(), 0
    for x, y in loader:
        optimizer.zero_grad()
        loss(model(x.contiguous(memory_format=torch.channels_last)), y).backward()
        optimizer.step()
        images += len(x)
    return images


def timm_features(model: nn.Module, loader: object) -> int:
    model.eval()
    with torch.inference_mode():
        return sum(
            len(model.forward_head(model.forward_features(x.contiguous(memory_format=torch.channels_last)), True))
            for x, _ in loader
        )


def _timm(model: nn.Module, files: list[Path], size: int, batch: int) -> dict[str, Callable[[], int]]:
    folder = Path(files[0]).parent
    samples = [(str(path), int(_label(path) == "dog")) for path in files]

    def loader(training: bool) -> object:
        dataset = ImageDataset(str(folder), reader=_Reader(samples))
        return create_loader(
            dataset, (3, size, size), batch, is_training=training, num_workers=WORKERS, use_prefetcher=False,
            scale=(0.6, 1.0), color_jitter=0.2, persistent_workers=True,
        )  # fmt: skip

    return {
        "timm train": partial(timm_train, model, loader(True)),
        "timm features": partial(timm_features, model, loader(False)),
    }


class _Reader:
    """What ImageDataset reads: files and labels."""

    def __init__(self, samples: list[tuple[str, int]]) -> None:
        self.samples = samples

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, place: int) -> tuple[object, int]:
        path, label = self.samples[place]
        return open(path, "rb"), label


def _fastai(model: nn.Module, files: list[Path], size: int, batch: int) -> dict[str, Callable[[], int]]:
    block = fastai.DataBlock(
        blocks=(fastai.ImageBlock, fastai.CategoryBlock),
        get_y=_label,
        splitter=fastai.IndexSplitter([0]),
        item_tfms=fastai.Resize(size, method=fastai.ResizeMethod.Squish),
        batch_tfms=fastai.aug_transforms(size=size, max_warp=0.0, max_zoom=1.25),
    )
    loaders = block.dataloaders([files[0], *files], bs=batch, num_workers=WORKERS)
    optimizer = partial(fastai.SGD, mom=0.9)
    learner = fastai.Learner(loaders, model, loss_func=nn.CrossEntropyLoss(), opt_func=optimizer, cbs=_Skip)
    whole = fastai.Learner(loaders, _Features(model), loss_func=nn.CrossEntropyLoss())

    def train() -> int:
        with learner.no_bar(), learner.no_logging():
            learner.fit(1, 0.01)
        return len(files) // batch * batch

    def features() -> int:
        with whole.no_bar():
            found, _ = whole.get_preds(dl=loaders.test_dl(files, bs=batch, num_workers=WORKERS))
        return len(found)

    return {"fastai train": train, "fastai features": features}


class _Features(nn.Module):
    """The pooled features of a network of timm."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.model.forward_head(self.model.forward_features(x), True)


def main(network: str, size: str, batch: str, *names: str) -> None:
    torch.manual_seed(0)
    files = [Path(name) for name in names]
    model = timm.create_model(network, num_classes=2).to(memory_format=torch.channels_last)
    runs = _timm(model, files, int(size), int(batch)) | _fastai(model, files, int(size), int(batch))

    def answer(word: str) -> float:
        started = time.monotonic()
        return runs[word]() / (time.monotonic() - started)

    serve(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
