import os
import pickle
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kit.config import Config
from kit.errors import DataError
from kit.learn.input.augmenter import Source
from kit.learn.input.loader import open_loader
from kit.learn.input.samples import samples
from kit.learn.input.shared_memory import Slots

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def source(tmp_path, plugins):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1)).astype(np.uint8)
    np.save(tmp_path / "train.npy", pixels)
    images = np.load(tmp_path / "train.npy", mmap_mode="r")
    return Source({"train": images}, plugins / "tiny-stripes", Config(), seed=3)


BATCHES = [samples("train", np.array(rows)) for rows in ([4, 0, 7], [1, 19, 2], [3, 5, 6])]
EVERY = samples("train", np.arange(20))


def _load(source, workers, epoch=0, batches=BATCHES):
    with open_loader(source, workers) as loaded:
        return list(loaded.batches(epoch, batches))


def test_pixels_depend_on_seed_epoch_and_sample_alone(source):
    here = _load(source, 0)
    for there in (_load(source, 1), _load(source, 2)):
        assert all(np.array_equal(a, b) for a, b in zip(here, there, strict=True))
    alone = _load(source, 0, batches=[EVERY[19:]])
    assert np.array_equal(alone[0][0], here[1][1])
    assert not np.array_equal(np.concatenate(_load(source, 0, epoch=1)), np.concatenate(here))


@pytest.mark.parametrize("workers", [0, 1])
def test_a_stream_goes_through_epochs_as_they_are_alone(source, workers):
    jobs = [(epoch, rows) for epoch in (0, 1) for rows in BATCHES]
    with open_loader(source, workers) as loaded:
        streamed = list(loaded.stream(iter(jobs)))
    alone = [*_load(source, 0, epoch=0), *_load(source, 0, epoch=1)]
    assert all(np.array_equal(images, other) for images, other in zip(streamed, alone, strict=True))


def test_workers_begin_an_epoch_while_the_one_before_it_ends(source):
    asked = []
    jobs = ((epoch, asked.append(epoch) or rows) for epoch in range(9) for rows in BATCHES)
    with open_loader(source, 1) as loaded:
        stream = loaded.stream(jobs)
        for _ in BATCHES:
            next(stream)
        stream.close()
    assert asked == [0, 0, 0, 1, 1], "two batches ahead, no more"


def test_images_that_fill_a_file_travel_by_its_name_others_whole(source):
    images = source.images["train"]
    small = pickle.dumps(source)
    assert b"train.npy" in small and images[3].tobytes() not in small
    assert isinstance(pickle.loads(small).images["train"], np.memmap)
    for part in (images[3:], images[::-1]):
        again = pickle.loads(pickle.dumps(replace(source, images={"train": part})))
        assert np.array_equal(again.images["train"], part)


def test_augmentation_changes_images_and_without_it_they_are_as_cached(source):
    plain = _load(Source(source.images, None, Config(), 3), 0)
    assert np.array_equal(plain[0], source.images["train"][BATCHES[0]["row"]])
    assert not np.array_equal(np.concatenate(_load(source, 0)), np.concatenate(plain))


def _rewrite(source, old, new):
    file = source.competition / "competition.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize("workers", [0, 1])
def test_an_augmentation_that_rescales_is_refused(source, workers):
    _rewrite(source, "A.Affine(translate_px=(-1, 1), p=1.0)", "A.ToFloat(255)")
    with pytest.raises(DataError, match=r"received float32 .* expected uint8 \(8, 8, 1\), values 0 to 255"):
        _load(source, workers)


@pytest.mark.parametrize("workers", [0, 1])
def test_an_augmentation_that_fails_says_whose_and_on_what(source, workers):
    _rewrite(source, "A.Affine(translate_px=(-1, 1), p=1.0)", "A.RandomCrop(16, 16, p=1.0)")
    words = r"augment of tiny-stripes failed: CropSizeError: .*received uint8 \(8, 8, 1\); correct augment in .*competition.py"
    with pytest.raises(DataError, match=words):
        _load(source, workers)


@pytest.mark.parametrize("workers", [0, 1])
def test_an_augmentation_that_cannot_be_made_says_whose(source, workers):
    _rewrite(source, "A.Affine(translate_px=(-1, 1), p=1.0)", "A.NoSuchThing()")
    with pytest.raises(
        DataError, match=r"augment of tiny-stripes failed: AttributeError: .*NoSuchThing.*competition.py"
    ):
        _load(source, workers)


