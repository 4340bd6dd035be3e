"""The same job here, in timm and in fastai: python -m tests.bench.peers PYTHON [ARCHIVES], of an environment that has both.

From JPEG files of dogs-vs-cats at 160 pixels, with random weights: decode, augment (each in its own usual way: flips, crops
or affine, brightness) and train one epoch; and the pass for pooled features. Models are built, processes started and one
pass of each made beforehand; all compute in float32. `make bench-peers` does it all.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.bench.place import ROOT, Place
from tests.bench.ratios import alternated, ratio, spread, timed
from tests.bench.serving import Served, serve

SIZE, BATCH, TIMES = 160, 32, 3
NETWORKS = {  # Keras's name -> (timm's, the kit's, photos: so many that starting workers, as fastai does each pass, is little)
    "MobileNetV2": ("mobilenetv2_100", "mobilenet_v2_1.00", 768),
    "ResNet50": ("resnet50", "resnet50", 256),
}
PAIRS = (("first epoch", "train"), ("later epoch", "train"), ("features", "features"), ("features again", "features"))


def ours(network: str) -> None:
    """Answers "first epoch" (with decoding), "later epoch", "features" (with decoding) and "features again"."""
    from kit.config import Config
    from kit.learn.input import loader
    from kit.learn.input.augmenter import Source
    from kit.learn.networks import pretrained
    from tests.bench import passes, pipeline
    from tests.bench.decoded import decode, photos

    backbone, count = NETWORKS[network][1:]
    paths = photos(count)
    base = pretrained.build(backbone, "none", SIZE)
    base.trainable = True
    config = Config(backbone=backbone, batch_size=BATCH, ema=0.0, learning_rate=0.01)
    model = pipeline.trainable(base, config)
    features = pretrained.extractor(backbone, "none", SIZE)
    with tempfile.TemporaryDirectory() as folder:
        pixels, out = Path(folder) / "train.npy", Path(folder) / "features.npy"
        decode(paths, SIZE, pixels)
        with loader.open_loader(
            Source({"train": np.load(pixels, mmap_mode="r")}, pipeline.PHOTOS, config, 0), -1
        ) as loaded:
            flowing = pipeline.flow(loaded, np.arange(count) % 2, BATCH)

            def epoch() -> int:
                for _ in range(count // BATCH):
                    model.train_on_batch(*next(flowing))
                return count

            def extract() -> int:
                return len(passes.extracted(pixels, out, features, config, SIZE))

            runs = {
                "first epoch": lambda: decode(paths, SIZE, pixels) and epoch(),
                "later epoch": epoch,
                "features": lambda: decode(paths, SIZE, pixels) and extract(),
                "features again": extract,
            }
            serve(lambda word: timed(runs[word])())


def compare(network: str, python: str, files: list[str]) -> None:
    theirs = [python, "-m", "tests.bench.peers_torch", NETWORKS[network][0], str(SIZE), str(BATCH), *files]
    kit = Served([sys.executable, "-m", "tests.bench.peers", "--serve", network], cwd=ROOT)
    peers = Served(theirs, cwd=ROOT)
    asked = {word: lambda word=word: kit.ask(word) for word, _ in PAIRS}
    asked |= {
        f"{peer} {job}": lambda word=f"{peer} {job}": peers.ask(word)
        for peer in ("timm", "fastai")
        for job in ("train", "features")
    }
    for rate in asked.values():
        rate()
    rates = alternated(asked, TIMES)
    kit.close()
    peers.close()
    for word, job in PAIRS:
        for peer in ("timm", "fastai"):
            other = rates[f"{peer} {job}"]
            print(
                f"{network}, {SIZE} px, {word}, kit ÷ {peer}: {ratio(rates[word], other)}; "
                f"images/s {spread(rates[word], '.1f')} and {spread(other, '.1f')}"
            )


def main(python: str, archives: str = str(ROOT.parent / "shared" / "kaggle")) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["KIT_HOME"] = home
        Place(Path(home), Path(archives), Path()).fetched("dogs-vs-cats")
        from tests.bench.decoded import photos

        for network, (_, _, count) in NETWORKS.items():
            compare(network, python, [str(path) for path in photos(count)])


if __name__ == "__main__":
    ours(sys.argv[2]) if sys.argv[1] == "--serve" else main(*sys.argv[1:])
