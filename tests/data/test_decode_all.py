import itertools
import os
import threading

import numpy as np
import pytest
from PIL import Image

from kit.data import decode_all
from kit.data.decode_image import Decoding
from kit.errors import DataError

HOW = Decoding((40, 40, 3))


@pytest.fixture
def threads(monkeypatch):
    """The threads that decoded something; there are four cores."""
    seen, plain = set(), decode_all.decode

    def decode(path, how):
        seen.add(threading.get_ident())
        return plain(path, how)

    monkeypatch.setattr(decode_all, "decode", decode)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(decode_all, "MAX_BATCH", 8)
    return seen


def _files(folder, count, side):
    for number in range(count):
        pixels = np.random.default_rng(number).integers(0, 256, (side, side, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
    return sorted(folder.iterdir())


@pytest.mark.parametrize("side", [20, 60])
def test_images_come_in_order_by_as_many_threads_as_pay(tmp_path, threads, side):
    files = _files(tmp_path, 80, side)
    pixels = np.concatenate([batch.pixels for batch in decode_all.batches(files, HOW)])
    assert (len(threads) == 1) == (side == 20), "of 1,2 and 11 kB"
    for place in (0, 7, 8, 79):
        assert np.array_equal(pixels[place], decode_all.decode(files[place], HOW))


def test_only_a_few_batches_are_decoded_ahead(tmp_path, threads):
    [file] = _files(tmp_path, 1, 60)
    left = itertools.repeat(file, 1000)
    stream = decode_all.batches(left, HOW)
    assert len(next(stream).pixels) == 8
    stream.close()
    assert 1000 - len(list(left)) == 8 * 5, "the batch that was given, and one for each thread"


def test_no_images_are_no_batches():
    assert not list(decode_all.batches([], HOW))


def test_a_path_that_cannot_even_be_looked_at_is_an_image_that_cannot_be_opened(tmp_path):
    with pytest.raises(DataError, match="cannot open image"):
        list(decode_all.batches([tmp_path / ("x" * 300)], HOW))