def test_the_death_of_a_worker_is_reported_with_what_to_do(source):
    _rewrite(source, "import albumentations as A\n", f"import os\n    if os.getpid() != {os.getpid()}: os._exit(9)\n")
    with pytest.raises(DataError, match=r"worker died.*--resume RUN.*workers=0"):
        _load(source, 2)


def _with(source, **settings):
    return replace(source, config=Config(**settings))


def test_mirrored_images_alternate_from_epoch_to_epoch(source):
    plain, mirrored = replace(source, competition=None), _with(source, mirror=True)
    _rewrite(source, "A.Affine(translate_px=(-1, 1), p=1.0)", "A.NoOp()")
    [cached], [even], [odd], [later] = (
        _load(plain, 0, 0, [EVERY]), *(_load(mirrored, 0, epoch, [EVERY]) for epoch in (0, 1, 2)),
    )  # fmt: skip
    flipped = (even == cached[:, :, ::-1]).all((1, 2, 3))
    assert 4 < flipped.sum() < 16 and np.array_equal(even, later)
    assert np.array_equal(odd, even[:, :, ::-1]) and np.array_equal(even[~flipped], cached[~flipped])


def test_cutout_blots_out_one_square_and_strong_augmentation_stays_an_image(source):
    _rewrite(source, "A.Affine(translate_px=(-1, 1), p=1.0)", "A.NoOp()")
    cached, [cut, *_] = source.images["train"], _load(_with(source, cutout=3), 0)
    assert [(a != b).sum() for a, b in zip(cut, cached[BATCHES[0]["row"]], strict=True)] == pytest.approx(
        [9, 9, 9], abs=1
    )
    strong = _load(_with(source, randaugment=10), 0)
    assert strong[0].dtype == np.uint8 and not np.array_equal(
        np.concatenate(strong), cached[np.concatenate(BATCHES)["row"]]
    )


@pytest.mark.parametrize("workers", [0, 1])
def test_a_batch_may_hold_images_of_two_splits_and_they_are_resized(source, workers):
    test = np.full((5, 8, 8, 1), 77, np.uint8)  # in memory, the other in a file
    both = replace(source, images={**source.images, "test": test}, competition=None)
    mixed = np.concatenate([samples("train", np.array([19])), samples("test", np.array([0, 4]))])
    with open_loader(both, workers) as loaded:
        [batch] = loaded.batches(0, [mixed], 4)
    assert batch.shape == (3, 4, 4, 1) and (batch[1:] == 77).all() and not (batch[0] == 77).all()


def test_an_epoch_left_early_spoils_no_later_batch_and_slots_are_used_again(source):
    here = _load(source, 0, epoch=1, batches=BATCHES * 10)
    with open_loader(source, 2) as loaded:
        for _ in range(3):
            next(loaded.batches(0, BATCHES * 4))
        there = list(loaded.batches(1, BATCHES * 10))
        assert loaded._slots.acquire() < 20, "the memory for batches grows with the epoch"
    assert all(np.array_equal(a, b) for a, b in zip(here, there, strict=True))


KILLED = """
import sys
import numpy as np
from pathlib import Path
from kit.config import Config
from kit.learn.input.augmenter import Source
from kit.learn.input.loader import open_loader
from kit.learn.input.samples import samples

if __name__ == "__main__":
    images = {"train": np.load(sys.argv[1], mmap_mode="r")}
    with open_loader(Source(images, Path(sys.argv[2]), Config(), 3), 2) as loaded:
        for batch in loaded.batches(0, [samples("train", np.arange(20))] * 10**6):
            print("batch", flush=True)
"""


def _holders(name: str) -> set[str]:
    """Processes with an open file of that name."""
    held = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if name in os.readlink(link):
                held.add(link.parent.parent.name)
    return held


def test_a_killed_parent_leaves_neither_workers_nor_memory_behind(source, tmp_path):
    before = _holders("kit-batches")
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    command = [sys.executable, str(script), source.images["train"].filename, str(source.competition)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        process.stdout.readline()
        assert len(_holders("kit-batches") - before) >= 2, "parent and worker share no memory"
        process.kill()
    deadline = time.monotonic() + 60
    while _holders("kit-batches") - before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _holders("kit-batches") - before


def test_a_batch_that_fits_no_slot_is_refused():
    with closing(Slots()) as slots, pytest.raises(DataError, match=r"too large.*received 2147483648 bytes.*batch_size"):
        slots.put(0, np.empty(1 << 31, np.uint8))
